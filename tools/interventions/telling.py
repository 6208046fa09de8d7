"""A measured change in tables and sentences."""

from __future__ import annotations

from datetime import date

from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.interventions.measuring import Measured
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.render_dates import dates_label
from tools.result import ChartSpec, Finding, Method
from tools.scope.metric import value_column

_METHODS = {
    "naive": Text(zh="前后直接相减", en="after minus before"),
    "did": Text(zh="双重差分(减去对照的变化)", en="difference in differences"),
    "synthetic_did": Text(zh="合成双重差分", en="synthetic difference in differences"),
    "structural": Text(zh="结构时间序列反事实", en="structural time-series counterfactual"),
}
_NAMED = 4


def per_bucket(measured: Measured) -> Text:
    """Return what one value is per: a day or a week of seven days from the start."""
    return Text(zh="每周", en="a week") if measured.days == 7 else Text(zh="每天", en="a day")


def method_table(measured: Measured) -> Table:
    """Return one row per method, the one to rely on first: effect per bucket, 80 % bounds, relative, in all."""
    metric, effect = measured.metric, measured.effect
    per = per_bucket(measured)
    column = value_column(
        metric,
        "__delta",
        Text(zh=f"{per.zh}{metric.label.zh}的变化", en=f"change in {metric.label.en}, {per.en}"),
    )
    columns = (
        Column("method", Text(zh="算法", en="method"), "dimension", value_labels=tuple(_METHODS.items())),
        column,
        value_column(metric, "__delta__low", Text(zh="下限(80%)", en="low (80 %)")),
        value_column(metric, "__delta__high", Text(zh="上限(80%)", en="high (80 %)")),
        Column("relative", Text(zh="相对", en="relative"), "derived", format="0.0%"),
        value_column(metric, "__delta__total", Text(zh="期间合计", en="in all")),
        Column("p_value", Text(zh="安慰剂 p 值", en="placebo p-value"), "derived", format="0.000"),
    )
    expected = sum(effect.expected) / measured.buckets

    def row(name: str, value: float, base: float) -> tuple[str | float | None, ...]:
        main = name == effect.method
        return (
            name, value, effect.low if main else None, effect.high if main else None,
            value / base if base else None,
            value * measured.buckets if measured.adds and not measured.is_ratio else None,
            effect.p_value if main else None,
        )  # fmt: skip

    rows = [row(effect.method, effect.effect, expected)]
    if effect.did is not None:
        rows.append(row("did", effect.did, effect.baseline + effect.naive - effect.did))
    rows.append(row("naive", effect.naive, effect.baseline))
    return Table(columns, tuple(rows), len(rows))


def series_table(measured: Measured) -> Table:
    """Return one row per bucket: actual, and from the change on what was expected with its 80 % band."""
    metric = measured.metric
    grain = "week" if measured.days == 7 else "day"
    columns = (
        Column("start", Text(zh="起始日", en="from"), "time", grain=grain),
        value_column(metric, "__actual", Text(zh="实际", en="actual")),
        value_column(metric, "__expected", Text(zh="没有变动时预计", en="expected without it")),
        value_column(metric, "__low", Text(zh="下限(80%)", en="low (80 %)")),
        value_column(metric, "__high", Text(zh="上限(80%)", en="high (80 %)")),
    )
    reach = (measured.effect.high - measured.effect.low) / 2
    rows: list[tuple[date | float | None, ...]] = []
    for at, (start, value) in enumerate(zip(measured.starts, measured.actual, strict=True)):
        if at < measured.at:
            rows.append((start, value, None, None, None))
        else:
            expected = measured.effect.expected[at - measured.at]
            rows.append((start, value, expected, expected - reach, expected + reach))
    return Table(columns, tuple(rows), len(rows))


def chart(measured: Measured, table: Table) -> ChartSpec:
    """Return actual against expected over the last stretch before the change and the change itself."""
    name = measured.metric.name
    shown = table.rows[max(0, measured.at - 4 * measured.buckets - 8) :]
    title = Text(
        zh=f"{measured.metric.label.zh}:实际与没有变动时的预计",
        en=f"{measured.metric.label.en}: actual and expected without the change",
    )
    return ChartSpec(
        "line", title, Table(table.columns, shown, len(shown)), x="start",
        y=(f"{name}__actual", f"{name}__expected"), low=f"{name}__low", high=f"{name}__high",
        options={
            "dashed": (f"{name}__expected",),
            "axis": measured.metric.label,
            "events": ({
                "first": str(measured.change.period.start), "last": str(measured.change.period.start),
                "label": Text(zh="变动开始", en="the change"),
            },),
        },
    )  # fmt: skip


def what(measured: Measured) -> Text:
    """Return the change by its name in the log, and whom it touched."""
    change = measured.change
    zh, en = (
        (f"「{change.what.zh}」", f"“{change.what.en}”")
        if change.what is not None
        else ("这次变动", "the change")
    )
    if measured.treated:
        names = measured.treated[:_NAMED]
        more = len(measured.treated) - len(names)
        zh += f"({'、'.join(one.zh for one in names)}{f'等 {more + len(names)} 个' if more else ''})"
        en += f" ({', '.join(one.en for one in names)}{f' and {more} more' if more else ''})"
    return Text(zh=zh, en=en)


