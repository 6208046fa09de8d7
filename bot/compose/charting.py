"""Which chart an executed plan calls for: chosen from the plan's shape, never from the values alone."""

from __future__ import annotations

from dataclasses import replace

from bot.compose.events import event_marks
from bot.compose.filters import scope
from bot.compose.measure import is_additive
from bot.compose.phrases import against, label_of, versus, when
from bot.compose.ranking import read_ranking
from bot.compose.side import Side
from bot.compose.trend import partial_from, whole_from
from bot.compose.view import Scene, View, shape_of
from semantic_layer.table import Row, Table
from semantic_layer.text import Text
from tools.render import as_float, style_of
from tools.result import ChartKind, ChartSpec

MOST_BARS = 20
MOST_SERIES = 8
MOST_SLICES = 6
MOST_ASKED_SLICES = 8  # beyond this a ring cannot be read, asked for or not
MOST_HEAT_CELLS = 600
_ASKED: dict[str, ChartKind] = {"line": "line", "bar": "bar", "pie": "pie", "table": "table", "area": "area"}


def chart_for(view: View, side: Side, scene: Scene, asked: str | None = None) -> ChartSpec | None:
    """Return the chart of one executed plan; None where there is nothing to draw.

    The option `kinds` lists the kinds that suit the plan, the chart's own first.
    """
    spec = _chart_for(view, side, scene, asked)
    return None if spec is None else _with(spec, kinds=_kinds(view, scene, spec))


def _kinds(view: View, scene: Scene, spec: ChartSpec) -> tuple[ChartKind, ...]:
    """Return the kinds that show the same numbers without misleading: parts of a whole only where they add up."""
    if not spec.y or spec.x is None:
        return (spec.kind,)
    values = [as_float(cell) for cell in spec.table.column(spec.y[0])]
    adds = is_additive(scene.catalog, view.query.metrics[0]) and all((value or 0.0) >= 0 for value in values)
    suited: tuple[ChartKind, ...] = ()
    if view.time is not None and len(view.dimensions) <= 1:
        alone = spec.series is None and len(spec.y) == 1
        suited = ("line", *(("bar",) if alone else ()), *(("area",) if adds and len(spec.y) == 1 else ()))
    elif spec.series is not None:
        suited = (*(("stacked_bar",) if adds else ()), "grouped_bar", "heatmap")
    elif len(spec.y) == 1 and spec.kind in ("bar", "pie") and not spec.options.get("left_out"):
        slices = 1 < sum(value is not None for value in values) <= MOST_ASKED_SLICES
        suited = ("bar", *(("pie",) if adds and slices else ()))
    return (spec.kind, *(kind for kind in suited if kind != spec.kind))


def _chart_for(view: View, side: Side, scene: Scene, asked: str | None) -> ChartSpec | None:
    shape = shape_of(view)
    if shape in ("values", "empty"):
        return None
    base = ChartSpec("table", _title(view), view.table, options={"subtitle": _subtitle(view, scene)})
    if asked == "table":
        return base
    if shape in ("number", "change"):
        return _number(view, side, scene, base)
    if shape == "trend":
        return _over_time(view, scene, base, asked)
    if len(view.dimensions) == 2 and len(view.query.metrics) == 1:
        return _two_dimensions(view, scene, base)
    if len(view.dimensions) > 2:
        return base
    return _bars(view, side, scene, base, asked)


def _title(view: View) -> Text:
    """Return metric and groups: 各投放渠道投产比 / ROAS by ad channel."""
    labels = [view.column(view.asked_column(name)).label for name in view.query.metrics]
    zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
    if view.dimensions:
        groups = view.group_names()
        zh, en = f"各{groups.zh}{zh}", f"{en} by {groups.en}"
    if view.time is not None and view.time.grain is not None:
        grain = {"day": "日", "week": "周", "month": "月", "quarter": "季度", "year": "年"}.get(
            view.time.grain.value
        )
        zh = f"{zh}(按{grain})" if grain else zh
        en = f"{en}, by {view.time.grain.value}" if view.dimensions else f"{en} by {view.time.grain.value}"
    return Text(zh=zh, en=en[:1].upper() + en[1:])


def _subtitle(view: View, scene: Scene) -> Text:
    main = view.main
    label = when(scene, None) if main is None else label_of(scene, main)
    texts = [Text(zh=label.zh.removesuffix("里"), en=label.en.removeprefix("in "))]
    only = scope(view, scene)
    if only is not None:
        texts.append(only)
    if main is not None:
        texts += [versus(against(scene, used, main)) for used in view.comparisons]
    return Text(zh=",".join(text.zh for text in texts), en=", ".join(text.en for text in texts))


def _with(spec: ChartSpec, **options: object) -> ChartSpec:
    return replace(spec, options={**spec.options, **options})


def _number(view: View, side: Side, scene: Scene, base: ChartSpec) -> ChartSpec:
    """Return big figures, each with its value before where there is one."""
    detail = side.detail or view
    before = {
        name: f"{name}__{detail.comparisons[0].suffix}"
        for name in view.query.metrics
        if detail.comparisons and detail.has(f"{name}__{detail.comparisons[0].suffix}")
    }
    good = {name: scene.catalog.metrics[name].good_direction for name in view.query.metrics}
    names = tuple(name for name in view.query.metrics if detail.has(name))
    asked = tuple(view.asked_column(name) for name in view.query.metrics)
    if asked != view.query.metrics:
        return replace(base, kind="number", table=view.table, y=asked)
    return _with(replace(base, kind="number", table=detail.table, y=names), before=before, good=good)


