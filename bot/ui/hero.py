"""The one large number above the sentence, and what the sentence already says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bot.answer import Answer
from semantic_layer.catalog import GoodDirection
from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Locale, Text
from tools.render import as_float, cell, exact, percent, prose
from tools.result import Finding

Json = dict[str, object]
NO_DIRECTIONS: Mapping[str, GoodDirection] = MappingProxyType({})
_FIGURE = re.compile(r"\d[\d,.]*\d|\d")


def hero(answer: Answer, directions: Mapping[str, GoodDirection] = NO_DIRECTIONS) -> Json | None:
    """Return the one number to print large: a figure of the leading row that the headline itself says.

    The leading row is the first, over time the latest whole bucket. None where the headline says no figure
    of it: a large number that the sentence does not back would be a second answer. `directions` says per
    metric which way is good.
    """
    table = answer.parts[0].table if answer.parts else None
    if answer.headline is None or table is None or not table.rows:
        return None
    locale = answer.locale
    row = _leading_row(table, answer.chart.partial_from if answer.chart else None)
    for at, column in enumerate(table.columns):
        if column.kind != "metric" or "__" in column.name or row[at] is None:
            continue
        if prose(row[at], column).at(locale) in answer.headline.at(locale):
            change = _change_in_row(table, row, column, locale) or _change_found(
                answer, column, row[at], locale
            )
            return {
                "value": prose(row[at], column).at(locale),
                "label": " · ".join([column.label.at(locale), *_groups(table, row, locale)]),
                "change": _toned(change, directions.get(column.name, "none")),
            }
    return None


def is_said(finding: Finding, answer: Answer) -> bool:
    """Return whether the headline already says every figure of a finding: it would only repeat it."""
    if answer.headline is None or finding.kind not in ("winner", "change"):
        return False
    figures = _FIGURE.findall(finding.statement.at(answer.locale))
    said = set(_FIGURE.findall(answer.headline.at(answer.locale)))
    return bool(figures) and said.issuperset(figures)


def _leading_row(table: Table, partial_from: str | None) -> Row:
    """Return the first row; over time the latest bucket that is over, so that half a week does not shout."""
    times = [at for at, column in enumerate(table.columns) if column.kind == "time"]
    if not times:
        return table.rows[0]
    whole = [row for row in table.rows if partial_from is None or str(exact(row[times[0]])) < partial_from]
    return max(whole or table.rows, key=lambda row: str(row[times[0]]))


def _groups(table: Table, row: Row, locale: Locale) -> list[str]:
    return [
        cell(value, column, locale)
        for value, column in zip(row, table.columns, strict=True)
        if column.kind in ("dimension", "time")
    ]


def _change_in_row(table: Table, row: Row, metric: Column, locale: Locale) -> tuple[float, str] | None:
    """Return the growth that the table itself shows, and what it is against."""
    for column, value in zip(table.columns, row, strict=True):
        growth = as_float(value)
        if column.name.startswith(f"{metric.name}__growth") and growth is not None:
            return growth, column.label.at(locale)
    return None


def _change_found(answer: Answer, metric: Column, value: Cell, locale: Locale) -> tuple[float, str] | None:
    """Return the growth behind a finding, where the headline says the same percentage; else None."""
    now = as_float(value)
    others = [period.label for period in answer.periods if period.role == "comparison"]
    for finding in answer.findings:
        if finding.kind != "change" or finding.metric != metric.name or finding.value is None or now is None:
            continue
        then = now - finding.value
        growth = finding.value / then if then else None
        if growth is None or answer.headline is None:
            return None
        if percent(abs(growth)) not in answer.headline.at(locale):
            return None
        against = (
            Text(zh=f"较{others[0].zh}", en=f"vs {others[0].en}")
            if others
            else Text(zh="较上期", en="vs before")
        )
        return growth, against.at(locale)
    return None


def _toned(change: tuple[float, str] | None, direction: GoodDirection) -> Json | None:
    if change is None:
        return None
    growth, label = change
    good = (growth > 0) == (direction == "up")
    tone = "plain" if direction == "none" or growth == 0 else "good" if good else "bad"
    return {"text": percent(abs(growth)), "up": growth >= 0, "tone": tone, "label": label}
