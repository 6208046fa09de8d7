"""Charts as plain Plotly data: only what plotly.js 2.30 draws, safe names, readable numbers."""

import json
import subprocess
import sys
from datetime import date, timedelta

import pytest

from bot.charts import figure, to_plotly
from bot.charts.frame import clip, columns_of, nice_ticks, wrap
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.result import ChartSpec

DRAWABLE = {
    "bar",
    "scatter",
    "pie",
    "heatmap",
    "funnel",
    "waterfall",
    "sankey",
    "indicator",
    "table",
    "box",
    "treemap",
}
CHANNEL = Column(
    "channel",
    Text(zh="渠道", en="channel"),
    "dimension",
    value_labels=(("xhs", Text(zh="小红书", en="RED")),),
)
DEVICE = Column("device", Text(zh="设备", en="device"), "dimension")
PAID = Column("paid", Text(zh="支付金额", en="paid amount"), "metric", "CNY", None, "paid")
BEFORE = Column("paid__previous_period", Text(zh="上期", en="before"), "derived", "CNY", None, "paid")
LOW = Column("low", Text(zh="下限", en="low"), "derived", "CNY")
HIGH = Column("high", Text(zh="上限", en="high"), "derived", "CNY")
WEEK = Column("metric_time__week", Text(zh="周", en="week"), "time", grain="week")
TITLE = Text(zh="支付金额", en="Paid amount")
SUBTITLE = {"subtitle": Text(zh="本周", en="this week")}


def table(columns, rows) -> Table:
    return Table(tuple(columns), tuple(rows), len(rows))


