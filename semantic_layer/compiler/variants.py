"""Scans that are more than one aggregation: running values, the latest rows, filled calendars."""

from __future__ import annotations

from sqlglot import exp

from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import truncated
from semantic_layer.compiler.calendars import calendar_bucket, calendar_join
from semantic_layer.compiler.conversions import conversion_scan
from semantic_layer.compiler.facts import Converted, Fact, Key, Latest, Plan, Running
from semantic_layer.compiler.measures import aggregate
from semantic_layer.compiler.names import METRIC_TIME
from semantic_layer.compiler.rollups import rollup_scan
from semantic_layer.compiler.running import running_scan
from semantic_layer.compiler.scans import Reading, Scan, grouped, needs_period, rows_of, scan
from semantic_layer.expression import parse_expression
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
    columns: list[exp.Expr] = []
    for other in plan.keys:
        value = nodes.column("bucket", calendar) if other is key else nodes.column(other.column, found)
        columns.append(nodes.aliased(value, other.column))
    columns += [nodes.column(measure.column, found) for measure in fact.measures.values()]
    same = exp.EQ(this=nodes.column(key.column, found), expression=nodes.column("bucket", calendar))
    join = exp.Join(this=nodes.table(found), side="LEFT", on=same)
    select = exp.Select(expressions=columns, from_=exp.From(this=nodes.table(calendar)), joins=[join])
    return Scan(select, (*made.before, (found, made.select), (calendar, every)))


def _calendar(plan: Plan, fact: Fact, key: Key, reading: Reading) -> exp.Select:
    """Return the buckets of the period as `bucket`."""
    assert reading.period is not None
    conditions = _of_time_alone(fact, reading)
    grain = key.name.grain
    if grain is not None and not conditions:
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
    tests = nodes.conjunction([_over(tree, day, reading) for tree in conditions])
    if tests is not None:
        select.set("where", exp.Where(this=tests))
    return select


def _of_time_alone(fact: Fact, reading: Reading) -> list[exp.Expr]:
    """Return the conditions whose only names are the fact's time at a grain of a day or more."""
    written = [*fact.common_filters()]
    written += [where.sql for where in reading.query.where if where.kind == "expression"]
    found = []
    for sql in written:
        tree = parse_expression(sql)
        names = {"__".join(part.name for part in node.parts) for node in tree.find_all(exp.Column)}
        if names and all(_grain_of(name) is not None for name in names) and not tree.find(exp.Anonymous):
            found.append(tree)
    return found


def _grain_of(name: str) -> Grain | None:
    """Return the grain of `metric_time` or `metric_time__month`; None for another name or a grain under a day."""
    head, _, tail = name.partition("__")
    if head != METRIC_TIME or (tail and tail not in set(Grain)):
        return None
    grain = Grain(tail) if tail else Grain.DAY
    return grain if grain.order >= Grain.DAY.order else None


def _over(tree: exp.Expr, day: exp.Expr, reading: Reading) -> exp.Expr:
    """Return a condition on the time over a calendar's day."""
    holder = exp.Paren(this=tree.copy())
    for node in list(holder.find_all(exp.Column)):
        grain = _grain_of("__".join(part.name for part in node.parts))
        assert grain is not None
        node.replace(truncated(day.copy(), grain, reading.calendar))
    return holder


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
