"""Raise a lagging rate: the member whose rate stays behind comparable ones, sized with shrunken rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from semantic_layer.catalog import Dimension, Metric, RatioMetric, SimpleMetric
from semantic_layer.period import Grain, truncate
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.numerics.rates import (
    BetaPrior,
    benjamini_hochberg,
    fit_prior,
    gain_draws,
    sample_size,
    shrunken,
    two_rates_p_value,
)
from tools.registry import ToolContext
from tools.render import CURRENCIES, as_float, percent, prose
from tools.result import Check, Effect, Suggestion, TestPlan
from tools.suggestions import Candidate

HISTORY_WEEKS = 8
BLOCKS = 4  # two weeks each
HORIZON_WEEKS = 4
MIN_EVENTS = 100
FALSE_DISCOVERY_RATE = 0.10
MIN_REACH = 0.01
MAX_MEMBERS = 50
REALISABLE = Text(zh="能补上差距的三到四成", en="a third of the gap can be closed")


@dataclass(frozen=True, slots=True)
class Member:
    """One member's counts over the history and per block of two weeks."""

    code: str
    label: Text
    successes: float
    trials: float
    blocks: tuple[tuple[float, float], ...]

    @property
    def rate(self) -> float:
        """Return the observed rate."""
        return self.successes / self.trials


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


