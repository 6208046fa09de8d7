"""The anomalous days of a metric, as a whole and by group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import sqrt
from typing import TYPE_CHECKING

from semantic_layer.catalog import Catalog, Metric
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Grain, Period
from semantic_layer.text import Text
from tools.metric_tree.series import Asked, Values, daily, kept_by
from tools.numerics.outliers import generalised_esd
from tools.numerics.robust import clipped_scale
from tools.numerics.seasonal import baseline
from tools.registry import ToolContext
from tools.scope.events import event_days

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

FAR = 4.0  # robust standard deviations
LEAST_DAYS = 56
LEAST_VOLUME = 30.0  # a day's typical count: below it a series is mostly chance
LEAST_BASE = 100.0  # a day's typical denominator of a ratio
LEAST_SHARE = 0.2  # of the typical denominator: a day with less says little about a ratio
MOST_SHARE = 0.1  # of the days that may be anomalies
MOST_GROUPS = 15
SEASON = 7
_KEPT = {
    Grain.WEEK: Text(zh="周", en="week"), Grain.MONTH: Text(zh="月", en="month"),
    Grain.QUARTER: Text(zh="季", en="quarter"), Grain.YEAR: Text(zh="年", en="year"),
}  # fmt: skip
LONG_EVENT = 7
Z80 = 1.2816
# Nominal, over all series. The baseline is estimated, so that noise passes more often than it should: measured on
# made noise, one scan of five series in twenty raises a false alarm at this level.
LEVEL = 0.005
MOST_ZEROS = 0.05  # of the days: a series of so few events that many days hold none has no usual swing
ENOUGH_EVENTS = 10.0  # that a day's scatter stands for: with fewer, quiet days are far off by chance alone


@dataclass(frozen=True, slots=True)
class Hit:
    """One anomalous day: what was seen and what was to be expected (80 %), as a whole or in one group."""

    metric: Metric
    day: date
    value: float
    expected: float
    low: float
    high: float
    z: float
    dimension: str | None = None
    code: str | None = None
    label: Text | None = None

    @property
    def excess(self) -> float:
        """Return how much more than expected was seen."""
        return self.value - self.expected


@dataclass(frozen=True, slots=True)
class Scan:
    """What one metric's scan found: hits in the period, days that events explain, series and days looked at."""

    metric: Metric
    hits: tuple[Hit, ...]
    explained: int
    series: int
    days: int
    sql: tuple[str, ...]


def scan(
    context: ToolContext, metric: Metric, asked: Asked, dimensions: list[str], period: Period, history: Period
) -> Scan:
    """Return the anomalous days of a metric in `period`, judged by `history`, which holds it.

    A day counts when it is 4 robust standard deviations off its seasonal baseline and an outlier by the robust
    generalised ESD test, its level shared among all series looked at. Days of calendar events are not judged.
    """
    if (grain := kept_by(context, asked.shape)) is not Grain.DAY:
        unit = _KEPT[grain]
        raise NotEnoughDataError(
            Text(
                zh=f"找异常要按天的数据,「{metric.label.zh}」只有按{unit.zh}的。",
                en=f"Anomalies are looked for day by day, and {metric.label.en} is kept by {unit.en} only.",
            ),
            Text(
                zh="请接入按天的数据;现在可以问它为什么变化、以后会到多少。",
                en="Add daily data; why it changed and where it will go can be asked as it is.",
            ),
        )
    events = event_mask(context.layer.catalog, history)
    sources: list[tuple[str | None, Values]] = [(None, daily(context, asked, None, history))]
    for name in dimensions:
        values = daily(context, asked, name, history)
        if 1 < len(values.codes) <= MOST_GROUPS:
            sources.append((name, values))
    is_ratio = asked.shape.denominator is not None
    series = [
        (dimension, values, at)
        for dimension, values in sources
        for at in range(len(values.codes))
        if is_large(values, at, is_ratio=is_ratio)
    ]
    hits: list[Hit] = []
    explained = 0
    for dimension, values, at in series:
        found, by_event = judge(
            metric, values, at, events, period, history, alpha=LEVEL / len(series), is_ratio=is_ratio
        )
        for hit in found:
            if dimension is None:
                hits.append(hit)
            elif values.codes[at] is not None:
                hits.append(_of_group(hit, dimension, str(values.codes[at]), values.labels[at]))
        explained += by_event if dimension is None else 0
    sql = tuple(text for _, values in sources for text in values.sql)
    return Scan(metric, tuple(hits), explained, len(series), history.days, sql)


def is_large(values: Values, at: int, *, is_ratio: bool) -> bool:
    """Return whether a series has enough a day to be judged; `at` is its row."""
    import numpy as np

    if is_ratio:
        return float(np.median(values.denominator[at])) >= LEAST_BASE
    return float(np.median(values.numerator[at])) >= LEAST_VOLUME


def event_mask(catalog: Catalog, history: Period) -> Mask:
    """Return True for the days of calendar events, a long sale with its shadow."""
    import numpy as np

    mask = np.zeros(history.days, dtype=bool)
    for start, end, _ in event_days(catalog):
        # A long sale casts its shadow: people wait for it, and have bought enough after it.
        before, after = (3, 7) if (end - start).days >= LONG_EVENT else (0, 0)
        begin, stop = (start - history.start).days - before, (end - history.start).days + after
        mask[max(begin, 0) : max(stop, 0)] = True
    return mask


