"""dbt's YAML loads unchanged: the latest shape, the older one, and a compiled manifest."""

from __future__ import annotations

from pathlib import Path

from semantic_layer.catalog import (
    Catalog,
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    NonAdditive,
    RatioMetric,
    SimpleMetric,
    Window,
)
from semantic_layer.loader import Loaded, load_text
from semantic_layer.period import Grain

HERE = Path(__file__).parent / "dbt"
LATEST = (HERE / "latest.yml").read_text(encoding="utf-8")
OLDER = (HERE / "older.yml").read_text(encoding="utf-8")


def loaded(text: str, file: str = "askgrowth.yml") -> Loaded:
    found = load_text(text, file)
    assert [(e.line, e.message.en, e.mend.en) for e in found.problems.errors] == []
    return found


def simple(catalog: Catalog, name: str) -> SimpleMetric:
    kind = catalog.metrics[name].type
    assert isinstance(kind, SimpleMetric)
    return kind


def test_the_latest_shape_loads_with_its_own_names() -> None:
    catalog = loaded(LATEST).catalog
    model = catalog.models["order_facts"]
    assert (model.source, model.primary_entity, model.agg_time_dimension) == (
        "orders",
        "order_id",
        "ordered_at",
    )
    assert [(e.name, e.type, e.expr) for e in model.entities] == [
        ("order_id", "primary", "order_id"),
        ("customer", "foreign", "customer_id"),
        ("store", "foreign", "substring(order_key, 1, 3)"),
    ]
    assert set(catalog.models) == {"order_facts"}
    assert catalog.dimensions["size_bucket"].label.en == "Size"
    assert catalog.dimensions["ordered_at"].bindings[0].is_partition
    assert "off" not in catalog.metrics


def test_our_keys_inside_a_dbt_project_stand_under_config_meta() -> None:
    catalog = loaded(LATEST).catalog
    assert catalog.models["order_facts"].label.zh == "订单"
    assert catalog.metrics["order_total"].unit == "CNY"
    assert catalog.dimensions["status"].synonyms.zh == ("状态",)


def test_a_misspelt_key_of_ours_under_config_meta_is_refused_at_its_line() -> None:
    errors = load_text(LATEST.replace("unit: CNY", "unitt: CNY")).problems.sorted_errors()
    assert [(e.line, e.key, e.mend.en) for e in errors] == [(44, "unitt", "Nearest: unit.")]


def test_the_metrics_of_the_latest_shape_keep_all_their_options() -> None:
    catalog = loaded(LATEST).catalog
    total = simple(catalog, "order_total")
    assert (total.fill_nulls_with, total.join_to_timespine, total.agg_time_dimension) == (
        0.0,
        True,
        "ordered_at",
    )
    assert (simple(catalog, "p95").percentile, simple(catalog, "p95").discrete) == (0.95, True)
    assert simple(catalog, "balance").non_additive == NonAdditive("balance_day", "max", ("customer",))
    growth = catalog.metrics["growth"].type
    assert isinstance(growth, DerivedMetric)
    assert [item.name for item in growth.inputs] == ["order_total", "last_month", "start"]
    assert growth.inputs[1].offset_window == Window(1, Grain.MONTH)
    assert growth.inputs[2].offset_to_grain is Grain.MONTH
    mtd = catalog.metrics["mtd"].type
    assert isinstance(mtd, CumulativeMetric)
    assert (mtd.grain_to_date, mtd.period_agg) == (Grain.MONTH, "last")
    conversion = catalog.metrics["conversion"].type
    assert isinstance(conversion, ConversionMetric)
    assert (conversion.entity, conversion.calculation, conversion.window) == (
        "customer",
        "conversions",
        Window(7, Grain.DAY),
    )
    assert conversion.constant_properties == (("status", "status"),)
    assert conversion.base.filters[0].sql == "order_id__status = 'visit'"


def test_dbt_keys_without_meaning_here_are_listed_with_their_lines() -> None:
    keys = {(item.line, item.key) for item in loaded(LATEST).problems.ignored}
    assert {(8, "config"), (9, "access"), (10, "contract"), (17, "data_type"), (18, "data_tests")} <= keys
    assert {"saved_queries", "exposures"} <= {key for _, key in keys}