def suggest(metric: Metric, dimension: Dimension, context: ToolContext) -> tuple[Candidate, ...]:
    """Return at most one candidate: the lagging member whose raise towards the best quarter is worth most.

    Silent with fewer than three members of 100 events, where nothing differs after correction, where the
    member lagged in fewer than three of the last four blocks, or where the gain is under 1 % of the goal.
    """
    kind = metric.type
    if not isinstance(kind, RatioMetric) or not applies(metric, context):
        return ()
    members = _members(_history(kind, dimension, context), dimension.name, kind)
    if not 3 <= len(members) <= MAX_MEMBERS:
        return ()
    prior = fit_prior([one.successes for one in members], [one.trials for one in members])
    ranked = sorted(members, key=lambda one: shrunken(one.successes, one.trials, prior))
    benchmark = ranked[-max(1, len(ranked) // 4)]
    lagging = [one for one in ranked if one is not benchmark and _behind(one, benchmark, prior)]
    p_values = [_p_value(one, benchmark) for one in lagging]
    goal = sum(one.successes for one in members) / HISTORY_WEEKS * HORIZON_WEEKS
    best: Candidate | None = None
    for one, q in zip(lagging, benjamini_hochberg(p_values), strict=True):
        if q > FALSE_DISCOVERY_RATE or _blocks_behind(one, benchmark) < 3:
            continue
        sized = _sized(metric, kind, one, benchmark, prior, len(lagging), context)
        if sized is None or sized[0] < MIN_REACH * goal or (best is not None and sized[0] <= best.gain):
            continue
        best = Candidate(("raise", metric.name, dimension.name, one.code), sized[0], sized[1])
    return (best,) if best else ()


def _history(kind: RatioMetric, dimension: Dimension, context: ToolContext) -> Table:
    names = (kind.numerator.metric, kind.denominator.metric)
    coverage = context.layer.coverage(names)
    # Rows whose outcome is still open (a repeat purchase within 90 days) would look like failures.
    open_days = timedelta(days=max(context.layer.catalog.metrics[name].maturity_days for name in names))
    settled = min(context.today, coverage.end or context.today) - open_days
    end = truncate(settled, Grain.WEEK, context.layer.catalog.week_start)
    query = MetricQuery(
        metrics=(kind.numerator.metric, kind.denominator.metric),
        group_by=(GroupBy(dimension=dimension.name), GroupBy(dimension="metric_time", grain=Grain.WEEK)),
        period=PeriodRange(start=end - timedelta(weeks=HISTORY_WEEKS), end=end),
    )
    return context.query(query).table


def _members(table: Table, dimension: str, kind: RatioMetric) -> list[Member]:
    code_at, week_at = table.index(dimension), table.index("metric_time__week")
    success_at, trial_at = table.index(kind.numerator.metric), table.index(kind.denominator.metric)
    labels = dict(table.columns[code_at].value_labels)
    weeks = sorted({str(row[week_at]) for row in table.rows if row[week_at] is not None})
    block_of = {week: at * BLOCKS // len(weeks) for at, week in enumerate(weeks)}
    counts: dict[str, list[list[float]]] = {}
    for row in table.rows:
        if row[code_at] is None or row[week_at] is None:
            continue
        blocks = counts.setdefault(str(row[code_at]), [[0.0, 0.0] for _ in range(BLOCKS)])
        block = blocks[block_of[str(row[week_at])]]
        block[0] += as_float(row[success_at]) or 0.0
        block[1] += as_float(row[trial_at]) or 0.0
    members = []
    for code, blocks in counts.items():
        successes, trials = sum(block[0] for block in blocks), sum(block[1] for block in blocks)
        if min(successes, trials - successes) >= MIN_EVENTS:
            pairs = tuple((block[0], block[1]) for block in blocks)
            members.append(Member(code, labels.get(code, Text.same(code)), successes, trials, pairs))
    return members


def _behind(one: Member, benchmark: Member, prior: BetaPrior) -> bool:
    return shrunken(one.successes, one.trials, prior) < shrunken(benchmark.successes, benchmark.trials, prior)


def _p_value(one: Member, benchmark: Member) -> float:
    return two_rates_p_value((one.successes, one.trials), (benchmark.successes, benchmark.trials))


def _blocks_behind(one: Member, benchmark: Member) -> int:
    return sum(
        own[1] > 0 and other[1] > 0 and own[0] / own[1] < other[0] / other[1]
        for own, other in zip(one.blocks, benchmark.blocks, strict=True)
    )


def _sized(
    metric: Metric,
    kind: RatioMetric,
    one: Member,
    benchmark: Member,
    prior: BetaPrior,
    scanned: int,
    context: ToolContext,
) -> tuple[float, Suggestion] | None:
    """Return (expected gain, suggestion), or None where the 80 % interval reaches zero."""
    import numpy as np

    entering = one.trials / HISTORY_WEEKS * HORIZON_WEEKS
    draws = gain_draws((one.successes, one.trials), (benchmark.successes, benchmark.trials), prior, entering)
    low, high = (float(bound) for bound in np.quantile(draws, (0.1, 0.9)))
    if low <= 0:
        return None
    goal = context.layer.catalog.metrics[kind.numerator.metric]
    column = Column(goal.name, goal.label, "metric", unit=goal.unit, format=goal.format, metric=goal.name)
    p, b = shrunken(one.successes, one.trials, prior), shrunken(benchmark.successes, benchmark.trials, prior)
    rate, other = percent(p), percent(b)
    bounds = prose(low, column), prose(high, column)
    arm = sample_size(p, (b - p) * 0.35)
    weeks = ceil(2 * arm / (one.trials / HISTORY_WEEKS))
    suggestion = Suggestion(
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
                zh=f"{HORIZON_WEEKS} 周可能多 {bounds[0].zh}–{bounds[1].zh}(八成把握)。算法:N×λ×(b−p),"
                f"N={entering:,.0f},λ 均值 0.35(假设{REALISABLE.zh});相关性证据,不是实验。",
                en=f"{bounds[0].en} to {bounds[1].en} more over {HORIZON_WEEKS} weeks may be possible (80 % interval). "
                f"Formula: N×λ×(b−p), N={entering:,.0f}, λ 0.35 on average (assumed: {REALISABLE.en}); "
                "correlation, not an experiment.",
            ),
        ),
        evidence="correlation",
        checks=_checks(one, benchmark, scanned),
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
    return float(draws.mean()), suggestion


def _checks(one: Member, benchmark: Member, scanned: int) -> tuple[Check, ...]:
    behind = _blocks_behind(one, benchmark)
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
            Text(zh=f"比较了 {scanned} 个,校正后仍成立", en=f"holds after correction for {scanned} compared"),
        ),
        Check(
            "stability",
            True,
            Text(zh=f"最近 4 段中 {behind} 段落后", en=f"behind in {behind} of the last 4 fortnights"),
        ),
        Check(
            "mix",
            False,
            Text(zh="没有按人群结构拆开看", en="not split by who the people are"),
        ),
    )
