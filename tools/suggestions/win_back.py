"""Customers who used to buy often and have gone quiet: are they really going, and what would calling them be worth?

The claim is tested before it is made: of those who were quiet four weeks ago, fewer must have bought since than of
those who had bought as often and were still active (like for like by the number of purchases, Mantel-Haenszel: who buys
seldom is quiet more often, too). Where buying has no memory the two are alike, and there is silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import ceil

from semantic_layer.catalog import AnalysisBinding, SimpleMetric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.rows import Analysis, Measured, Named, Place, RowColumn, RowQuery, Step
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.bindings import data_period, filters_of, model_of, name_of
from tools.numerics.rates import sample_size
from tools.numerics.strata import Stratum, mantel_haenszel, normal_p_value
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.result import Check, Effect, Suggestion, TestPlan
from tools.suggestions import Lead, Scan

HORIZON_WEEKS = 4
CUTS = 3  # how many times, four weeks apart, the past is looked at
LEAST_EVENTS = 100
LEAST_ORDERS = 2
MOST_ORDERS = 12  # as many or more are alike
QUIET = 2.0  # quiet: no purchase for twice the usual gap between two
UPLIFT = (2.0, 8.0)  # share of the missing purchases that a message brings back: 0.2 on average
DRAWS = 4_000
MIN_REACH = 0.01


@dataclass(frozen=True, slots=True)
class Quiet:
    """What became of regulars: (who bought in four weeks, people) of the quiet and of the active, per look back.

    `strata` holds the same by number of purchases, per look back: (quiet who bought, quiet, active who bought, active).
    """

    quiet: tuple[tuple[float, float], ...]
    active: tuple[tuple[float, float], ...]
    strata: tuple[tuple[Stratum, ...], ...]
    now: float  # quiet regulars today
    basket: float  # money per purchase of those who came back
    gap_days: float

    @property
    def difference(self) -> tuple[float, float]:
        """Return how much less the quiet buy than the active who had bought as often, and the error; over all looks."""
        found, error = mantel_haenszel([one for look in self.strata for one in look])
        return -found, error


def scan(context: ToolContext) -> Scan:
    """Return at most one lead per declared group of customers."""
    found = Scan()
    for binding in context.layer.catalog.analyses:
        if binding.kind == "customer":
            try:
                found.add(_scan_one(binding, context))
            except AskGrowthError:
                continue  # no revenue, no data, or not for this user's eyes
    return found


def _scan_one(binding: AnalysisBinding, context: ToolContext) -> Scan:
    found, revenue = Scan(), name_of(binding, "revenue")
    if revenue is None or not isinstance(context.layer.catalog.metrics[revenue].type, SimpleMetric):
        return found
    data = data_period(context, model_of(binding))
    if data.days < 365:
        return found
    seen = _read(binding, revenue, data, context)
    if seen is None:
        return found
    quiet, active = _sum(seen.quiet), _sum(seen.active)
    if min(quiet[0], active[0]) < LEAST_EVENTS:
        return found
    try:
        missing, error = seen.difference
        behind = sum(mantel_haenszel(look)[0] < 0 for look in seen.strata)
    except ValueError:  # nobody of the quiet had bought as often as anybody active
        return found
    p_value = normal_p_value(missing / error) if error > 0 else 1.0
    found.p_values.append(p_value)
    low, _, mean = _gain(seen)
    total = _recent_revenue(revenue, data, context)
    if missing <= 0 or behind < CUTS or low <= 0 or mean < MIN_REACH * total:
        return found
    examine = partial(_suggestion, binding, revenue, seen, context)
    found.leads.append(Lead(("win_back", binding.name), mean, revenue, examine, p_value))
    return found


def _read(binding: AnalysisBinding, revenue: str, data: Period, context: ToolContext) -> Quiet | None:
    """Return what became of the regulars; None where nobody is one."""
    columns: dict[str, RowColumn] = {
        "who": Named(str(name_of(binding, "entity"))), "at": Named("metric_time"), "money": Measured(revenue),
    }  # fmt: skip
    rows = RowQuery(
        model_of(binding), columns, filters=filters_of(binding), time=name_of(binding, "time"),
        start=data.start, end=data.end,
    )  # fmt: skip
    weeks = timedelta(weeks=HORIZON_WEEKS)
    parts = [_part(at) for at in range(CUTS + 1)]
    values: dict[str, Place] = {f"cut{at}": data.end - at * weeks for at in range(CUTS + 1)}
    values |= {f"next{at}": data.end - (at - 1) * weeks for at in range(CUTS + 1)}
    days = Step(
        "days",
        "SELECT who, CAST(at AS DATE) AS day, SUM(money) AS money FROM bought WHERE NOT who IS NULL AND money > 0 "
        "GROUP BY 1, 2",
    )
    gaps = Step(
        "usual",
        "SELECT MEDIAN(gap) AS days FROM (SELECT DATE_DIFF('day', LAG(day) OVER (PARTITION BY who ORDER BY day), day) "
        "AS gap FROM days) AS g WHERE NOT gap IS NULL",
    )
    result = context.analyse(
        Analysis({"bought": rows}, " UNION ALL ".join(parts) + " ORDER BY 1, 2", (days, gaps), values)
    )
    cells: dict[tuple[int, bool], list[float]] = {}
    often: dict[int, dict[int, list[float]]] = {}
    for look, is_quiet, orders, *numbers in result.rows:
        if is_quiet is None:
            continue
        people, buyers, money, gap = (float(str(one or 0)) for one in numbers)
        whole = cells.setdefault((int(str(look)), bool(is_quiet)), [0.0, 0.0, 0.0, gap])
        whole[0], whole[1], whole[2] = whole[0] + people, whole[1] + buyers, whole[2] + money
        pair = often.setdefault(int(str(look)), {}).setdefault(int(str(orders)), [0.0] * 4)
        side = 0 if is_quiet else 2
        pair[side], pair[side + 1] = buyers, people
    quiet: list[tuple[float, float]] = []
    active: list[tuple[float, float]] = []
    for at in range(1, CUTS + 1):
        for bought, name in ((quiet, True), (active, False)):
            row = cells.get((at, name))
            bought.append((row[1], row[0]) if row else (0.0, 0.0))
    now = cells.get((0, True))
    came = [cells[at, True] for at in range(1, CUTS + 1) if (at, True) in cells]
    money, back = sum(row[2] for row in came), sum(row[1] for row in came)
    if now is None or back == 0:
        return None
    strata = tuple(
        tuple((one[0], one[1], one[2], one[3]) for one in often.get(at, {}).values())
        for at in range(1, CUTS + 1)
    )
    return Quiet(tuple(quiet), tuple(active), strata, now[0], money / back, now[3])


def _part(at: int) -> str:
    """Return people, buyers and money in the four weeks after a cut, of regulars quiet or active at it."""
    return (
        f"SELECT {at} AS cut, DATE_DIFF('day', s.last_day, :cut{at}) > {QUIET} * u.days AS is_quiet, "
        f"LEAST(s.orders, {MOST_ORDERS}) AS orders, COUNT(*) AS people, COUNT(n.who) AS buyers, SUM(n.money) AS "
        "money, MAX(u.days) AS gap "
        f"FROM (SELECT who, MAX(day) AS last_day, COUNT(*) AS orders FROM days WHERE day < :cut{at} GROUP BY 1 "
        f"HAVING COUNT(*) >= {LEAST_ORDERS}) AS s CROSS JOIN usual AS u "
        f"LEFT JOIN (SELECT who, SUM(money) AS money FROM days WHERE day >= :cut{at} AND day < :next{at} GROUP BY 1) "
        f"AS n ON s.who = n.who WHERE DATE_DIFF('day', s.last_day, :cut{at}) <= 6 * u.days GROUP BY 1, 2, 3"
    )


def _sum(pairs: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    return sum(one[0] for one in pairs), sum(one[1] for one in pairs)


def _gain(seen: Quiet) -> tuple[float, float, float]:
    """Return the 80 % bounds and the mean of N·Δ·λ·basket over four weeks; Δ is the like-for-like difference."""
    import numpy as np

    rng = np.random.default_rng(7)
    draws = seen.now * rng.normal(*seen.difference, DRAWS) * rng.beta(*UPLIFT, DRAWS) * seen.basket
    low, high = (float(bound) for bound in np.quantile(draws, (0.1, 0.9)))
    return low, high, float(draws.mean())


def _recent_revenue(revenue: str, data: Period, context: ToolContext) -> float:
    from semantic_layer.query import MetricQuery, PeriodRange

    period = PeriodRange(start=data.end - timedelta(weeks=HORIZON_WEEKS), end=data.end)
    rows = context.query(MetricQuery(metrics=(revenue,), period=period)).table.rows
    return float(str(rows[0][0] or 0)) if rows else 0.0


def _suggestion(
    binding: AnalysisBinding, revenue: str, seen: Quiet, context: ToolContext, scanned: int, q: float
) -> Suggestion:
    metric = context.layer.catalog.metrics[revenue]
    column = Column(revenue, metric.label, "metric", unit=metric.unit, format=metric.format, metric=revenue)
    low, high, _ = _gain(seen)
    said, basket = (prose(low, column), prose(high, column)), prose(seen.basket, column)
    quiet, active = _sum(seen.quiet), _sum(seen.active)
    p, a = quiet[0] / quiet[1], active[0] / active[1]
    days = ceil(QUIET * seen.gap_days)
    missing, _ = seen.difference
    arm = sample_size(p, 0.2 * missing)
    fits = 2 * arm <= seen.now
    label = binding.label
    return Suggestion(
        problem=Text(
            zh=f"{seen.now:,.0f} 位买过至少 {LEAST_ORDERS} 次的{label.zh}已超过 {days} 天没买(通常间隔 "
            f"{seen.gap_days:.0f} 天);这样的人四周内回来买的只有 {percent(p)},同样的老客没沉默的是 {percent(a)}。",
            en=f"{seen.now:,.0f} {label.en} with {LEAST_ORDERS} purchases or more have been quiet for over {days} "
            f"days (the usual gap is {seen.gap_days:.0f}); of such, {percent(p)} buy within four weeks, of those "
            f"who are not quiet {percent(a)}.",
        ),
        strategy=Text(
            zh="给这批沉默老客发一次唤回(优先不打折的内容或新品),留一半不发作对照。",
            en="Send these quiet regulars one win-back message (news before discounts), and keep half as a hold-out.",
        ),
        effect=Effect(
            revenue,
            low,
            high,
            HORIZON_WEEKS * 7,
            Text(
                zh=f"{HORIZON_WEEKS} 周可能多 {said[0].zh}–{said[1].zh}(八成把握)。算法:N×Δ×λ×笔单,"
                f"N={seen.now:,.0f},Δ={percent(missing)} 是购买次数相同的人里少买的比例,笔单 {basket.zh},λ 均值 "
                "0.2(假设一次触达能拉回两成差距);"
                "调整后相关,未扣券和触达成本。",
                en=f"{said[0].en} to {said[1].en} more over {HORIZON_WEEKS} weeks may be possible (80 % interval). "
                f"Formula: N×Δ×λ×basket, N={seen.now:,.0f}, Δ={percent(missing)} fewer buyers like for like, basket "
                f"{basket.en}, λ 0.2 on average (assumed: one "
                "message closes a fifth of the gap); adjusted correlation, before coupons and cost.",
            ),
        ),
        evidence="adjusted",
        checks=(
            Check("volume", True, Text(zh=f"回来买的 {quiet[0]:,.0f} 人", en=f"{quiet[0]:,.0f} who came back")),
            Check("interval", True, Text(
                zh=f"共比较 {scanned} 处,校正后 q={q:.2g}",
                en=f"{scanned} compared in all, q={q:.2g} after correction")),
            Check("mix", True, Text(
                zh=f"购买次数相同的人相比(Mantel-Haenszel)仍少 {percent(missing)}",
                en=f"{percent(missing)} fewer among people who had bought as often (Mantel-Haenszel)")),
            Check("stability", True, Text(
                zh=f"往回看 {CUTS} 次,每次都低", en=f"lower at each of {CUTS} looks back")),
            Check("quality", True, Text(zh="没有客户编号的购买不在内", en="purchases without a customer are left "
            "out")),
        ),
        test=TestPlan(
            arm if fits else None,
            HORIZON_WEEKS if fits else None,
            Text(
                zh=f"怎么验证:随机留一半不发,每组 {arm:,} 人,看四周。"
                if fits
                else f"怎么验证:随机留一半不发;要看清这么小的差别每组要 {arm:,} 人,现在不够,先看更大的改动。",
                en=f"How to test: hold out a random half, {arm:,} per group, four weeks."
                if fits
                else f"How to test: hold out a random half; {arm:,} per group are needed, more than there are.",
            ),
        ),
    )  # fmt: skip
