"""Everyday words that stand for a metric or a split: 亏钱 and "least profitable", 从哪里来 and "come from"."""

from __future__ import annotations

from collections.abc import Iterable

from bot.language.terms.lexicon import Term
from bot.planners.rules.draft import Ambiguity, Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import Metric
from semantic_layer.query import GroupBy, Having

_PROFIT = ("利润", "净利润", "盈利", "profit", "net profit", "gross profit")
_PROFIT_PARTS = ("利润", "profit", "margin")
_ORIGIN = frozenset("来源 渠道 来路 source sources channel channels origin".split()) | {
    "where from",
    "come from",
}
_MOST_OFFERED = 4


def read_profit(line: Line, draft: Draft, scene: Scene) -> None:
    """Read 亏钱 and "profitable" as the metric that the workspace calls its profit, below or above zero where asked.

    A workspace without one is told so: no other metric says whether money is lost.
    """
    marks = [at for at in line.tagged(Tag.PROFIT) if at not in line.used]
    if not marks or draft.metrics or line.of_role("concept"):
        return
    named = {
        role.name for role in line.roles
        if role.kind in ("dimension", "value") and len({term.name for term in role.terms}) == 1
    }  # fmt: skip
    found = _profit(scene, named)
    words = scene.words(line, *marks)
    line.use(*marks)
    if found is None:
        draft.refuse(
            "not_in_catalog",
            "这里没有能这样拆分的利润类指标,看不出盈亏。",
            "No profit metric here can be split like this, so profit or loss cannot be told.",
            *words,
        )
        return
    draft.add_metric(found.name, marks[0])
    draft.say("metric", found.label.zh, found.label.en, words)
    draft.note(f"「{words[0]}」按「{found.label.zh}」理解。", f"“{words[0]}” was read by {found.label.en}.")
    loses = line.payload(marks[0], Tag.PROFIT) == "loss"
    if line.tagged(Tag.SUPER, Tag.TOP, Tag.ORDINAL) or not (loses or line.tagged(Tag.WHICH)):
        return
    draft.having.append(Having(column=found.name, operator="<" if loses else ">", values=(0.0,)))
    sign = "<" if loses else ">"
    draft.say("filter", f"{found.label.zh} {sign} 0", f"{found.label.en} {sign} 0", words)


def _profit(scene: Scene, named: set[str]) -> Metric | None:
    able = [
        metric for metric in scene.catalog.metrics.values()
        if not metric.hidden and not metric.is_ratio and all(scene.reach.reaches([metric.name], one) for one in named)
    ]  # fmt: skip
    for word in _PROFIT:
        for metric in able:
            names = {name.casefold() for name in (metric.label.zh, metric.label.en, *metric.synonyms.all())}
            if word in names:
                return metric
    partly = [
        one for one in able if any(part in f"{one.label.zh} {one.label.en.lower()}" for part in _PROFIT_PARTS)
    ]
    return partly[0] if partly else None


def read_origin(line: Line, draft: Draft, scene: Scene) -> None:
    """Read "where do they come from" as a split by what the workspace calls source or channel, else ask by what."""
    marks = [at for at in line.tagged(Tag.ORIGIN) if at not in line.used]
    if marks and not draft.metrics:
        _count_of_segment(line, draft, scene)
    if not marks or not draft.metrics or draft.group_by:
        return
    line.use(*marks)
    concept = [
        name
        for one in scene.catalog.concepts
        if one.dimension and _says_origin(one.words.all())
        for name in (one.dimension, *one.also)
    ]
    called = [
        one.name
        for one in scene.catalog.dimensions.values()
        if not one.hidden and _says_origin((one.label.zh, one.label.en, *one.synonyms.all()))
    ]
    reached = scene.reach.dimensions(draft.metrics)
    names = [name for name in dict.fromkeys(concept or called) if name in reached]
    if not names or (len(names) > 1 and not concept):
        plain = [
            one.name for one in scene.catalog.dimensions.values()
            if one.name in reached and one.kind == "categorical" and one.index_values and not one.hidden
        ]  # fmt: skip
        terms = tuple(Term("dimension", name, "label") for name in (names or plain)[:_MOST_OFFERED])
        if terms:
            draft.ambiguities.append(Ambiguity(marks[0], terms))
        return
    taken, *others = (Term("dimension", name, "label") for name in names)
    draft.add_group(GroupBy(dimension=taken.name))
    if others:
        draft.choices.append((marks[0], taken, tuple(others)))
    label = scene.dimension(taken.name).label
    draft.say("dimension", f"按{label.zh}", f"by {label.en}", scene.words(line, *marks))


def _count_of_segment(line: Line, draft: Draft, scene: Scene) -> None:
    """Read 新客从哪里来 as the number of them, where a metric is called so: people come from somewhere."""
    for index in line.of_role("segment"):
        text = line.items[index].text
        names = {text, *(text + tail for tail in ("数", "人数", "数量", "量"))}
        for metric in scene.catalog.metrics.values():
            if not metric.hidden and names & {
                metric.label.zh,
                metric.label.en.lower(),
                *metric.synonyms.all(),
            }:
                draft.add_metric(metric.name, index)
                draft.segments = [name for name in draft.segments if name != line.roles[index].name]
                draft.slots = [slot for slot in draft.slots if slot.words != scene.words(line, index)]
                draft.say("metric", metric.label.zh, metric.label.en, scene.words(line, index))
                return


def _says_origin(words: Iterable[str]) -> bool:
    return any(word.casefold() in _ORIGIN or word.endswith("来源") for word in words)
