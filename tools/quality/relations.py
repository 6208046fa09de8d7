"""Between tables: keys that lead nowhere, sums that should agree, totals that the YAML says belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from semantic_layer.catalog import AnalysisBinding, Model, SimpleMetric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Grain, add_months, truncate
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.rows import Analysis, Measured, Named, RowQuery, Step
from semantic_layer.text import Text
from tools.quality.fields import Field, Issue, Severity
from tools.quality.profile import whole
from tools.registry import ToolContext
from tools.render import as_float, percent

MOST_PAIRS = 24
NEARLY_ALWAYS = 0.98  # two sums equal for this share of keys are meant to be equal
MONTHS = 12


def references(model: Model, fields: Sequence[Field], context: ToolContext) -> list[Issue]:
    """Return per foreign key the rows whose key no row of the other model has."""
    issues: list[Issue] = []
    for one, parent in _parents(model, fields, context):
        child_rows = RowQuery(model.name, {"id": one.column}, undated=True)
        parent_rows = RowQuery(parent.name, {"id": Named(one.name)}, undated=True)
        result = context.analyse(
            Analysis(
                {"child": child_rows, "parent": parent_rows},
                "SELECT COUNT(*) AS n, SUM(CASE WHEN k.id IS NULL THEN 1 ELSE 0 END) AS lost FROM child AS c "
                "LEFT JOIN keys AS k ON c.id = k.id WHERE NOT c.id IS NULL",
                (Step("keys", "SELECT DISTINCT id FROM parent WHERE NOT id IS NULL"),),
            )
        )
        found = result.records()[0]
        if lost := whole(found["lost"]):
            why = Text(
                zh=f"「{parent.label.zh}」里没有这个编号", en=f"no row of “{parent.label.en}” has the key"
            )
            severity: Severity = "problem" if lost / whole(found["n"]) > 0.001 else "suspect"
            issues.append(
                Issue("reference", severity, model, one.label, lost, whole(found["n"]), why, result.sql)
            )
    return issues


def sums(model: Model, fields: Sequence[Field], context: ToolContext) -> list[Issue]:
    """Return sums over this model's rows that agree with a value of the other model for nearly all keys, not all.

    Of each measure only the value it agrees with best counts: what agrees for 98 % of the keys is meant to.
    """
    catalog = context.layer.catalog
    issues: list[Issue] = []
    for one, parent in _parents(model, fields, context):
        own = [f for f in fields if f.kind == "measure" and f.unit and _is_sum(f.name, model, context)]
        others = [
            m
            for m in catalog.metrics.values()
            if m.unit
            and isinstance(m.type, SimpleMetric)
            and m.type.model == parent.name
            and m.type.agg == "sum"
            and m.name not in context.layer.rights(context.user).hidden
        ]
        pairs = [(f, m) for f in own for m in others if f.unit == m.unit][:MOST_PAIRS]
        if not pairs:
            continue
        child_names, parent_names = {f.name for f, _ in pairs}, {m.name for _, m in pairs}
        child = {name: f"c{at}" for at, name in enumerate(sorted(child_names))}
        other = {name: f"p{at}" for at, name in enumerate(sorted(parent_names))}
        result = context.analyse(
            _agreement(model, parent, one, child, other, [(f.name, m.name) for f, m in pairs])
        )
        found = result.records()[0]
        keys = whole(found["n"])
        best: dict[str, tuple[int, Text]] = {}
        for field, metric in pairs:
            equal = whole(found[f"{child[field.name]}_{other[metric.name]}"])
            if equal > best.get(field.name, (0, metric.label))[0]:
                best[field.name] = equal, metric.label
        for field in own:
            equal, label = best.get(field.name, (0, field.label))
            if keys and NEARLY_ALWAYS <= equal / keys < 1:
                why = Text(
                    zh=f"明细合计与「{parent.label.zh}」的「{label.zh}」对不上(其余都相等)",
                    en=f"the lines do not add up to “{label.en}” of “{parent.label.en}” (all others do)",
                )
                issues.append(
                    Issue("consistency", "problem", model, field.label, keys - equal, keys, why, result.sql,
                          Text(zh="个编号", en="keys"))
                )  # fmt: skip
    return issues


def _agreement(
    model: Model, parent: Model, key: Field, child: Mapping[str, str], other: Mapping[str, str],
    pairs: Sequence[tuple[str, str]],
) -> Analysis:  # fmt: skip
    lines = RowQuery(
        model.name, {"id": key.column, **{alias: Measured(n) for n, alias in child.items()}}, undated=True
    )
    heads = RowQuery(
        parent.name, {"id": Named(key.name), **{a: Measured(n) for n, a in other.items()}}, undated=True
    )
    equal = ", ".join(
        f"SUM(CASE WHEN ABS(COALESCE(a.{child[one]}, 0) - COALESCE(b.{other[two]}, 0)) "
        f"<= 0.011 + 0.000001 * ABS(COALESCE(b.{other[two]}, 0)) THEN 1 ELSE 0 END) AS {child[one]}_{other[two]}"
        for one, two in pairs
    )
    by_child = ", ".join(f"SUM({alias}) AS {alias}" for alias in child.values())
    by_parent = ", ".join(f"SUM({alias}) AS {alias}" for alias in other.values())
    return Analysis(
        {"lines": lines, "heads": heads},
        f"SELECT COUNT(*) AS n, {equal} FROM a JOIN b ON a.id = b.id",
        (
            Step("a", f"SELECT id, {by_child} FROM lines WHERE NOT id IS NULL GROUP BY 1"),
            Step("b", f"SELECT id, {by_parent} FROM heads WHERE NOT id IS NULL GROUP BY 1"),
        ),
    )


def reconciled(binding: AnalysisBinding, context: ToolContext) -> list[Issue]:
    """Return the months in which two declared totals do not agree within the tolerance."""
    catalog, options = context.layer.catalog, binding.options
    one, two = str(options["metric"]), str(options["against"])
    tolerance = float(str(options.get("tolerance", 0.01)))
    coverage = context.layer.coverage((one, two))
    if coverage.start is None or coverage.end is None:
        return []
    last = truncate(min(coverage.end, context.today), Grain.MONTH)
    first = max(coverage.start, add_months(last, -MONTHS))
    if first >= last:
        return []
    query = MetricQuery(
        metrics=(one, two),
        group_by=(GroupBy(dimension="metric_time", grain=Grain.MONTH),),
        period=PeriodRange(start=first, end=last),
    )
    try:
        result = context.query(query)
    except AskGrowthError:  # a metric the user may not see, or the two do not meet in time
        return []
    left, right = ([as_float(cell) or 0.0 for cell in result.table.column(name)] for name in (one, two))
    wrong = [
        a - b > tolerance * abs(b) if options.get("rule") == "at_most" else abs(a - b) > tolerance * abs(b)
        for a, b in zip(left, right, strict=True)
    ]
    if not any(wrong):
        return []
    share = percent(sum(left) / sum(right)) if sum(right) else "–"
    a, b = catalog.metrics[one].label, catalog.metrics[two].label
    why = Text(
        zh=f"「{a.zh}」合计是「{b.zh}」的 {share}", en=f"“{a.en}” comes to {share} of “{b.en}” in total"
    )
    model = catalog.models[str(options["model"])]
    return [
        Issue("consistency", "problem", model, binding.label, sum(wrong), len(wrong), why, result.sql,
              Text(zh="个月", en="months"))
    ]  # fmt: skip


def _is_sum(name: str, model: Model, context: ToolContext) -> bool:
    spec = context.layer.catalog.metrics[name].type
    return isinstance(spec, SimpleMetric) and spec.agg == "sum" and spec.model == model.name


def _parents(model: Model, fields: Sequence[Field], context: ToolContext) -> list[tuple[Field, Model]]:
    """Return each foreign key with the model whose key it is; not where row rules hide some of its rows."""
    ruled = context.layer.rights(context.user).row_filters
    found: list[tuple[Field, Model]] = []
    for one in fields:
        if one.kind != "foreign":
            continue
        for parent in context.layer.catalog.models.values():
            is_key = any(e.name == one.name and e.type in ("primary", "unique") for e in parent.entities)
            if is_key and parent.name != model.name and parent.name not in ruled:
                found.append((one, parent))
                break
    return found
