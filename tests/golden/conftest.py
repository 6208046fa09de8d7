"""Golden cases: a metric query beside hand-written SQL; both run on tiny tables, the rows must be equal.

A file in `cases/` holds a workspace (YAML as a user writes it), its tables (SQL) and its cases. In a case,
`query` is a MetricQuery as JSON (group_by also in the short form `day:week`), `sql` the hand-written answer
(or `rows`, derived by hand), or `refused` the code of the error and `names` words of it (of each language, where they
differ). `ordered: true` compares the order as well; `rule` names an excuse of the comparison with MetricFlow;
`uses` names the rollups that must be read (none where it is left out), built but for those in `not_built`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from semantic_layer.compiler import CompileContext, compile_query, tied_at_cut
from semantic_layer.compiler.index import index_of
from semantic_layer.compiler.rollups import rollup_sql
from semantic_layer.coverage import Coverage
from semantic_layer.errors import AskGrowthError
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery
from semantic_layer.rollup import ROLLUPS_SCHEMA
from semantic_layer.shorthand import parse_group_by

CASES = Path(__file__).parent / "cases"
TODAY = date(2030, 1, 1)
RICHER = ("calendars", "partitions")  # last: planted bugs of the rest are found sooner without them


@dataclass(frozen=True)
class Case:
    file: str
    name: str
    query: dict[str, Any]
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file}:{self.name}"


@lru_cache
def _content(file: str) -> dict[str, Any]:
    return yaml.safe_load((CASES / f"{file}.yml").read_text(encoding="utf-8"))


def all_cases() -> list[Case]:
    return [
        Case(
            path.stem,
            case["name"],
            case["query"],
            {k: v for k, v in case.items() if k not in ("name", "query")},
        )
        for path in sorted(CASES.glob("*.yml"), key=lambda path: (path.stem in RICHER, path.stem))
        for case in _content(path.stem)["cases"]
    ]


def query_of(case: Case) -> MetricQuery:
    written = dict(case.query)
    written["group_by"] = [
        parse_group_by(item) if isinstance(item, str) else item for item in written.get("group_by", [])
    ]
    return MetricQuery.model_validate(written)


@lru_cache
def catalog_of(file: str):
    return load_text(yaml.safe_dump(_content(file)["workspace"], allow_unicode=True)).catalog_or_raise()


def context_of(case: Case) -> CompileContext:
    given = case.expected
    coverage = {
        model: Coverage(span["start"], span["end"]) for model, span in given.get("coverage", {}).items()
    }
    return CompileContext(
        today=given.get("today", TODAY),
        coverage=coverage,
        row_filters={model: tuple(filters) for model, filters in given.get("row_filters", {}).items()},
        hidden=frozenset(given.get("hidden", ())),
        masked=frozenset(given.get("masked", ())),
        rollups=frozenset(catalog_of(case.file).rollups) - set(given.get("not_built", ())),
    )


def plain(cell: object) -> object:
    """A cell as YAML would write it: decimals as numbers, dates as text."""
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return cell


def same(ours: object, theirs: object) -> bool:
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)
    return ours == theirs


def sort_key(row: tuple[object, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple(
        (cell is None, f"{cell:020.6f}" if isinstance(cell, int | float) else str(cell)) for cell in row
    )


def equal_rows(ours: list[tuple], theirs: list[tuple], *, ordered: bool) -> bool:
    ours = [tuple(map(plain, row)) for row in ours]
    theirs = [tuple(map(plain, row)) for row in theirs]
    if not ordered:
        ours, theirs = sorted(ours, key=sort_key), sorted(theirs, key=sort_key)
    return len(ours) == len(theirs) and all(
        len(a) == len(b) and all(map(same, a, b)) for a, b in zip(ours, theirs, strict=True)
    )


class Golden:
    """Runs cases; one in-memory database per case file."""

    def __init__(self) -> None:
        self._databases: dict[str, duckdb.DuckDBPyConnection] = {}
        self._expected: dict[str, list[tuple]] = {}

    def database(self, file: str) -> duckdb.DuckDBPyConnection:
        if file not in self._databases:
            self._databases[file] = duckdb.connect(config={"threads": "1"})
            self._databases[file].execute("SET TimeZone = 'Asia/Shanghai'")
            self._databases[file].execute(_content(file)["tables"])
            self._databases[file].execute(f"CREATE SCHEMA {ROLLUPS_SCHEMA}")
            for name in catalog_of(file).rollups:
                sql = rollup_sql(catalog_of(file), name)
                self._databases[file].execute(f"CREATE TABLE {ROLLUPS_SCHEMA}.{name} AS {sql}")
        return self._databases[file]

    def compiled(self, case: Case, **changes):
        return compile_query(catalog_of(case.file), query_of(case), replace(context_of(case), **changes))

    def run(self, case: Case, sql: str) -> list[tuple]:
        return self.database(case.file).execute(sql).fetchall()

    def expected_rows(self, case: Case) -> list[tuple]:
        if "rows" in case.expected:
            return [tuple(row) for row in case.expected["rows"]]
        if str(case) not in self._expected:
            self._expected[str(case)] = self.run(case, case.expected["sql"])
        return self._expected[str(case)]

    def holds(self, case: Case) -> bool:
        """Whether a case gives what it should: the rows, in order where that is asked."""
        ours = self.run(case, self.compiled(case).sql)
        return equal_rows(ours, self.expected_rows(case), ordered=case.expected.get("ordered", False))

    def catalog(self, file: str):
        return catalog_of(file)

    def equal(self, ours: list[tuple], theirs: list[tuple], *, ordered: bool = False) -> bool:
        return equal_rows(ours, theirs, ordered=ordered)

    def equal_in_order(self, ours: list[tuple], theirs: list[tuple]) -> bool:
        return equal_rows(ours, theirs, ordered=True)

    def cases(self) -> list[Case]:
        return all_cases()

    def catches(self, case: Case) -> bool:
        """Whether a case tells a broken compiler from the right one."""
        expected = case.expected
        try:
            compiled = self.compiled(case)
        except AskGrowthError as error:
            return error.code != expected.get("refused")
        if "refused" in expected:
            return True
        try:
            if not self.holds(case):
                return True
            if compiled.rollups != tuple(expected.get("uses", ())):
                return True
            if "totals" in expected:
                return self.run(case, compiled.totals_sql) != [pytest.approx(tuple(expected["totals"]))]
            if "tied" in expected:
                note = tied_at_cut(compiled, self.run(case, compiled.sql), self.run(case, compiled.tie_sql))
                return (note.en if note else None) != expected["tied"]
        except duckdb.Error:
            return True
        return False

    def notices(self, case: Case) -> bool:
        """Whether a case fails under a broken compiler: a crash is a failure as well."""
        try:
            return self.catches(case)
        except Exception:  # whatever a compiler that forgets its checks runs into
            return True

    @contextmanager
    def fresh_memory(self) -> Iterator[None]:
        """Forget what the compiler remembers of the catalogs, before and after."""
        for step in (1, 2):
            for path in CASES.glob("*.yml"):
                index_of(catalog_of(path.stem)).memo.clear()
            if step == 1:
                yield

    def close(self) -> None:
        for database in self._databases.values():
            database.close()


@pytest.fixture(scope="session")
def golden():
    runner = Golden()
    yield runner
    runner.close()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what takes minutes, unless it is asked for."""
    return (
        True if collection_path.name == "test_every_case_counts.py" and not config.getoption("deep") else None
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", all_cases(), ids=str)
