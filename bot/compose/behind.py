"""The question behind a suggestion: how the metric that it moves went for what it would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from bot.compose.asking import as_plan, question_of
from bot.compose.view import Scene
from bot.plan import MetricPlan, Option
from semantic_layer.period import Grain, truncate
from semantic_layer.query import Condition, GroupBy, MetricQuery, PeriodRange

WEEKS = 12
Compiles = Callable[[MetricQuery], bool]


def question_behind(
    metric: str, dimension: str | None, members: Sequence[str], scene: Scene, compiles: Compiles
) -> Option | None:
    """Return the metric by week over the last twelve whole weeks, by the members that a suggestion is about.

    Where the metric cannot be split so, the members alone, else all together; None where it has no time at all.
    """
    if metric not in scene.catalog.metrics or metric in scene.hidden:
        return None
    end = min(scene.data_end or scene.today, scene.today)
    monday = truncate(end, Grain.WEEK, scene.week_start)
    period = PeriodRange(start=monday - timedelta(weeks=WEEKS), end=monday)
    for plan in _plans(metric, dimension, members, period):
        question = question_of(plan, scene)
        if question is not None and compiles(plan):
            return Option(question=question, plan=plan)
    return None


def _plans(
    metric: str, dimension: str | None, members: Sequence[str], period: PeriodRange
) -> Iterator[MetricPlan]:
    base = MetricQuery(metrics=(metric,), period=period)
    week = GroupBy(dimension="metric_time", grain=Grain.WEEK)
    if dimension is not None:
        # Several members are best seen among all of theirs.
        one = Condition(dimension=dimension, operator="=", values=tuple(members))
        only = (one,) if len(members) == 1 else ()
        yield as_plan(base, group_by=(week, GroupBy(dimension=dimension)), where=only)
        yield as_plan(base, group_by=(GroupBy(dimension=dimension),), where=only)
    yield as_plan(base, group_by=(week,))
