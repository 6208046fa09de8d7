"""The odd-named workspace, its planner, and a short notation for plans that a person can write by hand."""

from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from bot.plan import ClarifyPlan, MetadataPlan, MetricPlan, RefusePlan, ToolPlan
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from tools.registry import Registry

TODAY = date(2026, 3, 19)  # a Thursday; the data end on the 18th


@pytest.fixture(scope="session")
def layer(tmp_path_factory):
    folder = Path(__file__).parent / "mosslamp"
    with_state = tmp_path_factory.mktemp("mosslamp")
    opened = semantic_layer.open(folder, state_dir=with_state)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def planner(layer):
    return RulesPlanner(layer, registry=Registry.of([]))


@pytest.fixture(scope="session")
def ask(layer, planner):
    def asked(question, conversation=None):
        return planner.plan(PlanRequest(question, "zh-CN", TODAY, layer, conversation=conversation))

    return asked


@pytest.fixture(scope="session")
def read(ask):
    """The reading of a question in the notation of `note`."""

    def reading(question, conversation=None):
        return note(ask(question, conversation).plan)

    return reading


def note(plan):
    """One line per plan: metrics | by … | where … | having … | period | vs … | transforms | order | limit."""
    if isinstance(plan, tuple):
        return " && ".join(note(part) for part in plan)
    if isinstance(plan, ClarifyPlan):
        return "clarify"
    if isinstance(plan, RefusePlan):
        return f"refuse {plan.reason}"
    if isinstance(plan, MetadataPlan):
        return " ".join(("metadata", plan.topic, *plan.names))
    if isinstance(plan, ToolPlan):
        return f"tool {plan.name}"
    assert isinstance(plan, MetricPlan)
    return " | ".join((",".join(plan.metrics) or "members", *_rows(plan), *_columns(plan)))


def _rows(plan):
    if plan.group_by:
        yield "by " + ",".join(group.column for group in plan.group_by)
    yield from ("where " + _condition(part) for part in plan.where)
    yield from (f"segment {name}" for name in plan.segments)
    for part in plan.having:
        yield f"having {part.column} {part.operator} {','.join(f'{value:g}' for value in part.values)}"
    if plan.period:
        rest = f" of {plan.period.requested_end}" if plan.period.requested_end else ""
        yield f"{plan.period.start}..{plan.period.end}{rest}"


def _columns(plan):
    for part in plan.compare:
        yield f"vs {part.period.start}..{part.period.end}" if part.period else f"vs {part.kind}"
    for part in plan.transforms:
        values = part.model_dump(exclude_defaults=True, exclude={"kind"}).values()
        yield " ".join((part.kind, *(str(value) for value in values)))
    yield from (f"order {part.column} {'desc' if part.descending else 'asc'}" for part in plan.order_by)
    if plan.limit:
        per = f" per {','.join(plan.limit.per)}" if plan.limit.per else ""
        skip = f" skip {plan.limit.offset}" if plan.limit.offset else ""
        yield f"limit {plan.limit.n}{per}{skip}"


def _condition(part):
    if part.kind != "condition":
        return part.sql
    return f"{part.dimension} {part.operator} {','.join(str(value) for value in part.values)}".strip()


@pytest.fixture(scope="session")
def note_of():
    """The notation itself, for plans over other workspaces."""
    return note
