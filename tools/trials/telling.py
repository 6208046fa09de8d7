"""Experiments in tables and sentences."""

from __future__ import annotations

from semantic_layer.catalog import Metric
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.bindings import name_of
from tools.registry import ToolContext
from tools.render import percent, prose, style_of
from tools.result import Finding, Method
from tools.trials.evaluating import ALPHA, MISMATCH, Effect, Evaluation

SIGNED = "0.0%"


def column_of(metric: Metric, value: float) -> Column:
    """Return how a mean per unit of a metric reads: a share where it lies between 0 and 1 without a currency."""
    share = 0 <= value <= 1 and (metric.unit or "").lower() in ("people", "users", "units", "")
    if share:
        return Column(metric.name, metric.label, "derived", format="0.00%")
    return Column(metric.name, metric.label, "derived", metric.unit, "0.00" if abs(value) >= 1 else None)


def variant_name(evaluation: Evaluation, code: str, context: ToolContext) -> Text:
    """Return a variant's label, or its code."""
    dimensions = context.layer.catalog.dimensions
    dimension = dimensions.get(str(name_of(evaluation.question.binding, "variant")))
    labels = {str(value.code): value.label for value in dimension.values} if dimension is not None else {}
    return labels.get(code, Text.same(code))


def split_table(evaluation: Evaluation, context: ToolContext) -> Table:
    """Return one row per variant: units, planned share and actual share."""
    total = sum(evaluation.units.values())
    planned = sum(evaluation.shares.values())
    names = list(dict.fromkeys([*evaluation.shares, *evaluation.units]))
    labels = tuple((name, variant_name(evaluation, name, context)) for name in names)
    columns = (
        Column("variant", Text(zh="组别", en="variant"), "dimension", value_labels=labels),
        Column("units", Text(zh="人数", en="units"), "derived", unit="units", format="#,##0"),
        Column("planned_share", Text(zh="计划占比", en="planned share"), "derived", format="0.00%"),
        Column("actual_share", Text(zh="实际占比", en="actual share"), "derived", format="0.00%"),
    )
    rows = tuple(
        (
            name,
            evaluation.units.get(name, 0),
            evaluation.shares.get(name, 0.0) / planned,
            evaluation.units.get(name, 0) / total,
        )
        for name in names
    )
    return Table(columns, rows, len(rows))


def effect_table(evaluation: Evaluation, context: ToolContext) -> Table:
    """Return one row per outcome and variant: means, relative lift with 80 % bounds, p, and q over all of them."""
    several = len({one.variant for one in evaluation.effects}) > 1
    names = tuple(
        (_row_name(one, several), _row_label(evaluation, one, several, context)) for one in evaluation.effects
    )
    columns = (
        Column("comparison", Text(zh="指标", en="metric"), "dimension", value_labels=names),
        Column("variant", Text(zh="组别", en="variant"), "dimension"),
        Column("control_mean", Text(zh="对照组", en="control"), "derived", format="0.0000"),
        Column("variant_mean", Text(zh="实验组", en="variant mean"), "derived", format="0.0000"),
        Column("lift", Text(zh="相对提升", en="relative lift"), "derived", format=SIGNED),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format=SIGNED),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format=SIGNED),
        Column(
            "difference_low",
            Text(zh="差值下限(95%)", en="difference, low (95 %)"),
            "derived",
            format="0.0000",
        ),
        Column(
            "difference_high",
            Text(zh="差值上限(95%)", en="difference, high (95 %)"),
            "derived",
            format="0.0000",
        ),
        Column("p_value", Text(zh="p 值", en="p-value"), "derived", format="0.0000"),
        Column("q_value", Text(zh="校正后 q 值", en="corrected q-value"), "derived", format="0.0000"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            _row_name(one, several), one.variant, one.control_mean, one.variant_mean,
            one.lift.value if one.lift else None, one.low, one.high,
            one.difference_low, one.difference_high, one.p_value, one.q_value,
        )
        for one in evaluation.effects
    ]  # fmt: skip
    return Table(columns, tuple(rows), len(rows))


