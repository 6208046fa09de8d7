"""How long our SQL takes beside hand-written SQL: `python -m evals.bench sql`.

The queries, the hand-written answers and the generated tables are in `sql_queries.yml`. Both are run in turn in one
process, over and over; each query's ratio is median over median, and the budget of design section 12 is for the
median of the ratios. Results must be equal, or nothing is measured. Then the queries that a rollup answers, beside
the same queries without it: at least 20 times as fast.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bot.settings import read_settings
from semantic_layer.catalog import Catalog
from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.compiler.rollups import rollup_sql
from semantic_layer.coverage import Coverage
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery
from semantic_layer.rollup import ROLLUPS_SCHEMA
from semantic_layer.shorthand import parse_group_by

if TYPE_CHECKING:
    import duckdb

BUDGET = 1.1
TIMES_WITH_ROLLUPS = 20.0
ROWS = 50_000_000
TODAY = date(2025, 11, 19)
FILE = Path(__file__).with_name("sql_queries.yml")


@dataclass(frozen=True, slots=True)
class Pair:
    """One question as our SQL and as hand-written SQL."""

    name: str
    query: MetricQuery
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Median milliseconds of both, and how much more processor time ours takes: what no other program disturbs."""

    name: str
    ours: float
    theirs: float
    processor: float

    @property
    def ratio(self) -> float:
        """Return how many times the hand-written SQL's time ours takes."""
        return self.ours / self.theirs


class UnequalError(Exception):
    """Our SQL and the hand-written SQL gave different rows."""


