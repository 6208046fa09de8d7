"""What every chart shares: fonts, colours, titles, axes with readable ticks, escaped names."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from semantic_layer.table import Cell, Column, Row
from semantic_layer.text import Locale, Text
from tools.render import as_float, exact, group_label, short, style_of
from tools.result import ChartSpec

Theme = Literal["light", "dark"]
Figure = dict[str, Any]

FONT = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"
# Okabe and Ito's palette (2008): told apart with any common colour blindness. Yellow is left out: too pale.
PALETTE = {
    "light": ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7F7F7F", "#8C6D31"),
    "dark": ("#56B4E9", "#E69F00", "#2FC298", "#CC79A7", "#3D8FD1", "#FF8A4C", "#A3A3A3", "#C7A252"),
}
INK = {"light": "#1F2933", "dark": "#E4E7EB"}
FAINT = {"light": "#616E7C", "dark": "#9AA5B1"}
GRID = {"light": "#E4E7EB", "dark": "#3E4C59"}
MUTED = {"light": "#B4C0CC", "dark": "#52606D"}
HIGHLIGHT = {"light": "#0072B2", "dark": "#56B4E9"}
GOOD = {"light": "#007A5A", "dark": "#2FC298"}
BAD = {"light": "#C24E00", "dark": "#FF8A4C"}
CLEAR = "rgba(0,0,0,0)"
LEGEND_WIDTHS = (28, 28, 28, 20, 18, 14)  # columns of a name in a legend of so many
ACROSS = 4  # ticks of an axis that lies: what a phone writes level
PHONE_PIXELS = 310  # what a chart on a phone has for its legend
TITLE_WIDTH = 40  # columns before a title wraps: what a phone shows
_NO_DECIMALS = re.compile(r"(?<=\d)\.0+(?=\D*$)()")
NAME_WIDTH = 22  # columns of a category name on an axis; the whole name is in the hover text


@dataclass(frozen=True, slots=True)
class Canvas:
    """One chart to draw: the spec with the reader's language and theme."""

    spec: ChartSpec
    locale: Locale
    theme: Theme

    def say(self, text: Text) -> str:
        """Return a text in the reader's language, safe inside Plotly's markup."""
        return safe(text.at(self.locale))

    def column(self, name: str) -> Column:
        """Return the table's column called `name`."""
        return self.spec.table.columns[self.spec.table.index(name)]

    def header(self, name: str) -> str:
        """Return a column's label for legends and axes."""
        return self.say(self.column(name).label)

    def names(self, name: str, rows: Sequence[Row] | None = None) -> list[str]:
        """Return a group column's cells as a reader sees them."""
        column, at = self.column(name), self.spec.table.index(name)
        return [
            self.say(group_label(row[at], column)) for row in (self.spec.table.rows if rows is None else rows)
        ]

    def values(self, name: str, rows: Sequence[Row] | None = None) -> list[float | None]:
        """Return a value column's cells as numbers."""
        at = self.spec.table.index(name)
        return [as_float(row[at]) for row in (self.spec.table.rows if rows is None else rows)]

    def labels(self, values: Iterable[Cell], name: str) -> list[str]:
        """Return numbers as they are written beside marks: 18.6万, 186 K, 8.8%."""
        column = self.column(name)
        return ["" if value is None else safe(short(value, column, self.locale)) for value in values]

    def colour(self, at: int) -> str:
        """Return the colour of the series number `at`."""
        palette = PALETTE[self.theme]
        return palette[at % len(palette)]

    def option(self, name: str) -> Any:
        """Return an option of the spec, None where it is not set."""
        return self.spec.options.get(name)

    def layout(self, *, height: int = 380, legend: bool = False, **more: Any) -> dict[str, Any]:
        """Return the layout every chart starts from: title, subtitle, fonts, clear background, legend on top."""
        title, lines = self._title()
        layout: dict[str, Any] = {
            "title": {
                "text": title,
                "x": 0,
                "xref": "container",
                "xanchor": "left",
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                "pad": {"l": 12, "t": 14 if lines == 1 else 22},
                "font": {"size": 16},
            },
            "font": {"family": FONT, "size": 13, "color": INK[self.theme]},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "margin": {"l": 12, "r": 24, "t": 24 + 21 * lines, "b": 36},
            "height": height,
            "showlegend": legend,
            "hoverlabel": {"font": {"family": FONT, "size": 13}, "align": "left"},
            "separators": ".,",
        }
        layout.update(more)
        return layout

    def _title(self) -> tuple[str, int]:
        """Return the title with its subtitle in smaller type, wrapped, and its number of lines."""
        title = self.spec.title.at(self.locale)
        head = wrap(title[:1].upper() + title[1:], TITLE_WIDTH)
        notes: list[str] = []
        subtitle = self.option("subtitle")
        if isinstance(subtitle, Text):
            notes += wrap(subtitle.at(self.locale), TITLE_WIDTH + 10)
        left_out = self.option("left_out")
        if isinstance(left_out, int) and left_out > 0:
            note = Text(zh=f"另有{left_out}个没有画出", en=f"{left_out} more are not drawn")
            notes.append(note.at(self.locale))
        faint = FAINT[self.theme]
        small = [f"<span style='font-size:12px;color:{faint}'>{safe(line)}</span>" for line in notes]
        return "<br>".join([*(f"<b>{safe(line)}</b>" for line in head), *small]), len(head) + len(notes)

    def value_axis(self, name: str, values: Iterable[float | None], **more: Any) -> dict[str, Any]:
        """Return an axis whose ticks read 20万 or 200 K, titled with the column and its unit."""
        known = [value for value in values if value is not None]
        column = self.column(name)
        low, high = min([0.0, *known]), max([0.0, *known])
        ticks = nice_ticks(low, high, more.pop("count", 5))
        axis: dict[str, Any] = {
            "title": {"text": self._axis_title(column), "font": {"size": 12, "color": FAINT[self.theme]}},
            "gridcolor": GRID[self.theme],
            "zerolinecolor": MUTED[self.theme],
            "tickvals": ticks,
            "ticktext": whole([safe(short(tick, column, self.locale)) for tick in ticks]),
            "tickfont": {"color": FAINT[self.theme]},
            "automargin": True,
            "fixedrange": True,
        }
        axis.update(more)
        return axis

    def _axis_title(self, column: Column) -> str:
        unit = column.unit
        named = self.option("axis")  # several columns of one measure: its name, not the first column's
        label = self.say(named) if isinstance(named, Text) else self.say(column.label)
        if style_of(column).percent or unit is None:
            return label
        return f"{label} ({safe(unit)})" if self.locale == "en-US" else label

    def plain_axis(self, **more: Any) -> dict[str, Any]:
        """Return an axis of names or dates: no grid, room for its labels."""
        axis: dict[str, Any] = {
            "showgrid": False,
            "linecolor": MUTED[self.theme],
            "ticks": "outside",
            "ticklen": 6,
            "tickcolor": CLEAR,
            "automargin": True,
            "fixedrange": True,
        }
        axis.update(more)
        return axis


