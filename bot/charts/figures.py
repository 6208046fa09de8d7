"""Single figures and dense pictures: big numbers, heat map, Sankey, tree map, table."""

from __future__ import annotations

from typing import Any

from bot.charts.frame import BAD, CLEAR, FAINT, FONT, GOOD, GRID, INK, MUTED, Canvas, Figure, clip, safe
from semantic_layer.text import Text
from tools.render import cell, percent, points, style_of

MOST_TABLE_ROWS = 50
_DIVERGING = {
    "light": [[0, "#B5532B"], [0.5, "#FFFFFF"], [1, "#00517F"]],
    "dark": [[0, "#D98A66"], [0.5, "#1F2933"], [1, "#6FB6DE"]],
}
_SCALE = {
    "light": [[0, "#F2F7FB"], [0.5, "#7DB8DA"], [1, "#00517F"]],
    "dark": [[0, "#1F2933"], [0.5, "#2F7FA8"], [1, "#A9DCF5"]],
}


def number(canvas: Canvas) -> Figure:
    """Return each value big, side by side, with its change below: coloured by whether it is good."""
    spec = canvas.spec
    before = canvas.option("before") or {}
    width = 1 / max(1, len(spec.y))
    notes: list[dict[str, Any]] = []
    for at, name in enumerate(spec.y):
        value = canvas.values(name)[0] if spec.table.rows else None
        middle = (at + 0.5) * width
        text = canvas.labels([value], name)[0] or "–"
        size = 44 if len(spec.y) == 1 else 30
        notes.append(_note(middle, 0.56, text, size, INK[canvas.theme]))
        if len(spec.y) > 1:
            notes.append(_note(middle, 0.92, canvas.header(name), 13, FAINT[canvas.theme]))
        other = canvas.values(before[name])[0] if name in before and spec.table.rows else None
        if value is not None and other is not None:
            notes.append(_note(middle, 0.1, *_moved(canvas, name, value, other)))
    hidden = {"visible": False, "range": [0, 1], "fixedrange": True}
    layout = canvas.layout(height=210, annotations=notes, xaxis=hidden, yaxis=hidden)
    # An empty trace keeps Plotly's reader of figures content: a figure without data is taken for a failure.
    return {"data": [{"type": "scatter", "x": [], "y": [], "hoverinfo": "skip"}], "layout": layout}


def _note(x: float, y: float, text: str, size: int, colour: str) -> dict[str, Any]:
    return {
        "x": x, "y": y, "xref": "paper", "yref": "paper", "text": text, "showarrow": False, "xanchor": "center",
        "font": {"size": size, "color": colour, "family": FONT},
    }  # fmt: skip


def _moved(canvas: Canvas, name: str, value: float, other: float) -> tuple[str, int, str]:
    """Return text, size and colour of a change: arrow, size and the value before."""
    delta = value - other
    arrow = "▲" if delta > 0 else "▼" if delta < 0 else "＝"
    if style_of(canvas.column(name)).percent:
        size = canvas.say(points(delta))
    else:
        size = percent(abs(delta) / other) if other > 0 else canvas.labels([abs(delta)], name)[0]
    good = (canvas.option("good") or {}).get(name, "none")
    colour = FAINT[canvas.theme]
    if delta and good in ("up", "down"):
        colour = (GOOD if (delta > 0) == (good == "up") else BAD)[canvas.theme]
    previous = canvas.labels([other], name)[0]
    return f"{arrow} {size} ({previous})", 15, colour


