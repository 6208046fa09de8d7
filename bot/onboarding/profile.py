"""The profile of a table, by SQL that any of our engines runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Protocol

from bot.onboarding.found import Column, Kind, Note, TableFound
from semantic_layer.engines.base import EngineResult
from semantic_layer.engines.intake import quoted
from semantic_layer.text import Text

SAMPLES = 6
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("timestamp", "timestamp"), ("date", "date"), ("bool", "boolean"), ("int8", "integer"), ("int", "integer"),
    ("serial", "integer"), ("double", "number"), ("float", "number"), ("real", "number"), ("decimal", "number"),
    ("numeric", "number"), ("char", "text"), ("text", "text"), ("string", "text"), ("enum", "text"), ("uuid", "text"),
)  # fmt: skip


class Reader(Protocol):
    """The part of an engine that a profile needs."""

    def execute(
        self, sql: str, *, timeout: float | None = None, row_limit: int | None = None
    ) -> EngineResult:
        """Return the rows of one statement."""


def profile(
    reader: Reader, table: str, origin: str, headers: Mapping[str, str], *, schema: str | None = None
) -> TableFound:
    """Return the profile of a table: every column's kind, filled and distinct cells, range and frequent values."""
    place = f"{quoted(schema)}.{quoted(table)}" if schema else quoted(table)
    where = f"table_name = '{table.replace(chr(39), chr(39) * 2)}'" + (
        f" AND table_schema = '{schema}'" if schema else ""
    )
    types = {
        str(name): str(kind).lower()
        for name, kind in reader.execute(
            f"SELECT column_name, data_type FROM information_schema.columns WHERE {where} ORDER BY ordinal_position"
        ).rows
    }
    kinds = {name: kind for name in headers if (kind := kind_of(types.get(name, ""))) is not None}
    parts = ["COUNT(*)"]
    for name, kind in kinds.items():
        column = quoted(name)
        low = f"MIN({column})" if kind != "boolean" else "NULL"
        high = f"MAX({column})" if kind != "boolean" else "NULL"
        longest = f"MAX(LENGTH({column}))" if kind == "text" and "uuid" not in types[name] else "0"
        parts += [f"COUNT({column})", f"COUNT(DISTINCT {column})", low, high, longest]
    row = reader.execute(f"SELECT {', '.join(parts)} FROM {place}").rows[0]
    notes, columns = [], []
    for at, (name, kind) in enumerate(kinds.items()):
        filled, distinct, low_value, high_value, longest_value = row[1 + at * 5 : 6 + at * 5]
        if not filled:
            text = Text(
                zh=f"列「{headers[name]}」全是空的,没有用。",
                en=f'The column "{headers[name]}" is empty and not used.',
            )
            notes.append(Note(text))
        columns.append(
            Column(
                name=name,
                header=headers[name],
                kind=kind if filled else "empty",
                filled=_whole(filled),
                distinct=_whole(distinct),
                low=_shown(low_value),
                high=_shown(high_value),
                samples=_samples(reader, place, name) if filled else (),
                longest=_whole(longest_value),
            )
        )
    return TableFound(table, origin, _whole(row[0]), tuple(columns), tuple(notes))


def included_in(
    reader: Reader, schema: str | None = None
) -> Callable[[tuple[str, str], tuple[str, str]], bool]:
    """Return the function that says whether the values of one column lie in another's, 1 in 100 excepted."""
    before = f"{quoted(schema)}." if schema else ""

    def included(child: tuple[str, str], parent: tuple[str, str]) -> bool:
        own, other = (
            f"SELECT DISTINCT {quoted(c)} AS v FROM {before}{quoted(t)}" for t, c in (child, parent)
        )
        sql = (
            f"SELECT COUNT(*), COUNT(p.v) FROM ({own} WHERE {quoted(child[1])} IS NOT NULL) AS c "
            f"LEFT JOIN ({other}) AS p ON c.v = p.v"
        )
        total, inside = reader.execute(sql).rows[0]
        return _whole(total) > 0 and _whole(inside) >= 0.99 * _whole(total)

    return included


def kind_of(type_name: str) -> Kind | None:
    """Return the kind of a database type, None for one that is neither counted nor grouped by (lists, blobs)."""
    if any(
        mark in type_name for mark in ("[", "struct", "map(", "blob", "bytea", "json", "array", "interval")
    ):
        return None
    return next((kind for part, kind in _KINDS if part in type_name), None)


def _samples(reader: Reader, place: str, name: str) -> tuple[str, ...]:
    column = quoted(name)
    rows = reader.execute(
        f"SELECT {column} FROM {place} WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY COUNT(*) DESC, {column} "
        f"LIMIT {SAMPLES}"
    ).rows
    return tuple(_shown(row[0]) or "" for row in rows)


def _whole(value: object) -> int:
    return int(str(value)) if value is not None else 0


def _shown(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