def test_the_older_shape_loads_measures_as_simple_metrics() -> None:
    catalog = loaded(OLDER).catalog
    assert catalog.models["bookings_source"].source == "fct_bookings"
    value = simple(catalog, "booking_value")
    assert (value.agg, value.expr, value.fill_nulls_with, value.join_to_timespine) == (
        "sum",
        "booking_value",
        0.0,
        True,
    )
    assert [f.sql for f in catalog.metrics["booking_value"].filters] == [
        "metric_time > '2020-01-01'",
        "booking__is_instant",
    ]
    assert catalog.metrics["booking_value"].label.en == "Booking value"
    assert (simple(catalog, "med").percentile, simple(catalog, "med").discrete) == (0.5, False)
    assert simple(catalog, "uniques").non_additive == NonAdditive("ds", "min", ("guest",))
    assert simple(catalog, "bookings").expr == "1"


def test_the_older_shape_keeps_filters_and_offsets_of_inputs() -> None:
    catalog = loaded(OLDER).catalog
    ratio = catalog.metrics["value_per_booking"].type
    assert isinstance(ratio, RatioMetric)
    assert ratio.denominator.filters[0].sql == "booking__is_instant"
    plus = catalog.metrics["plus"].type
    assert isinstance(plus, DerivedMetric)
    assert plus.inputs[1].offset_window == Window(14, Grain.DAY)


def test_a_cumulative_metric_of_a_measure_reads_the_measure_and_not_the_filtered_metric_of_its_name() -> None:
    catalog = loaded(OLDER).catalog
    trailing = catalog.metrics["trailing"].type
    assert isinstance(trailing, CumulativeMetric)
    assert (trailing.window, trailing.period_agg) == (Window(2, Grain.MONTH), "average")
    inner = catalog.metrics[trailing.input.metric]
    assert inner.hidden
    assert inner.filters == ()
    assert simple(catalog, inner.name).fill_nulls_with is None
    ever = catalog.metrics["ever"].type
    assert isinstance(ever, CumulativeMetric)
    assert ever.grain_to_date is Grain.MONTH


def test_a_measure_that_does_not_exist_names_the_nearest() -> None:
    errors = load_text(OLDER.replace("{measure: guests}", "{measure: guess}")).problems.sorted_errors()
    assert [(e.message.en, e.mend.en) for e in errors] == [
        ("There is no measure named 'guess'.", "Nearest: guests.")
    ]


def test_a_compiled_manifest_loads() -> None:
    catalog = loaded(
        (HERE / "semantic_manifest.json").read_text(encoding="utf-8"), "semantic_manifest.json"
    ).catalog
    assert [f.sql for f in catalog.metrics["total"].filters] == ["order__day > '2024-01-01'"]
    week = catalog.metrics["week"].type
    assert isinstance(week, CumulativeMetric)
    assert week.window == Window(7, Grain.DAY)


def test_validity_windows_and_natural_keys_of_a_history_table_load() -> None:
    text = """\
models:
  - name: tiers
    semantic_model: true
    agg_time_dimension: tier_start
    primary_entity: tier_row
    columns:
      - name: start_date
        granularity: day
        dimension: {type: time, name: tier_start, validity_params: {is_start: true}}
      - name: end_date
        granularity: day
        dimension: {type: time, name: tier_end, validity_params: {is_end: true}}
      - {name: customer_id, entity: {type: natural, name: customer}}
      - {name: tier, dimension: categorical}
"""
    catalog = loaded(text).catalog
    assert [catalog.dimensions[n].bindings[0].validity for n in ("tier_start", "tier_end")] == [
        "start",
        "end",
    ]
    assert catalog.dimensions["tier"].qualified == ("customer__tier", "tier_row__tier", "tiers__tier")


def test_a_time_spine_is_known_by_its_model() -> None:
    text = """\
models:
  - name: all_days
    time_spine: {standard_granularity_column: date_day}
    columns: [{name: date_day, granularity: day}]
"""
    assert loaded(text).catalog.time_spines == {"all_days": ("all_days", "date_day", Grain.DAY)}