def with_legend(figure: Figure) -> Figure:
    """Return the figure with its legend placed: on top for up to three names, else below, where it may wrap.

    Where something is written above the plot (names of events), it stands below, too. Names are cut the shorter the
    more there are; the whole name stays in the hover text.
    """
    layout = figure["layout"]
    if not layout["showlegend"]:
        return figure
    named = [trace for trace in figure["data"] if trace.get("showlegend", True) and trace.get("name")]
    width = LEGEND_WIDTHS[min(len(named), 5)]
    for trace in figure["data"]:
        if trace.get("name"):
            trace["name"] = clip(trace["name"], width)
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "traceorder": "normal", "font": {"size": 12}}
    margin = layout["margin"]
    if len(named) <= 3 and not any(map(_is_above, layout.get("annotations", ()))):
        lines = math.ceil(sum(columns_of(trace["name"]) * 7 + 48 for trace in named) / PHONE_PIXELS)
        margin["t"] += 8 + 20 * lines
        layout["height"] += 20 * (lines - 1)
        legend |= {"y": 1, "yanchor": "bottom"}
    else:
        layout["height"] += 20 * math.ceil(len(named) / 2)  # two to a line on a phone
        # Below tick labels and, on a value axis, its title.
        room = 62 if (layout["xaxis"].get("title") or {}).get("text") else 36
        legend |= {
            "y": -room
            / max(120, layout["height"] - margin["t"] - margin["b"] - 20 * math.ceil(len(named) / 2)),
            "yanchor": "top",
        }
    layout["legend"] = legend
    return figure


def _is_above(note: dict[str, Any]) -> bool:
    return note.get("yref") == "paper" and note.get("y") == 1 and note.get("yanchor") == "bottom"


def safe(text: str) -> str:
    """Return text that Plotly shows as it is: names come from data and must not be read as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def columns_of(text: str) -> int:
    """Return how many terminal columns a text takes: a Chinese character is two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def clip(text: str, width: int = NAME_WIDTH) -> str:
    """Return a name cut to `width` columns, with an ellipsis where something was cut."""
    if columns_of(text) <= width:
        return text
    kept, used = "", 0
    for character in text:
        used += columns_of(character)
        if used > width - 1:
            break
        kept += character
    return kept.rstrip() + "…"


def two_lines(text: str, width: int = NAME_WIDTH) -> str:
    """Return a name for an axis: in small type on two lines where it does not fit on one, cut after the second."""
    lines = wrap(text, width)
    if len(lines) < 2:
        return clip(text, width)
    second = clip(" ".join(lines[1:]) if text.isascii() else "".join(lines[1:]), width)
    return f"<span style='font-size:11px'>{clip(lines[0], width)}<br>{second}</span>"


def wrap(text: str, width: int) -> list[str]:
    """Return a text in lines of at most `width` columns; breaks at spaces and after Chinese characters."""
    lines, line, used = [], "", 0
    for piece in _pieces(text):
        size = columns_of(piece)
        if line and used + columns_of(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, used = "", 0
        line, used = line + piece, used + size
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterable[str]:
    """Yield what must not be broken: an English word with its space, a Chinese character with what follows it."""
    piece = ""
    for character in text:
        if piece and (piece[-1] == " " or (_is_wide(piece[-1]) and character not in ",、。;:)》…")):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return about `count` round values that cover `[low, high]` from inside."""
    if high <= low:
        return [low]
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def whole(ticks: list[str]) -> list[str]:
    """Return tick labels without decimals where all of them are zeros: 20%, not 20.0%."""
    cut = [_NO_DECIMALS.sub(r"\1", tick) for tick in ticks]
    return cut if all(tick != old or "." not in old for tick, old in zip(cut, ticks, strict=True)) else ticks


def plain(value: Cell) -> Any:
    """Return a cell as Plotly data hold it: ISO dates, JSON numbers."""
    return exact(value)
