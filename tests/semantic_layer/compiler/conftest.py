from datetime import date

import pytest

from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery

WORKSPACE = """
version: 1
name: shop
dimensions:
  - {name: channel, label: {zh: 渠道, en: channel}}
models:
  - name: orders
    label: {zh: 订单, en: orders}
    agg_time_dimension: ordered_at
    columns:
      - {name: order_id, entity: {type: primary, name: order}}
      - {name: channel, dimension: {type: categorical, conformed: channel}}
      - {name: ordered_at, granularity: second, dimension: {type: time}, label: {zh: 下单时间, en: order time}}
    metrics:
      - {name: revenue, type: simple, agg: sum, expr: amount, label: {zh: 收入, en: revenue}, unit: CNY}
      - {name: orders, type: simple, agg: count, expr: "1", label: {zh: 订单数, en: orders}}
  - name: ad_daily
    label: {zh: 投放, en: ads}
    agg_time_dimension: day
    columns:
      - {name: channel, dimension: {type: categorical, conformed: channel}}
      - {name: day, granularity: day, dimension: {type: time}, label: {zh: 日期, en: day}}
    metrics:
      - {name: spend, type: simple, agg: sum, expr: cost, label: {zh: 花费, en: spend}, unit: CNY}
metrics:
  - {name: roas, type: ratio, numerator: revenue, denominator: spend, label: {zh: 投产比, en: ROAS}}
segments:
  - {name: search, label: {zh: 搜索, en: search}, where: "channel = 'baidu'"}
"""


@pytest.fixture(scope="session")
def catalog():
    return load_text(WORKSPACE).catalog_or_raise()


@pytest.fixture
def compiled(catalog):
    """Compile a query written as plain values."""

    def compile_written(**query):
        context = query.pop("context", CompileContext(today=date(2025, 6, 15)))
        return compile_query(catalog, MetricQuery.model_validate(query), context)

    return compile_written
