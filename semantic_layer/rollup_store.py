"""Rollups on disk: one DuckDB file beside the warehouse, for one version of the data, read where it is there."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from semantic_layer.catalog import Catalog
from semantic_layer.engines.base import Engine
from semantic_layer.errors import DataError, EngineError, UnknownNameError
from semantic_layer.rollup import ROLLUPS_SCHEMA
from semantic_layer.text import Text

if TYPE_CHECKING:
    import duckdb

    from semantic_layer.workspace import SemanticLayer

_LIST = "built_rollups"  # name, definition, row_count


@dataclass(frozen=True, slots=True)
class BuiltRollup:
    """A rollup and whether its table fits the data and the YAML as they are; `rows` is None where it does not."""

    name: str
    rows: int | None
    seconds: float | None = None


def rollups_file(state_dir: Path, source: Path, version: str) -> Path:
    """Return where the rollups of one version of a database file are kept."""
    mark = hashlib.sha256(f"{source}\x1f{version}".encode()).hexdigest()[:16]
    return state_dir / "warehouse" / f"{source.stem}-{mark}.rollups.duckdb"


def built_rollups(catalog: Catalog, engine: Engine) -> dict[str, int]:
    """Return the rows of each rollup whose table is there and was built from its present definition."""
    if not catalog.rollups or engine.dialect != "duckdb":
        return {}
    try:
        kept = engine.execute(f"SELECT name, definition, row_count FROM {ROLLUPS_SCHEMA}.{_LIST}").rows
    except EngineError:
        return {}  # none is built yet
    wanted = {name: _definition(catalog, name) for name in catalog.rollups}
    return {str(n): int(str(rows)) for n, definition, rows in kept if wanted.get(str(n)) == definition}


def list_rollups(layer: SemanticLayer) -> tuple[BuiltRollup, ...]:
    """Return every declared rollup, built or not."""
    built = built_rollups(layer.catalog, layer.engine)
    return tuple(BuiltRollup(name, built.get(name)) for name in layer.catalog.rollups)


def build_rollups(layer: SemanticLayer, names: Sequence[str] = ()) -> tuple[BuiltRollup, ...]:
    """Build the rollups (all of them, or those named and those built before) and close the layer.

    The file is written aside and renamed, so that a reader sees all of it or nothing.

    Raises:
        UnknownNameError: no such rollup. QueryError: `rollup_not_possible`. DataError: the data are not in a file.
    """
    import duckdb

    catalog, source = layer.catalog, getattr(layer.engine, "path", None)
    for name in names:
        if name not in catalog.rollups:
            raise UnknownNameError(Text(zh="预聚合", en="rollup"), name, catalog.rollups)
    if layer.engine.dialect != "duckdb":
        raise DataError(
            Text(
                zh=f"engine 是 {layer.engine.dialect}:预聚合只在 DuckDB 上可用。",
                en=f"The engine is {layer.engine.dialect}: rollups are built on DuckDB only.",
            ),
            Text(
                zh="在服务器上建汇总表(物化视图),把它作为模型的 table:。",
                en="Build a summary table (a materialised view) on the server, and make it a model's table:.",
            ),
            code="rollup_needs_file",
        )
    if not isinstance(source, Path):
        raise DataError(
            Text(
                zh="数据在调用方的连接里,预聚合没有地方存放。",
                en="The data are in a caller's connection: there is no place for rollups.",
            ),
            Text(
                zh="用数据文件或 engine: 中的数据库文件打开。",
                en="Open it over data files or a database file under engine:.",
            ),
            code="rollup_needs_file",
        )
    before = built_rollups(catalog, layer.engine)
    wanted = [name for name in catalog.rollups if not names or name in names or name in before]
    statements = {name: _definition(catalog, name) for name in wanted}
    target = rollups_file(layer.opening.state_dir, source, layer.data_version)
    zone, limits = layer.settings.timezone, layer.settings.limits
    layer.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".rollups-", dir=target.parent) as folder:
        scratch = Path(folder) / "new.duckdb"
        with duckdb.connect(config={"memory_limit": limits.memory}) as connection:
            connection.execute("SET TimeZone = ?", [zone])
            connection.execute(f"ATTACH {_text(scratch)} AS built")
            connection.execute(f"ATTACH {_text(source)} AS source (READ_ONLY)")
            connection.execute("USE source")
            connection.execute(
                f"CREATE TABLE built.{_LIST} (name VARCHAR, definition VARCHAR, row_count BIGINT)"
            )
            made = [_build(connection, name, sql) for name, sql in statements.items()]
        os.replace(scratch, target)  # noqa: PTH105 - the rename is the point: atomic, over an older build
    return tuple(made)


def _build(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> BuiltRollup:
    began = time.perf_counter()
    connection.execute(f'CREATE TABLE built."{name}" AS {sql}')
    counted = connection.execute(f'SELECT COUNT(*) FROM built."{name}"').fetchone()
    rows = int(counted[0]) if counted else 0
    connection.execute(f"INSERT INTO built.{_LIST} VALUES (?, ?, ?)", [name, sql, rows])
    return BuiltRollup(name, rows, time.perf_counter() - began)


def _definition(catalog: Catalog, name: str) -> str:
    """Return the SELECT that a rollup is built from: it changes whenever what it means does."""
    from semantic_layer.compiler.rollups import rollup_sql

    return rollup_sql(catalog, name)


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
