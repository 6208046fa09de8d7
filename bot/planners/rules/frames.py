"""Which analysis a question asks for by the ideas it names: the frames that tools declare (`tools/asks.py`).

Where the ideas of a frame all stand in the question, in any order, the analysis is asked for; of several frames the
one that says most wins. The words of the ideas are masked, what is left is read as everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from bot.language.normalise import Normalised
from bot.language.rule import Rule, RuleIndex
from bot.planners.rules.asked import LENGTH, Asked, blank, gapped, inputs_of, literal
from bot.planners.rules.words_fillers import FILLERS_EN, FILLERS_ZH
from bot.planners.rules.words_ideas import IDEAS, NOUNS, PEOPLE

if TYPE_CHECKING:
    from tools.registry import Registry, Tool

Span = tuple[int, int]
_TIME = "time"


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names of the catalog: whether a metric, a time, and the places of whole names in it."""

    metric: bool
    dimensions: tuple[Span, ...]
    time: bool
    metrics: tuple[Span, ...]
    names: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    tool: str
    ideas: tuple[str, ...]
    wants: tuple[str, ...]
    lacks: tuple[str, ...]
    weak: bool
    blind: bool  # the analysis takes no metric: where one is named, a plain query is tried first


def framed(
    question: Normalised, tools: Registry, catalogued: Callable[[], Named], *, weak: bool
) -> Asked | None:
    """Return the analysis whose frame the question fills best, with what is left of it; None where none is filled.

    `weak` frames are looked at as well where a plain query could not answer. `catalogued` gives what the question
    names of the catalog; it is called only where the words of some frame are there.
    """
    text = question.text
    places: dict[str, tuple[Span, ...]] = {}
    best: tuple[tuple[int, int], _Frame] | None = None
    frames, ideas, index = _framework(tools)
    said = {ideas[number] for number in index.possible(text)}
    for frame in frames:
        if (frame.weak and not weak) or not said.issuperset(frame.ideas):
            continue
        named = catalogued()
        if not _holds(frame, text, named):
            continue
        chosen = _filled(frame.ideas, text, named, places)
        loose = frame.weak or not weak
        if chosen is None or (frame.blind and loose and _names_another(frame, tools, text, named)):
            continue
        weight = (
            2 * len(frame.ideas) + len(frame.wants) - frame.weak,
            sum(end - start for start, end in chosen),
        )
        if best is None or weight > best[0]:
            best = weight, frame
    return _asked(question, tools.get(best[1].tool), catalogued(), places) if best else None


def _holds(frame: _Frame, text: str, named: Named) -> bool:
    said = {"metric": named.metric, "dimension": bool(named.dimensions), _TIME: named.time}
    for want in frame.wants:
        if not (said[want] if want in said else bool(LENGTH.search(text))):
            return False
    return not any(said.get(lack) for lack in frame.lacks)


def only_without(tool: Tool, question: Normalised, named: Named) -> bool:
    """Return whether a tool's ideas are named, yet only in frames that exclude what the question names beside them.

    Loyal customers by themselves are asked for; the revenue from loyal customers is a metric with a condition.
    """
    text = question.text
    filled = [frame for frame in _frames((tool,)) if _filled(frame.ideas, text, named, {}) is not None]
    return bool(filled) and all("metric" in frame.lacks and named.metric for frame in filled)


def _names_another(frame: _Frame, tools: Registry, text: str, named: Named) -> bool:
    """Return whether the question names a metric beside the analysis' own ideas and whom it is about.

    "new customers" of a lifetime value and "visitors" of a funnel are none.
    """
    if not named.metric:
        return False
    own = {PEOPLE, *(idea for one in _frames((tools.get(frame.tool),)) for idea in one.ideas)}
    said = (
        match.span() for idea in own for match in _rule(idea).finditer(text)
    )  # 同期群, half a metric's label, too
    covered = {at for span in said for at in range(*span)}
    return any(
        any(at not in covered and not text[at].isspace() for at in range(*span)) for span in named.metrics
    )


def _filled(
    ideas: tuple[str, ...], text: str, named: Named, places: dict[str, tuple[Span, ...]]
) -> list[Span] | None:
    """Return one place per idea, none inside another's; None where an idea is not said."""
    chosen: list[Span] = []
    for idea in ideas:
        if idea not in places:
            places[idea] = tuple(_places(idea, text, named))
        free = [span for span in places[idea] if not any(_meet(span, other) for other in chosen)]
        if not free:
            return None
        chosen.append(max(free, key=lambda span: span[1] - span[0]))
    return chosen


def _places(idea: str, text: str, named: Named) -> Iterator[Span]:
    """Yield where an idea is said; inside a longer name of the workspace it is not, nor is a metric's name an idea."""
    for match in _rule(idea).finditer(text):
        span = match.span()
        if span[0] == span[1]:
            continue
        if idea not in NOUNS and span in named.metrics:
            continue
        if idea in NOUNS or not any(
            _inside(span, name) and _says_more(name, span, text, named) for name in named.names
        ):
            yield span


