"""Every analysis with SQL of its own, on a sixtieth of the demo's customers: a server gives what DuckDB gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import semantic_layer
from bot.wiring import demo_data
from semantic_layer.results import ResultCache
from semantic_layer.workspace import SemanticLayer
from tools.finding import find_tools
from tools.registry import ToolContext
from tools.result import ToolResult

ENGINES = (
    pytest.param("on_postgres", marks=pytest.mark.needs_program("postgres")),
    pytest.param("on_clickhouse", marks=pytest.mark.needs_oracle("chdb")),
    pytest.param("on_spark", marks=[pytest.mark.needs_oracle("pyspark"), pytest.mark.needs_program("java")]),
)
SHARE = 60
OF_A_CUSTOMER = ("customers", "orders", "refunds", "reviews", "touchpoints")
OF_AN_ORDER = ("order_lines",)
OF_A_VISITOR = ("sessions", "session_events")
TOOLS = (
    "ab_test", "attribution", "basket", "churn", "deals", "experiment_funnel", "funnel", "ltv", "paths", "promotion",
    "retention", "rfm", "segmentation", "sentiment",
)  # fmt: skip
"""Those that read rows; the others only ask for metrics, which the golden cases are about."""


@pytest.fixture(scope="module")
def sample(state_dir: Any) -> Iterator[Any]:
    """The demo's tables in memory, of every sixtieth customer and visitor; small ones whole."""
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    path = layer.engine.path
    layer.close()
    made = duckdb.connect()
    made.execute(f"ATTACH '{path}' AS whole (READ_ONLY)")
    names = [
        row[0]
        for row in made.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'whole'"
        ).fetchall()
    ]
    for name in names:
        kept = "TRUE"
        if name in OF_A_CUSTOMER:
            kept = f"HASH(customer_id) % {SHARE} = 0"
        elif name in OF_AN_ORDER:
            kept = "order_id IN (SELECT order_id FROM whole.main.orders WHERE HASH(customer_id) % 60 = 0)"
        elif name in OF_A_VISITOR:
            kept = f"HASH(visitor_id) % {SHARE} = 0"
        elif name == "experiment_assignments":
            kept = f"HASH(unit_id) % {SHARE} = 0"
        elif name in ("ad_daily", "store_daily"):
            kept = "day >= DATE '2025-10-10'"
        if not name.startswith("_"):
            made.execute(f'CREATE TABLE "{name}" AS SELECT * FROM whole.main."{name}" WHERE {kept}')
    made.execute("DETACH whole")
    yield made
    made.close()


@pytest.fixture(scope="module")
def at_home(sample: Any, state_dir: Any) -> SemanticLayer:
    return semantic_layer.open("demo", sample, state_dir=state_dir)


@pytest.fixture(scope="module")
def results_at_home(at_home: SemanticLayer) -> dict[str, ToolResult]:
    return {name: _result(name, at_home) for name in TOOLS}


@pytest.fixture(scope="module", params=ENGINES)
def elsewhere(
    request: pytest.FixtureRequest,
    sample: Any,
    at_home: SemanticLayer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SemanticLayer]:
    """The same workspace over the same tables on a server."""
    server = request.getfixturevalue(request.param)
    engine = (
        _spark_over(sample, server, tmp_path_factory.mktemp("parquet"))
        if request.param == "on_spark"
        else server.opened("sampled", sample)
    )
    yield replace(at_home, engine=engine, _results=ResultCache())
    engine.close()


def _spark_over(sample: Any, server: Any, folder: Path) -> Any:
    """Tables of this size go to Spark as files: its parser takes minutes for the rows as literals."""
    with duckdb.connect() as empty:
        engine = server.opened("sampled", empty)
    for (name,) in sample.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        file = folder / f"{name}.parquet"
        sample.execute(f"COPY \"{name}\" TO '{file}' (FORMAT parquet)")
        engine._session.read.parquet(str(file)).createOrReplaceTempView(name)
    return engine


def _result(name: str, layer: SemanticLayer) -> ToolResult:
    (found,) = (tool for tool in find_tools() if tool.name == name)
    return found.run({}, ToolContext(layer, layer.today()))


@pytest.mark.parametrize("name", TOOLS)
def test_an_analysis_gives_what_it_gives_at_home(name, elsewhere, results_at_home):
    ours, theirs = _result(name, elsewhere), results_at_home[name]
    assert ours.headline == theirs.headline
    assert [one.statement for one in ours.findings] == [one.statement for one in theirs.findings]
    assert len(ours.tables) == len(theirs.tables)
    for one, other in zip(ours.tables, theirs.tables, strict=True):
        assert [column.name for column in one.columns] == [column.name for column in other.columns]
        assert len(one.rows) == len(other.rows)
        for row, like in zip(sorted(one.rows, key=_rounded), sorted(other.rows, key=_rounded), strict=True):
            assert all(map(_same, row, like)), f"{row}\n{like}"


def _rounded(row: tuple[Any, ...]) -> str:
    """Rows in an order that does not hang on the last digit of a sum of doubles."""
    return str([f"{cell:.6g}" if isinstance(cell, (float, Decimal)) else cell for cell in row])


def _same(one: Any, other: Any) -> bool:
    """Numbers may differ where doubles were added up in another order, and a model was fitted to their sum."""
    numbers = (int, float, Decimal)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return float(one) == pytest.approx(float(other), rel=1e-4, abs=1e-9)
    return bool(one == other)
