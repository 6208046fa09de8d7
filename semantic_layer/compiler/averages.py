"""Averages per bucket of what does not add up over time: each bucket is computed from its rows, then averaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from semantic_layer.compiler import nodes
from semantic_layer.compiler.facts import Plan, models_of
from semantic_layer.compiler.finish import Stages, select_from
from semantic_layer.compiler.keys import group_keys
from semantic_layer.compiler.reading import Reading
from semantic_layer.compiler.transforms import Total
from semantic_layer.period import Grain
from semantic_layer.query import GroupBy, MetricQuery
from semantic_layer.table import Column

Selected = Callable[[Plan, Reading], tuple[Stages, exp.Select, tuple[Column, ...]]]


def totals_of_buckets(stages: Stages, reading: Reading, selected: Selected) -> Total:
    """Return what gives the sum of a metric's values per bucket, for the group of the row it stands beside.

    A bucket without rows adds nothing, as everywhere in an average per bucket.
    """
    plan = stages.plan

    def total(name: str, grain: Grain) -> exp.Expr:
        bucket = GroupBy(dimension="metric_time", grain=grain)
        query = MetricQuery(
            metrics=(name,),
            group_by=(*reading.query.group_by, bucket),
            where=reading.query.where,
            segments=reading.query.segments,
            period=reading.query.period,
        )
        keys = group_keys(plan.index, plan.context, query, models_of(list(plan.facts.values())))
        inner = Plan(plan.index, plan.context, keys, keys, used_names=plan.used_names, rollups=plan.rollups)
        others, select, _ = selected(inner, replace(reading, query=query))
        stages.ctes += others.ctes
        source = stages.push("buckets", select)
        mine = [key.column for key in plan.keys]
        renamed = [nodes.aliased(nodes.column(column), f"{column}__of") for column in mine]
        value = nodes.aliased(exp.Sum(this=nodes.column(name)), "total")
        summed = select_from(source, [*renamed, value])
        if mine:
            summed.set("group", exp.Group(expressions=[nodes.column(column) for column in mine]))
        totals = stages.push("bucket_totals", summed)
        found = select_from(totals, [nodes.column("total")])
        if mine:
            tests: list[exp.Expr] = [
                exp.NullSafeEQ(this=nodes.column(f"{column}__of"), expression=nodes.column(column))
                for column in mine
            ]
            found.set("where", exp.Where(this=nodes.conjunction(tests)))
        return exp.Subquery(this=found)

    return total
