"""Ties at the cut: whether the first row that a limit left out is as good as the last one it kept."""

from __future__ import annotations

from collections.abc import Sequence

from semantic_layer.compiler.context import CompiledQuery
from semantic_layer.table import Cell, Row
from semantic_layer.text import Text


def may_be_tied(compiled: CompiledQuery, rows: int) -> bool:
    """Return whether `tie_sql` is worth running: the limit was reached (per group: it may have been)."""
    limit = compiled.query.limit
    return compiled.tie is not None and limit is not None and (bool(limit.per) or rows >= limit.n)


def tied_at_cut(compiled: CompiledQuery, rows: Sequence[Row], beyond: Sequence[Row]) -> Text | None:
    """Return a note where the cut runs through equal rows, else None.

    `rows` are those of `sql`, `beyond` those of `tie_sql` (the first row left out, per group).
    """
    names = [column.name for column in compiled.columns]
    limit = compiled.query.limit
    if limit is None or not beyond or not rows:
        return None
    groups = [names.index(_column(names, compiled, name)) for name in limit.per]
    sorted_by = [names.index(name) for name in compiled.cut_by]
    if limit.other:
        rows = rows[: limit.n]  # what follows is the row for all others
    last = {tuple(row[at] for at in groups): tuple(row[at] for at in sorted_by) for row in rows}
    tied = [row for row in beyond if last.get(_cells(row, groups)) == _cells(row, sorted_by)]
    if not tied:
        return None
    shown = "、".join(_shown(row, names, compiled) for row in tied[:3])
    return Text(
        zh=f"第 {limit.n} 名之后还有并列的:{shown}。",
        en=f"There are ties beyond the {limit.n} shown: {shown.replace('、', ', ')}.",
    )


def _cells(row: Row, at: Sequence[int]) -> tuple[Cell, ...]:
    return tuple(row[position] for position in at)


def _column(names: list[str], compiled: CompiledQuery, name: str) -> str:
    """Return the result column of a group that the limit names by column or by dimension."""
    if name in names:
        return name
    return next(group.column for group in compiled.query.group_by if group.dimension == name)


def _shown(row: Row, names: list[str], compiled: CompiledQuery) -> str:
    keys = {group.column for group in compiled.query.group_by}
    return " / ".join(
        "-" if cell is None else str(cell) for cell, name in zip(row, names, strict=True) if name in keys
    )