def judge(
    metric: Metric,
    values: Values,
    at: int,
    events: Mask,
    period: Period,
    history: Period,
    *,
    alpha: float,
    is_ratio: bool,
    counts: bool = False,
    seldom: int = 0,
) -> tuple[list[Hit], int]:
    """Return the hits of one series in the period, and how many of its days only an event explains.

    `counts`: the numerator counts things, so that a day cannot be known better than a Poisson count is. `seldom`: a
    day must lie farther off than all but one in so many of the other days: what comes every few weeks is no news.
    """
    import numpy as np

    seen = values.numerator[at].astype(float)
    usable = np.ones(len(seen), dtype=bool)
    if is_ratio:
        base = values.denominator[at]
        usable = base >= max(LEAST_SHARE * float(np.median(base)), 1.0)
        seen = np.divide(
            seen, base, out=np.full(len(seen), float(np.median(seen / np.maximum(base, 1)))), where=usable
        )
    forward, back, slope = _scale(seen)
    y = forward(seen)
    left_out = events | ~usable
    if int((~left_out).sum()) < LEAST_DAYS:
        left_out = ~usable  # a shop that is always on sale is judged by its sale days
    if int((~left_out).sum()) < LEAST_DAYS:
        return [], 0
    expected = baseline(y, SEASON, left_out)
    residual = y - expected
    judged = np.flatnonzero(~left_out)
    middle, spread = clipped_scale(residual[judged])
    if spread <= 0 or _is_seldom(seen, usable):
        return [], 0
    scale = np.full(len(y), spread)
    if counts:
        under = values.denominator[at] if is_ratio else np.ones(len(y))
        typical = np.maximum(back(expected), 1e-12)
        scale = np.maximum(scale, slope(typical) * np.sqrt(typical / np.maximum(under, 1.0)))
    z = (residual - middle) / scale
    far = _far_of_few(max(FAR, _far_by_chance(alpha, period.days)), _events(seen[judged], spread, slope))
    first, last = (period.start - history.start).days, (period.end - history.start).days
    # Days of the week before belong to the same event: the second bad day is not usual because of the first.
    others = np.sort(np.abs(z[judged[(judged < first - SEASON) | (judged >= last)]]))
    if seldom and len(others) > (passed := len(others) // seldom):
        far = max(far, float(others[-1 - passed]))
    outliers: set[int] = set()
    if bool(
        (np.abs(z[first:last]) > far).any()
    ):  # both tests are needed: the slower one only where it can matter
        most = max(1, int(MOST_SHARE * len(judged)))
        test = generalised_esd(residual[judged], most, alpha=alpha, robust=True)
        outliers = {int(judged[one]) for one in test.outliers}
    expected_value, low, high = back(expected), back(expected - Z80 * scale), back(expected + Z80 * scale)
    hits = [
        Hit(
            metric, history.start + timedelta(day), float(seen[day]), float(expected_value[day]),
            float(low[day]), float(high[day]), float(z[day]),
        )
        for day in range(first, last)
        if day in outliers and abs(z[day]) > far
    ]  # fmt: skip
    by_event = (
        int(((np.abs(z) > FAR) & events & usable)[first:last].sum()) if not (left_out == ~usable).all() else 0
    )
    return hits, by_event


def _is_seldom(seen: Array, usable: Mask) -> bool:
    """Return whether too many days hold nothing, weekdays on which there is never anything (a closed shop) aside."""
    import numpy as np

    empty = usable & (seen == 0)
    days = np.arange(len(seen)) % SEASON
    shares = [empty[days == day].sum() / max(int(usable[days == day].sum()), 1) for day in range(SEASON)]
    open_days = usable & (np.array(shares) < 1 - MOST_ZEROS)[days]
    return bool(open_days.any()) and float(empty[open_days].mean()) > MOST_ZEROS


def _events(seen: Array, spread: float, slope: Callable[[Array], Array]) -> float:
    """Return how many events a day the scatter of a series stands for.

    A sum of n independent amounts scatters by 1 / root n of itself at least: 40 % of the level is six events a day.
    """
    import numpy as np

    level = np.array([max(float(np.median(seen)), 1e-12)])
    return max(float((level * slope(level) / spread)[0]) ** 2, 1e-12)


def _far_of_few(far: float, events: float) -> float:
    """Return the limit for so many events a day: neither logs nor roots make a few events quite normal.

    The first Cornish-Fisher term for a skewness of 1 / root n, that of a Poisson count's logarithm; below ten events
    that does not do either, and the limit grows with the scatter.
    """
    return far * max(1.0, sqrt(ENOUGH_EVENTS / events)) + (far**2 - 1) / (6 * sqrt(events))


@cache
def _far_by_chance(alpha: float, days: int) -> float:
    """Return the deviations that no day of a normal series exceeds, but with probability `alpha`."""
    from scipy.stats import norm

    return float(norm.isf(alpha / (2 * max(days, 1))))


def _scale(
    seen: Array,
) -> tuple[Callable[[Array], Array], Callable[[Array], Array], Callable[[Array], Array]]:
    """Return a transformation that steadies the noise, its inverse and slope: logs, or roots where there are zeros."""
    import numpy as np

    def same(y: Array) -> Array:
        return np.asarray(y)

    def squared(y: Array) -> Array:
        return np.asarray(np.square(np.maximum(y, 0.0)))

    if bool((seen > 0).all()):
        return lambda y: np.asarray(np.log(y)), lambda y: np.asarray(np.exp(y)), lambda v: np.asarray(1 / v)
    if bool((seen >= 0).all()):
        return lambda y: np.asarray(np.sqrt(y)), squared, lambda v: np.asarray(0.5 / np.sqrt(v))
    return same, same, lambda v: np.asarray(np.ones(len(v)))


def _of_group(hit: Hit, dimension: str, code: str, label: Text) -> Hit:
    return Hit(hit.metric, hit.day, hit.value, hit.expected, hit.low, hit.high, hit.z, dimension, code, label)
