"""What a reader may pick for each part of a plan; only what the workspace can compute and the reader may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from bot.compose.definitions import definition
from bot.compose.importance import by_importance
from bot.compose.interpretation import COMPARISONS
from bot.editing.apply import Calendar
from bot.editing.periods import FORMS, LABELS, form_period
from bot.execution import as_query
from bot.plan import AnswerablePlan, MetricPlan, ToolPlan
from semantic_layer.errors import AskGrowthError, UnknownNameError
from semantic_layer.period import ONE_DAY, Grain
from semantic_layer.query import Condition, GroupBy, Limit, MetricQuery, PeriodRange
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.render import group_label
from tools.render_dates import dates_label

if TYPE_CHECKING:
    from semantic_layer.catalog import Dimension, Metric
    from semantic_layer.workspace import SemanticLayer

Part = Literal["metric", "dimension", "filter", "segment", "period", "comparison", "limit", "order"]
MOST_VALUES = 100
MOST_READ = 2_000  # values of a dimension that are read to be searched by their labels
GRAINS = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
LIMITS = (3, 5, 10, 20, 50)
_BY = {
    Grain.DAY: Text(zh="按天", en="by day"),
    Grain.WEEK: Text(zh="按周", en="by week"),
    Grain.MONTH: Text(zh="按月", en="by month"),
    Grain.QUARTER: Text(zh="按季度", en="by quarter"),
    Grain.YEAR: Text(zh="按年", en="by year"),
}
_NO_COMPARISON = Text(zh="不对比", en="no comparison")
_ALL_ROWS = Text(zh="全部", en="all")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick: what it is called, a line about it, whether it is in use, and the value to send."""

    label: Text
    value: object
    note: Text | None = None
    on: bool = False


