"""Scans that are more than one aggregation: running values, the latest rows, filled calendars."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import truncated
from semantic_layer.compiler.calendars import calendar_bucket, calendar_join
from semantic_layer.compiler.conversions import conversion_scan
from semantic_layer.compiler.facts import Converted, Fact, Key, Latest, Plan, Running
from semantic_layer.compiler.measures import aggregate
from semantic_layer.compiler.moving import parts_of_bucket
from semantic_layer.compiler.reading import Reading, needs_period
from semantic_layer.compiler.rollups import rollup_scan
from semantic_layer.compiler.running import running_scan
from semantic_layer.compiler.scans import Scan, grouped, rows_of, scan
from semantic_layer.compiler.shown import OnTime, on_time, still_asked
from semantic_layer.period import Grain


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
    key = plan.bucket_key(fact) or plan.calendar_key(fact)
    if fact.on_spine and key is not None:
        return _on_spine(plan, fact, key, made, reading)
    return made


def _on_spine(plan: Plan, fact: Fact, key: Key, made: Scan, reading: Reading) -> Scan:
    """Return the scan with a row for every bucket of the period; other groups are null where there was none.

    Conditions on the time alone (of the query, or of all the metrics) hold for the calendar, too.
    """
    if reading.period is None:
        raise needs_period()
    found, calendar = plan.fresh(f"{fact.cte}_found"), plan.fresh(f"{fact.cte}_calendar")
    every = _calendar(plan, fact, key, reading)
    bucket = nodes.column("bucket", calendar)
    values: list[exp.Expr] = [
        bucket if other is key else nodes.column(other.column, found) for other in plan.keys
    ]
    if key.name.grain is not None:
        values = parts_of_bucket(plan, fact, key, bucket, values)
    columns = [nodes.aliased(value, other.column) for value, other in zip(values, plan.keys, strict=True)]
    columns += [nodes.column(measure.column, found) for measure in fact.measures.values()]
    same = exp.EQ(this=nodes.column(key.column, found), expression=nodes.column("bucket", calendar))
    join = exp.Join(this=nodes.table(found), side="LEFT", on=same)
    select = exp.Select(expressions=columns, from_=exp.From(this=nodes.table(calendar)), joins=[join])
    shown = {other.name: value for other, value in zip(plan.keys, values, strict=True) if other is not key}
    nodes.only_where(select, still_asked(plan, fact, reading.query, shown))
    return Scan(select, (*made.before, (found, made.select), (calendar, every)))


def _calendar(plan: Plan, fact: Fact, key: Key, reading: Reading) -> exp.Select:
    """Return the buckets of the period as `bucket`."""
    assert reading.period is not None
    conditions = on_time(plan, fact, reading.query)
    grain = key.name.grain
    if grain is not None and conditions == OnTime():
        source = spine.buckets(*spine.ends(reading.period, grain, reading.calendar), grain)
        return exp.Select(expressions=[nodes.aliased(spine.bucket(grain), "bucket")], from_=source)
    fine = min(grain or Grain.DAY, Grain.DAY, key=lambda each: each.order)
    day = spine.bucket(fine)
    joins: list[exp.Join] = []
    if key.grain is not None:
        joins.append(calendar_join(plan.index, plan.context, key.grain, key.grain.name, day.copy()))
        bucket = calendar_bucket(key.grain, key.grain.name, plan.context.today)
    else:
        assert grain is not None
        bucket = truncated(day.copy(), grain, reading.calendar)
    select = exp.Select(
        expressions=[nodes.aliased(bucket, "bucket")],
        from_=spine.buckets(*spine.ends(reading.period, fine, reading.calendar), fine),
        joins=joins,
        distinct=exp.Distinct(),
    )
    nodes.only_where(select, conditions.over(plan, fact, day))
    return select


def _latest(plan: Plan, fact: Fact, variant: Latest, reading: Reading) -> Scan:
    """Return the aggregate of the rows at the first or last moment per group and bucket (semi-additive)."""
    rule = variant.rule
    rows = rows_of(plan, fact, reading)
    at = rows.scope.named(rule.dimension).sql
    groups = [rows.scope.named(name).sql for name in rule.group_by]
    key = plan.bucket_key(fact) or plan.calendar_key(fact)
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