def _row_name(effect: Effect, several: bool) -> str:
    return f"{effect.outcome.metric.name}:{effect.variant}" if several else effect.outcome.metric.name


def _row_label(evaluation: Evaluation, effect: Effect, several: bool, context: ToolContext) -> Text:
    label = effect.outcome.metric.label
    if not several:
        return label
    name = variant_name(evaluation, effect.variant, context)
    return Text(zh=f"{label.zh} · {name.zh}", en=f"{label.en} · {name.en}")


def statement(evaluation: Evaluation, context: ToolContext) -> Text:
    """Return the conclusion of one experiment, the verdict first."""
    label = evaluation.question.binding.label
    if evaluation.verdict == "invalid":
        return _mismatch(evaluation, context)
    effect = evaluation.main
    assert effect is not None
    said = effect_words(evaluation, effect, context)
    if evaluation.verdict == "flat":
        least = evaluation.detectable_lift
        zh = f";这么多样本能看出的最小差别约 {percent(least)}" if least is not None else ""
        en = (
            f"; with this sample a difference of about {percent(least)} could be seen"
            if least is not None
            else ""
        )
        return Text(
            zh=f"「{label.zh}」没有看出差别:{said.zh}{zh}。没看出差别不等于证明相同。",
            en=f"“{label.en}” shows no difference: {said.en}{en}. That is no proof that they are equal.",
        )
    zh, en = ("有效", "won") if evaluation.verdict == "win" else ("变差了", "made it worse")
    return Text(zh=f"「{label.zh}」{zh}:{said.zh}。", en=f"“{label.en}” {en}: {said.en}.")


def _mismatch(evaluation: Evaluation, context: ToolContext) -> Text:
    label = evaluation.question.binding.label
    total, planned = sum(evaluation.units.values()), sum(evaluation.shares.values())
    counts = [
        (variant_name(evaluation, name, context), evaluation.units.get(name, 0), share / planned)
        for name, share in evaluation.shares.items()
    ]
    zh = "、".join(
        f"{name.zh} {count:,}({percent(count / total)},计划 {percent(share)})"
        for name, count, share in counts
    )
    en = ", ".join(
        f"{name.en} {count:,} ({percent(count / total)}, planned {percent(share)})"
        for name, count, share in counts
    )
    return Text(
        zh=f"「{label.zh}」的结果不可信,不给结论:{zh},人数和计划的分法对不上,不会是碰巧。"
        "先查分流、埋点和过滤,修好后重跑。",
        en=f"The result of “{label.en}” is not trustworthy and is not shown: {en}. The split is not as planned, more "
        "than chance allows. Find out what drops people (assignment, tracking, filters), mend it and run again.",
    )  # fmt: skip


def effect_words(evaluation: Evaluation, effect: Effect, context: ToolContext) -> Text:
    """Return one effect in words: both means, the relative lift with its interval, and how many people were in it."""
    metric = effect.outcome.metric
    column = column_of(metric, max(effect.control_mean, effect.variant_mean))
    before, after = prose(effect.control_mean, column), prose(effect.variant_mean, column)
    name = variant_name(evaluation, effect.variant, context)
    control = variant_name(evaluation, str(evaluation.question.binding.options["control"]), context)
    n = sum(evaluation.units.values())
    zh, en = "", ""
    if effect.lift is not None and effect.low is not None and effect.high is not None:
        bounds = percent(effect.low, sign=True), percent(effect.high, sign=True)
        zh = f",相对 {percent(effect.lift.value, sign=True)}(八成把握在 {bounds[0]} 到 {bounds[1]} 之间)"
        en = f", {percent(effect.lift.value, sign=True)} (80 % sure: {bounds[0]} to {bounds[1]})"
    # A share of the people reads as one; money or a count is what one of them brings; a ratio is neither.
    share = style_of(column).percent
    each = "" if share or effect.outcome.bottom is not None else "人均"
    per = "" if share or effect.outcome.bottom is not None else " per person"
    return Text(
        zh=f"{each}「{metric.label.zh}」{name.zh} {after.zh}、{control.zh} {before.zh}{zh},n={n:,}",
        en=f"{metric.label.en}{per} {after.en} in {name.en} against {before.en} in {control.en}{en}, n={n:,}",
    )