BARS = table(
    [CHANNEL, PAID, BEFORE, LOW, HIGH],
    [("xhs", 186_000, 170_000, 150_000, 200_000), ("qc", 90_000, 95_000, 1, 2)],
)
PAIRS = table([CHANNEL, DEVICE, PAID], [("xhs", "a", 5), ("xhs", "b", 6), ("qc", "a", 7)])
WEEKS = table([WEEK, PAID], [(date(2025, 11, 3) + timedelta(days=7 * n), 10.0 + n) for n in range(3)])
SPECS = [
    ChartSpec(
        "number",
        TITLE,
        BARS,
        None,
        ("paid",),
        options={**SUBTITLE, "before": {"paid": BEFORE.name}, "good": {"paid": "up"}},
    ),
    ChartSpec("bar", TITLE, BARS, "channel", ("paid",), options={**SUBTITLE, "sorted": True, "left_out": 3}),
    ChartSpec(
        "grouped_bar", TITLE, BARS, "channel", ("paid", BEFORE.name), options={"muted": (BEFORE.name,)}
    ),
    ChartSpec("grouped_bar", TITLE, PAIRS, "channel", ("paid",), series="device"),
    ChartSpec("stacked_bar", TITLE, PAIRS, "channel", ("paid",), series="device"),
    ChartSpec("line", TITLE, WEEKS, WEEK.name, ("paid",), partial_from="2025-11-17"),
    ChartSpec("area", TITLE, WEEKS, WEEK.name, ("paid",)),
    ChartSpec("pie", TITLE, BARS, "channel", ("paid",)),
    ChartSpec("scatter", TITLE, BARS, "paid", (BEFORE.name,), series="channel"),
    ChartSpec("heatmap", TITLE, PAIRS, "channel", ("paid",), series="device"),
    ChartSpec("funnel", TITLE, BARS, "channel", ("paid",)),
    ChartSpec("sankey", TITLE, BARS, options={"links": [{"source": "a", "target": "b", "value": 3}]}),
    ChartSpec("waterfall", TITLE, BARS, "channel", ("paid",), options={"measures": ["absolute", "relative"]}),
    ChartSpec(
        "response_curve",
        TITLE,
        BARS,
        "paid",
        (BEFORE.name,),
        options={"points": [{"x": 1, "y": 2, "label": TITLE}]},
    ),
    ChartSpec("forest", TITLE, BARS, "channel", ("paid",), low="low", high="high"),
    ChartSpec("treemap", TITLE, BARS, "channel", ("paid",)),
    ChartSpec("histogram", TITLE, WEEKS, WEEK.name, ("paid",)),
    ChartSpec("table", TITLE, BARS),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_every_kind_is_plain_json_of_known_traces_that_plotly_accepts(spec, theme, locale):
    drawn = json.loads(json.dumps(figure(spec, locale, theme), allow_nan=False))
    assert {trace["type"] for trace in drawn["data"]} <= DRAWABLE
    assert isinstance(drawn["layout"]["title"], dict)
    assert drawn["layout"]["font"]["family"].startswith("'Noto Sans CJK SC'")
    assert drawn["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"
    to_plotly(drawn)  # raises on a name or value that Plotly does not know


def test_every_kind_of_the_contract_is_drawn():
    from typing import get_args

    from tools.result import ChartKind

    assert {spec.kind for spec in SPECS} == set(get_args(ChartKind))


def test_plotly_is_not_needed_to_make_a_figure():
    code = (
        "import sys, bot.charts, bot.json_out; sys.exit('plotly' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_name_from_the_data_is_never_markup():
    spec = ChartSpec(
        "bar", TITLE, table([CHANNEL, PAID], [("<a href='x'>click</a>", 1)]), "channel", ("paid",)
    )
    text = json.dumps(figure(spec, "en-US"))
    assert "<a" not in text
    assert "&lt;a href" in text


def test_the_winner_is_highlighted_and_labelled_in_the_readers_scale():
    spec = SPECS[1]
    colours = figure(spec, "zh-CN")["data"][0]["marker"]["color"]
    assert colours[0] != colours[1]
    assert figure(spec, "zh-CN")["data"][0]["text"] == ["18.6万", "9万"]
    assert figure(spec, "en-US")["data"][0]["text"] == ["¥186 K", "¥90 K"]


def test_ticks_read_in_the_readers_scale_and_the_axis_names_its_unit():
    axis = figure(SPECS[1], "en-US")["layout"]["xaxis"]
    assert axis["ticktext"] == ["¥0", "¥50 K", "¥100 K", "¥150 K"]
    assert axis["title"]["text"] == "paid amount (CNY)"


def test_groups_that_are_not_drawn_are_counted_in_the_subtitle():
    assert "另有3个没有画出" in figure(SPECS[1], "zh-CN")["layout"]["title"]["text"]


def test_the_running_bucket_is_dashed_and_says_that_it_is_not_over():
    drawn = figure(SPECS[5], "zh-CN")
    whole, running = drawn["data"]
    assert (len(whole["x"]), whole["line"]["dash"]) == (2, "solid")
    assert (running["x"], running["line"]["dash"]) == (["2025-11-10", "2025-11-17"], "dash")
    assert drawn["layout"]["annotations"][0]["text"] == "未走完"


def test_the_running_bucket_of_upright_bars_is_hatched():
    spec = ChartSpec("bar", TITLE, WEEKS, WEEK.name, ("paid",), partial_from="2025-11-17")
    assert figure(spec, "zh-CN")["data"][0]["marker"]["pattern"]["shape"] == ["", "", "/"]


def test_a_stack_ends_in_its_total():
    totals = figure(SPECS[4], "en-US")["data"][-1]
    assert totals["text"] == ["¥11", "¥7"]


def test_two_groups_of_one_name_stay_two_bars():
    rows = [("xhs", 1), ("小红书", 2)]
    drawn = figure(ChartSpec("bar", TITLE, table([CHANNEL, PAID], rows), "channel", ("paid",)), "zh-CN")
    assert drawn["data"][0]["y"] == [0, 1]
    assert drawn["layout"]["yaxis"]["ticktext"] == ["小红书", "小红书"]


def test_an_empty_table_draws_without_failing():
    for kind in ("bar", "line", "pie", "number", "table"):
        spec = ChartSpec(kind, TITLE, table([CHANNEL, PAID], []), "channel", ("paid",))
        figure(spec, "zh-CN")


def test_ticks_are_round_and_inside_the_range():
    assert nice_ticks(0, 186_000) == [0, 50_000, 100_000, 150_000]
    assert nice_ticks(-3, 7) == [-2, 0, 2, 4, 6]


def test_a_title_wraps_and_a_name_is_clipped_by_the_width_of_its_characters():
    assert columns_of("支付a") == 5
    assert clip("抖音小店信息流品牌专区", 12) == "抖音小店信…"
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("各投放渠道支付金额", 10) == ["各投放渠道", "支付金额"]
