"""Access rules hold on every way to an answer: rows, hidden names, users nobody knows."""

import pytest

from bot.plan import MetadataPlan, MetricPlan
from semantic_layer.query import GroupBy

ACCESS = """
access:
  rows:
    orders: "booth = '{user.booth}'"
  hidden: [flyer_cost, yield_ratio, taker_cost]
"""
USERS = """
anna: {booth: east}
"""


@pytest.fixture(scope="module")
def guarded(stall_maker, stall_yaml):
    return stall_maker(stall_yaml.replace("dimensions:", ACCESS.strip() + "\ndimensions:", 1), users=USERS)


@pytest.mark.parametrize("user", [None, "nobody"])
def test_an_unknown_user_is_refused_before_anything_is_read(guarded, user):
    for answer in (
        guarded.ask("本周进账", user=user),
        guarded.run(MetadataPlan(kind="metadata", topic="metrics"), user=user),
    ):
        assert (answer.outcome, answer.refusal.reason) == ("refuse", "no_access")
        assert answer.parts == ()


def test_a_user_sees_only_their_rows_in_table_and_sentence(guarded):
    asked = MetricPlan(kind="metric", metrics=("takings",), group_by=(GroupBy(dimension="booth"),))
    answer = guarded.run(asked, user="anna")
    assert answer.parts[0].table.rows == (("east", 360),)
    assert "西门" not in answer.headline.zh


def test_a_hidden_metric_does_not_exist_for_the_user(guarded):
    listed = guarded.run(MetadataPlan(kind="metadata", topic="metrics"), user="anna")
    assert listed.parts[0].table.column("name") == ("takings", "cups", "takers")
    defined = guarded.run(
        MetadataPlan(kind="metadata", topic="definition", names=("flyer_cost",)), user="anna"
    )
    assert (defined.outcome, defined.refusal.reason) == ("refuse", "not_in_catalog")
    assert guarded.run(MetricPlan(kind="metric", metrics=("flyer_cost",)), user="anna").outcome == "refuse"
