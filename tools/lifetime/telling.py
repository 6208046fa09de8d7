"""Lifetime value in tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from semantic_layer.catalog import Dimension, Metric
from semantic_layer.period import Period
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.lifetime.valuing import CLASSES, BackTest, Valuation
from tools.numerics.rates import benjamini_hochberg
from tools.purchases.history import Purchases
from tools.render import group_label, percent, prose
from tools.render_dates import dates_label
from tools.result import Finding, Method

LEAST_IN_GROUP = 100
HIGHEST_Q = 0.1
HIGH_CORRELATION = 0.3
CLASS_LABELS = tuple(
    (
        str(at),
        Text(
            zh=f"买过{low + 1}次"
            if low == high
            else f"买过{low + 1}次以上"
            if high is None
            else f"买过{low + 1}–{high + 1}次",
            en=f"bought {low + 1} time{'s' if low else ''}"
            if low == high
            else f"bought {low + 1} times or more"
            if high is None
            else f"bought {low + 1}–{high + 1} times",
        ),
    )
    for at, (low, high) in enumerate(CLASSES)
)


def money_column(name: str, zh: str, en: str, metric: Metric) -> Column:
    """Return a column of money in the metric's unit."""
    return Column(name, Text(zh=zh, en=en), "derived", metric.unit, metric.format or "#,##0.00", metric.name)


def group_column(dimension: Dimension | None) -> Column:
    """Return the column of the groups: a dimension's members, or how often customers bought."""
    if dimension is None:
        return Column(
            "bought", Text(zh="已购次数", en="purchases so far"), "dimension", value_labels=CLASS_LABELS
        )
    labels = tuple((str(value.code), value.label) for value in dimension.values)
    return Column(dimension.name, dimension.label, "dimension", value_labels=labels)


def value_table(found: Valuation, margin: float, metric: Metric, dimension: Dimension | None) -> Table:
    """Return one row per group: customers, share active, purchases and money expected, bounds, total; dearest first."""
    columns = (
        group_column(dimension),
        Column("customers", Text(zh="客户数", en="customers"), "derived", unit="people", format="#,##0"),
        Column(
            "alive_rate",
            Text(zh="仍活跃(复购客户)", en="still active, of repeaters"),
            "derived",
            format="0.0%",
        ),
        Column("purchases", Text(zh="预计购买次数", en="expected purchases"), "derived", format="0.00"),
        money_column("value", "人均预计价值", "expected value per customer", metric),
        money_column("low", "下限(80%)", "low (80 %)", metric),
        money_column("high", "上限(80%)", "high (80 %)", metric),
        money_column("total", "合计预计价值", "expected value in all", metric),
    )
    groups = found.groups
    if dimension is not None:
        groups = tuple(sorted(groups, key=lambda one: (-one.value, str(one.key))))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.key, round(one.customers), one.alive, one.purchases, one.value,
            *widened(one.value, one.low, one.high, margin), one.value * one.customers,
        )
        for one in groups
    )  # fmt: skip
    return Table(columns, rows, len(rows))


def widened(value: float, low: float, high: float, margin: float) -> tuple[float, float]:
    """Return the bounds, moved apart by the error of the back-test (a share of the value)."""
    return max(0.0, min(low, value * (1 - margin))), max(high, value * (1 + margin))


def back_test_table(tested: BackTest) -> Table:
    """Return one row per purchases before the cut: customers, expected and real purchases per customer after it."""
    columns = (
        Column("bought", Text(zh="留出期之前的购买", en="purchases before the hold-out"), "dimension",
               value_labels=CLASS_LABELS),
        Column("customers", Text(zh="客户数", en="customers"), "derived", unit="people", format="#,##0"),
        Column("expected", Text(zh="人均预测次数", en="forecast per customer"), "derived", format="0.000"),
        Column("actual", Text(zh="人均实际次数", en="actual per customer"), "derived", format="0.000"),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(kind), round(count), expected, actual) for kind, count, expected, actual in tested.rows
    )
    return Table(columns, rows, len(rows))


def model_table(found: Valuation) -> Table:
    """Return the fitted parameters, times in weeks."""
    labels = (
        ("r", Text(zh="购买频率的形状 r", en="shape of purchase rates r")),
        ("alpha", Text(zh="购买频率的尺度 α(周)", en="scale of purchase rates α (weeks)")),
        ("a", Text(zh="流失概率 a", en="dropout a")),
        ("b", Text(zh="流失概率 b", en="dropout b")),
        ("p", Text(zh="金额 p", en="value p")),
        ("q", Text(zh="金额 q", en="value q")),
        ("v", Text(zh="金额 v", en="value v")),
        ("correlation", Text(zh="次数与金额的相关系数", en="correlation of frequency and value")),
    )
    columns = (
        Column("parameter", Text(zh="参数", en="parameter"), "dimension", value_labels=labels),
        Column("estimate", Text(zh="估计值", en="estimate"), "derived", format="0.000"),
    )
    model, money = found.purchase, found.money
    numbers = (model.r, model.alpha, model.a, model.b, money.p, money.q, money.v, found.correlation)
    rows = tuple((name, number) for (name, _), number in zip(labels, numbers, strict=True))
    return Table(columns, rows, len(rows))


