"""Rows without a date, in a table by time.

With no period asked, all data counts, rows without a date too, in a group of their own. Where that group adds
nothing (orders that were never paid have no pay date, and no amount), a reader has no use for it.
"""

from __future__ import annotations

from dataclasses import replace

from semantic_layer.table import Row, Table


def without_empty_undated(table: Table) -> Table:
    """Return the table without the rows that have no date and nothing but zeros and nulls."""
    times = [at for at, column in enumerate(table.columns) if column.kind == "time"]
    numbers = [at for at, column in enumerate(table.columns) if column.kind in ("metric", "derived")]
    if not times:
        return table

    def says_something(row: Row) -> bool:
        return all(row[at] is not None for at in times) or any(row[at] for at in numbers)

    kept = tuple(row for row in table.rows if says_something(row))
    if len(kept) == len(table.rows):
        return table
    return replace(table, rows=kept, row_count=table.row_count - (len(table.rows) - len(kept)))
