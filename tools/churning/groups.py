"""Which new customers do not come back: by month of the first purchase and by where it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from semantic_layer.catalog import Dimension
from semantic_layer.period import Grain, Period, bucket
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Text
from tools.cohorts.counting import Member, by_member
from tools.cohorts.counting import Question as CohortQuestion
from tools.numerics.proportions import two_shares_p_value, wilson
from tools.numerics.rates import benjamini_hochberg
from tools.numerics.robust import robust_scale
from tools.purchases.history import Purchases
from tools.registry import ToolContext
from tools.render import group_label, percent
from tools.render_dates import bucket_label
from tools.result import Finding

HIGHEST_Q = 0.05
FAR = 3.5  # robust standard deviations: months that differ no more than months do are no news
LEAST_CUSTOMERS = 100
LEAST_APART = 0.05
MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Group:
    """New customers of one month or member: how many were watched long enough, how many did not come back."""

    by: str
    label: Text
    key: str
    customers: int
    gone: int
    q_value: float = 1.0
    stands_out: bool = False
    rest_share: float = 0.0

    @property
    def share(self) -> float:
        """Return the share that did not come back."""
        return self.gone / self.customers


def groups_of(
    question: Purchases, dimensions: Sequence[Dimension], ahead: int, data: Period, context: ToolContext
) -> tuple[tuple[Group, ...], tuple[Group, ...], tuple[str, ...]]:
    """Return (months, members of dimensions), each judged against all others, and the SQL.

    Where a month stands out, its members follow under their dimension as `month · member`: who in it is gone.
    """
    cohort = CohortQuestion(
        question.binding, question.period, data, Grain.MONTH, ahead, question.where, question.segments
    )
    found, sql = _read(cohort, "metric_time__month", None, context)
    months = _judged(found, robust=True)
    members: list[Group] = []
    for dimension in dimensions:
        if dimension.kind == "time":
            continue  # months are there already
        one, more = _read(cohort, dimension.name, dimension, context)
        members += one
        sql += more
    judged = _judged(members, robust=False)
    for odd in [one for one in months if one.stands_out and one.share > one.rest_share][:1]:
        start = date.fromisoformat(odd.key)
        within = CohortQuestion(
            question.binding, bucket(start, Grain.MONTH).cut(data.end), data, Grain.MONTH, ahead,
            question.where, question.segments,
        )  # fmt: skip
        for dimension in (one for one in dimensions if one.kind != "time"):
            one, more = _read(within, dimension.name, dimension, context)
            usual = {(group.by, group.key): group for group in judged}
            judged += _inside(odd, one, usual)
            sql += more
    return tuple(months), tuple(judged), tuple(sql)


def _read(
    cohort: CohortQuestion, name: str, dimension: Dimension | None, context: ToolContext
) -> tuple[list[Group], list[str]]:
    asked = CohortQuestion(
        cohort.binding,
        cohort.period,
        cohort.data,
        cohort.grain,
        cohort.days,
        cohort.where,
        cohort.segments,
        name,
    )
    rows, sql = by_member(asked, context)
    return [_group(one, dimension) for one in rows if one.mature and one.value is not None], [sql]


def _group(one: Member, dimension: Dimension | None) -> Group:
    value = str(one.value)
    if dimension is None:
        day = datetime.fromisoformat(value).date()
        return Group(
            "month", bucket_label(day, "month"), day.isoformat(), one.mature, one.mature - one.repeated
        )
    column = Column(
        dimension.name, dimension.label, "dimension",
        value_labels=tuple((str(code.code), code.label) for code in dimension.values),
    )  # fmt: skip
    return Group(dimension.name, group_label(value, column), value, one.mature, one.mature - one.repeated)


def _judged(groups: Sequence[Group], *, robust: bool) -> list[Group]:
    """Return the groups with q-values against the rest of their dimension, over everything compared here."""
    large = [one for one in groups if one.customers >= LEAST_CUSTOMERS]
    totals: dict[str, tuple[int, int]] = {}
    for one in groups:
        seen = totals.get(one.by, (0, 0))
        totals[one.by] = (seen[0] + one.customers, seen[1] + one.gone)
    tests, rests = [], []
    for one in large:
        customers, gone = totals[one.by][0] - one.customers, totals[one.by][1] - one.gone
        rests.append(gone / customers if customers else one.share)
        tests.append(two_shares_p_value((one.gone, one.customers), (gone, customers)) if customers else 1.0)
    q_values = benjamini_hochberg(tests)
    middle, scale = _usual([one.share for one in large]) if robust and len(large) >= 5 else (0.0, 0.0)
    judged = []
    for one, q, rest in zip(large, q_values, rests, strict=True):
        far = scale <= 0 or abs(one.share - middle) > FAR * scale
        stands = q <= HIGHEST_Q and abs(one.share - rest) >= LEAST_APART and far
        judged.append(Group(one.by, one.label, one.key, one.customers, one.gone, q, stands, rest))
    return judged


def _inside(month: Group, members: Sequence[Group], usual: dict[tuple[str, str], Group]) -> list[Group]:
    """Return the members of an odd month that are far from what they usually are, the farthest first."""
    pairs = [
        (one, usual[one.by, one.key]) for one in members
        if one.customers >= LEAST_CUSTOMERS and (one.by, one.key) in usual
    ]  # fmt: skip
    tests = []
    for one, other in pairs:
        customers, gone = other.customers - one.customers, other.gone - one.gone
        tests.append(
            two_shares_p_value((one.gone, one.customers), (gone, customers)) if customers > 0 else 1.0
        )
    made = []
    for (one, other), q in zip(pairs, benjamini_hochberg(tests), strict=True):
        customers = other.customers - one.customers
        rest = (other.gone - one.gone) / customers if customers > 0 else one.share
        label = Text(zh=f"{month.label.zh} · {one.label.zh}", en=f"{month.label.en} · {one.label.en}")
        stands = q <= HIGHEST_Q and one.share - rest >= LEAST_APART
        made.append(Group(one.by, label, f"{month.key}/{one.key}", one.customers, one.gone, q, stands, rest))
    return made


def _usual(shares: Sequence[float]) -> tuple[float, float]:
    import numpy as np

    return robust_scale(np.array(shares))


def group_table(months: Sequence[Group], members: Sequence[Group], dimensions: Sequence[Dimension]) -> Table:
    """Return one row per month, then per member: customers, share not back with 80 % bounds, the others' share, q."""
    by = [("month", Text(zh="首购月份", en="month of first purchase"))]
    by += [(one.name, Text(zh=f"首购{one.label.zh}", en=f"first {one.label.en}")) for one in dimensions]
    rows: list[tuple[Cell, ...]] = []
    labels = []
    ordered = [*months, *sorted(members, key=lambda one: (not one.stands_out, one.by, -one.share))]
    for at, one in enumerate(ordered[:MOST_ROWS]):
        labels.append((str(at), one.label))
        low, high = wilson(one.gone, one.customers)
        rows.append((one.by, at, one.customers, one.share, low, high, one.rest_share, one.q_value))
    columns = (
        Column("by", Text(zh="按", en="by"), "dimension", value_labels=tuple(by)),
        Column("group", Text(zh="客户", en="customers of"), "dimension", value_labels=tuple(labels)),
        Column("customers", Text(zh="客户数", en="customers"), "derived", unit="people", format="#,##0"),
        Column("gone_rate", Text(zh="未再购买", en="not back"), "derived", format="0.0%"),
        Column("low", Text(zh="下限(80%)", en="low (80 %)"), "derived", format="0.0%"),
        Column("high", Text(zh="上限(80%)", en="high (80 %)"), "derived", format="0.0%"),
        Column("others_rate", Text(zh="其他客户", en="the others"), "derived", format="0.0%"),
        Column("q_value", Text(zh="校正后 q 值", en="corrected q-value"), "derived", format="0.0000"),
    )
    return Table(columns, tuple(rows), len(rows))


