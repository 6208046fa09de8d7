"""The funnel in tables and sentences."""

from __future__ import annotations

from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.funnels.counting import Question
from tools.funnels.reading import SOUND_OUTCOMES, Gap, Reading, gaps
from tools.numerics.proportions import wilson
from tools.registry import ToolContext
from tools.render import group_label, percent, points
from tools.render_dates import dates_label
from tools.result import Driver, Finding, Method

MOST_GAPS = 3
# What stands beside a step in the picture.
SHARES_SAID = Text(zh="数量 · 占第一步 · →占上一步", en="number · of the first step · →of the step before")
_WINDOW_UNITS = {
    "second": ("秒", "second"), "minute": ("分钟", "minute"), "hour": ("小时", "hour"), "day": ("天", "day"),
    "week": ("周", "week"), "month": ("个月", "month"), "quarter": ("个季度", "quarter"), "year": ("年", "year"),
}  # fmt: skip


def step_table(reading: Reading) -> Table:
    """Return one row per step: people, share of the first step, share of the step before with its interval."""
    labels = tuple((step.name, step.label) for step in reading.steps)
    columns = (
        Column("step", Text(zh="步骤", en="step"), "dimension", value_labels=labels),
        Column("people", Text(zh="人数", en="people"), "derived", unit="people", format="#,##0"),
        Column("of_first_rate", Text(zh="占第一步", en="of the first step"), "derived", format="0.0%"),
        Column("step_rate", Text(zh="占上一步", en="of the step before"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
        Column("lost", Text(zh="流失人数", en="lost"), "derived", unit="people", format="#,##0"),
        Column("median_minutes", Text(zh="从第一步起用时中位数(分钟)", en="median minutes since the first step"),
               "derived", format="0.0"),
        Column("slow_minutes", Text(zh="九成在此分钟内", en="90 % within (minutes)"), "derived", format="0.0"),
    )  # fmt: skip
    rows = []
    for at, (step, people) in enumerate(zip(reading.steps, reading.people, strict=True)):
        times = [seconds / 60 if seconds is not None else None for seconds in reading.seconds[at]]
        first = people / reading.people[0] if reading.people[0] else None
        rows.append((step.name, people, first, *_step_cells(reading, at), *(times if at else (None, None))))
    return Table(columns, tuple(rows), len(rows))


def _step_cells(reading: Reading, at: int) -> tuple[Cell, Cell, Cell, Cell]:
    """Return rate, interval and loss against the step before; an open funnel's steps are not nested."""
    if at == 0 or reading.people[at - 1] == 0:
        return None, None, None, None
    people, before = reading.people[at], reading.people[at - 1]
    if people > before:
        return None, None, None, None
    return people / before, *wilson(people, before), before - people


def group_table(reading: Reading) -> Table | None:
    """Return one row per member of each dimension and step, or None where nothing was broken down."""
    if not reading.groups:
        return None
    names = tuple((one.dimension.name, one.dimension.label) for one in reading.groups)
    labels = tuple((str(value.code), value.label) for one in reading.groups for value in one.dimension.values)
    columns = (
        Column("dimension", Text(zh="维度", en="dimension"), "dimension", value_labels=tuple(dict.fromkeys(names))),
        Column("value", Text(zh="取值", en="member"), "dimension", value_labels=tuple(dict.fromkeys(labels))),
        Column("step", Text(zh="步骤", en="step"), "dimension",
               value_labels=tuple((step.name, step.label) for step in reading.steps)),
        Column("people", Text(zh="人数", en="people"), "derived", unit="people", format="#,##0"),
        Column("step_rate", Text(zh="占上一步", en="of the step before"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for one in sorted(reading.groups, key=lambda group: (group.dimension.name, -group.people[0])):
        for at, step in enumerate(reading.steps):
            before = one.people[at - 1] if at else 0
            nested = at > 0 and 0 < before >= one.people[at]
            rate = (one.people[at] / before, *wilson(one.people[at], before)) if nested else (None,) * 3
            rows.append((one.dimension.name, one.value, step.name, one.people[at], *rate))
    return Table(columns, tuple(rows), len(rows))


def loss_finding(reading: Reading) -> Finding:
    """Return the transition that the most people do not make, with its rate and interval."""
    pairs = [
        (before - after, at)
        for at, (before, after) in enumerate(zip(reading.people, reading.people[1:], strict=False))
    ]
    lost, at = max(pairs, key=lambda pair: (pair[0], -pair[1]))
    before, after = reading.people[at], min(reading.people[at + 1], reading.people[at])
    low, high = wilson(after, before)
    here, there = reading.steps[at].label, reading.steps[at + 1].label
    return Finding(
        "driver",
        Text(
            zh=f"人数流失最多的是「{here.zh}→{there.zh}」:{before:,} 人里有 {max(lost, 0):,} 人没往下走,"
            f"转化 {percent(after / before)}(八成把握在 {percent(low)}–{percent(high)} 之间)。",
            en=f"Most people are lost between “{here.en}” and “{there.en}”: {max(lost, 0):,} of {before:,} go no "
            f"further, {percent(after / before)} do (we are 80 % sure it is between {percent(low)} and "
            f"{percent(high)}).",
        ),
        value=after / before,
        low=low,
        high=high,
        at=reading.steps[at + 1].name,
    )


def gap_findings(reading: Reading) -> tuple[Finding, ...]:
    """Return the groups that lose more than the others, the largest loss first; one per dimension and step."""
    seen: set[tuple[str, int]] = set()
    found: list[Finding] = []
    for gap in gaps(reading):
        key = gap.group.dimension.name, gap.step
        if key not in seen and len(found) < MOST_GAPS:
            seen.add(key)
            found.append(_gap_finding(gap, reading))
    return tuple(found)


def _gap_finding(gap: Gap, reading: Reading) -> Finding:
    dimension = gap.group.dimension
    column = Column(
        dimension.name, dimension.label, "dimension",
        value_labels=tuple((str(value.code), value.label) for value in dimension.values),
    )  # fmt: skip
    who = group_label(gap.group.value, column)
    here, there = reading.steps[gap.step].label, reading.steps[gap.step + 1].label
    own, others = gap.own[0] / gap.own[1], gap.others[0] / gap.others[1]
    size, low, high = points(gap.difference), points(gap.high), points(gap.low)
    thin = not gap.is_sound
    return Finding(
        "segment",
        Text(
            zh=f"{dimension.label.zh}「{who.zh}」在「{here.zh}→{there.zh}」只有 {percent(own)}(n={gap.own[1]:,.0f}),"
            f"其他 {percent(others)}(n={gap.others[1]:,.0f}),低 {size.zh}(八成把握低 {low.zh}–{high.zh}),"
            f"约少 {gap.lost:,.0f} 人;比较了 {gap.scanned} 组,校正后仍成立。"
            + (f"样本偏少(不足 {SOUND_OUTCOMES}),先当线索。" if thin else ""),
            en=f"From “{here.en}” to “{there.en}”, only {percent(own)} of {dimension.label.en} “{who.en}” go on "
            f"(n={gap.own[1]:,.0f}), {percent(others)} of the others (n={gap.others[1]:,.0f}): {size.en} less "
            f"(80 % sure: {low.en} to {high.en}), about {gap.lost:,.0f} people; {gap.scanned} comparisons were made, "
            "and it stands after correction."
            + (f" Fewer than {SOUND_OUTCOMES} outcomes on one side: a hint, no more." if thin else ""),
        ),
        value=own,
        low=max(0.0, others + gap.low),
        high=min(1.0, others + gap.high),
        at=reading.steps[gap.step + 1].name,
        filters={dimension.name: gap.group.value} if gap.group.value is not None else {},
        drivers=(Driver(dimension.name, gap.group.value, -gap.lost, who),),
    )


def headline(reading: Reading, loss: Finding, found: tuple[Finding, ...], context: ToolContext) -> Text:
    """Return the conclusion: how many get through, where the most are lost, and the largest gap."""
    first, last = reading.people[0], reading.people[-1]
    dates = dates_label(reading.question.period, context.today)
    label = reading.question.binding.label
    open_steps = reading.question.definition == "open"
    through = Text(
        zh=f"{label.zh}({dates.zh}):{first:,} 人进入,{last:,} 人{'有最后一步' if open_steps else '走完'}"
        f"({percent(last / first)})。",
        en=f"{label.en} ({dates.en}): {first:,} enter and {last:,} "
        f"{'have the last step' if open_steps else 'finish'} ({percent(last / first)}). ",
    )
    further = (
        found[0].statement if found else Text(zh="各组之间没有站得住的差别。", en="No group stands out.")
    )
    if open_steps or not reading.groups:
        return Text(zh=through.zh + loss.statement.zh, en=through.en + loss.statement.en)
    return Text(
        zh=through.zh + loss.statement.zh + further.zh,
        en=f"{through.en}{loss.statement.en} {further.en}",
    )


def notes(reading: Reading, context: ToolContext) -> tuple[Text, ...]:
    """Return the definition, who still has time left, and what could be wrong."""
    result = [_definition(reading.question, context)]
    if reading.waiting:
        result.append(
            Text(
                zh=f"{reading.waiting:,} 人进入不久、窗口还没走完,之后可能还会转化:最后几步略偏低。",
                en=f"{reading.waiting:,} people entered so recently that their window is not over: they may still "
                "convert, so the last steps are a little low.",
            )
        )
    result.append(
        Text(
            zh="可能出错的地方:漏埋点或换了手机会被当成流失;各组差别是相关,不证明原因。",
            en="What could be wrong: a missing event or a change of device looks like a loss; differences between "
            "groups are correlation, not proof of a cause.",
        )
    )
    return tuple(result)


def _definition(question: Question, context: ToolContext) -> Text:
    entity = str(question.binding.options["entity"])
    if question.definition == "open":
        return Method(
            zh=f"口径:开放漏斗,按「{entity}」去重,各步各算,不看先后。",
            en=f"Definition: open funnel; each step counts every {entity} that has it, in any order.",
        )
    window = question.window
    unit = _WINDOW_UNITS[window.grain.value] if window is not None else ("", "")
    count = window.count if window is not None else 0
    within = Text(zh="不限时间", en="without a time limit")
    if window is not None:
        plural = "s" if count > 1 else ""
        within = Text(
            zh=f"从第一步起 {count}{unit[0]}内", en=f"within {count} {unit[1]}{plural} of the first step"
        )
    strict = question.definition == "strict"
    return Method(
        zh=f"口径:{'严格' if strict else '有序'}漏斗,按「{entity}」去重,{within.zh}按顺序走到,"
        + ("中间不能有漏斗里的其他事件;" if strict else "中间可以有别的事件;")
        + f"分组取进入时的取值。时间按进入算({dates_label(question.period, context.today).zh})。",
        en=f"Definition: {'strict' if strict else 'ordered'} funnel; a {entity} counts once, with the steps in order "
        f"{within.en}, " + ("no other funnel event between; " if strict else "other events between allowed; ")
        + f"groups are taken at entry, and the period ({dates_label(question.period, context.today).en}) is that of "
        "entry.",
    )  # fmt: skip
