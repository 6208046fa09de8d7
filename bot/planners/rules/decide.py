"""The last stage: is the draft an answer, a question back, or a refusal?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.language.terms.lexicon import Term
from bot.language.terms.near import NearMatcher
from bot.plan import MetricPlan, Option
from bot.planners.base import Planned
from bot.planners.rules.accounting import unused_words
from bot.planners.rules.asking import highest_of_what, unclear_time, which_metric
from bot.planners.rules.describe import option
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.instead import plans_instead, unlike
from bot.planners.rules.line import Line
from bot.planners.rules.outcome import clarify, refuse
from bot.planners.rules.tags import Tag
from semantic_layer.period import Grain
from semantic_layer.query import AveragePer, OrderBy
from semantic_layer.text import Text


@dataclass(frozen=True, slots=True)
class Reader:
    """How to read the question again with some items fixed, and where to look for near names."""

    read: Callable[[Mapping[int, Term]], tuple[Line, Draft]]
    near: NearMatcher


def decide(line: Line, draft: Draft, scene: Scene, reader: Reader) -> Planned:
    """Return the outcome of a draft."""
    unused = unused_words(line, scene, named=bool(draft.metrics) or draft.lists)
    if draft.problems and not draft.metrics and not unused:
        return _problem(draft, scene)
    named = draft.group_by or draft.where or draft.segments or draft.sides
    if not draft.metrics and not named:
        return _nothing_named(line, draft, scene, unused, reader)
    if unused:
        return unlike(line, draft, scene, unused) or _not_understood(draft, scene, unused, reader)
    if draft.ambiguities:
        return _ambiguous(line, draft, scene, reader)
    if draft.problems:
        return _problem(draft, scene)
    asked_back = _ask_back(line, draft, scene)
    if asked_back is not None:
        return asked_back
    return _answer(line, draft, scene, reader)


def _problem(draft: Draft, scene: Scene) -> Planned:
    first = draft.problems[0]
    plain = MetricPlan(
        kind="metric", metrics=tuple(draft.metrics), period=draft.build(scene, draft.period).period
    )
    nearest = [*plans_instead(draft, scene), plain] if draft.metrics else []
    return refuse(first.reason, first.message, scene, missing=first.missing, nearest=nearest, draft=draft)


def _ask_back(line: Line, draft: Draft, scene: Scene) -> Planned | None:
    """Return the question back that a fully read question may still need."""
    if draft.wishes:
        plan = draft.build(scene, draft.period)
        daily = tuple(AveragePer(metric=name, grain=Grain.DAY) for name in draft.metrics)
        return clarify(draft.wishes[0], [plan, plan.model_copy(update={"transforms": daily})], scene, draft)
    if draft.unranked:
        return highest_of_what(line, draft, scene)
    if draft.unclear_times:
        return unclear_time(draft, scene)
    if draft.sides and not draft.metrics:
        text = Text(zh="要比较哪个指标?请在问题里说出来。", en="Compare by which metric? Please name it.")
        return refuse("not_supported", text, scene, draft=draft)
    if not draft.metrics and not _asks_for_members(line, draft):
        return which_metric(line, draft, scene)
    return None


def _answer(line: Line, draft: Draft, scene: Scene, reader: Reader) -> Planned:
    plans = draft.plans(scene)
    alternatives = _alternatives(line, draft, scene, reader)
    return Planned(
        plans,
        slots=tuple(draft.slots),
        confidence=0.95 if not draft.notes else 0.85,
        alternatives=alternatives,
        notes=tuple(draft.notes),
    )


def _alternatives(line: Line, draft: Draft, scene: Scene, reader: Reader) -> tuple[Option, ...]:
    """Return what the other readings of vague words would be, and say which one was taken."""
    options: list[Option] = []
    for index, taken, others in draft.choices if not draft.sides else ():
        words = scene.words(line, index)[0]
        known = (
            scene.metric(taken.name).label if taken.kind == "metric" else scene.dimension(taken.name).label
        )
        draft.note(f"「{words}」按「{known.zh}」理解。", f"“{words}” was read as {known.en}.")
        for other in others:
            _, again = reader.read({index: other})
            if not again.problems and not again.ambiguities and again.metrics:
                if draft.superlative is not None and not again.order_by and again.group_by:
                    again = _ordered_like(again, draft, scene)
                options.append(option(again.build(scene, again.period), scene))
    return tuple(options)


def _ordered_like(again: Draft, draft: Draft, scene: Scene) -> Draft:

    name = again.metrics[0]
    best = draft.superlative is not None and draft.superlative[0] == "best"
    low_is_good = scene.metric(name).good_direction == "down"
    again.order_by = [OrderBy(column=name, descending=best != low_is_good)]
    return again


def _asks_for_members(line: Line, draft: Draft) -> bool:
    """Return whether a question without a metric asks which members there are."""
    if draft.lists and not any(group.dimension == "metric_time" for group in draft.group_by):
        return True
    if not draft.group_by or any(group.dimension == "metric_time" for group in draft.group_by):
        return False
    if any(line.payload(at, Tag.ORDER) == "letters" for at in line.tagged(Tag.ORDER)):
        return True  # sort customer name in alphabetical order
    if (
        draft.period is not None
        or draft.periods
        or line.tagged(
            Tag.VERB,
            Tag.SUPER,
            Tag.TOP,
            Tag.ORDINAL,
            Tag.ORDER,
            Tag.TREND,
            Tag.SHARE,
            Tag.GROW_MOST,
            Tag.GREW,
            Tag.GROWTH,
            Tag.POP,
            Tag.YOY,
            Tag.AGG,
            Tag.RUNNING,
            Tag.MOVING,
            Tag.AVERAGE_PER,
        )
    ):
        return False
    if _named_in_place(line) and draft.where:
        return True
    return bool(line.tagged(Tag.LIST, Tag.HOW_MANY, Tag.COUNT, Tag.WHICH)) or draft.counted is not None


def _named_in_place(line: Line) -> bool:
    """Return whether the question is just "cities in California"."""
    heads = line.of_role("dimension")
    if not heads or line.before(heads[0]) is not None or line.tagged(Tag.BY):
        return False
    joint = line.after(heads[0])
    if len(heads) == 2 and line.roles[heads[1]].terms[0].source == "verb":
        return joint == heads[1]  # stations opened in 2023
    return len(heads) == 1 and line.has(joint, Tag.OF) and line.items[joint or 0].text.isascii()


def _ambiguous(line: Line, draft: Draft, scene: Scene, reader: Reader) -> Planned:
    first = draft.ambiguities[0]
    words = scene.words(line, first.index)[0]
    plans: list[MetricPlan] = []
    able: list[Term] = []
    for term in first.terms:
        _, again = reader.read({first.index: term})
        if not again.problems and again.metrics:
            plan = again.build(scene, again.period)
            able += [term] if plan not in plans else []
            plans += [plan] if plan not in plans else []
    if len(plans) == 1:  # the only meaning that can be answered
        chosen, again = reader.read({first.index: able[0]})
        if len(again.ambiguities) < len(draft.ambiguities):
            return decide(chosen, again, scene, reader)
    if not plans:
        return which_metric(line, draft, scene)
    if draft.sides or draft.periods:  # an option is one plan and could not hold them
        message = Text(
            zh=f"「{words}」有几种含义,请写全名称。",
            en=f"“{words}” may mean several things: write its full name.",
        )
        return refuse("not_supported", message, scene, nearest=plans, draft=draft)
    return clarify(
        Text(zh=f"「{words}」有几种含义,您指哪一个?", en=f"“{words}” may mean several things. Which one?"),
        plans,
        scene,
        draft,
    )


def _nothing_named(
    line: Line, draft: Draft, scene: Scene, unused: tuple[str, ...], reader: Reader
) -> Planned:
    """Answer a question that names nothing of the catalog."""
    near = [scene_plan for word in unused for scene_plan in _near_plans(word, draft, scene, reader)]
    asks = bool(line.of_role("time")) or bool(
        line.tagged(
            Tag.BY,
            Tag.HOW_MANY,
            Tag.TREND,
            Tag.SHARE,
            Tag.TOP,
            Tag.SUPER,
            Tag.AGG,
            Tag.COMPARE,
            Tag.YOY,
            Tag.POP,
            Tag.GROW_MOST,
            Tag.GREW,
            Tag.GROWTH,
        )
    )
    if unused:
        return refuse(
            "not_in_catalog" if asks or near else "out_of_scope",
            Text(
                zh=f"工作区里没有{_quoted(unused)}对应的指标或维度。"
                if asks or near
                else "这个问题不在数据范围内。我只回答这个工作区里的指标问题。",
                en=f"Nothing in this workspace is called {_quoted_en(unused)}."
                if asks or near
                else "That is outside the data. I answer questions about the metrics of this workspace.",
            ),
            scene,
            missing=unused,
            nearest=near,
            draft=draft,
        )
    if asks:
        return which_metric(line, draft, scene)
    return refuse(
        "out_of_scope",
        Text(
            zh="我回答这个工作区里的指标问题,可以从这些开始。",
            en="I answer questions about the metrics of this workspace. You could start with these.",
        ),
        scene,
        draft=draft,
    )


def _not_understood(draft: Draft, scene: Scene, unused: tuple[str, ...], reader: Reader) -> Planned:
    """Refuse rather than drop a word: it may be the filter or the thing that was asked for."""
    nearest: list[MetricPlan] = []
    if draft.metrics and not draft.problems and not draft.ambiguities:
        nearest.append(draft.build(scene, draft.period))
    for word in unused:
        nearest += _near_plans(word, draft, scene, reader)
    return refuse(
        "not_in_catalog",
        Text(
            zh=f"没看懂{_quoted(unused)}:它不是这里的指标、维度或取值。不想漏掉它给您一个错的数字。",
            en=f"I did not understand {_quoted_en(unused)}: no metric, dimension or value here is called so, "
            "and leaving it out could give a wrong number.",
        ),
        scene,
        missing=unused,
        nearest=nearest,
        draft=draft,
    )


def _near_plans(word: str, draft: Draft, scene: Scene, reader: Reader) -> list[MetricPlan]:
    plans = []
    for key in reader.near.suggestions(word.casefold()):
        for term in reader.near.terms(key):
            if term.kind == "metric" and not scene.metric(term.name).hidden:
                plan = draft.build(scene, draft.period)
                metrics = tuple(dict.fromkeys((*plan.metrics, term.name)))
                clean = {"metrics": metrics, "order_by": (), "limit": None, "transforms": (), "having": ()}
                if all(
                    scene.reach.reaches([term.name], group.dimension)
                    for group in plan.group_by
                    if group.dimension in scene.catalog.dimensions
                ):
                    plans.append(plan.model_copy(update=clean))
    return plans[:2]


def _quoted(words: tuple[str, ...]) -> str:
    return "".join(f"「{word}」" for word in words)


def _quoted_en(words: tuple[str, ...]) -> str:
    return ", ".join(f"“{word}”" for word in words)
