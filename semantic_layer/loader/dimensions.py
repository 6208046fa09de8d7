"""Models and their keys, and every dimension of the workspace under its canonical name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from semantic_layer.catalog import (
    Binding,
    Dimension,
    DimensionKind,
    DimensionValue,
    Entity,
    Model,
    Place,
)
from semantic_layer.errors import QueryError
from semantic_layer.expression import parse_expression
from semantic_layer.loader.sections import Entry, Sections
from semantic_layer.period import Grain
from semantic_layer.spec.document import Marked
from semantic_layer.spec.model import (
    ColumnSpec,
    ConformedSpec,
    DimensionSpec,
    EntitySpec,
    ModelSpec,
    Values,
    text_or,
)
from semantic_layer.spec.names import is_plain, quote_name
from semantic_layer.spec.problems import Problems, near
from semantic_layer.text import Text, Words

METRIC_TIME = "metric_time"
_KEY_TYPES = ("primary", "unique", "natural")
_FILE_ENDINGS = (".parquet", ".csv", ".tsv", ".csv.gz")


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
    validity: str | None = None
    hidden: bool = False
    index_values: bool | None = None
    owner: str | None = None

    def binding(self) -> Binding:
        """Return where the column lives."""
        validity = "start" if self.validity == "start" else "end" if self.validity == "end" else None
        return Binding(self.model, self.expr, self.grain, self.is_partition, validity)


@dataclass(slots=True)
class Names:
    """Models and dimensions by name, and how a name is understood inside one model or anywhere."""

    models: dict[str, Model] = field(default_factory=dict)
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    local: dict[str, dict[str, str]] = field(default_factory=dict)  # model -> local name -> canonical
    raws: dict[str, Marked] = field(default_factory=dict)  # model -> where it was written

    def resolve(self, name: str, model: str | None = None) -> str | None:
        """Return the canonical name of a dimension as written in `model` (or anywhere), or None."""
        if model is not None and (found := self.local.get(model, {}).get(name)) is not None:
            return found
        if name in self.spellings:
            return self.spellings[name]
        parts = name.split("__")
        if len(parts) > 2:  # listing__user__country: the entity next to the column says which it is
            return self.spellings.get("__".join(parts[-2:]))
        return None

    def resolve_time(self, name: str, model: str | None = None) -> tuple[str, Grain] | None:
        """Return (canonical name, grain) of `ordered_at__week`, or None where it is not of that form."""
        head, under, tail = name.rpartition("__")
        if not under or tail.lower() not in set(Grain):
            return None
        canonical = METRIC_TIME if head == METRIC_TIME else self.resolve(head, model)
        return None if canonical is None else (canonical, Grain(tail.lower()))

    def known(self, model: str | None = None) -> list[str]:
        """Return the names that may be written, those of `model` first."""
        return [*self.local.get(model or "", {}), *self.spellings]

    def times(self, model: str) -> list[str]:
        """Return the local names of a model's time dimensions."""
        found = self.local.get(model, {})
        return [local for local, name in found.items() if self.dimensions[name].kind == "time"]


def build_names(sections: Sections, problems: Problems) -> Names:
    """Return the models and dimensions of a workspace; whatever does not fit is recorded in `problems`."""
    names = Names()
    candidates: list[Candidate] = []
    entities: dict[str, list[Entity]] = {}
    for entry in sections.models:
        name = model_name(entry.spec)
        if name in names.raws:
            _duplicate_model(entry.raw, name, names.raws[name], problems)
            continue
        names.raws[name] = entry.raw
        found = _candidates(name, entry, sections.columns.get(name, []), problems)
        entities[name] = [c.entity for c in found if c.entity is not None]
        candidates += found
    _name_dimensions(candidates, sections, names, problems)
    for entry in sections.models:
        name = model_name(entry.spec)
        if names.raws.get(name) is entry.raw:
            names.models[name] = _model(name, entry, entities[name], sections, names, problems)
    _add_spellings(candidates, names)
    return names


def model_name(spec: ModelSpec) -> str:
    """Return the name of a model: its semantic name where dbt gives another one."""
    return (spec.semantic_model.name if spec.semantic_model else None) or spec.name


