"""The same dbt model and queries through MetricFlow (a process of its own): the rows must be equal."""

import json
import os
import subprocess
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.coverage import Coverage
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery
from semantic_layer.shorthand import parse_group_by

FOLDER = Path(__file__).parent / "metricflow"
ROOT = FOLDER.parents[2]
FIRST, AFTER = date(2025, 1, 1), date(2025, 3, 6)
QUERIES = [
    (["amount"], ["sale__shop"]),
    (["amount"], ["buyer__city"]),
    (["amount"], ["buyer"]),
    (["amount"], ["buyer__level"]),
    (["amount", "share_a"], ["metric_time__month", "buyer__level"]),
    (["growth"], ["metric_time__month", "buyer__level"]),
    (["amount", "buyers", "sales"], ["metric_time__month"]),
    (["amount_per_sale", "share_a"], ["metric_time__week"]),
    (["amount_per_sale", "share_a"], []),
    (["x_share", "city_x_amount"], ["sale__shop"]),
    (["january_amount"], ["sale__shop"]),
    (["regular_amount"], ["sale__shop"]),
    (["growth"], ["metric_time__month"]),
    (["growth"], ["metric_time__day"]),
    (["growth"], ["metric_time__month", "sale__shop"]),
    (["since_start"], ["metric_time__day"]),
    (["amount_ever"], []),
    (["amount_ever"], ["metric_time__day"]),
    (["amount_ever"], ["metric_time__month"]),
    (["amount_ever"], ["metric_time__day", "buyer__city"]),
    (["amount_2_days"], ["metric_time__day"]),
    (["amount_in_month"], ["metric_time__day", "sale__shop"]),
    (["amount_in_month"], ["metric_time__week"]),
    (["buyers_3_days"], ["metric_time__day"]),
    (["ever_at_end", "ever_on_average"], ["metric_time__month"]),
    (["filled"], ["metric_time__day"]),
    (["filled"], ["metric_time__month", "sale__shop"]),
    (["balance"], []),
    (["balance"], ["metric_time__month"]),
    (["balance"], ["balance_row__kind"]),
    (["balance_of_each"], []),
    (["balance_of_each"], ["metric_time__month"]),
    (["balance_of_each"], ["account"]),
    (["amount", "balance"], ["metric_time__day"]),
    (["money"], ["metric_time__month"]),
    (["visit_to_buy"], []),
    (["visit_to_buy"], ["visit__source"]),
    (["buys_after_visit"], ["metric_time__day"]),
    (["same_item"], ["visit__source"]),
    (["visits", "buys"], ["metric_time__day", "visitor"]),
]


@pytest.fixture(scope="module")
def theirs():
    """MetricFlow's SQL for every query, in order."""
    asked = json.dumps([{"metrics": metrics, "group_by": groups} for metrics, groups in QUERIES])
    python = ROOT / ".venv-oracles" / "bin" / "python"
    quiet = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    run = subprocess.run(
        [python, FOLDER / "ask.py"], input=asked, capture_output=True, text=True, check=True, env=quiet
    )
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def catalog():
    things = list(yaml.safe_load_all((FOLDER / "model.yaml").read_text(encoding="utf-8")))
    models = [thing["semantic_model"] for thing in things if "semantic_model" in thing]
    named = [{**model, "model": model["node_relation"]["alias"]} for model in models]
    metrics = [{**thing["metric"], "label": thing["metric"]["name"]} for thing in things if "metric" in thing]
    return load_text(yaml.safe_dump({"semantic_models": named, "metrics": metrics})).catalog_or_raise()


@pytest.fixture(scope="module")
def database():
    with duckdb.connect() as connection:
        cases = yaml.safe_load((FOLDER.parent / "cases" / "running.yml").read_text(encoding="utf-8"))
        connection.execute(cases["tables"])
        connection.execute(
            "CREATE TABLE time_spine AS SELECT CAST(range AS DATE) AS ds "
            "FROM range(DATE '2025-01-01', DATE '2025-03-06', INTERVAL 1 DAY)"
        )
        yield connection


@pytest.mark.needs_oracle("metricflow")
@pytest.mark.parametrize(
    "position", range(len(QUERIES)), ids=lambda at: "-".join((*QUERIES[at][0], *QUERIES[at][1]))
)
def test_metricflow_gives_the_same_rows(golden, theirs, catalog, database, position):
    metrics, groups = QUERIES[position]
    query = MetricQuery(metrics=tuple(metrics), group_by=tuple(parse_group_by(name) for name in groups))
    coverage = {model: Coverage(FIRST, AFTER) for model in catalog.models}
    compiled = compile_query(catalog, query, CompileContext(today=date(2025, 3, 5), coverage=coverage))
    ours = database.execute(compiled.sql).fetchall()
    expected = database.execute(theirs[position]["sql"]).fetchall()
    assert golden.equal([_dated(row) for row in ours], [_dated(row) for row in expected]), compiled.sql


def _dated(row):
    """MetricFlow's buckets are time stamps at midnight."""
    return tuple(cell.date() if hasattr(cell, "hour") else cell for cell in row)
