"""A number beside the one another source reports: hand-added sums, the rule, the rights."""

from datetime import date

import pytest

import semantic_layer
from bot.ui.bench_json import pair_json
from bot.workbench.reconcile import reconciled
from semantic_layer.query import Condition, GroupBy, MetricQuery, PeriodRange

FILES = {
    "askgrowth.yml": "version: 1\nname: T\ntoday: 2025-02-01\naccess:\n  roles:\n    staff: {hidden: [claimed]}\n",
    "users.yml": "boss: {}\nli: {role: staff}\n",
    "models/all.yml": """models:
  - name: sales
    semantic_model: {enabled: true}
    agg_time_dimension: sold_on
    columns:
      - {name: region, dimension: {type: categorical, conformed: region}}
      - {name: clerk, dimension: {type: categorical}}
      - {name: sold_on, granularity: day, dimension: {type: time}}
    metrics:
      - {name: revenue, type: simple, agg: sum, expr: amount}
      - {name: orders, type: simple, agg: count, expr: amount}
  - name: claims
    semantic_model: {enabled: true}
    agg_time_dimension: day
    columns:
      - {name: region, dimension: {type: categorical, conformed: region}}
      - {name: day, granularity: day, dimension: {type: time}}
    metrics:
      - {name: claimed, type: simple, agg: sum, expr: amount}
metrics:
  - {name: aov, type: ratio, numerator: revenue, denominator: orders}
dimensions:
  - {name: region}
reconciliations:
  - {name: books, model: claims, metric: claimed, against: revenue, rule: at_most, tolerance: 0.05}
""",
    "data/sales.csv": "region,clerk,sold_on,amount\nn,a,2025-01-06,10\nn,b,2025-01-07,20\ns,a,2025-01-06,40\n"
    "s,a,2024-12-30,500\n",
    "data/claims.csv": "region,day,amount\nn,2025-01-06,60\ns,2025-01-07,45\n",
}
JANUARY = PeriodRange(start=date(2025, 1, 1), end=date(2025, 2, 1))
ASKED = MetricQuery(metrics=("aov",), group_by=(GroupBy(dimension="region"),), period=JANUARY)


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("books")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    opened = semantic_layer.open(folder, state_dir=folder / "state")
    yield opened
    opened.close()


def test_both_totals_are_of_the_question_s_dates_and_by_its_dimension(layer) -> None:
    [pair] = reconciled(layer, ASKED, user="boss")  # aov is made of revenue

    assert (pair.reported[1], pair.held[1]) == (105, 70)
    assert pair.gap == pytest.approx(0.5)
    assert not pair.agrees
    assert pair.groups is not None
    assert {row[0]: row[1:] for row in pair.groups.rows} == {"n": (60, 30), "s": (45, 40)}
    assert "+50.0%" not in str(pair_json(pair, "zh-CN")["said"])  # it says 多 50.0%
    assert "50.0%" in str(pair_json(pair, "en-US")["said"])


def test_a_filter_that_only_one_side_has_is_left_out_and_said(layer) -> None:
    where = (Condition(dimension="clerk", operator="=", values=("a",)),)

    [pair] = reconciled(layer, ASKED.model_copy(update={"where": where}), user="boss")

    assert pair.unfiltered
    assert (pair.reported[1], pair.held[1]) == (105, 70)
    assert "without them" in str(pair_json(pair, "en-US")["said"])


def test_what_a_user_may_not_see_is_left_out_and_other_metrics_have_no_pair(layer) -> None:
    assert reconciled(layer, ASKED, user="li") == ()
    assert reconciled(layer, ASKED.model_copy(update={"metrics": ("orders",)}), user="boss") == ()
