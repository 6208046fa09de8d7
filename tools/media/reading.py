"""Weekly spend by channel and what it is meant to bring: by channel where that can be told, else in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from semantic_layer.catalog import AnalysisBinding, Metric, RatioMetric
from semantic_layer.errors import AskGrowthError, NotEnoughDataError
from semantic_layer.period import Grain, Period, truncate
from semantic_layer.query import Condition, GroupBy, MetricQuery, PeriodRange, Where
from semantic_layer.table import Cell
from semantic_layer.text import Text
from tools.bindings import binding_of, name_of, names_of
from tools.registry import ToolContext
from tools.render import CURRENCIES, as_float, group_label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_WEEKS = 26
LONGEST_WEEKS = 261
LEAST_LEVELS = 8
RECENT_WEEKS = 13
MOST_CHANNELS = 25


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A channel about which nothing can be said: its weeks and levels of spend, whether anything is credited to it."""

    label: Text
    weeks: int
    levels: int
    credited: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """Whole weeks of spend (weeks, channels) and outcome: (weeks, channels) if `by_channel`, else (weeks, 1).

    Only channels with enough weeks and levels of spend are in; `left_out` names the others with why. `held`
    holds further causes (weeks, columns).
    """

    spend_metric: Metric
    outcome_metric: Metric
    dimension: str
    codes: tuple[str, ...]
    labels: tuple[Text, ...]
    weeks: tuple[date, ...]
    spend: Array
    outcome: Array
    held: Array
    by_channel: bool
    left_out: tuple[LeftOut, ...]
    sql: tuple[str, ...]

    @property
    def period(self) -> Period:
        """Return the days that were read."""
        return Period.of(self.weeks[0], self.weeks[-1] + timedelta(days=7))

    @property
    def in_money(self) -> bool:
        """Return whether outcome and spend are of one currency, so that a return of 1 breaks even on revenue."""
        unit = self.spend_metric.unit
        return unit is not None and unit.upper() in CURRENCIES and unit == self.outcome_metric.unit


