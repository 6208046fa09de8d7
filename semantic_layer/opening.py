"""Open a workspace: YAML, users, data, engine."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from semantic_layer.catalog import Catalog
from semantic_layer.coverage import (
    COVERAGE_TABLE,
    CoverageMap,
)
from semantic_layer.engines.base import Engine, Limits
from semantic_layer.errors import AskGrowthError, DataError
from semantic_layer.loader import Loaded, load
from semantic_layer.loader.files import USERS_FILE, workspace_root
from semantic_layer.loader.users import load_users
from semantic_layer.spec.workspace_file import WorkspaceSpec
from semantic_layer.text import Text
from semantic_layer.warehouse import ensure_warehouse, find_files, fingerprint, stored_coverage, version_of
from semantic_layer.workspace import Opening, Reload, SemanticLayer, WorkspaceSettings

if TYPE_CHECKING:
    import duckdb


def open_workspace(
    path: str | Path,
    connection: duckdb.DuckDBPyConnection | None = None,
    *,
    state_dir: Path | None = None,
    data_dir: Path | None = None,
) -> SemanticLayer:
    """Return the workspace at `path` (a folder, its `askgrowth.yml`, a single YAML file or a dbt project), opened.

    The data are, in this order: those of `connection` (used, never closed); the DuckDB file that `engine:`
    names; Parquet and CSV files in `data_dir`, else in the workspace's data folder, loaded into a DuckDB file
    in `state_dir` (the user's cache folder by default) and read from there.

    Raises:
        SpecErrors: the YAML has problems, all of them listed.
        DataError: the workspace or its data are missing, locked or broken.
    """
    where = Path(path).resolve()
    root = workspace_root(where)
    loaded = load(where)
    users = load_users(root, loaded.problems)
    catalog = loaded.catalog_or_raise()
    settings = _settings(root, loaded.settings)
    opening = Opening(where, state_dir, data_dir, connection, stamp_of(where))
    catalog, engine, version, spans = _data(catalog, loaded, settings, opening)
    verified = tuple(entry.spec for entry in loaded.sections.verified)
    return SemanticLayer(catalog, settings, engine, version, users, verified, opening, spans)


def reload(layer: SemanticLayer) -> Reload:
    """Return what `SemanticLayer.reload_if_changed` promises."""
    opening = layer.opening
    try:
        if stamp_of(opening.path) == opening.stamp and not _data_changed(layer):
            return Reload(layer)
        opened = open_workspace(
            opening.path, opening.connection, state_dir=opening.state_dir, data_dir=opening.data_dir
        )
    except AskGrowthError as error:
        return Reload(layer, error=error)
    return Reload(opened, changed=True)


def _data_changed(layer: SemanticLayer) -> bool:
    opening = layer.opening
    if opening.connection is not None:
        return False
    loaded = load(opening.path)
    if loaded.settings.engine.path is not None:
        return fingerprint(layer.settings.path / loaded.settings.engine.path) != layer.data_version
    files = find_files(loaded.catalog, layer.settings.path, opening.data_dir, loaded.settings.data)
    return version_of(files.tables, loaded.catalog) != layer.data_version


def _data(
    catalog: Catalog, loaded: Loaded, settings: WorkspaceSettings, opening: Opening
) -> tuple[Catalog, Engine, str, CoverageMap | None]:
    from semantic_layer.engines.duckdb import DuckDBEngine

    limits, zone = settings.limits, settings.timezone
    if opening.connection is not None:
        engine = DuckDBEngine(connection=opening.connection, limits=limits)
        return catalog, engine, f"connection-{id(opening.connection):x}", None
    if loaded.settings.engine.path is not None:
        file = settings.path / loaded.settings.engine.path
        engine = DuckDBEngine(file, limits=limits, timezone=zone)
        return catalog, engine, fingerprint(file), None
    files = find_files(catalog, settings.path, opening.data_dir, loaded.settings.data)
    where = (opening.state_dir or _cache_dir(), _state_name(opening), files.tables, catalog, zone)
    target, version = ensure_warehouse(*where)
    try:
        engine = DuckDBEngine(target, limits=limits, timezone=zone)
    except DataError:  # cut short by a full disk, or removed by the build of a newer version: once more
        target.unlink(missing_ok=True)
        target, version = ensure_warehouse(*where)
        engine = DuckDBEngine(target, limits=limits, timezone=zone)
    spans = stored_coverage(engine.execute(f"SELECT * FROM {COVERAGE_TABLE}").rows)
    models = {name: files.models.get(name, model) for name, model in catalog.models.items()}
    return replace(catalog, models=models), engine, version, spans


def _settings(root: Path, spec: WorkspaceSpec) -> WorkspaceSettings:
    engine, default = spec.engine, Limits()
    limits = Limits(
        seconds=engine.timeout_seconds or default.seconds,
        rows=engine.row_limit or default.rows,
        memory=engine.memory or default.memory,
        threads=engine.threads or default.threads,
    )
    return WorkspaceSettings(
        name=spec.name or Text.same(root.name or "workspace"),
        path=root,
        locale=spec.locale,
        timezone=spec.timezone,
        week_start=spec.week_start,
        fiscal_year_start=spec.fiscal_year_start,
        planner=spec.planner,
        today=spec.today,
        limits=limits,
    )


def _state_name(opening: Opening) -> str:
    """Return a name for this workspace's files in the state folder: readable, and its own."""
    root = workspace_root(opening.path)
    digest = hashlib.sha256(f"{opening.path}\x1f{opening.data_dir}".encode()).hexdigest()[:8]
    readable = re.sub(r"[^A-Za-z0-9_]+", "_", root.name)[:24] or "workspace"
    return f"{readable}-{digest}"


def _cache_dir() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("askgrowth", appauthor=False))


def stamp_of(path: Path) -> str:
    """Return what changes whenever a YAML file of the workspace does."""
    from semantic_layer.loader.files import source_files

    root = workspace_root(path)
    files = [file.path for file in source_files(path)]
    if (root / USERS_FILE).is_file():
        files.append(root / USERS_FILE)
    return "|".join(f"{file}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files)
