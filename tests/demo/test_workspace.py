"""The demo's YAML fits its data, its generator and its words, and its metrics give the numbers that SQL gives."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import semantic_layer
from demo.world.clock import EVENTS
from demo.world.live import HOSTS
from demo.world.plans import MEASURES, QUARTERS
from demo.world.products import PRODUCTS
from semantic_layer.loader import load

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo"
Row = dict[str, float]
Rows = Callable[[str], list[tuple[object, ...]]]

OCTOBER = "BETWEEN DATE '2025-10-01' AND DATE '2025-10-31'"
PAID = f"FROM orders WHERE status = 'paid' AND paid_at::DATE {OCTOBER}"
SPEND = f"(SELECT sum(spend) FROM ad_daily WHERE day {OCTOBER})"
GROSS = "paid_amount - refund_amount - product_cost + cost_recovered - platform_fee - commission_amount - shipping_cost"
# metric, and hand-written SQL of its value in October 2025
METRICS = {
    "paid_amount": f"SELECT sum(paid_amount) {PAID}",
    "sales": f"SELECT sum(paid_amount) {PAID}",
    "gmv": f"SELECT sum(gmv_amount) FROM orders WHERE ordered_at::DATE {OCTOBER}",
    "net_paid_amount": f"SELECT sum(paid_amount) - sum(refund_amount) {PAID}",
    "paid_orders": f"SELECT count(*) {PAID}",
    "placed_orders": f"SELECT count(*) FROM orders WHERE ordered_at::DATE {OCTOBER}",
    "buyers": f"SELECT count(DISTINCT customer_id) {PAID}",
    "new_customers": f"SELECT count(DISTINCT customer_id) {PAID} AND customer_order_number = 1",
    "new_customers_365": f"SELECT count(DISTINCT customer_id) {PAID} AND is_new_in_365_days",
    "attributed_paid_amount": f"SELECT sum(paid_amount) {PAID} AND campaign_id IS NOT NULL",
    "spend": f"SELECT {SPEND}",
    "roas": f"SELECT sum(paid_amount) / {SPEND} {PAID} AND campaign_id IS NOT NULL",
    "roas_net": f"SELECT sum(paid_amount - refund_amount) / {SPEND} {PAID} AND campaign_id IS NOT NULL",
    "cac": f"SELECT {SPEND} / count(*) {PAID} AND is_first_order",
    "cac_365": f"SELECT {SPEND} / count(DISTINCT customer_id) {PAID} AND is_new_in_365_days",
    "spend_ratio": f"SELECT {SPEND} / sum(paid_amount) {PAID}",
    "gross_profit": f"SELECT sum({GROSS}) {PAID}",
    "contribution_profit": f"SELECT sum({GROSS}) - {SPEND} {PAID}",
    "break_even_roas": f"SELECT sum(paid_amount) / sum({GROSS}) {PAID} AND ad_channel <> 'none'",
    "spend_per_buyer": f"SELECT sum(paid_amount) / count(DISTINCT customer_id) {PAID}",
    "aov": f"SELECT avg(paid_amount) {PAID}",
    "pay_rate": f"SELECT avg((status = 'paid')::INT) FROM orders WHERE ordered_at::DATE {OCTOBER}",
    "repeat_rate": "SELECT count(DISTINCT customer_id) FILTER (NOT is_first_order) "
    f"/ count(DISTINCT customer_id) {PAID}",
    "refund_rate": f"SELECT sum(refund_amount) / sum(paid_amount) {PAID}",
    "refund_rate_by_refund_date": "SELECT (SELECT sum(refund_amount) FROM refunds "
    f"WHERE refunded_at::DATE {OCTOBER}) / sum(paid_amount) {PAID}",
    "visit_conversion_rate": f"SELECT sum(paying_buyers) / sum(visitors) FROM store_daily WHERE day {OCTOBER}",
    "ad_conversion_rate": f"SELECT count(*) / (SELECT sum(clicks) FROM ad_daily WHERE day {OCTOBER}) "
    f"{PAID} AND campaign_id IS NOT NULL",
    "cpm": f"SELECT 1000 * sum(spend) / sum(impressions) FROM ad_daily WHERE day {OCTOBER}",
    "cpc": f"SELECT sum(spend) / sum(clicks) FROM ad_daily WHERE day {OCTOBER}",
    "ctr": f"SELECT sum(clicks) / sum(impressions) FROM ad_daily WHERE day {OCTOBER}",
    "claimed_revenue": f"SELECT sum(claimed_revenue) FROM ad_daily WHERE day {OCTOBER}",
    "units_sold": f"SELECT sum(quantity) FROM order_lines WHERE paid_on {OCTOBER}",
    "live_after_fees": "SELECT sum(paid_amount - refund_amount - commission_amount - fixed_fee) FROM live_sessions "
    f"WHERE started_at::DATE {OCTOBER}",
    "average_stars": f"SELECT avg(stars) FROM reviews WHERE reviewed_at::DATE {OCTOBER}",
    "bounce_rate": f"SELECT avg((pages = 1)::INT) FROM sessions WHERE started_at::DATE {OCTOBER}",
}


@pytest.fixture(scope="module")
def layer(demo_folder: Path, state_dir: Path) -> semantic_layer.SemanticLayer:
    """The demo, opened as the product opens it."""
    return semantic_layer.open(DEMO, state_dir=state_dir, data_dir=demo_folder)


def _documents() -> list[dict[str, Any]]:
    return [
        yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted((DEMO / "models").glob("*.yml"))
    ]


def _section(name: str) -> list[dict[str, Any]]:
    return [entry for document in _documents() for entry in document.get(name, ())]


def test_the_yaml_has_no_problem() -> None:
    assert [str(error) for error in load(DEMO).problems.sorted_errors()] == []


def test_today_is_the_day_after_the_last_data_day(layer: semantic_layer.SemanticLayer) -> None:
    assert layer.today() == date(2025, 11, 20)


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_equals_hand_written_sql(
    metric: str, layer: semantic_layer.SemanticLayer, one_row: Callable[[str], Row]
) -> None:
    (expected,) = one_row(METRICS[metric]).values()
    ((found,),) = layer.query(metrics=metric, period="2025-10-01/2025-11-01").table.rows
    assert float(found) == pytest.approx(expected, rel=1e-9)


def test_every_metric_has_a_value_in_the_last_whole_month(layer: semantic_layer.SemanticLayer) -> None:
    empty = [
        name
        for name in layer.catalog.metrics
        if layer.query(metrics=name, period="2025-10-01/2025-11-01").table.rows[0][-1] is None
    ]
    assert empty == []


def test_every_metric_is_named_described_and_owned_in_both_languages(
    layer: semantic_layer.SemanticLayer,
) -> None:
    for metric in layer.catalog.metrics.values():
        assert metric.label.zh
        assert metric.label.en
        assert metric.owner or metric.hidden, metric.name
        assert metric.unit or metric.format, metric.name


@pytest.mark.parametrize("metric", [entry for entry in METRICS if entry not in ("live_after_fees", "sales")])
def test_a_headline_metric_has_synonyms_in_both_languages(
    metric: str, layer: semantic_layer.SemanticLayer
) -> None:
    words = layer.catalog.metrics[metric].synonyms
    assert words.zh
    assert words.en


def test_no_word_names_two_metrics(layer: semantic_layer.SemanticLayer) -> None:
    seen: dict[str, str] = {}
    for metric in layer.catalog.metrics.values():
        for word in {metric.label.zh, metric.label.en, *metric.synonyms.all()}:
            assert seen.setdefault(word.casefold(), metric.name) == metric.name, word


def _declared() -> Iterator[tuple[str, str, set[str]]]:
    """Yield table, SQL of the value and the declared codes of every dimension with labels."""
    shared = {entry["name"]: set(entry.get("values", ())) for entry in _section("dimensions")}
    for model in _section("models"):
        for column in model.get("columns", ()):
            kind = column.get("dimension")
            kind = kind if isinstance(kind, dict) else {}
            codes = set(column.get("values", ())) or shared.get(kind.get("conformed", ""), set())
            if codes:
                yield model["name"], kind.get("expr", column["name"]), {str(code) for code in codes}


def _test_name(value: str | set[str]) -> str:
    """Return a name that is the same in every process: the workers of xdist must collect the same tests."""
    return str(sorted(value) if isinstance(value, set) else value)[:40]


@pytest.mark.parametrize(("table", "sql", "codes"), list(_declared()), ids=_test_name)
def test_every_stored_code_has_a_label(table: str, sql: str, codes: set[str], values: Rows) -> None:
    stored = {
        str(row[0]) for row in values(f"SELECT DISTINCT {sql} AS code FROM {table} WHERE code IS NOT NULL")
    }
    assert stored - codes == set()


def test_products_are_labelled_as_the_generator_names_them() -> None:
    (products,) = [model for model in _section("models") if model["name"] == "products"]
    (column,) = [column for column in products["columns"] if column["name"] == "product_name"]
    labels = {code: (value["label"]["zh"], value["label"]["en"]) for code, value in column["values"].items()}
    assert labels == {product.zh: (product.zh, product.en) for product in PRODUCTS}


def test_hosts_are_labelled_as_the_generator_names_them() -> None:
    (lives,) = [model for model in _section("models") if model["name"] == "live_sessions"]
    (column,) = [column for column in lives["columns"] if column["name"] == "host"]
    assert set(column["values"]) == set(HOSTS)


def test_the_calendar_has_the_days_that_the_generator_sells_on() -> None:
    calendars = {entry["name"]: entry["years"] for entry in _section("calendars")}
    for event in EVENTS:
        written = calendars[event.key][event.start.year]
        days = written if isinstance(written, dict) else {"first": written, "last": written}
        assert (days["first"], days["last"]) == (event.start, event.end), event.key


def test_targets_of_metrics_are_those_of_the_plan_table() -> None:
    targets = {
        metric["name"]: {target["period"]: target["value"] for target in metric["targets"]}
        for model in _section("models")
        for metric in model.get("metrics", ())
        if "targets" in metric
    }
    planned = {
        name: {
            f"{quarter[0].year}-Q{(quarter[0].month + 2) // 3}": quarter[1 + place] for quarter in QUARTERS
        }
        for place, name in enumerate(MEASURES)
    }
    assert {name: targets[name] for name in planned} == planned


def test_the_bindings_of_experiments_cover_the_dates_of_their_assignments(values: Rows) -> None:
    for binding in _section("experiments"):
        ((first, last),) = values(
            "SELECT min(assigned_on), max(assigned_on) FROM experiment_assignments "
            f"WHERE experiment = '{binding['id']}'"
        )
        assert isinstance(first, date)
        assert isinstance(last, date)
        assert binding["start"] <= first <= last < binding["end"]
        assert binding["end"] - binding["start"] == timedelta(days=28)
