"""Credit for conversions among the touchpoints before them: rules, Markov removal, simplified Shapley.

A `Paths` holds distinct paths with how often they converted, what they were worth and how often they did not
convert. Every function gives credits that add up to the conversions (or the value) of the paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tools.numerics.arrays import vector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Whole = NDArray[np.int64]

Model = Literal["first", "last", "linear", "position", "time_decay", "markov", "shapley"]
MODELS: tuple[Model, ...] = ("first", "last", "linear", "position", "time_decay", "markov", "shapley")
ENDS = 0.4  # of the credit to the first and to the last touch, the rest to those between (Google Analytics)


@dataclass(frozen=True, slots=True)
class Paths:
    """Touches in one flat list, path after path: `touch` indexes the channels, `path` says whose touch it is.

    `share` is each touch's time-decay share averaged over the path's conversions (sums to 1 within a converting
    path). `converted`, `value` and `lost` hold one number per path. Touches lie in time order within a path.
    """

    channels: int
    touch: Whole
    path: Whole
    share: Array
    converted: Array
    value: Array
    lost: Array

    @staticmethod
    def of(
        paths: Sequence[Sequence[int]],
        channels: int,
        converted: Sequence[float],
        lost: Sequence[float] | None = None,
        value: Sequence[float] | None = None,
        shares: Sequence[Sequence[float]] | None = None,
    ) -> Paths:
        """Return the flat form of paths given one by one; without shares every touch has the same.

        Raises:
            ValueError: a path without touches, a channel outside [0, channels), not one number per path, or a number
                that is missing or below 0 (a value may be: more was returned than bought).
        """
        import numpy as np

        if not len(paths) or not all(len(one) for one in paths):
            raise ValueError("paths with a touch each are needed")
        if not all(0 <= touch < channels for one in paths for touch in one):
            raise ValueError(f"touches are numbers of channels, 0 to {channels - 1}")
        won = vector(converted, "converted")
        failed = np.zeros(len(paths)) if lost is None else vector(lost, "lost")
        money = won if value is None else vector(value, "value")
        if {len(won), len(failed), len(money)} != {len(paths)} or (won < 0).any() or (failed < 0).any():
            raise ValueError("one number of 0 or more per path is needed")
        lengths = np.array([len(one) for one in paths])
        flat = np.array([touch for one in paths for touch in one], dtype=np.int64)
        equal = np.repeat(1 / lengths, lengths)
        return Paths(
            channels,
            flat,
            np.repeat(np.arange(len(paths)), lengths),
            equal if shares is None else np.array([part for one in shares for part in one], dtype=float),
            won,
            money,
            failed,
        )

    @property
    def lengths(self) -> Whole:
        """Return the number of touches per path."""
        import numpy as np

        return np.bincount(self.path, minlength=len(self.converted))


def shares_of(paths: Paths, model: Model) -> Array:
    """Return each touch's share of its path under a rule; sums to 1 within a path. Not for `markov`.

    Position: 40/20/40, two touches half each. Shapley: the simplified value of Zhao, Mahboobi & Bagheri (2018)
    for the conversions of exactly this set of channels: equal among the distinct channels of a path.
    """
    import numpy as np

    lengths = paths.lengths[paths.path]
    ends = np.cumsum(paths.lengths)
    at = np.arange(len(paths.touch)) - (ends - paths.lengths)[paths.path]
    first, last = at == 0, at == lengths - 1
    if model == "first":
        return np.asarray(first, dtype=float)
    if model == "last":
        return np.asarray(last, dtype=float)
    if model == "linear":
        return np.asarray(1 / lengths)
    if model == "time_decay":
        return paths.share
    if model == "position":
        middle = (1 - 2 * ENDS) / np.maximum(lengths - 2, 1)
        shares = np.where(first | last, ENDS, middle)
        return np.asarray(np.where(lengths == 1, 1.0, np.where(lengths == 2, 0.5, shares)))
    key = paths.path * paths.channels + paths.touch
    _, where, times = np.unique(key, return_inverse=True, return_counts=True)
    distinct = np.bincount(np.unique(key) // paths.channels, minlength=len(paths.converted))
    return np.asarray(1 / (times[where] * distinct[paths.path]))


def credit_of(paths: Paths, model: Model, amounts: Array) -> Array:
    """Return the credit per channel: `amounts` (per path) by the shares of a rule, or by removal effects."""
    import numpy as np

    if model == "markov":
        effects = removal_effects(paths)
        total = float(effects.sum())
        spread = effects / total if total > 0 else np.full(paths.channels, 1 / paths.channels)
        return spread * float(amounts.sum())
    weights = shares_of(paths, model) * amounts[paths.path]
    return np.asarray(np.bincount(paths.touch, weights=weights, minlength=paths.channels), dtype=float)


def removal_effects(paths: Paths, converted: Array | None = None, lost: Array | None = None) -> Array:
    """Return per channel which share of the conversions would be lost without it, by a first-order Markov chain.

    Anderl, Becker, von Wangenheim & Schumann (2016): states are start, the channels, conversion and null; a
    removed channel leads to null. Solved exactly: (I - Q) x = r for the chance x of ending in conversion, with the
    channel's row and column taken out. `converted` and `lost` replace the paths' own (for a bootstrap).
    """
    import numpy as np

    wins = paths.converted if converted is None else converted
    fails = paths.lost if lost is None else lost
    size = paths.channels
    weight = wins + fails
    moves = np.zeros((size + 1, size + 2))  # rows: channels, start; columns: channels, conversion, null
    ends = np.cumsum(paths.lengths)
    starts = ends - paths.lengths
    full = paths.lengths > 0
    np.add.at(moves[size], paths.touch[starts[full]], weight[full])
    last = paths.touch[ends[full] - 1]
    np.add.at(moves[:, size], last, wins[full])
    np.add.at(moves[:, size + 1], last, fails[full])
    if len(paths.touch) > 1:
        same = paths.path[1:] == paths.path[:-1]
        pair = paths.touch[:-1][same] * size + paths.touch[1:][same]
        moves[:size, :size] += np.bincount(
            pair, weights=weight[paths.path[1:][same]], minlength=size * size
        ).reshape(size, size)
    totals = moves.sum(axis=1, keepdims=True)
    chances = np.divide(moves, totals, out=np.zeros_like(moves), where=totals > 0)

    def reach(keep: Whole) -> float:
        between = chances[np.ix_(keep, keep)]
        ending = np.linalg.solve(np.eye(len(keep)) - between, chances[keep, size])
        return float(chances[size, keep] @ ending)

    every = np.flatnonzero(totals[:size, 0] > 0)
    whole = reach(every)
    effects = np.zeros(size)
    if whole > 0:
        for channel in every:
            effects[channel] = 1 - reach(every[every != channel]) / whole
    return np.maximum(effects, 0.0)


def bootstrap(paths: Paths, model: Model, amounts: Array, *, draws: int = 200, seed: int = 7) -> Array:
    """Return (draws, channels) credits over resampled journeys: each path's count is drawn anew (Poisson bootstrap).

    The amount of a path is scaled with its conversions. Sums differ from draw to draw, as they would from
    period to period.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    out = np.zeros((draws, paths.channels))
    rule = None if model == "markov" else shares_of(paths, model)
    each = np.divide(amounts, paths.converted, out=np.zeros_like(amounts), where=paths.converted > 0)
    for draw in range(draws):
        wins = rng.poisson(paths.converted).astype(float)
        drawn = each * wins
        if rule is None:
            effects = removal_effects(paths, wins, rng.poisson(paths.lost).astype(float))
            total = float(effects.sum())
            out[draw] = effects / total * float(drawn.sum()) if total > 0 else 0.0
        else:
            out[draw] = np.bincount(paths.touch, weights=rule * drawn[paths.path], minlength=paths.channels)
    return out