def headline(found: Valuation, margin: float, metric: Metric, days: int, dimension: Dimension | None) -> Text:
    """Return what everybody and a new customer are worth; of groups, the dearest and the cheapest first."""
    every, column = found.everybody, money_column("value", "价值", "value", metric)
    low, high = (prose(one, column) for one in widened(every.value, every.low, every.high, margin))
    each, fresh = prose(every.value, column), prose(found.newcomer[0], column)
    total = prose(every.value * every.customers, column)
    sure = bool(findings(found, metric, dimension))
    zh, en = _ends(found, margin, metric, dimension, sure=sure) if dimension is not None else ("", "")
    return Text(
        zh=f"{zh}未来{days}天,{every.customers:,.0f} 位客户预计人均再贡献 {each.zh}"
        f"(八成把握在 {low.zh}–{high.zh} 之间),"
        f"合计 {total.zh};一位刚首购的新客预计再贡献 {fresh.zh}。",
        en=f"{en}Over the next {days} days the {every.customers:,.0f} customers are expected to bring {each.en} each "
        "(we are "
        f"80 % sure it is between {low.en} and {high.en}), {total.en} in all; a customer who has just bought first, "
        f"{fresh.en} more.",
    )


def _ends(
    found: Valuation, margin: float, metric: Metric, dimension: Dimension, *, sure: bool
) -> tuple[str, str]:
    """Return in both languages which groups are worth most and least, of those with enough customers."""
    labels, column = group_column(dimension), money_column("value", "价值", "value", metric)
    groups = [one for one in found.groups if one.key is not None and one.customers >= LEAST_IN_GROUP]
    if len(groups) < 2:
        return "", ""
    said = []
    for one in (max(groups, key=lambda one: one.value), min(groups, key=lambda one: one.value)):
        low, high = (prose(bound, column) for bound in widened(one.value, one.low, one.high, margin))
        name, each = group_label(one.key, labels), prose(one.value, column)
        said.append((
            f"{name.zh},人均 {each.zh}(八成把握在 {low.zh}–{high.zh} 之间,n={one.customers:,.0f})",
            f"{name.en} at {each.en} each (80 % sure: {low.en} to {high.en}, n={one.customers:,.0f})",
        ))  # fmt: skip
    zh, en = (
        ("", "")
        if sure
        else ("各组的差别没有超出误差。", "The groups do not differ by more than their error. ")
    )
    return (
        f"按首购{labels.label.zh}看,价值最高的是{said[0][0]},最低的是{said[1][0]}。{zh}",
        f"By {labels.label.en} of the first purchase, most is expected of {said[0][1]}, least of {said[1][1]}. {en}",
    )


def back_test_finding(tested: BackTest) -> Finding:
    """Return how the model did on days it had not seen."""
    days, miss = tested.weeks * 7, percent(tested.error, sign=True)
    return Finding(
        "quality",
        Text(
            zh=f"拿过去验证:只用之前的数据预测最后 {days:.0f} 天,复购预测 {tested.expected:,.0f} 次,实际 "
            f"{tested.actual:,.0f} 次(误差 {miss})。",
            en=f"Checked on the past: for the last {days:.0f} days, from what came before, it foresaw "
            f"{tested.expected:,.0f} repeat purchases against {tested.actual:,.0f} real ones ({miss}).",
        ),
        value=tested.error,
    )


def profit_note(found: Valuation, left: float, margin: float, metric: Metric, days: int) -> Text:
    """Return what of the expected value is margin, at the share that was left of revenue so far."""
    every, column = found.everybody, money_column("value", "价值", "value", metric)
    bounds = widened(every.value, every.low, every.high, margin)
    each, low, high = (prose(left * one, column) for one in (every.value, *bounds))
    fresh = prose(left * found.newcomer[0], column)
    return Text(
        zh=f"按利润算:这段时间每 1 元「{metric.label.zh}」留下 {percent(left)},未来{days}天人均预计毛利 {each.zh}"
        f"(八成把握在 {low.zh}–{high.zh} 之间),新客再贡献 {fresh.zh};拉新成本不能超过首单毛利加这个数。",
        en=f"In profit: {percent(left)} of “{metric.label.en}” was left in this time, so a customer is expected to "
        "leave "
        f"{each.en} over {days} days (80 % sure: {low.en} to {high.en}), a new one {fresh.en} more; winning one "
        "must not "
        "cost more than that and the margin of the first order.",
    )


