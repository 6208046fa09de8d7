"""Readings that are no metric over days: how a target stands, how good and how fresh the data are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.alerts.readings import Reading
from semantic_layer.catalog import Model
from semantic_layer.errors import AskGrowthError, NotEnoughDataError
from semantic_layer.period import ONE_DAY
from semantic_layer.text import Text
from semantic_layer.watching import AlertRule
from tools.registry import ToolContext
from tools.render import as_float, percent
from tools.scope.metric import metric_of, value_column


def pacing(rule: AlertRule, context: ToolContext, today: date) -> Reading | None:
    """Return the chance of meeting the running target; None where none runs or nothing can be forecast."""
    from tools.render import prose
    from tools.scope.periods import settled
    from tools.targets.goals import current, goals_of
    from tools.targets.status import status_of

    then = replace(context, today=today)
    metric = metric_of(context.layer.catalog, rule.metric)
    try:
        span = settled(then, (metric.name,))
    except NotEnoughDataError:
        return None
    assert span.end is not None
    goal = current(goals_of(then, metric), None, span.end - ONE_DAY)
    if goal is None:
        return None
    status = status_of(then, goal)
    if status.chance is None or status.is_over:
        return None
    column = value_column(metric)
    done, target = prose(status.actual, column), prose(goal.value, column)
    landing = prose(status.landing, column)
    note = Text(
        zh=f"目标 {target.zh},已完成 {done.zh}({percent(status.done_share)}),预计收官 {landing.zh}",
        en=f"target {target.en}, {done.en} so far ({percent(status.done_share)}), expected landing {landing.en}",
    )
    return Reading(today, goal.period.start, span.end, status.chance, note=note)


def quality(rule: AlertRule, context: ToolContext, today: date) -> Reading | None:
    """Return how many findings the data quality check has: serious ones, or all that are more than notes."""
    from tools.data_quality import QualityInputs, data_quality

    then = replace(context, today=today)
    inputs = QualityInputs(metric=rule.metric)
    try:
        found = data_quality(inputs, then)
    except NotEnoughDataError:
        return None
    wanted = ("problem",) if rule.value >= 1 else ("problem", "suspect")
    table = found.tables[0]
    at = table.index("severity")
    count = sum(row[at] in wanted for row in table.rows)
    first = found.findings[0].statement if found.findings else None
    return Reading(today, today - ONE_DAY, today, float(count), note=first if count else None)


def freshness(rule: AlertRule, context: ToolContext, today: date) -> Reading:
    """Return how many days old the newest data are: 0 where yesterday is there.

    Without a metric it is the oldest of the models that have rows on nearly every day: what is filled in now and then
    (products, campaigns) is never late.
    """
    layer = context.layer
    then = replace(context, today=today)
    if rule.metric is not None:
        ends = [(layer.catalog.metrics[rule.metric].label, layer.coverage((rule.metric,)).end)]
    else:
        ends = [
            (model.label, end)
            for model in layer.catalog.models.values()
            if (end := _end(context, model.name)) is not None
            and ((today - end).days <= rule.value or _is_daily(model, then))
        ]
    known = [(end, label) for label, end in ends if end is not None]
    if not known:
        return Reading(today, today, today, None)
    end, label = min(known, key=lambda pair: pair[0])
    age = max((today - end).days, 0)
    note = Text(
        zh=f"「{label.zh}」的数据到 {end - ONE_DAY:%Y-%m-%d}",
        en=f"{label.en} has data through {end - ONE_DAY:%Y-%m-%d}",
    )
    return Reading(today, end - ONE_DAY, min(end, today), as_float(age), note=note)


def _is_daily(model: Model, context: ToolContext) -> bool:
    from tools.quality.timing import rows_by_day

    try:
        found = rows_by_day(model, context)
    except AskGrowthError:  # its user may not see it
        return False
    return found is not None and found.is_daily


def _end(context: ToolContext, model: str) -> date | None:
    if context.layer.catalog.models[model].forward_dated:
        return None
    try:
        return context.layer.model_coverage(model).end
    except AskGrowthError:
        return None