class Chooser:
    """Lists choices over one open workspace for one user and day."""

    def __init__(self, layer: SemanticLayer, user: str | None = None, today: date | None = None) -> None:
        """Take the layer, who chooses, and the day it is."""
        self._layer, self._user = layer, user
        self._today = layer.today(today)
        self._hidden = layer.rights(user).hidden

    def calendar(self, plan: AnswerablePlan) -> Calendar:
        """Return what dates mean for a plan: its metrics say how far the data reach."""
        catalog = self._layer.catalog
        metrics = plan.metrics if isinstance(plan, MetricPlan) else ()
        known = [name for name in metrics if name in catalog.metrics]
        return Calendar(
            today=self._today,
            data_end=self._layer.coverage(known).end if known else None,
            week_start=catalog.week_start,
            fiscal_year_start=catalog.fiscal_year_start,
        )

    def choices(self, plan: AnswerablePlan, part: Part) -> tuple[Choice, ...]:
        """Return what the part may become, in reading order; empty for what the plan does not have."""
        if part == "period":
            return self._periods(plan)
        if part == "comparison":
            return self._comparisons(plan)
        if isinstance(plan, ToolPlan):
            return self._tool_metrics(plan) if part == "metric" else ()
        if not isinstance(plan, MetricPlan):
            return ()
        listing: dict[str, Callable[[MetricPlan], tuple[Choice, ...]]] = {
            "metric": self._metrics,
            "dimension": self._dimensions,
            "filter": self._filters,
            "segment": self._segments,
            "limit": self._limits,
            "order": self._orders,
        }
        return listing[part](plan)

    def values(
        self, dimension: str, search: str = "", plan: AnswerablePlan | None = None
    ) -> tuple[Choice, ...]:
        """Return the values of a dimension whose label or code holds `search`, as the user may see them.

        Raises:
            UnknownNameError: there is no such dimension for this user. AccessError: it is masked.
        """
        catalog = self._layer.catalog
        name = catalog.spellings.get(dimension, dimension)
        found = catalog.dimensions.get(name)
        if found is None or name in self._hidden:
            raise UnknownNameError(Text(zh="维度", en="dimension"), dimension, self._names())
        wanted = search.strip().casefold()
        where: tuple[Condition, ...] = ()
        labels = tuple((str(one.code), one.label) for one in found.values)
        if wanted and not labels:  # what is stored is what is read: the database searches
            where = (Condition(dimension=name, operator="contains", values=(search.strip(),)),)
        query = MetricQuery(group_by=(GroupBy(dimension=name),), where=where, limit=Limit(n=MOST_READ))
        cells = [row[0] for row in self._layer.query(query, today=self._today, user=self._user).table.rows]
        column = Column(name, found.label, "dimension", value_labels=labels)
        picked = _picked(plan, dimension)
        shown = []
        for cell in cells:
            if cell is None or not isinstance(cell, str | int | float | bool):
                continue
            label = group_label(cell, column)
            words = (str(cell), label.zh, label.en)
            if not wanted or any(wanted in word.casefold() for word in words):
                shown.append(Choice(label, cell, on=cell in picked))
        return tuple(sorted(shown, key=lambda one: not one.on)[:MOST_VALUES])

    # ---- one part each

    def _metrics(self, plan: MetricPlan) -> tuple[Choice, ...]:
        """Return every metric that the rest of the plan can be computed for; the plan's own first."""
        shown = [*plan.metrics, *(name for name in self._visible_metrics() if name not in plan.metrics)]
        return tuple(
            self._metric(self._layer.catalog.metrics[name], on=name in plan.metrics)
            for name in shown
            if name in self._layer.catalog.metrics
            and (name in plan.metrics or self._computes(plan, metrics=(name,)))
        )

    def _tool_metrics(self, plan: ToolPlan) -> tuple[Choice, ...]:
        used = plan.inputs.get("metric")
        if used is None:
            return ()
        metrics = self._layer.catalog.metrics
        return tuple(self._metric(metrics[name], on=name == used) for name in self._visible_metrics())

    def _metric(self, metric: Metric, *, on: bool) -> Choice:
        return Choice(metric.label, metric.name, definition(self._layer.catalog, metric), on)

    def _dimensions(self, plan: MetricPlan) -> tuple[Choice, ...]:
        """Return time buckets and the dimensions that the plan's metrics reach; a value is a list of groups."""
        used = set(plan.group_by)
        others = tuple(group for group in plan.group_by if group.grain is None)
        found: list[Choice] = []
        for grain in GRAINS:
            group = GroupBy(dimension="metric_time", grain=grain)
            if self._computes(plan, group_by=(group, *others)):
                found.append(Choice(_BY[grain], group.model_dump(mode="json"), on=group in used))
        for dimension in self._categories():
            group = GroupBy(dimension=dimension.name)
            if group in used or self._computes(plan, group_by=(group,)):
                note = dimension.description
                found.append(Choice(dimension.label, group.model_dump(mode="json"), note, group in used))
        return tuple(found)

    def _filters(self, plan: MetricPlan) -> tuple[Choice, ...]:
        fixed = {one.dimension for one in plan.where if isinstance(one, Condition)}
        return tuple(
            Choice(dimension.label, dimension.name, dimension.description, dimension.name in fixed)
            for dimension in self._categories()
            if dimension.name in fixed
            or self._computes(plan, group_by=(GroupBy(dimension=dimension.name),), where=())
        )

    def _segments(self, plan: MetricPlan) -> tuple[Choice, ...]:
        return tuple(
            Choice(segment.label, segment.name, on=segment.name in plan.segments)
            for segment in self._layer.catalog.segments.values()
            if segment.name in plan.segments or self._computes(plan, segments=(segment.name,))
        )

    def _periods(self, plan: AnswerablePlan) -> tuple[Choice, ...]:
        calendar = self.calendar(plan)
        used = _period_of(plan)
        found: list[Choice] = []
        for form in FORMS:
            if form == "all":
                if isinstance(plan, MetricPlan):
                    found.append(Choice(LABELS[form], form, on=plan.period is None))
                continue
            period = form_period(
                form, (None, None), calendar.today, calendar.data_end, calendar.week_start,
                calendar.fiscal_year_start,
            )  # fmt: skip
            on = used is not None and (used.start, used.end) == (period.start, period.end)
            found.append(Choice(LABELS[form], form, dates_label(period, calendar.today), on))
        return tuple(found)

    def _comparisons(self, plan: AnswerablePlan) -> tuple[Choice, ...]:
        kinds: list[object] = (
            [compare.kind for compare in plan.compare] if isinstance(plan, MetricPlan) else []
        )
        if isinstance(plan, ToolPlan):
            given = plan.inputs.get("compare")
            if not isinstance(given, dict):
                return ()
            kinds = [given.get("kind")]
            return tuple(Choice(label, kind, on=kind in kinds) for kind, label in COMPARISONS.items())
        if not isinstance(plan, MetricPlan) or plan.period is None:
            return ()
        none = Choice(_NO_COMPARISON, "none", on=not kinds)
        return (none, *(Choice(label, kind, on=kind in kinds) for kind, label in COMPARISONS.items()))

    def _limits(self, plan: MetricPlan) -> tuple[Choice, ...]:
        if not plan.group_by:
            return ()
        now = plan.limit.n if plan.limit is not None else None
        sizes = sorted({*LIMITS, *([now] if now else [])})
        tops = (Choice(Text(zh=f"前{n}个", en=f"top {n}"), n, on=n == now) for n in sizes)
        return (Choice(_ALL_ROWS, None, on=now is None), *tops)

    def _orders(self, plan: MetricPlan) -> tuple[Choice, ...]:
        if not plan.group_by:
            return ()
        now = plan.order_by[0] if plan.order_by else None
        found = []
        for name in plan.metrics:
            label = self._layer.catalog.metrics[name].label
            for descending, zh, en in (
                (True, "从高到低", "highest first"),
                (False, "从低到高", "lowest first"),
            ):
                on = now is not None and (now.column, now.descending) == (name, descending)
                text = Text(zh=f"{label.zh}{zh}", en=f"{label.en}, {en}")
                found.append(Choice(text, {"column": name, "descending": descending}, on=on))
        return tuple(found)

    # ---- what exists for this user

    def _visible_metrics(self) -> list[str]:
        metrics = self._layer.catalog.metrics.values()
        shown = [one for one in metrics if not one.hidden and one.name not in self._hidden]
        return [one.name for one in by_importance(shown, self._layer.catalog)]

    def _names(self) -> list[str]:
        return [dimension.name for dimension in self._categories()]

    def _categories(self) -> list[Dimension]:
        """Return the dimensions people pick from: no times, no ids, nothing hidden; declared values first."""
        found = [
            dimension
            for dimension in self._layer.catalog.dimensions.values()
            if dimension.kind in ("categorical", "boolean")
            and dimension.index_values
            and not dimension.hidden
            and dimension.name not in self._hidden
        ]
        return sorted(found, key=lambda one: (not one.conformed, not one.values))

    def _computes(self, plan: MetricPlan, **changes: object) -> bool:
        bare = {"compare": (), "order_by": (), "limit": None, "having": (), "transforms": ()}
        query = as_query(plan).model_copy(update={**bare, **changes})
        try:
            self._layer.compile(query, today=self._today, user=self._user)
        except AskGrowthError:
            return False
        return True


def _picked(plan: AnswerablePlan | None, dimension: str) -> set[object]:
    if not isinstance(plan, MetricPlan):
        return set()
    return {
        value
        for one in plan.where
        if isinstance(one, Condition) and one.dimension == dimension
        for value in one.values
    }


def _period_of(plan: AnswerablePlan) -> PeriodRange | None:
    if isinstance(plan, MetricPlan):
        return plan.period
    given = plan.inputs.get("period") if isinstance(plan, ToolPlan) else None
    return PeriodRange.model_validate(given) if isinstance(given, dict) else None


def last_day(period: PeriodRange) -> date:
    """Return the last date that a period holds."""
    return max(period.start, period.end - ONE_DAY)
