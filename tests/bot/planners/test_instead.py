"""Where a metric cannot be split as asked, the refusal offers the same question by one that can."""

from collections.abc import Callable
from pathlib import Path

import pytest

import semantic_layer
from bot.plan import MetricPlan, RefusePlan
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from bot.wiring import demo_data
from tools.registry import Registry


@pytest.fixture(scope="module")
def nearest(state_dir: Path) -> Callable[[str], list[MetricPlan]]:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    planner = RulesPlanner(layer, registry=Registry.of([]))

    def asked(question: str) -> list[MetricPlan]:
        plan = planner.plan(PlanRequest(question, "zh-CN", layer.today(), layer)).plan
        assert isinstance(plan, RefusePlan)
        return [option.plan for option in plan.nearest if isinstance(option.plan, MetricPlan)]

    return asked


@pytest.mark.parametrize(
    "question", ["上个月支付金额前三的品类", "top 3 categories by paid amount last month"]
)
def test_order_limit_and_period_stay_and_the_metric_most_like_it_comes_first(nearest, question):
    first = nearest(question)[0]
    assert (first.metrics, [group.dimension for group in first.group_by]) == (("sales",), ["category"])
    assert (first.order_by[0].column, first.limit.n) == ("sales", 3)
    assert str(first.period.start) == "2025-10-01"


def test_a_metric_that_is_good_in_the_other_direction_is_not_offered_for_it(nearest):
    offered = {plan.metrics[0] for plan in nearest("各商品的毛利率")}
    assert "product_profit" in offered
    assert "refund_rate" not in offered


def test_filters_count_too(nearest):
    (first, *_) = nearest("精华的支付金额")
    assert first.metrics == ("sales",)
    assert first.where[0].dimension == "category"
