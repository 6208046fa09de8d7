"""Tables as the card draws them: every cell as its raw value and the text that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.ui.wording import begun
from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Locale
from tools.render import COUNTED, CURRENCIES, HOME_CURRENCIES, SYMBOLS, cell, exact, prose

Json = dict[str, object]
Measures = Mapping[str, Column]
NO_MEASURES: Measures = MappingProxyType({})
MAX_ROWS = 1000
MOST_FURTHER = 6  # tables of one analysis beside the main one
FURTHER_ROWS = 100


def table_json(table: Table, locale: Locale, measures: Measures = NO_MEASURES, rows: int = MAX_ROWS) -> Json:
    """Return a table with its columns, cells and totals, at most `rows` rows.

    `measures` says how each metric is written: in a table with a metric per row (`metric`), a column without a
    format of its own is written as the row's metric is, and no bars compare its cells.
    """
    shown = table.head(rows)
    named = _metric_column(shown, measures)
    return {
        "columns": [
            {
                "name": column.name,
                "label": begun(column.label.at(locale)),
                "unit": unit_text(column, locale),
                "number": column.kind in ("metric", "derived"),
                "group": column.kind in ("dimension", "time"),
                "metric": column.kind == "metric" and "__" not in column.name,
            }
            for column in shown.columns
        ],
        "bars": named is None,
        "rows": [
            _cells(shown, row, locale, measures.get(str(row[named])) if named is not None else None)
            for row in shown.rows
        ],
        "totals": _cells(shown, shown.totals, locale) if shown.totals is not None else None,
        "row_count": shown.row_count,
        "truncated": shown.truncated,
    }


def unit_text(column: Column, locale: Locale) -> str:
    """Return the unit for a column's head; empty where the cells say it (percent) or there is none."""
    unit = column.unit
    if unit is None or column.kind not in ("metric", "derived") or "__growth" in column.name:
        return ""
    if (code := unit.upper()) in CURRENCIES:
        return "元" if locale == "zh-CN" and code in HOME_CURRENCIES else SYMBOLS.get(code, code)
    if unit in ("%", "percent") or "__share" in column.name:
        return ""
    return COUNTED.get(unit.lower(), "") if locale == "zh-CN" else unit


def _metric_column(table: Table, measures: Measures) -> int | None:
    """Return where a table names a metric per row; None where it does not."""
    for at, column in enumerate(table.columns):
        if column.name == "metric" and column.kind == "dimension":
            return at if any(row[at] in measures for row in table.rows) else None
    return None


def _cells(table: Table, row: Row, locale: Locale, own: Column | None = None) -> list[list[object]]:
    """Return each cell as the raw value and the text that is shown; `own` is the column of the row's metric."""
    return [
        [exact(value), _text(value, column, own, locale)]
        for value, column in zip(row, table.columns, strict=True)
    ]


def _text(value: Cell, column: Column, own: Column | None, locale: Locale) -> str:
    if own is None or value is None or isinstance(value, str) or not _holds_values(column):
        return cell(value, column, locale)
    return prose(value, own).at(locale)  # with its unit: the column's head can name none


def _holds_values(column: Column) -> bool:
    """Return whether a column of a table with a metric per row holds values of that metric."""
    if column.kind not in ("metric", "derived") or column.unit or column.format:
        return False
    return not column.name.endswith(("_share", "_rate", "_days", "_growth"))
