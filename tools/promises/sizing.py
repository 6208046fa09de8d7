"""What history does to new suggestions: their size, and which are not shown again now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from semantic_layer.text import Text
from tools.promises import Promise, TrackRecord, topic_key
from tools.registry import ToolContext
from tools.render import prose
from tools.result import Suggestion
from tools.scope.metric import value_column


def without_held(
    ranked: Sequence[Suggestion], held: Sequence[Promise]
) -> tuple[list[Suggestion], list[Promise]]:
    """Return the suggestions that are not held back, and the entries that hold the others back."""
    by_topic = {topic_key(one.suggestion): one for one in held}
    hidden = [by_topic[key] for key in map(topic_key, ranked) if key in by_topic]
    return [one for one in ranked if topic_key(one) not in by_topic], hidden


def sized_by_record(
    ranked: Sequence[Suggestion], record: TrackRecord, context: ToolContext
) -> list[Suggestion]:
    """Return the suggestions with effects times the record's factor; the formula says so. As they are without one."""
    if not record.count:
        return list(ranked)
    return [_sized(one, record, context) for one in ranked]


def _sized(one: Suggestion, record: TrackRecord, context: ToolContext) -> Suggestion:
    effect = one.effect
    low, high = effect.low * record.factor, effect.high * record.factor
    metric = context.layer.catalog.metrics[effect.metric]
    column = value_column(metric)
    first, second = (prose(bound, column) for bound in (low, high))
    formula = Text(
        zh=f"{effect.formula.zh} 按本工作区已验收的 {record.count} 条建议折算(×{record.factor:.2f}):"
        f"{first.zh} 到 {second.zh}。",
        en=f"{effect.formula.en} Scaled by what {record.count} measured suggestions here brought "
        f"(×{record.factor:.2f}): {first.en} to {second.en}.",
    )
    return replace(one, effect=replace(effect, low=low, high=high, formula=formula, factor=record.factor))


def history_notes(record: TrackRecord, hidden: Sequence[Promise]) -> tuple[Text, ...]:
    """Return how the record was used and what is not shown because it was decided; empty without either."""
    notes = []
    if record.count:
        notes.append(
            Text(
                zh=f"本工作区已验收 {record.count} 条建议;按它们兑现的比例(精度加权,向承诺收缩),以上效果都已乘 "
                f"{record.factor:.2f}。",
                en=f"{record.count} suggestions were measured here; by the share of their promises that came true "
                f"(weighted by precision, pulled towards the promise) all effects above are multiplied by "
                f"{record.factor:.2f}.",
            )
        )
    notes += [_hidden(one) for one in hidden]
    return tuple(notes)


def _hidden(one: Promise) -> Text:
    told = one.suggestion.strategy
    zh, en = told.zh.rstrip("。"), told.en.rstrip(".")
    if one.status == "accepted":
        return Text(
            zh=f"「{zh}」正在执行(到 {one.ends}),不再列出。",
            en=f"“{en}” is being done (until {one.ends}): left out.",
        )
    why_zh, why_en = (f":{one.reason}", f": {one.reason}") if one.reason else ("", "")
    return Text(
        zh=f"「{zh}」在 {one.decided_on} 被否决{why_zh},90 天内不再列出。",
        en=f"“{en}” was rejected on {one.decided_on}{why_en}; it is left out for 90 days.",
    )


def nothing_new(hidden: Sequence[Promise]) -> tuple[Text, Text]:
    """Return message and mend of a list whose every suggestion has been decided already."""
    return (
        Text(
            zh=f"数据支持的 {len(hidden)} 条建议都已经在执行或被否决,没有新的。",
            en=f"All {len(hidden)} suggestions that the data support are being done or were rejected: nothing new.",
        ),
        Text(zh="看建议台账,了解进展和效果。", en="See the ledger for their progress and effect."),
    )
