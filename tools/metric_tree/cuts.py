"""One dimension's account of a change: what each group contributed, how sure that is, and whether it is news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from semantic_layer.period import Period
from semantic_layer.text import Text
from tools.metric_tree.series import Asked, Values, daily, of_period, window
from tools.numerics.decomposition import Explanation, MixRate, explain, mix_rate, simpson, surprise
from tools.numerics.robust import block_draws, robust_scale, z_mad
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

HISTORY = 12  # earlier changes of the same length
MOST_EARLIER = 60  # windows, which may overlap
LEAST_HISTORY = 6
NEWS = 3.5  # robust standard deviations beyond a group's own history
DRAWS = 400
Z80 = 1.2816
MOST_GROUPS = 60


@dataclass(frozen=True, slots=True)
class Span:
    """The two periods of a comparison, and the first day of history that is read."""

    main: Period
    other: Period
    first: date

    @property
    def read(self) -> Period:
        """Return every day that is read."""
        return Period.of(min(self.first, self.other.start), max(self.main.end, self.other.end))

    def earlier(self) -> list[tuple[date, date]]:
        """Return (start before, start after) of earlier changes with the same lag and lengths, latest first."""
        lag = self.main.start - self.other.start
        # Weekly steps keep the weekdays; overlapping windows still tell how much such a change varies.
        step = timedelta(7) if lag >= timedelta(7) else max(lag, timedelta(1))
        found: list[tuple[date, date]] = []
        after = self.main.start - step
        while len(found) < MOST_EARLIER and after - lag >= self.first:
            if after + timedelta(self.main.days) <= self.main.start:
                found.append((after - lag, after))
            after -= step
        return found


@dataclass(frozen=True, slots=True)
class Part:
    """One group: its value before and after, and what it moved the metric by (rate inside, mix between groups)."""

    code: str | None
    label: Text
    before: float | None
    after: float | None
    contribution: float
    rate: float | None
    mix: float | None
    low: float | None
    high: float | None
    z: float | None
    share: tuple[float, float] = (0.0, 0.0)  # of the ratio's denominator, before and after

    @property
    def is_news(self) -> bool:
        """Return whether the contribution is surely not 0 and beyond the group's own history, where that is known."""
        if self.code is None:
            return False  # "not set" is no cause
        sure = self.low is None or self.high is None or self.low > 0 or self.high < 0
        return (
            sure and (self.z is None or abs(self.z) >= NEWS) and (self.low is not None or self.z is not None)
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """A change by one dimension (None: as a whole): parts, what they leave over, how well few of them explain it."""

    dimension: str | None
    parts: tuple[Part, ...]
    rest: float
    explanation: Explanation
    paradox: bool
    volume: tuple[float, float]  # the denominator (or the sum itself) before and after
    sql: tuple[str, ...]

    @property
    def has_rest(self) -> bool:
        """Return whether the parts leave something over beyond rounding."""
        return abs(self.rest) > 1e-9 * max(abs(part.contribution) for part in self.parts)

    @property
    def change(self) -> float:
        """Return the whole change: the parts and the rest."""
        return sum(part.contribution for part in self.parts) + self.rest

    @property
    def news_power(self) -> float:
        """Return the share of the change that groups beyond their own noise explain, at most 1."""
        moved = sum(
            part.contribution for part in self.parts if part.is_news and part.contribution * self.change > 0
        )
        return min(moved / self.change, 1.0) if self.change else 0.0

    @property
    def rate(self) -> float:
        """Return what moved inside the groups."""
        return sum(part.rate or 0.0 for part in self.parts)

    @property
    def mix(self) -> float:
        """Return what moved between the groups."""
        return sum(part.mix or 0.0 for part in self.parts)


def cut(context: ToolContext, asked: Asked, dimension: str | None, span: Span) -> Cut | None:
    """Return the change by a dimension; None where it says nothing (one group, too many, or a tautology)."""
    import numpy as np

    days = daily(context, asked, dimension, span.read)
    if len(days.codes) > MOST_GROUPS or (dimension is not None and len(days.codes) < 2):
        return None
    exact = _exact(context, asked, dimension, span, days)
    if exact is None:
        return None
    (n0, d0), (n1, d1), totals = exact
    alive = (n0 != 0) | (n1 != 0) | (d0 != 0) | (d1 != 0)
    if dimension is not None and (alive.sum() < 2 or (asked.shape.nested and _circular(n0 + n1, d0 + d1))):
        return None
    is_ratio = asked.shape.denominator is not None
    result = mix_rate((n0, d0), (n1, d1), totals[:2]) if totals is not None else None
    moved = result.total if result else n1 - n0
    low, high = _interval(days, span, is_ratio=is_ratio, exact=moved)
    z, spread = _history(days, span, is_ratio=is_ratio, moved=moved)
    if low is None and spread is not None:
        low, high = moved - Z80 * spread, moved + Z80 * spread
    weights = [a + b for a, b in zip(surprise(list(n0), list(n1)), surprise(list(d0), list(d1)), strict=True)]
    keep = [at for at in np.argsort(-np.abs(moved), kind="stable").tolist() if alive[at]]
    parts = tuple(_part(at, days, (n0, d0), (n1, d1), result, moved, low, high, z) for at in keep)
    change = float(moved.sum())
    rest = _rest(context, asked, span, change, result)
    volume = (float(d0.sum()), float(d1.sum())) if is_ratio else (float(n0.sum()), float(n1.sum()))
    found = explain([part.contribution for part in parts], [weights[at] for at in keep])
    paradox = result is not None and simpson(result, change + rest) and len(parts) > 1
    return Cut(dimension, parts, rest, found, paradox, volume, days.sql)


Pairs = tuple["Array", "Array"]
Totals = tuple[tuple[float, float], tuple[float, float]]


def _exact(
    context: ToolContext, asked: Asked, dimension: str | None, span: Span, days: Values
) -> tuple[Pairs, Pairs, Totals | None] | None:
    """Return the parts of both periods by group and, for a ratio, the overall ones; None: nothing to divide by."""
    import numpy as np

    both: list[Pairs] = []
    overall: list[tuple[float, float]] = []
    for period in (span.other, span.main):
        if asked.shape.adds:
            pair = window(days, span.read.start, period.start, period.days)
            overall.append((float(pair[0].sum()), float(pair[1].sum())))
        else:  # people counted once in the period, not once a day
            found = of_period(context, asked, dimension, period)
            at = {code: number for number, code in enumerate(found.codes)}
            picked = [at.get(code) for code in days.codes]
            pair = (
                np.array([0.0 if one is None else found.numerator[one] for one in picked]),
                np.array([0.0 if one is None else found.denominator[one] for one in picked]),
            )
            whole = of_period(context, asked, None, period)
            overall.append((float(whole.numerator.sum()), float(whole.denominator.sum())))
        both.append(pair)
    if asked.shape.denominator is None:
        return both[0], both[1], None
    if overall[0][1] <= 0 or overall[1][1] <= 0:
        return None
    return both[0], both[1], (overall[0], overall[1])


def _rest(context: ToolContext, asked: Asked, span: Span, change: float, result: MixRate | None) -> float:
    """Return what the groups leave over: people who are counted in several of them."""
    if result is not None:
        return result.rest
    if asked.shape.adds:
        return 0.0
    wholes = [of_period(context, asked, None, period).numerator.sum() for period in (span.other, span.main)]
    return float(wholes[1] - wholes[0]) - change


def _circular(numerator: Array, denominator: Array) -> bool:
    """Return whether a sizeable group can never have the numerator: the dimension restates the metric."""
    share = denominator / denominator.sum() if denominator.sum() > 0 else denominator
    return bool(((numerator == 0) & (share > 0.05)).any())


def moves(n0: Array, d0: Array, n1: Array, d1: Array, *, is_ratio: bool) -> Array:
    """Return the contributions of groups on the last axis; leading axes are draws. Nothing to divide by: nan."""
    import numpy as np

    if not is_ratio:
        return np.asarray(n1 - n0)
    with np.errstate(divide="ignore", invalid="ignore"):
        all0, all1 = d0.sum(-1, keepdims=True), d1.sum(-1, keepdims=True)
        middle = (n0.sum(-1, keepdims=True) / all0 + n1.sum(-1, keepdims=True) / all1) / 2
        return np.asarray(n1 / all1 - n0 / all0 - (d1 / all1 - d0 / all0) * middle)


def _interval(days: Values, span: Span, *, is_ratio: bool, exact: Array) -> tuple[Array | None, Array | None]:
    """Return the 80 % interval by resampling the days of both periods; none under a week of days."""
    import numpy as np

    if min(span.main.days, span.other.days) < 7:
        return None, None
    drawn = []
    for seed, period in ((7, span.other), (8, span.main)):
        begin = (period.start - span.read.start).days
        counts = block_draws(period.days, DRAWS, seed=seed)
        chosen = slice(begin, begin + period.days)
        drawn += [counts @ days.numerator[:, chosen].T, counts @ days.denominator[:, chosen].T]
    draws = moves(*drawn, is_ratio=is_ratio)
    whole = [
        part
        for period in (span.other, span.main)
        for part in window(days, span.read.start, period.start, period.days)
    ]
    shift = exact - moves(*whole, is_ratio=is_ratio)
    low, high = np.nanquantile(draws, (0.1, 0.9), axis=0)
    return low + shift, high + shift


def _history(
    days: Values, span: Span, *, is_ratio: bool, moved: Array
) -> tuple[list[float | None], Array | None]:
    """Return each group's z against its own earlier changes, and their robust spread; none with a short history."""
    import numpy as np

    past = []
    for before, after in span.earlier():
        pair = window(days, span.read.start, before, span.other.days)
        past.append(moves(*pair, *window(days, span.read.start, after, span.main.days), is_ratio=is_ratio))
    kept = [row for row in past if np.isfinite(row).all()]
    if len(kept) < LEAST_HISTORY:
        return [None] * len(moved), None
    table = np.array(kept)
    z = [z_mad(float(value), table[:, at]) for at, value in enumerate(moved)]
    return z, np.array([robust_scale(table[:, at])[1] for at in range(len(moved))])


def _part(
    at: int,
    days: Values,
    before: Pairs,
    after: Pairs,
    result: MixRate | None,
    moved: Array,
    low: Array | None,
    high: Array | None,
    z: list[float | None],
) -> Part:
    code = days.codes[at]

    def value(pair: Pairs) -> float | None:
        if result is None:
            return float(pair[0][at])
        return float(pair[0][at] / pair[1][at]) if pair[1][at] > 0 else None

    return Part(
        None if code is None else str(code),
        days.labels[at],
        value(before),
        value(after),
        float(moved[at]),
        None if result is None else float(result.rate[at]),
        None if result is None else float(result.mix[at]),
        None if low is None else float(low[at]),
        None if high is None else float(high[at]),
        z[at],
        _shares(before[1], after[1], at),
    )


def _shares(before: Array, after: Array, at: int) -> tuple[float, float]:
    wholes = float(before.sum()), float(after.sum())
    return float(before[at]) / wholes[0] if wholes[0] else 0.0, float(after[at]) / wholes[1] if wholes[
        1
    ] else 0.0
