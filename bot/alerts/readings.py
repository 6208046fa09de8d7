"""What an alert looks at: the metric over its last complete days, as of one or many days, nothing later being read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.alerts.series import SeriesStore, before, is_idle
from semantic_layer.catalog import Metric, SimpleMetric
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import ONE_DAY, Grain
from semantic_layer.query import Condition, Expression, GroupBy, MetricQuery, PeriodRange, Where
from semantic_layer.text import Text
from semantic_layer.watching import AlertRule
from tools.registry import ToolContext
from tools.render import as_float
from tools.scope.metric import metric_of

if TYPE_CHECKING:
    import numpy as np

DAY = "metric_time__day"
FEW = 3  # windows that are asked for one by one; more are added up from days where the metric allows it
ADDING = ("sum", "count", "sum_boolean")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen over [start, end) when looking on `today`; None where there were no rows.

    `value` is in the metric's unit: for `change` `before` is what it is compared with, for `anomaly` `low` and `high`
    bound what was to be expected (80 %) and `deviations` says how far off it is. `volume` is the minimum's metric.
    """

    today: date
    start: date
    end: date
    value: float | None
    before: float | None = None
    volume: float | None = None
    low: float | None = None
    high: float | None = None
    deviations: float | None = None
    note: Text | None = None


def conditions_of(rule: AlertRule) -> tuple[Where, ...]:
    """Return the alert's condition on rows as the query takes it, the member's among them."""
    where: tuple[Where, ...] = (Expression(sql=rule.where),) if rule.where else ()
    if rule.by is None or rule.member is None:
        return where
    return (*where, Condition(dimension=rule.by, operator="=", values=(rule.member,)))


def readings(
    rule: AlertRule, context: ToolContext, days: Sequence[date], series: SeriesStore | None = None
) -> list[Reading]:
    """Return one reading per day of `days`, in their order; a day on which nothing can be looked at yet has none.

    `series` keeps what was read between calls; without one it is kept for this call.

    Raises:
        AskGrowthError: the metric cannot be read so, or its user may not.
    """
    if rule.kind == "freshness":
        from bot.alerts.standing import freshness

        return [freshness(rule, context, day) for day in days]
    if rule.kind in ("pacing", "quality"):
        from bot.alerts.standing import pacing, quality

        look = pacing if rule.kind == "pacing" else quality
        return [found for day in days if (found := look(rule, context, day)) is not None]
    if rule.metric is None:
        return []
    metric = metric_of(context.layer.catalog, rule.metric)
    ends = _ends(metric, context, days)
    kept = series or SeriesStore(through=max((end for _, end in ends), default=None))
    if rule.kind == "anomaly":
        from bot.alerts.surprise import surprises

        return surprises(rule, metric, context, ends, kept)
    return _windows(rule, metric, context, ends, kept)


def _ends(metric: Metric, context: ToolContext, days: Sequence[date]) -> list[tuple[date, date]]:
    """Return (today, end) per day: the last complete day then, less the days that a metric takes to settle."""
    span = context.layer.coverage((metric.name,))
    if span.start is None or span.end is None:
        raise NotEnoughDataError(
            Text(
                zh=f"{metric.label.zh}没有带日期的数据。",
                en=f"There are no dated rows for {metric.label.en}.",
            ),
            Text(
                zh="给模型加上 agg_time_dimension 和数据。",
                en="Give the model an agg_time_dimension and data.",
            ),
        )
    wait = timedelta(metric.maturity_days)
    found = [(today, min(span.end, today) - wait) for today in days]
    return [(today, end) for today, end in found if end > span.start]


