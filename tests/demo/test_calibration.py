"""The demo's figures lie where a real brand's figures lie (issue 2, item 3)."""

from collections.abc import Callable

import pytest

Row = dict[str, float]
Rows = Callable[[str], list[tuple[object, ...]]]

# what, the SQL of one number, the lowest and the highest value that is believable
FACTS = [
    ("orders that are paid", "SELECT avg((status = 'paid')::INT) FROM orders", 0.855, 0.865),
    (
        "paid orders with some refund, mature days",
        "SELECT avg((refund_amount > 0)::INT) FROM orders WHERE status = 'paid' AND paid_at < '2025-10-20'",
        0.18, 0.23,
    ),
    (
        "live orders with some refund, mature days",
        "SELECT avg((refund_amount > 0)::INT) FROM orders "
        "WHERE status = 'paid' AND live_session_id IS NOT NULL AND paid_at < '2025-10-20'",
        0.37, 0.43,
    ),
    (
        "mean basket over median basket",
        "SELECT avg(paid_amount) / median(paid_amount) FROM orders WHERE status = 'paid'",
        1.35, 2.0,
    ),
    (
        "ad spend over paid amount",
        "SELECT sum(spend) / (SELECT sum(paid_amount) FROM orders) FROM ad_daily",
        0.12, 0.30,
    ),
    (
        "orders that media are credited with",
        "SELECT avg((ad_channel <> 'none')::INT) FROM orders WHERE status = 'paid'",
        0.35, 0.65,
    ),
    (
        "paid on 11 November 2024 over an ordinary day",
        "SELECT sum(paid_amount) FILTER (paid_at::DATE = '2024-11-11') / "
        "(sum(paid_amount) FILTER (paid_at::DATE BETWEEN '2024-09-01' AND '2024-09-30') / 30) FROM orders",
        4.0, 12.0,
    ),
    (
        "paid in the Spring Festival of 2025 over an ordinary day",
        "SELECT (sum(paid_amount) FILTER (paid_at::DATE BETWEEN '2025-01-28' AND '2025-02-04') / 8) / "
        "(sum(paid_amount) FILTER (paid_at::DATE BETWEEN '2025-04-01' AND '2025-04-30') / 30) FROM orders",
        0.3, 0.75,
    ),
    (
        "weekend over Tuesday, quiet months",
        "SELECT (count(*) FILTER (isodow(paid_at) IN (6, 7)) / 2) / count(*) FILTER (isodow(paid_at) = 2) "
        "FROM orders WHERE status = 'paid' AND month(paid_at) IN (4, 7, 9)",
        1.10, 1.45,
    ),
    (
        "pre-sale orders whose balance was never paid",
        "SELECT avg((status = 'balance_lapsed')::INT) FROM orders WHERE is_presale",
        0.05, 0.25,
    ),
    ("reviews in Chinese", "SELECT avg((language = 'zh')::INT) FROM reviews", 0.88, 0.97),
    ("gross margin over what was kept",
     "SELECT sum(paid_amount - refund_amount - product_cost + cost_recovered - platform_fee - commission_amount "
     "- shipping_cost) / sum(paid_amount - refund_amount) FROM orders WHERE status = 'paid'", 0.55, 0.75),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "low", "high"), [fact[1:] for fact in FACTS], ids=[fact[0] for fact in FACTS]
)
def test_a_figure_is_believable(sql: str, low: float, high: float, one_row: Callable[[str], Row]) -> None:
    (found,) = one_row(sql).values()
    assert low <= found <= high


def test_click_rates_of_display_media_lie_between_two_in_ten_thousand_and_two_percent(values: Rows) -> None:
    rates = values(
        "SELECT ad_channel, creative_format, sum(clicks) / sum(impressions) FROM ad_daily "
        "JOIN creatives USING (creative_id) "
        "WHERE ad_channel IN ('qianchuan', 'wanxiangtai', 'xhs_juguang', 'tencent_ads') "
        "AND creative_format <> 'search' GROUP BY ALL"
    )
    assert len(rates) >= 8
    assert [row for row in rates if not 0.0002 <= float(str(row[2])) <= 0.02] == []


def test_orders_per_click_lie_between_one_and_four_percent_in_every_medium_that_closes(values: Rows) -> None:
    rates = values(
        "SELECT ad_channel, (SELECT count(*) FROM orders o WHERE o.status = 'paid' AND o.ad_channel = a.ad_channel) "
        "/ sum(clicks) FROM ad_daily a WHERE ad_channel <> 'wecom' GROUP BY ad_channel"
    )
    assert len(rates) == 6
    assert [row for row in rates if not 0.01 <= float(str(row[1])) <= 0.04] == []


def test_a_quarter_to_two_thirds_of_the_buyers_come_back_in_every_segment(values: Rows) -> None:
    shares = values(
        "SELECT first_store, is_community_member, avg(is_repeat_buyer::INT) FROM customers "
        "WHERE first_order_on BETWEEN '2023-05-20' AND '2025-05-20' GROUP BY ALL"
    )
    assert len(shares) == 10
    assert [row for row in shares if not 0.25 <= float(str(row[2])) <= 0.68] == []
    assert min(float(str(row[2])) for row in shares) < 0.35
    assert max(float(str(row[2])) for row in shares) > 0.60


def test_repeat_shares_rise_with_the_tier_and_stay_believable(values: Rows) -> None:
    shares = dict(
        values(
            "SELECT tier, avg(is_repeat_buyer::INT) FROM customers WHERE first_order_on IS NOT NULL GROUP BY 1"
        )
    )
    found = [float(str(shares[tier])) for tier in ("regular", "silver", "gold", "black")]
    assert found == sorted(found)
    assert found[0] >= 0.25
    assert found[-1] <= 0.75


def test_no_platform_fee_and_no_commission_is_taken_from_unpaid_orders(one_row: Callable[[str], Row]) -> None:
    found = one_row(
        "SELECT sum(platform_fee + commission_amount + product_cost + shipping_cost + paid_amount) AS total "
        "FROM orders WHERE status <> 'paid'"
    )
    assert found == {"total": 0}


def test_the_last_day_has_a_whole_day_of_orders(one_row: Callable[[str], Row]) -> None:
    found = one_row(
        "SELECT count(*) FILTER (ordered_at::DATE = '2025-11-19') / count(*) FILTER (ordered_at::DATE = '2025-11-18') "
        "AS ratio, hour(max(ordered_at)) AS last_hour FROM orders"
    )
    assert 0.7 < found["ratio"] < 1.4
    assert found["last_hour"] == 23
