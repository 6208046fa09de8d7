"""Raise a lagging rate: the member whose rate stays behind comparable ones, sized with shrunken rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import ceil

from semantic_layer.catalog import Dimension, Metric, RatioMetric, SimpleMetric
from semantic_layer.period import Grain, truncate
from semantic_layer.query import PeriodRange
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.numerics.rates import (
    BetaPrior,
    fit_prior,
    gain_draws,
    sample_size,
    shrunken,
)
from tools.registry import ToolContext
from tools.render import CURRENCIES, percent, prose
from tools.result import Check, Effect, Suggestion, TestPlan
from tools.suggestions import Lead, Scan
from tools.suggestions.earned import is_earned
from tools.suggestions.members import Member, against_others, read_members
from tools.suggestions.mixing import Mix, mix_of

HISTORY_WEEKS = 8
HORIZON_WEEKS = 4
MOST_UNKNOWN = 0.2  # share of trials without a member
MIN_REACH = 0.01
MAX_MEMBERS = 50
COMPARABLE = 2.0  # a rate over twice as high is of another kind, no benchmark
REALISABLE = Text(zh="能补上差距的三到四成", en="a third of the gap can be closed")


def applies(metric: Metric, context: ToolContext) -> bool:
    """Return whether the metric is a rate of counts (not money) of which more is better."""
    kind = metric.type
    if not isinstance(kind, RatioMetric) or metric.good_direction != "up":
        return False
    if kind.numerator.filters or kind.denominator.filters:
        return False
    parts = [context.layer.catalog.metrics[name] for name in (kind.numerator.metric, kind.denominator.metric)]
    return all(
        isinstance(part.type, SimpleMetric)
        and part.type.agg in ("sum", "count", "count_distinct", "sum_boolean")
        and (part.unit or "").upper() not in CURRENCIES
        for part in parts
    )


def scan(metric: Metric, dimension: Dimension, context: ToolContext) -> Scan:
    """Return a lead per lagging member that could be raised towards the best quarter.

    Silent with fewer than three members of 100 events, where a member lagged in fewer than three of the last four
    blocks, where the gain is under 1 % of the goal, or where like for like says otherwise (`examine`).
    """
    kind = metric.type
    found = Scan()
    if not isinstance(kind, RatioMetric) or not applies(metric, context):
        return found
    period = _period(kind, context)
    members, unknown = read_members(kind, dimension, period, context)
    if not 3 <= len(members) <= MAX_MEMBERS:
        return found
    prior = fit_prior([one.successes for one in members], [one.trials for one in members])
    gaps = against_others(members)
    ranked = sorted(members, key=lambda one: shrunken(one.successes, one.trials, prior))
    goal = sum(one.successes for one in members) / HISTORY_WEEKS * HORIZON_WEEKS
    for one in ranked:
        benchmark = _benchmark(ranked, one)
        if one is benchmark or not _behind(one, benchmark, prior):
            continue
        if gaps[one.code].value >= 0:
            continue  # one better than the others only lacks the best one's rate: that is no lag
        p_value = gaps[one.code].p_value
        found.p_values.append(p_value)
        if unknown > MOST_UNKNOWN or _blocks_behind(one, benchmark) < 3:
            continue
        pair = Pair(
            metric, kind, dimension, one, benchmark, prior, unknown, (ranked[0].code, ranked[-1].code)
        )
        low, _, mean = _gain(pair, 1.0)
        if low <= 0 or mean < MIN_REACH * goal:
            continue
        found.leads.append(
            Lead(
                ("raise", metric.name),
                mean,
                kind.numerator.metric,
                partial(_examined, pair, period, MIN_REACH * goal, context),
                p_value,
                touches=(dimension.name, (pair.lagging.code,)),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Pair:
    """A lagging member and the one it is held against; `unknown` is the share of trials that have no member.

    `extremes` are the members with the lowest and the highest rate.
    """

    metric: Metric
    kind: RatioMetric
    dimension: Dimension
    lagging: Member
    benchmark: Member
    prior: BetaPrior
    unknown: float
    extremes: tuple[str, str]


def _examined(
    pair: Pair, period: PeriodRange, least: float, context: ToolContext, scanned: int, q: float
) -> Suggestion | None:
    """Return the suggestion where the gap survives every stratification, sized by what is left of it."""
    codes = pair.lagging.code, pair.benchmark.code
    if is_earned(pair.dimension.name, *pair.extremes, context):
        return None  # a tier that buying leads to: nothing that could be brought to the lagging one
    mix = mix_of(pair.kind, pair.dimension, codes, period, context)
    if mix.flips:
        return None
    low, high, mean = _gain(pair, mix.share_left)
    return _suggestion(pair, (low, high), mix, scanned, q, context) if low > 0 and mean >= least else None


def _gain(pair: Pair, share: float) -> tuple[float, float, float]:
    """Return the 80 % bounds and the mean of the gain; `share` of the gap is not a matter of mix."""
    import numpy as np

    one, other = pair.lagging, pair.benchmark
    entering = one.trials / HISTORY_WEEKS * HORIZON_WEEKS
    draws = share * gain_draws(
        (one.successes, one.trials), (other.successes, other.trials), pair.prior, entering
    )
    low, high = (float(bound) for bound in np.quantile(draws, (0.1, 0.9)))
    return low, high, float(draws.mean())


def _period(kind: RatioMetric, context: ToolContext) -> PeriodRange:
    names = (kind.numerator.metric, kind.denominator.metric)
    coverage = context.layer.coverage(names)
    # Rows whose outcome is still open (a repeat purchase within 90 days) would look like failures.
    open_days = timedelta(days=max(context.layer.catalog.metrics[name].maturity_days for name in names))
    settled = min(context.today, coverage.end or context.today) - open_days
    end = truncate(settled, Grain.WEEK, context.layer.catalog.week_start)
    return PeriodRange(start=end - timedelta(weeks=HISTORY_WEEKS), end=end)


def _benchmark(ranked: list[Member], one: Member) -> Member:
    """Return the best quarter's lowest of those that are comparable: a shop's counter is no model for a web page."""
    comparable = [other for other in ranked if other.rate <= COMPARABLE * one.rate]
    return comparable[-max(1, len(ranked) // 4)] if len(comparable) >= max(1, len(ranked) // 4) else one


def _behind(one: Member, benchmark: Member, prior: BetaPrior) -> bool:
    return shrunken(one.successes, one.trials, prior) < shrunken(benchmark.successes, benchmark.trials, prior)


def _blocks_behind(one: Member, benchmark: Member) -> int:
    return sum(
        own[1] > 0 and other[1] > 0 and own[0] / own[1] < other[0] / other[1]
        for own, other in zip(one.blocks, benchmark.blocks, strict=True)
    )


def _suggestion(
    pair: Pair, bounds: tuple[float, float], mix: Mix, scanned: int, q: float, context: ToolContext
) -> Suggestion:
    metric, kind, one, benchmark, prior = pair.metric, pair.kind, pair.lagging, pair.benchmark, pair.prior
    low, high = bounds
    entering = one.trials / HISTORY_WEEKS * HORIZON_WEEKS
    goal = context.layer.catalog.metrics[kind.numerator.metric]
    column = Column(goal.name, goal.label, "metric", unit=goal.unit, format=goal.format, metric=goal.name)
    p, b = shrunken(one.successes, one.trials, prior), shrunken(benchmark.successes, benchmark.trials, prior)
    rate, other = percent(p), percent(b)
    said = prose(low, column), prose(high, column)
    left = percent(mix.share_left, 0)
    arm = sample_size(p, (b - p) * 0.35 * mix.share_left)
    weeks = ceil(2 * arm / (one.trials / HISTORY_WEEKS))
    return Suggestion(
        problem=Text(
            zh=f"{one.label.zh}的{metric.label.zh}为 {rate},{benchmark.label.zh}为 {other}"
            f"(近 {HISTORY_WEEKS} 周,已收缩)。",
            en=f"{metric.label.en} at {one.label.en} is {rate}, at {benchmark.label.en} {other} "
            f"(last {HISTORY_WEEKS} weeks, shrunken).",
        ),
        strategy=Text(
            zh=f"把{benchmark.label.zh}的做法搬到{one.label.zh},先小流量试。",
            en=f"Bring to {one.label.en} what {benchmark.label.en} does, on part of the traffic first.",
        ),
        effect=Effect(
            goal.name,
            low,
            high,
            HORIZON_WEEKS * 7,
            Text(
                zh=f"{HORIZON_WEEKS} 周可能多 {said[0].zh}–{said[1].zh}(八成把握)。算法:N×λ×(b−p)×s,"
                f"N={entering:,.0f},λ 均值 0.35(假设{REALISABLE.zh}),s={left} 是分层后剩下的差距;"
                "调整后相关,不是实验。",
                en=f"{said[0].en} to {said[1].en} more over {HORIZON_WEEKS} weeks may be possible (80 % interval). "
                f"Formula: N×λ×(b−p)×s, N={entering:,.0f}, λ 0.35 on average (assumed: {REALISABLE.en}), s={left} is "
                "what like for like leaves of the gap; adjusted correlation, not an experiment.",
            ),
        ),
        evidence="adjusted" if mix.adjusted else "correlation",
        checks=_checks(pair, mix, scanned, q),
        test=TestPlan(
            n_per_arm=arm,
            weeks=weeks if weeks <= 26 else None,
            description=Text(
                zh=f"怎么验证:A/B 测试,每组 {arm:,},约 {weeks} 周。"
                if weeks <= 26
                else f"怎么验证:每组要 {arm:,},按现有流量超过半年;先做更大的改动。",
                en=f"How to test: an A/B test with {arm:,} per arm, about {weeks} weeks."
                if weeks <= 26
                else f"How to test: {arm:,} per arm would take over half a year; try a larger change first.",
            ),
        ),
    )


def _checks(pair: Pair, mix: Mix, scanned: int, q: float) -> tuple[Check, ...]:
    one, behind = pair.lagging, _blocks_behind(pair.lagging, pair.benchmark)
    return (
        Check(
            "volume",
            True,
            Text(
                zh=f"{one.successes:,.0f} / {one.trials:,.0f}",
                en=f"{one.successes:,.0f} of {one.trials:,.0f}",
            ),
        ),
        Check(
            "interval",
            True,
            Text(
                zh=f"共比较 {scanned} 处,校正后 q={q:.2g}",
                en=f"{scanned} comparisons in all, q={q:.2g} after correction",
            ),
        ),
        Check(
            "stability",
            True,
            Text(zh=f"最近 4 段中 {behind} 段落后", en=f"behind in {behind} of the last 4 fortnights"),
        ),
        Check("mix", bool(mix.adjusted), mix.note),
        Check(
            "quality",
            True,
            Text(
                zh=f"「{pair.dimension.label.zh}」缺失 {percent(pair.unknown)}",
                en=f"“{pair.dimension.label.en}” is missing in {percent(pair.unknown)}",
            ),
        ),
    )
