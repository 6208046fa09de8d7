"""Keys meet, sums reconcile and nothing happens before its time."""

from collections.abc import Callable

import pytest

Row = dict[str, float]
Rows = Callable[[str], list[tuple[object, ...]]]

KEYS = [
    ("orders", "order_id"), ("customers", "customer_id"), ("products", "product_id"), ("campaigns", "campaign_id"),
    ("creatives", "creative_id"), ("live_sessions", "live_session_id"), ("creator_deals", "deal_id"),
    ("refunds", "refund_id"), ("sessions", "session_id"), ("touchpoints", "touch_id"), ("reviews", "review_id"),
    ("coupons", "coupon_code"), ("stores", "store"), ("action_log", "action_id"), ("experiments", "experiment"),
    ("order_lines", "order_id, line_number"), ("order_lines", "order_id, product_id"), ("refunds", "order_id, line_number"),
    ("ad_daily", "day, creative_id"), ("store_daily", "day, store, traffic_source"),
    ("experiment_assignments", "experiment, unit_id"), ("targets", "quarter, target_metric"),
]  # fmt: skip
REFERENCES = [
    ("orders", "customer_id", "customers"), ("orders", "campaign_id", "campaigns"),
    ("orders", "live_session_id", "live_sessions"), ("orders", "coupon_code", "coupons"), ("orders", "store", "stores"),
    ("order_lines", "order_id", "orders"), ("order_lines", "product_id", "products"),
    ("refunds", "order_id", "orders"), ("refunds", "product_id", "products"), ("refunds", "customer_id", "customers"),
    ("ad_daily", "campaign_id", "campaigns"), ("ad_daily", "creative_id", "creatives"),
    ("creatives", "campaign_id", "campaigns"), ("creator_deals", "live_session_id", "live_sessions"),
    ("touchpoints", "customer_id", "customers"), ("touchpoints", "campaign_id", "campaigns"),
    ("sessions", "customer_id", "customers"), ("session_events", "session_id", "sessions"),
    ("session_events", "order_id", "orders"), ("reviews", "order_id", "orders"), ("reviews", "product_id", "products"),
    ("reviews", "customer_id", "customers"), ("experiment_assignments", "experiment", "experiments"),
    ("store_daily", "store", "stores"),
]  # fmt: skip
# what, and SQL that counts the rows that break it
RULES = [
    ("the lines of an order add up to its paid amount",
     "SELECT count(*) FROM (SELECT order_id, sum(line_paid) AS paid, sum(line_gmv) AS gmv, sum(line_refund) AS refund "
     "FROM order_lines GROUP BY 1) JOIN orders USING (order_id) WHERE paid <> paid_amount OR gmv <> gmv_amount "
     "OR refund <> refund_amount"),
    ("every order has a line", "SELECT count(*) FROM orders ANTI JOIN order_lines USING (order_id)"),
    ("refunds add up to the orders' refunds",
     "SELECT count(*) FROM (SELECT order_id, sum(refund_amount) AS given FROM refunds GROUP BY 1) r "
     "FULL JOIN orders o USING (order_id) WHERE coalesce(given, 0) <> o.refund_amount"),
    ("nobody gets more back than he paid",
     "SELECT count(*) FROM orders WHERE refund_amount > paid_amount OR refund_amount < 0"),
    ("paid is GMV less coupon", "SELECT count(*) FROM orders WHERE status = 'paid' AND paid_amount <> gmv_amount - coupon_amount"),
    ("only paid orders have a payment, and all of them",
     "SELECT count(*) FROM orders WHERE (status = 'paid') <> (paid_at IS NOT NULL) OR (paid_at IS NULL AND paid_amount <> 0)"),
    ("deposit and balance make the paid amount of a pre-sale",
     "SELECT count(*) FROM orders WHERE is_presale AND status = 'paid' AND deposit_amount + balance_amount <> paid_amount"),
    ("order, payment, shipping, refund in that order",
     "SELECT count(*) FROM orders WHERE paid_at < ordered_at OR shipped_at < paid_at OR first_refunded_at < paid_at "
     "OR deposit_paid_at < ordered_at OR balance_paid_at < deposit_paid_at"),
    ("refunds come after payment",
     "SELECT count(*) FROM refunds r JOIN orders o USING (order_id) WHERE r.refunded_at <= o.paid_at"),
    ("campaign and medium of an order agree",
     "SELECT count(*) FROM orders o JOIN campaigns c USING (campaign_id) WHERE o.ad_channel <> c.ad_channel"),
    ("orders without a medium have no campaign, and the others have one",
     "SELECT count(*) FROM orders WHERE (ad_channel = 'none') <> (campaign_id IS NULL)"),
    ("campaign and medium of delivery agree",
     "SELECT count(*) FROM ad_daily a JOIN campaigns c USING (campaign_id) WHERE a.ad_channel <> c.ad_channel "
     "OR day NOT BETWEEN starts_on AND ends_on"),
    ("creatives belong to the campaign of their row",
     "SELECT count(*) FROM ad_daily a JOIN creatives c USING (creative_id) WHERE a.campaign_id <> c.campaign_id"),
    ("clicks are among impressions, reach too",
     "SELECT count(*) FROM ad_daily WHERE clicks > impressions OR reach > impressions OR spend <= 0"),
    ("the first order of a customer is marked, and only it",
     "SELECT count(*) FROM (SELECT customer_id, count(*) FILTER (is_first_order) AS firsts, "
     "min(paid_at) = min(paid_at) FILTER (is_first_order) AS earliest FROM orders WHERE status = 'paid' GROUP BY 1) "
     "WHERE firsts <> 1 OR NOT earliest"),
    ("customers agree with their orders",
     "SELECT count(*) FROM customers c LEFT JOIN (SELECT customer_id, count(*) AS n, min(paid_at)::DATE AS first, "
     "max(paid_at)::DATE AS last, sum(paid_amount - refund_amount) AS net FROM orders WHERE status = 'paid' GROUP BY 1) o "
     "USING (customer_id) WHERE coalesce(n, 0) <> paid_orders OR first IS DISTINCT FROM first_order_on "
     "OR last IS DISTINCT FROM last_order_on OR coalesce(net, 0) <> net_paid_to_date"),
    ("live sessions agree with their orders",
     "SELECT count(*) FROM live_sessions l LEFT JOIN (SELECT live_session_id, sum(gmv_amount) AS gmv, "
     "sum(paid_amount) AS paid, sum(refund_amount) AS refund, sum(commission_amount) AS commission, "
     "count(*) FILTER (status = 'paid') AS n FROM orders GROUP BY 1) o USING (live_session_id) "
     "WHERE coalesce(gmv, 0) <> gmv_amount OR coalesce(paid, 0) <> paid_amount OR coalesce(refund, 0) <> refund_amount "
     "OR coalesce(commission, 0) <> commission_amount OR coalesce(n, 0) <> orders"),
    ("live orders are placed while the session runs",
     "SELECT count(*) FROM orders o JOIN live_sessions l USING (live_session_id) WHERE o.status = 'paid' "
     "AND o.ordered_at NOT BETWEEN started_at AND started_at + duration_minutes * INTERVAL 1 MINUTE"),
    ("the steps of a session come in order",
     "SELECT count(*) FROM (SELECT occurred_at, lag(occurred_at) OVER (PARTITION BY session_id ORDER BY "
     "list_position(['visit', 'view_product', 'add_to_cart', 'submit_order', 'pay'], event)) AS before "
     "FROM session_events) WHERE occurred_at < before"),
    ("a payment on the own mall is one event, and the other way round",
     "SELECT count(*) FROM (SELECT order_id FROM session_events WHERE event = 'pay') e FULL JOIN "
     "(SELECT order_id FROM orders WHERE store = 'mini_program' AND status = 'paid' AND paid_at >= '2025-05-25') o "
     "USING (order_id) WHERE o.order_id IS NULL AND (SELECT paid_at FROM orders x WHERE x.order_id = e.order_id) >= '2025-05-25' "
     "OR e.order_id IS NULL"),
    ("visitors of the own mall are those of its sessions",
     "SELECT count(*) FROM (SELECT started_at::DATE AS day, traffic_source, count(DISTINCT visitor_id) AS n FROM sessions "
     "GROUP BY ALL) s JOIN store_daily d USING (day, traffic_source) WHERE d.store = 'mini_program' AND n > visitors"),
    ("nobody buys in a store without visiting it", "SELECT count(*) FROM store_daily WHERE paying_buyers > visitors"),
    ("nothing lies after the last day",
     "SELECT (SELECT count(*) FROM orders WHERE greatest(ordered_at, paid_at, shipped_at, first_refunded_at) >= '2025-11-20') "
     "+ (SELECT count(*) FROM refunds WHERE refunded_at >= '2025-11-20') + (SELECT count(*) FROM touchpoints WHERE touched_at >= '2025-11-20') "
     "+ (SELECT count(*) FROM session_events WHERE occurred_at >= '2025-11-20') + (SELECT count(*) FROM reviews WHERE reviewed_at >= '2025-11-20') "
     "+ (SELECT count(*) FROM ad_daily WHERE day > '2025-11-19') + (SELECT count(*) FROM store_daily WHERE day > '2025-11-19')"),
    ("the last touch before an order is the medium it is credited with",
     "SELECT count(*) FROM (SELECT o.order_id, o.ad_channel, arg_max(t.ad_channel, t.touched_at) AS last FROM orders o "
     "LEFT JOIN touchpoints t ON t.customer_id = o.customer_id AND t.touched_at < o.ordered_at "
     "AND t.touched_at >= o.ordered_at - INTERVAL 30 DAY WHERE o.status = 'paid' AND o.paid_at >= '2024-11-20' "
     "GROUP BY ALL) WHERE last IS DISTINCT FROM ad_channel"),
    ("nobody buys a product before its launch",
     "SELECT count(*) FROM order_lines JOIN products USING (product_id) WHERE paid_on < launched_on"),
    ("reviews come after shipping",
     "SELECT count(*) FROM reviews r JOIN orders o USING (order_id) WHERE r.reviewed_at < o.shipped_at OR o.shipped_at IS NULL"),
    ("coupons are used while they run, above their threshold",
     "SELECT count(*) FROM orders o JOIN coupons c USING (coupon_code) WHERE o.gmv_amount < c.threshold "
     "OR o.coupon_amount <> c.face_value OR o.paid_at::DATE NOT BETWEEN starts_on AND ends_on + 1"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "key"), KEYS, ids=[f"{table}: {key}" for table, key in KEYS])
