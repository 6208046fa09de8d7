"""Answers from the catalog itself: what exists, how it is defined, how fresh the data are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from bot.compose.definitions import definition, formula
from bot.compose.importance import by_importance
from bot.compose.phrases import join
from bot.compose.view import Scene
from bot.plan import MetadataPlan
from semantic_layer.catalog import Catalog, Dimension, Metric
from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.period import ONE_DAY
from semantic_layer.table import Column, Row, Table
from semantic_layer.text import Text
from tools.render_dates import day_label

MOST_NAMED = 6
Span = Callable[[str], tuple[date | None, date | None]]  # a model's first day and the day after its last
METRIC_KIND = Text(zh="指标", en="metric")
DIMENSION_KIND = Text(zh="维度", en="dimension")


def visible_metrics(scene: Scene) -> tuple[Metric, ...]:
    """Return the metrics the asking user may be told about."""
    every = scene.catalog.metrics.values()
    return tuple(metric for metric in every if not metric.hidden and metric.name not in scene.hidden)


def visible_dimensions(scene: Scene) -> tuple[Dimension, ...]:
    """Return the dimensions the asking user may be told about."""
    every = scene.catalog.dimensions.values()
    return tuple(one for one in every if not one.hidden and one.name not in scene.hidden)


def metadata(plan: MetadataPlan, scene: Scene, span: Span) -> tuple[Text, Table]:
    """Return headline and table of a catalog question (`values` is a query and not answered here).

    Raises:
        UnknownNameError: a name that is not in the catalog, or that the reader may not see.
    """
    catalog = scene.catalog
    if plan.topic == "metrics":
        return _metrics(catalog, by_importance(visible_metrics(scene), catalog))
    if plan.topic == "dimensions":
        return _dimensions(_splitting(scene, plan.names), _of_metrics(scene, plan.names))
    if plan.topic == "definition":
        return _definitions(scene, plan.names)
    if plan.topic == "owner":
        return _owners(_visible(scene, plan.names))
    if plan.topic == "freshness":
        return _freshness(scene, span)
    if plan.topic == "help":
        return _help(scene)
    raise QueryError(
        Text(zh="取值要从数据里查。", en="Values are read from the data."),
        Text(zh="请指定一个维度。", en="Name a dimension."),
    )


def _labelled(name: str, label: Text, cells: Iterable[tuple[str, Text]]) -> Column:
    """Return a column whose cells are catalog names and read as texts, in either language."""
    return Column(name, label, "dimension", value_labels=tuple(cells))


def _table(columns: Sequence[Column], names: Sequence[str]) -> Table:
    rows: tuple[Row, ...] = tuple(tuple(name for _ in columns) for name in names)
    return Table(tuple(columns), rows, len(rows))


def _metrics(catalog: Catalog, metrics: Sequence[Metric]) -> tuple[Text, Table]:
    labels = [(metric.name, metric.label) for metric in metrics]
    definitions = [(metric.name, definition(catalog, metric)) for metric in metrics]
    columns = [
        _labelled("metric", METRIC_KIND, labels),
        Column("name", Text(zh="名称", en="name"), "dimension"),
        _labelled("definition", Text(zh="口径", en="definition"), definitions),
    ]
    names = [metric.name for metric in metrics]
    return _there_are(METRIC_KIND, [label for _, label in labels]), _table(columns, names)


def _splitting(scene: Scene, metrics: Sequence[str]) -> tuple[Dimension, ...]:
    """Return the dimensions that all of the metrics can be split by."""
    from bot.planners.rules.reach import Reach

    reached = Reach(scene.catalog).dimensions(metrics)
    return tuple(one for one in visible_dimensions(scene) if one.name in reached)


def _of_metrics(scene: Scene, names: Sequence[str]) -> Text | None:
    labels = [metric.label for metric in _visible(scene, names)] if names else []
    if not labels:
        return None
    zh, en = "、".join(label.zh for label in labels), " and ".join(label.en for label in labels)
    return Text(zh=zh, en=en)


def _visible(scene: Scene, names: Sequence[str]) -> list[Metric]:
    visible = {metric.name: metric for metric in visible_metrics(scene)}
    for name in names:
        if name not in visible:
            raise UnknownNameError(METRIC_KIND, name, visible)
    return [visible[name] for name in names]


def _owners(metrics: Sequence[Metric]) -> tuple[Text, Table]:
    nobody = Text(zh="没有写负责人", en="no owner is named")
    owners = [(one.name, Text.same(one.owner) if one.owner else nobody) for one in metrics]
    columns = [
        _labelled("metric", METRIC_KIND, [(one.name, one.label) for one in metrics]),
        _labelled("owner", Text(zh="负责人", en="owner"), owners),
    ]
    said = [
        Text(zh=f"{one.label.zh}由 {one.owner} 负责", en=f"{one.label.en} is owned by {one.owner}")
        if one.owner
        else Text(zh=f"{one.label.zh}还没有写负责人", en=f"no owner is named for {one.label.en}")
        for one in metrics
    ]
    return join(said), _table(columns, [one.name for one in metrics])


def _dimensions(dimensions: Sequence[Dimension], of: Text | None = None) -> tuple[Text, Table]:
    labels = [(one.name, one.label) for one in dimensions]
    columns = [
        _labelled("dimension", DIMENSION_KIND, labels),
        Column("name", Text(zh="名称", en="name"), "dimension"),
    ]
    said = _there_are(DIMENSION_KIND, [label for _, label in labels])
    if of is not None:
        said = Text(zh=f"{of.zh}可以这样拆:{said.zh}", en=f"Splits of {of.en}: {said.en}")
    return said, _table(columns, [one.name for one in dimensions])


def _there_are(kind: Text, labels: Sequence[Text]) -> Text:
    if not labels:
        return Text(zh=f"还没有定义任何{kind.zh}。", en=f"No {kind.en} is defined yet.")
    shown = labels[:MOST_NAMED]
    more = len(labels) > len(shown)
    zh, en = "、".join(label.zh for label in shown), ", ".join(label.en for label in shown)
    return Text(
        zh=f"共有{len(labels)}个{kind.zh}:{zh}{'等' if more else ''}。",
        en=f"There are {len(labels)} {kind.en}s: {en}{' and more' if more else ''}.",
    )


def _definitions(scene: Scene, names: Sequence[str]) -> tuple[Text, Table]:
    catalog = scene.catalog
    others = _other_definitions(scene, names)
    metrics = (
        _visible(scene, [name for name in names if name not in others])
        if names
        else list(visible_metrics(scene))
    )
    if others:
        return _of_words(scene, metrics, others)
    columns = [
        _labelled("metric", METRIC_KIND, [(one.name, one.label) for one in metrics]),
        _labelled(
            "definition",
            Text(zh="口径", en="definition"),
            [(m.name, definition(catalog, m)) for m in metrics],
        ),
        _labelled("formula", Text(zh="算法", en="formula"), [(m.name, formula(catalog, m)) for m in metrics]),
        _labelled(
            "version", Text(zh="版本", en="version"), [(m.name, Text.same(m.version)) for m in metrics]
        ),
    ]
    sentences = [_defined(catalog, metric) for metric in metrics[:3]]
    return join(sentences), _table(columns, [metric.name for metric in metrics])


def _other_definitions(scene: Scene, names: Sequence[str]) -> dict[str, tuple[Text, Text]]:
    """Return label and meaning of the names that are segments or dimensions, not metrics."""
    catalog = scene.catalog
    dimensions = {one.name: one for one in visible_dimensions(scene)}
    found: dict[str, tuple[Text, Text]] = {}
    for name in names:
        if name in catalog.metrics:
            continue
        if name in catalog.segments:
            segment = catalog.segments[name]
            rule = segment.where.sql
            found[name] = (
                segment.label,
                segment.description or Text(zh=f"满足 {rule} 的记录", en=f"the rows where {rule}"),
            )
        elif name in dimensions:
            one = dimensions[name]
            found[name] = one.label, one.description or _members(one)
    return found


def _members(dimension: Dimension) -> Text:
    """Return what a dimension without a description holds: its declared values."""
    labels = [value.label for value in dimension.values[:MOST_NAMED]]
    if not labels:
        return Text(zh="没有写说明", en="no description is written")
    more = len(dimension.values) > len(labels)
    zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
    return Text(
        zh=f"取值有{zh}{'等' if more else ''}", en=f"its values are {en}{' and more' if more else ''}"
    )


def _of_words(
    scene: Scene, metrics: Sequence[Metric], others: dict[str, tuple[Text, Text]]
) -> tuple[Text, Table]:
    """Return the definitions of words that are not all metrics: what each may mean."""
    meanings = {one.name: (one.label, definition(scene.catalog, one)) for one in metrics} | others
    columns = [
        _labelled(
            "word", Text(zh="名称", en="name"), [(name, label) for name, (label, _) in meanings.items()]
        ),
        _labelled(
            "definition", Text(zh="含义", en="meaning"), [(n, text) for n, (_, text) in meanings.items()]
        ),
    ]
    said = [
        Text(zh=f"{label.zh}:{text.zh.rstrip('。')}", en=f"{label.en}: {text.en.rstrip('.')}")
        for label, text in list(meanings.values())[:3]
    ]
    return join(said), _table(columns, list(meanings))


def _defined(catalog: Catalog, metric: Metric) -> Text:
    text = definition(catalog, metric)
    how = formula(catalog, metric)
    zh, en = f"{metric.label.zh}:{text.zh.rstrip('。')}", f"{metric.label.en}: {text.en.rstrip('.')}"
    if metric.description is not None and metric.is_ratio and how.zh not in text.zh:
        zh, en = f"{zh}(= {how.zh})", f"{en} (= {how.en})"
    if metric.owner:
        zh, en = f"{zh},负责人 {metric.owner}", f"{en}; owner {metric.owner}"
    return Text(zh=zh, en=en)


def _freshness(scene: Scene, span: Span) -> tuple[Text, Table]:
    models = [
        (model, found)
        for model in scene.catalog.models.values()
        if model.agg_time_dimension is not None and (found := span(model.name))[1] is not None
    ]
    columns = (
        _labelled("model", Text(zh="数据表", en="table"), [(model.name, model.label) for model, _ in models]),
        Column("first_day", Text(zh="最早", en="first day"), "time", grain="day"),
        Column("last_day", Text(zh="最晚", en="last day"), "time", grain="day"),
    )
    rows = tuple((model.name, start, end - ONE_DAY) for model, (start, end) in models if end is not None)
    table = Table(columns, rows, len(rows))
    current = [end for model, (_, end) in models if end is not None and not model.forward_dated]
    if not current:
        return Text(zh="还没有带日期的数据。", en="There are no dated data yet."), table
    last = max(current)
    day = day_label(last - ONE_DAY, scene.today)
    said = Text(
        zh=f"数据更新到{day.zh},各表的起止日期见下表",
        en=f"the data run through {day.en}; the dates of each table are below",
    )
    return join([said]), table


def _help(scene: Scene) -> tuple[Text, Table]:
    metrics = by_importance(visible_metrics(scene), scene.catalog)
    text, table = _metrics(scene.catalog, metrics)
    dimensions = [one for one in visible_dimensions(scene) if one.kind in ("categorical", "boolean")][
        :MOST_NAMED
    ]
    by = Text(
        zh=f"可以按{'、'.join(one.label.zh for one in dimensions)}拆开看"
        if dimensions
        else "可以按时间看趋势",
        en=f"they can be broken down by {', '.join(one.label.en for one in dimensions)}"
        if dimensions
        else "they can be followed over time",
    )
    table = _table((table.columns[0], table.columns[2]), [metric.name for metric in metrics])
    return join(
        [Text(zh=f"可以问{text.zh.removeprefix('共有').rstrip('。')}", en=text.en.rstrip(".")), by]
    ), table
