"""Bars and their relatives: ranking, groups side by side, stacked, pie, histogram."""

from __future__ import annotations

from typing import Any

from bot.charts.frame import (
    ACROSS,
    FAINT,
    GRID,
    HIGHLIGHT,
    INK,
    MUTED,
    Canvas,
    Figure,
    clip,
    plain,
    two_lines,
)
from semantic_layer.table import Row
from tools.render import percent

ROW_HEIGHT = 30
LABEL_ROOM = 1.2  # the longest bar leaves room for the number behind it


def bar(canvas: Canvas) -> Figure:
    """Return horizontal bars from the largest (or first), the first highlighted; upright ones for time.

    An interval (`low`, `high`) is drawn as error bars.
    """
    spec = canvas.spec
    assert spec.x is not None
    if canvas.column(spec.x).kind == "time":
        return _upright(canvas)
    name = spec.y[0]
    names, values = canvas.names(spec.x), canvas.values(name)
    lead = HIGHLIGHT[canvas.theme] if canvas.option("sorted") else canvas.colour(0)
    rest = MUTED[canvas.theme] if canvas.option("sorted") and len(values) > 1 else lead
    trace: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": list(range(len(values))),
        "marker": {"color": [lead, *[rest] * (len(values) - 1)]},
        "text": canvas.labels(values, name),
        "textposition": "outside",
        "textfont": {"color": INK[canvas.theme]},
        "cliponaxis": False,
        "constraintext": "none",
        "customdata": names,
        "hovertemplate": f"%{{customdata}}<br>{canvas.header(name)} %{{text}}<extra></extra>",
    }
    _errors(canvas, trace, values, "error_x")
    axis = canvas.value_axis(name, values, side="bottom", count=ACROSS)
    axis["range"] = _room(values)
    layout = canvas.layout(
        height=_height(canvas, len(values)),
        xaxis=axis,
        yaxis=_names_axis(canvas, names),
        bargap=0.35,
    )
    return {"data": [trace], "layout": layout}


def grouped_bar(canvas: Canvas) -> Figure:
    """Return bars side by side: one per value column, or one per value of `series`.

    A muted column is another period's and is drawn pale.
    """
    return _many(canvas, "group")


def stacked_bar(canvas: Canvas) -> Figure:
    """Return one bar per category, stacked by `series`; the parts add up to the bar."""
    return _many(canvas, "stack")


def pie(canvas: Canvas) -> Figure:
    """Return a ring with name and percentage on each slice, in table order; for few parts of a whole."""
    spec = canvas.spec
    assert spec.x is not None
    name = spec.y[0]
    values = canvas.values(name)
    total = sum(value or 0.0 for value in values)
    names = canvas.names(spec.x)
    trace = {
        "type": "pie",
        "labels": list(range(len(values))),
        "values": values,
        "text": [
            f"{clip(one, 16)}<br>{percent((value or 0.0) / total) if total else ''}"
            for one, value in zip(names, values, strict=True)
        ],
        "customdata": list(zip(names, canvas.labels(values, name), strict=True)),
        "hole": 0.5,
        "sort": False,
        "direction": "clockwise",
        "textinfo": "text",
        "textposition": "outside",
        "automargin": True,
        "marker": {
            "colors": [canvas.colour(at) for at in range(len(values))],
            "line": {"width": 1, "color": GRID[canvas.theme]},
        },
        "hovertemplate": "%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
    }
    return {"data": [trace], "layout": canvas.layout(height=400)}


def histogram(canvas: Canvas) -> Figure:
    """Return touching upright bars over ready-made classes: counting is the query's work, not the browser's."""
    figure = _upright(canvas)
    figure["layout"]["bargap"] = 0.04
    return figure


def _upright(canvas: Canvas) -> Figure:
    """Return upright bars in table order; the running bucket is hatched."""
    spec = canvas.spec
    assert spec.x is not None
    xs = canvas.spec.table.column(spec.x)
    running = [spec.partial_from is not None and str(plain(x)) >= spec.partial_from for x in xs]
    traces = []
    for at, name in enumerate(spec.y):
        values = canvas.values(name)
        colour = MUTED[canvas.theme] if name in (canvas.option("muted") or ()) else canvas.colour(at)
        traces.append(
            {
                "type": "bar",
                "name": canvas.header(name),
                "x": canvas.names(spec.x),
                "y": values,
                "marker": {"color": colour, "pattern": {"shape": ["/" if one else "" for one in running]}},
                "text": canvas.labels(values, name),
                "textposition": "outside" if len(values) <= 14 and len(spec.y) == 1 else "none",
                "cliponaxis": False,
                "hovertemplate": "%{x}<br>%{text}<extra></extra>",
            }
        )
    axis = canvas.value_axis(spec.y[0], [value for name in spec.y for value in canvas.values(name)])
    layout = canvas.layout(
        legend=len(traces) > 1,
        xaxis=canvas.plain_axis(type="category"),
        yaxis=axis,
        bargap=0.3,
    )
    return {"data": traces, "layout": layout}


