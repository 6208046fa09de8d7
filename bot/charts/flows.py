"""Steps and contributions: funnel, waterfall, forest."""

from __future__ import annotations

from typing import Any

from bot.charts.frame import ACROSS, BAD, FAINT, GOOD, HIGHLIGHT, INK, MUTED, Canvas, Figure, clip, two_lines
from semantic_layer.text import Text
from tools.render import percent


def funnel(canvas: Canvas) -> Figure:
    """Return one bar per step with its count, its share of the first step and of the step before."""
    spec = canvas.spec
    assert spec.x is not None
    name = spec.y[0]
    names, values = canvas.names(spec.x), canvas.values(name)
    texts: list[str] = []
    hovers: list[str] = []
    for at, (value, label) in enumerate(zip(values, canvas.labels(values, name), strict=True)):
        first, before = values[0], values[at - 1] if at else None
        share = percent(value / first) if at and value is not None and first else ""
        step = percent(value / before) if at > 1 and value is not None and before else ""
        texts.append(" · ".join(part for part in (label, share, f"→{step}" if step else "") if part))
        hovers.append("<br>".join([label, *_shares(canvas, share, step)]))
    faint = FAINT[canvas.theme]
    ticks = [
        f"{clip(one)}<br><span style='font-size:11px;color:{faint}'>{text}</span>"
        for one, text in zip(names, texts, strict=True)
    ]
    trace = {
        "type": "funnel",
        "orientation": "h",
        "x": values,
        "y": list(range(len(values))),
        "text": hovers,
        "textinfo": "none",
        "marker": {"color": [canvas.colour(0)] * len(values)},
        "connector": {"fillcolor": MUTED[canvas.theme], "line": {"width": 0}},
        "customdata": names,
        "hovertemplate": "%{customdata}<br>%{text}<extra></extra>",
    }
    axis = canvas.plain_axis(
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=ticks,
        autorange="reversed",
    )
    return {"data": [trace], "layout": canvas.layout(height=140 + 52 * len(names), yaxis=axis)}


def _shares(canvas: Canvas, first: str, before: str) -> list[str]:
    """Return what the shares beside a step are of, for the hover text."""
    said = [
        (first, Text(zh=f"占第一步 {first}", en=f"{first} of the first step")),
        (before, Text(zh=f"占上一步 {before}", en=f"{before} of the step before")),
    ]
    return [canvas.say(text) for share, text in said if share]


def waterfall(canvas: Canvas) -> Figure:
    """Return contributions from a start to an end; `options["measures"]`: absolute, relative or total per row."""
    spec = canvas.spec
    assert spec.x is not None
    name = spec.y[0]
    names, values = canvas.names(spec.x), canvas.values(name)
    measures = list(canvas.option("measures") or ["relative"] * len(values))
    signed = canvas.labels(values, name)
    texts = [
        f"+{label}" if measure == "relative" and (value or 0) > 0 else label
        for label, measure, value in zip(signed, measures, values, strict=True)
    ]
    trace = {
        "type": "waterfall",
        "orientation": "v",
        "measure": measures,
        "x": list(range(len(values))),
        "y": values,
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "increasing": {"marker": {"color": GOOD[canvas.theme]}},
        "decreasing": {"marker": {"color": BAD[canvas.theme]}},
        "totals": {"marker": {"color": HIGHLIGHT[canvas.theme]}},
        "connector": {"line": {"color": MUTED[canvas.theme], "width": 1}},
        "customdata": names,
        "hovertemplate": "%{customdata}<br>%{text}<extra></extra>",
    }
    levels = _levels(values, measures)
    low, high = min([0.0, *levels]), max([0.0, *levels])
    axis = canvas.value_axis(name, levels, range=[low * 1.1, high * 1.12])
    ticks = canvas.plain_axis(
        tickmode="array", tickvals=list(range(len(names))), ticktext=[clip(one, 14) for one in names]
    )
    return {"data": [trace], "layout": canvas.layout(height=420, xaxis=ticks, yaxis=axis)}


def _levels(values: list[float | None], measures: list[Any]) -> list[float]:
    """Return the running level after each bar."""
    levels: list[float] = []
    level = 0.0
    for value, measure in zip(values, measures, strict=True):
        if measure == "absolute":
            level = value or 0.0
        elif measure == "relative":
            level += value or 0.0
        levels.append(level)
    return levels


def forest(canvas: Canvas) -> Figure:
    """Return one point with its interval per row, and a line at `options["reference"]` (default 0)."""
    spec = canvas.spec
    assert spec.x is not None
    assert spec.low is not None
    assert spec.high is not None
    name = spec.y[0]
    names, values = canvas.names(spec.x), canvas.values(name)
    low, high = canvas.values(spec.low), canvas.values(spec.high)
    texts = [
        f"{label} ({begin}–{end})"
        for label, begin, end in zip(
            canvas.labels(values, name), canvas.labels(low, name), canvas.labels(high, name), strict=True
        )
    ]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": list(range(len(values))),
        "marker": {"color": canvas.colour(0), "size": 10, "symbol": "square"},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [None if h is None or v is None else h - v for h, v in zip(high, values, strict=True)],
            "arrayminus": [
                None if lo is None or v is None else v - lo for lo, v in zip(low, values, strict=True)
            ],
            "color": canvas.colour(0),
            "thickness": 2,
        },
        "customdata": names,
        "text": texts,
        "hovertemplate": "%{customdata}<br>%{text}<extra></extra>",
    }
    at = canvas.option("reference") or 0.0
    mark = {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
    layout = canvas.layout(
        height=130 + 40 * len(names),
        xaxis=canvas.value_axis(name, [*values, *low, *high], rangemode="normal", count=ACROSS),
        yaxis=canvas.plain_axis(
            tickmode="array",
            tickvals=list(range(len(names))),
            ticktext=[two_lines(one) for one in names],
            range=[len(names) - 0.5, -0.5],
            zeroline=False,
        ),
        shapes=[{**mark, "line": {"color": FAINT[canvas.theme], "width": 1.5, "dash": "dot"}}],
    )
    layout["font"]["color"] = INK[canvas.theme]
    return {"data": [trace], "layout": layout}