def heatmap(canvas: Canvas) -> Figure:
    """Return `y[0]` as colour over `x` (down) and `series` (across); a missing pair stays empty.

    `options["diverging"]`: the colour tells below from above 0, white in the middle.
    """
    spec = canvas.spec
    assert spec.x is not None
    assert spec.series is not None
    down, across = spec.table.index(spec.x), spec.table.index(spec.series)
    name = spec.y[0]
    rows = list(dict.fromkeys(spec.table.column(spec.x)))
    columns = list(dict.fromkeys(spec.table.column(spec.series)))
    values = {
        (row[down], row[across]): value
        for row, value in zip(spec.table.rows, canvas.values(name), strict=True)
    }
    grid = [[values.get((row, column)) for column in columns] for row in rows]
    first = {row[down]: row for row in reversed(spec.table.rows)}
    top = {row[across]: row for row in reversed(spec.table.rows)}
    row_names = [canvas.names(spec.x, [first[row]])[0] for row in rows]
    column_names = [canvas.names(spec.series, [top[column]])[0] for column in columns]
    texts = [canvas.labels(line, name) for line in grid]
    if len(columns) > 6 and style_of(canvas.column(name)).percent:
        shown = [[f"{value:.0%}" if value is not None else "" for value in line] for line in grid]
    else:
        shown = texts
    trace = {
        "type": "heatmap",
        "z": grid,
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "customdata": [
            [
                f"{row} · {column}<br>{canvas.header(name)} {text}"
                for column, text in zip(column_names, line, strict=True)
            ]
            for row, line in zip(row_names, texts, strict=True)
        ],
        "text": shown,
        "texttemplate": "%{text}" if len(columns) <= 14 else "",
        "textfont": {"size": 12 if len(columns) <= 6 else 10},
        "colorscale": _SCALE[canvas.theme],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    if canvas.option("diverging"):
        trace |= {"colorscale": _DIVERGING[canvas.theme], "zmid": 0}
    lower: dict[str, Any] = {}
    if all(one.isdigit() for one in column_names):  # numbers alone do not say what they count
        lower = {"title": {"text": canvas.header(spec.series), "font": {"size": 12}}, "tickangle": 0}
    layout = canvas.layout(
        height=max(260, 150 + 30 * len(rows)),
        xaxis=_places(canvas, [clip(one, 12) for one in column_names], side="bottom", **lower),
        yaxis=_places(canvas, [clip(one, 34) for one in row_names], autorange="reversed"),
    )
    return {"data": [trace], "layout": layout}


def _places(canvas: Canvas, names: list[str], **more: Any) -> dict[str, Any]:
    return canvas.plain_axis(
        tickmode="array", tickvals=list(range(len(names))), ticktext=names, zeroline=False, **more
    )


def sankey(canvas: Canvas) -> Figure:
    """Return flows between named places; `options["links"]`: list of {source, target, value}, largest first.

    A place is a string, or a `Text` that is read in the chart's language.
    """
    links = list(canvas.option("links") or ())

    def named(place: object) -> str:
        return canvas.say(place) if isinstance(place, Text) else str(place)

    places = list(
        dict.fromkeys([named(link["source"]) for link in links] + [named(link["target"]) for link in links])
    )
    at = {place: number for number, place in enumerate(places)}
    trace = {
        "type": "sankey",
        "node": {
            "label": [safe(place) for place in places],
            "color": [canvas.colour(number) for number in range(len(places))],
            "pad": 18,
            "thickness": 16,
            "line": {"width": 0},
        },
        "link": {
            "source": [at[named(link["source"])] for link in links],
            "target": [at[named(link["target"])] for link in links],
            "value": [link["value"] for link in links],
            "color": f"{MUTED[canvas.theme]}88",
        },
        "textfont": {"family": FONT, "color": INK[canvas.theme]},
    }
    return {"data": [trace], "layout": canvas.layout(height=460)}


def treemap(canvas: Canvas) -> Figure:
    """Return one rectangle per row, its area the value; one level."""
    spec = canvas.spec
    assert spec.x is not None
    values = canvas.values(spec.y[0])
    trace = {
        "type": "treemap",
        "labels": canvas.names(spec.x),
        "parents": [""] * len(values),
        "values": values,
        "text": canvas.labels(values, spec.y[0]),
        "textinfo": "label+text+percent root",
        "marker": {"colors": [canvas.colour(at) for at in range(len(values))]},
        "hovertemplate": "%{label}<br>%{text}<extra></extra>",
    }
    return {"data": [trace], "layout": canvas.layout(height=420)}


def table(canvas: Canvas) -> Figure:
    """Return the first rows as a table, numbers to the right."""
    spec = canvas.spec
    rows = spec.table.rows[:MOST_TABLE_ROWS]
    columns = spec.table.columns
    align = ["right" if column.kind in ("metric", "derived") else "left" for column in columns]
    trace = {
        "type": "table",
        "header": {
            "values": [f"<b>{canvas.say(column.label)}</b>" for column in columns],
            "align": align,
            "fill": {"color": CLEAR},
            "line": {"color": GRID[canvas.theme]},
            "font": {"color": INK[canvas.theme], "family": FONT},
        },
        "cells": {
            "values": [
                [safe(cell(row[at], column, canvas.locale)) for row in rows]
                for at, column in enumerate(columns)
            ],
            "align": align,
            "height": 28,
            "fill": {"color": CLEAR},
            "line": {"color": GRID[canvas.theme]},
            "font": {"color": INK[canvas.theme], "family": FONT},
        },
    }
    return {"data": [trace], "layout": canvas.layout(height=min(900, 150 + 28 * len(rows)))}
