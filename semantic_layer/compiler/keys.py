"""The group columns of a query: canonical names, and a grain for every time column."""

from __future__ import annotations

from dataclasses import replace

from semantic_layer.compiler.context import CompileContext
from semantic_layer.compiler.facts import Key
from semantic_layer.compiler.index import CatalogIndex
from semantic_layer.compiler.names import METRIC_TIME, PARTS, Name, resolve_name
from semantic_layer.compiler.paths import locate
from semantic_layer.errors import QueryError, UnknownNameError
from semantic_layer.period import Grain
from semantic_layer.query import GroupBy, MetricQuery
from semantic_layer.text import Text


def group_keys(
    index: CatalogIndex, context: CompileContext, query: MetricQuery, models: tuple[str, ...]
) -> tuple[Key, ...]:
    """Return the query's group columns, each once, as they will be named in the result.

    A time dimension without a grain is cut to the coarsest base grain among the models (a day where unknown).

    Raises:
        UnknownNameError, AmbiguousPathError, QueryError: see `resolve_name` and `locate`.
    """
    keys: dict[str, Key] = {}
    for group in query.group_by:
        key = _key(index, context, group, models)
        taken = keys.get(key.column)
        if taken is not None and taken.name.part != key.name.part:  # a month, and the month of the year
            key = replace(key, column=f"{key.name.canonical}__extract_{key.name.suffix}")
        keys.setdefault(key.column, key)
    return tuple(keys.values())


def _key(index: CatalogIndex, context: CompileContext, group: GroupBy, models: tuple[str, ...]) -> Key:
    name = resolve_name(index, group.dimension, context.hidden)
    grain, part = group.grain or name.grain, group.part or name.part
    custom = group.custom_grain or name.custom
    is_time = name.dimension.kind == "time" if name.dimension is not None else name.spelling == METRIC_TIME
    if (grain or part or custom) and not is_time:
        raise QueryError(
            Text(zh=f"{group.dimension} 不是时间维度。", en=f"{group.dimension} is not a time dimension."),
            Text(zh="去掉时间粒度。", en="Leave the grain out."),
            code="not_a_time_dimension",
        )
    spelled, name = name.spelling, _without_idle_path(index, name, models)
    if custom is not None and custom not in index.catalog.custom_grains:
        known = [*Grain, *PARTS, *index.catalog.custom_grains]
        raise UnknownNameError(Text(zh="时间粒度", en="grain or date part"), custom, known)
    if is_time and grain is None and part is None and custom is None:
        grain = _base_grain(index, name, models)
    name = replace(name, spelling=_bare(name), grain=grain, part=part, custom=custom)
    own = index.catalog.custom_grains[custom] if custom is not None else None
    column = f"{name.canonical}__{name.suffix}" if name.suffix else name.canonical
    return Key(column, name, own, asked=(group.column, group.dimension, spelled))


def _bare(name: Name) -> str:
    """Return the spelling without a grain or part suffix."""
    return name.spelling.removesuffix(f"__{name.suffix}") if name.suffix else name.spelling


def _without_idle_path(index: CatalogIndex, name: Name, models: tuple[str, ...]) -> Name:
    """Drop the entities a spelling insists on where every model would go the same way without them."""
    if not name.prefix or name.dimension is None:
        return name
    plain = replace(name, spelling=name.dimension.name, prefix=())
    try:
        same = all(
            locate(index, model, replace(name, spelling=_bare(name))) == locate(index, model, plain)
            for model in models
        )
    except QueryError:
        return name
    return plain if same else name


def _base_grain(index: CatalogIndex, name: Name, models: tuple[str, ...]) -> Grain:
    grains = []
    for model in models:
        own = index.catalog.models[model].agg_time_dimension
        asked = name
        if name.dimension is None:
            if own is None:
                continue
            asked = Name(own, index.dimension(own))
        grains.append(locate(index, model, asked).grain or Grain.DAY)
    return max(grains, key=lambda grain: grain.order, default=Grain.DAY)
