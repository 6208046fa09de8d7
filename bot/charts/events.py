"""Marks of calendar events in a chart over time: a pale band, and its name above."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from bot.charts.frame import FAINT, Canvas, clip

EVENT_ROOM = 26  # pixels above the lines for two rows of names
_BAND = {"light": "rgba(230,159,0,0.16)", "dark": "rgba(230,159,0,0.13)"}
_HALF = {"day": 12, "week": 60}  # hours on either side of a bucket's start: a band is never a hairline
_NAME_WIDTH = 14


def event_bands(canvas: Canvas) -> list[dict[str, Any]]:
    """Return one band per event of the spec's option `events`, over the buckets it lies in."""
    return [
        {
            "type": "rect",
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "x0": start,
            "x1": end,
            "y0": 0,
            "y1": 1,
            "fillcolor": _BAND[canvas.theme],
            "line": {"width": 0},
        }
        for start, end in map(_ends(canvas), canvas.option("events") or ())
    ]


def event_names(canvas: Canvas) -> list[dict[str, Any]]:
    """Return the name above each band; neighbours stand in two rows, so that they do not run into each other."""
    names: list[dict[str, Any]] = []
    for at, mark in enumerate(canvas.option("events") or ()):
        start, end = _ends(canvas)(mark)
        names.append(
            {
                "x": start[:10] if start[:10] == end[:10] else _middle(str(mark["first"]), str(mark["last"])),
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "yshift": 13 * (at % 2),
                "xanchor": "center",
                "text": clip(canvas.say(mark["label"]), _NAME_WIDTH),
                "hovertext": canvas.say(mark["label"]),
                "showarrow": False,
                "font": {"size": 10, "color": FAINT[canvas.theme]},
            }
        )
    return names


def _ends(canvas: Canvas) -> Any:
    assert canvas.spec.x is not None
    half = timedelta(hours=_HALF.get(canvas.column(canvas.spec.x).grain or "day", 12))

    def ends(mark: dict[str, Any]) -> tuple[str, str]:
        first, last = (_noon(str(mark[name])) for name in ("first", "last"))
        return (first - half).isoformat(), (last + half).isoformat()

    return ends


def _noon(day: str) -> datetime:
    return datetime.fromisoformat(day)


def _middle(first: str, last: str) -> str:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return (start + (end - start) / 2).isoformat()
