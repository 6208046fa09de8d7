"""Move money between the members of a dimension: sized by marginal, never by average, returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from semantic_layer.catalog import Dimension, Metric, RatioMetric, SimpleMetric
from semantic_layer.period import Grain, truncate
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Table
from semantic_layer.text import Text
from tools.numerics.rates import benjamini_hochberg
from tools.numerics.response import Elasticity, Position, move_draws, own_elasticity, shrink
from tools.registry import ToolContext
from tools.render import CURRENCIES, as_float
from tools.suggestions import Candidate
from tools.suggestions.reallocation_words import HORIZON_WEEKS, RECENT_WEEKS, Evidence, Move, Side, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

HISTORY_WEEKS = 104
MIN_WEEKS = 26
MIN_LEVELS = 8
DONOR_SHARE = 0.20  # without an experiment no more than a fifth is moved (methods section 6)
RECEIVER_SHARE = 0.30
FALSE_DISCOVERY_RATE = 0.10
MIN_REACH = 0.01
METRIC_TIME = "metric_time"


@dataclass(frozen=True, slots=True)
class History:
    """Weekly spend and value of the channels, (weeks, channels), NaN where a channel was not active.

    `recent_…` are medians per week over the recent weeks: a festival does not move them.
    """

    codes: tuple[str, ...]
    labels: tuple[Text, ...]
    spend: Array
    value: Array
    recent_spend: Array
    recent_value: Array


def applies(metric: Metric, context: ToolContext) -> bool:
    """Return whether the metric is money over money (a return on spend) with plain inputs and more is better."""
    kind = metric.type
    if not isinstance(kind, RatioMetric) or metric.good_direction != "up":
        return False
    if kind.numerator.filters or kind.denominator.filters:
        return False
    value = context.layer.catalog.metrics[kind.numerator.metric]
    spend = context.layer.catalog.metrics[kind.denominator.metric]
    return (
        value.unit is not None
        and value.unit == spend.unit
        and value.unit.upper() in CURRENCIES
        and isinstance(spend.type, SimpleMetric)
        and spend.good_direction != "up"  # it is paid, not earned: a margin over sales is no return on spend
        and not value.not_additive
        and not spend.not_additive
    )


def suggest(metric: Metric, dimension: Dimension, context: ToolContext) -> tuple[Candidate, ...]:
    """Return at most one candidate: the move of spend with the largest expected gain that the data support.

    Silent (empty) with fewer than three channels of 26 weeks, where no pair of channels differs after
    correction for the number of pairs, where the order of the marginal returns is not stable over time, or
    where the gain is under 1 % of the value.
    """
    import numpy as np

    kind = metric.type
    if not isinstance(kind, RatioMetric) or not applies(metric, context):
        return ()
    history = _history(_weekly(kind, dimension, context), dimension.name, kind)
    if len(history.codes) < 3:
        return ()
    everything = np.ones(len(history.spend), dtype=bool)
    try:
        fits = [_fit(history, at, everything) for at in range(len(history.codes))]
    except ValueError:  # a channel whose history cannot be compared with the others': no advice from it
        return ()
    positions = _positions(history, shrink(fits))
    moves = _moves(history, positions)
    adjusted = benjamini_hochberg([move.p_value for move in moves])
    total = float(history.recent_value.sum()) * HORIZON_WEEKS
    kept = [
        move
        for move, q in zip(moves, adjusted, strict=True)
        if q <= FALSE_DISCOVERY_RATE and move.low > 0 and move.mean >= MIN_REACH * total
    ]
    for move in sorted(kept, key=lambda one: one.mean, reverse=True):
        stable = _stable_quarters(history, move)
        if stable >= 3:
            donor, receiver = (
                Side(history.labels[at], positions[at], fits[at]) for at in (move.donor, move.receiver)
            )
            value = context.layer.catalog.metrics[kind.numerator.metric]
            codes = history.codes[move.donor], history.codes[move.receiver]
            return (
                Candidate(
                    topic=("move", dimension.name, *codes),
                    opposite=("move", dimension.name, *reversed(codes)),
                    touches=(dimension.name, codes),
                    gain=move.mean,
                    suggestion=words(metric, value, donor, receiver, move, Evidence(len(moves), stable)),
                ),
            )
    return ()


def _weekly(kind: RatioMetric, dimension: Dimension, context: ToolContext) -> Table:
    """Return value and spend by channel and whole week, over at most two years."""
    coverage = context.layer.coverage((kind.numerator.metric, kind.denominator.metric))
    end = min(context.today, coverage.end or context.today)
    last_monday = truncate(end, Grain.WEEK, context.layer.catalog.week_start)
    query = MetricQuery(
        metrics=(kind.numerator.metric, kind.denominator.metric),
        group_by=(GroupBy(dimension=dimension.name), GroupBy(dimension=METRIC_TIME, grain=Grain.WEEK)),
        period=PeriodRange(start=last_monday - timedelta(weeks=HISTORY_WEEKS), end=last_monday),
    )
    return context.query(query).table


def _history(table: Table, dimension: str, kind: RatioMetric) -> History:
    """Return the channels with enough weeks of varying spend, as aligned weekly arrays."""
    import numpy as np

    code_at, week_at = table.index(dimension), table.index(f"{METRIC_TIME}__week")
    value_at, spend_at = table.index(kind.numerator.metric), table.index(kind.denominator.metric)
    labels = dict(table.columns[code_at].value_labels)
    rows = [row for row in table.rows if row[code_at] is not None and isinstance(row[week_at], date)]
    weeks = {
        week: at for at, week in enumerate(sorted({str(row[week_at]) for row in rows}))
    }  # ISO dates sort
    codes = sorted({str(row[code_at]) for row in rows})
    columns = {code: at for at, code in enumerate(codes)}
    spend, value = np.full((2, len(weeks), len(codes)), np.nan)
    for row in rows:
        spent, earned = as_float(row[spend_at]) or 0.0, as_float(row[value_at]) or 0.0
        if spent > 0 and earned > 0:
            place = weeks[str(row[week_at])], columns[str(row[code_at])]
            spend[place], value[place] = spent, earned
    active = ~np.isnan(spend)
    recent = active[-RECENT_WEEKS:].sum(axis=0)
    levels = np.array([len(set(spend[active[:, at], at].round(2))) for at in range(len(codes))])
    fit = np.flatnonzero(
        (active.sum(axis=0) >= MIN_WEEKS) & (recent >= RECENT_WEEKS // 2) & (levels >= MIN_LEVELS)
    )
    return History(
        codes=tuple(codes[at] for at in fit),
        labels=tuple(labels.get(codes[at], Text.same(codes[at])) for at in fit),
        spend=spend[:, fit],
        value=value[:, fit],
        recent_spend=np.nanmedian(spend[-RECENT_WEEKS:, fit], axis=0),
        recent_value=np.nanmedian(value[-RECENT_WEEKS:, fit], axis=0),
    )


def _fit(history: History, at: int, keep: NDArray[np.bool_]) -> Elasticity:
    """Return one channel's elasticity against the geometric mean of the others in the same weeks.

    `keep` marks the weeks that are used. Weeks without two other active channels are not.
    """
    import numpy as np

    logs = np.log(np.stack([history.spend, history.value]))
    # Against its own mean level, so that a channel that joins late does not shift the average.
    centred = logs - np.nanmean(logs, axis=1, keepdims=True)
    others = np.delete(centred, at, axis=2)
    count = (~np.isnan(others)).sum(axis=2)[0]
    chosen = keep & (count >= 2) & ~np.isnan(logs[0, :, at])
    if not chosen.any():
        raise ValueError("no week in which two other channels were active")
    means = np.nansum(others[:, chosen], axis=2) / count[chosen]
    return own_elasticity(
        history.spend[chosen, at], history.value[chosen, at], np.exp(means[0]), np.exp(means[1])
    )


def _positions(history: History, posterior: list[tuple[float, float]]) -> list[Position]:
    return [
        Position(
            float(history.recent_spend[at]) * HORIZON_WEEKS,
            float(history.recent_value[at]) * HORIZON_WEEKS,
            min(max(slope, 0.0), 1.0),
            error,
        )
        for at, (slope, error) in enumerate(posterior)
    ]


def _moves(history: History, positions: list[Position]) -> list[Move]:
    """Return every ordered pair as a move, each within what was ever spent and the share that may move."""
    import numpy as np

    largest = np.nanmax(history.spend, axis=0) * HORIZON_WEEKS
    moves = []
    for donor_at, donor in enumerate(positions):
        for receiver_at, receiver in enumerate(positions):
            headroom = float(largest[receiver_at]) - receiver.spend
            amount = min(DONOR_SHARE * donor.spend, RECEIVER_SHARE * receiver.spend, headroom)
            if donor_at == receiver_at or amount <= 0:
                continue
            draws = np.sort(move_draws(donor, receiver, amount))
            low, high = float(draws[len(draws) // 10]), float(draws[-(len(draws) // 10) - 1])
            wrong = float(np.searchsorted(draws, 0.0, side="right")) / len(draws)
            p_value = max(wrong, 1 / len(draws))
            moves.append(Move(donor_at, receiver_at, amount, low, high, float(draws.mean()), p_value))
    return moves


def _stable_quarters(history: History, move: Move) -> int:
    """Return in how many of four quarters of the history, left out in turn, the receiver still returns more."""
    import numpy as np

    weeks = len(history.spend)
    count = 0
    for quarter in range(4):
        keep = np.ones(weeks, dtype=bool)
        keep[weeks * quarter // 4 : weeks * (quarter + 1) // 4] = False
        marginals = []
        for at in (move.receiver, move.donor):
            try:
                slope = _fit(history, at, keep).slope
            except ValueError:  # too few weeks are left, or their spend never varies: not a confirmation
                slope = float("nan")
            marginals.append(slope * float(history.recent_value[at] / history.recent_spend[at]))
        count += marginals[0] > marginals[1]
    return count
