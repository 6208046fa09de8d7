"""Wordings that only grammar decides, over a second workspace with its own names. Plans were written by hand."""

from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from tools.registry import Registry

TODAY = date(2025, 6, 20)
Q1 = "2025-01-01..2025-04-01"

PLANS = [
    # ---- numbers beside numeric columns, with and without units
    (f"shipment_count | where stars = 5 | {Q1}", ["2025年一季度五星的票数", "5-star shipments in Q1 2025", "shipments with 5 stars in Q1 2025", "2025年一季度5星票数"]),
    (f"shipment_count | where weight_kg > 500 | {Q1}", ["shipments heavier than 500 kg in Q1 2025", "shipments over 500kg in Q1 2025", "2025年一季度重量超过500公斤的票数"]),
    (f"shipment_count | where weight_kg between 50,100 | {Q1}", ["shipments weighing between 50 and 100 kg in Q1 2025", "2025年一季度重量在50到100公斤之间的票数"]),
    (f"shipment_count | where stars <= 2 | {Q1}", ["shipments with 2 stars or less in Q1 2025", "2025年一季度评星不超过2的票数"]),
    # ---- with and without a value
    (f"shipment_count | where note is null | {Q1}", ["shipments without a damage note in Q1 2025", "2025年一季度没有破损备注的票数", "2025年一季度没填破损备注的票数", "shipments with no damage note in Q1 2025"]),
    (f"shipment_count | where note is not null | {Q1}", ["shipments with a damage note in Q1 2025", "2025年一季度有破损备注的票数"]),
    (f"shipment_count | where is_late = True | {Q1}", ["how many shipments were late in Q1 2025", "2025年一季度误期的票数"]),
    (f"shipment_count | where is_late = False | {Q1}", ["shipments that were not late in Q1 2025", "2025年一季度没有误期的票数"]),
    # ---- negation and lists
    (f"shipment_count | where carrier not in SwiftLine,Blue Ox | {Q1}", ["shipments of neither SwiftLine nor Blue Ox in Q1 2025", "2025年一季度既不是SwiftLine也不是Blue Ox的票数"]),
    (f"freight,shipment_count | {Q1}", ["2025年一季度 运费 票数", "freight cost, shipments in Q1 2025"]),
    # ---- the higher of two
    (f"shipment_count | by carrier | where carrier in SwiftLine,Blue Ox | {Q1}", ["who had more shipments in Q1 2025, SwiftLine or Blue Ox", "2025年一季度SwiftLine和Blue Ox哪个票数多", "which carrier had more shipments in Q1 2025, SwiftLine or Blue Ox"]),
    # ---- buckets of time that are ranked
    (f"freight | by metric_time__day | {Q1} | order freight desc | limit 3", ["top 3 days by freight cost in Q1 2025", "the three days with the highest freight cost in Q1 2025", "2025年一季度运费最高的三天"]),
    (f"freight | by metric_time__day | {Q1} | order freight desc", ["2025年一季度单日最高运费", "2025年一季度单日运费峰值", "peak day for freight cost in Q1 2025"]),
    ("freight | by metric_time__year", ["历年运费", "freight cost by year"]),
    # ---- short forms, places, head nouns
    (f"freight | by region | {Q1}", ["2025年一季度各区运费", "2025年一季度各大区的运费"]),
    (f"shipment_count | {Q1}", ["2025年一季度有多少票", "how many shipments did we get in Q1 2025"]),
    (f"freight | where destination = Shenzhen | where origin = Rotterdam | {Q1}", ["freight cost in Q1 2025 from origin Rotterdam to destination Shenzhen", "2025年一季度始发港鹿特丹到目的港深圳的运费"]),
    (f"freight | where mode = sea | {Q1}", ["2025年一季度海运方式的运费", "freight cost for sea mode in Q1 2025"]),
    # ---- names
    (f"freight | where client_name = Marta O'Dell | {Q1}", ["freight cost of Marta O'Dell in Q1 2025", "2025年一季度Marta O'Dell的运费"]),
    (f"freight | where client_name = Polar Seafood | {Q1}", ["freight cost of Seafood in Q1 2025", "2025年一季度Polar Seafood的运费"]),
    (f"freight | where client_name contains Tea | {Q1}", ["freight cost in Q1 2025 of clients whose name contains Tea", "2025年一季度货主名称包含Tea的运费"]),
    # ---- dates of another event than the metric's own
    ("shipment_count | where delivered_on >= 2025-06-01 | where delivered_on < 2025-07-01", ["shipments delivered this month", "本月送达的票数"]),
    (f"shipment_count | {Q1}", ["shipments shipped in Q1 2025", "number of shipments with ship date in Q1 2025"]),
    # ---- comparisons by their plain name
    ("freight | 2025-05-01..2025-06-01 | vs previous_period", ["freight cost May 2025 vs April 2025", "2025年5月运费比4月多了多少", "how much more freight cost in May 2025 than in April 2025", "2025年5月运费环比"]),
    # ---- rows of populations
    (f"freight | where region = North | {Q1}", ["freight cost for North clients in Q1 2025", "2025年一季度北区货主的运费"]),
    # ---- the verb only carries the metric
    (f"freight | {Q1}", ["2025年一季度付了多少运费", "how much freight cost did we incur in Q1 2025", "2025年一季度运费一共花了多少"]),
    # ---- never any rows
    ("members | by client_name | where coalesce(metric('shipment_count', 'client_name'), 0) = 0", ["clients without shipments", "which clients never shipped anything", "没有票数的货主"]),
    # ---- conditions on growth in English clauses
    ("freight | by carrier | having freight__delta < 0 | 2025-05-01..2025-06-01 | vs previous_period", ["carriers whose freight cost fell in May 2025", "2025年5月运费下降的船东"]),
    (f"freight,shipment_count | by client_name | having freight >= 500 | having shipment_count >= 2 | {Q1}", ["clients with freight cost of at least 500 and at least 2 shipments in Q1 2025"]),
]  # fmt: skip

NOT_ANSWERED = [
    "船东运费居中的是哪个",  # the middle is no rank
    "freight cost per shipment",  # a ratio nobody declared, over a bare key
    "freight cost of clients older than 30",  # no column counts years
    "2025年一季度运费超过500英镑的船东",  # the metric counts dollars
    "carriers without shipments",  # no table lists carriers apart from their shipments
    "clients without shipments last month",  # a list over all time only
    "shipments paid in Q1 2025",  # not every shipment is paid, and no column says which
]

CASES = [(wording, plan) for plan, wordings in PLANS for wording in wordings]


@pytest.fixture(scope="module")
def planner(tmp_path_factory):
    folder = Path(__file__).parent / "quay"
    layer = semantic_layer.open(folder, state_dir=tmp_path_factory.mktemp("quay"))
    rules = RulesPlanner(layer, registry=Registry.of([]))
    yield lambda question: rules.plan(PlanRequest(question, "en-US", TODAY, layer)).plan
    layer.close()


@pytest.fixture(scope="module")
def noted(planner, note_of):
    return lambda question: note_of(planner(question))


def _parts(text):
    """The parts of a noted plan; which condition was said first is no difference."""
    return sorted(text.split(" | "))


@pytest.mark.parametrize(("wording", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_wording_is_read_as_its_plan(noted, wording, expected):
    assert _parts(noted(wording)) == _parts(expected)


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_what_grammar_cannot_decide_is_not_answered(planner, question):
    plan = planner(question)
    assert not isinstance(plan, tuple)
    assert plan.kind in ("clarify", "refuse")
