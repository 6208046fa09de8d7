"""Data files into one DuckDB file: found, fingerprinted, loaded once per version, swapped in whole."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from semantic_layer.catalog import Catalog, Model, SimpleMetric
from semantic_layer.coverage import COVERAGE_TABLE, Coverage, coverage_queries
from semantic_layer.errors import DataError, nearest
from semantic_layer.expression import column_names, parse_expression
from semantic_layer.sources import tables_of
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.engines.duckdb_load import Expected

ENDINGS = (".parquet", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".pq")
# Part of every data version: raise it when the same files would be loaded differently.
LOADER_VERSION = "1"
SMALL = (
    65_536  # bytes; a file up to this size is fingerprinted by content, so that touching it rebuilds nothing
)
_SUMMED = frozenset({"sum", "avg", "median", "percentile"})


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The files behind the models: `tables` by name, and `models` whose source was a file, as tables."""

    tables: Mapping[str, Path]
    models: Mapping[str, Model]


def find_files(catalog: Catalog, root: Path, data_dir: Path | None, folder: str | None = None) -> DataFiles:
    """Return the data file of every table that the models read.

    A table `x` is `x.parquet`, `x.csv` … in `data_dir`, else in the workspace's data folder, else in the
    workspace itself. A model's source with a suffix or a slash is a path relative to the workspace (or to
    `data_dir`).

    Raises:
        DataError: `file_missing`; a file is not there, with the nearest of those that are.
    """
    folders = tuple(part for part in (data_dir, root / (folder or "data"), root) if part is not None)
    tables: dict[str, Path] = {}
    models: dict[str, Model] = {}
    for name, model in catalog.models.items():
        if model.source_kind == "file":
            tables[name] = _explicit(model, folders)
            models[name] = replace(model, source=name, source_kind="table")
            continue
        for table in tables_of(model):
            if table not in tables:
                tables[table] = _by_name(table, model, folders)
    return DataFiles(tables, models)


def _explicit(model: Model, folders: tuple[Path, ...]) -> Path:
    candidates = [Path(model.source), *(folder / model.source for folder in folders)]
    for path in candidates:
        if path.is_absolute() and path.is_file():
            return path
    raise _missing(model.source, model, folders)


def _by_name(table: str, model: Model, folders: tuple[Path, ...]) -> Path:
    for folder in folders:
        for ending in ENDINGS:
            path = folder / f"{table}{ending}"
            if path.is_file():
                return path
    raise _missing(table, model, folders)


def _missing(name: str, model: Model, folders: tuple[Path, ...]) -> DataError:
    there = sorted(
        file.name
        for folder in folders
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.endswith(ENDINGS)
    )
    close = nearest(Path(name).name, there) or tuple(there[:8])
    place = f"{model.place.file}:{model.place.line}" if model.place else model.name
    looked = ", ".join(str(folder) for folder in folders[:2])
    hint_zh = f"现有:{'、'.join(close)}。" if close else f"在 {looked} 里没有数据文件。"
    hint_en = f"There are: {', '.join(close)}." if close else f"There is no data file in {looked}."
    return DataError(
        Text(
            zh=f"模型 {model.name}({place})的数据 {name!r} 不存在。{hint_zh}",
            en=f"There are no data {name!r} for the model {model.name} ({place}). {hint_en}",
        ),
        Text(
            zh=f"把 {Path(name).name}.parquet 或 .csv 放进 data/,或改模型的 table:。",
            en=f"Put {Path(name).name}.parquet or .csv into data/, or change the model's table:.",
        ),
        code="file_missing",
    )


def version_of(files: Mapping[str, Path], catalog: Catalog, timezone: str) -> str:
    """Return the data version: it changes when a file, its table or what is kept about it changes."""
    digest = hashlib.sha256(f"{LOADER_VERSION}\x1f{timezone}".encode())
    for table, path in sorted(files.items()):
        digest.update(f"\x1e{table}\x1f{path}\x1f{fingerprint(path)}".encode())
    digest.update(repr(_shape(catalog)).encode())
    return digest.hexdigest()[:16]


def _shape(catalog: Catalog) -> list[tuple[object, ...]]:
    """Return what decides how the files are loaded and what is measured about them."""
    shape: list[tuple[object, ...]] = [
        (model.name, model.source, model.source_kind, model.agg_time_dimension)
        for model in catalog.models.values()
    ]
    for metric in catalog.metrics.values():
        if isinstance(metric.type, SimpleMetric):
            kind = metric.type
            shape.append((kind.model, kind.agg in _SUMMED, kind.expr, kind.agg_time_dimension))
    for dimension in catalog.dimensions.values():
        if dimension.kind == "time":
            shape += [(binding.model, dimension.name, binding.expr) for binding in dimension.bindings]
    return shape


