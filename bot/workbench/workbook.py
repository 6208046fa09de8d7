"""An answer as an Excel workbook: the table with number formats, and a sheet that says how to reproduce it."""

from __future__ import annotations

import io
import json
import math
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.answer import Answer
from semantic_layer.table import Cell, Column, Table
from semantic_layer.text import Locale, Text
from tools.render import group_label, style_of

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

DATA, ABOUT, SQL = Text(zh="数据", en="Data"), Text(zh="口径与来源", en="How it was made"), Text.same("SQL")
TOTAL = Text(zh="合计", en="Total")
WIDEST = 42
_LONGEST_CELL = 32_000  # Excel holds 32,767 characters in a cell


def workbook(answer: Answer, locale: Locale) -> bytes:
    """Return an .xlsx file: one sheet per table, one with definitions, period, plan and data version, one with SQL.

    Numbers are unrounded with a display format; codes are written as their labels.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    tables = [part.table for part in answer.parts if part.table is not None]
    for at, table in enumerate(tables, start=1):
        name = DATA.at(locale) + (f" {at}" if len(tables) > 1 else "")
        _write_table(book.create_sheet(name), table, locale)
    _write_about(book.create_sheet(ABOUT.at(locale)), answer, locale)
    statements = dict.fromkeys(sql for part in answer.parts for sql in part.sql)
    if statements:
        sheet = book.create_sheet(SQL.at(locale))
        for line in "\n;\n\n".join(statements).splitlines():
            _append(sheet, [_text(line)])
        sheet.column_dimensions["A"].width = 100
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_table(sheet: Worksheet, table: Table, locale: Locale) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    _append(sheet, [_text(column.label.at(locale)) for column in table.columns])
    for cells in (*table.rows, *([table.totals] if table.totals else [])):
        _append(
            sheet, [_value(cell, column, locale) for cell, column in zip(cells, table.columns, strict=True)]
        )
    if table.totals:
        last = sheet.max_row
        sheet.cell(last, 1).value = sheet.cell(last, 1).value or TOTAL.at(locale)
        for at in range(1, len(table.columns) + 1):
            sheet.cell(last, at).font = Font(bold=True)
    for at, column in enumerate(table.columns, start=1):
        sheet.cell(1, at).font = Font(bold=True)
        letter = get_column_letter(at)
        form = _format(column)
        widest = 8
        for cell in sheet[letter]:
            if cell.row > 1 and form is not None:
                cell.number_format = form
            text = str(cell.value or "")
            widest = max(widest, min(WIDEST, sum(2 if ord(c) > 0x2E80 else 1 for c in text[:60]) + 2))
        sheet.column_dimensions[letter].width = widest
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"


def _write_about(sheet: Worksheet, answer: Answer, locale: Locale) -> None:
    from openpyxl.styles import Alignment, Font

    for label, value in about(answer, locale):
        _append(sheet, [_text(label), _text(value)])
    for row in sheet.iter_rows():
        row[0].font = Font(bold=True)
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 96


def about(answer: Answer, locale: Locale) -> list[tuple[str, str]]:
    """Return what is needed to read and to reproduce an answer, as label and text."""
    found: list[tuple[Text, str]] = [
        (Text(zh="问题", en="Question"), answer.question),
        (Text(zh="结论", en="Answer"), answer.headline.at(locale) if answer.headline else ""),
        (
            Text(zh="怎么读的", en="How it was read"),
            "; ".join(slot.text.at(locale) for slot in answer.interpretation),
        ),
    ]
    for used in answer.periods:
        role = (
            Text(zh="时间", en="Period") if used.role == "main" else Text(zh="对比时间", en="Compared with")
        )
        last = date.fromordinal(max(used.start.toordinal(), used.end.toordinal() - 1))
        found.append((role, f"{used.label.at(locale)}  {used.start.isoformat()} – {last.isoformat()}"))
    provenance = answer.provenance
    if provenance is not None:
        for metric in provenance.metrics:
            owner = f" · {metric.owner}" if metric.owner else ""
            found.append(
                (metric.label, f"{metric.definition.at(locale)}  ({metric.name} · {metric.version}{owner})")
            )
        found += [
            (Text(zh="数据版本", en="Data version"), provenance.data_version or ""),
            (Text(zh="计划指纹", en="Plan hash"), provenance.plan_hash or ""),
        ]
    found += [(Text(zh="提示", en="Note"), warning.at(locale)) for warning in answer.warnings]
    plans = [part.plan.model_dump(mode="json", exclude_none=True) for part in answer.parts]
    found.append((Text(zh="计划(JSON)", en="Plan (JSON)"), json.dumps(plans, ensure_ascii=False)))
    return [(label.at(locale), text) for label, text in found if text]


def _value(cell: Cell, column: Column, locale: Locale) -> object:
    if column.kind == "dimension" and cell is not None:
        return _text(group_label(cell, column).at(locale))
    if isinstance(cell, Decimal):
        return float(cell) if cell.is_finite() else None
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None) if cell.time() != datetime.min.time() else cell.date()
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return _text(cell) if isinstance(cell, str) else cell


def _format(column: Column) -> str | None:
    """Return Excel's format of a column: the written one where it has one; nothing for names."""
    if column.kind == "time":
        return "yyyy-mm-dd"
    if column.kind not in ("metric", "derived"):
        return None
    style = style_of(column)
    if style.percent:
        return (
            "0." + "0" * (style.decimals if style.decimals is not None else 1) + "%"
            if style.decimals != 0
            else "0%"
        )
    decimals = 2 if style.decimals is None else style.decimals
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _text(text: str) -> str:
    return "".join(c for c in text if c in "\n\t" or ord(c) >= 32)[:_LONGEST_CELL]


def _append(sheet: Worksheet, values: list[object]) -> None:
    """Add a row; a text that begins with = stays a text and never becomes a formula."""
    sheet.append(values)
    for cell in sheet[sheet.max_row]:
        if cell.data_type == "f":
            cell.data_type = "s"
