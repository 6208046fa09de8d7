"""The media: campaigns, what is spent on them and what that brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.world import clock, stories
from demo.world.clock import DAYS, EVENTS, day_number
from demo.world.streams import FloatArray, IntArray, stream

NO_MEDIUM = 7  # the code of orders that no medium is credited with
AD_CHANNELS = ("qianchuan", "wanxiangtai", "xhs_juguang", "tencent_ads", "baidu", "sms", "wecom", "none")
AUDIENCES = ("prospecting", "retargeting", "community")
STORES = ("tmall", "douyin", "jd", "mini_program", "offline")


@dataclass(frozen=True, slots=True)
class Medium:
    """How one medium behaves; spend in yuan a day, costs per click in yuan.

    Pairs are (prospecting, retargeting): their share of spend, click price, click rate, orders per click.
    """

    name: str
    zh: str
    owner: str
    daily_spend: float
    spend_share: tuple[float, float]
    click_price: tuple[float, float]
    click_rate: tuple[float, float]
    order_rate: tuple[float, float]
    new_share: tuple[float, float]
    store_share: tuple[float, float, float, float, float]
    claim_factor: float
    elasticity: float = stories.ORDINARY_ELASTICITY
    has_flights: bool = True
    weekly_noise: float = 0.22


MEDIA: tuple[Medium, ...] = (
    Medium(
        "qianchuan",
        "千川",
        "周宁",
        3400,
        (0.86, 0.14),
        (1.88, 2.35),
        (0.011, 0.014),
        (0.0215, 0.030),
        (0.90, 0.22),
        (0, 1, 0, 0, 0),
        1.5,
    ),
    Medium(
        "wanxiangtai",
        "万相台",
        "林悦",
        3000,
        (0.55, 0.45),
        (2.95, 3.60),
        (0.012, 0.016),
        (0.0245, 0.036),
        (0.70, 0.15),
        (1, 0, 0, 0, 0),
        2.1,
        stories.SATURATED_ELASTICITY,
        True,
        0.42,
    ),
    Medium(
        "xhs_juguang",
        "聚光",
        "陈一帆",
        2200,
        (0.80, 0.20),
        (2.02, 2.60),
        (0.009, 0.013),
        (0.0215, 0.032),
        (0.60, 0.16),
        (0.52, 0.05, 0.13, 0.30, 0),
        1.7,
    ),
    Medium(
        "tencent_ads",
        "腾讯广告",
        "周宁",
        1500,
        (0.30, 0.70),
        (2.85, 3.80),
        (0.006, 0.008),
        (0.0128, 0.0335),
        (0.72, 0.16),
        (0.10, 0, 0.10, 0.80, 0),
        1.6,
    ),
    Medium(
        "baidu",
        "百度",
        "何佳",
        950,
        (0.80, 0.20),
        (2.80, 4.20),
        (0.015, 0.018),
        (0.0168, 0.0400),
        (0.74, 0.16),
        (0.30, 0, 0.55, 0.15, 0),
        1.3,
    ),
    Medium(
        "sms",
        "短信",
        "苏梅",
        250,
        (0.0, 1.0),
        (4.4, 5.60),
        (0.0085, 0.0082),
        (0.03, 0.0370),
        (0.0, 0.0),
        (0.60, 0, 0.10, 0.30, 0),
        2.0,
        0.95,
        False,
    ),
    Medium(
        "wecom",
        "企微社群",
        "苏梅",
        300,
        (0.0, 1.0),
        (0.60, 0.70),
        (0.02, 0.0200),
        (0.0, 0.0),
        (0.0, 0.0),
        (0, 0, 0, 1, 0),
        0.0,
        0.95,
        False,
    ),
)
PERIODS = (
    ("23下", date(2023, 5, 20), date(2023, 12, 31)),
    ("24上", date(2024, 1, 1), date(2024, 6, 30)),
    ("24下", date(2024, 7, 1), date(2024, 12, 31)),
    ("25上", date(2025, 1, 1), date(2025, 6, 30)),
    ("25下", date(2025, 7, 1), date(2025, 12, 31)),
)
FLIGHT_NAMES = {"e618": "618", "double11": "双11", "womens_day": "38节", "new_year_goods": "年货节"}
AUDIENCE_NAMES = ("拉新", "老客召回", "社群")
QUIET_DAYS = 10
THEMES = ("敏肌修护", "早C晚A", "补水面膜", "轻透防晒", "修护套装")


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign; `share` is its part of the medium's spend on the days it runs."""

    name: str
    medium: int
    audience: int
    objective: str
    start: int
    end: int  # last day number
    share: float


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


def campaigns() -> tuple[Campaign, ...]:
    """Return every campaign, medium by medium, oldest first."""
    made: list[Campaign] = []
    for index, medium in enumerate(MEDIA):
        for number, (label, start, end) in enumerate(PERIODS):
            for audience, share in enumerate(medium.spend_share):
                if share == 0:
                    continue
                shown = 2 if medium.name == "wecom" else audience
                theme = THEMES[(number + index + 2 * audience) % len(THEMES)]
                made.append(
                    Campaign(
                        f"{medium.zh}-{AUDIENCE_NAMES[shown]}-{theme}-{label}",
                        index,
                        shown,
                        "always_on",
                        max(day_number(start), 0),
                        min(day_number(end), DAYS - 1),
                        share,
                    )
                )
        if medium.has_flights:
            made.extend(_flights(index, medium))
    return tuple(made)


def _flights(index: int, medium: Medium) -> list[Campaign]:
    flights = []
    for event in EVENTS:
        if event.key in FLIGHT_NAMES:
            label = f"{FLIGHT_NAMES[event.key]}大促" if event.mass > 10 else FLIGHT_NAMES[event.key]
            flights.append(
                Campaign(
                    f"{medium.zh}-拉新-{label}-{event.start.year}",
                    index,
                    0,
                    "event_flight",
                    day_number(event.start),
                    min(day_number(event.end), DAYS - 1),
                    0.35,
                )
            )
    return flights


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
        pull = event ** (0.30 + 0.55 * (1 - medium.elasticity))
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
