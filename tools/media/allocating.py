"""Where the same money brings more: equal marginal return inside a box, drawn many times, shown only if draws agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from semantic_layer.text import Text
from tools.media.fitting import Fit, Response
from tools.numerics.curves import Curve, water_fill
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BOX = 0.2  # without an experiment no channel's spend is moved by more than a fifth
AGREEMENT = 0.9
LEAST_MOVE = 0.02
LEAST_GAIN = 0.01  # of what the channels bring: below that it is not worth the trouble
_DRAWN = 100


@dataclass(frozen=True, slots=True)
class Share:
    """One channel in an allocation: spend now and proposed per week, and the share of draws that move it that way."""

    response: Response
    proposed: float
    agreement: float

    @property
    def moved(self) -> bool:
        """Return whether the proposal changes it at all."""
        return abs(self.proposed - self.response.spend) > LEAST_MOVE * self.response.spend


@dataclass(frozen=True, slots=True)
class Allocation:
    """A proposed split of the same weekly budget and what it changes per week: value, low, high (80 %).

    `stands`: something moves, all that moves does so in 90 % of the draws, and the gain is above zero and above
    1 % of what is brought now.
    """

    shares: tuple[Share, ...]
    gain: float
    low: float
    high: float
    brought: float
    stands: bool


def allocate(fit: Fit, context: ToolContext, budget: float | None = None) -> Allocation:
    """Return the allocation by the best curves among the distinguishable channels; the others keep their spend.

    The bounds of a channel: a fifth up or down, and never outside the spend that was seen. A channel whose draws do
    not agree on the direction keeps its spend, and the rest is allocated again.
    """
    import numpy as np

    fixed = {one.code for one in fit.responses if not one.visible}
    total = budget if budget is not None else sum(one.spend for one in fit.responses)
    while True:  # every round but the last fixes one more channel
        context.step(Text(zh="按边际回报重新分配", en="Allocating by marginal return"))
        proposed = _proposal(fit, [one.curve for one in fit.responses], fixed, total)
        drawn = np.array(
            [
                _proposal(fit, [one.draws[at % len(one.draws)] for one in fit.responses], fixed, total)
                for at in range(_DRAWN)
            ]
        )
        now = np.array([one.spend for one in fit.responses])
        same = (np.sign(np.round(drawn - now, 6)) == np.sign(np.round(proposed - now, 6))).mean(axis=0)
        unsure = [
            one.code
            for at, one in enumerate(fit.responses)
            if one.code not in fixed
            and abs(proposed[at] - now[at]) > LEAST_MOVE * now[at]
            and same[at] < AGREEMENT
        ]
        if not unsure:
            break
        fixed |= {min(unsure, key=lambda code: same[[one.code for one in fit.responses].index(code)])}
    return _judged(fit, proposed, same)


def _proposal(fit: Fit, curves: list[Curve], fixed: set[str], total: float) -> Array:
    import numpy as np

    low, high = [], []
    for one in fit.responses:
        if one.code in fixed:
            low.append(one.spend)
            high.append(one.spend)
        else:
            low.append(min(max(one.spend * (1 - BOX), one.least), one.spend))
            high.append(max(min(one.spend * (1 + BOX), one.most), one.spend))
    return water_fill(curves, total, np.array(low), np.array(high))


def _judged(fit: Fit, proposed: Array, same: Array) -> Allocation:
    import numpy as np

    def brought(curves: list[Curve], spends: list[float]) -> float:
        return sum(curve.value(float(spend)) for curve, spend in zip(curves, spends, strict=True))

    now = [one.spend for one in fit.responses]
    best = [one.curve for one in fit.responses]
    gain = brought(best, list(proposed)) - brought(best, now)
    count = max(len(one.draws) for one in fit.responses)
    changes = []
    for at in range(count):
        curves = [one.draws[at % len(one.draws)] for one in fit.responses]
        changes.append(brought(curves, list(proposed)) - brought(curves, now))
    low, high = (float(one) for one in np.quantile(changes, [0.1, 0.9]))
    shares = tuple(
        Share(one, float(spend), float(agree))
        for one, spend, agree in zip(fit.responses, proposed, same, strict=True)
    )
    level = brought(best, now)
    moved = [one for one in shares if one.moved]
    stands = (
        bool(moved)
        and all(one.agreement >= AGREEMENT for one in moved)
        and low > 0
        and gain >= LEAST_GAIN * level
    )
    return Allocation(shares, gain, low, high, level, stands)
