"""Models: their source, their keys and their time."""

from __future__ import annotations

from collections.abc import Mapping

from semantic_layer.catalog import (
    Entity,
    Model,
    Place,
)
from semantic_layer.compiler.sources import parse_source
from semantic_layer.errors import QueryError
from semantic_layer.loader.names import Names
from semantic_layer.loader.sections import Entry, Sections
from semantic_layer.spec.document import Marked
from semantic_layer.spec.model import (
    ModelSpec,
    text_or,
)
from semantic_layer.spec.problems import Problems, near
from semantic_layer.text import Text

_FILE_ENDINGS = (".parquet", ".csv", ".tsv", ".csv.gz")


def build_model(
    name: str,
    entry: Entry[ModelSpec],
    entities: list[Entity],
    sections: Sections,
    names: Names,
    problems: Problems,
) -> Model:
    """Return a model with its keys and its own time; what does not fit is recorded."""
    spec = entry.spec
    primary = [entity.name for entity in entities if entity.type == "primary"]
    if len(primary) > 1:
        problems.add(
            entry.raw,
            ("name",),
            Text(
                zh=f"模型 {name} 有 {len(primary)} 个主实体:{'、'.join(primary)}。",
                en=f"The model {name} has {len(primary)} primary entities: {', '.join(primary)}.",
            ),
            Text(zh="只留一个 primary,其余改为 unique。", en="Keep one primary; make the others unique."),
            code="entity_type",
        )
    source, source_kind = spec.table or spec.name, "table"
    if spec.sql is not None:
        source, source_kind = spec.sql, "sql"
        try:
            parse_source(spec.sql)
        except QueryError as error:
            problems.add(entry.raw, ("sql",), error.message, error.mend, code=error.code)
    elif source.lower().endswith(_FILE_ENDINGS) or "/" in source:
        source_kind = "file"
    return Model(
        name=name,
        label=text_or(spec.label, name),
        source=source,
        source_kind="sql" if source_kind == "sql" else "file" if source_kind == "file" else "table",
        entities=tuple(entities),
        agg_time_dimension=_agg_time(name, entry, sections, names, problems),
        primary_entity=spec.primary_entity or (primary[0] if primary else None),
        description=spec.description,
        synonyms=spec.synonyms,
        forward_dated=spec.forward_dated,
        columns=tuple(
            column.spec.name for column in sections.columns.get(name, []) if column.spec.expr is None
        ),
        place=Place(entry.raw.file, entry.raw.line),
    )


def _agg_time(
    name: str, entry: Entry[ModelSpec], sections: Sections, names: Names, problems: Problems
) -> str | None:
    """Return the model's own time; its only time dimension where none is named."""
    asked = entry.spec.agg_time_dimension
    times = names.times(name)
    if asked is None:
        plain = [t for t in times if names.dimensions[names.local[name][t]].bindings[0].validity is None]
        return names.local[name][plain[0]] if len(plain) == 1 else None
    return resolve_time_dimension(
        name, asked, entry.raw, ("agg_time_dimension",), names, sections.broken, problems
    )


def resolve_time_dimension(
    model: str,
    asked: str,
    raw: object,
    keys: tuple[str | int, ...],
    names: Names,
    broken: set[str],
    problems: Problems,
) -> str | None:
    """Return the canonical name of a time dimension of `model`; record it where there is no such thing."""
    found: Mapping[str, str] = names.local.get(model, {})
    local = asked if asked in found else asked.rpartition("__")[2]
    if local in found:
        if names.dimensions[found[local]].kind == "time":
            return found[local]
        problems.add(
            raw,
            keys,
            Text(zh=f"{asked!r} 不是时间维度。", en=f"{asked!r} is not a time dimension."),
            near(asked, names.times(model)),
            code="not_a_time",
        )
        return None
    if asked not in broken:
        kind = Text(zh=f"时间维度(模型 {model})", en=f"time dimension (in the model {model})")
        problems.unknown(raw, keys, kind, asked, names.times(model))
    return None


def report_duplicate_model(raw: Marked, name: str, first: Marked, problems: Problems) -> None:
    """Record that a model is declared twice."""
    problems.add(
        raw,
        ("name",),
        Text(
            zh=f"模型 {name!r} 声明了两次(第一次在 {first.file}:{first.line})。",
            en=f"The model {name!r} is declared twice (first in {first.file}:{first.line}).",
        ),
        Text(zh="改名或删去一处。", en="Rename or remove one of them."),
        code="duplicate_name",
    )