def fingerprint(path: Path) -> str:
    """Return what identifies a file's content: a hash of small ones, size and time of the others."""
    try:
        state = path.stat()
        if state.st_size <= SMALL:
            return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(
            Text(zh=f"无法读取 {path}:{error.strerror}。", en=f"{path} cannot be read: {error.strerror}."),
            Text(zh="检查文件及其权限。", en="Check the file and its permissions."),
            code="file_missing",
        ) from error
    return f"{state.st_size}-{state.st_mtime_ns}"


def ensure_warehouse(
    state_dir: Path, name: str, files: Mapping[str, Path], catalog: Catalog, timezone: str
) -> tuple[Path, str]:
    """Return the DuckDB file that holds `files`, and its data version; built where it does not exist yet.

    The file is written aside and renamed, so that another process sees all of it or nothing; files of older
    versions of the same workspace (`name`) are removed, which running queries on them survive.

    Raises:
        DataError: `state_unwritable`, or whatever is wrong with a file (see `load_files`).
    """
    version = version_of(files, catalog, timezone)
    folder = state_dir / "warehouse"
    target = folder / f"{name}-{version}.duckdb"
    if target.is_file():
        return target, version
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
    except OSError as error:
        raise DataError(
            Text(
                zh=f"无法写入 {folder}:{error.strerror}。", en=f"Cannot write to {folder}: {error.strerror}."
            ),
            Text(
                zh="设置 ASKGROWTH_STATE_DIR 为可写的文件夹。",
                en="Set ASKGROWTH_STATE_DIR to a writable folder.",
            ),
            code="state_unwritable",
        ) from error
    built = scratch / "new.duckdb"
    try:
        build(built, files, catalog, timezone)
        os.replace(built, target)  # noqa: PTH105 - the rename is the point: atomic, over a twin of another process
    finally:
        for left in scratch.iterdir():
            left.unlink(missing_ok=True)
        scratch.rmdir()
    _remove_older(folder, name, target)
    return target, version


def build(target: Path, files: Mapping[str, Path], catalog: Catalog, timezone: str) -> None:
    """Write `target` with one table per file and the coverage of every model."""
    import duckdb

    from semantic_layer.engines.duckdb_load import load_files

    load_files(target, files, _expected(catalog))
    connection = duckdb.connect(target, config={"autoinstall_known_extensions": "false"})
    try:
        connection.execute("SET TimeZone = ?", [timezone])
        connection.execute(
            f"CREATE TABLE {COVERAGE_TABLE} "
            "(model VARCHAR, dimension VARCHAR, first_day DATE, last_day DATE, row_count BIGINT)"
        )
        for (model, time), sql in coverage_queries(catalog).items():
            try:
                row = connection.execute(sql).fetchone()
            except duckdb.Error:
                row = None  # `check` says what is wrong with the column; the other models still work
            if row is not None:
                connection.execute(
                    f"INSERT INTO {COVERAGE_TABLE} VALUES (?, ?, ?, ?, ?)", [model, time, *row]
                )
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _expected(catalog: Catalog) -> dict[str, dict[str, Expected]]:
    """Return what columns must hold, by table: what is summed is a number, what is a time is a time stamp."""
    wanted: dict[str, dict[str, Expected]] = {}
    for metric in catalog.metrics.values():
        kind = metric.type
        if isinstance(kind, SimpleMetric) and kind.agg in _SUMMED:
            model = catalog.models[kind.model]
            if (column := _bare_column(kind.expr)) is not None and model.source_kind != "sql":
                wanted.setdefault(_table(model), {})[column] = "number"
    for dimension in catalog.dimensions.values():
        if dimension.kind != "time":
            continue
        for binding in dimension.bindings:
            model = catalog.models[binding.model]
            if (column := _bare_column(binding.expr)) is not None and model.source_kind != "sql":
                wanted.setdefault(_table(model), {})[column] = "timestamp"
    return wanted


def _table(model: Model) -> str:
    return model.name if model.source_kind == "file" else model.source


def _bare_column(expr: str) -> str | None:
    """Return the column that an expression is, or None where it computes something."""
    if expr.isidentifier():
        return expr
    if expr.startswith('"'):
        names = column_names(parse_expression(expr))
        return names[0] if len(names) == 1 and expr == '"' + names[0].replace('"', '""') + '"' else None
    return None


def _remove_older(folder: Path, name: str, current: Path) -> None:
    for old in folder.glob(f"{name}-*.duckdb"):
        if old != current:
            try:
                old.unlink()
            except OSError:
                continue  # still open on a system that forbids it; the next build tries again


def stored_coverage(rows: tuple[tuple[object, ...], ...]) -> dict[tuple[str, str], Coverage]:
    """Return the coverage as stored in a warehouse file (rows of the coverage table)."""
    from semantic_layer.coverage import as_coverage

    return {(str(model), str(time)): as_coverage(rest) for model, time, *rest in rows}
