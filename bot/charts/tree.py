"""What a metric is made of as a picture: an SVG tree from left to right, in the colours of the page around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from bot.charts.frame import clip
from semantic_layer.catalog import (
    Catalog,
    ConversionMetric,
    CumulativeMetric,
    DerivedMetric,
    Metric,
    RatioMetric,
    SimpleMetric,
)
from semantic_layer.lineage import type_inputs
from semantic_layer.text import Locale, Text

DEEPEST = 3  # levels of inputs; below that the picture says nothing more
MOST_CHILDREN = 6
_WIDTH, _HEIGHT, _ACROSS, _DOWN = 168, 40, 44, 12
_LABEL_WIDTH, _NOTE_WIDTH = 20, 26
_AGGREGATIONS = {
    "sum": Text(zh="求和", en="sum"), "count": Text(zh="计数", en="count"), "avg": Text(zh="平均", en="average"),
    "count_distinct": Text(zh="去重计数", en="distinct count"), "min": Text(zh="最小", en="minimum"),
    "max": Text(zh="最大", en="maximum"), "median": Text(zh="中位数", en="median"),
    "percentile": Text(zh="分位数", en="percentile"), "sum_boolean": Text(zh="计数", en="count"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """One metric or table of the tree; `note` says how it comes from what is right of it."""

    label: Text
    note: Text
    kind: str  # metric | table
    children: tuple[Node, ...] = ()


@dataclass(slots=True)
class _Placed:
    node: Node
    level: int
    top: float
    children: list[_Placed] = field(default_factory=list)


def metric_tree(
    catalog: Catalog, name: str, hidden: frozenset[str] = frozenset(), depth: int = DEEPEST
) -> Node:
    """Return the tree of a metric down to the tables it reads; what is hidden from the reader is left out."""
    metric = catalog.metrics[name]
    kind = metric.type
    if isinstance(kind, SimpleMetric):
        model = catalog.models[kind.model].label
        note = _AGGREGATIONS[kind.agg]
        table = Node(model, Text.same(clip(kind.expr, _NOTE_WIDTH)), "table")
        return Node(metric.label, note, "metric", (table,) if depth > 0 else ())
    inputs = [one.metric for one in type_inputs(kind)]
    shown = [one for one in dict.fromkeys(inputs) if one in catalog.metrics and one not in hidden]
    children = (
        tuple(metric_tree(catalog, one, hidden, depth - 1) for one in shown[:MOST_CHILDREN])
        if depth > 0
        else ()
    )
    return Node(metric.label, _how(metric), "metric", children)


def _how(metric: Metric) -> Text:
    kind = metric.type
    if isinstance(kind, RatioMetric):
        return Text(zh="上 ÷ 下", en="upper ÷ lower")
    if isinstance(kind, DerivedMetric):
        return Text.same(kind.expr)
    if isinstance(kind, CumulativeMetric):
        return Text(zh="累计", en="running")
    assert isinstance(kind, ConversionMetric)
    return Text(zh="先后发生", en="followed by")


def tree_svg(root: Node, locale: Locale) -> str:
    """Return the tree as an SVG element whose colours follow the text colour of the page; names are escaped."""
    placed, height = _place(root, 0, 0.0)
    every = list(_walk(placed))
    width = (max(one.level for one in every) + 1) * (_WIDTH + _ACROSS) - _ACROSS + 2
    lines = [_line(one, child) for one in every for child in one.children]
    boxes = [_box(one, locale) for one in every]
    title = escape(root.label.at(locale))
    return (
        f'<svg class="ag-tree" role="img" aria-label="{title}" viewBox="0 0 {width} {height:.0f}" '
        f'width="{width}" height="{height:.0f}">{"".join(lines)}{"".join(boxes)}</svg>'
    )


def _place(node: Node, level: int, top: float) -> tuple[_Placed, float]:
    """Return the node placed beside the middle of its children, and where the next one may begin."""
    if not node.children:
        return _Placed(node, level, top + 1), top + _HEIGHT + _DOWN
    children, end = [], top
    for child in node.children:
        placed, end = _place(child, level + 1, end)
        children.append(placed)
    middle = (children[0].top + children[-1].top) / 2
    return _Placed(node, level, middle, children), end


def _walk(placed: _Placed) -> Iterator[_Placed]:
    yield placed
    for child in placed.children:
        yield from _walk(child)


def _left(level: int) -> int:
    return 1 + level * (_WIDTH + _ACROSS)


def _line(parent: _Placed, child: _Placed) -> str:
    x0, y0 = _left(parent.level) + _WIDTH, parent.top + _HEIGHT / 2
    x1, y1 = _left(child.level), child.top + _HEIGHT / 2
    middle = (x0 + x1) / 2
    path = f"M{x0} {y0:.1f}C{middle} {y0:.1f} {middle} {y1:.1f} {x1} {y1:.1f}"
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-opacity="0.35"/>'


def _box(placed: _Placed, locale: Locale) -> str:
    x, y = _left(placed.level), placed.top
    label = escape(clip(placed.node.label.at(locale), _LABEL_WIDTH))
    note = escape(clip(placed.node.note.at(locale), _NOTE_WIDTH))
    full = escape(f"{placed.node.label.at(locale)} · {placed.node.note.at(locale)}")
    dash = ' stroke-dasharray="4 3"' if placed.node.kind == "table" else ""
    return (
        f'<g data-kind="{placed.node.kind}"><title>{full}</title>'
        f'<rect x="{x}" y="{y:.1f}" width="{_WIDTH}" height="{_HEIGHT - 2}" rx="8" fill="currentColor" '
        f'fill-opacity="0.05" stroke="currentColor" stroke-opacity="0.35"{dash}/>'
        f'<text x="{x + 10}" y="{y + 16:.1f}" font-size="12" font-weight="600" fill="currentColor">{label}</text>'
        f'<text x="{x + 10}" y="{y + 31:.1f}" font-size="10.5" fill="currentColor" fill-opacity="0.65">'
        f"{note}</text></g>"
    )
