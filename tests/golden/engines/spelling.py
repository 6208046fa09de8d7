"""The golden cases' tables as each server writes them: names, types, literals and statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Column:
    name: str
    kind: str  # DuckDB's word for the type


@dataclass(frozen=True)
class TableData:
    schema: str | None  # None: the engine's own
    name: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]


def tables_of(database: Any) -> Iterator[TableData]:
    """Every table of a case file as DuckDB holds it, time stamps with a zone in UTC."""
    listed = (
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema <> 'askgrowth_rollups' ORDER BY 1, 2, ordinal_position"
    )
    found: dict[tuple[str, str], list[Column]] = {}
    for schema, table, name, kind in database.execute(listed).fetchall():
        found.setdefault((schema, table), []).append(Column(name, kind))
    for (schema, table), columns in found.items():
        shown = ", ".join(
            f"\"{one.name}\" AT TIME ZONE 'UTC'"
            if one.kind == "TIMESTAMP WITH TIME ZONE"
            else f'"{one.name}"'
            for one in columns
        )
        rows = database.execute(f'SELECT {shown} FROM {schema}."{table}"').fetchall()
        yield TableData(None if schema == "main" else schema, table, tuple(columns), rows)


@dataclass(frozen=True)
class Spelling:
    """How one database spells names, texts and types."""

    quote: str
    types: dict[str, str]
    zoned: str  # a literal of a time stamp with a zone, given in UTC
    moment: str = "TIMESTAMP '{0}'"
    backslash: str = "\\"

    def name(self, name: str) -> str:
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def type(self, kind: str) -> str:
        return self.types[kind] if kind in self.types else self.types["DECIMAL"].format(kind[7:])

    def cell(self, value: Any, kind: str) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, datetime):
            shape = self.zoned if kind == "TIMESTAMP WITH TIME ZONE" else self.moment
            return shape.format(value.isoformat(sep=" "))
        if isinstance(value, date):
            return f"CAST('{value}' AS {self.types['DATE']})"
        if isinstance(value, Decimal | int | float):
            return str(value)
        return (
            "'"
            + str(value)
            .replace("\\", self.backslash)
            .replace(
                "'", self.backslash[:1] * (self.backslash != "\\") + "'" if self.backslash != "\\" else "''"
            )
            + "'"
        )

    def place(self, table: TableData, home: str | None = None) -> str:
        schema = table.schema or home
        return f"{schema}.{self.name(table.name)}" if schema else self.name(table.name)

    def create(self, table: TableData, home: str | None, suffix: str = "") -> str:
        columns = ", ".join(f"{self.name(one.name)} {self.type(one.kind)}" for one in table.columns)
        return f"CREATE TABLE {self.place(table, home)} ({columns}) {suffix}".strip()

    def values(self, table: TableData) -> str:
        rows = (
            "("
            + ", ".join(self.cell(cell, one.kind) for cell, one in zip(row, table.columns, strict=True))
            + ")"
            for row in table.rows
        )
        return ", ".join(rows)


POSTGRES = Spelling(
    '"',
    {
        "INTEGER": "integer", "BIGINT": "bigint", "HUGEINT": "numeric(38)", "DOUBLE": "double precision",
        "VARCHAR": "text", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
        "TIMESTAMP WITH TIME ZONE": "timestamptz", "DECIMAL": "numeric{0}",
    },
    zoned="TIMESTAMPTZ '{0}+00'",
)  # fmt: skip
CLICKHOUSE = Spelling(
    '"',
    {
        "INTEGER": "Nullable(Int32)", "BIGINT": "Nullable(Int64)", "HUGEINT": "Nullable(Int128)",
        "DOUBLE": "Nullable(Float64)", "VARCHAR": "Nullable(String)", "BOOLEAN": "Nullable(Bool)",
        "DATE": "Nullable(Date32)", "TIMESTAMP": "Nullable(DateTime64(6))",
        "TIMESTAMP WITH TIME ZONE": "Nullable(DateTime64(6))", "DECIMAL": "Nullable(Decimal{0})",
    },
    zoned="toDateTime64('{0}', 6, 'UTC')",
    moment=f"toDateTime64('{{0}}', 6, '{ZONE}')",
    backslash="\\\\",
)  # fmt: skip
SPARK = Spelling(
    "`",
    {
        "INTEGER": "INT", "BIGINT": "BIGINT", "HUGEINT": "DECIMAL(38, 0)", "DOUBLE": "DOUBLE",
        "VARCHAR": "STRING", "BOOLEAN": "BOOLEAN", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP_NTZ",
        "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_LTZ", "DECIMAL": "DECIMAL{0}",
    },
    zoned="TIMESTAMP_LTZ '{0}+00:00'",
    moment="TIMESTAMP_NTZ '{0}'",
    backslash="\\\\",
)  # fmt: skip
