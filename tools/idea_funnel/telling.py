"""The experiment funnel as tables, chart and sentences."""

from __future__ import annotations

from collections.abc import Sequence

from semantic_layer.period import ONE_DAY, Period
from semantic_layer.table import Column, Row, Table
from semantic_layer.text import Text
from tools.funnels.telling import SHARES_SAID
from tools.idea_funnel.reading import Idea
from tools.numerics.proportions import wilson
from tools.numerics.shrinkage import Shrunken, shrink_effects
from tools.registry import ToolContext
from tools.render import percent
from tools.result import ChartSpec, Finding, Method, ToolResult
from tools.trials.advice import VERDICTS
from tools.trials.evaluating import Evaluation
from tools.trials.telling import SIGNED

STEPS = (
    ("idea", Text(zh="想法", en="ideas")),
    ("tested", Text(zh="测完", en="tested")),
    ("valid", Text(zh="结果可用", en="valid")),
    ("won", Text(zh="有效", en="wins")),
    ("shipped", Text(zh="有效并上线", en="wins shipped")),
)
USUAL = (0.10, 0.30)  # Kohavi, Tang & Xu 2020: 10-30 % of tests win at companies that measure
FEW_TESTS = 10
OLD_DAYS = 90
RESULTS = {"win": "won", "loss": "lost", "flat": "flat", "invalid": "invalid"}
LOGGED = (
    ("won", Text(zh="有效", en="win")),
    ("lost", Text(zh="变差", en="loss")),
    ("flat", Text(zh="无差异", en="flat")),
    ("invalid", Text(zh="作废", en="invalid")),
)


def report(
    ideas: Sequence[Idea], done: Sequence[Evaluation], thin: tuple[Text, ...], logged: bool,
    sql: tuple[str, ...], context: ToolContext,
) -> ToolResult:  # fmt: skip
    """Return the answer: steps first, then one row per experiment with data."""
    valid = [one for one in ideas if one.is_valid]
    won = [one for one in valid if one.result == "won"]
    lost = [one for one in valid if one.result == "lost"]
    counts = [
        len(ideas), sum(one.is_tested for one in ideas), len(valid), len(won),
        sum(one.stage == "shipped" for one in won),
    ]  # fmt: skip
    steps = _step_table(counts if logged else counts[:4])
    shrunken = _shrunken(done)
    tests = _test_table(done, shrunken, ideas, logged)
    dated = [one.proposed for one in ideas if one.proposed is not None]
    return ToolResult(
        headline=_headline(counts, lost, logged),
        tables=(steps, tests) if done else (steps,),
        chart=ChartSpec(
            "funnel",
            Text(zh="实验漏斗", en="Experiment funnel"),
            steps,
            x="step",
            y=("experiments",),
            options={"subtitle": SHARES_SAID},
        ),
        findings=(*_findings(counts, won, lost, ideas, context), *_effects(done, shrunken)),
        warnings=(*_notes(counts, shrunken), *_contradictions(done, ideas, logged), *thin),
        sql=sql,
        periods=(Period.of(min(dated), max(dated) + ONE_DAY),) if dated else (),
    )