def _windows(
    rule: AlertRule, metric: Metric, context: ToolContext, ends: list[tuple[date, date]], series: SeriesStore
) -> list[Reading]:
    length = timedelta(rule.days)
    wanted = {end for _, end in ends}
    earlier = {end: _earlier(rule, end) for end in wanted} if rule.kind == "change" else {}
    values = window_values(rule, metric, context, [*wanted, *earlier.values()], series)
    volumes: dict[date, float | None] = {}
    if rule.minimum is not None:
        counted = metric_of(context.layer.catalog, rule.minimum[0])
        volumes = window_values(rule, counted, context, wanted, series)
    return [
        Reading(
            today, end - length, end, values[end],
            before=values[earlier[end]] if earlier else None,
            volume=volumes.get(end),
        )
        for today, end in ends
    ]  # fmt: skip


def _earlier(rule: AlertRule, end: date) -> date:
    """Return the end of the days that a change is measured from."""
    if rule.against == "same_weekday":
        return end - timedelta(-(-rule.days // 7) * 7)
    if rule.against == "previous_year":
        last = end - ONE_DAY
        day = min(last.day, 28) if last.month == 2 else last.day
        return last.replace(year=last.year - 1, day=day) + ONE_DAY
    return end - timedelta(rule.days)


def window_values(
    rule: AlertRule,
    metric: Metric,
    context: ToolContext,
    ends: Iterable[date],
    series: SeriesStore | None = None,
) -> dict[date, float | None]:
    """Return the metric over the alert's days before each end; None where there are no rows to judge by."""
    asked = sorted(set(ends))
    if not asked:
        return {}
    if rule.member is not None or len(asked) > FEW or series is not None:
        added = _added_up(rule, metric, context, asked, series or SeriesStore(through=asked[-1]))
        if added is not None:
            return added
    if rule.days == 1:
        return _by_day(rule, metric, context, asked)
    return {end: _whole(rule, metric, context, end) for end in asked}


def _whole(rule: AlertRule, metric: Metric, context: ToolContext, end: date) -> float | None:
    period = PeriodRange(start=end - timedelta(rule.days), end=end)
    found = context.query(
        MetricQuery(metrics=(metric.name,), where=conditions_of(rule), segments=rule.segments, period=period)
    )
    return as_float(found.table.rows[0][0]) if found.table.rows else None


def _by_day(
    rule: AlertRule, metric: Metric, context: ToolContext, ends: list[date]
) -> dict[date, float | None]:
    found = context.query(
        MetricQuery(
            metrics=(metric.name,),
            group_by=(GroupBy(dimension="metric_time", grain=Grain.DAY),),
            where=conditions_of(rule),
            segments=rule.segments,
            period=PeriodRange(start=ends[0] - ONE_DAY, end=ends[-1]),
        )
    )
    empty = 0.0 if isinstance(metric.type, SimpleMetric) and metric.type.agg in ADDING else None
    at, day_at = found.table.index(metric.name), found.table.index(DAY)
    by_day = {_day(row[day_at]): as_float(row[at]) for row in found.table.rows}
    values = {end: by_day.get(end - ONE_DAY, empty) for end in ends}
    return {end: empty if value is None else value for end, value in values.items()}


def _added_up(
    rule: AlertRule, metric: Metric, context: ToolContext, ends: list[date], series: SeriesStore
) -> dict[date, float | None] | None:
    """Return the windows added up from days, a ratio by both its parts; None where days do not add up."""
    found = series.daily(rule, metric, context, before(rule, ends[0]), ends[-1])
    if found is None or not (found.shape.adds or (rule.member is not None and rule.days == 1)):
        return None  # people counted once and the like: only the database can say
    at = found.row(rule.member)
    if at is None:
        return dict.fromkeys(ends)
    top, bottom = found.sums(at)

    def over(sums: np.ndarray, end: date) -> float:
        last = (end - found.first).days
        return float(sums[last] - sums[last - rule.days])

    values: dict[date, float | None] = {}
    for end in ends:
        if rule.member is not None and is_idle(found, at, end, rule.days):
            values[end] = None
        elif found.shape.denominator is None:
            values[end] = over(top, end)
        else:
            below = over(bottom, end)
            values[end] = over(top, end) / below if below else None
    return values


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
