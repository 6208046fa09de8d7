"""Deals: what is left after refunds, fees and goods, on a made-up fair and on the demo's planted creator sale."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from bot.plan import ToolPlan
from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError, QueryError
from tools.deals import deals
from tools.registry import Registry, ToolContext
from tools.result import ToolResult

WORKSPACE = """
version: 1
today: 2025-05-20
models:
  - name: stalls
    agg_time_dimension: held_on
    columns:
      - {name: stall, entity: primary}
      - {name: held_on, dimension: time, granularity: day}
      - {name: keeper, dimension: {type: categorical}, values: {ada: Ada, bo: Bo}}
    metrics:
      - {name: listed, agg: sum, expr: listed, unit: EUR}
      - {name: taken, agg: sum, expr: taken, unit: EUR}
      - {name: returned, agg: sum, expr: returned, unit: EUR, maturity_days: 14}
      - {name: pitch_fee, agg: sum, expr: pitch, unit: EUR}
      - {name: cut, agg: sum, expr: cut, unit: EUR}
  - name: goods
    agg_time_dimension: billed_on
    columns:
      - {name: stall, entity: foreign}
      - {name: billed_on, dimension: time, granularity: day}
    metrics:
      - {name: goods_cost, agg: sum, expr: cost, unit: EUR}
deals:
  - name: fair
    label: {zh: 集市摊位, en: fair stalls}
    model: stalls
    item: stall
    gross: listed
    revenue: taken
    refunds: returned
    fees: [pitch_fee, cut]
    dimensions: [keeper]
    costs: [goods_cost]
