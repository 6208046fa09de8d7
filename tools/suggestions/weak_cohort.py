"""New customers of one month who did not come back: what brought them is not to be repeated as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import sqrt
from statistics import median

from semantic_layer.catalog import AnalysisBinding, Dimension
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Grain, Period, shift
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.bindings import data_period, model_of, name_of
from tools.cohorts.counting import Cohort, Question, by_member, triangle
from tools.numerics.rates import sample_size
from tools.numerics.strata import mantel_haenszel, normal_p_value
from tools.purchases.history import own_members
from tools.registry import ToolContext
from tools.render import group_label, percent, prose
from tools.render_dates import bucket_label
from tools.result import Check, Effect, Suggestion, TestPlan
from tools.suggestions import Lead, Scan

DAYS = 90
MONTHS = 15  # first purchases looked at
LEAST_COHORTS = 6
LEAST_EVENTS = 100
MIN_REACH = 0.01
MOST_DIMENSIONS = 3
REALISABLE = (3.5, 6.5)
DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class Weak:
    """A cohort with its own (came back, customers), what is usual, and how far months differ anyway (sd of rates)."""

    cohort: Cohort
    usual: float
    spread: float
    others: int

    @property
    def rate(self) -> float:
        """Return the share that came back."""
        return self.cohort.repeated / self.cohort.mature

    @property
    def error(self) -> float:
        """Return the error of the gap: chance within the month, and what months differ by anyway."""
        return sqrt(self.usual * (1 - self.usual) / self.cohort.mature + self.spread**2)

    @property
    def p_value(self) -> float:
        """Return the two-sided p-value of "this month is like the others"."""
        return normal_p_value((self.usual - self.rate) / self.error) if self.error > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Where:
    """The member of the first purchase that lacks the most returns: its (came back, customers) then, and otherwise."""

    dimension: Dimension
    member: str | None
    then: tuple[float, float]
    otherwise: tuple[float, float]


def scan(context: ToolContext) -> Scan:
    """Return a lead per declared group of customers: its weakest month of the last 15, where it is beyond chance."""
    found = Scan()
    for binding in context.layer.catalog.analyses:
        if binding.kind == "customer":
            try:
                found.add(_scan_one(binding, context))
            except AskGrowthError:
                continue  # no data, or not for this user's eyes
    return found


def _scan_one(binding: AnalysisBinding, context: ToolContext) -> Scan:
    found, orders = Scan(), name_of(binding, "orders")
    data = data_period(context, model_of(binding))
    mature = data.end - timedelta(days=DAYS)
    first = shift(mature.replace(day=1), -MONTHS, Grain.MONTH)
    # A month in which everybody is new for want of a history says nothing.
    if orders is None or first < data.start + timedelta(days=DAYS):
        return found
    question = Question(binding, Period.of(first, mature.replace(day=1)), data, Grain.MONTH, DAYS)
    cohorts, _ = triangle(question, context)
    usable = [one for one in cohorts if min(one.repeated, one.mature - one.repeated) >= LEAST_EVENTS]
    if len(usable) < LEAST_COHORTS:
        return found
    weak = [_against(one, usable) for one in usable]
    found.p_values += [one.p_value for one in weak]
    usual_orders = sum(one.customers for one in usable) / len(usable)
    worst = min(weak, key=lambda one: one.rate)
    mean = _gain(worst)[2]
    if worst.rate >= worst.usual or mean < MIN_REACH * usual_orders:
        return found
    start = worst.cohort.start
    examine = partial(_examined, worst, question, context)
    found.leads.append(
        Lead(("cohort", binding.name, start.isoformat()), mean, orders, examine, worst.p_value)
    )
    return found


def _against(one: Cohort, cohorts: list[Cohort]) -> Weak:
    rates = [other.repeated / other.mature for other in cohorts if other is not one]
    usual = median(rates)
    return Weak(one, usual, 1.4826 * median(abs(rate - usual) for rate in rates), len(rates))


def _gain(weak: Weak) -> tuple[float, float, float]:
    """Return the 80 % bounds and the mean of n·gap·λ: the customers who would have come back, and could be won."""
    import numpy as np

    rng = np.random.default_rng(7)
    draws = (
        weak.cohort.mature
        * rng.normal(weak.usual - weak.rate, weak.error, DRAWS)
        * rng.beta(*REALISABLE, DRAWS)
    )
    low, high = (float(bound) for bound in np.quantile(draws, (0.1, 0.9)))
    return low, high, float(draws.mean())


def _examined(
    weak: Weak, question: Question, context: ToolContext, scanned: int, q: float
) -> Suggestion | None:
    """Return the suggestion where the gap is there like for like, too, told by the member that lacks the most."""
    low, high, _ = _gain(weak)
    where = _where(weak, question, context)
    if low <= 0 or where is None:
        return None
    return _suggestion(weak, where, question, context, (low, high), (scanned, q))


def _where(weak: Weak, question: Question, context: ToolContext) -> Where | None:
    """Return where the gap lies; None where like for like (by any dimension of the first purchase) there is none."""
    start = weak.cohort.start
    month = Period.of(start, shift(start, 1, Grain.MONTH))
    best: tuple[float, Where] | None = None
    for dimension in own_members(question.binding, context)[0][:MOST_DIMENSIONS]:
        sides = []
        for period in (month, question.period):
            asked = Question(
                question.binding, period, question.data, Grain.MONTH, DAYS, dimension=dimension.name
            )
            sides.append(
                {one.value: (float(one.repeated), float(one.mature)) for one in by_member(asked, context)[0]}
            )
        then, ever = sides
        otherwise = {
            key: (ever[key][0] - then[key][0], ever[key][1] - then[key][1]) for key in then if key in ever
        }
        strata = [(*then[key], *otherwise[key]) for key in otherwise if min(otherwise[key]) >= 0]
        try:
            difference, error = mantel_haenszel(strata)
        except ValueError:
            continue
        if difference >= 0 or -difference < 1.28 * error:
            return None  # other people came that month, and each kind came back as ever
        for key, (back, people) in then.items():
            if key not in otherwise or otherwise[key][1] <= 0:
                continue
            missing = people * otherwise[key][0] / otherwise[key][1] - back
            if best is None or missing > best[0]:
                best = missing, Where(dimension, key, then[key], otherwise[key])
    return best[1] if best is not None else None


def _suggestion(
    weak: Weak,
    where: Where,
    question: Question,
    context: ToolContext,
    bounds: tuple[float, float],
    scan_of: tuple[int, float],
) -> Suggestion:
    scanned, q = scan_of
    metric = context.layer.catalog.metrics[str(name_of(question.binding, "orders"))]
    column = Column(metric.name, metric.label, "metric", unit=metric.unit, format=metric.format)
    low, high = (prose(one, column) for one in bounds)
    when = bucket_label(weak.cohort.start, Grain.MONTH.value)
    labels = tuple((str(value.code), value.label) for value in where.dimension.values)
    name = group_label(where.member, Column("m", where.dimension.label, "dimension", value_labels=labels))
    rate, usual = percent(weak.rate), percent(weak.usual)
    own, other = (percent(back / people) for back, people in (where.then, where.otherwise))
    people, by = f"{weak.cohort.mature:,}", where.dimension.label
    arm = sample_size(weak.rate, 0.35 * (weak.usual - weak.rate))
    return Suggestion(
        problem=Text(
            zh=f"{when.zh}首购的 {people} 位新客,{DAYS} 天内只有 {rate} 回来买,其他月份一般 {usual};"
            f"少得最多的是{by.zh}为{name.zh}的人:{own},平时 {other}。",
            en=f"Of the {people} customers who first bought in {when.en} only {rate} came back within {DAYS} days, "
            "of other "
            f"months {usual}; most are missing where {by.en} is {name.en}: {own} against {other} otherwise.",
        ),
        strategy=Text(
            zh=f"查清{when.zh}用什么在{name.zh}拉的新,同样的做法不再放量;拉新按 {DAYS} 天复购验收,不按首单成本。",
            en=f"Find out what brought new customers at {name.en} in {when.en} and do not repeat it at scale; judge "
            "it by "
            f"who comes back within {DAYS} days, not by the cost of a first order.",
        ),
        effect=Effect(
            metric.name,
            *bounds,
            DAYS,
            Text(
                zh=f"每少做一次这样的月份,{DAYS} 天里可能多 {low.zh}–{high.zh}(八成把握)。算法:人数 × (一般−当月复购"
                "率) × λ,"
                "λ 均值 0.35(假设换个做法能补回三到四成),每人只算一单;相关性证据,不是实验。",
                en=f"{low.en} to {high.en} more within {DAYS} days for each such month that is not repeated (80 % "
                "interval). "
                "Formula: customers × (usual − own rate) × λ, λ 0.35 on average (assumed: another way wins a third "
                "of them), "
                "one order each; adjusted correlation, not an experiment.",
            ),
        ),
        evidence="adjusted",
        moves_metric=False,
        checks=(
            Check("volume", True, Text(zh=f"{weak.cohort.repeated:,} / {people}", en=f"{weak.cohort.repeated:,} of "
            f"{people}")),
            Check("interval", True, Text(
                zh=f"共比较 {scanned} 处,校正后 q={q:.2g}", en=f"{scanned} compared in all, q={q:.2g} after "
                "correction")),
            Check("mix", True, Text(
                zh=f"按{by.zh}等首购属性分层后仍低", en=f"lower like for like, by {by.en} and more of the first "
                "purchase")),
            Check("stability", True, Text(
                zh=f"另外 {weak.others} 个月之间只差 ±{percent(weak.spread)}",
                en=f"{weak.others} other months differ by ±{percent(weak.spread)} only")),
            Check("quality", True, Text(
                zh=f"只算满 {DAYS} 天的新客", en=f"only customers with all {DAYS} days behind them")),
        ),
        test=TestPlan(
            arm,
            None,
            Text(
                zh=f"怎么验证:下一轮拉新分两种做法,每组 {arm:,} 位新客,{DAYS} 天后比复购。",
                en=f"How to test: two ways side by side in the next round, {arm:,} new customers each, compared "
                f"after {DAYS} "
                "days.",
            ),
        ),
    )  # fmt: skip
