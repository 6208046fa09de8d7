"""What a digest is about: its period, its metrics and the dimensions they are looked at by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from semantic_layer.catalog import Dimension, Event, Metric, SimpleMetric
from semantic_layer.comparison import comparison_period
from semantic_layer.errors import AskGrowthError, NotEnoughDataError
from semantic_layer.period import Grain, Period, shift, truncate
from semantic_layer.query import GroupBy, MetricQuery
from semantic_layer.text import Text
from tools.registry import ToolContext
from tools.render import CURRENCIES
from tools.scope.events import event_days
from tools.targets.goals import with_goals

Kind = Literal["weekly", "monthly", "event"]
Role = Literal["boss", "operations", "analyst"]
MOST_METRICS: dict[Role, int] = {"boss": 4, "operations": 6, "analyst": 8}
MOST_SPLITS = 4
GRAINS = {"weekly": Grain.WEEK, "monthly": Grain.MONTH}


@dataclass(frozen=True, slots=True)
class Frame:
    """Dates of a digest: its period and what it is held against; `event` for the report on one."""

    kind: Kind
    period: Period
    before: Period
    event: Event | None = None

    @property
    def same_days(self) -> tuple[Period, Period] | None:
        """Return an event's first n days and its last edition's, n of the shorter one; None where both are as long."""
        days = timedelta(days=min(self.period.days, self.before.days))
        if self.event is None or self.period.days == self.before.days:
            return None
        now, then = self.period.start, self.before.start
        return Period.of(now, now + days), Period.of(then, then + days)


def frame_of(kind: Kind, asked: Period | None, last_day: Period, context: ToolContext) -> Frame:
    """Return the dates: as asked, else the last whole week or month, or the event that began last.

    `last_day` spans the days with data. An event is held against its last edition, whole against whole as in a
    question; one that is not over against as many days of it.

    Raises:
        NotEnoughDataError: the workspace knows no event that has begun, or there are no data in the period.
    """
    event = None
    if kind == "event":
        event, period, before = _event(asked, last_day, context)
    else:
        grain = GRAINS[kind]
        if asked is None:
            end = truncate(last_day.end, grain, context.layer.catalog.week_start)
            asked = Period.of(shift(end, -1, grain), end)
        period = asked.cut(last_day.end) if asked.start < last_day.end else asked
        catalog = context.layer.catalog
        before = comparison_period(
            period,
            "previous_period",
            week_start=catalog.week_start,
            fiscal_year_start=catalog.fiscal_year_start,
        )
    if not period.days or period.start >= last_day.end or period.end <= last_day.start:
        raise NotEnoughDataError(
            Text(zh="这段时间没有数据,出不了报告。", en="There are no data in this period to report on."),
            Text(zh="换一段有数据的时间。", en="Choose a period with data."),
        )
    return Frame(kind, period, before, event)


def _event(asked: Period | None, have: Period, context: ToolContext) -> tuple[Event, Period, Period]:
    days = sorted(event_days(context.layer.catalog), key=lambda one: (one[0], one[1]))
    fits = [
        one
        for one in days
        if one[0] < have.end and (asked is None or (one[0] < asked.requested_end and asked.start < one[1]))
    ]
    # A festival of several days tells more than the single day inside it.
    long = [one for one in fits if (one[1] - one[0]).days > 1] or fits
    if not long:
        raise NotEnoughDataError(
            Text(zh="没有已经开始的活动可以报告。", en="No event has begun that could be reported on."),
            Text(
                zh="在 YAML 的 calendars 里写上活动日期。",
                en="Write the dates of events under calendars in the YAML.",
            ),
        )
    start, end, event = long[-1]
    earlier = [one for one in days if one[2] is event and one[1] <= start]
    whole = Period.of(start, end)
    period = whole.cut(have.end)
    if not earlier:
        return event, period, Period.of(start - (period.end - period.start), start)
    before = Period.of(*earlier[-1][:2])
    return (
        event,
        period,
        before.cut(before.start + timedelta(days=period.days)) if period.is_partial else before,
    )


def metrics_of(role: Role, context: ToolContext) -> list[Metric]:
    """Return what the digest reports: metrics with a target, then strategic and tactical ones, in declared order."""
    catalog = context.layer.catalog
    hidden = context.layer.rights(context.user).hidden
    shown = [one for one in catalog.metrics.values() if not one.hidden and one.name not in hidden]
    tiers = ("strategic",) if role == "boss" else ("strategic", "tactical")
    aimed = [one for one in with_goals(catalog) if one in shown and one.good_direction != "none"]
    ranked = [*aimed, *(one for tier in tiers for one in shown if one.tier == tier)]
    found = list(dict.fromkeys(one.name for one in ranked)) or [one.name for one in shown[:1]]
    return [catalog.metrics[name] for name in found[: MOST_METRICS[role]]]


def main_of(metrics: Sequence[Metric]) -> Metric:
    """Return the metric to explain: money that adds up, else the first."""

    def rank(one: Metric) -> tuple[bool, bool]:
        return not isinstance(one.type, SimpleMetric), (one.unit or "").upper() not in CURRENCIES

    return min(metrics, key=rank)


def splits_of(metrics: Sequence[Metric], context: ToolContext) -> list[tuple[Metric, Dimension]]:
    """Return pairs worth a table: what effectiveness means here, and the main metric, by declared dimensions."""
    catalog = context.layer.catalog
    hidden = context.layer.rights(context.user).hidden
    meant = [
        catalog.metrics[one.metric]
        for one in catalog.concepts
        if one.metric and one.metric in catalog.metrics
    ]
    asked = list(dict.fromkeys(one.name for one in (*meant, main_of(metrics)) if one.name not in hidden))
    dimensions = [
        one
        for one in catalog.dimensions.values()
        if one.values and one.kind == "categorical" and not one.hidden and one.name not in hidden
    ]
    found: list[tuple[Metric, Dimension]] = []
    used: set[str] = set()
    for name in asked:
        for dimension in dimensions:
            if dimension.name in used or not _splits(name, dimension.name, context):
                continue
            found.append((catalog.metrics[name], dimension))
            used.add(dimension.name)
            if len(found) == MOST_SPLITS:
                return found
            if sum(one[0].name == name for one in found) == MOST_SPLITS // 2:
                break
    return found


def _splits(metric: str, dimension: str, context: ToolContext) -> bool:
    query = MetricQuery(metrics=(metric,), group_by=(GroupBy(dimension=dimension),))
    try:
        context.layer.compile(query, today=context.today, user=context.user)
    except AskGrowthError:
        return False
    return True


def open_days(metric: Metric, period: Period, context: ToolContext) -> int:
    """Return how many days at the end of the period still change (late conversions, open refunds)."""
    if not metric.maturity_days:
        return 0
    end = context.layer.coverage((metric.name,)).end or context.today
    settled = min(end, context.today) - timedelta(days=metric.maturity_days)
    return max(0, min(period.days, (period.end - settled).days))
