"""Daily parts of the metrics that are watched, read once: members of a dimension and several rules share them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from semantic_layer.catalog import Metric
from semantic_layer.errors import NotEnoughDataError, QueryError
from semantic_layer.period import Grain, Period, truncate
from semantic_layer.query import Expression
from semantic_layer.text import Text
from semantic_layer.watching import AlertRule
from tools.metric_tree.series import Asked, Values, daily
from tools.metric_tree.shape import Shape, shape_of
from tools.registry import ToolContext
from tools.scope.metric import dimension_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from semantic_layer.workspace import SemanticLayer

MOST = 64  # series kept; one of 30 members over three years is half a megabyte
HISTORY = timedelta(400)  # by which an anomaly is judged
IDLE = timedelta(28)  # without any rows for so long, or four windows, a member is not in use
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Daily:
    """A metric's parts from `first` on, a row per member, a column per day; `last` (exclusive) is where they end."""

    shape: Shape
    values: Values
    first: date
    last: date
    large: dict[date, tuple[int, ...]] = field(default_factory=dict)  # end of history -> rows worth judging

    def row(self, member: object) -> int | None:
        """Return the row of a member (None: the metric as a whole); None where it has no rows at all."""
        return self.values.codes.index(member) if member in self.values.codes else None

    def part(self, start: date, end: date) -> Values:
        """Return the days [start, end), which lie within."""
        begin, stop = (start - self.first).days, (end - self.first).days
        top, bottom = self.values.numerator[:, begin:stop], self.values.denominator[:, begin:stop]
        return replace(self.values, numerator=top, denominator=bottom)

    def sums(self, at: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the running sums of both parts of a row: [n] is the sum of the first n days."""
        import numpy as np

        top, bottom = (
            np.concatenate([[0.0], np.cumsum(part[at])])
            for part in (self.values.numerator, self.values.denominator)
        )
        return top, bottom


class SeriesStore:
    """Series of one open workspace by metric, rows, dimension and user. Emptied when the workspace is opened anew.

    It reads up to the day asked for; with `through` it reads up to that day at once, so that a replay of many days
    costs one read. Whoever judges cuts what is later than its own day off.
    """

    def __init__(self, through: date | None = None) -> None:
        """Take the day up to which data are read; None: the day that is asked for."""
        self._through = through
        self._layer: SemanticLayer | None = None
        self._kept: OrderedDict[Key, Daily] = OrderedDict()

    def daily(
        self, rule: AlertRule, metric: Metric, context: ToolContext, first: date, last: date
    ) -> Daily | None:
        """Return the metric's days over at least [first, last); None where it cannot be taken apart by day.

        Raises:
            QueryError: there are more rows than the engine gives.
        """
        if self._layer is not context.layer:
            self._layer = context.layer
            self._kept.clear()
        try:
            shape = shape_of(context.layer.catalog, metric.name)
        except QueryError:
            return None
        by = dimension_of(context.layer.catalog, rule.by) if rule.by else None
        key = (metric.name, rule.where, rule.segments, by, context.user)
        kept = self._kept.get(key)
        if kept is None or kept.first > first or kept.last < last:
            kept = self._read(rule, shape, by, context, first, last)
            self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return kept

    def _read(
        self, rule: AlertRule, shape: Shape, by: str | None, context: ToolContext, first: date, last: date
    ) -> Daily:
        start = truncate(first, Grain.MONTH)
        end = max(last, self._through or last)
        where = (Expression(sql=rule.where),) if rule.where else ()
        reader = replace(context, today=max(end, context.today))
        values = daily(reader, Asked(shape, where, rule.segments), by, Period.of(start, end))
        return Daily(shape, values, start, end)


def before(rule: AlertRule, end: date) -> date:
    """Return the first day that is needed to judge the days before `end`."""
    if rule.kind == "anomaly":
        return end - HISTORY - timedelta(1)
    return end - timedelta(rule.days) - max(IDLE, timedelta(4 * rule.days))


def is_idle(found: Daily, at: int, end: date, days: int) -> bool:
    """Return whether a member had nothing in the days before `end`, nor in four weeks before: it is not in use."""
    start = max(end - timedelta(days) - max(IDLE, timedelta(4 * days)), found.first)
    part = found.part(start, end)
    return not (part.numerator[at].any() or part.denominator[at].any())


def no_members(label: Text) -> NotEnoughDataError:
    """Return the error of a rule by a dimension whose metric cannot be taken apart by day."""
    return NotEnoughDataError(
        Text(zh=f"{label.zh}不能逐日按成员拆开。", en=f"{label.en} cannot be taken apart by member and day."),
        Text(
            zh="去掉 by,或换成求和、计数、比率类的指标。",
            en="Leave by out, or take a sum, a count or a ratio.",
        ),
    )