def test_a_key_is_unique(table: str, key: str, values: Rows) -> None:
    assert values(f"SELECT {key}, count(*) FROM {table} GROUP BY ALL HAVING count(*) > 1 LIMIT 3") == []


@pytest.mark.parametrize(("table", "column", "other"), REFERENCES, ids=[f"{a}.{b}" for a, b, _ in REFERENCES])
def test_a_reference_meets_its_row(table: str, column: str, other: str, values: Rows) -> None:
    orphans = (
        f"SELECT {column} FROM {table} ANTI JOIN {other} USING ({column}) WHERE {column} IS NOT NULL LIMIT 3"
    )
    assert values(orphans) == []


@pytest.mark.parametrize("sql", [rule[1] for rule in RULES], ids=[rule[0] for rule in RULES])
def test_a_rule_of_the_world_holds(sql: str, one_row: Callable[[str], Row]) -> None:
    (broken,) = one_row(sql).values()
    assert broken == 0


def test_attributed_and_unattributed_orders_add_up_to_all_orders(one_row: Callable[[str], Row]) -> None:
    found = one_row(
        "SELECT sum(paid_amount) AS everything, sum(paid_amount) FILTER (ad_channel <> 'none') AS attributed, "
        "sum(paid_amount) FILTER (ad_channel = 'none') AS rest FROM orders WHERE status = 'paid'"
    )
    assert found["attributed"] + found["rest"] == pytest.approx(found["everything"], abs=0.01)
    assert 0 < found["attributed"] < found["everything"]
