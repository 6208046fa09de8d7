"""The columns of a model that are dimensions or entities, before names are settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from semantic_layer.catalog import (
    Binding,
    DimensionKind,
    DimensionValue,
    Entity,
)
from semantic_layer.errors import QueryError
from semantic_layer.expression import parse_expression
from semantic_layer.loader.names import METRIC_TIME, is_plain_name
from semantic_layer.loader.sections import Entry
from semantic_layer.period import Grain
from semantic_layer.spec.document import Marked
from semantic_layer.spec.model import (
    ColumnSpec,
    DimensionSpec,
    EntitySpec,
    ModelSpec,
    Values,
)
from semantic_layer.spec.names import is_plain, quote_name
from semantic_layer.spec.problems import Problems
from semantic_layer.text import Text, Words


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that is a dimension or an entity, before names are settled."""

    model: str
    local: str  # its name within the model
    kind: DimensionKind
    expr: str
    raw: Marked
    label: Text | None
    description: Text | None
    synonyms: Words
    values: tuple[DimensionValue, ...]
    grain: Grain | None = None
    shared: str | None = None  # the conformed dimension, or the entity, that it belongs to
    entity: Entity | None = None
    is_partition: bool = False
    validity: Literal["start", "end"] | None = None
    hidden: bool = False
    index_values: bool | None = None
    owner: str | None = None

    def binding(self) -> Binding:
        """Return where the column lives."""
        return Binding(self.model, self.expr, self.grain, self.is_partition, self.validity)


def model_candidates(
    model: str, entry: Entry[ModelSpec], columns: list[Entry[ColumnSpec]], problems: Problems
) -> list[Candidate]:
    """Return the dimensions and entities of one model, each name once; what is unsound is recorded."""
    found: list[Candidate] = []
    for column in columns:
        spec = column.spec
        expr = spec.expr or quote_name(spec.name)
        if spec.entity is not None:
            found.append(_entity_candidate(model, spec.entity, column.raw, spec, expr))
        if spec.dimension is not None:
            found.append(
                _dimension_candidate(model, spec.dimension, column.raw, spec, expr, spec.granularity)
            )
        if (
            spec.dimension is None
            and spec.granularity is not None
            and spec.entity is None
            and not _is_spine(entry)
        ):
            problems.warn(
                column.raw,
                ("granularity",),
                Text(
                    zh=f"列 {spec.name!r} 有 granularity,但不是维度。",
                    en=f"The column {spec.name!r} has a granularity but is no dimension.",
                ),
                Text(zh="加上 dimension: time。", en="Add dimension: time."),
            )
    derived = entry.spec.derived_semantics
    raw_derived = entry.raw.get("derived_semantics")
    for index, entity in enumerate(derived.entities):
        raw = _item(raw_derived, "entities", index, entry.raw)
        found.append(_entity_candidate(model, entity, raw, None, entity.expr))
    for index, dimension in enumerate(derived.dimensions):
        raw = _item(raw_derived, "dimensions", index, entry.raw)
        found.append(_dimension_candidate(model, dimension, raw, None, dimension.expr, dimension.granularity))
    return [candidate for candidate in _unique(found, problems) if _is_sound(candidate, problems)]


def _is_spine(entry: Entry[ModelSpec]) -> bool:
    return entry.spec.time_spine is not None


def _item(raw: object, key: str, index: int, fallback: Marked) -> Marked:
    if isinstance(raw, Marked) and isinstance(raw.get(key), list) and isinstance(raw[key][index], Marked):
        item: Marked = raw[key][index]
        return item
    return fallback


def _entity_candidate(
    model: str, spec: EntitySpec, raw: Marked, column: ColumnSpec | None, expr: str
) -> Candidate:
    name = spec.name or (column.name if column else "")
    entity = Entity(name=name, type=spec.type, expr=spec.expr or expr, model=model)
    return Candidate(
        model=model,
        local=name,
        kind="categorical",
        expr=entity.expr,
        raw=raw,
        label=spec.label or (column.label if column else None),
        description=spec.description or (column.description if column else None),
        synonyms=joined_words(
            spec.synonyms, column.synonyms if column and column.dimension is None else Words()
        ),
        values=declared_values(column.values) if column and column.dimension is None else (),
        shared=name,
        entity=entity,
        hidden=column.hidden if column else False,
        index_values=column.index_values if column else None,
        owner=column.owner if column else None,
    )


