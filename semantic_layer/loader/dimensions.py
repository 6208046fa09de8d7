"""Models and their keys, and every dimension of the workspace under its canonical name."""

from __future__ import annotations

from collections import Counter, defaultdict

from semantic_layer.catalog import (
    Binding,
    Dimension,
    Entity,
    Place,
)
from semantic_layer.loader.candidates import Candidate, declared_values, joined_words, model_candidates
from semantic_layer.loader.names import Names
from semantic_layer.loader.sections import Entry, Sections
from semantic_layer.loader.tables import build_model, report_duplicate_model
from semantic_layer.spec.document import Marked
from semantic_layer.spec.model import (
    ConformedSpec,
    model_name,
    text_or,
)
from semantic_layer.spec.problems import Problems
from semantic_layer.text import Text, Words

_KEY_TYPES = ("primary", "unique", "natural")


def build_names(sections: Sections, problems: Problems) -> Names:
    """Return the models and dimensions of a workspace; whatever does not fit is recorded in `problems`."""
    names = Names()
    candidates: list[Candidate] = []
    entities: dict[str, list[Entity]] = {}
    for entry in sections.models:
        name = model_name(entry.spec)
        if name in names.raws:
            report_duplicate_model(entry.raw, name, names.raws[name], problems)
            continue
        names.raws[name] = entry.raw
        found = model_candidates(name, entry, sections.columns.get(name, []), problems)
        entities[name] = [c.entity for c in found if c.entity is not None]
        candidates += found
    _name_dimensions(candidates, sections, names, problems)
    for entry in sections.models:
        name = model_name(entry.spec)
        if names.raws.get(name) is entry.raw:
            names.models[name] = build_model(name, entry, entities[name], sections, names, problems)
    _add_spellings(candidates, names)
    return names


def _name_dimensions(
    candidates: list[Candidate], sections: Sections, names: Names, problems: Problems
) -> None:
    groups = _groups(candidates, sections, problems)
    declared = {entry.spec.name: entry for entry in sections.conformed}
    for name, entry in declared.items():
        if name in groups:
            names.dimensions[name] = _shared(name, groups[name], entry.spec, entry.raw)
        else:
            _warn_unused(entry, problems)
    for name, group in groups.items():
        names.dimensions.setdefault(name, _shared(name, group, None, group[0].raw))
        for candidate in group:
            local = names.local.setdefault(candidate.model, {})
            local[candidate.local] = name
            local.setdefault(name, name)
    plain = [candidate for candidate in candidates if candidate.shared is None]
    counts = Counter(candidate.local for candidate in plain)
    keys = _primary_entities(candidates, sections)
    for candidate in plain:
        canonical = candidate.local
        if counts[canonical] > 1 or canonical in names.dimensions:
            canonical = f"{keys.get(candidate.model, candidate.model)}__{candidate.local}"
            if canonical in names.dimensions:
                canonical = f"{candidate.model}__{candidate.local}"
        names.dimensions[canonical] = _single(canonical, candidate)
        names.local.setdefault(candidate.model, {})[candidate.local] = canonical


def _groups(
    candidates: list[Candidate], sections: Sections, problems: Problems
) -> dict[str, list[Candidate]]:
    """Return the columns of each shared dimension, and of each entity; an undeclared one is recorded."""
    declared = {entry.spec.name for entry in sections.conformed}
    groups: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.shared is None:
            continue
        if candidate.entity is not None or candidate.shared in declared:
            groups[candidate.shared].append(candidate)
        elif candidate.shared not in sections.broken:
            kind = Text(zh="共享维度(dimensions:)", en="shared dimension (under dimensions:)")
            problems.unknown(
                candidate.raw, ("dimension", "conformed"), kind, candidate.shared, sorted(declared)
            )
    return dict(groups)


def _warn_unused(entry: Entry[ConformedSpec], problems: Problems) -> None:
    name = entry.spec.name
    problems.warn(
        entry.raw,
        ("name",),
        Text(zh=f"共享维度 {name!r} 没有列使用。", en=f"No column uses the shared dimension {name!r}."),
        Text(
            zh=f"在列上写 dimension: {{type: categorical, conformed: {name}}}。",
            en=f"Write dimension: {{type: categorical, conformed: {name}}} on columns.",
        ),
    )


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
    values = declared_values(spec.values) if spec else ()
    index = spec.index_values if spec else None
    for candidate in group:
        label = label or candidate.label
        synonyms = joined_words(synonyms, candidate.synonyms)
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
