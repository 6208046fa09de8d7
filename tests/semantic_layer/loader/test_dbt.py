"""dbt's YAML loads unchanged: the latest shape, the older one, and a compiled manifest."""

from __future__ import annotations

import json

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

LATEST = """\
version: 2
models:
  - name: stg_only_documented
    description: No semantics here
    columns: [{name: id, data_tests: [unique, not_null]}]
  - name: orders
    description: "Order fact"
    config: {materialized: table, tags: [mart], meta: {team: growth, askgrowth: {label: {zh: 订单, en: orders}}}}
    access: protected
    contract: {enforced: true}
    semantic_model:
      enabled: true
      name: order_facts
    agg_time_dimension: ordered_at
    columns:
      - name: order_id
        data_type: integer
        data_tests: [unique]
        entity: primary
      - name: customer_id
        entity: {type: foreign, name: customer, description: who bought}
      - name: ordered_at
        granularity: day
        dimension: {type: time, name: ordered_at, label: Ordered at, is_partition: true}
      - name: status
        dimension: categorical
        config: {meta: {askgrowth: {synonyms: {zh: [状态], en: [state]}}}}
      - name: balance_day
        granularity: day
        dimension: time
    derived_semantics:
      dimensions:
        - {name: size_bucket, type: categorical, expr: "case when amount > 100 then 'large' else 'small' end", label: Size}
      entities:
        - {name: store, type: foreign, expr: "substring(order_key, 1, 3)"}
    metrics:
      - name: order_total
        type: simple
        label: Order total
        agg: sum
        expr: amount
        fill_nulls_with: 0
        join_to_timespine: true
        config: {meta: {askgrowth: {unit: CNY, good_direction: up}}}
      - {name: order_count, type: simple, agg: count, expr: 1}
      - name: p95
        type: simple
        agg: percentile
        percentile: 95.0
        percentile_type: discrete
        expr: amount
      - name: balance
        type: simple
        agg: sum
        expr: balance
        agg_time_dimension: balance_day
        non_additive_dimension: {name: balance_day, window_agg: max, group_by: [customer]}
      - name: growth
        type: derived
        expr: (order_total - last_month) / last_month
        input_metrics:
          - order_total
          - {name: order_total, alias: last_month, offset_window: 1 month}
          - {name: order_total, alias: start, offset_to_grain: month, filter: "{{ Dimension('order_id__status') }} = 'a'"}
  - name: disabled_model
    semantic_model: false
    columns: [{name: x, dimension: categorical}]
---
metrics:
  - {name: mtd, type: cumulative, input_metric: order_total, grain_to_date: month, period_agg: last}
  - name: conversion
    type: conversion
    entity: customer
    calculation: conversions
    base_metric: {name: order_count, filter: "{{ Dimension('order_id__status') }} = 'visit'"}
    conversion_metric: order_count
    window: 7 days
    constant_properties: [{base_property: status, conversion_property: status}]
  - {name: off, type: ratio, numerator: gone, denominator: gone, config: {enabled: false}}
saved_queries:
  - {name: q, query_params: {metrics: [order_total]}}
exposures: []
"""

OLDER = """\
semantic_models:
  - name: bookings_source
    description: bookings
    model: ref('fct_bookings')
    defaults: {agg_time_dimension: ds}
    entities:
      - {name: booking, type: primary, expr: booking_id}
      - {name: guest, type: foreign, expr: guest_id}
    dimensions:
      - {name: ds, type: time, type_params: {time_granularity: day}}
      - {name: is_instant, type: categorical}
    measures:
      - {name: bookings, agg: sum, expr: "1", create_metric: true}
      - {name: booking_value, agg: sum}
      - {name: median_value, agg: percentile, expr: booking_value, agg_params: {percentile: 0.5, use_discrete_percentile: false}}
      - {name: guests, agg: count_distinct, expr: guest_id, non_additive_dimension: {name: ds, window_choice: min, window_groupings: [guest]}}
---
metrics:
  - name: booking_value
    label: Booking value
    type: simple
    type_params:
      measure: {name: booking_value, fill_nulls_with: 0, join_to_timespine: true, filter: "{{ Dimension('booking__is_instant') }}"}
    filter: "{{ TimeDimension('metric_time') }} > '2020-01-01'"
  - {name: med, label: Med, type: simple, type_params: {measure: median_value}}
  - {name: uniques, label: U, type: simple, type_params: {measure: guests}}
  - {name: value_per_booking, label: V, type: ratio, type_params: {numerator: booking_value, denominator: {name: bookings, filter: "{{ Dimension('booking__is_instant') }}"}}}
  - {name: plus, label: P, type: derived, type_params: {expr: v + b, metrics: [{name: booking_value, alias: v}, {name: bookings, alias: b, offset_window: 14 days}]}}
  - {name: trailing, label: T, type: cumulative, type_params: {measure: booking_value, cumulative_type_params: {window: 2 months, period_agg: average}}}
  - {name: ever, label: E, type: cumulative, type_params: {measure: bookings, grain_to_date: month}}
  - name: rate
    label: R
    type: conversion
    type_params:
      conversion_type_params: {entity: guest, base_measure: {name: bookings}, conversion_measure: booking_value, window: 7 days, calculation: conversion_rate}
"""


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
    manifest = {
        "semantic_models": [
            {
                "name": "orders", "description": None, "label": None, "primary_entity": None, "config": {"meta": {}},
                "node_relation": {"alias": "orders", "schema_name": "main", "database": "db", "relation_name": "db.main.orders"},
                "defaults": {"agg_time_dimension": "day"},
                "entities": [{"name": "order", "type": "primary", "expr": "order_id", "role": None, "description": None, "label": None, "metadata": None, "config": None}],
                "dimensions": [{"name": "day", "type": "time", "expr": None, "is_partition": False, "type_params": {"time_granularity": "day", "validity_params": None}, "metadata": None, "label": None, "description": None, "config": None}],
                "measures": [{"name": "total", "agg": "sum", "expr": "amount", "agg_params": None, "create_metric": False, "non_additive_dimension": None, "agg_time_dimension": None, "description": None, "label": None, "metadata": None, "config": None}],
                "metadata": None,
            }
        ],
        "metrics": [
            {
                "name": "total", "description": None, "type": "simple", "label": None, "config": {"meta": {}}, "metadata": None, "time_granularity": None,
                "filter": {"where_filters": [{"where_sql_template": "{{ Dimension('order__day') }} > '2024-01-01'"}]},
                "type_params": {"measure": {"name": "total", "filter": None, "alias": None, "join_to_timespine": False, "fill_nulls_with": None}, "input_measures": [], "numerator": None, "denominator": None, "expr": None, "window": None, "grain_to_date": None, "metrics": [], "conversion_type_params": None, "cumulative_type_params": None},
            },
            {
                "name": "week", "description": None, "type": "cumulative", "label": "W", "config": None, "metadata": None, "filter": None, "time_granularity": None,
                "type_params": {"measure": {"name": "total", "filter": None, "alias": None, "join_to_timespine": False, "fill_nulls_with": None}, "numerator": None, "denominator": None, "expr": None, "window": None, "grain_to_date": None, "metrics": [], "conversion_type_params": None, "cumulative_type_params": {"window": {"count": 7, "granularity": "day"}, "grain_to_date": None, "period_agg": "first", "metric": None}},
            },
        ],
        "project_configuration": {"time_spines": [], "dsi_package_version": {}},
        "saved_queries": [],
    }  # fmt: skip
    catalog = loaded(json.dumps(manifest, indent=1), "semantic_manifest.json").catalog
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
