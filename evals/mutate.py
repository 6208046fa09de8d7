"""Mutation check: a gold plan with one slot changed must be noticed by the scorer, or the suite proves little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.plan import MetricPlan
from evals.case import Case
from evals.compare import answer_rows, same_rows, wrong_slots
from evals.judge import gold_rows
from semantic_layer.catalog import Catalog
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import ONE_DAY, Grain
from semantic_layer.query import AveragePer, Compare, Condition, GroupBy, Limit, OrderBy, PeriodRange
from semantic_layer.workspace import SemanticLayer

WEEK = timedelta(days=7)
LONG_AGO = date(1990, 1, 1)
ABSENT = "~no such member~"
DAY = "one day"  # seven days that are eight
# What a result shows by itself: a column or an order that was not asked for is no error in the numbers.
SHOWN = ("metric", "dimension", "filter", "period", "limit")


def mutants(plan: MetricPlan, catalog: Catalog) -> Iterator[tuple[str, MetricPlan]]:
    """Yield `(slot, plan)` pairs: the plan with exactly that slot changed in a way that changes its meaning."""
    other = next(name for name in sorted(catalog.metrics) if name not in plan.metrics)
    yield "metric", _with(plan, metrics=(other, *plan.metrics[1:]))
    yield "period", _with(plan, period=_moved(plan.period))
    if plan.period is not None:
        earlier = plan.period.model_copy(update={"start": plan.period.start - ONE_DAY})
        yield DAY, _with(plan, period=earlier)
    if plan.group_by:
        yield "dimension", _with(plan, group_by=plan.group_by[1:])
    elif plan.period is None or plan.period.end - plan.period.start > ONE_DAY:  # one day by day is that day
        yield "dimension", _with(plan, group_by=(GroupBy(dimension="metric_time", grain=Grain.DAY),))
    if plan.where or plan.segments or plan.having:
        yield "filter", _with(plan, where=(), segments=(), having=())
    for at, part in enumerate(plan.where):
        if isinstance(part, Condition) and part.values:
            changed = part.model_copy(update={"values": (ABSENT, *part.values[1:])})
            yield "filter", _with(plan, where=(*plan.where[:at], changed, *plan.where[at + 1 :]))
    if plan.compare:
        yield "compare", _with(plan, compare=())
    elif plan.period is not None and not plan.transforms:
        yield "compare", _with(plan, compare=(Compare(kind="previous_period"),))
    yield from _order_and_limit(plan)
    if plan.transforms:
        yield "transform", _with(plan, transforms=())
    elif plan.period is not None and not plan.group_by:
        yield "transform", _with(plan, transforms=(AveragePer(metric=plan.metrics[0], grain=Grain.DAY),))


@dataclass(slots=True)
class Noticed:
    """How many changes there were, and which of them a scorer overlooked: `case slot`."""

    changes: int = 0
    shown: int = 0  # those that change the result on these data, whatever column the scorer looks at
    days: int = 0  # of them, periods that were made a day longer
    by_plan: list[str] = field(default_factory=list)
    by_result: list[str] = field(default_factory=list)
    same: list[str] = field(
        default_factory=list
    )  # those that give the very same result set: nothing to notice


def check(cases: Iterable[Case], layer: SemanticLayer) -> Noticed:
    """Return what the scorers overlook when each slot of each gold plan of the cases is changed."""
    found = Noticed()
    for case in cases:
        plan = case.expect.plan
        if not isinstance(plan, MetricPlan) or not plan.metrics:
            continue
        for slot, mutant in mutants(plan, layer.catalog):
            found.changes += 1
            if not noticed_by_slots(plan, slot, mutant):
                found.by_plan.append(f"{case.id} {slot}")
            if slot not in (*SHOWN, DAY):
                continue
            overlooked = not noticed_by_result(case, mutant, layer)
            if overlooked and gives_the_same(case, plan, mutant, layer):
                found.same.append(f"{case.id} {slot}")
                continue
            found.shown += 1
            found.days += slot == DAY
            found.by_result += [f"{case.id} {slot}"] * overlooked
    return found


def gives_the_same(case: Case, plan: MetricPlan, mutant: MetricPlan, layer: SemanticLayer) -> bool:
    """Return whether both plans give the very same rows in the same order, all columns and not only the judged ones.

    Then the change is none on these data (no sale in the week that a period lost), and no result scorer could see it.
    The gold plan itself is checked against hand-written SQL, so a compiler that drops a slot does not hide here.
    """
    try:
        rows = [layer.query(one, today=case.today, user=case.user).table.rows for one in (plan, mutant)]
    except AskGrowthError:
        return False
    return same_rows(rows[0], rows[1], ordered=True)


def noticed_by_slots(plan: MetricPlan, slot: str, mutant: MetricPlan) -> bool:
    """Return whether the plan scorer names exactly the changed slot."""
    return wrong_slots(mutant, plan) == ("period" if slot == DAY else slot,)


def noticed_by_result(case: Case, mutant: MetricPlan, layer: SemanticLayer) -> bool:
    """Return whether the result scorer tells the mutant's answer from the expected one; a failure is noticed.

    A comparison or a transform only adds columns, so a result that names fewer columns cannot show that one
    was added where none was asked: that is for the plan scorer.
    """
    expected = gold_rows(case.expect, case, layer)
    if expected is None:
        return False
    try:
        table = layer.query(mutant, today=case.today, user=case.user).table
    except AskGrowthError:
        return True
    got = answer_rows(table, case.expect.columns, len(expected[0]) if expected else None)
    return got is None or not same_rows(got, expected, ordered=case.expect.ordered)


def _order_and_limit(plan: MetricPlan) -> Iterator[tuple[str, MetricPlan]]:
    if plan.order_by:
        first = plan.order_by[0]
        flipped = first.model_copy(update={"descending": not first.descending})
        yield "order", _with(plan, order_by=(flipped, *plan.order_by[1:]))
    elif plan.group_by and not plan.limit:
        yield "order", _with(plan, order_by=(OrderBy(column=plan.metrics[0], descending=False),))
    if plan.limit is not None:
        yield "limit", _with(plan, limit=plan.limit.model_copy(update={"n": plan.limit.n + 1}))
    elif plan.group_by:
        yield "limit", _with(plan, limit=Limit(n=1))


def _moved(period: PeriodRange | None) -> PeriodRange:
    """Return the period a week earlier; a week long before all data where there was none."""
    if period is None:
        return PeriodRange(start=LONG_AGO, end=LONG_AGO + WEEK)
    return PeriodRange(start=period.start - WEEK, end=period.end - WEEK)


def _with(plan: MetricPlan, **changes: Any) -> MetricPlan:
    return plan.model_copy(update=changes)
