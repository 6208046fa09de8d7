"""The tables of the media: campaigns, creatives and daily delivery with what the platforms claim."""

from __future__ import annotations

import numpy as np

from demo.world import stories
from demo.world.clock import DAYS, SECONDS_PER_DAY, day_of
from demo.world.media import AD_CHANNELS, AUDIENCES, MEDIA
from demo.world.media_plan import MediaPlan
from demo.world.orders import Orders
from demo.world.streams import FloatArray, IntArray, stream
from demo.world.tables import MISSING, Table, counts, days, money, texts, words

FORMATS = {
    "qianchuan": ("live_room", "short_video", "short_video"),
    "wanxiangtai": ("search", "feed_image", "feed_video"),
    "xhs_juguang": ("note", "note", "search"),
    "tencent_ads": ("moments", "feed_video", "feed_image"),
    "baidu": ("search", "search", "feed_image"),
    "sms": ("text", "text", "text"),
    "wecom": ("text", "mini_card", "mini_card"),
}
FORMAT_CLICK_RATE = {
    "live_room": 1.35,
    "short_video": 0.85,
    "search": 1.45,
    "feed_image": 0.75,
    "feed_video": 0.95,
    "note": 1.1,
    "moments": 0.9,
    "text": 1.0,
    "mini_card": 1.05,
}
FORMAT_NAMES = {
    "live_room": "直播间引流",
    "short_video": "短视频",
    "search": "搜索词包",
    "feed_image": "信息流图文",
    "feed_video": "信息流视频",
    "note": "种草笔记",
    "moments": "朋友圈",
    "text": "文案",
    "mini_card": "小程序卡片",
}
HOOKS = (
    "成分党解读",
    "7天实测",
    "妈妈也在用",
    "敏感肌自救",
    "办公室补水",
    "买一送三",
    "换季维稳",
    "医生怎么看",
    "学生党平价",
    "熬夜急救",
)
PER_CAMPAIGN = 3
CREATIVE_SHARE = np.array([0.5, 0.3, 0.2])


def campaign_table(media: MediaPlan) -> Table:
    """Return the campaigns, one row each."""
    made = media.campaigns
    return Table(
        "campaigns",
        (
            counts("campaign_id", np.arange(1, len(made) + 1)),
            texts("campaign_name", [campaign.name for campaign in made]),
            words("ad_channel", media.medium, AD_CHANNELS),
            words("audience", [campaign.audience for campaign in made], AUDIENCES),
            texts("objective", [campaign.objective for campaign in made]),
            texts("owner", [MEDIA[campaign.medium].owner for campaign in made]),
            days("starts_on", [campaign.start for campaign in made]),
            days("ends_on", [campaign.end for campaign in made]),
        ),
    )


def creative_table(media: MediaPlan) -> Table:
    """Return the creatives, three per campaign."""
    amount = len(media.campaigns) * PER_CAMPAIGN
    formats = [
        FORMATS[MEDIA[media.medium[index // PER_CAMPAIGN]].name][index % PER_CAMPAIGN]
        for index in range(amount)
    ]
    return Table(
        "creatives",
        (
            counts("creative_id", np.arange(1, amount + 1)),
            texts(
                "creative_name",
                [
                    f"{FORMAT_NAMES[kind]}-{HOOKS[(7 * index + index // 5) % len(HOOKS)]}-{index + 1:03d}"
                    for index, kind in enumerate(formats)
                ],
            ),
            counts("campaign_id", np.arange(amount) // PER_CAMPAIGN + 1),
            texts("creative_format", formats),
        ),
    )


def _claims(rng: np.random.Generator, media: MediaPlan, made: Orders) -> tuple[FloatArray, FloatArray]:
    """Return the conversions and revenue (cents) that platforms claim, shape (days, campaigns).

    Each platform counts everybody who saw or clicked within its own window, so one order is claimed by several.
    """
    shape = media.clicks.shape
    rows = np.flatnonzero(made.is_paid & (made.slots.campaign != MISSING))
    cell = (made.paid_at[rows] // SECONDS_PER_DAY) * shape[1] + made.slots.campaign[rows]
    revenue = np.bincount(cell, weights=made.paid[rows], minlength=shape[0] * shape[1]).reshape(shape)
    orders = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    factor = np.array([m.claim_factor for m in MEDIA])[media.medium]
    noise = rng.lognormal(0, 0.10, shape)
    basket = revenue.sum() / orders.sum()
    seen = media.clicks * 0.004 * (factor > 0)
    revenue, orders = (revenue + seen * basket) * factor * noise, (orders + seen) * factor * noise
    paid = np.bincount(
        made.paid_at[made.is_paid] // SECONDS_PER_DAY, weights=made.paid[made.is_paid], minlength=DAYS
    )
    quarter = np.array([day_of(number).year * 4 + (day_of(number).month - 1) // 3 for number in range(DAYS)])
    for one in np.unique(quarter):
        inside = quarter == one
        scale = stories.CLAIMED_SHARE * paid[inside].sum() / revenue[inside].sum()
        revenue[inside] *= scale
        orders[inside] *= scale
    for age, reported in enumerate(stories.CLAIM_REPORTED):
        revenue[DAYS - 1 - age] *= reported
        orders[DAYS - 1 - age] *= reported
    return orders, revenue


def delivery_table(seed: int, media: MediaPlan, made: Orders) -> Table:
    """Return delivery by day and creative, in order of day and creative."""
    rng = stream(seed, "delivery")
    orders, revenue = _claims(rng, media, made)
    day, campaign = (part.astype(np.int64) for part in np.nonzero(media.spend > 0))
    formats = [FORMATS[MEDIA[medium].name] for medium in media.medium]
    appeal = np.array([[FORMAT_CLICK_RATE[kind] for kind in kinds] for kinds in formats])[campaign]
    spread = CREATIVE_SHARE * rng.lognormal(0, 0.12, (day.size, PER_CAMPAIGN))
    clicked = spread * appeal

    def split(values: IntArray, weights: FloatArray) -> IntArray:
        edges = np.round(values[:, None] * np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1))
        parts: FloatArray = np.diff(edges, axis=1, prepend=0)
        return parts.astype(np.int64).ravel()

    impressions = split(media.impressions[day, campaign], spread)
    clicks = np.minimum(split(media.clicks[day, campaign], clicked), impressions)
    reach = np.round(impressions / (1.15 + 0.5 * rng.random(impressions.size))).astype(np.int64)
    creative = (campaign[:, None] * PER_CAMPAIGN + np.arange(PER_CAMPAIGN)).ravel()
    medium = np.repeat(media.medium[campaign], PER_CAMPAIGN)
    return Table(
        "ad_daily",
        (
            days("day", np.repeat(day, PER_CAMPAIGN)),
            words("ad_channel", medium, AD_CHANNELS),
            counts("campaign_id", np.repeat(campaign, PER_CAMPAIGN) + 1),
            counts("creative_id", creative + 1),
            money("spend", split(media.spend[day, campaign], spread)),
            counts("impressions", impressions),
            counts("reach", reach),
            counts("clicks", clicks),
            counts("claimed_conversions", split(np.round(orders[day, campaign]).astype(np.int64), clicked)),
            money("claimed_revenue", split(np.round(revenue[day, campaign]).astype(np.int64), clicked)),
        ),
    )
