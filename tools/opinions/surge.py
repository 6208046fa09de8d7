"""A warning when bad comments become more: per product and over all, against each one's own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from semantic_layer.period import Period
from tools.numerics.proportions import two_shares_p_value, wilson
from tools.numerics.rates import benjamini_hochberg
from tools.numerics.robust import robust_scale
from tools.opinions.reading import Comment

WINDOW_DAYS = 28
LEAST_WINDOWS = 6  # of the past, to know what is usual
LATEST = 3  # windows that may hold a surge; what is older is the past
LEAST_BAD = 10
LEAST_RISE = 0.05
HIGHEST_Q = 0.05
FAR = 3.5


@dataclass(frozen=True, slots=True)
class Surge:
    """A product (None: all) whose share of bad comments rose: since when, shares now and before, robust z, q-value."""

    product: str | None
    since: date
    comments: int
    bad: int
    share: float
    low: float
    high: float
    usual: float
    z: float
    q_value: float


def surges(comments: Sequence[Comment], bad: Sequence[bool], period: Period) -> tuple[tuple[Surge, ...], int]:
    """Return the surges of the last three windows of 28 days, the strongest first, and how many were looked at.

    A surge has 10 bad comments or more, a share 5 points above its own past, a q-value up to 0.05 over all that were
    compared, and lies more than 3.5 robust standard deviations above its own windows of the past.
    """
    by_product: dict[str | None, list[tuple[int, bool]]] = {None: []}
    last = period.end - timedelta(days=1)
    for one, is_bad in zip(comments, bad, strict=True):
        back = (last - one.day).days // WINDOW_DAYS
        by_product[None].append((back, is_bad))
        if one.product is not None:
            by_product.setdefault(one.product, []).append((back, is_bad))
    if len(by_product) == 2:
        del by_product[None]  # one product is everything
    compared = [(name, _windows(rows)) for name, rows in by_product.items()]
    compared = [(name, windows) for name, windows in compared if len(windows) >= LATEST + LEAST_WINDOWS]
    found, tests = [], []
    for name, windows in compared:
        span = min(range(1, LATEST + 1), key=lambda count: _p_value(windows, count))
        tests.append(min(1.0, LATEST * _p_value(windows, span)))
        found.append((name, windows, span))
    told = [
        surge
        for (name, windows, span), q in zip(found, benjamini_hochberg(tests), strict=True)
        if (surge := _surge(name, windows, span, q, last)) is not None
    ]
    return tuple(sorted(told, key=lambda one: (one.q_value, -one.share))), len(compared)


def _windows(rows: Sequence[tuple[int, bool]]) -> list[tuple[int, int]]:
    """Return (bad, all) of each window, the latest first; the oldest, which may not be whole, is left out."""
    oldest = max(back for back, _ in rows)
    counts = [[0, 0] for _ in range(oldest)]
    for back, is_bad in rows:
        if back < oldest:
            counts[back][0] += is_bad
            counts[back][1] += 1
    return [(bad, total) for bad, total in counts]


def _p_value(windows: Sequence[tuple[int, int]], span: int) -> float:
    now, past = _summed(windows[:span]), _summed(windows[LATEST:])
    if not now[1] or not past[1]:
        return 1.0
    return two_shares_p_value(past, now) if now[0] / now[1] > past[0] / past[1] else 1.0


def _surge(
    name: str | None, windows: Sequence[tuple[int, int]], span: int, q_value: float, last: date
) -> Surge | None:
    import numpy as np

    now, past = _summed(windows[:span]), _summed(windows[LATEST:])
    if q_value > HIGHEST_Q or now[0] < LEAST_BAD:
        return None
    share, usual = now[0] / now[1], past[0] / past[1]
    history = [bad / total for bad, total in windows[LATEST:] if total]
    middle, scale = robust_scale(np.array(history))
    # Windows as long as the surge wobble less than single ones.
    z = (share - middle) / (scale / span**0.5) if scale > 0 else float("inf")
    if share - usual < LEAST_RISE or z <= FAR:
        return None
    first = span
    while first < LATEST and windows[first][1] and windows[first][0] / windows[first][1] > _ceiling(past):
        first += 1
    since = last - timedelta(days=first * WINDOW_DAYS - 1)
    return Surge(name, since, now[1], now[0], share, *wilson(now[0], now[1]), usual, min(z, 99.0), q_value)


def _ceiling(past: tuple[int, int]) -> float:
    return wilson(past[0], past[1], 0.95)[1]


def _summed(windows: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(bad for bad, _ in windows), sum(total for _, total in windows)