def _step_table(counts: Sequence[int]) -> Table:
    columns = (
        Column("step", Text(zh="步骤", en="step"), "dimension", value_labels=STEPS),
        Column("experiments", Text(zh="个数", en="number"), "derived", format="0"),
        Column("previous_share", Text(zh="占上一步", en="of the step before"), "derived"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
    )
    rows: list[Row] = []
    for at, ((name, _), count) in enumerate(zip(STEPS, counts, strict=False)):
        before = counts[at - 1] if at else 0
        bounds = wilson(count, before) if before else (None, None)
        rows.append((name, count, count / before if before else None, *bounds))
    return Table(columns, tuple(rows), len(rows))


def _shrunken(done: Sequence[Evaluation]) -> dict[str, Shrunken]:
    """Return the shrunken relative lift of each experiment whose split is right, by its name."""
    usable = [one for one in done if one.main is not None and one.main.lift is not None]
    if not usable:
        return {}
    lifts = [one.main.lift for one in usable if one.main is not None and one.main.lift is not None]
    found = shrink_effects([one.value for one in lifts], [one.error for one in lifts])
    return {one.question.binding.name: effect for one, effect in zip(usable, found, strict=True)}


def _logged_result(one: Evaluation, ideas: Sequence[Idea]) -> str | None:
    keys = {str(one.question.binding.options.get("id")), one.question.binding.name}
    return next((idea.result for idea in ideas if idea.key in keys), None)


def _test_table(
    done: Sequence[Evaluation], shrunken: dict[str, Shrunken], ideas: Sequence[Idea], logged: bool
) -> Table:
    names = tuple((one.question.binding.name, one.question.binding.label) for one in done)
    columns = [
        Column("experiment", Text(zh="实验", en="experiment"), "dimension", value_labels=names),
        Column("verdict", Text(zh="按数据", en="by the data"), "dimension", value_labels=VERDICTS),
        Column("lift", Text(zh="测得的相对提升", en="measured lift"), "derived", format=SIGNED),
        Column("shrunken_lift", Text(zh="收缩后", en="shrunken"), "derived", format=SIGNED),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format=SIGNED),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format=SIGNED),
    ]
    if logged:
        columns.append(
            Column("logged", Text(zh="台账结论", en="in the log"), "dimension", value_labels=LOGGED)
        )
    rows: list[Row] = []
    for one in done:
        name = one.question.binding.name
        effect = shrunken.get(name)
        lift = one.main.lift.value if one.main is not None and one.main.lift is not None else None
        bounds = effect.interval() if effect else (None, None)
        row = (name, one.verdict, lift, effect.value if effect else None, *bounds)
        rows.append((*row, _logged_result(one, ideas)) if logged else row)
    return Table(tuple(columns), tuple(rows), len(rows))


def _headline(counts: Sequence[int], lost: Sequence[Idea], logged: bool) -> Text:
    ideas, tested, valid, won, shipped = counts
    zh = f"{ideas} 个想法,测完 {tested} 个" if logged else f"{tested} 个实验"
    en = f"{ideas} ideas, {tested} tested" if logged else f"{tested} experiments"
    if not valid:
        return Text(zh=f"{zh},还没有可用的结果。", en=f"{en}; no usable result yet.")
    low, high = wilson(won, valid)
    tail_zh = f",其中 {shipped} 个上线" if logged else ""
    tail_en = f", {shipped} of them shipped" if logged else ""
    return Text(
        zh=f"{zh},结果可用 {valid} 个,{won} 个有效{tail_zh}:胜率 {percent(won / valid)}"
        f"(八成把握在 {percent(low)}–{percent(high)} 之间)。变差 {len(lost)} 个,"
        f"没有差别 {valid - won - len(lost)} 个。",
        en=f"{en}, {valid} with a usable result, {won} wins{tail_en}: a win rate of {percent(won / valid)} "
        f"(80 % sure: {percent(low)} to {percent(high)}). {len(lost)} made things worse, "
        f"{valid - won - len(lost)} made no difference.",
    )


def _findings(
    counts: Sequence[int],
    won: Sequence[Idea],
    lost: Sequence[Idea],
    ideas: Sequence[Idea],
    context: ToolContext,
) -> list[Finding]:
    """Return how the win rate compares, what was invalid, what failures saved, what waits to be shipped or tested."""
    _, tested, valid, wins, _ = counts
    found = [_win_rate(wins, valid)] if valid else []
    if (broken := tested - valid) > 0:
        told = Text(
            zh=f"{broken}/{tested} 个测试因分流或埋点作废,先修测试再测想法。",
            en=f"{broken} of {tested} tests were invalid (split or tracking): mend the testing before testing more.",
        )
        found.append(Finding("quality", told, value=broken / tested))
    if lost:
        names = _names(lost)
        told = Text(
            zh=f"失败也算数:{names.zh} 变差,没有全量就避免了损失。",
            en=f"Failures count, too: {names.en} made things worse, and testing kept them from everybody.",
        )
        found.append(Finding("test", told, value=float(len(lost))))
    if waiting := [one for one in won if one.stage != "shipped"]:
        names = _names(waiting)
        told = Text(zh=f"有效但没上线:{names.zh}。", en=f"Won and not shipped: {names.en}.")
        found.append(Finding("test", told, value=float(len(waiting))))
    waiting = [one for one in ideas if one.stage == "idea" and one.proposed is not None]
    if old := [one for one in waiting if (context.today - (one.proposed or context.today)).days > OLD_DAYS]:
        names = _names(old)
        told = Text(
            zh=f"{len(old)} 个想法等了 {OLD_DAYS} 天以上:{names.zh}。",
            en=f"{len(old)} ideas have waited for more than {OLD_DAYS} days: {names.en}.",
        )
        found.append(Finding("test", told, value=float(len(old))))
    return found