def findings(found: Valuation, metric: Metric, dimension: Dimension | None) -> tuple[Finding, ...]:
    """Return groups of a dimension that are worth more or less than the rest, beyond chance after correction.

    Groups by purchases so far differ by construction, and are no finding.
    """
    import numpy as np

    if dimension is None or len(found.groups) < 2:
        return ()
    column, every = money_column("value", "价值", "value", metric), found.everybody
    counts = np.array([one.customers for one in found.groups])
    values = np.array([one.value for one in found.groups])
    draws = found.draws[:, : len(found.groups)] if found.draws.shape[1] == len(found.groups) + 1 else None
    if draws is None:
        return ()
    rest = (every.value * every.customers - values * counts) / (every.customers - counts)
    all_draws = found.draws[:, -1:]
    rest_draws = (all_draws * every.customers - draws * counts) / (every.customers - counts)
    spread = (draws - rest_draws).std(axis=0, ddof=1)
    q_values = benjamini_hochberg(
        [_two_sided((v - o) / s) if s > 0 else 1.0 for v, o, s in zip(values, rest, spread, strict=True)]
    )
    labels = group_column(dimension)
    told = []
    for at in sorted(range(len(values)), key=lambda one: -abs(values[one] - rest[one])):
        if q_values[at] > HIGHEST_Q or counts[at] < LEAST_IN_GROUP:
            continue
        one = found.groups[at]
        name = group_label(one.key, labels)
        mine, theirs = prose(one.value, column), prose(float(rest[at]), column)
        told.append(
            Finding(
                "segment",
                Text(
                    zh=f"首购{labels.label.zh}为{name.zh}的 {one.customers:,.0f} 位客户人均预计 {mine.zh},其余客户 "
                    f"{theirs.zh};多组比较校正后仍成立。",
                    en=f"The {one.customers:,.0f} customers whose first purchase was {name.en} are expected to bring "
                    f"{mine.en} each, the others {theirs.en}; it stands after correction for all groups.",
                ),
                metric=metric.name, value=one.value, low=one.low, high=one.high, at=one.key,
                filters={dimension.name: str(one.key)} if one.key is not None else {},
            )
        )  # fmt: skip
    return tuple(told[:3])


def notes(
    question: Purchases, found: Valuation, tested: BackTest, metric: Metric, today: date, discount: float
) -> tuple[Text, ...]:
    """Return the method and definition, then what could be wrong."""
    dates = dates_label(question.period, today)
    cut_zh = f"年折现率 {percent(discount)}" if discount else "不折现"
    cut_en = f"discounted at {percent(discount)} a year" if discount else "not discounted"
    said: list[Text] = [
        Method(
            zh=f"方法:BG/NBD(还会买几次、是否已流失)× Gamma-Gamma(每次花多少),按 {dates.zh}每位客户的购买日"
            f"极大似然估计;同一天的购买算一次;{cut_zh}。区间:重抽客户 40 次,再按回测误差放宽。",
            en="Method: BG/NBD (how many purchases, and whether they have left) times Gamma-Gamma (money per "
            "purchase), by "
            f"maximum likelihood on each customer's purchase days of {dates.en}; purchases of one day are one; "
            f"{cut_en}. "
            "Interval: 40 resamples of the customers, widened by the error of the back-test.",
        ),
        Text(
            zh=f"可能出错的地方:价值是「{metric.label.zh}」,不是利润;模型假定购买节奏和流失不随大促、季节改变;没有"
            "客户编号的"
            "购买不在内。",
            en=f"What could be wrong: value is “{metric.label.en}”, not profit; the model knows no sales events or "
            "seasons; "
            "purchases without a customer number are left out.",
        ),
    ]
    if abs(found.correlation) > HIGH_CORRELATION:
        said.append(
            Text(
                zh=f"注意:购买次数与每次金额的相关系数是 {found.correlation:.2f},Gamma-Gamma 要求接近 0;"
                "高频客户的价值可能估偏。",
                en=f"Mind: frequency and money per purchase correlate at {found.correlation:.2f}, and Gamma-Gamma "
                "wants it "
                "near 0; frequent customers may be misjudged.",
            )
        )
    if abs(tested.error) > 0.25:
        said.append(
            Text(
                zh=f"注意:回测偏差 {percent(tested.error, sign=True)},这份估计只宜看排序。",
                en=f"Mind: the back-test missed by {percent(tested.error, sign=True)}; use the order, not the "
                "amounts.",
            )
        )
    return tuple(said)


def period_of_hold_out(period: Period, longest: int) -> int:
    """Return how many days to hold out: a third of the history, at most `longest`."""
    return min(longest, period.days // 3)


def _two_sided(z: float) -> float:
    from math import erfc, sqrt

    return erfc(abs(z) / sqrt(2))


def joined_sql(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the statements, each once."""
    return tuple(dict.fromkeys(parts))
