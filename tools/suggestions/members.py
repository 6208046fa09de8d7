"""The members of a dimension with their counts by week, and which of them differ from all the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from semantic_layer.catalog import Dimension, RatioMetric
from semantic_layer.period import Grain
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Table
from semantic_layer.text import Text
from tools.numerics.experiments import Estimate
from tools.numerics.strata import overdispersion
from tools.registry import ToolContext
from tools.render import as_float

BLOCKS = 4  # of the history, two weeks each
MIN_EVENTS = 100


@dataclass(frozen=True, slots=True)
class Member:
    """One member's counts over the history and per week, all weeks of the history in order."""

    code: str
    label: Text
    successes: float
    trials: float
    weeks: tuple[tuple[float, float], ...]

    @property
    def blocks(self) -> tuple[tuple[float, float], ...]:
        """Return the counts per block of two weeks."""
        each = -(-len(self.weeks) // BLOCKS)
        parts = [self.weeks[at : at + each] for at in range(0, len(self.weeks), each)]
        return tuple((sum(s for s, _ in part), sum(n for _, n in part)) for part in parts)

    @property
    def rate(self) -> float:
        """Return the observed rate."""
        return self.successes / self.trials


def read_members(
    kind: RatioMetric, dimension: Dimension, period: PeriodRange, context: ToolContext
) -> tuple[list[Member], float]:
    """Return the members with 100 events of the rarer outcome, and the share of trials that have no member."""
    table = _history(kind, dimension, period, context)
    return _members(table, dimension.name, kind), _unknown(table, dimension.name, kind)


def against_others(members: Sequence[Member]) -> dict[str, Estimate]:
    """Return per member its rate less that of all the others together, with its error; two members or more.

    Not against the benchmark: that is chosen for its high rate, and the worst of many held against the best looks
    significant by chance alone. Errors grow by how much the weeks scatter, which is estimated itself: t, not normal.
    """
    # A week with more outcomes than trials (an order of last week's visit) is a whole one, not an error.
    weekly = [[(s, max(s, n)) for s, n in one.weeks] for one in members]
    scatter, freedom = overdispersion(weekly), (len(weekly) - 1) * (len(weekly[0]) - 1)
    all_successes, all_trials = sum(one.successes for one in members), sum(one.trials for one in members)
    pooled, found = all_successes / all_trials, {}
    for one in members:
        successes, trials = all_successes - one.successes, all_trials - one.trials
        error = sqrt(scatter * pooled * (1 - pooled) * (1 / one.trials + 1 / trials))
        gap = one.rate - successes / trials
        found[one.code] = Estimate(gap, error, max(freedom, 1), len(members))
    return found


def _history(kind: RatioMetric, dimension: Dimension, period: PeriodRange, context: ToolContext) -> Table:
    query = MetricQuery(
        metrics=(kind.numerator.metric, kind.denominator.metric),
        group_by=(GroupBy(dimension=dimension.name), GroupBy(dimension="metric_time", grain=Grain.WEEK)),
        period=period,
    )
    return context.query(query).table


def _unknown(table: Table, dimension: str, kind: RatioMetric) -> float:
    code_at, trial_at = table.index(dimension), table.index(kind.denominator.metric)
    trials = [(row[code_at] is None, as_float(row[trial_at]) or 0.0) for row in table.rows]
    total = sum(n for _, n in trials)
    return sum(n for missing, n in trials if missing) / total if total else 0.0


def _members(table: Table, dimension: str, kind: RatioMetric) -> list[Member]:
    code_at, week_at = table.index(dimension), table.index("metric_time__week")
    success_at, trial_at = table.index(kind.numerator.metric), table.index(kind.denominator.metric)
    labels = dict(table.columns[code_at].value_labels)
    weeks = sorted({str(row[week_at]) for row in table.rows if row[week_at] is not None})
    counts: dict[str, dict[str, list[float]]] = {}
    for row in table.rows:
        if row[code_at] is None or row[week_at] is None:
            continue
        of_member = counts.setdefault(str(row[code_at]), {week: [0.0, 0.0] for week in weeks})
        pair = of_member[str(row[week_at])]
        pair[0] += as_float(row[success_at]) or 0.0
        pair[1] += as_float(row[trial_at]) or 0.0
    members = []
    for code, by_week in counts.items():
        pairs = tuple((pair[0], pair[1]) for pair in by_week.values())
        successes, trials = sum(s for s, _ in pairs), sum(n for _, n in pairs)
        if min(successes, trials - successes) >= MIN_EVENTS:
            members.append(Member(code, labels.get(code, Text.same(code)), successes, trials, pairs))
    return members
