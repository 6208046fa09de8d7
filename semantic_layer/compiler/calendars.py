"""The workspace's own calendars: which bucket a day lies in, from a table (a time spine) or from a rule."""

from __future__ import annotations

from datetime import date, timedelta

from sqlglot import exp

from semantic_layer.compiler import nodes, spine
from semantic_layer.compiler.buckets import Calendar, truncated
from semantic_layer.compiler.context import CompileContext
from semantic_layer.compiler.index import CatalogIndex
from semantic_layer.fiscal import CustomGrain
from semantic_layer.period import ONE_DAY, Grain

_FIRST_DAY = date(1970, 1, 1)  # where the data's span is unknown


def calendar_source(index: CatalogIndex, context: CompileContext, grain: CustomGrain, alias: str) -> exp.Expr:
    """Return the rows of a calendar to read or to join: the spine's table, or a SELECT of (day, bucket) by rule."""
    if grain.model is not None:
        from semantic_layer.compiler.scope import relation

        return relation(index.catalog.models[grain.model], alias)
    return exp.Subquery(this=_days_by_rule(context, grain), alias=exp.TableAlias(this=nodes.ident(alias)))


def calendar_key(grain: CustomGrain, alias: str, today: date) -> exp.Expr:
    """Return the column of a calendar's rows that says which day (hour, …) they stand for."""
    return nodes.model_expression(grain.key, alias, today) if grain.model else nodes.column("day", alias)


def calendar_bucket(grain: CustomGrain, alias: str, today: date) -> exp.Expr:
    """Return the column of a calendar's rows that names their bucket."""
    return nodes.model_expression(grain.expr, alias, today) if grain.model else nodes.column("bucket", alias)


def calendar_join(
    index: CatalogIndex,
    context: CompileContext,
    grain: CustomGrain,
    alias: str,
    time: exp.Expr,
    side: str = "LEFT",
) -> exp.Join:
    """Return the join from a time to the calendar's one row for it: rows never multiply."""
    catalog = index.catalog
    bucket = truncated(time, grain.base, Calendar(catalog.week_start, catalog.fiscal_year_start))
    same = exp.EQ(this=calendar_key(grain, alias, context.today), expression=bucket)
    return exp.Join(this=calendar_source(index, context, grain, alias), side=side or None, on=same)


def _days_by_rule(context: CompileContext, grain: CustomGrain) -> exp.Select:
    """Return (day, bucket) for every day that the data may hold."""
    assert grain.rule is not None
    starts = [span.start for span in context.coverage.values() if span.start is not None]
    ends = [span.end for span in context.coverage.values() if span.end is not None]
    first = min(starts) if starts and len(starts) == len(context.coverage) else _FIRST_DAY
    last = max([context.today, *ends])
    buckets = grain.rule.buckets(first, last)
    # The year before: what the first days are compared with.
    buckets = (*grain.rule.buckets(first - timedelta(days=371), buckets[0].start - ONE_DAY), *buckets)
    rows = [
        exp.Tuple(expressions=[nodes.day(bucket.start), nodes.day(bucket.end)])
        for bucket in dict.fromkeys(buckets)
    ]
    names = exp.TableAlias(
        this=nodes.ident(grain.name), columns=[nodes.ident("bucket"), nodes.ident("until")]
    )
    values = exp.Values(expressions=rows, alias=names)
    day = spine.bucket(Grain.DAY)
    inside: list[exp.Expr] = [
        exp.GTE(this=day, expression=nodes.column("bucket", grain.name)),
        exp.LT(this=day.copy(), expression=nodes.column("until", grain.name)),
    ]
    return exp.Select(
        expressions=[nodes.aliased(day.copy(), "day"), nodes.column("bucket", grain.name)],
        from_=spine.buckets(buckets[0].start, buckets[-1].end - ONE_DAY, Grain.DAY),
        joins=[exp.Join(this=values, kind="INNER", on=nodes.conjunction(inside))],
    )
