"""What may stand in the text of an answer: for each row that can be named, and for the answer as a whole.

Strict on purpose. A number counts as accounted for when it is a cell of the row that is named beside it, or one of the
derivations that our sentences state: the change since the period compared with, the first, last, highest and lowest
of a series, totals, averages, what the first few make together. A quotient of any two cells is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.compose.measure import maturity_days
from evals.compare import plain
from semantic_layer.table import Column, Row, Table
from semantic_layer.text import Text
from tools.render import group_label, spoken_label

if TYPE_CHECKING:
    from bot.answer import Answer
    from semantic_layer.text import Locale
    from semantic_layer.workspace import SemanticLayer

MOST_TOGETHER = 5
TWO = 2
ENDS = 2  # a series' first and last bucket, and those next to them
BETWEEN = " × "
CHANGES = (
    "delta",
    "growth",
    "share",
    "average",
    "rolling",
    "running",
)  # suffixes of columns that are no other period's


@dataclass(slots=True)
class Accounted:
    """Numbers by the name of the row they belong to, and those that need no name beside them."""

    anywhere: list[float] = field(default_factory=list)
    by_name: dict[str, list[float]] = field(default_factory=dict)

    def take(self, table: Table, locale: Locale) -> None:
        """Add what one table accounts for."""
        numeric = [at for at, column in enumerate(table.columns) if column.kind in ("metric", "derived")]
        named: dict[str, list[Row]] = {}
        times = [at for at, column in enumerate(table.columns) if column.kind == "time"]
        rows = (
            sorted(table.rows, key=lambda row: [str(row[at]) for at in times]) if times else list(table.rows)
        )
        for row in rows:
            for name in dict.fromkeys(_names(table, row, locale)):
                named.setdefault(name, []).append(row)
        for name, its in named.items():
            self.by_name.setdefault(name, []).extend(_of_rows(its, numeric))
        if not any(column.kind == "dimension" for column in table.columns):
            self.anywhere += _of_rows(rows, numeric)
        self.anywhere += [
            *_of_columns(table, numeric),
            *_of_totals(table),
            float(len(table.rows)),
            float(table.row_count),
        ]


def accounted(answer: Answer, layer: SemanticLayer) -> Accounted:
    """Return what an answer's tables, further queries, findings, suggestions, plan and periods account for."""
    found = Accounted()
    for part in answer.parts:
        for table in (part.table, *part.further):
            if table is not None:
                found.take(table, answer.locale)
        # "… will still change for the last 15 days": the days that the metric's definition leaves open
        metrics = getattr(part.plan, "metrics", ())
        found.anywhere += [
            maturity_days(layer.catalog, name) for name in metrics if name in layer.catalog.metrics
        ]
        found.anywhere += _plan_numbers(part.plan.model_dump(mode="json", exclude_defaults=True))
    for table in _beside(answer, layer):
        found.take(table, answer.locale)
    found.anywhere += _of_sides(answer)
    for finding in answer.findings:
        numbers = list(_numbers((finding.value, finding.low, finding.high)))
        found.anywhere += [*numbers, *_numbers(driver.contribution for driver in finding.drivers)]
    for suggestion in answer.suggestions:
        found.anywhere += [suggestion.effect.low, suggestion.effect.high]
    found.anywhere.append(float(len(answer.suggestions)))
    for used in answer.periods:
        for end in (used.end, used.requested_end):
            days = (end - used.start).days
            months = (end.year - used.start.year) * 12 + end.month - used.start.month
            found.anywhere += [days, days / 7, months, months / 3, months / 12]
    return found


def _of_sides(answer: Answer) -> list[float]:
    """Return what may be said of two plans that differ in their rows: how they differ, in all and per day.

    Per day counts the days of the week that each plan keeps (`…__day_of_week`), over its period or else the data.
    """
    tables = [part.table for part in answer.parts]
    if len(tables) != TWO or any(table is None or len(table.rows) != 1 for table in tables):
        return []
    sides = [list(_numbers(table.rows[0])) for table in tables if table is not None]
    span = _span(answer)
    days = [_days_kept(part.plan.model_dump(mode="json"), span) for part in answer.parts]
    if not all(sides):
        return []
    values = [side[0] for side in sides]
    per_day = [value / count for value, count in zip(values, days, strict=True)] if all(days) else []
    found = list(per_day)
    for pair in filter(None, (values, per_day)):
        more, less = max(pair), min(pair)
        found += [more - less, *((more / less - 1.0, more / less) if less else ())]
    return found


def _span(answer: Answer) -> tuple[date, date] | None:
    main = next((used for used in answer.periods if used.role == "main"), None)
    if main is not None:
        return main.start, main.end
    source = answer.provenance
    if source is None or source.data_start is None or source.data_end is None:
        return None
    return source.data_start, source.data_end