def group_findings(months: Sequence[Group], members: Sequence[Group], ahead: int) -> tuple[Finding, ...]:
    """Return the groups that stand out by not coming back: months, who in them, then members."""
    odd = [one for one in (*months, *members) if one.stands_out and one.share > one.rest_share]
    inside = [one for one in odd if "/" in one.key]
    plain = [one for one in odd if "/" not in one.key]
    plain.sort(key=lambda one: (one.by != "month", -_extra(one)))
    inside.sort(key=lambda one: -_extra(one))
    told = []
    for one in [*plain[:1], *inside[:1], *plain[1:3]]:
        low, high = wilson(one.gone, one.customers)
        told.append(
            Finding(
                "segment",
                Text(
                    zh=f"{one.label.zh}首购的 {one.customers:,} 位客户里,{percent(one.share)}在 {ahead} 天内没有再买"
                    f"(其他客户 {percent(one.rest_share)}),不是碰巧。",
                    en=f"Of the {one.customers:,} customers first won in {one.label.en}, {percent(one.share)} did not "
                    f"buy again within {ahead} days (the others: {percent(one.rest_share)}), more than chance.",
                ),
                value=one.share, low=low, high=high, at=one.key,
            )
        )  # fmt: skip
    return tuple(told)


def _extra(one: Group) -> float:
    """Return how many more were lost than at the others' share: a large group a little off costs more than a few."""
    return (one.share - one.rest_share) * one.customers