def _says_more(name: Span, span: Span, text: str, named: Named) -> bool:
    """Return whether a name is more than the idea and what it is about: "refund reason" is no reason.

    「高价值客户」 is nothing but the best of customers, and "sales target" the target of another metric.
    """
    rest = [span for span in ((name[0], span[0]), (span[1], name[1])) if text[span[0] : span[1]].strip(" 的")]
    about = [match.span() for match in _rule(PEOPLE).finditer(text)]
    if name in named.metrics:
        about += [metric for metric in named.metrics if not _meet(metric, span)]
    return any(not any(_inside(_trimmed(part, text), one) for one in about) for part in rest)


def _trimmed(span: Span, text: str) -> Span:
    words = text[span[0] : span[1]]
    start = span[0] + len(words) - len(words.lstrip(" 的"))
    return start, span[1] - len(words) + len(words.rstrip(" 的"))


def _asked(question: Normalised, tool: Tool, named: Named, places: dict[str, tuple[Span, ...]]) -> Asked:
    text = question.text
    own = dict.fromkeys(idea for frame in _frames((tool,)) for idea in frame.ideas)
    masked: list[Span] = []
    quiet: list[Span] = []
    for idea in own:
        spans = places.get(idea) or tuple(_places(idea, text, named))
        if idea in NOUNS:
            quiet.extend(spans)
        else:
            masked.extend(part for span in spans for part in _said(idea, text, span))
    inputs, taken = inputs_of(tool, text)
    for field, idea, value in tool.asks.words:
        if any(True for _ in _places(idea, text, named)):
            inputs.setdefault(field, value)
    left = blank(text, [*masked, *taken])
    fillers = [
        match.span() for match in fillers_rule().finditer(left)
        if not any(_meet(match.span(), name) and name[1] - name[0] > 1 for name in named.names)
    ]  # fmt: skip
    words = tuple(question.words(*span) for span in sorted(masked)[:3]) or (question.original,)
    people = _places(PEOPLE, text, named) if PEOPLE in own else ()
    return Asked(tool.name, replace(question, text=left), words, inputs, (*quiet, *fillers), tuple(people))


def _said(idea: str, text: str, span: Span) -> list[Span]:
    """Return the parts of a place that are the idea's words; what stands in a gap ("get … up") stays to be read."""
    match = _rule(idea).match(text, span[0])
    return literal(match) if match is not None else [span]


def _inside(span: Span, other: Span) -> bool:
    return other[0] <= span[0] and span[1] <= other[1]


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


_Framework = tuple[tuple["_Frame", ...], tuple[str, ...], RuleIndex]
# By what a registry is, not by what it holds: its tools are large to compare. Held, so that no other takes its number.
_FRAMEWORKS: dict[int, tuple[Registry, _Framework]] = {}


def _framework(tools: Registry) -> _Framework:
    """Return the frames of a registry's tools, the ideas they name, and where those may be said."""
    held = _FRAMEWORKS.get(id(tools))
    if held is None:
        frames = _frames(tuple(tools.tools.values()))
        ideas = tuple(dict.fromkeys(idea for frame in frames for idea in frame.ideas))
        held = tools, (frames, ideas, RuleIndex(_rule(idea) for idea in ideas))
        _FRAMEWORKS[id(tools)] = held
    return held[1]


@cache
def _frames(tools: Collection[Tool]) -> tuple[_Frame, ...]:
    return tuple(_frame(tool, source) for tool in tools for source in tool.asks.frames)


def _frame(tool: Tool, source: str) -> _Frame:
    words = source.removeprefix("~").split()
    return _Frame(
        tool.name,
        tuple(dict.fromkeys(word for word in words if word[0] not in "+-")),
        tuple(word[1:] for word in words if word[0] == "+"),
        tuple(word[1:] for word in words if word[0] == "-"),
        source.startswith("~"),
        not {"metric", "metrics"} & set(tool.fields),
    )


@cache
def _rule(idea: str) -> Rule:
    zh, en = IDEAS.get(idea, (idea, idea.replace("_", " ")))
    return gapped(f"{chinese(zh.split())}|{english(en)}")


def chinese(words: Collection[str]) -> str:
    """Return the expression of Chinese words, longest first."""
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


def english(words: str) -> str:
    """Return the expression of English words that are whole words; `~` stands for the regular endings."""
    return "(?<![a-z])(?:" + words.replace("~", "(?:s|es|ed|d|ing)?") + r")(?![a-z]|'s\b)"


@cache
def fillers_rule() -> Rule:
    """Return the expression of the words that narrow nothing down."""
    return Rule(f"{chinese(FILLERS_ZH)}|{english(FILLERS_EN)}|{_ADVERB}")


_ADVERB = r"(?<![a-z])[a-z]{3,}ly(?![a-z])"
