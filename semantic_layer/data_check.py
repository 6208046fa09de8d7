"""Does the data fit the YAML? Asked of the database itself, a model at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from semantic_layer.access import OPEN
from semantic_layer.catalog import Dimension, Model, SimpleMetric
from semantic_layer.compiler.dialects import written
from semantic_layer.compiler.dialects.asking import tables_query, type_of
from semantic_layer.compiler.index import Hop, index_of
from semantic_layer.engines.base import EngineResult
from semantic_layer.errors import AskGrowthError, DataError, EngineError, SpecError
from semantic_layer.expression import column_names, parse_expression
from semantic_layer.golden import check_golden
from semantic_layer.loader import Loaded
from semantic_layer.period import ONE_DAY
from semantic_layer.query import MetricQuery, PeriodRange
from semantic_layer.sources import source_tree
from semantic_layer.spec.document import Marked
from semantic_layer.spec.problems import Problems, near
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer

_TIMES = ("DATE", "TIMESTAMP", "NULLABLE(DATE")


@dataclass(frozen=True, slots=True)
class _Item:
    """An expression of the YAML to try: what it is, where it stands, and the key it stands under."""

    name: Text
    expr: str
    raw: Marked
    keys: tuple[str | int, ...]


def check_data(layer: SemanticLayer, loaded: Loaded) -> None:
    """Record in `loaded.problems` whatever of the data does not fit the catalog."""
    unreadable: set[str] = set()
    for name, model in layer.catalog.models.items():
        raw = _raw_model(loaded, name)
        columns = _columns(layer, model)
        if columns is None:
            unreadable.add(name)
            _report_source(layer, model, raw, loaded.problems)
            continue
        before = len(loaded.problems.errors)
        _check_columns(model, columns, loaded)
        _check_expressions(layer, model, columns, _items(layer, loaded, model, raw), loaded.problems)
        if len(loaded.problems.errors) > before:
            unreadable.add(name)
            continue
        _check_keys(layer, model, raw, loaded.problems)
        _check_times(layer, model, raw, loaded.problems)
        _check_values(layer, model, raw, loaded.problems)
    if not loaded.problems.errors:
        _check_metrics(layer, loaded)
    if not loaded.problems.errors:
        check_golden(layer, loaded)


def _raw_model(loaded: Loaded, name: str) -> Marked:
    from semantic_layer.spec.model import model_name

    return next(entry.raw for entry in loaded.sections.models if model_name(entry.spec) == name)


def _columns(layer: SemanticLayer, model: Model) -> tuple[str, ...] | None:
    """Return the physical columns of a model, or None where its source cannot be read."""
    try:
        return _run(layer, exp.select("*").from_(source_tree(model)).limit(0)).columns
    except AskGrowthError:
        return None


def _report_source(layer: SemanticLayer, model: Model, raw: Marked, problems: Problems) -> None:
    key = "sql" if model.source_kind == "sql" else "table" if "table" in raw else "name"
    if model.source_kind == "sql":
        message = Text(
            zh=f"模型 {model.name} 的 sql 无法执行。", en=f"The sql of the model {model.name} cannot be run."
        )
        mend = Text(zh="核对其中的表名和列名。", en="Check its table and column names.")
    else:
        message = Text(
            zh=f"模型 {model.name} 的表 {model.source!r} 不在数据库里。",
            en=f"The table {model.source!r} of the model {model.name} is not in the database.",
        )
        mend = near(model.source, _tables(layer))
    problems.add(raw, (key,), message, mend, code="missing_table")


def _tables(layer: SemanticLayer) -> list[str]:
    try:
        rows = layer.engine.execute(tables_query(layer.engine.dialect)).rows
    except EngineError:
        return []
    return [str(row[0]) for row in rows if not str(row[0]).startswith("_askgrowth")]


def _check_columns(model: Model, columns: tuple[str, ...], loaded: Loaded) -> None:
    """Declared columns exist, whatever they are used for."""
    folded = {column.casefold() for column in columns}
    for entry in loaded.sections.columns.get(model.name, []):
        name = entry.spec.name
        if entry.spec.expr is None and name.casefold() not in folded:
            loaded.problems.add(
                entry.raw,
                ("name",),
                Text(
                    zh=f"数据 {model.source!r} 中没有列 {name!r}。",
                    en=f"The data {model.source!r} have no column {name!r}.",
                ),
                near(name, columns),
                code="missing_column",
            )


def _items(layer: SemanticLayer, loaded: Loaded, model: Model, raw: Marked) -> Iterable[_Item]:
    """Yield the computed expressions over a model: of dimensions, keys and simple metrics."""
    declared = {entry.spec.name for entry in loaded.sections.columns.get(model.name, [])}
    columns = {entry.spec.name: entry.raw for entry in loaded.sections.columns.get(model.name, [])}
    for dimension in layer.catalog.dimensions.values():
        for binding in dimension.bindings:
            if binding.model == model.name and binding.expr not in declared:
                at = next((r for r in columns.values() if r.get("expr") == binding.expr), raw)
                label = Text(zh=f"维度 {dimension.name!r}", en=f"the dimension {dimension.name!r}")
                yield _Item(label, binding.expr, at, ("expr",))
    for entry in loaded.sections.metrics:
        metric = layer.catalog.metrics.get(entry.spec.name)
        if metric is not None and isinstance(metric.type, SimpleMetric) and metric.type.model == model.name:
            label = Text(zh=f"指标 {metric.name!r}", en=f"the metric {metric.name!r}")
            keys = ("expr",) if "expr" in entry.raw else ("name",)
            yield _Item(label, metric.type.expr, entry.raw, keys)


def _check_expressions(
    layer: SemanticLayer, model: Model, columns: tuple[str, ...], items: Iterable[_Item], problems: Problems
) -> None:
    """Every expression binds: the database resolves its columns and functions."""
    items = list(items)
    if not items or _binds(layer, model, [item.expr for item in items]):
        return
    for item in items:
        if _binds(layer, model, [item.expr]):
            continue
        unknown = [
            name for name in _names(item.expr) if name.casefold() not in {c.casefold() for c in columns}
        ]
        message = Text(
            zh=f"{item.name.zh} 的表达式 {item.expr!r} 在数据 {model.source!r} 上无法执行。",
            en=f"The expression {item.expr!r} of {item.name.en} cannot be run on the data {model.source!r}.",
        )
        mend = Text(zh="核对函数名和列的类型。", en="Check its functions and the types of its columns.")
        if unknown:
            close = near(unknown[0], columns)
            mend = Text(
                zh=f"没有列 {unknown[0]!r}。{close.zh}", en=f"There is no column {unknown[0]!r}. {close.en}"
            )
        problems.add(
            item.raw, item.keys, message, mend, code="missing_column" if unknown else "invalid_expression"
        )


def _names(expr: str) -> tuple[str, ...]:
    return tuple(name.rpartition(".")[2] for name in column_names(parse_expression(expr)))


def _binds(layer: SemanticLayer, model: Model, exprs: list[str]) -> bool:
    query = exp.select(*(parse_expression(expr) for expr in exprs)).from_(source_tree(model)).limit(0)
    try:
        _run(layer, query)
    except EngineError:
        return False
    return True


def _one(layer: SemanticLayer, query: exp.Select) -> tuple[object, ...]:
    rows = _run(layer, query).rows
    return tuple(rows[0]) if rows else ()


def _run(layer: SemanticLayer, query: exp.Select) -> EngineResult:
    """Return the rows of a tree in DuckDB's dialect, whatever the engine's is."""
    return layer.engine.execute(written(query, layer.engine.dialect, pretty=False))


def _check_keys(layer: SemanticLayer, model: Model, raw: Marked, problems: Problems) -> None:
    """Primary and unique keys are unique: a join over a repeated key would count rows twice.

    In a partitioned model they are unique per partition, where every model that joins it has the partition too.
    """
    index = index_of(layer.catalog)
    parts = index.partitions.get(model.name, {})
    for entity in model.entities:
        if entity.type not in ("primary", "unique"):
            continue
        joining = [name for name, hops in index.hops.items() if Hop(entity.name, model.name) in hops]
        matched = all(parts.keys() <= index.partitions.get(name, {}).keys() for name in joining)
        key = parse_expression(entity.expr)
        unique: exp.Expr = key.copy()
        if parts and matched:
            unique = exp.Tuple(
                expressions=[unique, *(parse_expression(part.expr) for part in parts.values())]
            )
        distinct = exp.Count(this=exp.Distinct(expressions=[unique]))
        present = exp.select(exp.Count(this=key), distinct).from_(source_tree(model))
        found = _one(layer, present.where(exp.Not(this=exp.Is(this=key.copy(), expression=exp.Null()))))
        if len(found) == 2 and found[0] != found[1]:
            problems.add(
                raw,
                ("name",),
                Text(
                    zh=f"模型 {model.name} 的键 {entity.name!r} 有重复:{found[0]} 行,{found[1]} 个不同的值。",
                    en=f"The key {entity.name!r} of the model {model.name} repeats: {found[0]} rows, "
                    f"{found[1]} distinct values.",
                ),
                Text(
                    zh="改为 type: foreign(或 natural,若是历史表),或去重后再用。",
                    en="Make it type: foreign (natural for a history table), or use a table without duplicates.",
                ),
                code="key_repeats",
            )


def _check_times(layer: SemanticLayer, model: Model, raw: Marked, problems: Problems) -> None:
    """Time dimensions hold dates or time stamps, not texts."""
    for dimension in layer.catalog.dimensions.values():
        if dimension.kind != "time":
            continue
        for binding in dimension.bindings:
            if binding.model != model.name:
                continue
            column = parse_expression(binding.expr)
            kind = type_of(column, layer.engine.dialect)
            found = _one(layer, exp.select(kind).from_(source_tree(model)).limit(1))
            if found and not str(found[0]).upper().startswith(_TIMES):
                problems.add(
                    raw,
                    ("agg_time_dimension",) if "agg_time_dimension" in raw else ("name",),
                    Text(
                        zh=f"时间维度 {dimension.name!r} 的列 {binding.expr} 是 {found[0]},不是日期。",
                        en=f"The column {binding.expr} of the time dimension {dimension.name!r} is {found[0]}, "
                        "not a date.",
                    ),
                    Text(
                        zh=f"写 expr: CAST({binding.expr} AS DATE)(或 strptime({binding.expr}, '%Y%m%d')),或改数据。",
                        en=f"Write expr: CAST({binding.expr} AS DATE) (or strptime({binding.expr}, '%Y%m%d')), "
                        "or change the data.",
                    ),
                    code="not_a_time",
                )


def _check_values(layer: SemanticLayer, model: Model, raw: Marked, problems: Problems) -> None:
    """Warn about declared values that the data do not hold: usually another spelling of the code."""
    for dimension in layer.catalog.dimensions.values():
        if not dimension.values or dimension.bindings[0].model != model.name or dimension.kind == "time":
            continue
        stored = {str(value) for value, _ in layer.values(dimension.name)}
        if len(stored) > 10_000:
            continue
        absent = [str(value.code) for value in dimension.values if str(value.code) not in stored]
        for code in absent[:3]:
            problems.warnings.append(_absent(dimension, code, sorted(stored), raw))


def _absent(dimension: Dimension, code: str, stored: list[str], raw: Marked) -> SpecError:
    place = dimension.place
    error = Problems.made(
        raw,
        (),
        Text(
            zh=f"维度 {dimension.name!r} 声明的值 {code!r} 在数据里没有。",
            en=f"The declared value {code!r} of the dimension {dimension.name!r} does not occur in the data.",
        ),
        near(code, stored),
        "absent_value",
    )
    if place is not None:
        error.file, error.line = place.file, place.line
    error.key = "values"
    return error


def _check_metrics(layer: SemanticLayer, loaded: Loaded) -> None:
    """Every metric compiles and binds on its own, filters and joins included."""
    raws = {entry.spec.name: entry.raw for entry in loaded.sections.metrics}
    today = layer.today()
    yesterday = PeriodRange(start=today - ONE_DAY, end=today)  # offsets need a period to count back from
    has_time = any(model.agg_time_dimension for model in layer.catalog.models.values())
    for name in layer.catalog.metrics:
        try:
            query = MetricQuery(metrics=(name,), period=yesterday if has_time else None)
            compiled = layer.compile_with(query, today, OPEN)
            layer.engine.execute(f"SELECT * FROM ({compiled.sql}) AS metric LIMIT 0")
        except DataError:
            raise
        except AskGrowthError as error:
            _report_metric(name, error, raws.get(name), loaded.problems)


def _report_metric(name: str, error: AskGrowthError, raw: Marked | None, problems: Problems) -> None:
    problems.add(
        raw,
        ("name",),
        Text(
            zh=f"指标 {name!r} 无法计算:{error.message.zh}",
            en=f"The metric {name!r} cannot be computed: {error.message.en}",
        ),
        error.mend,
        code=error.code,
    )
