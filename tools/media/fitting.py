"""Response curves of a panel with draws: each channel's own where outcomes are told apart, else a media mix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from semantic_layer.errors import NotEnoughDataError
from semantic_layer.text import Text
from tools.media.reading import RECENT_WEEKS, Panel
from tools.numerics.curves import Curve, Power, Saturating
from tools.numerics.media_mix import MixModel, inflation, least_squares, seasons
from tools.numerics.rates import benjamini_hochberg
from tools.numerics.response import Elasticity, own_elasticity, shrink
from tools.registry import ToolContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Method = Literal["own", "mix", "linear"]
MIX_FROM_WEEKS = 104
HAC_LAGS = 4
MIX_DRAWS = 60
DRAWS = 400
# Refits start from the carry-over and half points of the first fit, so they agree too well: over 40 made worlds of four
# channels
# over three years 80 of 100 true marginal returns lay within 1.34 times their spread (67 within the spread itself).
REFITS = 1.34
_Z80 = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class Response:
    """One channel's response around its recent weekly spend.

    `curve` is the best estimate, `draws` what it may be; `spend` the recent mean week; `average` what a unit of
    spend returns on average, `marginal` what the next one returns with `low` and `high` (80 %). `visible`: the
    response is above zero after correction for the number of channels (q <= 0.1). `carry` is the share of an effect
    left a week later, None where it is not estimated; `inflation` the VIF of its spend.
    """

    code: str
    label: Text
    curve: Curve
    draws: tuple[Curve, ...]
    spend: float
    least: float
    most: float
    average: float
    marginal: float
    low: float
    high: float
    visible: bool
    carry: float | None
    inflation: float
    weeks: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The responses of a panel's channels, how they were estimated, and the share of variance explained."""

    method: Method
    responses: tuple[Response, ...]
    r_squared: float | None


def fit(panel: Panel, context: ToolContext) -> Fit:
    """Return the responses of the panel's channels, in its order.

    Raises:
        NotEnoughDataError: too few weeks for the number of channels.
    """
    context.step(Text(zh="估计各渠道的响应曲线", en="Estimating the channels' responses"))
    try:
        if panel.by_channel and len(panel.codes) >= 3:
            return _own(panel)
        if len(panel.weeks) >= MIX_FROM_WEEKS:
            return _mix(panel)
        return _linear(panel)
    except ValueError as error:
        raise NotEnoughDataError(
            Text(
                zh=f"{len(panel.weeks)} 周的数据分不开 {len(panel.codes)} 个渠道的作用。",
                en=f"{len(panel.weeks)} weeks cannot tell {len(panel.codes)} channels apart.",
            ),
            Text(zh="需要更长的历史,或合并小渠道。", en="A longer history is needed, or fewer channels."),
        ) from error


def _recent(values: Array) -> float:
    """Return the mean of the latest weeks in which something was spent."""
    last = values[-RECENT_WEEKS:]
    return float(last[last > 0].mean()) if (last > 0).any() else float(values[values > 0].mean())


def _seen(values: Array) -> tuple[float, float]:
    active = values[values > 0]
    return float(active.min()), float(active.max())


def _visible(p_values: list[float]) -> list[bool]:
    return [q <= 0.1 for q in benjamini_hochberg(p_values)]


def _own(panel: Panel) -> Fit:
    """Return power curves: each channel's outcome against its own spend, net of weeks in which everything sells."""
    import numpy as np
    from scipy.stats import norm

    spend = np.where((panel.spend > 0) & (panel.outcome > 0), panel.spend, np.nan)
    value = np.where(np.isnan(spend), np.nan, panel.outcome)
    fits = [_elasticity(spend, value, at) for at in range(len(panel.codes))]
    shrunk = shrink(fits)
    # Shrinking must not make a channel visible that is not on its own.
    visible = _visible([float(norm.sf(one.slope / one.error)) for one in fits])
    rng = np.random.default_rng(7)
    factors = inflation(panel.spend)
    found = []
    for at, (slope, error) in enumerate(shrunk):
        recent = slice(-RECENT_WEEKS, None)
        level = float(np.nanmedian(value[recent, at]))
        now = float(np.nanmedian(spend[recent, at]))
        slopes = np.clip(rng.normal(slope, error, DRAWS), 0, 0.99)
        margins = slopes * level / now
        best = Power(level, now, min(max(slope, 0.0), 0.99))
        low, high = np.quantile(margins, [0.1, 0.9])
        least, most = _seen(panel.spend[:, at])
        found.append(
            Response(
                panel.codes[at], panel.labels[at], best, tuple(Power(level, now, float(one)) for one in slopes), now,
                least, most, level / now, best.marginal(now), float(low), float(high), visible[at], None,
                float(factors[at]), fits[at].weeks,
            )
        )  # fmt: skip
    return Fit("own", tuple(found), None)


