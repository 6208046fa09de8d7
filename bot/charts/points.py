"""Points and curves of two values: scatter, response curves."""

from __future__ import annotations

from typing import Any

from bot.charts.frame import ACROSS, CLEAR, INK, Canvas, Figure
from bot.charts.lines import line_trace
from semantic_layer.table import Cell, Row
from semantic_layer.text import Text


def scatter(canvas: Canvas) -> Figure:
    """Return named points of two value columns: `x` and `y[0]`; `series` names them."""
    spec = canvas.spec
    assert spec.x is not None
    xs, ys = canvas.values(spec.x), canvas.values(spec.y[0])
    names = canvas.names(spec.series) if spec.series else [""] * len(xs)
    trace = {
        "type": "scatter",
        "mode": "markers+text" if len(xs) <= 15 else "markers",
        "x": xs,
        "y": ys,
        "text": names,
        "textposition": "top center",
        "textfont": {"color": INK[canvas.theme], "size": 11},
        "cliponaxis": False,
        "marker": {
            "color": canvas.colour(0),
            "size": 10,
            "opacity": 0.85,
            "line": {"width": 1, "color": CLEAR},
        },
        "customdata": list(zip(canvas.labels(xs, spec.x), canvas.labels(ys, spec.y[0]), strict=True)),
        "hovertemplate": f"%{{text}}<br>{canvas.header(spec.x)} %{{customdata[0]}}"
        f"<br>{canvas.header(spec.y[0])} %{{customdata[1]}}<extra></extra>",
    }
    layout = canvas.layout(
        height=420,
        xaxis=canvas.value_axis(spec.x, xs, showgrid=False),
        yaxis=canvas.value_axis(spec.y[0], ys),
    )
    return {"data": [trace], "layout": layout}


def response_curve(canvas: Canvas) -> Figure:
    """Return curves of `y` over the value column `x`, one per `series`, with today's points marked.

    `options["points"]`: list of {series, x, y, label}; x and y in the table's units.
    """
    spec = canvas.spec
    assert spec.x is not None
    groups: dict[Cell, list[Row]] = {}
    for row in spec.table.rows:
        groups.setdefault(row[spec.table.index(spec.series)] if spec.series else None, []).append(row)
    traces: list[dict[str, Any]] = []
    colours: dict[Cell, str] = {}
    for at, (code, rows) in enumerate(groups.items()):
        label = canvas.names(spec.series, rows[:1])[0] if spec.series else canvas.header(spec.y[0])
        colours[code] = canvas.colour(at)
        points: tuple[list[Any], list[float | None]] = (
            canvas.values(spec.x, rows),
            canvas.values(spec.y[0], rows),
        )
        traces.append(
            {**line_trace(canvas, label, spec.y[0], points, colours[code], dash="solid"), "mode": "lines"}
        )
    for point in canvas.option("points") or ():
        label = point.get("label")
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [point["x"]],
                "y": [point["y"]],
                "marker": {
                    "size": 12,
                    "symbol": "diamond",
                    "color": colours.get(point.get("series"), INK[canvas.theme]),
                },
                "name": canvas.say(label) if isinstance(label, Text) else str(label or ""),
                "showlegend": False,
                "hovertemplate": "%{fullData.name}<extra></extra>",
            }
        )
    layout = canvas.layout(
        legend=len(groups) > 1,
        height=420,
        xaxis=canvas.value_axis(spec.x, canvas.values(spec.x), showgrid=False, count=ACROSS),
        yaxis=canvas.value_axis(spec.y[0], canvas.values(spec.y[0])),
    )
    return {"data": traces, "layout": layout}
