"""A metric's complete buckets: days, weeks or months, whichever the data and the horizon call for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from semantic_layer.coverage import Coverage
from semantic_layer.period import Grain, Period, shift, truncate
from tools.metric_tree.series import Asked, daily, of_period
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SEASONS = {Grain.DAY: 7, Grain.WEEK: 52, Grain.MONTH: 12}
LONGEST_DAILY = 120  # days ahead that a daily forecast may reach


@dataclass(frozen=True, slots=True)
class History:
    """The complete buckets of one grain: their starts, numerator and denominator (ones for an additive metric)."""

    grain: Grain
    season: int
    starts: tuple[date, ...]
    numerator: Array
    denominator: Array
    is_ratio: bool
    counted_once: float  # people of a longer period over the sum of its buckets; 1 where parts add up
    sql: tuple[str, ...]

    @property
    def end(self) -> date:
        """Return the day after the last bucket."""
        return shift(self.starts[-1], 1, self.grain)

    @property
    def values(self) -> Array:
        """Return the metric per bucket; a ratio without a denominator repeats the overall ratio."""
        import numpy as np

        if not self.is_ratio:
            return self.numerator
        overall = float(self.numerator.sum() / self.denominator.sum()) if self.denominator.sum() else 0.0
        whole = np.full(len(self.numerator), overall)
        return np.asarray(np.divide(self.numerator, self.denominator, out=whole, where=self.denominator > 0))

    def ahead(self, end: date) -> tuple[date, ...]:
        """Return the starts of the buckets from the history's end to `end`."""
        found: list[date] = []
        start = self.end
        while start < end:
            found.append(start)
            start = shift(start, 1, self.grain)
        return tuple(found)


def history_of(context: ToolContext, asked: Asked, span: Coverage, until: date | None) -> History:
    """Return the history at the grain of the data, or months where `until` is far and the months are enough."""
    import numpy as np

    assert span.start is not None
    assert span.end is not None
    whole = Period.of(span.start, span.end)
    values = daily(context, asked, None, whole)
    top, bottom = values.numerator[0], values.denominator[0]
    grain = _grain(np.flatnonzero((top != 0) | (bottom != 0)), whole, until)
    week_start = context.layer.catalog.week_start
    cover_last = grain is not Grain.DAY and _is_sparse(np.flatnonzero(top != 0))
    starts, tops, bottoms = [], [], []
    start = truncate(span.start, grain, week_start)
    if start < span.start and not cover_last:
        start = shift(start, 1, grain)
    while start < span.end:
        after = shift(start, 1, grain)
        if after > span.end and not cover_last:
            break
        chosen = slice(max((start - span.start).days, 0), (after - span.start).days)
        starts.append(start)
        tops.append(float(top[chosen].sum()))
        bottoms.append(float(bottom[chosen].sum()))
        start = after
    once = 1.0 if asked.shape.adds or not starts else _counted_once(context, asked, top, bottom, whole)
    season = SEASONS[grain] if len(starts) >= 2 * SEASONS[grain] else 1
    return History(
        grain,
        season,
        tuple(starts),
        np.array(tops),
        np.array(bottoms),
        asked.shape.denominator is not None,
        once,
        values.sql,
    )


def _grain(seen: NDArray[np.int64], whole: Period, until: date | None) -> Grain:
    import numpy as np

    gap = float(np.median(np.diff(seen))) if len(seen) > 2 else 1.0
    if gap >= 25:
        return Grain.MONTH
    if gap >= 6:
        return Grain.WEEK
    far = until is not None and (until - whole.end).days > LONGEST_DAILY
    return Grain.MONTH if far and whole.days >= 730 else Grain.DAY


def _is_sparse(seen: NDArray[np.int64]) -> bool:
    import numpy as np

    return len(seen) > 2 and float(np.median(np.diff(seen))) >= 6


def _counted_once(context: ToolContext, asked: Asked, top: Array, bottom: Array, whole: Period) -> float:
    """Return the metric of the last 28 days, people counted once, over what its days make of it."""
    days = min(28, whole.days)
    last = Period.of(date.fromordinal(whole.end.toordinal() - days), whole.end)
    exact = of_period(context, asked, None, last)
    if asked.shape.denominator is not None:
        summed = float(top[-days:].sum() / bottom[-days:].sum()) if bottom[-days:].sum() else 0.0
        once = float(exact.numerator.sum() / exact.denominator.sum()) if exact.denominator.sum() else 0.0
    else:
        summed, once = float(top[-days:].sum()), float(exact.numerator.sum())
    return once / summed if summed else 1.0
