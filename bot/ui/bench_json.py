"""What the bench found, as the card draws it: every number written out, raw values beside it."""

from __future__ import annotations

from bot.workbench.compare import Comparison
from bot.workbench.rows import MOST_ROWS, RowsOf
from semantic_layer.table import Cell, Column
from semantic_layer.text import Locale, Text
from tools.render import cell, exact, prose

Json = dict[str, object]
_MASKED = Text(zh="不可见", en="hidden")


def comparison_json(found: Comparison, locale: Locale) -> Json:
    """Return the rows of a changed statement with what they were before."""
    return {
        "columns": [_head(column, locale) for column in found.columns],
        "rows": [
            {
                "mark": one.mark,
                "cells": [_shown(value, found.columns[at], locale) for at, value in enumerate(one.row)],
                "before": {str(at): _shown(value, found.columns[at], locale) for at, value in one.before},
            }
            for one in found.rows
        ],
        "counts": {mark: found.count(mark) for mark in ("same", "changed", "new", "gone")},
        "matched": found.matched,
        "truncated": found.truncated,
        "ms": round(found.milliseconds),
        "sql": found.sql,
    }


def rows_json(found: RowsOf, locale: Locale) -> Json:
    """Return the rows behind a number; what is masked says so."""
    columns = found.table.columns
    masked = {at for at, column in enumerate(columns) if column.name in found.masked}
    names = [columns[at].label.at(locale) for at in sorted(masked)]
    return {
        "label": found.label.at(locale),
        "columns": [_head(column, locale) for column in columns],
        "rows": [
            [
                _MASKED.at(locale) if at in masked else _shown(value, columns[at], locale)
                for at, value in enumerate(row)
            ]
            for row in found.table.rows
        ],
        "count": f"{found.count:,}",
        "more": found.count > len(found.table.rows),
        "listed": min(MOST_ROWS, len(found.table.rows)),
        "value": prose(found.value, columns[-1]).at(locale),
        "raw": exact(found.value),
        "masked": ("、" if locale == "zh-CN" else ", ").join(names),
        "sql": found.sql,
    }


def _head(column: Column, locale: Locale) -> Json:
    return {"label": column.label.at(locale), "number": column.kind in ("metric", "derived")}


def _shown(value: Cell, column: Column, locale: Locale) -> str:
    return cell(value, column, locale) if value is not None else "–"
