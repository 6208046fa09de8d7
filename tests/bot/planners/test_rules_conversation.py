"""Follow-ups change the last plan; corrections swap a slot; a fresh question stays fresh."""

import pytest

from bot.planners.base import Conversation

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


@pytest.mark.parametrize("reply", ["2", "第二个", "the second one", "选2"])
def test_a_reply_picks_an_offered_option(ask, reply):
    offered = ask("各灯驿情况").plan.options
    assert ask(reply, Conversation().offering(offered)).plan == offered[1].plan


def test_a_fragment_without_a_conversation_is_asked_back(read):
    assert read("那临港市呢") == "clarify"
