"""Keys meet, sums reconcile and nothing happens before its time."""

from collections.abc import Callable
from pathlib import Path

import pytest

Row = dict[str, float]
Rows = Callable[[str], list[tuple[object, ...]]]

KEYS = [
    ("orders", "order_id"), ("customers", "customer_id"), ("products", "product_id"), ("campaigns", "campaign_id"),
    ("creatives", "creative_id"), ("live_sessions", "live_session_id"), ("creator_deals", "deal_id"),
    ("refunds", "refund_id"), ("sessions", "session_id"), ("touchpoints", "touch_id"), ("reviews", "review_id"),
    ("coupons", "coupon_code"), ("stores", "store"), ("action_log", "action_id"), ("experiments", "experiment"),
    ("order_lines", "order_id, line_number"), ("order_lines", "order_id, product_id"),
    ("refunds", "order_id, line_number"),
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


def _rules() -> list[tuple[str, str]]:
    """Return the name and the SQL of each rule."""
    _, *parts = (Path(__file__).parent / "rules.sql").read_text(encoding="utf-8").split("-- rule: ")
    return [(name, sql) for name, _, sql in (part.partition("\n") for part in parts)]


RULES = _rules()


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
