"""The one place that turns a `ChartSpec` into a Plotly figure: plain data, drawn by plotly.js 2.30 and later.

Option keys that charts of a plan use: `subtitle` (Text), `left_out` (groups not drawn), `whole_from` (a line's
first whole bucket), `dashed` and `muted` (value columns of another period), `before` and `good` (metric -> column,
direction) on numbers, `sorted` (bars from the largest), `reference` (list of {value, label}) on lines. Tools'
kinds: `measures` on waterfalls, `links` ({source, target, value}) on Sankeys, `points` on response curves,
`reference` (a number) on forests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.charts.bars import bar, grouped_bar, histogram, pie, stacked_bar
from bot.charts.figures import heatmap, number, sankey, table, treemap
from bot.charts.flows import forest, funnel, waterfall
from bot.charts.frame import Canvas, Figure, Theme, with_legend
from bot.charts.lines import area, line
from bot.charts.points import response_curve, scatter
from semantic_layer.text import Locale
from tools.result import ChartKind, ChartSpec

if TYPE_CHECKING:
    import plotly.graph_objects as go

_DRAW: dict[ChartKind, Callable[[Canvas], Figure]] = {
    "number": number,
    "bar": bar,
    "grouped_bar": grouped_bar,
    "stacked_bar": stacked_bar,
    "line": line,
    "area": area,
    "pie": pie,
    "scatter": scatter,
    "heatmap": heatmap,
    "funnel": funnel,
    "sankey": sankey,
    "waterfall": waterfall,
    "response_curve": response_curve,
    "forest": forest,
    "treemap": treemap,
    "histogram": histogram,
    "table": table,
}

__all__ = ["figure", "to_plotly"]


def figure(spec: ChartSpec, locale: Locale, theme: Theme = "light") -> dict[str, Any]:
    """Return the chart as a plain Plotly figure: `{"data": [...], "layout": {...}}`, JSON values only."""
    drawn = _DRAW[spec.kind](Canvas(spec, locale, theme))
    return with_legend(drawn)


def to_plotly(figure: dict[str, Any]) -> go.Figure:
    """Return plotly.py's object of a figure made here; imports plotly."""
    import plotly.graph_objects as go

    return go.Figure(figure)