def _many(canvas: Canvas, mode: str) -> Figure:
    spec = canvas.spec
    assert spec.x is not None
    categories = list(dict.fromkeys(spec.table.column(spec.x)))
    if mode == "stack" or spec.series is not None:
        categories = _largest_first(canvas, categories)
    rows_of = {
        category: [r for r in spec.table.rows if r[spec.table.index(spec.x)] == category]
        for category in categories
    }
    names = [canvas.names(spec.x, rows[:1])[0] for rows in rows_of.values()]
    traces = [
        _trace(canvas, label, name, cells, names, colour, mode)
        for label, name, cells, colour in _series(canvas, list(rows_of.values()))
    ]
    every = [value for trace in traces for value in trace["x"] if value is not None]
    if mode == "stack":
        totals = [sum(trace["x"][at] or 0.0 for trace in traces) for at in range(len(names))]
        traces.append(_totals(canvas, totals, spec.y[0]))
        every = totals
    axis = canvas.value_axis(spec.y[0], every, count=ACROSS)
    axis["range"] = _room(every)
    per = 1 if mode == "stack" else max(1, len(traces)) * 0.62
    layout = canvas.layout(
        legend=True,
        height=_height(canvas, round(len(names) * max(1.0, per))),
        barmode="stack" if mode == "stack" else "group",
        xaxis=axis,
        yaxis=_names_axis(canvas, names),
        bargap=0.3,
    )
    return {"data": traces, "layout": layout}


def _series(canvas: Canvas, groups: list[list[Row]]) -> list[tuple[str, str, list[float | None], str]]:
    """Return label, column, one value per category and colour of every series."""
    spec = canvas.spec
    found: list[tuple[str, str, list[float | None], str]] = []
    if spec.series is None:
        muted = canvas.option("muted") or ()
        for at, name in enumerate(spec.y):
            colour = MUTED[canvas.theme] if name in muted else canvas.colour(at)
            found.append(
                (canvas.header(name), name, [canvas.values(name, rows)[0] for rows in groups], colour)
            )
        return found
    at = spec.table.index(spec.series)
    name = spec.y[0]
    for number, code in enumerate(dict.fromkeys(spec.table.column(spec.series))):
        cells = []
        label = ""
        for rows in groups:
            own = [row for row in rows if row[at] == code]
            cells.append(canvas.values(name, own)[0] if own else None)
            label = canvas.names(spec.series, own)[0] if own else label
        found.append((label, name, cells, canvas.colour(number)))
    return found


def _trace(
    canvas: Canvas, label: str, name: str, cells: list[float | None], names: list[str], colour: str, mode: str
) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": label,
        "x": cells,
        "y": list(range(len(cells))),
        "marker": {"color": colour},
        "text": canvas.labels(cells, name),
        "textposition": "none" if mode == "stack" else "outside",
        "textfont": {"color": INK[canvas.theme], "size": 11},
        "cliponaxis": False,
        "constraintext": "none",
        "customdata": names,
        "hovertemplate": f"%{{customdata}} · {label}<br>%{{text}}<extra></extra>",
    }


def _totals(canvas: Canvas, totals: list[float], name: str) -> dict[str, Any]:
    """Return the invisible trace that writes each stack's total behind it."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": totals,
        "y": list(range(len(totals))),
        "text": canvas.labels(totals, name),
        "textposition": "middle right",
        "textfont": {"color": INK[canvas.theme]},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _largest_first(canvas: Canvas, categories: list[Any]) -> list[Any]:
    spec = canvas.spec
    assert spec.x is not None
    at = spec.table.index(spec.x)
    sizes: dict[Any, float] = dict.fromkeys(categories, 0.0)
    for row, value in zip(spec.table.rows, canvas.values(spec.y[0]), strict=True):
        sizes[row[at]] += value or 0.0
    return sorted(categories, key=lambda category: -sizes[category])


def _names_axis(canvas: Canvas, names: list[str]) -> dict[str, Any]:
    """Return the axis of category names, first on top. Positions are numbers: two names may read the same."""
    return canvas.plain_axis(
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[two_lines(name) for name in names],
        range=[len(names) - 0.45, -0.55],
        showline=False,
        zeroline=False,
    )


def _errors(canvas: Canvas, trace: dict[str, Any], values: list[float | None], key: str) -> None:
    spec = canvas.spec
    if spec.low is None or spec.high is None:
        return
    low, high = canvas.values(spec.low), canvas.values(spec.high)
    trace[key] = {
        "type": "data",
        "symmetric": False,
        "array": [None if h is None or v is None else h - v for h, v in zip(high, values, strict=True)],
        "arrayminus": [
            None if lo is None or v is None else v - lo for lo, v in zip(low, values, strict=True)
        ],
        "color": FAINT[canvas.theme],
        "thickness": 1.5,
    }
    trace["textposition"] = "none"  # a number behind the bar would sit on its interval


def _room(values: list[float | None] | list[float]) -> list[float]:
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    if low == high:
        return [0.0, 1.0]
    return [low * LABEL_ROOM, high * LABEL_ROOM]


def _height(canvas: Canvas, rows: int) -> int:
    top = canvas.layout()["margin"]["t"]
    return int(max(200, top + 64 + ROW_HEIGHT * rows))
