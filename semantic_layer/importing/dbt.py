"""dbt's semantic layer: a project's YAML in both its shapes, MetricFlow's own files, a compiled semantic manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from semantic_layer.catalog import Catalog, Metric
from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.coverage import Coverage
from semantic_layer.errors import AskGrowthError, SpecError
from semantic_layer.files import DBT_PROJECT, MANIFEST
from semantic_layer.importing.report import Imported, Loss, plain
from semantic_layer.importing.writing import written, written_metric, written_model
from semantic_layer.loader import Loaded, load, load_documents
from semantic_layer.loader.read import DBT_SECTIONS
from semantic_layer.loader.versions import canonical
from semantic_layer.period import Grain
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.spec.document import Marked
from semantic_layer.spec.model import model_name
from semantic_layer.text import Text

NAME = "dbt"
_TODAY = date(2025, 6, 15)  # any day: whether a metric can be computed does not hang on it
_SAYS_NOTHING = Text(zh="不影响任何数字", en="says nothing about a number")
_WHY = {
    "time_granularity": Text(
        zh="默认时间粒度不保留,提问时写明粒度", en="a default grain is not kept: questions name one"
    ),
    "saved_queries": Text(zh="保存的查询不导入", en="saved queries are not imported"),
    "exposures": Text(zh="下游用途不导入", en="exposures are not imported"),
}


def recognises(path: Path) -> bool:
    """Whether `path` is a dbt project, a semantic manifest, or YAML with semantic models."""
    if path.is_dir() and ((path / DBT_PROJECT).is_file() or (path / MANIFEST).is_file()):
        return True
    if path.is_file() and path.suffix not in {".yml", ".yaml", ".json"}:
        return False
    loaded = load(path)
    return bool(loaded.sections.models or loaded.sections.metrics or loaded.sections.older_metrics)


def read(path: Path, *, schemas: bool) -> Imported:
    """Return what a dbt source declares as our YAML; `schemas` keeps the schema in front of table names.

    Raises:
        DataError: there is nothing at `path`.
    """
    loaded = load(path)
    relations = loaded.sections.relations
    losses = list(_dropped(loaded))
    disabled = dict(_broken(loaded))
    disabled.update(_not_computable(loaded.catalog, disabled))
    files = _files(path, loaded, relations if schemas else {}, disabled)
    for name, table in relations.items():
        if not schemas and "." in table:
            why = Text(
                zh=f"表 {table} 写成了 {table.rpartition('.')[2]}(--schemas 保留库名)",
                en=f"the table {table} is written as {table.rpartition('.')[2]} (--schemas keeps the schema)",
            )
            losses.append(Loss("changed", name, "node_relation", why))
    losses += _approximate(loaded)
    losses += [
        Loss("disabled", name, str(error.key or "metric"), error.message, error.file, error.line or 0)
        for name, error in disabled.items()
    ]
    losses += _left_out(loaded, {id(error) for error in disabled.values()})
    made = Imported(NAME, files, tuple(sorted({*loaded.catalog.metrics, *disabled})), tuple(disabled), losses)
    _check(made, loaded.catalog, disabled)
    return made


def _raw_of_metrics(loaded: Loaded) -> list[Marked]:
    sections = loaded.sections
    return [*sections.older_metrics, *sections.unread_metrics, *(entry.raw for entry in sections.metrics)]


def _owners(loaded: Loaded) -> list[tuple[str, int, str]]:
    """Return file, line and name of each model and metric, in the order of the files."""
    sections = loaded.sections
    raws = [*(entry.raw for entry in sections.models), *sections.unread_models, *_raw_of_metrics(loaded)]
    return sorted((raw.file, raw.line, str(raw.get("name"))) for raw in raws)


def _dropped(loaded: Loaded) -> Iterator[Loss]:
    owners = _owners(loaded)
    seen: set[tuple[str, str, str]] = set()
    for ignored in loaded.problems.ignored:
        before = [name for file, line, name in owners if file == ignored.file and line <= ignored.line]
        is_section = ignored.key in DBT_SECTIONS and ignored.key != "config"
        owner = before[-1] if before and not is_section else ignored.file
        if (ignored.file, owner, ignored.key) not in seen:
            seen.add((ignored.file, owner, ignored.key))
            why = _WHY.get(ignored.key, _SAYS_NOTHING)
            yield Loss("dropped", owner, ignored.key, why, ignored.file, ignored.line)


def _left_out(loaded: Loaded, told: set[int]) -> Iterator[Loss]:
    """Yield what could not be read and is no metric: a column, an entity, a whole model."""
    owners = _owners(loaded)
    metrics = {(raw.file, raw.line) for raw in _raw_of_metrics(loaded)}
    for error in loaded.problems.sorted_errors():
        before = [
            (file, line, name)
            for file, line, name in owners
            if file == error.file and line <= (error.line or 0)
        ]
        if id(error) in told or (before and before[-1][:2] in metrics):
            continue
        owner = before[-1][2] if before else error.file
        yield Loss("dropped", owner, str(error.key or "-"), error.message, error.file, error.line or 0)


def _approximate(loaded: Loaded) -> Iterator[Loss]:
    for measure in loaded.sections.measures.values():
        params = measure.raw.get("agg_params")
        if isinstance(params, Mapping) and params.get("use_approximate_percentile"):
            why = Text(zh="近似分位数改为精确计算", en="an approximate percentile is computed exactly")
            yield Loss("changed", str(measure.raw.get("name")), "use_approximate_percentile", why)


def _broken(loaded: Loaded) -> Iterator[tuple[str, SpecError]]:
    """Yield the metrics that cannot be carried over, each with the reason; those that read one of them, too."""
    raws = {str(raw.get("name")): raw for raw in loaded.sections.older_metrics}
    raws.update({str(raw.get("name")): raw for raw in loaded.sections.unread_metrics})
    raws.update({entry.spec.name: entry.raw for entry in loaded.sections.metrics})
    for name in loaded.sections.broken:
        raws.setdefault(name, Marked("", 0))
    errors = loaded.problems.sorted_errors()
    ends = sorted((raw.file, raw.line) for raw in raws.values())
    models = {model_name(entry.spec) for entry in loaded.sections.models} | set(loaded.sections.columns)
    for name, raw in raws.items():
        if name in loaded.catalog.metrics or name in models:
            continue
        later = next((line for file, line in ends if file == raw.file and line > raw.line), 10**9)
        own = [e for e in errors if e.file == raw.file and raw.line <= (e.line or 0) < later]
        if not own and not raw.file:
            continue
        reads = Text(zh="它读取的指标或模型没有导入", en="a metric or model that it reads is not imported")
        yield (
            name,
            own[0] if own else SpecError(reads, Text.same("-"), file=raw.file, line=raw.line, key="metric"),
        )


def _not_computable(catalog: Catalog, disabled: Mapping[str, SpecError]) -> Iterator[tuple[str, SpecError]]:
    """Yield the metrics that load but that no query can compute, alone or by month."""
    coverage = {name: Coverage(date(2024, 1, 1), _TODAY) for name in catalog.models}
    context = CompileContext(today=_TODAY, coverage=coverage)
    period = PeriodRange(start=date(2025, 1, 1), end=date(2025, 6, 1))
    for name, metric in catalog.metrics.items():
        if name in disabled:
            continue
        failure: AskGrowthError | None = None
        for groups in ((GroupBy(dimension="metric_time", grain=Grain.MONTH),), ()):
            try:
                query = MetricQuery.model_validate({"metrics": [name], "group_by": groups, "period": period})
                compile_query(catalog, query, context)
                failure = None
                break
            except AskGrowthError as error:
                failure = error
        if failure is not None and failure.code != "no_time_dimension":
            place = metric.place
            yield (
                name,
                SpecError(
                    failure.message,
                    failure.mend,
                    file=place.file if place else "",
                    line=place.line if place else 0,
                    key="metric",
                ),
            )


def _files(
    path: Path, loaded: Loaded, relations: Mapping[str, str], disabled: Mapping[str, SpecError]
) -> dict[str, dict[str, Any]]:
    sections = loaded.sections
    files: dict[str, dict[str, Any]] = {"askgrowth.yml": {"version": 1, "name": path.resolve().stem}}
    kept = [entry for entry in sections.metrics if entry.spec.name not in disabled]
    for entry in sections.models:
        name = model_name(entry.spec)
        own = [
            each.spec
            for each in kept
            if each.spec.type == "simple" and (each.spec.model or each.model) == name
        ]
        model = written_model(entry.spec, sections.columns.get(name, []), own, relations.get(name))
        files[f"models/{name}.yml"] = {"models": [model]}
    others = [written_metric(each.spec) for each in kept if each.spec.type != "simple"]
    if others:
        files["models/metrics.yml"] = {"metrics": others}
    if sections.conformed:
        files["models/dimensions.yml"] = {"dimensions": [written(entry.spec) for entry in sections.conformed]}
    off = [_switched_off(raw) for raw in _raw_metrics(loaded) if str(raw.get("name")) in disabled]
    if off:
        files["models/disabled.yml"] = {"metrics": off}
    return files


def _raw_metrics(loaded: Loaded) -> Iterator[Mapping[Any, Any]]:
    seen: set[str] = set()
    for raw in [*_raw_of_metrics(loaded), *({"name": name} for name in sorted(loaded.sections.broken))]:
        if str(raw.get("name")) not in seen:
            seen.add(str(raw.get("name")))
            yield raw


def _switched_off(raw: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a metric as it was written, switched off."""
    made = plain(raw)
    config = made.get("config")
    return {**made, "config": {**(config if isinstance(config, dict) else {}), "enabled": False}}


def _check(made: Imported, source: Catalog, disabled: Mapping[str, SpecError]) -> None:
    """Load what was written: every metric that is on must mean what it meant; the hash of its definition says so."""
    again = load_documents(made.files)
    found = again.catalog.metrics
    for name, metric in source.metrics.items():
        if name in disabled:
            continue
        if name not in found or _meaning(found[name]) != _meaning(metric):
            why = Text(zh="写成我们的 YAML 后含义不同", en="it does not mean the same in our YAML")
            made.losses.append(Loss("disabled", name, "metric", why))
            made.disabled = (*made.disabled, name)
            _turn_off(made, name)


def _meaning(metric: Metric) -> tuple[str, str]:
    """Return a metric's type and filters without the places they were written at."""
    return canonical(metric.type), canonical(metric.filters)


def _turn_off(made: Imported, name: str) -> None:
    for content in made.files.values():
        holders = [content, *content.get("models", [])]
        for holder in holders:
            for metric in holder.get("metrics", []):
                if metric.get("name") == name:
                    metric["config"] = {"enabled": False}
