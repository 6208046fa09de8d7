"""The media, and how each behaves."""

from __future__ import annotations

from dataclasses import dataclass

from demo.world import stories

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
        (0.0, 0.10),
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