def run(argv: list[str]) -> int:
    """Print each ratio and their median; 0 within the budget, 1 over it or where rows differ."""
    parser = argparse.ArgumentParser(prog="bench sql", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args(argv)
    state = read_settings().state_dir
    state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-sql-", dir=state) as folder:
        began = time.perf_counter()
        connection = generated(Path(folder) / "sales.duckdb", asked.rows, asked.threads)
        print(f"{asked.rows:,} sales generated in {time.perf_counter() - began:.1f} s")
        try:
            timings = [measured(connection, pair, asked.rounds) for pair in pairs()]
            build_rollups(connection)
            faster = [measured(connection, pair, asked.rounds) for pair in rollup_pairs()]
        except UnequalError as error:
            print(error)
            return 1
        finally:
            connection.close()
    return max(report(timings), report_rollups(faster))


def report(timings: Sequence[Timing]) -> int:
    """Print a table; return 1 where the median ratio is over the budget.

    A query is marked over where both clock and processor say so.
    """
    print(f"{'milliseconds, median':<32} {'ours':>9} {'by hand':>9} {'ratio':>7} {'cpu':>7}")
    for timing in timings:
        over = "  over" if min(timing.ratio, timing.processor) > BUDGET else ""
        print(
            f"{timing.name:<32} {timing.ours:>9.1f} {timing.theirs:>9.1f} "
            f"{timing.ratio:>7.2f} {timing.processor:>7.2f}{over}"
        )
    median = statistics.median(timing.ratio for timing in timings)
    processor = statistics.median(timing.processor for timing in timings)
    print(f"{'median of the ratios':<32} {median:>27.2f} {processor:>7.2f}   budget {BUDGET}")
    return int(median > BUDGET)


def report_rollups(timings: Sequence[Timing]) -> int:
    """Print how many times as fast each query is with a rollup; return 1 where the median is under 20."""
    print(f"{'milliseconds, median':<32} {'rollup':>9} {'without':>9} {'times':>7}")
    for timing in timings:
        print(f"{timing.name:<32} {timing.ours:>9.1f} {timing.theirs:>9.1f} {1 / timing.ratio:>7.1f}")
    median = statistics.median(1 / timing.ratio for timing in timings)
    print(f"{'median with rollups':<32} {median:>27.1f}   at least {TIMES_WITH_ROLLUPS:g}")
    return int(median < TIMES_WITH_ROLLUPS)


def pairs() -> list[Pair]:
    """Return every question of the file, compiled without rollups."""
    catalog, queries = _content()
    return [
        Pair(written["name"], query, compile_query(catalog, query, _context()).sql, written["sql"])
        for written, query in queries
    ]


def rollup_pairs() -> list[Pair]:
    """Return the questions that a rollup answers, with it and without it."""
    catalog, queries = _content()
    context = replace(_context(), rollups=frozenset(catalog.rollups))
    found = []
    for written, query in queries:
        with_rollups = compile_query(catalog, query, context)
        if with_rollups.rollups:
            plain = compile_query(catalog, query, _context())
            found.append(Pair(written["name"], query, with_rollups.sql, plain.sql))
    return found


def build_rollups(connection: duckdb.DuckDBPyConnection) -> None:
    """Build the rollups of the file in the generated database."""
    catalog, _ = _content()
    connection.execute(f"CREATE SCHEMA {ROLLUPS_SCHEMA}")
    for name in catalog.rollups:
        connection.execute(f"CREATE TABLE {ROLLUPS_SCHEMA}.{name} AS {rollup_sql(catalog, name)}")


def _context() -> CompileContext:
    span = Coverage(date(2024, 1, 1), date(2025, 11, 20))
    return CompileContext(today=TODAY, coverage={"sales": span, "ad_daily": span})


def _content() -> tuple[Catalog, list[tuple[dict[str, Any], MetricQuery]]]:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    catalog = load_text(yaml.safe_dump(content["workspace"], allow_unicode=True)).catalog_or_raise()
    return catalog, [(written, _query(written)) for written in content["queries"]]


def _query(written: dict[str, Any]) -> MetricQuery:
    asked = dict(written["query"])
    asked["group_by"] = [
        parse_group_by(item) if isinstance(item, str) else item for item in asked.get("group_by", [])
    ]
    asked["where"] = [{"kind": "condition", **part} for part in asked.get("where", [])]
    return MetricQuery.model_validate(asked)


def generated(path: Path, rows: int, threads: int) -> duckdb.DuckDBPyConnection:
    """Return a connection to a new file with the generated tables, the same rows every time."""
    import duckdb

    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    settings: dict[str, str | bool | int | float | list[str]] = {"threads": threads, "memory_limit": "3GB"}
    connection = duckdb.connect(path, config=settings)
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(content["tables"].replace("{rows}", str(rows)))
    connection.execute("CHECKPOINT")
    return connection


def measured(connection: duckdb.DuckDBPyConnection, pair: Pair, rounds: int) -> Timing:
    """Return the median times of both; each round starts with the other one.

    Raises:
        UnequalError: their rows differ.
    """
    ours, theirs = (connection.execute(sql).fetchall() for sql in (pair.ours, pair.theirs))  # warm, too
    if not equal(ours, theirs):
        raise UnequalError(f"{pair.name}: the rows differ\n{ours[:5]}\n{theirs[:5]}")
    clock: tuple[list[float], list[float]] = ([], [])
    busy: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            began, worked = time.perf_counter(), time.process_time()
            connection.execute((pair.ours, pair.theirs)[side]).fetchall()
            busy[side].append((time.process_time() - worked) * 1e3)
            clock[side].append((time.perf_counter() - began) * 1e3)
    processor = statistics.median(busy[0]) / max(statistics.median(busy[1]), 0.001)
    return Timing(pair.name, statistics.median(clock[0]), statistics.median(clock[1]), processor)


def equal(ours: list[tuple[object, ...]], theirs: list[tuple[object, ...]]) -> bool:
    """Return whether both hold the same rows, in any order of equals; numbers to nine digits."""
    ours, theirs = sorted(ours, key=_sort_key), sorted(theirs, key=_sort_key)
    return len(ours) == len(theirs) and all(
        len(a) == len(b) and all(map(_same, a, b)) for a, b in zip(ours, theirs, strict=True)
    )


def _sort_key(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(f"{cell:025.4f}" if isinstance(cell, int | float | Decimal) else str(cell) for cell in row)


def _same(a: object, b: object) -> bool:
    if isinstance(a, int | float | Decimal) and isinstance(b, int | float | Decimal):
        return isclose(a, b, rel_tol=1e-9)
    return a == b
