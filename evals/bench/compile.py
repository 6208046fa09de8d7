"""How long a metric query takes to become SQL: `python -m evals.bench compile`.

Each query is built from plain values and compiled warm, pydantic to SQL text. p50 and p95 in milliseconds, by
the clock and of processor time (what another program on the machine takes is not counted there), beside the
budget of design section 12; exit code 1 where the processor's p95 is over it. Where `.venv-oracles` is there,
MetricFlow's times for one dbt model stand beside ours for the same model and queries.
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from typing import Any

from evals.bench._metricflow import beside_metricflow
from semantic_layer.catalog import Catalog
from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.coverage import Coverage
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery

TODAY = date(2025, 11, 20)
WORKSPACE = """
version: 1
name: bench
dimensions:
  - {name: channel, label: {zh: 渠道, en: channel}}
models:
  - name: customers
    label: {zh: 客户, en: customers}
    columns:
      - {name: customer_id, entity: {type: primary, name: customer}}
      - {name: city_id, entity: {type: foreign, name: city}}
      - {name: tier, dimension: {type: categorical}, label: {zh: 等级, en: tier}}
  - name: cities
    label: {zh: 城市, en: cities}
    columns:
      - {name: city_id, entity: {type: primary, name: city}}
      - {name: province, dimension: {type: categorical}, label: {zh: 省份, en: province}}
  - name: orders
    label: {zh: 订单, en: orders}
    agg_time_dimension: ordered_at
    columns:
      - {name: customer_id, entity: {type: foreign, name: customer}}
      - {name: channel, dimension: {type: categorical, conformed: channel}}
      - {name: is_first, dimension: {type: boolean}, label: {zh: 首单, en: first order}}
      - {name: ordered_at, granularity: second, dimension: {type: time}, label: {zh: 时间, en: time}}
    metrics:
      - {name: revenue, type: simple, agg: sum, expr: amount, label: {zh: 收入, en: revenue}}
      - {name: orders, type: simple, agg: count, expr: "1", label: {zh: 订单数, en: orders}}
      - {name: new_orders, type: simple, agg: count, expr: "1", filter: is_first, label: {zh: 新客, en: new}}
  - name: ad_daily
    label: {zh: 投放, en: ads}
    agg_time_dimension: day
    columns:
      - {name: channel, dimension: {type: categorical, conformed: channel}}
      - {name: day, granularity: day, dimension: {type: time}, label: {zh: 日期, en: day}}
    metrics:
      - {name: spend, type: simple, agg: sum, expr: cost, label: {zh: 花费, en: spend}}
metrics:
  - {name: roas, type: ratio, numerator: revenue, denominator: spend, label: {zh: 投产比, en: ROAS}}
  - {name: profit, type: derived, expr: revenue - spend, input_metrics: [revenue, spend], label: {zh: 毛利, en: profit}}
  - name: revenue_growth
    type: derived
    expr: (revenue - before) / before
    input_metrics: [revenue, {name: revenue, alias: before, offset_window: 1 month}]
    label: {zh: 环比, en: growth}
  - name: revenue_to_date
    type: cumulative
    input_metric: revenue
    grain_to_date: month
    label: {zh: 月累计, en: month to date}
"""
MONTH = {"start": "2025-10-01", "end": "2025-11-01"}
CHANNEL = {"dimension": "channel"}
WEEKS = {"dimension": "metric_time", "grain": "week"}
DOUYIN = {"kind": "condition", "dimension": "channel", "operator": "in", "values": ["douyin", "baidu"]}
# name, budget for p95 in ms (one or two facts: 5, the rest: 15), query
QUERIES: tuple[tuple[str, float, dict[str, Any]], ...] = (
    ("one fact", 5, {"metrics": ["revenue", "orders"], "group_by": [CHANNEL], "where": [DOUYIN], "period": MONTH}),
    ("one fact, two hops", 5, {"metrics": ["revenue"], "group_by": [{"dimension": "province"}], "period": MONTH}),
    ("two facts", 5, {"metrics": ["roas", "new_orders"], "group_by": [CHANNEL], "where": [DOUYIN], "period": MONTH}),
    ("two facts by week", 5, {"metrics": ["roas"], "group_by": [WEEKS, CHANNEL], "period": MONTH, "limit": {"n": 5}}),
    ("derived", 15, {"metrics": ["profit", "revenue_growth"], "group_by": [CHANNEL], "period": MONTH}),
    (
        "compare",
        15,
        {
            "metrics": ["roas", "revenue"],
            "group_by": [CHANNEL],
            "period": MONTH,
            "compare": [{"kind": "previous_period"}, {"kind": "previous_year"}],
        },
    ),
    ("compare by week", 15, {"metrics": ["revenue"], "group_by": [WEEKS], "period": MONTH,
                             "compare": [{"kind": "previous_year"}]}),
    ("cumulative", 15, {"metrics": ["revenue_to_date"],
                        "group_by": [{"dimension": "metric_time", "grain": "day"}], "period": MONTH}),
)  # fmt: skip


def milliseconds(catalog: Catalog, query: dict[str, Any], runs: int) -> tuple[list[float], list[float]]:
    """Return the sorted times of `runs` warm compilations, from plain values to SQL text: clock, processor."""
    coverage = {model: Coverage(date(2024, 1, 1), TODAY) for model in catalog.models}
    context = CompileContext(today=TODAY, coverage=coverage)
    compile_query(catalog, MetricQuery.model_validate(query), context)
    clock, processor = [], []
    for _ in range(runs):
        began, busy = time.perf_counter_ns(), time.thread_time_ns()
        compile_query(catalog, MetricQuery.model_validate(query), context)
        processor.append((time.thread_time_ns() - busy) / 1e6)
        clock.append((time.perf_counter_ns() - began) / 1e6)
    return sorted(clock), sorted(processor)


def run(argv: list[str]) -> int:
    """Print p50 and p95 per query; return 1 where a p95 is over its budget."""
    parser = argparse.ArgumentParser(prog="bench compile", description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    runs: int = parser.parse_args(argv).runs
    catalog = load_text(WORKSPACE).catalog_or_raise()
    middle, high = runs // 2, int(runs * 0.95)
    print(f"{'milliseconds':<20} {'p50':>7} {'p95':>7} {'cpu p50':>8} {'cpu p95':>8} {'budget':>7}")
    over = False
    for name, budget, query in QUERIES:
        clock, cpu = milliseconds(catalog, query, runs)
        late = cpu[high] > budget
        over = over or late
        print(
            f"{name:<20} {clock[middle]:>7.2f} {clock[high]:>7.2f} {cpu[middle]:>8.2f} {cpu[high]:>8.2f} "
            f"{budget:>7.1f}{'  over' if late else ''}"
        )
    _print_metricflow(min(runs, 20))
    return int(over)


def _print_metricflow(runs: int) -> None:
    found = beside_metricflow(runs)
    if not found:
        print("MetricFlow: no .venv-oracles; `python run.py setup --oracles` makes it")
        return
    print(f"{'MetricFlow, cpu ms':<20} {'p50':>7} {'p95':>7} {'its p50':>8} {'its p95':>8} {'times':>7}")
    middle, high = runs // 2, int(runs * 0.95)
    for one in found:
        times = one.theirs[middle] / one.ours[middle]
        print(
            f"{one.name:<20} {one.ours[middle]:>7.2f} {one.ours[high]:>7.2f} "
            f"{one.theirs[middle]:>8.1f} {one.theirs[high]:>8.1f} {times:>7.1f}"
        )
