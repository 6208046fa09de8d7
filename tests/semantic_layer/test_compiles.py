"""Whether a query compiles, asked without writing its SQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from semantic_layer.errors import AskGrowthError
from semantic_layer.query import GroupBy, MetricQuery, OrderBy

FILES = {
    "askgrowth.yml": "version: 1\nname: {zh: 小店, en: Shop}\ntimezone: Asia/Shanghai\ntoday: data\n",
    "models/orders.yml": """\
models:
  - name: orders
    columns:
      - {name: order_id, entity: primary}
      - {name: day, dimension: time, granularity: day}
      - {name: channel, dimension: categorical}
    metrics:
      - {name: gmv, agg: sum, expr: amount}
""",
    "data/orders.csv": "order_id,day,channel,amount\n1,2025-11-03,a,10\n2,2025-11-04,b,5\n",
}
BY_CHANNEL = MetricQuery(metrics=("gmv",), group_by=(GroupBy(dimension="channel"),))
QUERIES = (
    BY_CHANNEL,
    BY_CHANNEL.model_copy(update={"totals": True}),
    MetricQuery(group_by=(GroupBy(dimension="channel"),)),
    MetricQuery(metrics=("nothing",)),
    MetricQuery(metrics=("gmv",), group_by=(GroupBy(dimension="nowhere"),)),
    BY_CHANNEL.model_copy(update={"order_by": (OrderBy(column="absent"),)}),
)


@pytest.fixture
def layer(tmp_path: Path) -> semantic_layer.SemanticLayer:
    for name, text in FILES.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return semantic_layer.open(tmp_path / "shop", state_dir=tmp_path / "state")


def test_what_compiles_is_what_compile_gives_sql_for(layer: semantic_layer.SemanticLayer) -> None:
    def by_compile(query: MetricQuery) -> bool:
        try:
            return bool(layer.compile(query).sql)
        except AskGrowthError:
            return False

    expected = [True, True, True, False, False, False]
    assert [by_compile(query) for query in QUERIES] == expected
    assert [layer.compiles(query) for query in QUERIES] == expected
    assert [layer.compiles(query) for query in QUERIES] == expected  # as kept


def test_a_query_that_was_only_asked_about_is_written_in_full_afterwards(
    layer: semantic_layer.SemanticLayer,
) -> None:
    assert layer.compiles(BY_CHANNEL)
    assert layer.query(BY_CHANNEL, today=date(2025, 11, 5)).table.rows == (("a", 10.0), ("b", 5.0))
