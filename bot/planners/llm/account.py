"""The coverage check of a model's plan: every word with a meaning is in the plan, or the model said what it means.

The same words and the same reading of dates as the rules planner's; only unknown words are for the model to explain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.language.coverage import unaccounted
from bot.language.normalise import normalise
from bot.language.time import resolve
from bot.plan import AnswerablePlan, MetricPlan, ToolPlan
from bot.planners.llm.schema import FILLER, Reading
from bot.planners.llm.used import Used, inputs_of, used_by
from bot.planners.rules.tags import Tag
from bot.planners.rules.times import time_context
from semantic_layer.catalog import Catalog
from semantic_layer.period import Grain
from semantic_layer.query import AnyOf, Condition

if TYPE_CHECKING:
    from bot.language.terms.lexicon import Term
    from bot.language.time import TimeReading
    from bot.planners.rules.draft import Scene
    from bot.planners.rules.items import Item
    from bot.planners.rules.segment import Segmented
    from semantic_layer.workspace import SemanticLayer

# Part of a plan that answers a grammar word, by tag; a word without an entry adds nothing of its own.
_NEEDED = {
    Tag.NOT: "negation", Tag.NOT_END: "negation", Tag.OTHER: "negation", Tag.NEVER: "negation",
    Tag.EMPTY: "negation", Tag.SHARE: "share", Tag.POP: "compare", Tag.YOY: "compare", Tag.RUNNING: "running",
    Tag.MOVING: "rolling", Tag.AVERAGE_PER: "average", Tag.TEXT_OP: "text",
}  # fmt: skip
_ASCENDING = ("asc", "worst")
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What a plan leaves out, and what the model says about words that the catalog does not hold."""

    problems: tuple[str, ...]
    missing: tuple[str, ...]
    fillers: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()  # words, name in the plan
    unasked: tuple[tuple[str, str], ...] = ()  # kind, name: in the plan, and no word stands for it
    dates: tuple[str, ...] = ()  # where the plan's dates are not the question's


def account(
    plans: Sequence[AnswerablePlan],
    readings: Sequence[Reading],
    found: Segmented,
    scene: Scene,
    layer: SemanticLayer,
    *,
    earlier: Sequence[AnswerablePlan] = (),
) -> Account:
    """Return what of the question is not in the plans, and what of the plans is not in the question.

    `earlier` are the plans of the conversation: a follow-up may keep their metrics, filters and dates.
    """
    used = used_by(plans, scene.catalog)
    text = found.question.text
    claims, fillers, wrong = _claims(readings, found, used, scene.catalog)
    covered = [span for spans, _, _ in claims for span in spans]
    covered += [(item.start, item.end) for item in found.items if _answered(item, used, scene.catalog, text)]
    covered += [span for spans, _ in fillers for span in spans]
    missing = unaccounted(found.question, covered, frozenset())
    unasked = tuple(_unasked(plans, claims, found, scene.catalog, earlier))
    dates = tuple(_time_problems(found, scene, layer, used, continued=bool(earlier)))
    problems = [
        *wrong,
        *(
            f"where: no word of the question asks for a filter on {name}"
            if kind == "filter"
            else f"{kind} {name}: no word of the question stands for it; drop it, or say in readings which words "
            "mean it"
            for kind, name in unasked
        ),
        *dates,
    ]
    if missing:
        words = ", ".join(f"“{word}”" for word in missing)
        problems.append(
            f"These words of the question are neither in the plan nor explained in readings: {words}. Put them in the "
            "plan, explain them, or refuse."
        )
    return Account(
        tuple(problems),
        missing,
        tuple(words for _, words in fillers),
        tuple((words, means) for _, words, means in claims),
        unasked,
        dates,
    )


