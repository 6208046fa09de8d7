"""How an analysis' inputs are said: in the catalog's words and in dates, never as code."""

from bot.compose.interpretation import plan_slots, tool_period
from bot.plan import ToolPlan
from semantic_layer.text import Text

PLAN = ToolPlan(
    kind="tool",
    name="change_drivers",
    inputs={
        "metric": "paid",
        "dimension": "channel",
        "period": {"start": "2025-11-17", "end": "2025-11-20", "requested_end": "2025-11-24"},
        "compare": {"kind": "previous_year"},
        "where": [],
        "horizon": 4,
    },
)


def test_an_analysis_says_its_inputs_in_words(scene):
    slots = plan_slots(PLAN, scene, Text(zh="波动归因", en="Change attribution"))
    assert [slot.text.zh for slot in slots] == [
        "波动归因",
        "支付金额",
        "按渠道",
        "本周(11/17–11/19,3天)",
        "较去年同期",
        "horizon: 4",
    ]
    assert "this week (17–19 Nov, 3 days)" in [slot.text.en for slot in slots]


def test_the_period_of_an_analysis_is_read_from_its_inputs(scene):
    period = tool_period(PLAN)
    assert period is not None
    assert period.days == 3
    assert period.is_partial
    assert tool_period(ToolPlan(kind="tool", name="growth")) is None
