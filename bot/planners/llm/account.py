"""The coverage check of a model's plan: every word with a meaning is in the plan, or the model said what it means.

The same words and the same reading of dates as the rules planner's; only unknown words are for the model to explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.language.coverage import unaccounted
from bot.language.normalise import normalise
from bot.language.time import resolve
from bot.plan import AnswerablePlan, MetricPlan, ToolPlan
from bot.planners.llm.schema import FILLER, Reading
from bot.planners.rules.tags import Tag
from bot.planners.rules.times import time_context
from semantic_layer.catalog import Catalog, DerivedMetric, RatioMetric
from semantic_layer.query import AveragePer

if TYPE_CHECKING:
    from bot.language.terms.lexicon import Term
    from bot.language.time import TimeReading
    from bot.planners.rules.draft import Scene
    from bot.planners.rules.items import Item
    from bot.planners.rules.segment import Segmented
    from semantic_layer.workspace import SemanticLayer

_NEGATIVE = ("!=", "not in", "not contains", "is null", "is not null", "<", "<=", ">", ">=")
# Part of a plan that answers a grammar word, by tag; a word without an entry adds nothing of its own.
_NEEDED = {
    Tag.NOT: "negation", Tag.NOT_END: "negation", Tag.OTHER: "negation", Tag.NEVER: "negation",
    Tag.EMPTY: "negation", Tag.SHARE: "share", Tag.POP: "compare", Tag.YOY: "compare", Tag.RUNNING: "running",
    Tag.MOVING: "rolling", Tag.AVERAGE_PER: "average", Tag.TEXT_OP: "text",
}  # fmt: skip
_ASCENDING = ("asc", "worst")


@dataclass(slots=True)
class Used:
    """Everything that a list of plans names, whatever place it stands in."""

    names: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    numbers: set[float] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    periods: list[tuple[str, str]] = field(default_factory=list)
    wide: list[tuple[str, str]] = field(default_factory=list)  # periods of plans that are split by time


@dataclass(frozen=True, slots=True)
class Account:
    """What a plan leaves out, and what the model says about words that the catalog does not hold."""

    problems: tuple[str, ...]
    missing: tuple[str, ...]
    fillers: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()  # words, name in the plan


def account(
    plans: Sequence[AnswerablePlan],
    readings: Sequence[Reading],
    found: Segmented,
    scene: Scene,
    layer: SemanticLayer,
    *,
    continued: bool = False,
) -> Account:
    """Return what of the question is not in the plans; `continued`: it may lean on earlier turns for its dates."""
    used = used_by(plans, scene.catalog)
    text = found.question.text
    claims, fillers, wrong = _claims(readings, found, used, scene.catalog)
    covered = [span for spans, _, _ in claims for span in spans]
    covered += [(item.start, item.end) for item in found.items if _answered(item, used, scene.catalog, text)]
    covered += [span for spans, _ in fillers for span in spans]
    missing = unaccounted(found.question, covered, frozenset())
    problems = [*wrong, *_time_problems(found, scene, layer, used, continued=continued)]
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
    )


def used_by(plans: Sequence[AnswerablePlan], catalog: Catalog) -> Used:
    """Return everything the plans name."""
    used = Used()
    for plan in plans:
        for key, value in _leaves(plan.model_dump(mode="json", exclude_none=True)):
            if isinstance(value, bool):
                used.values.add(str(value).lower())
            elif isinstance(value, int | float):
                used.numbers.add(float(value))
            if isinstance(value, str | int | float):
                used.values.add(str(value).casefold())
            if isinstance(value, str) and key != "values":
                used.names.add(value)
                used.names.add(value.split("__")[0])
        if isinstance(plan, MetricPlan):
            _parts(plan, used)
        elif isinstance(plan, ToolPlan):
            used.parts |= {"compare", "order", "tool"}
            period = plan.inputs.get("period")
            if isinstance(period, dict):
                used.periods.append((str(period.get("start")), str(period.get("end"))))
    for name in list(used.names):
        used.names |= _inputs_of(name, catalog)
        used.names.add(catalog.spellings.get(name, name))
    return used


def _parts(plan: MetricPlan, used: Used) -> None:
    kinds = {part.kind for part in plan.transforms}
    conditions = [one for part in plan.where for one in (getattr(part, "conditions", None) or (part,))]
    operators = [getattr(one, "operator", "") for one in conditions] + [one.operator for one in plan.having]
    used.parts |= {"share"} if "share" in kinds else set()
    used.parts |= {"running"} if "running_total" in kinds else set()
    used.parts |= {"rolling"} if "rolling" in kinds else set()
    used.parts |= {"average"} if "average_per" in kinds else set()
    used.parts |= {"compare"} if plan.compare else set()
    used.parts |= {"negation"} if any(operator in _NEGATIVE for operator in operators) else set()
    used.parts |= {"text"} if any("with" in one or "contains" in one for one in operators) else set()
    used.parts |= {"ascending"} if any(not one.descending for one in plan.order_by) else set()
    by_time = [group for group in plan.group_by if group.grain is not None]
    used.parts |= {f"grain:{group.grain.value}" for group in by_time if group.grain}
    used.parts |= {f"grain:{one.grain.value}" for one in plan.transforms if isinstance(one, AveragePer)}
    used.parts |= {"weekday"} if any(group.part for group in plan.group_by) else set()
    if plan.period is not None:
        start, end = plan.period.start.isoformat(), plan.period.end.isoformat()
        used.periods.append((start, end))
        if by_time:
            used.wide.append((start, end))
    for compare in plan.compare:
        if compare.period is not None:
            used.periods.append((compare.period.start.isoformat(), compare.period.end.isoformat()))


def _inputs_of(name: str, catalog: Catalog) -> set[str]:
    """Return the metrics that a metric is made of: “cost per order” answers both of its words."""
    metric = catalog.metrics.get(name)
    kind = metric.type if metric is not None else None
    if isinstance(kind, RatioMetric):
        return {kind.numerator.metric, kind.denominator.metric}
    return {one.metric for one in kind.inputs} if isinstance(kind, DerivedMetric) else set()


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


Spans = tuple[tuple[int, int], ...]


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
        names = {part.strip() for part in reading.means.replace("=", ",").replace("|", ",").split(",")}
        known = {name.casefold() for name in used.names} | used.values | used.parts
        if {name.casefold() for name in names if name} & known:
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
    grains = [grain for grain in reading.grains if f"grain:{grain.grain.value}" not in used.parts]
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


def _leaves(value: Any, key: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner, key)
    else:
        yield key, value
