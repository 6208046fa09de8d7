"""A question that names a declared experiment by its own words goes to the experiment tool, and nothing else does."""

import pytest

from bot.plan import ToolPlan
from bot.planners.rules.bound import bound_plan, is_example, with_binding
from semantic_layer.loader import load_text
from tools.registry import Registry

CATALOG = load_text(
    """
version: 1
name: school
models:
  - name: draws
    agg_time_dimension: drawn
    columns:
      - {name: pupil, entity: foreign}
      - {name: drawn, dimension: time, granularity: day}
      - {name: colour, dimension: categorical}
    metrics:
      - {name: draws_count, agg: count}
funnels:
  - name: gate
    label: {zh: 校门漏斗, en: gate funnel}
    model: draws
    entity: pupil
    steps: [{name: a, where: "colour = 'blue'"}, {name: b, where: "colour = 'red'"}]
experiments:
  - name: ink
    label: {zh: 红墨水, en: red ink}
    synonyms: {zh: [红墨水实验], en: [ink trial]}
    {rest}
  - name: long_ink
    label: {zh: 红墨水加长版, en: red ink for longer}
    {rest}
""".replace(
        "{rest}",
        "model: draws\n    unit: pupil\n    variant: colour\n    control: blue\n    outcomes: [draws_count]",
    )
).catalog_or_raise()
REGISTRY = Registry.load()


@pytest.mark.parametrize(
    ("question", "experiment"),
    [
        ("红墨水实验赢了吗?", "ink"),
        ("红墨水有效果吗", "ink"),
        ("红墨水加长版结果怎么样", "long_ink"),
        ("Did the ink trial win?", "ink"),
        ("What was the result of the red ink test?", "ink"),
        ("did red ink for longer work", "long_ink"),
    ],
)
def test_an_experiment_is_known_by_its_words(question, experiment):
    planned = bound_plan(question, CATALOG, REGISTRY)
    assert planned is not None
    assert (planned.plan.name, planned.plan.inputs) == ("ab_test", {"experiment": experiment})


@pytest.mark.parametrize("question", ["校门漏斗哪一步掉得最多?", "Where does the gate funnel lose the most?"])
def test_a_funnel_is_known_by_its_words(question):
    planned = bound_plan(question, CATALOG, REGISTRY)
    assert planned is not None
    assert (planned.plan.name, planned.plan.inputs) == ("funnel", {"funnel": "gate"})


@pytest.mark.parametrize(
    "question",
    ["红墨水卖了多少瓶", "did the red ink test win in Berlin", "how many pupils drew", "红墨水上周怎么样"],
)
def test_a_question_with_more_in_it_is_left_to_the_grammar(question):
    assert bound_plan(question, CATALOG, REGISTRY) is None


def test_only_the_whole_question_is_an_example():
    tool = REGISTRY.get("ab_test")
    assert is_example("How did the experiments go?", tool)
    assert not is_example("how did the experiments go last week", tool)


def _funnel(**inputs):
    return ToolPlan(kind="tool", name="funnel", inputs=inputs)


def test_the_funnel_that_is_taken_anyway_is_written_out():
    assert with_binding(_funnel(dimension="colour"), CATALOG).inputs == {
        "funnel": "gate",
        "dimension": "colour",
    }


def test_a_funnel_that_was_named_stays():
    assert with_binding(_funnel(funnel="other"), CATALOG).inputs == {"funnel": "other"}


def test_nothing_is_written_out_where_nothing_is_declared():
    plan = ToolPlan(kind="tool", name="deals", inputs={})
    assert with_binding(plan, CATALOG) == plan


def test_the_overview_of_several_experiments_stays_one():
    plan = ToolPlan(kind="tool", name="ab_test", inputs={})
    assert with_binding(plan, CATALOG) == plan
