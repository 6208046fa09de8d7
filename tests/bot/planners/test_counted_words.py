"""A word that is a metric and a segment: counted, it is the metric; beside another metric's count, the segment."""

from pathlib import Path

import pytest

import semantic_layer
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from bot.wiring import demo_data
from tools.registry import Registry


@pytest.fixture(scope="module")
def plan(state_dir: Path):
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    planner = RulesPlanner(layer, registry=Registry.of([]))
    return lambda question: planner.plan(PlanRequest(question, "zh-CN", layer.today(), layer)).plan


@pytest.mark.parametrize(
    ("question", "metrics", "segments"),
    [
        ("上周各渠道带来多少新客", ("new_customers",), ()),
        ("上周各渠道花了多少钱、带来多少新客", ("spend", "new_customers"), ()),
        ("how much did each channel spend and how many new customers did it bring last week",
         ("spend", "new_customers"), ()),
        ("上周新客有多少订单", ("paid_orders",), ("first_orders",)),
    ],
)  # fmt: skip
def test_a_counted_word_is_the_metric(plan, question, metrics, segments):
    found = plan(question)
    assert (found.metrics, found.segments) == (metrics, segments)
