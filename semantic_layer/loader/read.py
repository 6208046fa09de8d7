"""Documents into sections: each entry validated by itself, so that one mistake does not hide the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from semantic_layer.errors import nearest
from semantic_layer.loader.sections import Entry, MetricEntry, S, Sections
from semantic_layer.spec.analyses import ANALYSES
from semantic_layer.spec.base import is_enabled
from semantic_layer.spec.dbt_legacy import modern_metrics
from semantic_layer.spec.dbt_models import legacy_model, measures_of, of_one_entry, relation_of, spine_models
from semantic_layer.spec.document import Marked, MarkedList
from semantic_layer.spec.metric import MetricSpec
from semantic_layer.spec.model import ColumnSpec, ConformedSpec, ModelSpec, is_semantic, model_name
from semantic_layer.spec.problems import Ignored, Problems, near
from semantic_layer.spec.vocabulary import (
    AccessSpec,
    ConceptSpec,
    EventSpec,
    FiscalCalendarSpec,
    RollupSpec,
    SegmentSpec,
    TestSpec,
    VerifiedSpec,
)
from semantic_layer.spec.watching import AlertSpec, JobSpec
from semantic_layer.spec.workspace_file import WorkspaceSpec
from semantic_layer.text import Text

_SETTINGS = tuple(WorkspaceSpec.model_fields)


_SECTIONS = (
    "dimensions", "models", "semantic_models", "metrics", "concepts", "segments", "calendars", "events", "verified",
    "fiscal_calendars", "project_configuration",
    "rollups", "tests", "access", "alerts", "jobs", *ANALYSES,
)  # fmt: skip


DBT_SECTIONS = frozenset(
    {
        "sources", "seeds", "snapshots", "macros", "exposures", "saved_queries", "groups", "unit_tests", "data_tests",
        "analyses", "functions", "semantic_model", "time_spines", "anchors", "config",
    }
)  # fmt: skip


def read_sections(documents: Iterable[Marked], problems: Problems) -> Sections:
    """Return the entries of all documents; whatever cannot be read is recorded in `problems`."""
    sections = Sections()
    settings: dict[str, Marked] = {}
    for document in map(of_one_entry, documents):
        for key in document:
            if key in _SETTINGS:
                _take_setting(document, key, settings, problems)
            elif key in _SECTIONS:
                _read_section(document, key, sections, problems)
            elif key in DBT_SECTIONS:
                problems.ignored.append(Ignored(document.file, document.line_of(key), key))
            else:
                _unknown_section(document, key, problems)
    for raw in modern_metrics(sections.older_metrics, sections.measures):
        _read_modern(raw, sections, problems)
    _read_settings(settings, sections, problems)
    return sections


def _take_setting(document: Marked, key: str, settings: dict[str, Marked], problems: Problems) -> None:
    """Remember which document sets a key; dbt files all carry `version: 2`, so version may repeat."""
    if key == "version":
        settings.setdefault(key, document)
        return
    if key in settings:
        first = settings[key]
        problems.add(
            document,
            (key,),
            Text(
                zh=f"设置 {key} 已在 {first.file}:{first.line_of(key)} 写过。",
                en=f"The setting {key} is already given in {first.file}:{first.line_of(key)}.",
            ),
            Text(zh="只保留一处(通常在 askgrowth.yml)。", en="Keep one of them (usually in askgrowth.yml)."),
            code="duplicate_key",
        )
        return
    settings[key] = document


def _read_settings(settings: dict[str, Marked], sections: Sections, problems: Problems) -> None:
    if not settings:
        return
    first = next(iter(settings.values()))
    merged = Marked(first.file, first.line)
    for key, document in settings.items():
        if key != "version":  # says the dbt version in a dbt file; ours has one version so far
            merged.put(key, document[key], document.line_of(key))
            if document.file != merged.file:
                merged.file = document.file
    spec = problems.read(WorkspaceSpec, merged)
    if spec is not None:
        sections.settings = spec
        sections.settings_raw = merged


def _unknown_section(document: Marked, key: object, problems: Problems) -> None:
    known = (*_SECTIONS, *_SETTINGS)
    name = str(key)
    mend = near(name, known)
    if not nearest(name, known):
        mend = Text(
            zh="最外层可写:models、metrics、dimensions、concepts、segments、calendars …(见 docs/yaml.md)。",
            en="The top level holds models, metrics, dimensions, concepts, segments, calendars … (see docs/yaml.md).",
        )
    problems.add(
        document,
        (name,) if isinstance(key, str) else (),
        Text(zh=f"最外层不认识的键 {name!r}。", en=f"The key {name!r} is not known at the top level."),
        mend,
        code="unknown_key",
    )


def _read_section(document: Marked, key: str, sections: Sections, problems: Problems) -> None:
    if key == "access":
        _read_access(document, sections, problems)
        return
    if key == "project_configuration":
        for spine in spine_models(document[key]):
            _read_model("models", spine, sections, problems)
        return
    value = document[key]
    if value is None:
        return
    if not isinstance(value, MarkedList):
        problems.add(
            document,
            (key,),
            Text(zh=f"{key} 应是列表。", en=f"{key} must be a list."),
            Text(zh="每项以“- name: …”开头。", en="Each item starts with `- name: …`."),
            code="wrong_value",
        )
        return
    for raw in _entries(document, key, value, problems):
        _read_entry(key, raw, sections, problems)


def _entries(at: Marked, key: str, value: object, problems: Problems) -> Iterator[Marked]:
    """Yield the mappings of a list; an item that is none is recorded."""
    for index, raw in enumerate(value if isinstance(value, MarkedList) else ()):
        if isinstance(raw, Marked):
            yield raw
            continue
        problems.add(
            at,
            (key, index),
            Text(
                zh=f"{key} 的这一项不是“键: 值”。",
                en=f"This item of {key} is not a list of `key: value` pairs.",
            ),
            Text(zh="写成“- name: …”。", en="Write `- name: …`."),
            code="wrong_value",
        )


def _read_entry(key: str, raw: Marked, sections: Sections, problems: Problems) -> None:
    if key in {"models", "semantic_models"}:
        _read_model(key, raw, sections, problems)
    elif key == "metrics":
        _read_metric(raw, None, sections, problems)
    elif key in ANALYSES:
        spec = problems.read(ANALYSES[key], raw)
        if spec is not None:
            sections.analyses.append((key, Entry(spec, raw)))
    else:
        _READERS[key](raw, sections, problems)


def _into(
    kind: type[S], target: Callable[[Sections], list[Entry[S]]]
) -> Callable[[Marked, Sections, Problems], None]:
    """Return a reader that validates an entry as `kind` and appends it to a list of the sections."""

    def read(raw: Marked, sections: Sections, problems: Problems) -> None:
        spec = problems.read(kind, raw)
        if spec is None:
            sections.broken.add(str(raw.get("name")))
        else:
            target(sections).append(Entry(spec, raw))

    return read


_READERS: dict[str, Callable[[Marked, Sections, Problems], None]] = {
    "dimensions": _into(ConformedSpec, lambda sections: sections.conformed),
    "concepts": _into(ConceptSpec, lambda sections: sections.concepts),
    "segments": _into(SegmentSpec, lambda sections: sections.segments),
    "calendars": _into(EventSpec, lambda sections: sections.events),
    "events": _into(EventSpec, lambda sections: sections.events),
    "fiscal_calendars": _into(FiscalCalendarSpec, lambda sections: sections.fiscal),
    "verified": _into(VerifiedSpec, lambda sections: sections.verified),
    "rollups": _into(RollupSpec, lambda sections: sections.rollups),
    "tests": _into(TestSpec, lambda sections: sections.tests),
    "alerts": _into(AlertSpec, lambda sections: sections.alerts),
    "jobs": _into(JobSpec, lambda sections: sections.jobs),
}


def _read_access(document: Marked, sections: Sections, problems: Problems) -> None:
    raw = document["access"]
    if raw is None:
        return
    if not isinstance(raw, Marked):
        raw = Marked(document.file, document.line_of("access"))
        problems.add(
            document,
            ("access",),
            Text(zh="access 应是映射。", en="access must be a mapping."),
            Text(zh="写成 access: {rows: …, hidden: …}。", en="Write access: {rows: …, hidden: …}."),
            code="wrong_value",
        )
        return
    spec = problems.read(AccessSpec, raw)
    if spec is None:
        return
    if sections.access is not None:
        first = sections.access.raw
        problems.add(
            document,
            ("access",),
            Text(zh=f"access 已在 {first.file} 写过。", en=f"access is already given in {first.file}."),
            Text(zh="合并成一处。", en="Merge the two."),
            code="duplicate_key",
        )
        return
    sections.access = Entry(spec, raw)


def _read_model(key: str, raw: Marked, sections: Sections, problems: Problems) -> None:
    """Read a model; its columns and metrics one by one, so that one mistake does not hide the rest."""
    if key == "semantic_models":
        sections.measures.update(measures_of(raw, str(raw.get("name"))))
        relation = relation_of(raw)
        if relation is not None:
            sections.relations[str(raw.get("name"))] = relation
        raw = legacy_model(raw)
    elif not is_semantic(raw):
        return  # a dbt model that is only documented
    if not is_enabled(raw):
        return
    columns, metrics = raw.get("columns"), raw.get("metrics")
    shell = raw
    if isinstance(columns, MarkedList) or isinstance(metrics, MarkedList):
        shell = raw.renamed(
            {
                name: ""
                for name, value in (("columns", columns), ("metrics", metrics))
                if isinstance(value, MarkedList)
            }
        )
    spec = problems.read(ModelSpec, shell)
    if spec is None:
        sections.broken.add(str(raw.get("name")))
        sections.unread_models.append(raw)
    name = model_name(spec) if spec is not None else str(raw.get("name"))
    if spec is not None:
        sections.models.append(Entry(spec, raw))
    read_columns = sections.columns.setdefault(name, [])
    for column in _entries(raw, "columns", columns, problems):
        found = problems.read(ColumnSpec, column)
        if found is None:
            sections.broken.update(_column_names(column))
        else:
            read_columns.append(Entry(found, column))
    for metric in _entries(raw, "metrics", metrics, problems):
        _read_metric(metric, name, sections, problems)


def _column_names(column: Marked) -> set[str]:
    """Return the names by which a column that could not be read may be referred to."""
    names = {str(column.get("name"))}
    for key in ("dimension", "entity"):
        inner = column.get(key)
        if isinstance(inner, dict):
            names |= {str(inner[part]) for part in ("name", "conformed") if part in inner}
    return names


def _read_metric(raw: Marked, model: str | None, sections: Sections, problems: Problems) -> None:
    if not is_enabled(raw):
        return
    if "type_params" in raw:  # its measure may stand in a file that is still to be read
        sections.older_metrics.append(raw)
        return
    spec = problems.read(MetricSpec, raw)
    if spec is None:
        sections.broken.add(str(raw.get("name")))
        sections.unread_metrics.append(raw)
    else:
        sections.metrics.append(MetricEntry(spec, raw, model))


def _read_modern(raw: Marked, sections: Sections, problems: Problems) -> None:
    """Read a metric that was written in the older shape."""
    measure = raw.get("unknown_measure")
    if measure is not None:
        sections.broken.add(str(raw.get("name")))
        kind = Text(zh="度量(measure)", en="measure")
        problems.unknown(raw, ("unknown_measure",), kind, measure, sorted(sections.measures))
        return
    _read_metric(raw, None, sections, problems)
