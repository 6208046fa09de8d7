"""The average per day of a count of distinct things: each day counted by itself, then averaged over the period."""

from __future__ import annotations

from pathlib import Path

import pytest

import semantic_layer
from semantic_layer.query import MetricQuery

YAML = """
version: 1
models:
  - name: visits
    table: visits.csv
    semantic_model: {enabled: true}
    agg_time_dimension: day
    columns:
      - {name: day, granularity: day, dimension: {type: time}}
      - {name: shop, dimension: {type: categorical}}
      - {name: person, dimension: {type: categorical}}
    metrics:
      - {name: people, type: simple, agg: count_distinct, expr: person}
"""
ROWS = """day,shop,person
2025-01-01,a,x
2025-01-01,a,y
2025-01-01,b,x
2025-01-02,a,x
2025-01-04,b,z
2025-01-04,b,z
"""


@pytest.fixture
def layer(tmp_path: Path):
    (tmp_path / "askgrowth.yml").write_text("version: 1\nname: visits\nlocale: en-US\ntoday: 2025-01-05\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "visits.yml").write_text(YAML)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "visits.csv").write_text(ROWS)
    return semantic_layer.open(tmp_path)


def _query(*groups: str) -> MetricQuery:
    return MetricQuery.model_validate(
        {
            "metrics": ["people"],
            "group_by": [{"dimension": name} for name in groups],
            "period": {"start": "2025-01-01", "end": "2025-01-05"},
            "transforms": [{"kind": "average_per", "metric": "people", "grain": "day"}],
        }
    )


def test_each_day_is_counted_by_itself_and_a_day_without_rows_counts_as_none(layer):
    # 2 people on the 1st, 1 on the 2nd, 0 on the 3rd, 1 on the 4th; 3 people in all.
    table = layer.query(_query()).table
    assert [tuple(row) for row in table.rows] == [(3, pytest.approx(1.0))]


def test_each_group_has_its_own_average(layer):
    # a: 2, 1, 0, 0; b: 1, 0, 0, 1.
    table = layer.query(_query("shop")).table
    assert {row[0]: row[2] for row in table.rows} == {"a": pytest.approx(0.75), "b": pytest.approx(0.5)}