"""
STALLS = [  # stall, day, keeper, listed, taken, returned, pitch, cut
    (1, date(2025, 3, 1), "ada", 1000.0, 900.0, 500.0, 300.0, 90.0),
    (2, date(2025, 3, 8), "bo", 400.0, 380.0, 20.0, 50.0, 38.0),
    (3, date(2025, 5, 16), "bo", 300.0, 290.0, 10.0, 0.0, 0.0),
]
GOODS = [  # billed weeks after the fair, outside any period asked about it
    (1, date(2025, 4, 20), 200.0),
    (2, date(2025, 3, 30), 60.0),
    (2, date(2025, 4, 2), 40.0),
    (3, date(2025, 5, 18), 100.0),
]


def fair(tmp_path: Path, yaml: str = WORKSPACE) -> ToolContext:
    (tmp_path / "fair").mkdir()
    (tmp_path / "fair" / "askgrowth.yml").write_text(yaml, encoding="utf-8")
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE stalls(stall INT, held_on DATE, keeper VARCHAR, listed DOUBLE, taken DOUBLE, returned DOUBLE, "
        "pitch DOUBLE, cut DOUBLE)"
    )
    connection.execute("CREATE TABLE goods(stall INT, billed_on DATE, cost DOUBLE)")
    connection.executemany("INSERT INTO stalls VALUES (?, ?, ?, ?, ?, ?, ?, ?)", STALLS)
    connection.executemany("INSERT INTO goods VALUES (?, ?, ?)", GOODS)
    layer = semantic_layer.open(tmp_path / "fair", connection=connection, state_dir=tmp_path / "state")
    return ToolContext(layer, layer.today())


def cells(result: ToolResult, *names: str) -> dict[str, tuple[object, ...]]:
    table = result.tables[0]
    return {str(row[0]): tuple(row[table.index(name)] for name in names) for row in table.rows}


def run(context: ToolContext, **inputs: object) -> ToolResult:
    return deals.run(inputs, context)


def test_what_is_left_profit_and_both_ranks(tmp_path: Path):
    found = cells(run(fair(tmp_path)), "after_fees", "profit", "gross_rank", "final_rank")
    # 1: 900-500-390 = 10, less 200. 2: 380-20-88 = 272, less 100. 3: 290-10-0 = 280, less 100.
    assert found == {"3": (280, 180, 3, 1), "2": (272, 172, 2, 2), "1": (10, -190, 1, 3)}


def test_break_even_is_sales_per_fee_at_which_nothing_is_left(tmp_path: Path):
    found = cells(run(fair(tmp_path)), "return_on_fees", "break_even")
    # 2: 380 / 88; margin (380-20-100)/380, so 380/260. 1: 900/390 and 900/(900-500-200). 3 pays no fees.
    assert found["2"] == pytest.approx((380 / 88, 380 / 260))
    assert found["1"] == pytest.approx((900 / 390, 4.5))
    assert found["3"] == (None, None)


def test_a_period_limits_the_deals_and_not_their_costs(tmp_path: Path):
    result = run(fair(tmp_path), period={"start": "2025-03-01", "end": "2025-03-10"})
    assert cells(result, "profit") == {"2": (172,), "1": (-190,)}
    assert (result.periods[0].start, result.periods[0].end) == (date(2025, 3, 1), date(2025, 3, 10))


def test_deals_add_up_by_their_keeper(tmp_path: Path):
    found = cells(run(fair(tmp_path), dimension="keeper"), "deals", "taken", "profit")
    assert found == {"bo": (2, 670, 352), "ada": (1, 900, -190)}


def test_open_refunds_are_said(tmp_path: Path):
    # Only stall 3 of 16 May is younger than 14 days on 20 May.
    assert any(
        one.en.startswith("1 of them are within the last 14 days") for one in run(fair(tmp_path)).warnings
    )


def test_without_costs_profit_is_refused_by_name_and_the_rest_is_answered(tmp_path: Path):
    context = fair(tmp_path, WORKSPACE.replace("    costs: [goods_cost]\n", ""))
    with pytest.raises(QueryError) as caught:
        run(context, profit=True)
    assert "costs:" in caught.value.mend.en
    result = run(context)
    assert cells(result, "after_fees")["1"] == (10,)
    assert "profit" not in [column.name for column in result.tables[0].columns]


def test_no_deal_in_the_period_is_said(tmp_path: Path):
    with pytest.raises(NotEnoughDataError):
        run(fair(tmp_path), period={"start": "2025-04-01", "end": "2025-04-10"})


@pytest.fixture(scope="module")
def demo(state_dir: Path) -> ToolContext:
    layer = semantic_layer.open("demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    return ToolContext(layer, layer.today())


@pytest.mark.parametrize(
    ("question", "host"),
    [
        ("哪场达人直播最好?", None),
        ("Which creator live sale was best?", None),
        ("林晚儿那场直播赚钱了吗?", "林晚儿"),
        ("Did Lin Waner's live sale make money?", "林晚儿"),
    ],
)
def test_the_planted_sale_is_first_on_gmv_and_last_on_profit(
    demo: ToolContext, question: str, host: str | None
):
    planner = RulesPlanner(demo.layer, registry=Registry.of([deals]))
    plan = planner.plan(PlanRequest(question, "zh-CN", demo.today, demo.layer)).plan
    assert isinstance(plan, ToolPlan)
    result = deals.run(plan.inputs, demo)
    row = next(row for row in result.tables[0].rows if abs(float(str(row[1])) - 265_515) < 1)
    table = result.tables[0]
    # tests/demo/stories/creator_sale.sql: after fees -39,543, profit -148,952.
    assert row[table.index("after_fees")] == pytest.approx(-39_543, abs=1)
    assert row[table.index("profit")] == pytest.approx(-148_952, abs=1)
    if host is None:
        assert (row[table.index("gross_rank")], row[table.index("final_rank")]) == (1, table.row_count)


def test_break_even_roas_of_the_channels_equals_the_metric_of_that_name(demo: ToolContext):
    period = {"start": "2025-07-01", "end": "2025-10-01"}
    found = cells(run(demo, deal="channel_profit", period=period), "break_even", "return_on_fees")
    wanted = demo.layer.query(
        metrics=["break_even_roas", "roas"], by="ad_channel", period="2025-07-01/2025-10-01"
    ).table
    known = {str(row[0]): row[1:] for row in wanted.rows if row[1] is not None}
    assert known
    for channel, (even, roas) in known.items():
        if roas is not None:
            assert found[channel] == pytest.approx((float(even), float(roas)), rel=1e-6)
