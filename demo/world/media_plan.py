"""What is spent on the media, day by day, and what that brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.world import clock, stories
from demo.world.campaigns import Campaign, campaigns
from demo.world.clock import DAYS, EVENTS, day_number
from demo.world.media import MEDIA, Medium
from demo.world.streams import FloatArray, IntArray, stream

QUIET_DAYS = 10  # without text messages after a big sale


@dataclass(frozen=True, slots=True)
class MediaPlan:
    """Delivery by day and campaign, arrays of shape (days, campaigns); spend in cents."""

    campaigns: tuple[Campaign, ...]
    medium: IntArray
    spend: IntArray
    impressions: IntArray
    clicks: IntArray
    new_orders: FloatArray
    repeat_orders: FloatArray


def _channel_spend(rng: np.random.Generator, medium: Medium) -> FloatArray:
    growth = np.exp(0.20 * np.arange(DAYS) / 365.0)
    weeks = rng.normal(0.0, medium.weekly_noise, DAYS // 7 + 2)[(np.arange(DAYS) + 5) // 7]
    pull = clock.event_demand() ** 0.55
    daily: FloatArray = (
        medium.daily_spend * growth / growth.mean() * pull * np.exp(weeks + rng.normal(0, 0.06, DAYS))
    )
    if medium.name == stories.SATURATED_MEDIUM:
        daily[day_number(date(2025, 1, 1)) :] *= (
            1.25  # the budget was raised although nothing more came of it
        )
    if medium.name == stories.CHURN_MEDIUM:
        first = day_number(date(*stories.CHURN_MONTH, 1))
        daily[first : first + 31] *= stories.CHURN_SPEND
    if not medium.has_flights and medium.name != "wecom":
        for event in EVENTS:  # no text messages to people who have just been shouted at for weeks
            if event.key in clock.PEAK_EVENTS:
                daily[day_number(event.end) + 1 : day_number(event.end) + 1 + QUIET_DAYS] = 0.0
    return daily


def _shares(made: tuple[Campaign, ...], index: int) -> FloatArray:
    shares = np.zeros((DAYS, len(made)))
    for column, campaign in enumerate(made):
        if campaign.medium == index:
            shares[campaign.start : campaign.end + 1, column] = campaign.share
    total = shares.sum(axis=1, keepdims=True)
    split: FloatArray = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    return split


def plan(seed: int) -> MediaPlan:
    """Return what was spent on each campaign and day, and what it brings on average."""
    made = campaigns()
    rng = stream(seed, "media")
    size = (DAYS, len(made))
    spend, rate = np.zeros(size), np.zeros(size)
    clicks, impressions = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    new_share = np.zeros(len(made))
    event = clock.event_demand()
    weekday = np.asarray(clock.WEEKDAY_DEMAND)[clock.weekdays()] ** 0.7
    for index, medium in enumerate(MEDIA):
        own = np.array([column for column, campaign in enumerate(made) if campaign.medium == index])
        side = np.array([min(made[column].audience, 1) for column in own])
        level = _channel_spend(rng, medium)
        spend[:, own] = np.round(
            level[:, None] * _shares(made, index)[:, own] * rng.normal(1, 0.04, (DAYS, own.size)), 2
        )
        # orders follow spend to the power of the elasticity, so the rate per click falls as spend rises
        usual = medium.daily_spend
        fatigue = (np.maximum(level, 1.0) / usual) ** (medium.elasticity - 1)
        pull = weekday * event ** (0.30 + 0.55 * (1 - medium.elasticity))
        price = np.asarray(medium.click_price)[side]
        clicks[:, own] = rng.poisson(spend[:, own] / price)
        impressions[:, own] = np.maximum(
            rng.poisson(spend[:, own] / price / np.asarray(medium.click_rate)[side]), clicks[:, own]
        )
        rate[:, own] = (fatigue * pull)[:, None] * np.asarray(medium.order_rate)[side]
        if medium.name == stories.FRESH_MEDIUM:
            rate[np.ix_(np.arange(DAYS) >= day_number(stories.FRESH_DAY), own)] *= stories.FRESH_LIFT
        new_share[own] = np.asarray(medium.new_share)[side]
    orders = clicks * rate
    return MediaPlan(
        made,
        np.array([campaign.medium for campaign in made]),
        np.round(spend * 100).astype(np.int64),
        impressions,
        clicks,
        orders * new_share,
        orders * (1 - new_share),
    )