def read_panel(
    context: ToolContext, budget: str | None, asked: PeriodRange | None, where: tuple[Where, ...]
) -> Panel:
    """Return the panel of a declared budget; where there is none, of the workspace's return on spend.

    Raises:
        QueryError: neither is declared. NotEnoughDataError: fewer than 26 whole weeks, or no channel whose spend
        took 8 different values: the mend proposes a test.
    """
    spend, outcome, dimension, adjust = _bound(context, budget)
    span = context.layer.coverage((spend.name, outcome.name))
    week_start = context.layer.catalog.week_start
    end = truncate(min(context.today, span.end or context.today), Grain.WEEK, week_start)
    begin = max(span.start or end, end - timedelta(weeks=LONGEST_WEEKS))
    if asked is not None:
        begin, end = max(begin, asked.start), min(end, truncate(asked.end, Grain.WEEK, week_start))
    start = truncate(begin, Grain.WEEK, week_start)
    start = start if start >= begin else start + timedelta(weeks=1)
    weeks = tuple(start + timedelta(weeks=at) for at in range(max((end - start).days // 7, 0)))
    if len(weeks) < LEAST_WEEKS:
        raise NotEnoughDataError(
            Text(zh=f"只有 {len(weeks)} 个整周的数据。", en=f"There are {len(weeks)} whole weeks of data."),
            Text(
                zh=f"至少要 {LEAST_WEEKS} 周,两年以上才能估计滞后和饱和。",
                en=f"At least {LEAST_WEEKS} are needed, two years for carry-over and saturation.",
            ),
        )
    by_channel = _groupable(outcome, dimension, context)
    whole = PeriodRange(start=weeks[0], end=end)
    spent, labels, sql = _weekly(spend, dimension, weeks, whole, where, context)
    if by_channel:
        brought, _, more = _weekly(outcome, dimension, weeks, whole, where, context)
    else:
        brought, _, more = _weekly(outcome, None, weeks, whole, (), context)
    held = [_weekly(one, None, weeks, whole, (), context)[0][None] for one in adjust]
    return _panel(spend, outcome, dimension, weeks, spent, brought, labels, held, by_channel, (*sql, *more))


def focus_of(
    where: tuple[Where, ...], context: ToolContext, budget: str | None
) -> tuple[tuple[str, ...], tuple[Where, ...]]:
    """Return the channels that conditions name, and the conditions that are left."""
    _, _, dimension, _ = _bound(context, budget)
    spellings = context.layer.catalog.spellings
    named: list[str] = []
    left: list[Where] = []
    for one in where:
        if (
            isinstance(one, Condition)
            and one.operator in ("=", "in")
            and spellings.get(one.dimension, one.dimension) == dimension
        ):
            named += [str(value) for value in one.values]
        else:
            left.append(one)
    return tuple(named), tuple(left)


def _bound(context: ToolContext, budget: str | None) -> tuple[Metric, Metric, str, tuple[Metric, ...]]:
    """Return spend, outcome, channel and what is held constant; from a return on spend if no budget is declared."""
    from tools.suggestions import reallocation

    catalog = context.layer.catalog
    if budget is None and not any(one.kind == "budget" for one in catalog.analyses):
        for metric in catalog.metrics.values():
            kind = metric.type
            if (
                not isinstance(kind, RatioMetric)
                or metric.hidden
                or not reallocation.applies(metric, context)
            ):
                continue
            value, spend = (catalog.metrics[one.metric] for one in (kind.numerator, kind.denominator))
            for dimension in catalog.dimensions.values():
                declared = dimension.values and dimension.kind == "categorical"
                if declared and _groupable(spend, dimension.name, context):
                    return spend, value, dimension.name, ()
    binding: AnalysisBinding = binding_of(context, "budget", budget)
    spend, outcome = (catalog.metrics[str(name_of(binding, key))] for key in ("spend", "outcome"))
    held = tuple(catalog.metrics[name] for name in names_of(binding, "adjust"))
    return spend, outcome, str(name_of(binding, "channel")), held


def _groupable(metric: Metric, dimension: str, context: ToolContext) -> bool:
    query = MetricQuery(metrics=(metric.name,), group_by=(GroupBy(dimension=dimension),))
    try:
        context.layer.compile(query, today=context.today, user=context.user)
    except AskGrowthError:
        return False
    return True


def _weekly(
    metric: Metric,
    dimension: str | None,
    weeks: tuple[date, ...],
    period: PeriodRange,
    where: tuple[Where, ...],
    context: ToolContext,
) -> tuple[dict[Cell, Array], dict[Cell, Text], tuple[str, ...]]:
    """Return a metric's weeks by channel (None: in all); a week without rows is 0."""
    import numpy as np

    groups = [GroupBy(dimension=dimension)] if dimension else []
    groups.append(GroupBy(dimension="metric_time", grain=Grain.WEEK))
    result = context.query(
        MetricQuery(metrics=(metric.name,), group_by=tuple(groups), where=where, period=period)
    )
    table = result.table
    at = {week: number for number, week in enumerate(weeks)}
    code_at = table.index(dimension) if dimension else None
    week_at, value_at = table.index("metric_time__week"), table.index(metric.name)
    found: dict[Cell, Array] = {} if dimension else {None: np.zeros(len(weeks))}
    labels: dict[Cell, Text] = {}
    for row in table.rows:
        code, week = (row[code_at] if code_at is not None else None), row[week_at]
        week = week.date() if isinstance(week, datetime) else week
        if not isinstance(week, date) or week not in at or (dimension and code is None):
            continue
        found.setdefault(code, np.zeros(len(weeks)))[at[week]] += as_float(row[value_at]) or 0.0
        if code_at is not None:
            labels[code] = group_label(code, table.columns[code_at])
    return found, labels, (result.sql,)


def _panel(
    spend: Metric,
    outcome: Metric,
    dimension: str,
    weeks: tuple[date, ...],
    spent: Mapping[Cell, Array],
    brought: Mapping[Cell, Array],
    labels: Mapping[Cell, Text],
    held: list[Array],
    by_channel: bool,
    sql: tuple[str, ...],
) -> Panel:
    import numpy as np

    kept: list[Cell] = []
    left_out: list[LeftOut] = []
    for code in sorted(spent, key=lambda one: -float(spent[one].sum())):
        values = spent[code]
        active = int((values > 0).sum())
        levels = len(set(np.round(values[values > 0], 2)))
        recent = bool((values[-RECENT_WEEKS:] > 0).any())
        brings = not by_channel or int((brought.get(code, values * 0) > 0).sum()) >= LEAST_WEEKS
        fits = active >= LEAST_WEEKS and levels >= LEAST_LEVELS and recent and len(kept) < MOST_CHANNELS
        if fits and brings:
            kept.append(code)
        elif active:
            left_out.append(LeftOut(labels[code], active, levels, credited=brings))
    if not kept:
        raise NotEnoughDataError(
            Text(
                zh=f"没有一个渠道的周花费有 {LEAST_LEVELS} 种以上不同水平、{LEAST_WEEKS} 周以上历史,估不出再多花"
                f"一元的回报。",
                en=f"No channel's weekly spend took {LEAST_LEVELS} different values over {LEAST_WEEKS} weeks, "
                f"so what one more "
                "unit brings cannot be estimated.",
            ),
            Text(
                zh="先做一个测试:选一个渠道,交替加投和减投 30%,共 8 周以上;或留几个城市不投做对照。",
                en="Run a test first: in one channel alternate 30 % more and 30 % less for 8 weeks or longer, "
                "or hold out "
                "a few cities.",
            ),
        )
    outcomes = [brought.get(code, np.zeros(len(weeks))) for code in kept] if by_channel else [brought[None]]
    return Panel(
        spend, outcome, dimension, tuple(str(code) for code in kept), tuple(labels[code] for code in kept), weeks,
        np.column_stack([spent[code] for code in kept]), np.column_stack(outcomes),
        np.column_stack(held) if held else np.zeros((len(weeks), 0)), by_channel, tuple(left_out), sql,
    )  # fmt: skip
