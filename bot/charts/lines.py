"""Lines over time and areas. What is not over yet is dashed."""

from __future__ import annotations

import math
from typing import Any

from bot.charts.events import EVENT_ROOM, event_bands, event_names
from bot.charts.frame import FAINT, MUTED, Canvas, Figure, plain
from semantic_layer.table import Cell, Row
from semantic_layer.text import Text

_TICKS = {
    "zh-CN": {"day": "%-m/%-d", "week": "%-m/%-d", "month": "%Y/%-m", "quarter": "%Y Q%q", "year": "%Y"},
    "en-US": {"day": "%-d %b", "week": "%-d %b", "month": "%b %Y", "quarter": "Q%q %Y", "year": "%Y"},
}
_HOVER = {
    "zh-CN": {
        "day": "%Y/%-m/%-d",
        "week": "%Y/%-m/%-d 起一周",
        "month": "%Y年%-m月",
        "quarter": "%Y年Q%q",
        "year": "%Y年",
    },
    "en-US": {
        "day": "%-d %b %Y",
        "week": "week of %-d %b %Y",
        "month": "%b %Y",
        "quarter": "Q%q %Y",
        "year": "%Y",
    },
}
_NOT_OVER = Text(zh="未走完", en="not over yet")
MOST_MARKERS = 40
MOST_TICKS = 7  # dates that fit beside each other on a phone


def line(canvas: Canvas) -> Figure:
    """Return one line per value column or per value of `series`; the last stretch is dashed while it runs."""
    return _lines(canvas, fill=False)


def area(canvas: Canvas) -> Figure:
    """Return filled lines; several series are stacked."""
    return _lines(canvas, fill=True)


def _lines(canvas: Canvas, *, fill: bool) -> Figure:
    spec = canvas.spec
    assert spec.x is not None
    traces: list[dict[str, Any]] = []
    every: list[float | None] = []
    series = _series(canvas)
    dashed = canvas.option("dashed") or ()
    for at, (label, name, rows) in enumerate(series):
        xs: list[Any] = [plain(row[spec.table.index(spec.x)]) for row in rows]
        ys = canvas.values(name, rows)
        every += ys
        colour = MUTED[canvas.theme] if name in dashed else canvas.colour(at)
        stack = fill and len(series) > 1
        whole, running = _split(xs, ys, spec.partial_from)
        whole, begun = _split_start(*whole, canvas.option("whole_from"))
        main = line_trace(canvas, label, name, whole, colour, dash="dot" if name in dashed else "solid")
        traces.append(main)
        if fill:
            traces[-1] |= {"stackgroup": "one"} if stack else {"fill": "tozeroy", "fillcolor": _pale(colour)}
        if begun is not None and name not in dashed:
            trace = line_trace(canvas, label, name, begun, colour, dash="dot")
            hollow = {
                "symbol": ["circle-open", *["circle"] * (len(begun[0]) - 1)],
                "size": 7,
                "color": colour,
            }
            traces.append({**trace, "showlegend": False, "opacity": 0.75, "marker": hollow})
        if running is not None and name not in dashed:
            note = canvas.say(_NOT_OVER)
            trace = line_trace(canvas, f"{label} ({note})", name, running, colour, dash="dash")
            # Where nothing is over yet, the running part alone has the name in the legend.
            main["showlegend"] = bool(whole[0])
            traces.append(
                {**trace, "showlegend": not whole[0], "opacity": 0.75, "marker": _open_last(running, colour)}
            )
        if spec.low and spec.high and not spec.series and name == spec.y[-1]:
            traces[:0] = _band(canvas, xs, rows, colour)
    _references(canvas, traces)
    stacked = fill and len(series) > 1
    levels = _stacked(canvas, series) if stacked else every
    axis = canvas.value_axis(spec.y[0], levels)
    _lift(axis, levels, fill=fill or canvas.column(spec.y[0]).kind != "metric")
    legend = sum(1 for trace in traces if trace.get("showlegend", True)) > 1
    layout = canvas.layout(legend=legend, xaxis=_time_axis(canvas), yaxis=axis, hovermode="x unified")
    layout["annotations"] = [*_running_note(canvas, traces), *event_names(canvas)]
    layout["shapes"] = event_bands(canvas)
    if layout["shapes"]:  # room for the names above the lines
        layout["margin"]["t"] += EVENT_ROOM
        layout["height"] += EVENT_ROOM
    return {"data": traces, "layout": layout}


def _stacked(canvas: Canvas, series: list[tuple[str, str, list[Row]]]) -> list[float | None]:
    """Return the height of the stack at every x."""
    spec = canvas.spec
    assert spec.x is not None
    levels: dict[Any, float] = {}
    for _, name, rows in series:
        for row, value in zip(rows, canvas.values(name, rows), strict=True):
            x = plain(row[spec.table.index(spec.x)])
            levels[x] = levels.get(x, 0.0) + (value or 0.0)
    return list(levels.values())


