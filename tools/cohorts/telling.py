"""Cohorts in tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median

from semantic_layer.catalog import Dimension
from semantic_layer.period import Grain
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.bindings import name_of
from tools.cohorts.counting import Cohort, Member, Question
from tools.numerics.proportions import two_shares_p_value, wilson
from tools.numerics.rates import benjamini_hochberg
from tools.registry import ToolContext
from tools.render import percent
from tools.render_dates import bucket_label, dates_label
from tools.result import Finding, Method

HIGHEST_Q = 0.1
FAR = 3.5  # robust standard deviations: what cohorts differ by anyway is no news
LEAST_OUTCOMES = 30
MOST_ODD = 2
_UNITS = {
    Grain.DAY: Text(zh="天", en="day"), Grain.WEEK: Text(zh="周", en="week"),
    Grain.MONTH: Text(zh="个月", en="month"), Grain.QUARTER: Text(zh="个季度", en="quarter"),
}  # fmt: skip
_RATE = "0.0%"


def _cohort_column(question: Question) -> Column:
    return Column("cohort", Text(zh="首购期", en="first purchase"), "time", grain=question.grain.value)


def _bounds() -> tuple[Column, Column]:
    low = Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format=_RATE)
    return low, Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format=_RATE)


def _people(name: str, zh: str, en: str) -> Column:
    return Column(name, Text(zh=zh, en=en), "derived", unit="people", format="#,##0")


def triangle_table(question: Question, cohorts: Sequence[Cohort]) -> Table:
    """Return one row per cohort and finished age with customers, those active, and their share."""
    unit = _UNITS[question.grain]
    columns = (
        _cohort_column(question),
        Column("age", Text(zh=f"首购后第几{unit.zh}", en=f"{unit.en}s since"), "dimension"),
        _people("customers", "人数", "customers"),
        _people("active", "还在买的人数", "still buying"),
        Column("retention_rate", Text(zh="留存率", en="retention"), "derived", format=_RATE),
        *_bounds(),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in cohorts:
        for age, active in one.active.items():
            low, high = wilson(active, one.customers)
            rows.append((one.start, age, one.customers, active, active / one.customers, low, high))
    return Table(columns, tuple(rows), len(rows))


def repeat_table(question: Question, cohorts: Sequence[Cohort]) -> Table:
    """Return one row per cohort: customers with the whole window behind them, and the share that came back."""
    columns = (_cohort_column(question), *_repeat_columns(question))
    rows = tuple((one.start, *_repeat_cells(one)) for one in cohorts if one.mature)
    return Table(columns, rows, len(rows))


def member_table(question: Question, members: Sequence[Member], dimension: Dimension) -> Table:
    """Return one row per member of a dimension, as it was at the first purchase."""
    labels = tuple((str(value.code), value.label) for value in dimension.values)
    columns = (
        Column(dimension.name, dimension.label, "dimension", value_labels=labels),
        *_repeat_columns(question),
    )
    rows = tuple((one.value, *_repeat_cells(one)) for one in members if one.mature)
    return Table(columns, rows, len(rows))


def _repeat_columns(question: Question) -> tuple[Column, ...]:
    label = Text(zh=f"{question.days}天复购率", en=f"{question.days}-day repeat rate")
    return (
        _people("customers", f"首购满{question.days}天的人数", f"customers, {question.days} days on"),
        _people("repeated", "回来的人数", "came back"),
        Column("returning_rate", label, "derived", format=_RATE),
        *_bounds(),
    )


def _repeat_cells(one: Cohort | Member) -> tuple[Cell, ...]:
    return one.mature, one.repeated, one.repeated / one.mature, *wilson(one.repeated, one.mature)


def average_finding(question: Question, cohorts: Sequence[Cohort]) -> Finding | None:
    """Return the repeat rate of all mature customers, None where nobody has had the whole window."""
    mature, repeated = sum(one.mature for one in cohorts), sum(one.repeated for one in cohorts)
    if not mature:
        return None
    low, high = wilson(repeated, mature)
    return Finding(
        "segment",
        Text(
            zh=f"首购后{question.days}天内复购 {percent(repeated / mature)}(n={mature:,},八成把握在 {percent(low)}–"
            f"{percent(high)} 之间)。",
            en=f"{percent(repeated / mature)} buy again within {question.days} days (n={mature:,}, 80 % sure: "
            f"{percent(low)} to {percent(high)}).",
        ),
        value=repeated / mature,
        low=low,
        high=high,
    )


def odd_cohorts(question: Question, cohorts: Sequence[Cohort]) -> tuple[Finding, ...]:
    """Return the cohorts whose repeat rate is out of line, the lowest first.

    Out of line: significant against all other cohorts together (Benjamini-Hochberg over all, q <= 0.1) and
    further from the median cohort than 3.5 robust standard deviations, so that the usual ups and downs of
    cohorts are no finding.
    """
    usable = [one for one in cohorts if min(one.repeated, one.mature - one.repeated) >= LEAST_OUTCOMES]
    if len(usable) < 4:
        return ()
    rates = [one.repeated / one.mature for one in usable]
    middle = median(rates)
    spread = 1.4826 * median(abs(rate - middle) for rate in rates)
    total = sum(one.repeated for one in usable), sum(one.mature for one in usable)
    rest = [(total[0] - one.repeated, total[1] - one.mature) for one in usable]
    tests = [
        two_shares_p_value((one.repeated, one.mature), other) for one, other in zip(usable, rest, strict=True)
    ]
    found = []
    for one, rate, other, q in zip(usable, rates, rest, benjamini_hochberg(tests), strict=True):
        if q <= HIGHEST_Q and abs(rate - middle) > FAR * spread:
            found.append((rate, _odd_finding(question, one, other, len(usable))))
    return tuple(finding for _, finding in sorted(found, key=lambda pair: pair[0])[:MOST_ODD])


def _odd_finding(question: Question, one: Cohort, other: tuple[int, int], scanned: int) -> Finding:
    rate, usual = one.repeated / one.mature, other[0] / other[1]
    low, high = wilson(one.repeated, one.mature)
    when = bucket_label(one.start, question.grain.value)
    zh, en = ("偏低", "low") if rate < usual else ("偏高", "high")
    return Finding(
        "segment",
        Text(
            zh=f"{when.zh}首购的客户复购{zh}:{question.days}天内 {percent(rate)}(n={one.mature:,},八成把握在 "
            f"{percent(low)}–{percent(high)} 之间),其他各期 {percent(usual)};比较了 {scanned} 期,不是碰巧。",
            en=f"Customers who first bought in {when.en} come back unusually {'rarely' if en == 'low' else 'often'}: "
            f"{percent(rate)} within {question.days} days (n={one.mature:,}, 80 % sure: {percent(low)} to "
            f"{percent(high)}), the other cohorts {percent(usual)}; {scanned} cohorts compared, more than chance.",
        ),
        value=rate,
        low=low,
        high=high,
        at=one.start.isoformat(),
    )


def headline(
    question: Question,
    cohorts: Sequence[Cohort],
    average: Finding | None,
    odd: tuple[Finding, ...],
    today: date,
) -> Text:
    """Return the conclusion: how many come back, then the cohort that stands out."""
    low = next((one for one in odd if average and (one.value or 0) < (average.value or 0)), None)
    if average is None:
        after = [one for one in cohorts if 1 in one.active]
        base, active = sum(one.customers for one in after), sum(one.active[1] for one in after)
        unit = _UNITS[question.grain]
        return Text(
            zh=f"下一{unit.zh}还来买的占 {percent(active / base)}(n={base:,});满 {question.days} 天的客户还没有。",
            en=f"{percent(active / base)} buy again in the {unit.en} after their first (n={base:,}); nobody has "
            f"had {question.days} days yet.",
        )
    dates = dates_label(question.period, today)
    said = Text(
        zh=f"{dates.zh}首购的客户:{average.statement.zh}",
        en=f"First buyers of {dates.en}: {average.statement.en}",
    )
    if low is None:
        return Text(zh=f"{said.zh}没有哪一期明显偏低。", en=f"{said.en} No cohort is unusually low.")
    return Text(zh=said.zh + low.statement.zh, en=f"{said.en} {low.statement.en}")


def notes(question: Question, context: ToolContext) -> tuple[Text, ...]:
    """Return the definition, what is masked, and what could be wrong."""
    metrics = context.layer.catalog.metrics
    orders = name_of(question.binding, "orders")
    rule = Text(zh="每一行都算购买", en="every row counts as a purchase")
    if orders is not None:
        label = metrics[orders].label
        rule = Text(
            zh=f"只有计入「{label.zh}」的才算购买(退货、没付钱的等不算)",
            en=f"only what counts for “{label.en}” is a purchase (returns, unpaid orders and the like are not)",
        )
    unit = _UNITS[question.grain]
    end = question.data.end
    result: list[Text] = [
        Method(
            zh=f"口径:按客户的第一次购买分期,{rule.zh};第 k {unit.zh}留存=那一期还买过的占比,没走完的期不显示"
            f"(数据到 {end.isoformat()} 之前)。"
            f"复购=首购之后 {question.days} 天内又买,只算首购已满 {question.days} 天的人。",
            en=f"Definition: cohorts by a customer's first purchase; {rule.en}. Retention at age k is the share that "
            f"buys in that {unit.en}; periods that are not over (data end before {end.isoformat()}) are left out. "
            f"Repeat: another purchase within {question.days} days, among those with {question.days} days behind them.",
        ),
        Text(
            zh="可能出错的地方:数据开始之前买过的老客会被算成新客,头几期偏高;没有客户编号的购买不计;同期群差别不说明原因。",
            en="What could be wrong: customers from before the data begin pass for new, which lifts the first cohorts; "
            "purchases without a customer number are left out; differences between cohorts name no cause.",
        ),
    ]
    if question.where or question.segments:
        result.append(
            Text(
                zh="筛选按第一次购买判断,之后在哪里买都算回来。",
                en="Filters choose customers by their first purchase; later purchases count wherever they happen.",
            )
        )
    return tuple(result)
