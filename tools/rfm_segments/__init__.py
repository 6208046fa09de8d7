"""The segments of RFM: ten names over the scores of recency and frequency, every pair in exactly one."""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Segment:
    """A named part of the grid: scores from lowest to highest, both included, and what it asks for."""

    code: str
    label: Text
    recency: tuple[int, int]
    frequency: tuple[int, int]
    action: Text


# The usual grid of recency by frequency (as in Putler's and the R package rfm's tables, made complete so that no
# customer is "other"). Money is shown beside it and orders the list: it follows frequency closely.
SEGMENTS = (
    Segment("champions", Text(zh="核心客户", en="champions"), (5, 5), (4, 5),
            Text(zh="优先体验新品,请他们介绍朋友", en="first to try what is new; ask them to recommend")),
    Segment("loyal", Text(zh="忠诚客户", en="loyal customers"), (3, 4), (4, 5),
            Text(zh="会员权益,搭配购买建议", en="membership benefits, what goes with their last order")),
    Segment("potential_loyalists", Text(zh="潜力客户", en="potential loyalists"), (4, 5), (2, 3),
            Text(zh="引导再买一次", en="lead them to the next order")),
    Segment("new", Text(zh="新客户", en="new customers"), (5, 5), (1, 1),
            Text(zh="首购后的欢迎与使用指导", en="welcome them, help them use what they bought")),
    Segment("promising", Text(zh="有望客户", en="promising"), (4, 4), (1, 1),
            Text(zh="第二单激励", en="an incentive for the second order")),
    Segment("need_attention", Text(zh="需要关注", en="need attention"), (3, 3), (3, 3),
            Text(zh="限时活动提醒", en="a timely reminder")),
    Segment("about_to_sleep", Text(zh="即将沉睡", en="about to sleep"), (3, 3), (1, 2),
            Text(zh="用常买的东西唤起", en="recall them with what they bought")),
    Segment("cannot_lose", Text(zh="重点挽回", en="cannot lose them"), (1, 2), (5, 5),
            Text(zh="一对一回访", en="a personal call")),
    Segment("at_risk", Text(zh="流失风险", en="at risk"), (1, 2), (3, 4),
            Text(zh="召回,先留对照组", en="win them back, with a hold-out group")),
    Segment("hibernating", Text(zh="沉睡客户", en="hibernating"), (1, 2), (1, 2),
            Text(zh="低成本联系即可", en="reach them cheaply or not at all")),
)  # fmt: skip
LABELS = tuple((one.code, one.label) for one in SEGMENTS)


def segment_of(recency: int, frequency: int) -> Segment:
    """Return the segment of two scores from 1 (worst) to 5 (best).

    Raises:
        ValueError: a score outside 1 to 5.
    """
    for one in SEGMENTS:
        if one.recency[0] <= recency <= one.recency[1] and one.frequency[0] <= frequency <= one.frequency[1]:
            return one
    raise ValueError(f"scores lie between 1 and 5, not {recency} and {frequency}")


def segment_case() -> str:
    """Return the SQL CASE over the columns `r` and `f` that gives the segment's code."""
    tests = " ".join(
        f"WHEN r BETWEEN {one.recency[0]} AND {one.recency[1]} AND f BETWEEN {one.frequency[0]} "
        f"AND {one.frequency[1]} THEN '{one.code}'"
        for one in SEGMENTS
    )
    return f"CASE {tests} END"
