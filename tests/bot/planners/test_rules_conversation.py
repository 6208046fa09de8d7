"""Follow-ups change the last plan; corrections swap a slot; a fresh question stays fresh."""

import pytest

from bot.plan import BilingualMessage, MetricPlan, Option
from bot.planners.base import Conversation
from bot.planners.rules.followup import picked

YEAR = "2025-01-01..2026-01-01"

TALKS = [
    [
        ("2025年各灯驿的灯费额", f"zarn | by hub | {YEAR}"),
        ("那临港市呢", f"zarn | where hub = 临港市 | {YEAR}"),
        ("上个月呢", "zarn | where hub = 临港市 | 2026-02-01..2026-03-01"),
        ("按引路呢", "zarn | by lane | where hub = 临港市 | 2026-02-01..2026-03-01"),
        ("不,我要的是取灯数", "pull_count | by lane | where hub = 临港市 | 2026-02-01..2026-03-01"),
        ("只看重灯", "pull_count | by lane | where hub = 临港市 | segment heavy | 2026-02-01..2026-03-01"),
    ],
    [
        ("which hub had the highest zarn in 2025?", f"zarn | by hub | {YEAR} | order zarn desc"),
        ("and by lane?", f"zarn | by lane | {YEAR} | order zarn desc"),
        ("what about oil cost?", f"oil | by lane | {YEAR} | order oil desc"),
        ("only Port Vellum", f"oil | by lane | where hub = Port Vellum | {YEAR} | order oil desc"),
        ("show it as a line", f"oil | by lane | where hub = Port Vellum | {YEAR} | order oil desc"),
        ("number of pulls in 2024", "pull_count | 2024-01-01..2025-01-01"),
    ],
    [
        ("近30天灯费额趋势", "zarn | by metric_time__day | 2026-02-17..2026-03-19"),
        ("同比", "zarn | by metric_time__day | 2026-02-17..2026-03-19 | vs previous_year"),
        ("按周", "zarn | by metric_time__week | 2026-02-17..2026-03-19 | vs previous_year"),
        ("各灯驿的滴油耗", "oil | by hub"),
    ],
]  # fmt: skip


@pytest.mark.parametrize("turns", TALKS, ids=["zh", "en", "trend"])
def test_a_conversation_reads_turn_by_turn(ask, read, turns):
    conversation = Conversation()
    for question, expected in turns:
        assert read(question, conversation) == expected, question
        conversation = conversation.after(question, (ask(question, conversation).plan,))


@pytest.mark.parametrize(
    "reply",
    [
        "2",
        "第二个",
        "the second one",
        "选2",
        "第二个吧",
        "option 2",
        "2.",
        "b",
        "i meant the second",
        "我要第二个",
    ],
)
def test_a_reply_picks_an_offered_option(ask, reply):
    offered = ask("各灯驿情况").plan.options
    assert ask(reply, Conversation().offering(offered)).plan == offered[1].plan


@pytest.mark.parametrize(
    ("reply", "place"),
    [
        ("广告转化率", 1), ("ad conversion", 1), ("我指的是广告", 1), ("the ad one", 1), ("商城", 2), ("后者", 2),
        ("the former", 0), ("last", 2),
    ],
)  # fmt: skip
def test_a_reply_in_the_words_of_one_option_picks_it(reply, place):
    labels = (
        ("支付转化率", "visit conversion"),
        ("广告转化率", "ad conversion"),
        ("商城转化率", "mall conversion"),
    )
    offered = tuple(
        Option(question=BilingualMessage(zh=zh, en=en), plan=MetricPlan(kind="metric", metrics=("zarn",)))
        for zh, en in labels
    )
    assert picked(reply, Conversation(offered=offered)) is offered[place]


@pytest.mark.parametrize("reply", ["转化率", "conversion", "上月各灯驿的灯费额"])
def test_a_reply_that_fits_several_options_or_none_picks_nothing(reply):
    labels = (("支付转化率", "visit conversion"), ("广告转化率", "ad conversion"))
    offered = tuple(
        Option(question=BilingualMessage(zh=zh, en=en), plan=MetricPlan(kind="metric", metrics=("zarn",)))
        for zh, en in labels
    )
    assert picked(reply, Conversation(offered=offered)) is None


def test_a_fragment_without_a_conversation_is_asked_back(read):
    assert read("那临港市呢") == "clarify"
