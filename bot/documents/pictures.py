"""Charts as small SVG pictures: no script, no font and no network needed; what has no picture here stays a table.

Colours are variables of the page, with a fallback, so that a dark page draws dark charts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from math import isfinite

from bot.charts.frame import clip
from semantic_layer.table import Column
from semantic_layer.text import Locale
from tools.render import as_float, cell, short
from tools.result import ChartSpec

WIDTH, HEIGHT = 400, 170  # as wide as a phone: its letters are as large as the page's
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 22, 22
ROW = 26
MOST_BARS = 10
LABEL = 108
COLOURS = ("var(--accent, #2563eb)", "var(--second, #94a3b8)", "var(--third, #d97706)")


def picture(chart: ChartSpec, locale: Locale) -> str | None:
    """Return the chart as an SVG element; None for a kind that has no picture or a chart without numbers."""
    if chart.x is None or not chart.y:
        return None
    if chart.kind in ("line", "area"):
        return _line(chart, locale)
    if chart.kind in ("bar", "grouped_bar", "waterfall"):
        return _bars(chart, locale)
    return None


def _series(chart: ChartSpec, name: str) -> list[float | None]:
    at = chart.table.index(name)
    values = [as_float(row[at]) for row in chart.table.rows]
    return [value if value is not None and isfinite(value) else None for value in values]


def _line(chart: ChartSpec, locale: Locale) -> str | None:
    lines = [_series(chart, name) for name in chart.y[: len(COLOURS)]]
    known = [value for line in lines for value in line if value is not None]
    if chart.series is not None or len(chart.table.rows) < 2 or not known:
        return None
    low, high = min(0.0, *known), max(known)
    reach = (high - low) or 1.0
    count = len(chart.table.rows)

    def place(at: int, value: float) -> str:
        across = LEFT + (WIDTH - LEFT - RIGHT) * at / (count - 1)
        return f"{across:.1f},{TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / reach):.1f}"

    body = []
    base = TOP + (HEIGHT - TOP - BOTTOM) * (1 - (0.0 - low) / reach)
    body.append(
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base:.1f}" y2="{base:.1f}" stroke="var(--rule, #ddd)"/>'
    )
    for colour, line in zip(COLOURS, lines, strict=False):
        for run in _runs(line):
            points = " ".join(place(at, value) for at, value in run)
            body.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
    body += _ends(chart, lines[0], place, locale)
    return _svg(body, HEIGHT, chart.title.at(locale))


def _runs(line: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Return the stretches without a gap: a missing value is a gap, never a line across it."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(line):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]


def _ends(chart: ChartSpec, line: Sequence[float | None], place: object, locale: Locale) -> list[str]:
    """Return first and last label of the axis, and the last value beside its point."""
    assert callable(place)
    at = chart.table.index(str(chart.x))
    column, rows = chart.table.columns[at], chart.table.rows
    first, last = (_short(row[at], column, locale) for row in (rows[0], rows[-1]))
    body = [
        f'<text x="{LEFT}" y="{HEIGHT - 5}" class="axis">{escape(first)}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 5}" text-anchor="end" class="axis">{escape(last)}</text>',
    ]
    known = [(index, value) for index, value in enumerate(line) if value is not None]
    index, value = known[-1]
    across, down = place(index, value).split(",")
    shown = short(value, chart.table.columns[chart.table.index(chart.y[0])], locale)  # 109万, as in the text
    body.append(f'<circle cx="{across}" cy="{down}" r="4" fill="{COLOURS[0]}"/>')
    body.append(
        f'<text x="{across}" y="{max(float(down) - 9, 12):.1f}" text-anchor="end" class="mark">{escape(shown)}</text>'
    )
    return body


def _short(value: object, column: Column, locale: Locale) -> str:
    if isinstance(value, date):
        return f"{value.month}/{value.day}" if locale == "zh-CN" else f"{value.day} {value:%b}"
    return cell(value, column, locale)  # type: ignore[arg-type]  # a cell of the table


def _bars(chart: ChartSpec, locale: Locale) -> str | None:
    values = _series(chart, chart.y[0])
    at = chart.table.index(str(chart.x))
    column, label = chart.table.columns[chart.table.index(chart.y[0])], chart.table.columns[at]
    shown = [
        (cell(row[at], label, locale), value)
        for row, value in zip(chart.table.rows, values, strict=True)
        if value is not None
    ][:MOST_BARS]
    if not shown or chart.series is not None:
        return None
    low, high = min(0.0, *(value for _, value in shown)), max(0.0, *(value for _, value in shown))
    reach = (high - low) or 1.0
    room = WIDTH - LABEL - 84
    zero = LABEL + room * (0.0 - low) / reach
    body = []
    for row, (name, value) in enumerate(shown):
        top, length = TOP + row * ROW, room * abs(value) / reach
        start = zero if value >= 0 else zero - length
        colour = COLOURS[0] if value >= 0 else COLOURS[2]
        written = escape(short(value, column, locale))
        body.append(
            f'<text x="{LABEL - 8}" y="{top + 14}" text-anchor="end" class="axis">{escape(_cut(name))}</text>'
        )
        body.append(
            f'<rect x="{start:.1f}" y="{top + 2}" width="{max(length, 1):.1f}" height="16" rx="2" fill="{colour}"/>'
        )
        end = max(start + length, zero) + 6
        body.append(f'<text x="{end:.1f}" y="{top + 15}" class="mark">{written}</text>')
    return _svg(body, TOP + len(shown) * ROW + 4, chart.title.at(locale))


def _cut(text: str, most: int = 16) -> str:
    """Return a name that fits beside a bar: a Chinese character is as wide as two letters."""
    return clip(text, most)


def _svg(body: Sequence[str], height: int, title: str) -> str:
    inside = "".join(body)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}" '
        f'xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    )