def _elasticity(spend: Array, value: Array, at: int) -> Elasticity:
    """Return one channel's elasticity against the geometric mean of the others in the same weeks."""
    import numpy as np

    logs = np.log(np.stack([spend, value]))
    centred = logs - np.nanmean(
        logs, axis=1, keepdims=True
    )  # a channel that joins late must not shift the mean
    others = np.delete(centred, at, axis=2)
    count = (~np.isnan(others)).sum(axis=2)[0]
    chosen = (count >= 2) & ~np.isnan(logs[0, :, at])
    if not chosen.any():
        raise ValueError("no week in which two other channels were active")
    means = np.nansum(others[:, chosen], axis=2) / count[chosen]
    return own_elasticity(spend[chosen, at], value[chosen, at], np.exp(means[0]), np.exp(means[1]))


def _mix(panel: Panel) -> Fit:
    """Return saturating curves with carry-over of all channels on one outcome."""
    import numpy as np

    others = np.column_stack([seasons(len(panel.weeks)), panel.held])
    outcome = panel.outcome.sum(axis=1)
    model = MixModel(panel.spend, others)
    mix, again = model.bootstrap(outcome, draws=MIX_DRAWS)
    factors = inflation(panel.spend, others)
    # Whether a channel acts at all is asked of the plain regression, whose errors are robust.
    _, p_values = _plain(panel, others)
    visible = _visible(p_values)
    found = []
    for at, curve in enumerate(mix.curves):
        draws = tuple(one.curves[at] for one in again)
        now, (least, most) = _recent(panel.spend[:, at]), _seen(panel.spend[:, at])
        # Refits jump between candidates, so their spread is steadier than their quantiles.
        reach = REFITS * _Z80 * float(np.std([one.marginal(now) for one in draws]))
        low, high = max(curve.marginal(now) - reach, 0.0), curve.marginal(now) + reach
        found.append(
            Response(
                panel.codes[at], panel.labels[at], curve, draws, now, least, most, curve.value(now) / now,
                curve.marginal(now), float(low), float(high), visible[at] and float(low) > 0, mix.carry[at],
                float(factors[at]), int((panel.spend[:, at] > 0).sum()),
            )
        )  # fmt: skip
    return Fit("mix", tuple(found), mix.r_squared)


def _plain(panel: Panel, others: Array) -> tuple[tuple[Array, Array, float], list[float]]:
    """Return slopes, errors and R² of a linear regression on spends, and the one-sided p-value of each.

    Robust errors are too small in short series (Andrews 1991): the classical ones where they are larger.
    """
    import numpy as np
    from scipy.stats import t

    design = np.column_stack([np.ones(len(panel.weeks)), panel.spend, others])
    outcome = panel.outcome.sum(axis=1)
    found = least_squares(design, outcome, HAC_LAGS)
    width = len(panel.codes)
    slopes = found.coefficients[1 : 1 + width]
    errors = np.maximum(found.errors, least_squares(design, outcome).errors)[1 : 1 + width]
    ratios = np.divide(slopes, errors, out=np.zeros(width), where=errors > 0)
    freedom = len(outcome) - design.shape[1]
    return (slopes, errors, found.r_squared), [float(t.sf(one, freedom)) for one in ratios]


def _linear(panel: Panel) -> Fit:
    """Return straight responses: too little history for saturation, so the next unit returns what all do."""
    import numpy as np

    orders = 0 if len(panel.weeks) < 52 else 1
    others = np.column_stack([seasons(len(panel.weeks), orders), panel.held])
    (slopes, errors, explained), p_values = _plain(panel, others)
    freedom = len(panel.weeks) - 1 - len(panel.codes) - others.shape[1]
    visible = _visible(p_values)
    factors = inflation(panel.spend, others)
    rng = np.random.default_rng(7)
    found = []
    for at, code in enumerate(panel.codes):
        now, (least, most) = _recent(panel.spend[:, at]), _seen(panel.spend[:, at])
        far = 1e6 * most  # so late a half point that the curve is a line

        def line(slope: float, far: float = far) -> Saturating:
            return Saturating(max(slope, 0.0) * far, far)

        drawn = slopes[at] + errors[at] * rng.standard_t(freedom, DRAWS)
        low, high = np.quantile(drawn, [0.1, 0.9])
        found.append(
            Response(
                code, panel.labels[at], line(float(slopes[at])), tuple(line(float(one)) for one in drawn), now, least,
                most, float(slopes[at]), float(slopes[at]), float(low), float(high), visible[at], None,
                float(factors[at]), int((panel.spend[:, at] > 0).sum()),
            )
        )  # fmt: skip
    return Fit("linear", tuple(found), explained)