def _over_time(view: View, scene: Scene, base: ChartSpec, asked: str | None) -> ChartSpec:
    assert view.time is not None
    running = partial_from(view, scene)
    kind: ChartKind = _ASKED.get(asked or "", "line")
    if kind == "pie" or len(view.dimensions) > 1:
        kind = "line" if len(view.dimensions) <= 1 else "table"
    metrics = view.query.metrics
    # Two metrics of different units on one axis mislead: the first is drawn, the table has both.
    same = tuple(name for name in metrics if view.column(name).unit == view.column(metrics[0]).unit)
    series = view.dimensions[0].column if view.dimensions else None
    spec = replace(
        base,
        kind=kind,
        x=view.time.column,
        y=tuple(view.asked_column(name) for name in (same[:1] if series else same[:MOST_SERIES])),
        series=series,
        partial_from=running.isoformat() if running else None,
    )
    marks = event_marks(view, scene)
    if marks:
        spec = _with(spec, events=marks)
    first = whole_from(view, scene)
    if first is not None:
        spec = _with(spec, whole_from=first.isoformat())
    if series is None and view.comparisons and len(metrics) == 1:
        name = f"{metrics[0]}__{view.comparisons[0].suffix}"
        if view.has(name):
            spec = _with(spec, dashed=(name,))
            spec = replace(spec, y=(*spec.y, name))
    if series is None:
        return spec
    table, left_out = _largest_series(view, series, metrics[0])
    return _with(replace(spec, table=table), left_out=left_out)


def _largest_series(view: View, series: str, metric: str) -> tuple[Table, int]:
    """Return the rows of the eight largest groups, and how many groups are left out."""
    at = view.table.index(series)
    sizes: dict[object, float] = {}
    for row in view.table.rows:
        sizes[row[at]] = sizes.get(row[at], 0.0) + abs(view.number(row, metric) or 0.0)
    kept = set(sorted(sizes, key=lambda cell: -sizes[cell])[:MOST_SERIES])
    rows = tuple(row for row in view.table.rows if row[at] in kept)
    return replace(view.table, rows=rows), len(sizes) - len(kept)


def _two_dimensions(view: View, scene: Scene, base: ChartSpec) -> ChartSpec:
    """Return stacked bars where parts add up, else grouped bars; a heat map where there are many."""
    first, second = (group.column for group in view.dimensions)
    metric = view.query.metrics[0]
    sizes = [len(set(view.table.column(name))) for name in (first, second)]
    if sizes[0] * sizes[1] > MOST_HEAT_CELLS:
        return base
    spec = replace(base, x=first, y=(metric,), series=second)
    if sizes[1] > MOST_SERIES or sizes[0] > MOST_BARS:
        return replace(spec, kind="heatmap")
    positive = all((view.number(row, metric) or 0.0) >= 0 for row in view.table.rows)
    return replace(
        spec, kind="stacked_bar" if is_additive(scene.catalog, metric) and positive else "grouped_bar"
    )


def _bars(view: View, side: Side, scene: Scene, base: ChartSpec, asked: str | None) -> ChartSpec:
    ranking = read_ranking(view, side)
    name = ranking.column.name
    dimension = view.dimensions[0].column
    share = f"{ranking.metric}__share"
    rows: tuple[Row, ...] = ranking.rows[:MOST_BARS]
    table = replace(view.table, rows=rows)
    spec = _with(
        replace(base, kind="bar", table=table, x=dimension, y=(name,)),
        # A group without a value has no bar and is not missed.
        left_out=len(ranking.rows) - len(rows) + view.table.row_count - len(view.table.rows),
        sorted=True,
    )
    if shape_of(view) == "share" and view.has(share):
        total = sum(view.number(row, share) or 0.0 for row in view.table.rows)
        whole = len(view.table.rows) <= MOST_SLICES and total > 0.999
        asked_pie = asked == "pie" and len(ranking.rows) <= MOST_ASKED_SLICES
        if asked_pie or (asked is None and whole and len(view.table.rows) > 1):
            return replace(spec, kind="pie", y=(ranking.metric,))
        return replace(spec, y=(share,))
    if (
        asked == "pie"
        and is_additive(scene.catalog, ranking.metric)
        and len(ranking.rows) <= MOST_ASKED_SLICES
    ):
        return replace(spec, kind="pie")
    if view.comparisons and view.has(f"{ranking.metric}__{view.comparisons[0].suffix}"):
        before = f"{ranking.metric}__{view.comparisons[0].suffix}"
        return _with(replace(spec, kind="grouped_bar", y=(ranking.metric, before)), muted=(before,))
    others = [
        other
        for other in view.query.metrics
        if other != name and style_of(view.column(other)) == style_of(view.column(name))
    ]
    if others and ranking.column.kind == "metric":
        return replace(spec, kind="grouped_bar", y=(name, *others[:3]))
    return spec
