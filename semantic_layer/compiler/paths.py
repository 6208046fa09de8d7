"""The one join path from a fact to a dimension, or an honest refusal with the choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from semantic_layer.catalog import DimensionKind, Entity
from semantic_layer.compiler.index import JOINABLE, CatalogIndex, Hop
from semantic_layer.compiler.names import Name
from semantic_layer.errors import AmbiguousPathError, QueryError
from semantic_layer.period import Grain
from semantic_layer.text import Text

MAX_HOPS = 5
Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """Where a dimension lives as seen from a fact: the joins to make, then SQL over the last model's columns."""

    path: Path
    model: str
    expr: str
    kind: DimensionKind
    grain: Grain | None = None


def locate(index: CatalogIndex, model: str, name: Name) -> Located:
    """Return where `name` lives as seen from `model`, over joins that never multiply rows.

    A column of the model itself comes first, then the shortest path.

    Raises:
        AmbiguousPathError: several shortest paths, or only one that would multiply rows.
        QueryError: no path; the message lists what the model can be grouped by.
    """
    key = ("path", model, name.spelling)
    found = index.memo.get(key)
    if not isinstance(found, Located):
        found = _locate(index, model, name)
        index.memo[key] = found
    return found


def reachable(index: CatalogIndex, model: str, hidden: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the canonical names of the dimensions that `model` can be grouped by, in catalog order."""
    names = []
    for dimension in index.catalog.dimensions.values():
        if dimension.name not in hidden:
            try:
                locate(index, model, Name(dimension.name, dimension))
            except QueryError:
                continue
            names.append(dimension.name)
    return tuple(names)


def _locate(index: CatalogIndex, model: str, name: Name) -> Located:
    frontier: list[tuple[Path, str]] = [((), model)]
    for _ in range(MAX_HOPS + 1):
        found = [located for path, at in frontier if (located := _here(index, path, at, name)) is not None]
        if len(found) > 1:
            raise _ambiguous(index, model, name, found)
        if found:
            return found[0]
        frontier = [
            ((*path, hop), hop.model)
            for path, at in frontier
            for hop in index.hops[at]
            if hop.model != model and all(hop.model != seen.model for seen in path)
        ]
    raise _unreachable(index, model, name)


def _here(index: CatalogIndex, path: Path, model: str, name: Name) -> Located | None:
    """Return the place in `model` at the end of `path` where `name` lives, if it does and may."""
    own = index.entities[model]
    if name.entity is not None:
        entity = own.get(name.entity)
        if entity is None or not _passes(path, own, name.prefix):
            return None
        return Located(path, model, entity.expr, "categorical")
    assert name.dimension is not None
    for binding in name.dimension.bindings:
        if binding.model == model and _passes(path, own, name.prefix):
            return Located(
                path, model, binding.expr, name.dimension.kind, binding.grain or name.dimension.grain
            )
    return None


def _passes(path: Path, own: Mapping[str, Entity], prefix: tuple[str, ...]) -> bool:
    """Whether a path ends with the entities that the spelling insists on; at the fact, its own key counts."""
    if not prefix:
        return True
    if not path:
        entity = own.get(prefix[0])
        return len(prefix) == 1 and entity is not None and entity.type in JOINABLE
    return tuple(hop.entity for hop in path)[-len(prefix) :] == prefix


def _ambiguous(index: CatalogIndex, model: str, name: Name, found: list[Located]) -> AmbiguousPathError:
    column = name.entity or (name.dimension.name.split("__")[-1] if name.dimension else name.spelling)
    choices = tuple("__".join([*(hop.entity for hop in located.path), column]) for located in found)
    label = index.catalog.models[model].label
    listed = ", ".join(choices)
    return AmbiguousPathError(
        Text(
            zh=f"从{label.zh}到维度 {name.spelling!r} 有多条路径:{listed}。",
            en=f"There are several ways from {label.en} to the dimension {name.spelling!r}: {listed}.",
        ),
        Text(zh="请写明其中一个。", en="Name one of them."),
        choices,
    )


def _unreachable(index: CatalogIndex, model: str, name: Name) -> QueryError:
    label = index.catalog.models[model].label
    asked = _called(index, name.spelling)
    can = tuple(known for known in reachable_quietly(index, model) if known != name.spelling)
    named = [_called(index, known) for known in can[:12]]
    more = ", …" if len(can) > 12 else ""
    listed_zh, listed_en = "、".join(one.zh for one in named), ", ".join(one.en for one in named)
    if _is_behind_fan_out(index, model, name):
        return AmbiguousPathError(
            Text(
                zh=f"按「{asked.zh}」分组会让{label.zh}的行重复计算:一行对应多行。",
                en=f"Grouping {label.en} by “{asked.en}” would count rows more than once: one row meets many there.",
            ),
            Text(
                zh=f"可用的维度:{listed_zh}{more}。" if can else "请换一个维度。",
                en=f"It can be grouped by: {listed_en}{more}." if can else "Choose another dimension.",
            ),
            can,
        )
    return QueryError(
        Text(
            zh=f"{label.zh}与维度「{asked.zh}」之间没有关联。",
            en=f"Nothing joins {label.en} to the dimension “{asked.en}”.",
        ),
        Text(
            zh=f"可用的维度:{listed_zh}{more}。" if can else "这个表没有可用的维度。",
            en=f"It can be grouped by: {listed_en}{more}." if can else "It has no dimension to group by.",
        ),
        code="unreachable_dimension",
    )


def _called(index: CatalogIndex, spelling: str) -> Text:
    """Return what people call a dimension; its spelling where it is not known."""
    catalog = index.catalog
    known = catalog.dimensions.get(catalog.spellings.get(spelling, spelling))
    return known.label if known is not None else Text.same(spelling)


def reachable_quietly(index: CatalogIndex, model: str) -> tuple[str, ...]:
    """Return the dimensions within reach by a plain walk, without asking for paths (no recursion into errors)."""
    seen = {model}
    frontier = [model]
    while frontier:
        frontier = [hop.model for at in frontier for hop in index.hops[at] if hop.model not in seen]
        seen.update(frontier)
    dimensions = index.catalog.dimensions.values()
    return tuple(d.name for d in dimensions if any(binding.model in seen for binding in d.bindings))


def _is_behind_fan_out(index: CatalogIndex, model: str, name: Name) -> bool:
    """Whether the dimension could be reached if rows were allowed to multiply."""
    seen = {model}
    frontier = [model]
    while frontier:
        frontier = list(
            {
                hop.model
                for at in frontier
                for hop in (*index.hops[at], *index.fanning[at])
                if hop.model not in seen
            }
        )
        seen.update(frontier)
    if name.entity is not None:
        return any(name.entity in index.entities[at] for at in seen)
    assert name.dimension is not None
    return any(binding.model in seen for binding in name.dimension.bindings)
