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

HISTORY_WEEKS = 104
MIN_WEEKS = 26
DONOR_SHARE = 0.20  # without an experiment no more than a fifth is moved (methods section 6)
RECEIVER_SHARE = 0.30
FALSE_DISCOVERY_RATE = 0.10
MIN_REACH = 0.01
METRIC_TIME = "metric_time"


@dataclass(frozen=True, slots=True)
class Channel:
    """One member's weekly history: aligned arrays of positive spend and value, with their week numbers."""

    code: str
    label: Text
    weeks: tuple[int, ...]
    spend: NDArray[np.float64]
    value: NDArray[np.float64]
    recent_spend: float  # per week, median of the recent weeks: a festival does not move it
    recent_value: float


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
    kind = metric.type
    if not isinstance(kind, RatioMetric) or not applies(metric, context):
        return ()
    table = _history(kind, dimension, context)
    channels = _channels(table, dimension.name, kind)
    if len(channels) < 3:
        return ()
    try:
        fits = [_fit(channels, at) for at in range(len(channels))]
    except ValueError:  # a channel whose history cannot be compared with the others': no advice from it
        return ()
    positions = _positions(channels, shrink(fits))
    moves = _moves(channels, positions)
    adjusted = benjamini_hochberg([move.p_value for move in moves])
    total = sum(channel.recent_value for channel in channels) * HORIZON_WEEKS
    kept = [
        move
        for move, q in zip(moves, adjusted, strict=True)
        if q <= FALSE_DISCOVERY_RATE and move.low > 0 and move.mean >= MIN_REACH * total
    ]
    for move in sorted(kept, key=lambda one: one.mean, reverse=True):
        stable = _stable_quarters(channels, move)
        if stable >= 3:
            value = context.layer.catalog.metrics[kind.numerator.metric]
            donor = Side(channels[move.donor].label, positions[move.donor], fits[move.donor])
            receiver = Side(channels[move.receiver].label, positions[move.receiver], fits[move.receiver])
            codes = channels[move.donor].code, channels[move.receiver].code
            return (
                Candidate(
                    topic=("move", dimension.name, *codes),
                    opposite=("move", dimension.name, *reversed(codes)),
                    gain=move.mean,
                    suggestion=words(metric, value, donor, receiver, move, Evidence(len(moves), stable)),
                ),
            )
    return ()


def _history(kind: RatioMetric, dimension: Dimension, context: ToolContext) -> Table:
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


def _channels(table: Table, dimension: str, kind: RatioMetric) -> list[Channel]:
    import numpy as np

    code_at, week_at = table.index(dimension), table.index(f"{METRIC_TIME}__week")
    value_at, spend_at = table.index(kind.numerator.metric), table.index(kind.denominator.metric)
    labels = dict(table.columns[code_at].value_labels)
    rows: dict[str, list[tuple[int, float, float]]] = {}
    last = 0
    for row in table.rows:
        week = row[week_at]
        if row[code_at] is None or not isinstance(week, date):
            continue
        number = week.toordinal() // 7
        last = max(last, number)
        spend, value = as_float(row[spend_at]) or 0.0, as_float(row[value_at]) or 0.0
        if spend > 0 and value > 0:
            rows.setdefault(str(row[code_at]), []).append((number, spend, value))
    channels = []
    for code, weekly in rows.items():
        weekly.sort()
        recent = [entry for entry in weekly if entry[0] > last - RECENT_WEEKS]
        spends = np.array([entry[1] for entry in weekly])
        if len(weekly) < MIN_WEEKS or len(recent) < RECENT_WEEKS // 2 or len(set(spends.round(2))) < 8:
            continue
        channels.append(
            Channel(
                code=code,
                label=labels.get(code, Text.same(code)),
                weeks=tuple(entry[0] for entry in weekly),
                spend=spends,
                value=np.array([entry[2] for entry in weekly]),
                recent_spend=float(np.median([entry[1] for entry in recent])),
                recent_value=float(np.median([entry[2] for entry in recent])),
            )
        )
    return channels


def _fit(channels: list[Channel], at: int, left_out: frozenset[int] = frozenset()) -> Elasticity:
    """Return one channel's elasticity against the geometric mean of the others in the same weeks.

    `left_out` are positions of the channel's own weeks that are not used.
    """
    import numpy as np

    own = channels[at]
    others: dict[int, list[tuple[float, float]]] = {}
    for other_at, other in enumerate(channels):
        if other_at != at:
            # Against its own mean level, so that a channel that joins late does not shift the average.
            spends, values = np.log(other.spend), np.log(other.value)
            spends, values = spends - spends.mean(), values - values.mean()
            for week, spend, value in zip(other.weeks, spends, values, strict=True):
                others.setdefault(week, []).append((float(spend), float(value)))
    chosen = [
        position
        for position, week in enumerate(own.weeks)
        if len(others.get(week, [])) >= 2 and position not in left_out
    ]
    if not chosen:
        raise ValueError("no week in which two other channels were active")
    means = np.array([np.mean(others[own.weeks[position]], axis=0) for position in chosen])
    return own_elasticity(own.spend[chosen], own.value[chosen], np.exp(means[:, 0]), np.exp(means[:, 1]))


def _positions(channels: list[Channel], posterior: list[tuple[float, float]]) -> list[Position]:
    return [
        Position(
            channel.recent_spend * HORIZON_WEEKS,
            channel.recent_value * HORIZON_WEEKS,
            min(max(slope, 0.0), 1.0),
            error,
        )
        for channel, (slope, error) in zip(channels, posterior, strict=True)
    ]


def _moves(channels: list[Channel], positions: list[Position]) -> list[Move]:
    """Return every ordered pair as a move, each within what was ever spent and the share that may move."""
    import numpy as np

    moves = []
    for donor_at, donor in enumerate(positions):
        for receiver_at, receiver in enumerate(positions):
            headroom = float(channels[receiver_at].spend.max()) * HORIZON_WEEKS - receiver.spend
            amount = min(DONOR_SHARE * donor.spend, RECEIVER_SHARE * receiver.spend, headroom)
            if donor_at == receiver_at or amount <= 0:
                continue
            draws = move_draws(donor, receiver, amount)
            low, high = (float(bound) for bound in np.quantile(draws, (0.1, 0.9)))
            wrong = float((draws <= 0).mean())
            p_value = max(wrong, 1 / len(draws))
            moves.append(Move(donor_at, receiver_at, amount, low, high, float(draws.mean()), p_value))
    return moves


def _stable_quarters(channels: list[Channel], move: Move) -> int:
    """Return in how many of four quarters of the history, left out in turn, the receiver still returns more."""
    count = 0
    for quarter in range(4):
        marginals = []
        for at in (move.receiver, move.donor):
            channel = channels[at]
            weeks = len(channel.weeks)
            left_out = frozenset(range(weeks * quarter // 4, weeks * (quarter + 1) // 4))
            try:
                slope = _fit(channels, at, left_out).slope
            except ValueError:  # too few weeks are left, or their spend never varies: not a confirmation
                slope = float("nan")
            marginals.append(slope * channel.recent_value / channel.recent_spend)
        count += marginals[0] > marginals[1]
    return count
