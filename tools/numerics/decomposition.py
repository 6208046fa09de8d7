"""Why a number changed: exact Shapley over factors, mix and rate of a ratio, and which dimension explains most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial, log
from typing import TYPE_CHECKING

from tools.numerics.arrays import finite, same_length, vector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

MAX_FACTORS = 10


def shapley(
    function: Callable[[Sequence[float]], float], before: Sequence[float], after: Sequence[float]
) -> list[float]:
    """Return each factor's contribution to `function(after) - function(before)`; they add up to it exactly.

    Every order of changing the factors one after the other weighs the same (Shapley 1953; Shorrocks 2013,
    "Decomposition procedures for distributional analysis", J. Econ. Inequality 11; for a product it is
    Das Gupta 1993). 2^n evaluations.

    Raises:
        ValueError: the vectors differ in length, are empty, hold more than ten factors or a missing value, or the
            function has no number for some combination of old and new factors.
    """
    before, after = vector(before, "before").tolist(), vector(after, "after").tolist()
    count = len(before)
    if count != len(after) or not 1 <= count <= MAX_FACTORS:
        raise ValueError(f"one to {MAX_FACTORS} factors, the same before and after, are needed")
    worth = [
        function([after[at] if chosen >> at & 1 else before[at] for at in range(count)])
        for chosen in range(1 << count)
    ]
    for one in worth:
        finite(**{"value of the function": one})
    weights = [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]
    return [
        sum(
            weights[chosen.bit_count()] * (worth[chosen | 1 << at] - worth[chosen])
            for chosen in range(1 << count)
            if not chosen >> at & 1
        )
        for at in range(count)
    ]


@dataclass(frozen=True, slots=True)
class MixRate:
    """A ratio's change by group: `rate` moved inside the groups, `mix` between them; arrays of one length.

    `rest` is what groups cannot explain: people who are counted in several groups. rate + mix + rest is the change.
    """

    rate: Array
    mix: Array
    rest: float

    @property
    def total(self) -> Array:
        """Return each group's contribution."""
        total: Array = self.rate + self.mix
        return total


def mix_rate(
    before: tuple[ArrayLike, ArrayLike],
    after: tuple[ArrayLike, ArrayLike],
    totals: tuple[tuple[float, float], tuple[float, float]] | None = None,
) -> MixRate:
    """Return the centred mix and rate terms of a ratio's change; each period is (numerators, denominators) by group.

    With w the share of the denominator and r the group's ratio:
    rate_i = (w0+w1)/2 (r1-r0); mix_i = (w1-w0) ((r0+r1)/2 - (R0+R1)/2) (Kitagawa 1955, with the mix term centred on
    the overall ratio, so that a group that grows helps only where it is better than the whole). A group without a
    denominator in one period has no rate there: what it moves is mix. `totals` are the overall (numerator,
    denominator) of both periods where groups overlap; their sums by default.

    Raises:
        ValueError: an overall denominator is not positive, a group's is below 0, a value is missing, or the four
            arrays differ in length.
    """
    import numpy as np

    n0, d0, n1, d1 = (vector(one, "groups") for one in (*before, *after))
    same_length(before=n0, below=d0, after=n1, then=d1)
    if (d0 < 0).any() or (d1 < 0).any():
        raise ValueError("denominators of 0 or more are needed")
    if totals is None:
        totals = ((float(n0.sum()), float(d0.sum())), (float(n1.sum()), float(d1.sum())))
    (all_n0, all_d0), (all_n1, all_d1) = totals
    if all_d0 <= 0 or all_d1 <= 0:
        raise ValueError("the overall denominator must be positive in both periods")
    overall0, overall1 = all_n0 / all_d0, all_n1 / all_d1
    w0, w1 = d0 / all_d0, d1 / all_d1
    total = n1 / all_d1 - n0 / all_d0 - (w1 - w0) * (overall0 + overall1) / 2
    both = (d0 > 0) & (d1 > 0)
    r0 = np.divide(n0, d0, out=np.zeros_like(n0), where=both)
    r1 = np.divide(n1, d1, out=np.zeros_like(n1), where=both)
    rate = np.where(both, (w0 + w1) / 2 * (r1 - r0), 0.0)
    return MixRate(rate, total - rate, overall1 - overall0 - float(total.sum()))


def simpson(result: MixRate, change: float) -> bool:
    """Return whether the whole moves against every group: all rates one way, the overall ratio the other way."""
    moved = [float(rate) for rate in result.rate if rate]
    return len(moved) > 1 and bool(change) and all(rate * change < 0 for rate in moved)


def surprise(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """Return each group's term of the Jensen-Shannon divergence (nats) between the shares of two periods.

    Groups that keep their share give 0. Negative values count as none (Bhagwan et al. 2014, "Adtributor", NSDI).

    Raises:
        ValueError: two periods of different length, or a missing value.
    """
    before, after = vector(before, "before", least=0).tolist(), vector(after, "after", least=0).tolist()
    if len(before) != len(after):
        raise ValueError("the same groups in both periods are needed")
    old, new = [max(value, 0.0) for value in before], [max(value, 0.0) for value in after]
    if not sum(old) or not sum(new):
        return [0.0] * len(old)
    terms = []
    for p, q in ((a / sum(old), b / sum(new)) for a, b in zip(old, new, strict=True)):
        middle = (p + q) / 2
        terms.append(
            0.5 * ((p * log(p / middle) if p else 0.0) + (q * log(q / middle) if q else 0.0))
            if middle
            else 0.0
        )
    return terms


@dataclass(frozen=True, slots=True)
class Explanation:
    """The fewest groups that explain a change: their positions, the share they explain, their surprise."""

    groups: tuple[int, ...]
    power: float
    surprise: float


def explain(
    contributions: Sequence[float], surprises: Sequence[float], *, each: float = 0.1, enough: float = 0.67
) -> Explanation:
    """Return Adtributor's explanatory set of one dimension: groups in order of surprise until 67 % is explained.

    A group counts only if it explains `each` of the change itself. `power` may stay under `enough`: then the
    dimension does not explain the change with few groups. A change of 0 is explained by nothing.

    Raises:
        ValueError: not one surprise per contribution, or a missing value.
    """
    contributions = vector(contributions, "contributions", least=0).tolist()
    surprises = vector(surprises, "surprises", least=0).tolist()
    if len(contributions) != len(surprises):
        raise ValueError("one surprise per contribution is needed")
    change = sum(contributions)
    if not change:
        return Explanation((), 0.0, 0.0)
    chosen: list[int] = []
    power = total = 0.0
    for at in sorted(range(len(contributions)), key=lambda at: (-surprises[at], -abs(contributions[at]))):
        share = contributions[at] / change
        if share < each:
            continue
        chosen.append(at)
        power += share
        total += surprises[at]
        if power >= enough:
            break
    return Explanation(tuple(chosen), power, total)
