"""Follow-ups: a fragment changes the last plan (那抖音呢, and by city?, no, I meant orders)."""

from __future__ import annotations

from bot.language.rule import Rule
from bot.language.terms.tokens import key_of
from bot.plan import MetricPlan, Option
from bot.planners.base import CONTINUES, Conversation
from bot.planners.rules.draft import Draft
from bot.planners.rules.edits import Edits
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.comparison import comparison_period
from semantic_layer.query import AnyOf, Condition, OrderBy

_PICK = Rule(
    r"^(?:就|要|用|看|选|选择|我选|我要|我想要|我指的?是|应该是|是|那就|第|the |option |number |no\.? ?|#|"
    r"choose |pick |take |"
    r"i meant? (?:the )?|i want (?:the )?|let's (?:go with|take) (?:the )?|go with (?:the )?|please )*\s*"
    r"([1-4一二三四两]|first|second|third|fourth|1st|2nd|3rd|4th|one|two|three|four|a|b|c|d|前者|后者|former|latter|last|最后)"
    r"\s*(?:个|项|种|条|one|option|的|吧|啊|呢|please|\.|,|!)*$"
)
_PLACES = {
    word: place
    for place, words in enumerate(
        (
            "1 一 first 1st one a 前者 former",
            "2 二 两 second 2nd two b",
            "3 三 third 3rd three c",
            "4 四 fourth 4th four d",
        )
    )
    for word in words.split()
}
_LAST = ("后者", "latter", "last", "最后")
_SAID = Rule(
    r"^(?:就|要|看|选|我选|我要|我指的?是|我说的?是|应该是|是"
    r"|i meant?|i want|the|by|按)+\s*|(?:吧|啊|呢|please|one|的那个|那个)$"
)
_ADD = ("也", "再", "同时", "also", "as well", "additionally", "plus", "too", "加上", "并且", "再按")


def picked(text: str, conversation: Conversation) -> Option | None:
    """Return the offered option that a reply picks, by its place or its words; None for anything else."""
    offered = conversation.offered
    match = _PICK.match(text.strip(" ?!.。"))
    if match:
        place = len(offered) - 1 if match[1] in _LAST else _PLACES[match[1]]
        return offered[place] if place < len(offered) else None
    keys = {key_of(text), key_of(_SAID.sub("", text.strip(" ?!.。")))} - {""}
    named = [[key_of(one.question.zh.lower()), key_of(one.question.en.lower())] for one in offered]
    same = [one for one, names in zip(offered, named, strict=True) if keys & set(names)]
    if not same:  # a part of one option's words is enough where no other option holds it
        same = [
            one
            for one, names in zip(offered, named, strict=True)
            if any(len(key) > 1 and key in name for key in keys for name in names)
        ]
    return same[0] if len(same) == 1 else None


def base_of(conversation: Conversation | None) -> MetricPlan | None:
    """Return the plan that a fragment would change: the last answered one, if it was a single metric plan."""
    last = conversation.last if conversation else None
    if last is None or len(last.plans) != 1 or not isinstance(last.plans[0], MetricPlan):
        return None
    return last.plans[0]


def is_follow_up(line: Line, base: MetricPlan, edits: Edits) -> bool:
    """Return whether the question only makes sense as a change of `base`.

    A question without a metric is one, unless it asks for members or the catalog. One with a metric is one
    only as a correction or a swap: a marker and the metric, nothing else.
    """
    if not base.metrics:
        return False
    if edits.any:
        return True
    metrics = line.of_role("metric", "concept")
    if not metrics:
        if line.tagged(Tag.LIST) or (line.tagged(Tag.HOW_MANY) and not line.tagged(Tag.EACH)):
            return False  # 各校区分别多少 goes on, 有多少校区 does not
        fragments = line.of_role("dimension", "value", "segment", "time", "number")
        return bool(
            fragments
            or line.tagged(
                Tag.CHART, Tag.SHARE, Tag.ORDER, Tag.TREND, Tag.TOP, Tag.POP, Tag.YOY, Tag.COMPARE,
                Tag.SUPER, Tag.ORDINAL, Tag.GROW_MOST, Tag.RUNNING, Tag.MOVING, Tag.AVERAGE_PER, Tag.GROWTH,
            )
        )  # fmt: skip
    marked = edits.adds or line.tagged(Tag.FOLLOW, Tag.CORRECT)
    return (
        bool(marked)
        and not line.of_role("dimension", "value", "segment", "time")
        and not line.tagged(Tag.SUPER, Tag.TOP, Tag.TREND, Tag.SHARE)
    )


