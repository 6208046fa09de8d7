"""The cells that a summary may point at. A model never writes a figure: it writes `{r1c2}`, and we write the figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.answer import Answer
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Locale
from tools.render import as_float, cell

MOST_ROWS = 8
SIGNED = ("__delta", "__growth")


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of this turn's result; `row` is its place, `number` None where it is a name or a date."""

    row: int
    column: Column
    shown: str
    number: float | None

    @property
    def is_signed(self) -> bool:
        """Return whether the cell is a change: its sign is a direction."""
        return self.number is not None and any(mark in self.column.name for mark in SIGNED)


@dataclass(frozen=True, slots=True)
class Facts:
    """The cells by id, and what superlatives may be said of: all values of each column."""

    cells: Mapping[str, Fact]
    whole: Mapping[str, tuple[float, ...]]  # column -> its numbers; absent where the table is cut off
    rows: int
    labels: tuple[str, ...]  # words of the result itself, in the answer's language


def facts_of(answer: Answer) -> Facts | None:
    """Return the cells of the first table; None where there is nothing to write about."""
    part = answer.parts[0] if len(answer.parts) == 1 else None
    if part is None or part.table is None or not part.table.rows:
        return None
    table, locale = part.table, answer.locale
    cells = {
        f"r{at}c{place}": Fact(at, column, cell(row[place], column, locale), _number(row[place], column))
        for at, row in enumerate(table.rows[:MOST_ROWS], start=1)
        for place, column in enumerate(table.columns)
        if row[place] is not None
    }
    periods = tuple(used.label.at(locale) for used in answer.periods)
    labels = (*(column.label.at(locale) for column in table.columns), *periods)
    return Facts(cells, _whole(table), min(len(table.rows), MOST_ROWS), labels)


def listed(facts: Facts, locale: Locale) -> str:
    """Return the cells as the model sees them, one line a row."""
    rows: dict[int, list[str]] = {}
    for name, fact in facts.cells.items():
        rows.setdefault(fact.row, []).append(f"{name} ({fact.column.label.at(locale)}) = {fact.shown}")
    return "\n".join("; ".join(parts) for parts in rows.values())


def _number(value: Cell, column: Column) -> float | None:
    return as_float(value) if column.kind in ("metric", "derived") else None


def _whole(table: Table) -> dict[str, tuple[float, ...]]:
    if len(table.rows) < table.row_count:
        return {}
    found = {}
    for place, column in enumerate(table.columns):
        numbers = [_number(row[place], column) for row in table.rows]
        known = tuple(number for number in numbers if number is not None)
        if known and len(known) == len(numbers):
            found[column.name] = known
    return found
