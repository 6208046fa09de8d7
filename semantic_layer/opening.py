"""Open a workspace: what its files say, then its data and the engine."""

from __future__ import annotations

import hashlib
import re
import weakref
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from semantic_layer.catalog import Catalog
from semantic_layer.content import Content, Opening, WorkspaceSettings, keep, kept, stamp_of
from semantic_layer.coverage import COVERAGE_TABLE, CoverageMap, measure
from semantic_layer.engines.base import Engine
from semantic_layer.errors import AskGrowthError, DataError
from semantic_layer.files import USERS_FILE, source_files, workspace_root
from semantic_layer.rollup import ROLLUPS_SCHEMA
from semantic_layer.rollup_store import rollups_file
from semantic_layer.warehouse import ensure_warehouse, find_files, fingerprint, stored_coverage, version_of
from semantic_layer.workspace import Reload, SemanticLayer

if TYPE_CHECKING:
    import duckdb


_LOOK_AGAIN_SECONDS = 300.0  # a server is asked this often whether its data have grown


def open_workspace(
    path: str | Path,
    connection: duckdb.DuckDBPyConnection | None = None,
    *,
    state_dir: Path | None = None,
    data_dir: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> SemanticLayer:
    """Return the workspace at `path` (a folder, its `askgrowth.yml`, a single YAML file or a dbt project), opened.

    The data are, in this order: those of `connection` (used, never closed); the server or the DuckDB file that
    `engine:` names (`environ` holds the variables that its url asks for); Parquet and CSV files in `data_dir`,
    else in the workspace's data folder, loaded into a DuckDB file in `state_dir` (the user's cache folder by
    default) and read from there.

    Raises:
        SpecProblemsError: the YAML has problems, all of them listed.
        DataError: the workspace or its data are missing, locked or broken.
    """
    where = Path(path).expanduser().resolve()
    state = state_dir or _cache_dir()
    stamp = _stamp(where)
    content = _content(where, state, stamp)
    opening = Opening(where, state, data_dir, connection, stamp, content, environ or {})
    catalog, engine, version, spans = _data(opening)
    layer = SemanticLayer(
        catalog, content.settings, engine, version, content.users, content.verified, opening, spans
    )
    # Closed with the layer, and before the interpreter ends: DuckDB complains aloud about connections left open.
    weakref.finalize(layer, engine.close)
    return layer


def reload(layer: SemanticLayer) -> Reload:
    """Return what `SemanticLayer.reload_if_changed` promises."""
    opening = layer.opening
    try:
        if _stamp(opening.path) == opening.stamp and not _data_changed(layer):
            return Reload(layer)
        opened = open_workspace(
            opening.path,
            opening.connection,
            state_dir=opening.state_dir,
            data_dir=opening.data_dir,
            environ=opening.variables,
        )
    except AskGrowthError as error:
        return Reload(layer, error=error)
    return Reload(opened, changed=True)


def _data_changed(layer: SemanticLayer) -> bool:
    opening = layer.opening
    content = opening.content
    if opening.connection is not None:
        return False
    if content.settings.engine_url is not None:
        if not layer.is_due(_LOOK_AGAIN_SECONDS):
            return False
        return _server_version(content.settings, measure(layer.catalog, layer.engine)) != layer.data_version
    if content.settings.engine_path is not None:
        return fingerprint(content.settings.path / content.settings.engine_path) != layer.data_version
    files = find_files(content.catalog, content.settings.path, opening.data_dir, content.settings.data)
    zone = content.settings.timezone
    return version_of(files.tables, content.catalog, zone) != layer.data_version


def _content(path: Path, state_dir: Path, stamp: str) -> Content:
    """Return what the files say: as kept, else read (SpecProblemsError where they have problems) and kept."""
    folder, name = state_dir / "catalog", _state_name(path, None)
    content = kept(folder, name, stamp)
    if content is None:
        from semantic_layer.loader import load_content

        content = load_content(path)
        keep(folder, name, stamp, content)
    return content


def _data(opening: Opening) -> tuple[Catalog, Engine, str, CoverageMap | None]:
    """Return the catalog with every source a table, the engine, the data version, and the coverage if stored."""
    from semantic_layer.engines.duckdb import DuckDBEngine

    catalog, settings = opening.content.catalog, opening.content.settings
    limits, zone = settings.limits, settings.timezone
    if opening.connection is not None:
        engine = DuckDBEngine(connection=opening.connection, limits=limits)
        return catalog, engine, f"connection-{id(opening.connection):x}", None
    if settings.engine_type != "duckdb":
        from semantic_layer.engines.connecting import connect

        server = connect(catalog, settings, opening.variables)
        measured = measure(catalog, server)
        return catalog, server, _server_version(settings, measured), measured
    if settings.engine_path is not None:
        file = settings.path / settings.engine_path
        version = fingerprint(file)
        engine = DuckDBEngine(file, limits=limits, timezone=zone, beside=_rollups(opening, file, version))
        return catalog, engine, version, None
    files = find_files(catalog, settings.path, opening.data_dir, settings.data)
    name = _state_name(opening.path, opening.data_dir)
    where = (opening.state_dir, name, files.tables, catalog, zone)
    target, version = ensure_warehouse(*where)
    try:
        beside = _rollups(opening, target, version)
        engine = DuckDBEngine(target, limits=limits, timezone=zone, beside=beside)
    except DataError:  # cut short by a full disk, or removed by the build of a newer version: once more
        target.unlink(missing_ok=True)
        target, version = ensure_warehouse(*where)
        engine = DuckDBEngine(target, limits=limits, timezone=zone)
    spans = stored_coverage(engine.execute(f"SELECT * FROM {COVERAGE_TABLE}").rows)
    models = {name: files.models.get(name, model) for name, model in catalog.models.items()}
    return replace(catalog, models=models), engine, version, spans


def _server_version(settings: WorkspaceSettings, spans: CoverageMap) -> str:
    """Return the version of the data on a server: it changes with the first day, last day or rows of any model."""
    place = (settings.engine_url, settings.engine_namespace, settings.timezone)
    digest = hashlib.sha256(repr((place, sorted(spans.items(), key=lambda item: item[0]))).encode())
    return f"{settings.engine_type}-{digest.hexdigest()[:16]}"


def _rollups(opening: Opening, source: Path, version: str) -> tuple[str, Path] | None:
    """Return the name and file of the rollups, where the workspace declares any."""
    if not opening.content.catalog.rollups:
        return None
    return ROLLUPS_SCHEMA, rollups_file(opening.state_dir, source, version)


def _state_name(path: Path, data_dir: Path | None) -> str:
    """Return a name for this workspace's files in the state folder: readable, and its own."""
    digest = hashlib.sha256(f"{path}\x1f{data_dir}".encode()).hexdigest()[:8]
    readable = re.sub(r"[^A-Za-z0-9_]+", "_", workspace_root(path).name)[:24] or "workspace"
    return f"{readable}-{digest}"


def _cache_dir() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("askgrowth", appauthor=False))


def _stamp(path: Path) -> str:
    """Return what changes whenever a YAML file of the workspace does."""
    files = [file.path for file in source_files(path)]
    users = workspace_root(path) / USERS_FILE
    return stamp_of((*files, *([users] if users.is_file() else ())))