def _running_note(canvas: Canvas, traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the words above the running bucket: a hollow point must not be read as a fall."""
    running = [trace for trace in traces if trace["line"].get("dash") == "dash"]
    if not running:
        return []
    font = {"size": 11, "color": FAINT[canvas.theme]}
    place = {"x": running[0]["x"][-1], "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": "center"}
    return [{**place, "text": canvas.say(_NOT_OVER), "showarrow": False, "font": font}]


def _series(canvas: Canvas) -> list[tuple[str, str, list[Row]]]:
    spec = canvas.spec
    assert spec.x is not None
    order = spec.table.index(spec.x)
    rows = sorted(spec.table.rows, key=lambda row: str(plain(row[order])))
    if spec.series is None:
        return [(canvas.header(name), name, rows) for name in spec.y]
    at = spec.table.index(spec.series)
    codes: dict[Cell, list[Row]] = {}
    for row in rows:
        codes.setdefault(row[at], []).append(row)
    sizes = {
        code: sum(value or 0.0 for value in canvas.values(spec.y[0], own)) for code, own in codes.items()
    }
    ordered = sorted(codes, key=lambda code: -sizes[code])
    return [(canvas.names(spec.series, codes[code][:1])[0], spec.y[0], codes[code]) for code in ordered]


def _split(
    xs: list[Any], ys: list[float | None], partial_from: str | None
) -> tuple[tuple[list[Any], list[float | None]], tuple[list[Any], list[float | None]] | None]:
    """Return the whole buckets, and the stretch from the last whole bucket into the running one."""
    cut = next((at for at, x in enumerate(xs) if partial_from is not None and str(x) >= partial_from), None)
    if cut is None:
        return (xs, ys), None
    begin = max(0, cut - 1)
    return (xs[:cut], ys[:cut]), (xs[begin:], ys[begin:])


def _split_start(
    xs: list[Any], ys: list[float | None], whole_from: str | None
) -> tuple[tuple[list[Any], list[float | None]], tuple[list[Any], list[float | None]] | None]:
    """Return the buckets from the first whole one on, and the stretch that leads into it."""
    cut = next((at for at, x in enumerate(xs) if whole_from is not None and str(x) >= whole_from), 0)
    if cut == 0:
        return (xs, ys), None
    return (xs[cut:], ys[cut:]), (xs[: cut + 1], ys[: cut + 1])


def line_trace(
    canvas: Canvas,
    label: str,
    name: str,
    points: tuple[list[Any], list[float | None]],
    colour: str,
    *,
    dash: str,
) -> dict[str, Any]:
    """Return one line with its points: x values, y values."""
    xs, ys = points
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(xs) <= MOST_MARKERS else "lines",
        "name": label,
        "x": xs,
        "y": ys,
        "connectgaps": False,
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "marker": {"color": colour, "size": 6},
        "text": canvas.labels(ys, name),
        "hovertemplate": f"{label} %{{text}}<extra></extra>",
    }


def _open_last(points: tuple[list[Any], list[float | None]], colour: str) -> dict[str, Any]:
    """Return markers of a running stretch: the whole bucket has its own already, the running one is hollow."""
    count = len(points[0])
    symbols = ["circle", *["circle-open"] * (count - 1)] if count > 1 else ["circle-open"]
    return {"symbol": symbols, "size": 8, "color": colour, "line": {"width": 2, "color": colour}}


def _band(canvas: Canvas, xs: list[Any], rows: list[Row], colour: str) -> list[dict[str, Any]]:
    spec = canvas.spec
    assert spec.low is not None
    assert spec.high is not None
    at = spec.table.index(spec.low)
    known = [(x, row) for x, row in zip(xs, rows, strict=True) if row[at] is not None]
    xs, rows = [x for x, _ in known], [row for _, row in known]
    common = {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [
        {**common, "y": canvas.values(spec.low, rows)},
        {**common, "y": canvas.values(spec.high, rows), "fill": "tonexty", "fillcolor": _pale(colour)},
    ]


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def _references(canvas: Canvas, traces: list[dict[str, Any]]) -> None:
    """Add the spec's reference lines (a target, a break-even) as dotted level lines named in the legend."""
    xs = [x for trace in traces for x in trace["x"]]
    for reference in canvas.option("reference") or ():
        label = reference["label"]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": canvas.say(label) if isinstance(label, Text) else str(label),
                "x": [min(xs), max(xs)] if xs else [],
                "y": [reference["value"]] * 2 if xs else [],
                "line": {"color": FAINT[canvas.theme], "width": 1.5, "dash": "dot"},
                "hoverinfo": "skip",
            }
        )


def _time_axis(canvas: Canvas) -> dict[str, Any]:
    spec = canvas.spec
    assert spec.x is not None
    column = canvas.column(spec.x)
    if column.kind != "time":
        return canvas.plain_axis(title={"text": canvas.header(spec.x), "font": {"size": 12}})
    grain = column.grain or "day"
    axis = canvas.plain_axis(
        type="date",
        tickformat=_TICKS[canvas.locale].get(grain, "%Y-%m-%d %H:%M"),
        hoverformat=_HOVER[canvas.locale].get(grain, "%Y-%m-%d %H:%M"),
    )
    starts = sorted({str(plain(cell)) for cell in spec.table.column(spec.x) if cell is not None})
    if grain in _TICKS[canvas.locale]:
        # Plotly would put its own Mondays and month starts between the buckets. The last one is always named.
        step = math.ceil(len(starts) / MOST_TICKS)
        axis |= {"tickmode": "array", "tickvals": sorted(starts[::-1][::step])}
    return axis


def _lift(axis: dict[str, Any], values: list[float | None], *, fill: bool) -> None:
    """Keep zero in sight except where a line's whole movement would be flattened by it."""
    known = [value for value in values if value is not None]
    if not known:
        return
    low, high = min(known), max(known)
    if fill or low <= 0 or high <= 0 or (high - low) / high > 0.25:
        axis["rangemode"] = "tozero"
    else:
        axis.pop("tickvals")
        axis.pop("ticktext")