def findings(evaluation: Evaluation, context: ToolContext) -> tuple[Finding, ...]:
    """Return the split first, then every effect."""
    if evaluation.verdict == "invalid":
        return (Finding("quality", _mismatch(evaluation, context), value=evaluation.split_p_value),)
    found = [
        Finding(
            "test",
            effect_words(evaluation, one, context),
            metric=one.outcome.metric.name,
            value=one.lift.value if one.lift else one.difference.value,
            low=one.low,
            high=one.high,
            at=one.variant,
        )
        for one in evaluation.effects
    ]
    bad = [
        one for one in evaluation.effects if one.outcome.guards and not one.is_better and one.q_value < ALPHA
    ]
    alarms = [
        Finding(
            "quality",
            Text(
                zh=f"护栏指标「{one.outcome.metric.label.zh}」变差:{effect_words(evaluation, one, context).zh}。",
                en=f"The guardrail {one.outcome.metric.label.en} got worse: "
                f"{effect_words(evaluation, one, context).en}.",
            ),
            metric=one.outcome.metric.name,
        )
        for one in bad
    ]  # fmt: skip
    return (*alarms, *found)


def notes(evaluation: Evaluation, context: ToolContext) -> tuple[Text, ...]:
    """Return method, adjustments and what could be wrong."""
    metrics = context.layer.catalog.metrics
    zh = f"方法:先查分流(卡方 p={evaluation.split_p_value:.2g},界限 {MISMATCH});占比用 z/Fisher 检验和 Newcombe "
    zh += "区间,均值用 Welch,比率和相对提升用 delta 法;q 值对所有指标和组别一起做 Benjamini-Hochberg 校正。"
    zh += "结论看第一个指标、5% 水平。"
    en = f"Method: the split first (chi-square p={evaluation.split_p_value:.2g}, limit {MISMATCH}); shares by z or "
    en += "Fisher with Newcombe's interval, means by Welch, ratios and relative lifts by the delta method; q-values "
    en += "corrected over all metrics and variants (Benjamini-Hochberg). "
    en += "The verdict is that of the first metric at 5 %."
    result: list[Text] = [Method(zh=zh, en=en)]
    if evaluation.adjusted and evaluation.question.covariate is not None:
        label = metrics[evaluation.question.covariate.metric.name].label
        result.append(
            Method(
                zh=f"用「{label.zh}」做了 CUPED 校正:两组实验前的差别已扣除,均值列是未校正的。",
                en=f"Adjusted by “{label.en}” (CUPED): what differed before the experiment is taken out; the means "
                "shown are as measured.",
            )
        )
    if evaluation.sequential:
        result.append(
            Method(
                zh="实验还在跑:区间和 p 值用渐近置信序列,可以随时看;样本越多越准。",
                en="The experiment still runs: intervals and p-values are an asymptotic confidence sequence, valid at "
                "every look.",
            )
        )
    if evaluation.mixed:
        result.append(
            Text(
                zh=f"{evaluation.mixed:,} 个单位进过不止一组,已剔除。",
                en=f"{evaluation.mixed:,} units were in more than one variant and are left out.",
            )
        )
    result.append(
        Text(
            zh="可能出错的地方:相对提升和差值的显著性可能不一致(对照组也有误差);新鲜感会让效果偏高;"
            "看很多细分总会碰到「显著」。",
            en="What could be wrong: the relative lift and the plain difference may disagree about significance; "
            "novelty inflates early effects; among many segments some are significant by chance.",
        )
    )
    return tuple(result)
