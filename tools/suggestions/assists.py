"""A channel that helps and never closes: judged by the last touch it looks useless, and would be cut first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from semantic_layer.catalog import AnalysisBinding, Metric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.bindings import data_period, model_of, name_of
from tools.journeys.reading import Asked, Journeys, lookback_of, read_journeys
from tools.journeys.telling import label_of
from tools.numerics.attribution import credit_of, roles
from tools.numerics.strata import normal_p_value
from tools.registry import ToolContext
from tools.render import as_float, prose
from tools.result import Check, Effect, Suggestion, TestPlan
from tools.suggestions import Lead, Scan

if TYPE_CHECKING:
    from datetime import timedelta

PARTS, PART_DAYS = 4, 28
LEAST_ORDERS = 100
SELDOM = 0.5  # closes at most half of what a random order of touches would give it
MIN_REACH = 0.01
AT_RISK = (
    3.5,
    6.5,
)  # share of the linear credit that would be lost without it: 0.35 on average, an assumption
DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class Helper:
    """A channel over four times 28 days: its paths, closings and what chance gives, credit, and cost per credit."""

    code: str
    present: float
    closes: float
    expected: float
    z: float
    parts: int
    cost: float | None
    usual_cost: float | None


def scan(context: ToolContext) -> Scan:
    """Return a lead per channel that stands in many converting paths, hardly ever last, and costs less than most."""
    found = Scan()
    for binding in context.layer.catalog.analyses:
        if binding.kind == "journey":
            try:
                found.add(_scan_one(binding, context))
            except AskGrowthError:
                continue  # no touches, or not for this user's eyes
    return found


def _scan_one(binding: AnalysisBinding, context: ToolContext) -> Scan:
    from datetime import timedelta

    found = Scan()
    metrics = context.layer.catalog.metrics
    conversion, touched = (
        metrics[str(name_of(binding, "conversion"))],
        data_period(context, model_of(binding)),
    )
    part: timedelta = timedelta(days=PART_DAYS)
    if touched.start > touched.end - (PARTS + 2) * part:
        return found
    asked = Asked(binding, conversion, None, Period.of(touched.end - part, touched.end), lookback_of(binding))
    read = [
        read_journeys(
            replace(asked, period=Period.of(touched.end - (at + 1) * part, touched.end - at * part)), context
        )
        for at in range(PARTS)
    ]
    period = Period.of(touched.end - PARTS * part, touched.end)
    total = sum(one.conversions for one in read)
    for one in _helpers(binding, read, period, context):
        if one.present < LEAST_ORDERS:
            continue
        p_value = normal_p_value(one.z)
        found.p_values.append(p_value)
        seldom = one.closes <= SELDOM * one.expected and one.z < 0 and one.parts >= PARTS - 1
        cheap = one.cost is not None and one.usual_cost is not None and one.cost <= one.usual_cost
        mean = _gain(one)[2]
        if seldom and cheap and mean >= MIN_REACH * total / PARTS:
            examine = partial(_suggestion, binding, one, conversion, context)
            touches = str(name_of(binding, "touchpoint")), (one.code,)
            found.leads.append(
                Lead(
                    ("assist", binding.name, one.code),
                    mean,
                    conversion.name,
                    examine,
                    p_value,
                    touches=touches,
                )
            )
    return found


def _helpers(
    binding: AnalysisBinding, read: list[Journeys], period: Period, context: ToolContext
) -> list[Helper]:
    each: dict[str, list[tuple[float, float, float, float, float]]] = {}
    for journeys in read:
        if not journeys.codes:
            continue
        linear = credit_of(journeys.paths, "linear", journeys.paths.converted)
        for code, role, credit in zip(journeys.codes, roles(journeys.paths), linear, strict=True):
            spread = (role.closes - role.expected) / role.z if role.z else 0.0
            each.setdefault(code, []).append(
                (role.present, role.closes, role.expected, spread**2, float(credit))
            )
    spent = _spend(binding, period, context)
    credit = {code: sum(one[4] for one in parts) for code, parts in each.items()}
    costs = {
        code: spent[code] / credit[code] for code in credit if spent.get(code, 0) > 0 and credit[code] > 0
    }
    usual = median(costs.values()) if len(costs) >= 3 else None
    found = []
    for code, parts in each.items():
        present, closes, expected, variance = (sum(one[at] for one in parts) for at in range(4))
        z = (closes - expected) / variance**0.5 if variance > 0 else 0.0
        behind = sum(one[1] < one[2] for one in parts)
        found.append(Helper(code, present, closes, expected, z, behind, costs.get(code), usual))
    return found


def _spend(binding: AnalysisBinding, period: Period, context: ToolContext) -> dict[str, float]:
    cost, dimension = name_of(binding, "cost"), str(name_of(binding, "touchpoint"))
    if cost is None:
        return {}
    query = MetricQuery(
        metrics=(cost,),
        group_by=(GroupBy(dimension=dimension),),
        period=PeriodRange(start=period.start, end=period.end),
    )
    table = context.query(query).table
    at = table.index(cost)
    return {str(row[0]): as_float(row[at]) or 0.0 for row in table.rows if row[0] is not None}


def _gain(one: Helper) -> tuple[float, float, float]:
    """Return the 80 % bounds and the mean of the conversions of 28 days that hang on the channel: linear credit × λ."""
    import numpy as np

    rng = np.random.default_rng(7)
    draws = rng.gamma(max(one.expected, 1e-9), 1.0, DRAWS) / PARTS * rng.beta(*AT_RISK, DRAWS)
    low, high = (float(bound) for bound in np.quantile(draws, (0.1, 0.9)))
    return low, high, float(draws.mean())


def _suggestion(
    binding: AnalysisBinding, one: Helper, conversion: Metric, context: ToolContext, scanned: int, q: float
) -> Suggestion:
    dimension = context.layer.catalog.dimensions[str(name_of(binding, "touchpoint"))]
    labels = tuple((str(value.code), value.label) for value in dimension.values)
    name = label_of(one.code, Column("touch", dimension.label, "dimension", value_labels=labels))
    column = Column(
        conversion.name, conversion.label, "metric", unit=conversion.unit, format=conversion.format
    )
    low, high, _ = _gain(one)
    said, expected = (prose(low, column), prose(high, column)), prose(one.expected, column)
    paths, closes = f"{one.present:,.0f}", f"{one.closes:,.0f}"
    cost, usual = one.cost or 0.0, one.usual_cost or 0.0
    return Suggestion(
        problem=Text(
            zh=f"{name.zh}近 {PARTS * PART_DAYS} 天出现在 {paths} 条多触点成交路径里,收尾只有 {closes} 次(若先后随机"
            "约 "
            f"{one.expected:,.0f} 次);按末次触点看它几乎没用,按线性分摊每单花 {cost:,.0f},各渠道一般 {usual:,.0f}。",
            en=f"{name.en} stands in {paths} converting paths of the last {PARTS * PART_DAYS} days and closes "
            f"{closes} of them "
            f"(about {one.expected:,.0f} if the order were random): by last touch it looks useless, by linear "
            "credit an order "
            f"costs {cost:,.0f}, {usual:,.0f} at the usual channel.",
        ),
        strategy=Text(
            zh=f"不要按末次触点砍{name.zh}的预算;先留一部分人四周不触达,看成交少多少,再定加减。",
            en=f"Do not cut {name.en} by its last-touch figures; hold it out from some people for four weeks, and "
            "decide by what "
            "is missing then.",
        ),
        effect=Effect(
            conversion.name,
            low,
            high,
            PART_DAYS,
            Text(
                zh=f"砍掉它 {PART_DAYS} 天可能少 {said[0].zh}–{said[1].zh}(八成把握),留着就保住。算法:线性功劳 "
                f"{expected.zh}"
                f"(多触点路径,{PARTS * PART_DAYS} 天)÷ {PARTS} × λ,λ 均值 0.35(假设三到四成离了它不成交);归因是相关"
                ",不是增量。",
                en=f"Without it {said[0].en} to {said[1].en} may be missing in {PART_DAYS} days (80 % interval); "
                "keeping it keeps "
                f"them. Formula: linear credit {expected.en} (paths of several touches, {PARTS * PART_DAYS} days) / "
                f"{PARTS} × λ, λ "
                "0.35 on average (assumed: a third hangs on it); attribution is correlation, not what it causes.",
            ),
        ),
        evidence="correlation",
        moves_metric=False,
        checks=(
            Check("volume", True, Text(zh=f"{paths} 条路径", en=f"{paths} paths")),
            Check("interval", True, Text(
                zh=f"共比较 {scanned} 处,校正后 q={q:.2g}", en=f"{scanned} compared in all, q={q:.2g} after "
                "correction")),
            Check("mix", False, Text(zh="谁被触达不是随机的", en="who is reached is not random")),
            Check("stability", True, Text(
                zh=f"{PARTS} 段里 {one.parts} 段都少收尾", en=f"closes too seldom in {one.parts} of {PARTS} parts")),
            Check("quality", True, Text(zh="触点和订单逐笔对账", en="touches and orders are reconciled one by one")),
        ),
        test=TestPlan(
            None,
            4,
            Text(
                zh="怎么验证:随机留两成人(或两个城市)四周不触达,比较成交;这是唯一能说明它带来多少的办法。",
                en="How to test: leave a random fifth (or two cities) out for four weeks and compare orders; only "
                "that tells "
                "what it brings.",
            ),
        ),
    )  # fmt: skip
