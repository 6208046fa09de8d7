"""How far a goal is: what is there, what is to come, where it lands, and how likely it is met."""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Period
from tools.metric_tree.series import Asked, of_period
from tools.metric_tree.shape import shape_of
from tools.outlook.history import history_of
from tools.outlook.outlook import Outlook, outlook_of
from tools.registry import ToolContext
from tools.scope.periods import settled
from tools.targets.goals import Goal


@dataclass(frozen=True, slots=True)
class Status:
    """One goal's standing; `landing`, its bounds (80 %) and `chance` are None where nothing can be forecast."""

    goal: Goal
    elapsed: Period
    actual: float
    landing: float | None
    low: float | None
    high: float | None
    chance: float | None
    method: str | None
    history: int
    sql: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Return whether the goal's period has ended in the data."""
        return self.elapsed.end >= self.goal.period.end

    @property
    def done_share(self) -> float:
        """Return actual over goal."""
        return self.actual / self.goal.value if self.goal.value else 0.0

    @property
    def time_share(self) -> float:
        """Return the share of the period's days that are over."""
        return self.elapsed.days / self.goal.period.days


def status_of(context: ToolContext, goal: Goal) -> Status:
    """Return the standing of a goal on the last complete day.

    An additive metric lands at what is there plus the forecast of the rest; a ratio at both parts together, the
    rest weighted by its recent denominators. The chance is that of the forecast's past errors, taken as normal.

    Raises:
        QueryError: the metric is neither a sum nor a ratio of sums.
    """
    metric = goal.metric
    span = settled(context, (metric.name,))
    assert span.end is not None
    elapsed = Period(
        goal.period.start, max(goal.period.start, min(span.end, goal.period.end)), goal.period.end
    )
    asked = Asked(shape_of(context.layer.catalog, metric.name), goal.where)
    if not elapsed.days:
        return Status(goal, elapsed, 0.0, None, None, None, None, None, 0, goal.sql)
    parts = of_period(context, asked, None, elapsed)
    top, bottom = float(parts.numerator.sum()), float(parts.denominator.sum())
    is_ratio = asked.shape.denominator is not None
    actual = (top / bottom if bottom else 0.0) if is_ratio else top
    sql = (*goal.sql, *parts.sql)
    if elapsed.end >= goal.period.end:
        met = actual >= goal.value if metric.good_direction != "down" else actual <= goal.value
        return Status(goal, elapsed, actual, actual, actual, actual, float(met), None, 0, sql)
    try:
        history = history_of(context, asked, span, goal.period.end)
        outlook = outlook_of(context.layer.catalog, history, goal.period.end)
    except NotEnoughDataError:
        return Status(goal, elapsed, actual, None, None, None, None, None, 0, sql)
    rest = outlook.total(outlook.starts[0], goal.period.end)
    if is_ratio:
        ahead = _denominator_ahead(outlook)
        share = ahead / (bottom + ahead) if bottom + ahead else 0.0
        landing, low, high = (actual * (1 - share) + one * share for one in (rest.value, rest.low, rest.high))
        chance = (
            rest.chance_above((goal.value - actual * (1 - share)) / share)
            if share
            else float(actual >= goal.value)
        )
    else:
        landing, low, high = top + rest.value, top + rest.low, top + rest.high
        chance = rest.chance_above(goal.value, known=top)
    if metric.good_direction == "down":
        chance = 1 - chance
    count = len(history.starts)
    return Status(
        goal, elapsed, actual, landing, low, high, chance, outlook.method, count, (*sql, *history.sql)
    )


def _denominator_ahead(outlook: Outlook) -> float:
    """Return what the denominator will be over the buckets ahead, at its recent weekly level."""
    return float(outlook.weights.sum())