def _unasked(
    plans: Sequence[AnswerablePlan],
    claims: Sequence[tuple[Spans, str, str]],
    found: Segmented,
    catalog: Catalog,
    earlier: Sequence[AnswerablePlan],
) -> list[tuple[str, str]]:
    """Return the metrics, filters and segments that no word of the question stands for: they would change numbers."""
    terms = [term for item in found.items for term in item.terms]
    concepts = {term.name for term in terms if term.kind == "concept"}
    asked = {term.name for term in terms} | {str(term.code).casefold() for term in terms}
    for concept in catalog.concepts:
        if concept.name in concepts:
            asked |= {name for name in (concept.metric, concept.dimension, *concept.also) if name}
    for _, _, means in claims:
        asked |= {part for name in _names(means) for part in (name, name.casefold())}
    before = used_by(earlier, catalog)
    asked |= before.names | before.values
    text = found.question.text
    problems: list[tuple[str, str]] = []
    for plan in plans:
        named = _narrowing_names(plan)
        problems += [
            (kind, name) for kind, name in named if name not in asked and not _made_of(name, asked, catalog)
        ]
        for dimension, written in _conditions(plan):
            values = [str(value).casefold() for value in written]
            known = dimension in asked and not values
            if not known and not any(value in asked or value in text for value in values):
                problems.append(("filter", dimension))
    return problems


def _narrowing_names(plan: AnswerablePlan) -> list[tuple[str, str]]:
    """Return the metrics and segments of a plan or of an analysis' inputs, each with its kind."""
    if isinstance(plan, MetricPlan):
        return [("metric", name) for name in plan.metrics] + [("segment", name) for name in plan.segments]
    segments = plan.inputs.get("segments") if isinstance(plan, ToolPlan) else None
    return [("segment", str(name)) for name in segments] if isinstance(segments, list) else []


def _conditions(plan: AnswerablePlan) -> list[tuple[str, Sequence[object]]]:
    """Return the dimension and values of every condition of a plan or of an analysis' inputs."""
    if isinstance(plan, ToolPlan):
        where = plan.inputs.get("where")
        listed = [one for one in where if isinstance(one, dict)] if isinstance(where, list) else []
        found = [(one.get("dimension"), one.get("values")) for one in listed]
        return [(str(name), values if isinstance(values, list) else []) for name, values in found]
    if not isinstance(plan, MetricPlan):
        return []
    flat = [one for part in plan.where for one in (part.conditions if isinstance(part, AnyOf) else (part,))]
    return [(one.dimension, one.values) for one in flat if isinstance(one, Condition)]


def _names(means: str) -> set[str]:
    return {part.strip() for part in means.replace("=", ",").replace("|", ",").split(",") if part.strip()}


def _made_of(name: str, asked: set[str], catalog: Catalog) -> bool:
    """Return whether a metric is the quotient or formula of metrics that were all asked for."""
    inputs = inputs_of(name, catalog)
    return bool(inputs) and inputs <= asked


def _answered(item: Item, used: Used, catalog: Catalog, text: str) -> bool:
    """Return whether an item of the question is in the plans, or adds nothing of its own."""
    if item.kind in ("time", "sign"):
        return True  # times are compared as dates, apart
    if any(_named(term, used, catalog) for term in item.terms):
        return True
    words = text[item.start : item.end]
    if item.kind == "number":
        return item.number is None or item.number in used.numbers or item.number / 100 in used.numbers
    if item.kind == "quote":
        return any(value and value in words.casefold() for value in used.values)
    if item.kind == "unknown":
        return words.casefold() in used.values
    if item.tags:
        return _tags_answered(item, used)
    return False


def _named(term: Term, used: Used, catalog: Catalog) -> bool:
    if term.kind == "value":
        return str(term.code).casefold() in used.values
    if term.kind == "event":
        return bool(used.periods)
    if term.kind == "model":
        return True
    if term.kind == "analysis":
        return "tool" in used.parts or term.name.partition(":")[2] in used.names
    if term.kind == "concept":
        concept = next((one for one in catalog.concepts if one.name == term.name), None)
        return concept is not None and bool(used.names & {concept.metric, concept.dimension, *concept.also})
    return term.name in used.names


