"""Scans that are more than one aggregation: running values, the latest rows, filled calendars."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.conversions import conversion_scan
from semantic_layer.compiler.facts import Converted, Fact, Key, Latest, Plan, Running
from semantic_layer.compiler.measures import aggregate
from semantic_layer.compiler.rollups import rollup_scan
from semantic_layer.compiler.running import running_scan
from semantic_layer.compiler.scans import Reading, Scan, grouped, needs_period, rows_of, scan


def variant_scan(plan: Plan, fact: Fact, reading: Reading) -> Scan:
    """Return the SELECT of any fact, whatever its variant, on the calendar where it asks for that."""
    if isinstance(fact.variant, Running):
        made = running_scan(plan, fact, fact.variant, reading)
    elif isinstance(fact.variant, Latest):
        made = _latest(plan, fact, fact.variant, reading)
    elif isinstance(fact.variant, Converted):
        made = conversion_scan(plan, fact, fact.variant, reading)
    else:
        made = rollup_scan(plan, fact, reading) or scan(plan, fact, reading)
    key = plan.bucket_key(fact)
    if fact.on_spine and key is not None:
        return _on_spine(plan, fact, key, made, reading)
    return made


def _on_spine(plan: Plan, fact: Fact, key: Key, made: Scan, reading: Reading) -> Scan:
    """Return the scan with a row for every bucket of the period; other groups are null where there was none."""
    if reading.period is None:
        raise needs_period()
    grain = spine.calendar_grain(key)
    found = plan.fresh(f"{fact.cte}_found")
    first, last = spine.ends(reading.period, grain, reading.calendar)
    columns: list[exp.Expr] = []
    for other in plan.keys:
        value = spine.bucket(grain) if other is key else nodes.column(other.column, found)
        columns.append(nodes.aliased(value, other.column))
    columns += [nodes.column(measure.column, found) for measure in fact.measures.values()]
    same = exp.EQ(this=nodes.column(key.column, found), expression=spine.bucket(grain))
    join = exp.Join(this=nodes.table(found), side="LEFT", on=same)
    select = exp.Select(expressions=columns, from_=spine.buckets(first, last, grain), joins=[join])
    return Scan(select, (*made.before, (found, made.select)))


def _latest(plan: Plan, fact: Fact, variant: Latest, reading: Reading) -> Scan:
    """Return the aggregate of the rows at the first or last moment per group and bucket (semi-additive)."""
    rule = variant.rule
    rows = rows_of(plan, fact, reading)
    at = rows.scope.named(rule.dimension).sql
    groups = [rows.scope.named(name).sql for name in rule.group_by]
    key = plan.bucket_key(fact)
    if key is not None and rule.dimension == fact.time:
        groups.append(rows.keys[plan.keys.index(key)].copy())
    chosen = exp.Max if rule.choice == "max" else exp.Min
    kept = exp.Window(this=chosen(this=at.copy()), partition_by=groups)
    (measure,) = fact.measures.values()
    value = rows.scope.own(measure.spec.expr)
    columns = [
        *rows.named_keys(plan),
        nodes.aliased(value, measure.column),
        nodes.aliased(at, "moment"),
        nodes.aliased(kept, "kept_moment"),
    ]
    name = plan.fresh(f"{fact.cte}_rows")
    outer = [nodes.column(other.column, name) for other in plan.keys]
    call = aggregate(measure.spec, nodes.column(measure.column, name), None)
    select = exp.Select(
        expressions=[*outer, nodes.aliased(call, measure.column)], from_=exp.From(this=nodes.table(name))
    )
    same = exp.EQ(this=nodes.column("moment", name), expression=nodes.column("kept_moment", name))
    select.set("where", exp.Where(this=same))
    return Scan(grouped(select, len(plan.keys)), (*rows.before, (name, rows.select(columns))))