def headline(measured: Measured, context: ToolContext) -> Text:
    """Return the conclusion: the effect with its interval, or that none can be told from noise; the naive change."""
    metric, effect = measured.metric, measured.effect
    column = value_column(metric, "__delta")
    dates, named, per = (
        dates_label(measured.change.period, context.today),
        what(measured),
        per_bucket(measured),
    )
    value, low, high = (prose(one, column, sign=True) for one in (effect.effect, effect.low, effect.high))
    naive = prose(effect.naive, column, sign=True)
    share, share_low, share_high = (percent(one, sign=True) for one in measured.relative)
    if not measured.found:
        return Text(
            zh=f"{named.zh}({dates.zh})对{metric.label.zh}看不出效果:估计{per.zh} {value.zh}(八成把握在 {low.zh} 到 "
            f"{high.zh} 之间),和平常的波动分不开;前后直接相减是 {naive.zh}。",
            en=f"No effect of {named.en} ({dates.en}) on {metric.label.en} can be told from the usual ups and downs: "
            f"{value.en} {per.en} (80 % sure: {low.en} to {high.en}). "
            f"Plain after minus before is {naive.en}.",
        )
    controlled = bool(measured.controls)
    zh_by = f"和 {len(measured.controls)} 个对照相比" if controlled else "和按历史推算的水平相比"
    en_by = (
        f"against {len(measured.controls)} controls" if controlled else "against what history leads to expect"
    )
    return Text(
        zh=f"{named.zh}({dates.zh})期间,{metric.label.zh}{zh_by}{per.zh} {value.zh}({share}),八成把握在 {low.zh} 到 "
        f"{high.zh} 之间({share_low} 到 {share_high});前后直接相减是 {naive.zh},不能全算作效果。",
        en=f"During {named.en} ({dates.en}) {metric.label.en} was {value.en} {per.en} ({share}) {en_by}; 80 % sure: "
        f"{low.en} to {high.en} ({share_low} to {share_high}). Plain after minus before is {naive.en}, which is not "
        "the effect.",
    )


def findings(measured: Measured, context: ToolContext) -> tuple[Finding, ...]:
    """Return the effect where it stands, else nothing."""
    if not measured.found:
        return ()
    effect = measured.effect
    filters = {}
    if measured.change.dimension is not None and measured.treated:
        filters[measured.change.dimension.name] = ",".join(str(one) for one in measured.change.treated)
    return (
        Finding(
            "change", headline(measured, context), measured.metric.name, effect.effect, effect.low, effect.high,
            at=str(measured.change.period.start), filters=filters,
        ),
    )  # fmt: skip


def notes(measured: Measured) -> tuple[Text, ...]:
    """Return method, numbers of observations, evidence grade, and what could be wrong."""
    effect, unit = (
        measured.effect,
        Text(zh="周", en="weeks") if measured.days == 7 else Text(zh="天", en="days"),
    )
    kind = (
        Text(zh="从前没有动作的日期", en="earlier dates")
        if effect.placebo_kind == "dates"
        else Text(zh="对照自己", en="the controls themselves")
    )
    method = _METHODS[effect.method]
    grade_zh, grade_en = (
        ("准实验", "quasi-experiment") if measured.controls else ("调整后相关", "adjusted correlation")
    )
    result: list[Text] = [
        Method(
            zh=f"算法:{method.zh},之前 {measured.at} {unit.zh}、之后 {measured.buckets} {unit.zh};"
            f"区间和 p 值来自 {len(effect.placebos)} 次安慰剂({kind.zh})。证据等级:{grade_zh}。",
            en=f"Method: {method.en}, {measured.at} {unit.en} before and {measured.buckets} after; interval and "
            f"p-value "
            f"from {len(effect.placebos)} placebos ({kind.en}). Evidence: {grade_en}.",
        )
    ]
    if measured.controls:
        used = sorted(zip(effect.weights, measured.controls, strict=True), key=lambda one: -one[0])[:_NAMED]
        zh = "、".join(f"{name.zh} {percent(weight)}" for weight, name in used)
        en = ", ".join(f"{name.en} {percent(weight)}" for weight, name in used)
        result.append(Text(zh=f"权重最大的对照:{zh}。", en=f"Controls with the most weight: {en}."))
    if not measured.change.until_known:
        result.append(
            Text(
                zh="没写何时结束,按开始后最多 28 天算。",
                en="No end is given: at most 28 days from the start are read.",
            )
        )
    wrong_zh = (
        "同一时间的其他动作、大促和季节也会算进来"
        if not measured.controls
        else "只发生在受影响一方的其他动作也会算进来;对照若被波及,效果会低估"
    )
    wrong_en = (
        "anything else done at the same time, sales events and seasons count, too"
        if not measured.controls
        else "whatever else happened to the treated alone counts, too; if controls were touched, the effect is "
        "understated"
    )
    result.append(Text(zh=f"可能出错的地方:{wrong_zh}。", en=f"What could be wrong: {wrong_en}."))
    return tuple(result)