def _tags_answered(item: Item, used: Used) -> bool:
    needed = {_NEEDED[tag] for tag, _ in item.tags if tag in _NEEDED}
    for tag, payload in item.tags:
        if tag in (Tag.TOP, Tag.SUPER, Tag.ORDER) and payload in _ASCENDING:
            return "ascending" in used.parts or "tool" in used.parts or item.has(Tag.CMP)
    return not needed or bool(needed & used.parts) or "tool" in used.parts or item.has(Tag.STOP)


def _claims(
    readings: Sequence[Reading], found: Segmented, used: Used, catalog: Catalog
) -> tuple[list[tuple[Spans, str, str]], list[tuple[Spans, str]], list[str]]:
    """Return the readings that hold, the words said to add nothing, and what is wrong with the others."""
    claims: list[tuple[Spans, str, str]] = []
    fillers: list[tuple[Spans, str]] = []
    wrong: list[str] = []
    for reading in readings:
        spans = tuple(_places(reading.words, found.question.text))
        if not spans:
            continue  # words that nobody wrote explain nothing
        if reading.means.casefold() == FILLER:
            plain = [span for span in spans if not _carries_meaning(span, found)]
            if plain:
                fillers.append((tuple(plain), reading.words))
            continue
        names = _names(reading.means)
        known = {name.casefold() for name in used.names} | used.values | used.parts
        if {name.casefold() for name in names} & known:
            claims.append((spans, reading.words, reading.means))
        elif reading.means in catalog.metrics or reading.means in catalog.dimensions:
            wrong.append(f"readings: {reading.means!r} is not in your plan")
    return claims, fillers, wrong


def _places(words: str, text: str) -> Iterator[tuple[int, int]]:
    folded = normalise(words).text.strip()
    at = text.find(folded) if folded else -1
    while at >= 0:
        yield at, at + len(folded)
        at = text.find(folded, at + 1)


def _carries_meaning(span: tuple[int, int], found: Segmented) -> bool:
    """Return whether the words are in the catalog or the data, or are a number, a time or a negation: never filler."""
    for item in found.items:
        if item.end <= span[0] or span[1] <= item.start or item.kind in ("unknown", "sign"):
            continue
        if item.kind != "grammar" or any(tag in _NEEDED for tag, _ in item.tags):
            return True
    return False


def _time_problems(
    found: Segmented, scene: Scene, layer: SemanticLayer, used: Used, *, continued: bool
) -> list[str]:
    """Return where the plan's dates are not those of the question, as our grammar reads them."""
    if not found.times:
        invented = used.periods and not continued and not names_event(found) and "tool" not in used.parts
        return ["period: the question names no time; leave it out"] if invented else []
    metrics = [name for name in used.names if name in scene.catalog.metrics][:1]
    coverage = layer.coverage(metrics) if metrics else None
    reading = resolve(
        found.times,
        time_context(scene, coverage.start if coverage else None, coverage.end if coverage else None),
    )
    problems = [*_period_problems(reading, used)]
    if "compare" not in used.parts and not used.wide:
        problems += [
            f"compare: “{one.words}” asks for a comparison ({one.kind})" for one in reading.comparisons
        ]
    grains = [
        grain
        for grain in reading.grains
        if f"grain:{grain.grain.value}" not in used.parts
        and not (grain.grain is Grain.DAY and "weekday" in used.parts)  # "which day" may be a day of the week
    ]
    if "tool" not in used.parts:
        problems += [
            f"“{grain.words}” asks for {'average_per' if grain.average else 'metric_time'} with grain "
            f"{grain.grain.value}"
            for grain in grains
        ]
    return problems


def _period_problems(reading: TimeReading, used: Used) -> Iterator[str]:
    for period in reading.periods:
        start = period.start.isoformat()
        ends = {period.end.isoformat(), period.requested_end.isoformat()}
        exact = any(begin == start and end in ends for begin, end in used.periods)
        inside = (
            any(begin <= start and max(ends) <= end for begin, end in used.wide) and len(reading.periods) > 1
        )
        if not exact and not inside:
            yield f"period: the question's dates are {start}/{period.end.isoformat()}"


def names_event(found: Segmented) -> bool:
    """Return whether the question names an event of the calendar, which has dates of its own."""
    return any(term.kind == "event" for item in found.items for term in item.terms)
