"""What each column is for: key, time, something to group by, an amount. Guessed, with the reason, to be confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.onboarding.found import Column, Source, TableFound
from bot.onboarding.words import concept_of, is_identity, label_of, singular, thing_of, time_rank
from semantic_layer.text import Text

Role = Literal["time", "key", "reference", "dimension", "sum", "average", "unused"]
ROLES: tuple[Role, ...] = ("time", "key", "reference", "dimension", "sum", "average", "unused")
_FREE_TEXT = 60  # characters: longer cells are sentences
_AVERAGED = frozenset({"share", "score", "price", "stock"})
_FEW = 12  # whole numbers with so few values are codes, not amounts


@dataclass(frozen=True, slots=True)
class Guess:
    """The role of one column, what it is called, and why. `entity` is the thing that a key or reference names."""

    table: str
    column: str
    role: Role
    label: Text
    why: Text
    entity: str | None = None


def guess_roles(source: Source) -> tuple[Guess, ...]:
    """Return one guess per column, in order."""
    keys = {table.name: key_of(table) for table in source.tables}
    return tuple(_guess(source, table, column, keys) for table in source.tables for column in table.columns)


def key_of(table: TableFound) -> str | None:
    """Return the column that names each row once: called like an id, or the first one, never empty, never twice."""
    unique = [
        column
        for column in table.columns
        if table.rows > 1
        and column.filled == table.rows == column.distinct
        and column.kind in ("text", "integer")
    ]
    named = [column for column in unique if is_identity(column.header, column.name)]
    if named:
        return named[0].name
    # A first column of short texts is a key where nothing in the table is a time: a list of products, of shops.
    listing = not any(column.kind in ("date", "timestamp") for column in table.columns)
    first = table.columns[0] if table.columns else None
    if (
        listing
        and first is not None
        and first in unique
        and first.kind == "text"
        and first.longest <= _FREE_TEXT
    ):
        return first.name
    return None


def entity_of(table: TableFound, column: Column) -> str:
    """Return the name of the thing that a column identifies."""
    bare = thing_of(column.name, column.header)[0]
    if bare == "id":
        return singular(table.name)
    if bare == column.name:  # the column is something to group by as well, under its own name
        return f"{bare}_key"
    return bare


def is_named(column: Column) -> bool:
    """Return whether a key or reference is called by a name that people say, so that it can be grouped by, too."""
    return (
        column.kind == "text" and not is_identity(column.header, column.name) and column.longest <= _FREE_TEXT
    )


def _guess(source: Source, table: TableFound, column: Column, keys: dict[str, str | None]) -> Guess:
    label = label_of(column.header, column.name)

    def guess(role: Role, zh: str, en: str, entity: str | None = None) -> Guess:
        return Guess(table.name, column.name, role, label, Text(zh=zh, en=en), entity)

    if column.kind == "empty":
        return guess("unused", "全空", "empty")
    if column.kind in ("date", "timestamp"):
        return guess("time", "日期列", "holds dates")
    if keys[table.name] == column.name:
        return guess("key", "每行不同,是主键", "different in every row: the key", entity_of(table, column))
    parent = _parent(source, table, column, keys)
    if parent is not None:
        other = next(one for one in source.tables if one.name == parent)
        key = other.column(keys[parent] or "")
        return guess(
            "reference",
            f"取值都在 {parent}.{key.name} 里",
            f"its values lie in {parent}.{key.name}",
            entity_of(other, key),
        )
    if is_identity(column.header, column.name) and column.distinct > _FEW:
        return guess("reference", "名字像编号", "called like an id", entity_of(table, column))
    if column.kind in ("integer", "number"):
        return _numeric(column, guess)
    if (
        column.kind == "text"
        and column.longest > _FREE_TEXT
        and column.distinct > 0.5 * max(column.filled, 1)
    ):
        return guess("dimension", "长文字,取值不建索引", "long texts: its values are not indexed")
    return guess("dimension", f"{column.distinct} 个取值", f"{column.distinct} values")


def _numeric(column: Column, guess: object) -> Guess:
    assert callable(guess)
    made: Guess
    concept = concept_of(column.header, column.name)
    if concept == "position" or (is_identity(column.header, column.name)):
        made = guess(
            "dimension", "数字是编码或位置,不求和", "its numbers are codes or positions, not amounts"
        )
    elif column.unit == "%" or concept in _AVERAGED:
        made = guess("average", "求和没有意义,取平均", "a sum means nothing, so it is averaged")
    elif concept is None and column.kind == "integer" and column.distinct <= 2:
        made = guess("dimension", "只有 0 和 1 之类的取值", "only values like 0 and 1")
    else:
        made = guess("sum", "可以相加的数", "numbers that add up")
    return made


def _parent(source: Source, table: TableFound, column: Column, keys: dict[str, str | None]) -> str | None:
    """Return the table whose key this column's values are taken from, by name first, then by its values."""
    if column.kind not in ("text", "integer", "number"):
        return None
    for other in source.tables:
        key = keys[other.name]
        if key is None or other.name == table.name:
            continue
        target = other.column(key)
        alike = target.name == column.name or _alike(column, other, target)
        if (
            alike
            and (target.kind == "text") == (column.kind == "text")
            and column.distinct <= target.distinct * 1.02
            and source.included((table.name, column.name), (other.name, key))
        ):
            return other.name
    return None


def _alike(column: Column, other: TableFound, target: Column) -> bool:
    """Return whether a column is called after another table: `product` or `product_id` for `products`."""
    bare = thing_of(column.name, column.header)[0]
    names = {other.name, singular(other.name), thing_of(target.name, target.header)[0]}
    tail = {"_".join(words) for words in _tails(bare.split("_"))}
    return bool(tail & names) and (is_identity(column.header, column.name) or column.kind == "text")


def _tails(words: list[str]) -> Iterable[list[str]]:
    return [words[at:] for at in range(len(words))]


def main_time(table: TableFound, guesses: Iterable[Guess]) -> str | None:
    """Return the time column that a table's metrics are counted at: the likeliest by name, then the fullest."""
    times = [one.column for one in guesses if one.table == table.name and one.role == "time"]
    ranked = sorted(
        (time_rank(f"{table.column(name).header} {name}"), -table.column(name).filled, at, name)
        for at, name in enumerate(times)
    )
    return ranked[0][3] if ranked else None
