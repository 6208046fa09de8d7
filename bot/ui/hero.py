"""The one large number above the sentence, and what the sentence already says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bot.answer import Answer
from bot.plan import ToolPlan
from bot.ui.tables import NO_MEASURES, Measures
from bot.ui.wording import begun
from semantic_layer.catalog import GoodDirection
from semantic_layer.table import Cell, Column, Row, Table
from semantic_layer.text import Locale, Text
from tools.render import as_float, cell, exact, percent, prose
from tools.result import Finding

Json = dict[str, object]
NO_DIRECTIONS: Mapping[str, GoodDirection] = MappingProxyType({})
_FIGURE = re.compile(r"\d[\d,.]*\d|\d")
_HAN = re.compile(r"[一-鿿]")
_SENTENCE = re.compile(r"[。!?]|[.!?](?=\s+[A-Z“\"(])")
_LARGE = ("change", "forecast", "winner")
LONG_HEADLINE = 60  # characters of Chinese; twice as many of a language that writes words
SHORT_SENTENCE = 16
CHANGE = Text(zh="变化", en="change")
EXPECTED = Text(zh="预计", en="expected")


def hero(
    answer: Answer,
    directions: Mapping[str, GoodDirection] = NO_DIRECTIONS,
    measures: Measures = NO_MEASURES,
) -> Json | None:
    """Return the one number to print large: a figure of the leading row that the headline itself says.

    The leading row is the first, over time the latest whole bucket; an analysis leads with the value of its first
    finding. None where the headline says no figure of it: a large number that the sentence does not back would be
    a second answer. `directions` says per metric which way is good, `measures` how its values are written.
    """
    table = answer.parts[0].table if answer.parts else None
    if answer.headline is None or table is None or not table.rows or answer.together is not None:
        return None
    if isinstance(answer.parts[0].plan, ToolPlan):
        return _hero_of_analysis(answer, measures, directions)
    locale = answer.locale
    row = _leading_row(table, answer.chart.partial_from if answer.chart else None)
    for at, column in enumerate(table.columns):
        if column.kind != "metric" or "__" in column.name or row[at] is None:
            continue
        if prose(row[at], column).at(locale) in answer.headline.at(locale):
            change = _change_in_row(answer, table, row, column) or _change_found(
                answer, column, row[at], locale
            )
            return {
                "value": prose(row[at], column).at(locale),
                "label": begun(" · ".join([column.label.at(locale), *_groups(table, row, locale)])),
                "change": _toned(change, directions.get(column.name, "none")),
            }
    return None


def _hero_of_analysis(
    answer: Answer, measures: Measures, directions: Mapping[str, GoodDirection]
) -> Json | None:
    """Return the value of the first finding on a metric, as the headline says it: a level, a change, a forecast."""
    assert answer.headline is not None
    locale, said = answer.locale, answer.headline.at(answer.locale)
    for finding in answer.findings[:3]:
        column = measures.get(finding.metric or "")
        if column is None or finding.value is None or finding.kind not in _LARGE:
            continue
        changed = prose(finding.value, column, sign=True).at(locale)
        level = prose(finding.value, column).at(locale)
        is_change = finding.kind == "change" and changed[:1] in "+−" and changed in said
        if not is_change and level not in said:
            continue
        named = CHANGE if is_change else EXPECTED if finding.kind == "forecast" else None
        return {
            "value": changed if is_change else level,
            "label": begun(" · ".join([column.label.at(locale), *([named.at(locale)] if named else [])])),
            "change": None
            if is_change
            else _toned(_growth_listed(answer, column), directions.get(column.name, "none")),
        }
    return None


def _growth_listed(answer: Answer, column: Column) -> tuple[float, str] | None:
    """Return the growth of a metric from a table with a metric per row, where the headline says it."""
    table = answer.parts[0].table
    assert table is not None
    names = [one.name for one in table.columns]
    if answer.headline is None or "metric" not in names or "growth" not in names:
        return None
    row = next((one for one in table.rows if one[names.index("metric")] == column.name), None)
    growth = as_float(row[names.index("growth")]) if row is not None else None
    if growth is None or percent(growth, sign=True) not in answer.headline.at(answer.locale):
        return None
    return growth, (against(answer) or Text(zh="较上期", en="vs prior period")).at(answer.locale)


def divided(text: str) -> list[str]:
    """Return a conclusion as its first sentence and the rest, so that a long one is not all printed large."""
    if len(text) <= LONG_HEADLINE * (1 if _HAN.search(text) else 2):
        return [text]
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    first = next((end for end in ends if end >= SHORT_SENTENCE), None)
    if first is None or first >= len(text):
        return [text]
    return [text[:first], text[first:].strip()]


def is_said(finding: Finding, answer: Answer) -> bool:
    """Return whether the headline already says a finding, or every figure of it: it would only repeat it."""
    if answer.headline is None:
        return False
    sentence = finding.statement.at(answer.locale).rstrip("。. ")
    if sentence and sentence.casefold() in answer.headline.at(answer.locale).casefold():
        return True
    if finding.kind not in ("winner", "change"):
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


def _change_in_row(answer: Answer, table: Table, row: Row, metric: Column) -> tuple[float, str] | None:
    """Return the growth that the table itself shows, and what it is against."""
    for column, value in zip(table.columns, row, strict=True):
        growth = as_float(value)
        if column.name.startswith(f"{metric.name}__growth") and growth is not None:
            return growth, (against(answer) or column.label).at(answer.locale)
    return None


def against(answer: Answer) -> Text | None:
    """Return the period compared with, as the small words beside a change; None where it is not one."""
    others = [period.label for period in answer.periods if period.role == "comparison"]
    return Text(zh=f"较{others[0].zh}", en=f"vs {others[0].en}") if len(others) == 1 else None


def _change_found(answer: Answer, metric: Column, value: Cell, locale: Locale) -> tuple[float, str] | None:
    """Return the growth behind a finding, where the headline says the same percentage; else None."""
    now = as_float(value)
    for finding in answer.findings:
        if finding.kind != "change" or finding.metric != metric.name or finding.value is None or now is None:
            continue
        then = now - finding.value
        growth = finding.value / then if then else None
        if growth is None or answer.headline is None:
            return None
        if percent(abs(growth)) not in answer.headline.at(locale):
            return None
        return growth, (against(answer) or Text(zh="较上期", en="vs prior period")).at(locale)
    return None


def _toned(change: tuple[float, str] | None, direction: GoodDirection) -> Json | None:
    if change is None:
        return None
    growth, label = change
    good = (growth > 0) == (direction == "up")
    tone = "plain" if direction == "none" or growth == 0 else "good" if good else "bad"
    return {"text": percent(abs(growth)), "up": growth >= 0, "tone": tone, "label": label}
