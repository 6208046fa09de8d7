"""From `engine:` in askgrowth.yml to a connected engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from semantic_layer.catalog import Catalog
from semantic_layer.engines.base import Engine
from semantic_layer.engines.url import address_of, expanded
from semantic_layer.errors import DataError
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.content import WorkspaceSettings


def connect(catalog: Catalog, settings: WorkspaceSettings, environ: Mapping[str, str]) -> Engine:
    """Return the server that a workspace names, connected; each driver is imported only where it is asked for.

    Raises:
        DataError: `variable_missing`, `invalid_url`, `database_unreachable`, `database_settings`, `driver_missing`,
            or `file_on_server`: a model reads a file, which the server does not have.
    """
    for model in catalog.models.values():
        if model.source_kind == "file":
            raise _file_on_server(model.name, model.source, settings.engine_type)
    url = settings.engine_url or ""
    namespace, limits, zone = settings.engine_namespace, settings.limits, settings.timezone
    if settings.engine_type == "spark":
        from semantic_layer.engines.spark import SparkEngine

        return SparkEngine(expanded(url, environ), namespace=namespace, limits=limits, timezone=zone)
    address = address_of(url, environ)
    if settings.engine_type == "postgres":
        from semantic_layer.engines.postgres import PostgresEngine

        return PostgresEngine(address, namespace=namespace, limits=limits, timezone=zone)
    from semantic_layer.engines.clickhouse import ClickHouseEngine

    return ClickHouseEngine(address, namespace=namespace, limits=limits, timezone=zone)


def _file_on_server(model: str, source: str, engine: str) -> DataError:
    return DataError(
        Text(
            zh=f"模型 {model} 读取文件 {source!r},而 engine 是 {engine}:服务器上没有这个文件。",
            en=f"The model {model} reads the file {source!r}, and the engine is {engine}: a server has no such file.",
        ),
        Text(
            zh=f"把数据装入 {engine},并在该模型里写 table: 表名。",
            en=f"Load the data into {engine} and write table: with its name in the model.",
        ),
        code="file_on_server",
    )