def merge(base: MetricPlan, line: Line, draft: Draft, edits: Edits) -> None:
    """Fill the draft's empty slots from the last plan, so that what the fragment says replaces its part only."""
    if edits.adds and draft.metrics:
        draft.metrics = list(dict.fromkeys((*base.metrics, *draft.metrics)))
    swapped = base.metrics[0] if draft.metrics and draft.metrics[0] != base.metrics[0] else None
    if not draft.metrics:
        draft.metrics = list(base.metrics)
    moved = draft.period is not None or bool(draft.periods)
    _keep_period(base, draft)
    if edits.a_year_earlier and draft.period is not None:
        moved = True
        draft.period = comparison_period(draft.period, "previous_year")
    _keep_filters(base, draft, edits)
    _keep_groups(base, line, draft, edits)
    if "*" not in edits.dropped:
        draft.segments = list(dict.fromkeys((*base.segments, *draft.segments)))
    if not draft.compare:  # an explicit second period belongs to the first one
        draft.compare = [part for part in base.compare if not (moved and part.kind == "period")]
    if not draft.transforms:
        draft.transforms = [
            part.model_copy(update={"metric": draft.metrics[0]}) if swapped else part
            for part in base.transforms
        ]
    if draft.presentation is None:
        draft.presentation = base.presentation
    if edits.redrawn:
        draft.presentation = "line" if any(group.grain for group in base.group_by) else "bar"
    if draft.group_by:
        if not draft.order_by:
            draft.order_by = [_renamed(order, swapped, draft.metrics[0]) for order in base.order_by]
        draft.limit = draft.limit or base.limit
        if not draft.having and swapped is None:
            draft.having = list(base.having)
    draft.notes.insert(0, CONTINUES)
    line.use(*line.tagged(Tag.FOLLOW, Tag.CORRECT, Tag.ONLY, Tag.BY, Tag.COMPARE))


def _renamed(order: OrderBy, old: str | None, new: str) -> OrderBy:
    if old is None or not order.column.startswith(old):
        return order
    return order.model_copy(update={"column": new + order.column[len(old) :]})


def _keep_period(base: MetricPlan, draft: Draft) -> None:
    if draft.period is None and not draft.periods and base.period is not None:
        draft.period = base.period.period()
        draft.slots = [slot for slot in draft.slots if slot.slot != "period"]
        draft.say("period", "沿用上一问的时间", "the last question's period")


def _keep_filters(base: MetricPlan, draft: Draft, edits: Edits) -> None:
    if "*" in edits.dropped:
        return
    named = edits.dropped | {part.dimension for part in draft.where if isinstance(part, Condition)}
    for part in base.where:
        dimensions = {part.dimension} if isinstance(part, Condition) else set()
        if isinstance(part, AnyOf):
            dimensions = {condition.dimension for condition in part.conditions}
        if not dimensions & named:
            draft.where.append(part)


def _keep_groups(base: MetricPlan, line: Line, draft: Draft, edits: Edits) -> None:
    if "*" in edits.ungrouped:
        return
    filtered = edits.ungrouped | {
        part.dimension for part in draft.where if isinstance(part, Condition) and part.operator == "="
    }
    adding = any(word in line.items[index].text for index in range(len(line)) for word in _ADD)
    plain = [group for group in draft.group_by if group.grain is None and group.part is None]
    timed = [group for group in draft.group_by if group.grain is not None or group.part is not None]
    for group in base.group_by:
        is_time = group.grain is not None or group.part is not None
        replaced = bool(timed) if is_time else bool(plain)
        if is_time and plain and not adding:
            replaced = True
        if group.dimension in filtered or (replaced and not adding):
            continue
        draft.add_group(group)
