"""Signs of fake traffic on a day when volume jumped: nobody buys, everybody bounces, one source stands out."""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.catalog import Catalog, RatioMetric, SimpleMetric
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.query import Condition, GroupBy, MetricQuery, PeriodRange, Where
from semantic_layer.text import Text
from tools.anomaly.scan import Hit
from tools.metric_tree.series import Asked
from tools.registry import ToolContext
from tools.render import as_float, group_label, percent

JUMP = 0.5  # above expectation
COLLAPSE = 0.7  # of the usual ratio
NEARLY_ALL = 0.9
STANDS_OUT = 0.3  # share of the day
TIMES = 3.0  # its usual share
BEFORE = 28
MOST_RATES = 4
MOST_SOURCES = 4


@dataclass(frozen=True, slots=True)
class Sign:
    """One rule that a day breaks, in words."""

    rule: str
    text: Text


def signs(context: ToolContext, hit: Hit, asked: Asked) -> tuple[Sign, ...]:
    """Return the signs of fake traffic of a day whose count jumped; none for a fall, a ratio or a sum of money.

    Two signs of different kinds are needed before a day is called suspicious.
    """
    catalog = context.layer.catalog
    if not _is_count(catalog, hit.metric.name) or hit.excess < JUMP * hit.expected:
        return ()
    where = asked.where
    if hit.dimension is not None and hit.code is not None:
        where = (*where, Condition(dimension=hit.dimension, operator="=", values=(hit.code,)))
    day = Period.of(hit.day, hit.day + ONE_DAY)
    before = Period.of(hit.day - BEFORE * ONE_DAY, hit.day)
    found = [
        *_rates(context, hit.metric.name, where, day, before),
        *_sources(context, hit.metric.name, where, day, before),
    ]
    return tuple(found) if len({sign.rule for sign in found}) > 1 else ()


def _is_count(catalog: Catalog, name: str) -> bool:
    """Return whether some ratio divides by the metric: visits, sessions, clicks."""
    return isinstance(catalog.metrics[name].type, SimpleMetric) and bool(_ratios_over(catalog, name))


def _ratios_over(catalog: Catalog, name: str) -> list[str]:
    return [
        metric.name
        for metric in catalog.metrics.values()
        if isinstance(metric.type, RatioMetric)
        and metric.type.denominator.metric == name
        and metric.good_direction != "none"
    ]


def _rates(
    context: ToolContext, name: str, where: tuple[Where, ...], day: Period, before: Period
) -> list[Sign]:
    """Return a sign for a good ratio that collapsed, and for a bad one (bounces) that covers nearly everybody."""
    found: list[Sign] = []
    for ratio in _ratios_over(context.layer.catalog, name)[:MOST_RATES]:
        metric = context.layer.catalog.metrics[ratio]
        now, usual = (_value(context, ratio, where, period) for period in (day, before))
        if now is None or usual is None or usual <= 0:
            continue
        pair = percent(now), percent(usual)
        text = Text(
            zh=f"{metric.label.zh} {pair[0]}(平常 {pair[1]})",
            en=f"{metric.label.en} {pair[0]} (usually {pair[1]})",
        )
        if metric.good_direction == "up" and now < COLLAPSE * usual:
            found.append(Sign("collapse", text))
        elif metric.good_direction == "down" and now > max(NEARLY_ALL, usual):
            found.append(Sign("bounce", text))
    return found


def _value(context: ToolContext, name: str, where: tuple[Where, ...], period: Period) -> float | None:
    query = MetricQuery(metrics=(name,), where=where, period=PeriodRange(start=period.start, end=period.end))
    try:
        table = context.query(query).table
    except AskGrowthError:
        return None
    return as_float(table.rows[0][0]) if table.rows else None


def _sources(
    context: ToolContext, name: str, where: tuple[Where, ...], day: Period, before: Period
) -> list[Sign]:
    """Return a sign for one member of a dimension (a network, a province) that suddenly brings the traffic."""
    found: list[Sign] = []
    for dimension in _dimensions(context.layer.catalog, name)[:MOST_SOURCES]:
        now, usual = (_shares(context, name, dimension, where, period) for period in (day, before))
        if not now:
            continue
        member, share = max(now.items(), key=lambda pair: pair[1])
        before_share = usual.get(member, 0.0)
        if share < STANDS_OUT or (share < TIMES * before_share and share < before_share + STANDS_OUT):
            continue
        label = context.layer.catalog.dimensions[dimension].label
        pair = percent(share), percent(before_share)
        found.append(
            Sign(
                "one source",
                Text(
                    zh=f"{label.zh} {member.zh} 占 {pair[0]}(平常 {pair[1]})",
                    en=f"{label.en} {member.en} has {pair[0]} of it (usually {pair[1]})",
                ),
            )
        )
    return found


def _dimensions(catalog: Catalog, name: str) -> list[str]:
    """Return the plain dimensions of the metric's own rows, many-valued ones (networks, regions) first."""
    kind = catalog.metrics[name].type
    model = kind.model if isinstance(kind, SimpleMetric) else ""
    keys = {entity.name for one in catalog.models.values() for entity in one.entities}
    own = [
        one
        for one in catalog.dimensions.values()
        if one.kind == "categorical"
        and not one.hidden
        and one.name not in keys
        and any(binding.model == model for binding in one.bindings)
    ]
    return [one.name for one in sorted(own, key=lambda one: (one.index_values, len(one.values)))]


def _shares(
    context: ToolContext, name: str, dimension: str, where: tuple[Where, ...], period: Period
) -> dict[Text, float]:
    query = MetricQuery(
        metrics=(name,),
        group_by=(GroupBy(dimension=dimension),),
        where=where,
        period=PeriodRange(start=period.start, end=period.end),
    )
    try:
        table = context.query(query).table
    except AskGrowthError:
        return {}
    total = sum(as_float(row[1]) or 0.0 for row in table.rows)
    if not total:
        return {}
    known = [row for row in table.rows if row[0] is not None]
    return {group_label(row[0], table.columns[0]): (as_float(row[1]) or 0.0) / total for row in known}
