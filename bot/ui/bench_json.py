"""What the bench found, as the card draws it: every number written out, raw values beside it."""

from __future__ import annotations

from bot.ui.wording import begun
from bot.workbench.compare import Comparison
from bot.workbench.reconcile import Pair
from bot.workbench.rows import MOST_ROWS, RowsOf
from semantic_layer.table import Cell, Column
from semantic_layer.text import Locale, Text
from tools.render import cell, exact, percent, prose

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


def pair_json(found: Pair, locale: Locale) -> Json:
    """Return two totals that belong together, what lies between them, and both by group where that can be had."""
    reported, held = found.reported[0].label, found.held[0].label
    gap = percent(found.gap, sign=True) if found.gap is not None else "–"
    if found.agrees:
        said = Text(zh=f"对得上(差 {gap})。", en=f"They agree (difference {gap}).")
    elif found.rule == "at_most":
        said = Text(
            zh=f"对不上:「{reported.zh}」比「{held.zh}」多 {gap.lstrip('+')},其中有重复或多报的部分。",
            en=f"They do not agree: {reported.en} exceeds {held.en} by {gap.lstrip('+')}; part of it is claimed twice "
            "or too much.",
        )
    else:
        said = Text(zh=f"对不上:相差 {gap}。", en=f"They do not agree: the difference is {gap}.")
    if found.unfiltered:
        said = Text(
            zh=f"{said.zh}筛选条件两边不能同时加,这里是未筛选的总数。",
            en=f"{said.en} The filters do not fit both sides, so these are the totals without them.",
        )
    return {
        "label": found.label.at(locale),
        "agrees": found.agrees,
        "said": said.at(locale),
        "numbers": [
            {"label": column.label.at(locale), "value": prose(value, column).at(locale), "raw": exact(value)}
            for column, value in (found.reported, found.held)
        ],
        "columns": [_head(column, locale) for column in found.groups.columns] if found.groups else [],
        "rows": [
            [_shown(value, column, locale) for value, column in zip(row, found.groups.columns, strict=True)]
            for row in found.groups.rows
        ]
        if found.groups
        else [],
        "sql": found.sql,
    }


def _head(column: Column, locale: Locale) -> Json:
    return {"label": begun(column.label.at(locale)), "number": column.kind in ("metric", "derived")}


def _shown(value: Cell, column: Column, locale: Locale) -> str:
    return cell(value, column, locale) if value is not None else "–"
