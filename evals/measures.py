"""What is measured on an answer besides being right: numbers in its text, the chart, tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.plan import MetricPlan
from evals.compare import plain
from semantic_layer.catalog import Catalog, RatioMetric
from semantic_layer.errors import AskGrowthError
from semantic_layer.query import Compare

if TYPE_CHECKING:
    from bot.answer import Answer
    from semantic_layer.text import Locale
    from semantic_layer.workspace import SemanticLayer

# A date in any of the forms that answers write; what they say is checked through the plan's period.
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATES = re.compile(
    r"\d{4}[-/年]\d{1,2}(?:[-/月]\d{1,2}日?|月)?|\d{1,2}/\d{1,2}|\d{1,2}月(?:\d{1,2}日)?|(?<!\d)(?:19|20)\d\d年?(?![\d,.])"
    rf"|\d{{1,2}}(?:[–-]\d{{1,2}})? (?:{_MONTHS})[a-z]*(?: \d{{4}})?|(?:{_MONTHS})[a-z]* \d{{4}}"
    r"|\d{1,2}:\d\d|第?\d{1,2}周|week \d+|Q[1-4]|H[12]|\d+季度"
)
_NUMBER = re.compile(
    r"(?<![A-Za-z\d.])[−-]?\d(?:[\d,]*\d)?(?:\.\d+)?\s*(万|亿|k|K|M|B|bn|m(?![a-z])|pp|个百分点|%)?(?![A-Za-z\d])"
)
_SCALE = {"万": 1e4, "亿": 1e8, "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "B": 1e9, "bn": 1e9, "%": 0.01, "pp": 0.01,
          "个百分点": 0.01}  # fmt: skip
MOST_CELLS = 60  # differences and quotients are tried between the first cells only
MOST_NAMED = 5
TIME_KINDS = ("line", "area", "bar", "grouped_bar", "stacked_bar", "heatmap", "number", "table")
MOST_SLICES = 8


def unfaithful(answer: Answer, layer: SemanticLayer, today: date | None, user: str | None) -> tuple[str, ...]:
    """Return the numbers of the headline that neither this answer's cells nor the data account for.

    A printed number is accounted for by a value that rounds to it at the printed precision: a cell, a total, a
    count of rows, a number of the plan or a finding; a sum, difference or quotient of such cells; or what a second
    query of the same plan gives, beside the period before it and with the inputs of its ratios.
    """
    locale = answer.locale
    if answer.headline is None:
        return ()
    text = answer.headline.at(locale)
    for label in sorted(_labels(answer, locale), key=len, reverse=True):
        text = text.replace(label, " ")
    text = _DATES.sub(" ", text)
    printed = [(match.group(0), *_reading(match)) for match in _NUMBER.finditer(text)]
    if not printed:
        return ()
    values = list(_values(answer))
    missing = [(shown, value, step) for shown, value, step in printed if not _near(value, step, values)]
    if missing:
        derived = list(_derived(_columns(answer)))
        missing = [one for one in missing if not _near(one[1], one[2], derived)]
    if missing:
        context = _context(answer, layer, today, user)
        derived = [cell for column in context for cell in column] + list(_derived(context))
        missing = [one for one in missing if not _near(one[1], one[2], derived)]
    return tuple(shown.strip() for shown, _, _ in missing)


def chart_problem(answer: Answer) -> str | None:
    """Return why the chart does not suit the executed plan; empty where it does, None without a plan of metrics.

    Judged by what the chart must let a reader see: time runs along an axis, parts of a whole only few and never
    negative, several groups in series, one number as a number; every value it draws is a column of its own table.
    """
    plan, chart = answer.plan, answer.chart
    if not isinstance(plan, MetricPlan) or not answer.parts or not plan.metrics:
        return None
    if chart is None:
        table = answer.parts[0].table
        return "" if table is None or not table.rows or not _has_value(answer) else "no chart"
    names = {column.name for column in chart.table.columns}
    used = {name for name in (chart.x, chart.series, *chart.y, chart.low, chart.high) if name}
    if not used <= names:
        return f"draws {', '.join(sorted(used - names))}, which its table has not"
    timed = any(group.grain is not None for group in plan.group_by)
    if timed and chart.kind not in TIME_KINDS:
        return f"{chart.kind} over time"
    if not plan.group_by and not plan.compare and chart.kind not in ("number", "table", "bar", "grouped_bar"):
        return f"{chart.kind} of a single value"
    if chart.kind == "pie":
        cells = [plain(cell) for cell in chart.table.column(chart.y[0])]
        numbers = [cell for cell in cells if isinstance(cell, float)]
        if len(cells) > MOST_SLICES or any(cell < 0 for cell in numbers):
            return "a pie of many or negative parts"
    if plan.presentation in ("line", "bar", "table", "area") and chart.kind not in _asked(plan.presentation):
        return f"{chart.kind} where {plan.presentation} was asked"
    return ""


def usage(answer: Answer) -> tuple[int, int, float | None]:
    """Return tokens in, tokens out and cost of an answer; the cost is None where the endpoint's price is unknown."""
    extra = answer.provenance.extra if answer.provenance is not None else {}
    cost = extra.get("cost")
    return (
        _count(extra.get("tokens_in")),
        _count(extra.get("tokens_out")),
        float(cost) if isinstance(cost, int | float) else None,
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _asked(presentation: str) -> tuple[str, ...]:
    return {"bar": ("bar", "grouped_bar", "stacked_bar"), "line": ("line",), "table": ("table",)}.get(
        presentation, (presentation, "stacked_bar")
    )


def _has_value(answer: Answer) -> bool:
    return any(
        cell is not None for part in answer.parts if part.table for row in part.table.rows for cell in row
    )


def _labels(answer: Answer, locale: Locale) -> set[str]:
    """Return what is named in the text and may hold digits: members, columns."""
    found = {
        slot.text.at(locale) for slot in answer.interpretation if slot.slot in ("metric", "filter", "segment")
    }
    for part in answer.parts:
        for table in (part.table, *part.further):
            for column in table.columns if table is not None else ():
                found.add(column.label.at(locale))
                found.update(label.at(locale) for _, label in column.value_labels)
            for row in table.rows if table is not None else ():
                found.update(cell for cell in row if isinstance(cell, str))
    found.update(used.label.at(locale) for used in answer.periods)
    return {label for label in found if re.search(r"[^\W\d_]|\d{3}", label)}


def _reading(match: re.Match[str]) -> tuple[float, float]:
    """Return the printed number and the half of its last digit."""
    digits = match.group(0).strip()
    unit = match.group(1) or ""
    digits = digits.removesuffix(unit).strip().replace(",", "").replace("−", "-")
    scale = _SCALE.get(unit, 1.0)
    places = len(digits.partition(".")[2])
    return float(digits) * scale, 0.5000001 * 10.0**-places * scale


def _near(value: float, step: float, candidates: list[float]) -> bool:
    # A fall is written without its sign ("down 3 %").
    return any(abs(abs(value) - abs(one)) <= step + 1e-9 * abs(one) for one in candidates)


def _values(answer: Answer) -> Iterator[float]:
    for part in answer.parts:
        for table in (part.table, *part.further):
            if table is None:
                continue
            yield from (len(table.rows), table.row_count)
            for row in (*table.rows, table.totals or ()):
                yield from _numbers(row)
        yield from _plan_numbers(part.plan.model_dump(mode="json"))
    for finding in answer.findings:
        yield from _numbers((finding.value, finding.low, finding.high))
        yield from _numbers(driver.contribution for driver in finding.drivers)
    for suggestion in answer.suggestions:
        yield from (suggestion.effect.low, suggestion.effect.high)
    yield float(len(answer.suggestions))
    for used in answer.periods:
        for end in (used.end, used.requested_end):
            days = (end - used.start).days
            months = (end.year - used.start.year) * 12 + end.month - used.start.month
            yield from (days, days / 7, months, months / 3, months / 12)


def _columns(answer: Answer) -> list[list[float]]:
    """Return the numbers of the answer's tables, column by column, and those of its findings."""
    tables = [table for part in answer.parts for table in (part.table, *part.further) if table is not None]
    found = [
        list(_numbers(row[at] for row in table.rows)) for table in tables for at in range(len(table.columns))
    ]
    return [*found, *([value] for finding in answer.findings for value in _numbers((finding.value,)))]


def _context(answer: Answer, layer: SemanticLayer, today: date | None, user: str | None) -> list[list[float]]:
    """Return the columns of each plan run again with the inputs of its ratios and the period before it."""
    found: list[list[float]] = []
    for part in answer.parts:
        if not isinstance(part.plan, MetricPlan) or not part.plan.metrics:
            continue
        kinds = [
            layer.catalog.metrics[name].type for name in part.plan.metrics if name in layer.catalog.metrics
        ]
        inputs = [
            one.metric
            for kind in kinds
            if isinstance(kind, RatioMetric)
            for one in (kind.numerator, kind.denominator)
        ]
        compared = part.plan.compare or ((Compare(kind="previous_period"),) if part.plan.period else ())
        changes: dict[str, Any] = {
            "metrics": tuple(dict.fromkeys((*part.plan.metrics, *inputs, *_also(part.plan, layer.catalog)))),
            "compare": compared, "order_by": (), "limit": None, "transforms": (), "having": (),
        }  # fmt: skip
        without = {**changes, "group_by": tuple(one for one in part.plan.group_by if one.grain is None)}
        for wanted in (changes, without):
            try:
                table = layer.query(part.plan.model_copy(update=wanted), today=today, user=user).table
            except AskGrowthError:  # an input is hidden, or cannot be compared: then it accounts for nothing
                continue
            found += [list(_numbers(row[at] for row in table.rows)) for at in range(len(table.columns))]
    return found


def _also(plan: MetricPlan, catalog: Catalog) -> list[str]:
    """Return the metrics that a vague word of the catalog names beside the one that was used."""
    return [
        name
        for one in catalog.concepts
        if one.metric in plan.metrics
        for name in one.also
        if name in catalog.metrics
    ]


def _derived(columns: list[list[float]]) -> Iterator[float]:
    """Yield totals, averages, differences, quotients and growth between the first cells."""
    cells: list[float] = []
    for column in columns:
        ordered = sorted(column, reverse=True)
        cells += [sum(column), sum(column) / len(column), *column] if column else []
        cells += [
            sum(ordered[:n]) for n in range(2, min(len(ordered), MOST_NAMED) + 1)
        ]  # "the first three together"
    cells = cells[:MOST_CELLS]
    yield from cells
    for one in cells:
        for other in cells:
            yield one - other
            if other:
                yield one / other
                yield one / other - 1.0
            if one != other:
                yield other / (one - other)  # a change over what was before it


def _numbers(cells: object) -> Iterator[float]:
    for cell in cells:  # type: ignore[attr-defined]  # rows of JSON
        if isinstance(cell, str | date | datetime) or cell is None:
            continue
        value = plain(cell)
        if isinstance(value, float):
            yield value


def _plan_numbers(value: object) -> Iterator[float]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, str):
        yield from (float(one) for one in re.findall(r"\d+(?:\.\d+)?", value))
    elif isinstance(value, dict):
        for one in value.values():
            yield from _plan_numbers(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _plan_numbers(one)