def _dimension_candidate(
    model: str, spec: DimensionSpec, raw: Marked, column: ColumnSpec | None, expr: str, grain: Grain | None
) -> Candidate:
    validity = spec.validity_params
    return Candidate(
        model=model,
        local=spec.name or (column.name if column else ""),
        kind=spec.type,
        expr=spec.expr or expr,
        raw=raw,
        label=spec.label or (column.label if column else None),
        description=spec.description or (column.description if column else None),
        synonyms=joined_words(spec.synonyms, column.synonyms if column else Words()),
        values=declared_values(spec.values) or declared_values(column.values if column else {}),
        grain=grain if spec.type == "time" else None,
        shared=spec.conformed,
        is_partition=spec.is_partition,
        validity=None
        if validity is None
        else "start"
        if validity.is_start
        else "end"
        if validity.is_end
        else None,
        hidden=spec.hidden or (column.hidden if column else False),
        index_values=spec.index_values
        if spec.index_values is not None
        else (column.index_values if column else None),
        owner=spec.owner or (column.owner if column else None),
    )


def declared_values(values: Values) -> tuple[DimensionValue, ...]:
    """Return declared values in the order of the YAML."""
    return tuple(DimensionValue(code, spec.label, spec.synonyms) for code, spec in values.items())


def joined_words(first: Words, second: Words) -> Words:
    """Return the words of both, each once."""
    return Words(tuple(dict.fromkeys(first.zh + second.zh)), tuple(dict.fromkeys(first.en + second.en)))


def _unique(found: list[Candidate], problems: Problems) -> list[Candidate]:
    """Return the candidates of one model, each name and each entity once."""
    kept: dict[str, Candidate] = {}
    for candidate in found:
        first = kept.setdefault(candidate.local, candidate)
        if first is candidate:
            continue
        if first.entity and candidate.entity and first.entity.type != candidate.entity.type:
            message = Text(
                zh=f"模型 {candidate.model} 的实体 {candidate.local!r} 有两种类型:"
                f"{first.entity.type} 和 {candidate.entity.type}。",
                en=f"The entity {candidate.local!r} of the model {candidate.model} has two types: "
                f"{first.entity.type} and {candidate.entity.type}.",
            )
            mend = Text(zh="只保留一种,或另起名字。", en="Keep one of them, or give one another name.")
            code = "entity_type"
        else:
            message = Text(
                zh=f"模型 {candidate.model} 里 {candidate.local!r} 声明了两次(第一次在第 {first.raw.line} 行)。",
                en=f"{candidate.local!r} is declared twice in the model {candidate.model} "
                f"(first on line {first.raw.line}).",
            )
            mend = Text(zh="改名或删去一处。", en="Rename or remove one of them.")
            code = "duplicate_name"
        problems.add(candidate.raw, ("name",), message, mend, code=code)
    return list(kept.values())


def _is_sound(candidate: Candidate, problems: Problems) -> bool:
    """Check a name and an expression; False drops the candidate."""
    name = candidate.local
    if name == METRIC_TIME or "__" in name or not is_plain_name(name):
        why = (
            Text(zh=f"{name!r} 是保留名。", en=f"{name!r} is a reserved name.")
            if name == METRIC_TIME
            else Text(
                zh=f"{name!r} 不能作维度或实体的名字(英文字母、数字、单个下划线)。",
                en=f"{name!r} cannot name a dimension or an entity (letters, digits, single underscores).",
            )
        )
        problems.add(
            candidate.raw,
            ("name",),
            why,
            Text(
                zh="列名可以不变,另给维度起名:dimension: {type: categorical, name: channel}。",
                en="The column may keep its name: dimension: {type: categorical, name: channel}.",
            ),
            code="bad_name",
        )
        return False
    return check_expression(candidate.expr, candidate.raw, ("expr",), problems)


def check_expression(sql: str, raw: object, keys: tuple[str | int, ...], problems: Problems) -> bool:
    """Return whether an author's SQL expression can be used; record why not."""
    if is_plain(sql) or sql.isdigit():
        return True
    try:
        parse_expression(sql)
    except QueryError as error:
        problems.add(raw, keys, error.message, error.mend, code="invalid_expression")
        return False
    return True