def _win_rate(wins: int, valid: int) -> Finding:
    low, high = wilson(wins, valid)
    usual = f"{percent(USUAL[0], 0)}–{percent(USUAL[1], 0)}"
    if low > USUAL[1]:
        zh, en = (
            "高于常见的 {}:可能只测了有把握的,或提前看了结果",
            "above the usual {}: only safe ideas, or peeking",
        )
    elif high < USUAL[0]:
        zh, en = "低于常见的 {}:想法来源值得复盘", "below the usual {}: look at where ideas come from"
    else:
        zh, en = "与常见的 {} 不矛盾", "in line with the usual {}"
    told = Text(
        zh=f"胜率 {wins}/{valid},{zh.format(usual)}。", en=f"Win rate {wins} of {valid}: {en.format(usual)}."
    )
    return Finding("test", told, value=wins / valid, low=low, high=high)


def _names(ideas: Sequence[Idea]) -> Text:
    names = [one.name for one in ideas[:3]]
    more = len(ideas) - len(names)
    return Text(
        zh="、".join(names) + (f" 等 {len(ideas)} 个" if more else ""),
        en=", ".join(names) + (f" and {more} more" if more else ""),
    )


def _effects(done: Sequence[Evaluation], shrunken: dict[str, Shrunken]) -> list[Finding]:
    """Return what each win is really worth."""
    found = []
    for one in done:
        effect = shrunken.get(one.question.binding.name)
        if one.verdict != "win" or effect is None or one.main is None or one.main.lift is None:
            continue
        low, high = effect.interval()
        label, raw = one.question.binding.label, percent(one.main.lift.value, sign=True)
        value = percent(effect.value, sign=True)
        found.append(
            Finding(
                "test",
                Text(
                    zh=f"「{label.zh}」测得 {raw},按全部实验收缩后 {value}"
                    f"(八成把握在 {percent(low, sign=True)} 到 {percent(high, sign=True)} 之间)。",
                    en=f"“{label.en}” measured {raw}; shrunken over all tests {value} "
                    f"(80 % sure: {percent(low, sign=True)} to {percent(high, sign=True)}).",
                ),
                one.main.outcome.metric.name,
                effect.value,
                low,
                high,
            )
        )
    return found


def _contradictions(done: Sequence[Evaluation], ideas: Sequence[Idea], logged: bool) -> list[Text]:
    """Return where the log and the data disagree."""
    found, words = [], dict(LOGGED)
    for one in done if logged else ():
        said, seen = _logged_result(one, ideas), RESULTS[one.verdict]
        if said is not None and said in words and said != seen:
            label = one.question.binding.label
            found.append(
                Text(
                    zh=f"「{label.zh}」台账写的是{words[said].zh},按数据是{words[seen].zh}。",
                    en=f"“{label.en}”: the log says {words[said].en}, the data say {words[seen].en}.",
                )
            )
    return found


def _notes(counts: Sequence[int], shrunken: dict[str, Shrunken]) -> list[Text]:
    few = counts[2] < FEW_TESTS
    notes: list[Text] = [
        Method(
            zh="口径:胜率=有效 ÷ 结果可用的测试(作废的不算),Wilson 区间;收缩:真实效果以 0 为中心,按各实验的误差往 0 拉"
            "(赢家往往被高估)。",
            en="Definition: win rate = wins over tests with a usable result (invalid ones do not count), Wilson "
            "interval; shrinkage: true effects centred on 0, each pulled there by its own error (winners are "
            "over-estimated).",
        ),
        Text(
            zh="可能出错的地方:台账漏记失败的实验,胜率就偏高。",
            en="What could be wrong: a log that forgets failures makes the win rate too high.",
        ),
    ]
    if few:
        notes.append(
            Text(
                zh=f"结果可用的测试只有 {counts[2]} 个,胜率很不确定。",
                en=f"Only {counts[2]} tests have a usable result: the win rate is very uncertain.",
            )
        )
    if 0 < len(shrunken) < 5:
        notes.append(
            Text(
                zh=f"收缩只用了 {len(shrunken)} 个实验,幅度仅供参考。",
                en=f"Shrinkage rests on {len(shrunken)} experiments: take its size as a direction.",
            )
        )
    return notes