@dataclass(frozen=True, slots=True)
class Role:
    """Where a channel stands in converting paths: in how many, how often it closes, and how often by chance.

    `expected` is how many it would close if the order of touches within each path were random: the sum of its
    shares of each path's touches, which is its linear credit. `z` is (closes - expected) over the standard
    deviation under that; 0 where the order cannot matter.
    """

    present: float
    closes: float
    expected: float
    z: float


def roles(paths: Paths) -> list[Role]:
    """Return the role of every channel in converting paths of two touches or more; see `Role`."""
    import numpy as np

    many = paths.lengths > 1
    wins = np.where(many, paths.converted, 0.0)
    last = shares_of(paths, "last")
    key = paths.path * paths.channels + paths.touch
    keys, times = np.unique(key, return_counts=True)
    owner, channel = keys // paths.channels, keys % paths.channels
    share = times / paths.lengths[owner]
    present = np.bincount(channel, weights=wins[owner], minlength=paths.channels)
    expected = np.bincount(channel, weights=wins[owner] * share, minlength=paths.channels)
    spread = np.bincount(channel, weights=wins[owner] * share * (1 - share), minlength=paths.channels)
    closes = np.bincount(paths.touch, weights=last * wins[paths.path], minlength=paths.channels)
    z = np.divide(closes - expected, np.sqrt(spread), out=np.zeros(paths.channels), where=spread > 0)
    return [
        Role(float(p), float(c), float(e), float(s))
        for p, c, e, s in zip(present, closes, expected, z, strict=True)
    ]
