"""A database as a source: its tables are profiled where they are, and the workspace reads them there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bot.onboarding.found import Source
from bot.onboarding.profile import included_in, profile
from bot.onboarding.reading import SQLITE_ENDINGS
from semantic_layer.engines.base import Engine
from semantic_layer.errors import DataError
from semantic_layer.text import Text

_MAGIC = b"SQLite format 3\0"
MOST_TABLES = 60


class Database:
    """An open database and what a workspace writes to reach it."""

    def __init__(
        self, engine: Engine, settings: tuple[tuple[str, str], ...], schema: str, shown: str
    ) -> None:
        """Take the engine; `schema` is the one whose tables are taken, `shown` what messages call the database."""
        self._engine, self._settings, self._schema, self._shown = engine, settings, schema, shown

    def source(self) -> Source:
        """Return the profiled tables.

        Raises:
            DataError: there are none, or none whose names can be written.
        """
        listed = self._engine.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            f"WHERE table_schema = '{self._schema}' ORDER BY table_name, ordinal_position"
        ).rows
        tables: dict[str, dict[str, str]] = {}
        for table, column in listed:
            if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(table)):
                tables.setdefault(str(table), {})[str(column)] = str(column)
        if not tables:
            raise DataError(
                Text(zh=f"{self._shown} 里没有表。", en=f"There are no tables in {self._shown}."),
                Text(zh="检查库名、模式和权限。", en="Check the database, the schema and the rights."),
                code="no_tables",
            )
        found = tuple(
            profile(self._engine, name, f"{self._shown}: {name}", columns, schema=self._schema)
            for name, columns in list(tables.items())[:MOST_TABLES]
        )
        return Source(found, included_in(self._engine, self._schema), self._settings)

    def close(self) -> None:
        """Give the connection back."""
        self._engine.close()


def database(url: str, environ: Mapping[str, str]) -> Database | Path:
    """Return the database at an address, opened; a SQLite file is returned as a path, for its rows are copied.

    `duckdb:///file`, `sqlite:///file`, a bare path, or `postgres://user:${PASSWORD}@host/name?schema=public`.

    Raises:
        DataError: the address is of another kind, holds a password, or does not answer.
    """
    scheme, found, rest = url.partition("://")
    if not found or scheme in ("duckdb", "sqlite"):
        path = Path(
            rest.removeprefix("/")
            if found and not rest.startswith("//") and not Path(rest).exists()
            else rest or url
        )
        return _file(path.expanduser().resolve())
    if scheme in ("postgres", "postgresql"):
        return _postgres(url, environ)
    raise DataError(
        Text(zh=f"还不能从 {scheme} 提出工作区。", en=f"A workspace cannot be proposed from {scheme} yet."),
        Text(
            zh="可用:DuckDB 或 SQLite 文件的路径、postgres://…;其他数据库请先写 YAML(docs/engines.md)。",
            en="Use the path of a DuckDB or SQLite file, or postgres://…; for others write the YAML (docs/engines.md).",
        ),
        code="database_kind",
    )


def _file(path: Path) -> Database | Path:
    from semantic_layer.engines.duckdb import DuckDBEngine

    if not path.is_file():
        raise DataError(
            Text(zh=f"数据库文件不存在:{path}。", en=f"There is no database file {path}."),
            Text(zh="检查路径。", en="Check the path."),
            code="database_missing",
        )
    with path.open("rb") as raw:
        is_sqlite = raw.read(len(_MAGIC)) == _MAGIC
    if is_sqlite:
        if path.suffix.casefold() in SQLITE_ENDINGS:
            return path
        raise DataError(
            Text(zh=f"{path.name} 是 SQLite 文件。", en=f"{path.name} is a SQLite file."),
            Text(zh="把它改名为 .sqlite 再试。", en="Rename it to .sqlite and try again."),
            code="file_kind",
        )
    return Database(DuckDBEngine(path), (("type", "duckdb"), ("path", str(path))), "main", path.name)


def _postgres(url: str, environ: Mapping[str, str]) -> Database:
    from semantic_layer.engines.postgres import PostgresEngine
    from semantic_layer.engines.url import address_of, has_plain_password

    if has_plain_password(url):
        raise DataError(
            Text(zh="地址里写着密码。", en="The address holds a password."),
            Text(
                zh="把密码放进环境变量,地址里写 ${PG_PASSWORD}(整个地址加单引号)。",
                en="Put it into an environment variable and write ${PG_PASSWORD} (the address in single quotes).",
            ),
            code="plain_password",
        )
    plain = url.replace("postgresql://", "postgres://", 1)
    address = address_of(plain, environ)
    return Database(
        PostgresEngine(address),
        (("type", "postgres"), ("url", plain)),
        "public",
        f"{address.database} @ {address.place}",
    )