def _candidates(
    model: str, entry: Entry[ModelSpec], columns: list[Entry[ColumnSpec]], problems: Problems
) -> list[Candidate]:
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
        synonyms=_joined(spec.synonyms, column.synonyms if column and column.dimension is None else Words()),
        values=_values(column.values) if column and column.dimension is None else (),
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
        synonyms=_joined(spec.synonyms, column.synonyms if column else Words()),
        values=_values(spec.values) or _values(column.values if column else {}),
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


def _values(values: Values) -> tuple[DimensionValue, ...]:
    return tuple(DimensionValue(code, spec.label, spec.synonyms) for code, spec in values.items())


def _joined(first: Words, second: Words) -> Words:
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
                zh=f"模型 {candidate.model} 的实体 {candidate.local!r} 有两种类型:{first.entity.type} 和 {candidate.entity.type}。",
                en=f"The entity {candidate.local!r} of the model {candidate.model} has two types: "
                f"{first.entity.type} and {candidate.entity.type}.",
            )
            mend = Text(zh="只保留一种,或另起名字。", en="Keep one of them, or give one another name.")
            code = "entity_type"
        else:
            message = Text(
                zh=f"模型 {candidate.model} 里 {candidate.local!r} 声明了两次(第一次在第 {first.raw.line} 行)。",
                en=f"{candidate.local!r} is declared twice in the model {candidate.model} (first on line {first.raw.line}).",
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


def is_plain_name(name: str) -> bool:
    """Return whether a name is ASCII letters, digits and underscores; SQL keywords are fine, they get quoted."""
    return is_plain(name) or (name.isidentifier() and name.isascii())


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


def _name_dimensions(
    candidates: list[Candidate], sections: Sections, names: Names, problems: Problems
) -> None:
    declared = {entry.spec.name: entry for entry in sections.conformed}
    groups: dict[str, list[Candidate]] = defaultdict(list)
    plain: list[Candidate] = []
    for candidate in candidates:
        if candidate.shared is None:
            plain.append(candidate)
        elif candidate.entity is None and candidate.shared not in declared:
            kind = Text(zh="共享维度(dimensions:)", en="shared dimension (under dimensions:)")
            if candidate.shared not in sections.broken:
                problems.unknown(
                    candidate.raw, ("dimension", "conformed"), kind, candidate.shared, sorted(declared)
                )
        else:
            groups[candidate.shared].append(candidate)
    for name, entry in declared.items():
        if not groups.get(name):
            problems.warn(
                entry.raw,
                ("name",),
                Text(
                    zh=f"共享维度 {name!r} 没有列使用。", en=f"No column uses the shared dimension {name!r}."
                ),
                Text(
                    zh=f"在列上写 dimension: {{type: categorical, conformed: {name}}}。",
                    en=f"Write dimension: {{type: categorical, conformed: {name}}} on columns.",
                ),
            )
            continue
        names.dimensions[name] = _shared(name, groups[name], entry.spec, entry.raw)
    for name, group in groups.items():
        if name not in declared:
            names.dimensions[name] = _shared(name, group, None, group[0].raw)
    for name, group in groups.items():
        for candidate in group:
            names.local.setdefault(candidate.model, {})[candidate.local] = name
            names.local[candidate.model].setdefault(name, name)
    counts = Counter(candidate.local for candidate in plain)
    keys = _primary_entities(candidates, sections)
    for candidate in plain:
        local = candidate.local
        canonical = local
        if counts[local] > 1 or local in names.dimensions:
            canonical = f"{keys.get(candidate.model, candidate.model)}__{local}"
            if canonical in names.dimensions:
                canonical = f"{candidate.model}__{local}"
        names.dimensions[canonical] = _single(canonical, candidate)
        names.local.setdefault(candidate.model, {})[local] = canonical


def _primary_entities(candidates: list[Candidate], sections: Sections) -> dict[str, str]:
    """Return the primary entity of each model that has one."""
    found = {
        c.model: c.entity.name for c in candidates if c.entity is not None and c.entity.type == "primary"
    }
    for entry in sections.models:
        if entry.spec.primary_entity is not None:
            found.setdefault(model_name(entry.spec), entry.spec.primary_entity)
    return found


def _single(name: str, candidate: Candidate) -> Dimension:
    index = candidate.index_values
    return Dimension(
        name=name,
        kind=candidate.kind,
        label=text_or(candidate.label, candidate.local),
        bindings=(candidate.binding(),),
        description=candidate.description,
        synonyms=candidate.synonyms,
        values=candidate.values,
        grain=candidate.grain,
        index_values=(candidate.kind == "categorical") if index is None else index,
        hidden=candidate.hidden,
        owner=candidate.owner,
        place=Place(candidate.raw.file, candidate.raw.line),
    )


def _shared(name: str, group: list[Candidate], spec: ConformedSpec | None, raw: Marked) -> Dimension:
    """Return a dimension that lives in several models: conformed, or an entity (a key is one everywhere)."""
    bindings: dict[str, Binding] = {}
    for candidate in sorted(
        group, key=lambda c: c.entity is not None
    ):  # a conformed column before the key itself
        bindings.setdefault(candidate.model, candidate.binding())
    label = spec.label if spec else None
    synonyms = spec.synonyms if spec else Words()
    values = _values(spec.values) if spec else ()
    index = spec.index_values if spec else None
    for candidate in group:
        label = label or candidate.label
        synonyms = _joined(synonyms, candidate.synonyms)
        values = values or candidate.values
        index = index if index is not None else candidate.index_values
    is_key = spec is None
    kind = spec.type if spec and spec.type != "categorical" else group[0].kind
    grains = [candidate.grain for candidate in group if candidate.grain is not None]
    return Dimension(
        name=name,
        kind=kind,
        label=text_or(label, name),
        bindings=tuple(bindings.values()),
        conformed=True,
        description=(spec.description if spec else None) or group[0].description,
        synonyms=synonyms,
        values=values,
        grain=min(grains, key=lambda grain: grain.order) if grains else None,
        index_values=(kind == "categorical" and (not is_key or bool(values))) if index is None else index,
        hidden=spec.hidden if spec else all(candidate.hidden for candidate in group),
        owner=spec.owner if spec else None,
        place=Place(raw.file, raw.line),
    )


def _add_spellings(candidates: list[Candidate], names: Names) -> None:
    """Fill in every further accepted spelling; one that would mean two dimensions means none."""
    spellings: dict[str, str | None] = {}
    for candidate in candidates:
        canonical = names.local.get(candidate.model, {}).get(candidate.local)
        model = names.models.get(candidate.model)
        if canonical is None or model is None:
            continue
        keys = {entity.name for entity in model.entities if entity.type in _KEY_TYPES}
        prefixes = keys | {candidate.model} | ({model.primary_entity} if model.primary_entity else set())
        ends = {candidate.local, canonical} if candidate.shared is not None else {candidate.local}
        written = [f"{prefix}{joint}{end}" for prefix in sorted(prefixes) for end in sorted(ends)
                   for joint in ("__", ".") if joint == "__" or prefix == candidate.model]  # fmt: skip
        for spelling in written:
            if spellings.setdefault(spelling, canonical) != canonical:
                spellings[spelling] = None
    names.spellings.update({spelling: name for spelling, name in spellings.items() if name is not None})
    names.spellings.update({name: name for name in names.dimensions})
    further: dict[str, list[str]] = defaultdict(list)
    for spelling, name in names.spellings.items():
        if spelling != name and "." not in spelling:
            further[name].append(spelling)
    for name, dimension in list(names.dimensions.items()):
        if name in further:
            names.dimensions[name] = _with_spellings(dimension, tuple(sorted(further[name])))


def _with_spellings(dimension: Dimension, qualified: tuple[str, ...]) -> Dimension:
    from dataclasses import replace

    return replace(dimension, qualified=qualified)


def _model(
    name: str,
    entry: Entry[ModelSpec],
    entities: list[Entity],
    sections: Sections,
    names: Names,
    problems: Problems,
) -> Model:
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


def _duplicate_model(raw: Marked, name: str, first: Marked, problems: Problems) -> None:
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