def _days_kept(plan: dict[str, Any], span: tuple[date, date] | None) -> int:
    """Return how many days of a span the plan's days of the week (1 Monday) keep; 0 where it names none."""
    named = [one for one in plan.get("where", ()) if str(one.get("dimension")).endswith("__day_of_week")]
    if span is None or len(named) != 1:
        return 0
    start, end = span
    weekdays = [(start + timedelta(at)).isoweekday() for at in range((end - start).days)]
    return sum(day in named[0]["values"] for day in weekdays)


def _names(table: Table, row: Row, locale: Locale) -> Iterator[str]:
    """Yield what a sentence may call a row: its members together."""
    for say in (group_label, spoken_label):  # in a table 否, in a sentence 「非预售」
        members = [
            say(cell, column).at(locale)
            for column, cell in zip(table.columns, row, strict=True)
            if column.kind == "dimension"
        ]
        if members:
            yield BETWEEN.join(members).casefold()


def _of_rows(rows: list[Row], numeric: list[int]) -> list[float]:
    """Return what may be said of the rows of one name: cells of the only row, or the marks of a series."""
    found: list[float] = []
    for at in numeric:
        values = list(_numbers(row[at] for row in rows))
        if len(rows) == 1 or len(values) <= 1:
            found += values
            continue
        # The first and the last bucket may be cut by the period, and are then left out of what is compared.
        firsts, lasts = values[:ENDS], values[-ENDS:]
        inner = [values[low : len(values) - high] for low in range(ENDS) for high in range(ENDS)]
        found += [float(sum(sign * value > 0 for value in values)) for sign in (1, -1)]  # "up in 7 of 11"
        found += [*firsts, *lasts, *(pick(part) for part in inner if part for pick in (max, min))]
        for first in firsts:
            found += [last - first for last in lasts]
            found += [last / first - 1.0 for last in lasts if first]
    return found


def _of_columns(table: Table, numeric: list[int]) -> list[float]:
    """Return totals, averages, and what the first few rows make together."""
    found = list(_numbers(table.totals or ()))
    for at in numeric:
        values = list(_numbers(row[at] for row in table.rows))
        if len(values) == TWO:  # one beside the other: "in person is 361 above on screen"
            more, less = max(values), min(values)
            found += [more - less, *((more / less - 1.0, more / less) if less else ())]
        if len(values) > 1:
            found += [sum(values), sum(values) / len(values)]
            ordered = sorted(values, reverse=True)
            found += [sum(ordered[:n]) for n in range(2, min(len(ordered), MOST_TOGETHER) + 1)]
    return found


def _of_totals(table: Table) -> Iterator[float]:
    """Yield how the total of all rows has grown on the period compared with, which is what a headline starts with."""
    sums = {
        column.name: sum(_numbers(row[at] for row in table.rows)) for at, column in enumerate(table.columns)
    }
    for now, later in sums.items():
        for name, before in sums.items():
            suffix = name.removeprefix(f"{now}__")
            if suffix != name and before and not suffix.startswith(CHANGES):
                yield later / before - 1.0


def _beside(answer: Answer, layer: SemanticLayer) -> Iterator[Table]:
    """Yield the result of each query that the answer's provenance names beside the plan's own, run again.

    A reader can do the same: a number that none of them gives has no source.
    """
    labels = {
        column.name: column
        for part in answer.parts
        if part.table is not None
        for column in part.table.columns
        if column.kind in ("dimension", "time")
    }
    extra = answer.provenance.extra if answer.provenance is not None else {}
    listed = extra.get("side_queries")
    for query in listed if isinstance(listed, list) else ():
        found = layer.execute(str(query["sql"]), None, None)
        columns = tuple(labels.get(name, Column(name, Text.same(name), "metric")) for name in found.columns)
        yield Table(columns, found.rows, len(found.rows))


def _numbers(cells: Iterable[object]) -> Iterator[float]:
    for cell in cells:
        if isinstance(cell, str | bool | date | datetime) or cell is None:
            continue
        value = plain(cell)
        if isinstance(value, float):
            yield value


def _plan_numbers(value: object) -> list[float]:
    """Return the numbers that a plan holds: limits, thresholds, values of conditions."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [float(value)]
    if isinstance(value, str):
        return [float(one) for one in re.findall(r"(?<![\d-])\d+(?:\.\d+)?(?![\d-])", value)]
    if isinstance(value, dict):
        return [number for one in value.values() for number in _plan_numbers(one)]
    return (
        [number for one in value for number in _plan_numbers(one)] if isinstance(value, list | tuple) else []
    )
