"""The forecast of one metric: events taken out and put back, the best method by back-test, errors it has made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import erf, exp, log, sqrt
from typing import TYPE_CHECKING

from semantic_layer.catalog import Catalog, Event
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Grain, shift
from semantic_layer.text import Text
from tools.numerics.forecasting import METHODS, BackTest, back_test, conformal_width
from tools.numerics.seasonal import baseline
from tools.numerics.threads import one_thread
from tools.outlook.history import History
from tools.scope.events import event_days

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

LEAST = {Grain.DAY: 42, Grain.WEEK: 30, Grain.MONTH: 18}
MOST_KEPT = {Grain.DAY: 730, Grain.WEEK: 260, Grain.MONTH: 240}


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with its 80 % interval; `spread` is the standard deviation of past errors, on the model's scale."""

    value: float
    low: float
    high: float
    spread: float
    logged: bool

    def chance_above(self, goal: float, known: float = 0.0) -> float:
        """Return the probability that `known` plus this reaches the goal, errors taken as normal."""
        need = goal - known
        if self.logged:
            if need <= 0:
                return 1.0
            z = (log(need) - log(max(self.value, 1e-300))) / max(self.spread, 1e-9)
        else:
            z = (need - self.value) / max(self.spread, 1e-12)
        return 0.5 * (1 - erf(z / sqrt(2)))


@dataclass(frozen=True, slots=True)
class Outlook:
    """A history with its future buckets: values as forecast, the back-test behind them, and the events in them."""

    history: History
    starts: tuple[date, ...]
    values: Array
    method: str
    test: BackTest
    logged: bool
    weights: Array  # what each future bucket weighs in a ratio's total
    ahead_events: tuple[Event, ...]
    event_effects: tuple[tuple[Event, float], ...]

    def errors(self, first: int, last: int) -> Array:
        """Return what the method was off by over buckets [first, last), per origin: log ratios, or differences."""
        import numpy as np

        said, actual = self.test.forecasts[self.method], self.test.actual
        if self.logged:
            said, actual = np.exp(said), np.exp(actual)
        summed, true = said[:, first:last].mean(axis=1), actual[:, first:last].mean(axis=1)
        return np.asarray(np.log(true / summed) if self.logged else true - summed)

    def total(self, start: date, end: date) -> Estimate:
        """Return the metric over future buckets that start in [start, end): their sum, or a ratio's weighted mean."""
        at = [number for number, day in enumerate(self.starts) if start <= day < end]
        return self._estimate(at[0], at[-1] + 1, summed=not self.history.is_ratio)

    def bucket(self, at: int) -> Estimate:
        """Return the forecast of one future bucket."""
        return self._estimate(at, at + 1, summed=False)

    def _estimate(self, first: int, last: int, *, summed: bool) -> Estimate:
        import numpy as np

        part, weights = self.values[first:last], self.weights[first:last]
        value = float(part.sum()) if summed else float(np.average(part, weights=weights))
        value *= self.history.counted_once if last - first > 1 else 1.0
        errors = self.errors(first, last)
        width, spread = conformal_width(errors), float(np.sqrt((errors**2).mean()))
        if self.logged:
            return Estimate(value, value * exp(-width), value * exp(width), spread, logged=True)
        times = last - first if summed else 1
        return Estimate(value, value - width * times, value + width * times, spread * times, logged=False)


def outlook_of(catalog: Catalog, history: History, until: date) -> Outlook:
    """Return the forecast of every bucket from the history's end to `until`.

    Positive series are forecast in logs. Days of a calendar event neither shape level nor season: their own mean
    deviation is taken out before and put back where the same event comes again.

    Raises:
        NotEnoughDataError: too few buckets, too far ahead, or nothing ever moves.
    """
    import numpy as np

    starts = history.ahead(until)
    keep = MOST_KEPT[history.grain]
    raw, days = history.values[-keep:], history.starts[-keep:]
    least = LEAST[history.grain]
    if len(raw) < least or len(starts) * 2 > len(raw):
        raise _too_short(history, len(raw), max(least, 2 * len(starts)))
    if float(raw.std()) == 0:
        raise _flat()
    logged = bool((raw > 0).all())
    series = np.log(raw) if logged else raw.astype(float)
    known = _events_at(catalog, days, history.grain)
    adjusted, effects = _without_events(series, known, history.season)
    try:
        test = back_test(adjusted, history.season, len(starts))
    except ValueError as error:
        raise _too_short(history, len(raw), max(least, 3 * len(starts))) from error
    method = test.best
    with one_thread():
        said = METHODS[method](adjusted, history.season, len(starts))
    coming = _events_at(catalog, starts, history.grain)
    for at, event in enumerate(coming):
        said[at] += effects.get(event.name, 0.0) if event is not None else 0.0
    values = np.exp(said) if logged else said
    recent = history.denominator[-max(history.season, 1) :]
    weights = (
        np.resize(recent, len(starts)) if history.is_ratio and recent.sum() > 0 else np.ones(len(starts))
    )
    ahead = tuple(dict.fromkeys(event for event in coming if event is not None))
    by_name = {event.name: event for event in catalog.events}
    found = tuple((by_name[name], effect) for name, effect in effects.items())
    return Outlook(history, starts, values, method, test, logged, weights, ahead, found)


def _events_at(catalog: Catalog, days: tuple[date, ...], grain: Grain) -> list[Event | None]:
    """Return the event of each day; coarser buckets hold too much else to be called an event."""
    if grain is not Grain.DAY:
        return [None] * len(days)
    by_day: dict[date, Event] = {}
    # The shortest event of a day is the one that is felt: one festival day inside a month-long sale.
    for start, end, event in sorted(event_days(catalog), key=lambda one: one[0] - one[1]):
        day = start
        while day < end:
            by_day[day] = event
            day = shift(day, 1, Grain.DAY)
    return [by_day.get(day) for day in days]


def _without_events(series: Array, events: list[Event | None], season: int) -> tuple[Array, dict[str, float]]:
    import numpy as np

    mask = np.array([event is not None for event in events])
    if not mask.any() or int((~mask).sum()) < max(3 * season, 21):
        return series, {}
    apart = series - baseline(series, season, mask)
    names = np.array(["" if event is None else event.name for event in events])
    effects = {str(name): float(np.mean(apart[names == name])) for name in np.unique(names[mask])}
    moved = np.array([effects.get(str(name), 0.0) for name in names])
    return series - moved, effects


def _too_short(history: History, have: int, need: int) -> NotEnoughDataError:
    units = {Grain.DAY: ("天", "days"), Grain.WEEK: ("周", "weeks"), Grain.MONTH: ("个月", "months")}
    zh, en = units[history.grain]
    return NotEnoughDataError(
        Text(
            zh=f"历史只有 {have} {zh},要预测这么远至少需要 {need} {zh}。",
            en=f"There are only {have} {en} of history; a forecast this far needs at least {need}.",
        ),
        Text(zh="问近一点的时间,或补上更早的数据。", en="Ask about a nearer date, or add earlier data."),
    )


def _flat() -> NotEnoughDataError:
    return NotEnoughDataError(
        Text(
            zh="历史数值从不变化,没有什么可预测的。",
            en="The history never changes: there is nothing to forecast.",
        ),
        Text(zh="换一个指标或条件。", en="Ask about another metric or condition."),
    )
