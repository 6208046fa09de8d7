"""Questions for the whole picture take the workspace's strategic metrics; a bare verb takes what its words mean."""

from __future__ import annotations

import pytest

from bot.plan import ClarifyPlan, MetricPlan, RefusePlan


@pytest.mark.parametrize(
    "question", ["上个月怎么样", "上月概览", "how did we do last month", "give me an overview of last month"]
)
def test_an_overview_holds_the_key_metrics_against_the_period_before(ask, question):
    plan = ask(question).plan
    assert isinstance(plan, MetricPlan)
    assert 2 <= len(plan.metrics) <= 6
    assert [one.kind for one in plan.compare] == ["previous_period"]
    assert plan.period is not None


def test_an_overview_in_both_languages_is_one_plan(ask):
    assert ask("上个月怎么样").plan == ask("how did we do last month").plan


def test_a_greeting_asks_for_no_overview(ask):
    assert not isinstance(ask("how are you").plan, MetricPlan)


def test_a_ranking_is_no_overview(ask):
    assert isinstance(ask("哪个灯驿最好").plan, ClarifyPlan)


def test_a_losing_question_without_a_profit_metric_is_refused_with_what_is_missing(ask):
    plan = ask("哪个灯驿在亏钱").plan
    assert isinstance(plan, RefusePlan)
    assert plan.missing == ("在亏钱",)
