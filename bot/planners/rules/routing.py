"""From a question to the analysis it asks for: by its wording, by its name, by the ideas it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from bot.language.terms.matcher import Matcher
from bot.language.terms.near import NearMatcher
from bot.language.terms.tokens import key_of, tokenise
from bot.language.time import CalendarEvent
from bot.plan import MetricPlan, RefusePlan, ToolPlan
from bot.planners.base import Planned
from bot.planners.rules.asked import Asked, asked_analysis, bare_attribution
from bot.planners.rules.assemble import assemble
from bot.planners.rules.bound import bound_plan, is_example
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.frames import Named, framed, only_without
from bot.planners.rules.intents import items_for, route_asked, tool_plan, which_attribution
from bot.planners.rules.roles import assign_roles
from bot.planners.rules.segment import Segmented, segment

if TYPE_CHECKING:
    from tools.registry import Registry, Tool

_NAMED = {"metric", "dimension", "value", "segment"}

_NEAR = 5  # characters: "the " may stand between a command and its time
_OWN_NAME = 2  # a rank: what the workspace itself calls so


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a workspace, and from when to when its metrics have data."""

    matcher: Matcher
    near: NearMatcher
    events: tuple[CalendarEvent, ...]
    coverage: Callable[[Sequence[str]], tuple[date | None, date | None]]


@dataclass(frozen=True)
class Routing:
    """One question beside the analyses there are; `base` is the plan that it may go on about."""

    found: Segmented
    scene: Scene
    base: MetricPlan | None
    words: Vocabulary
    tools: Registry

    @cached_property
    def bound(self) -> Planned | None:
        """The plan of an analysis of the workspace that the question calls by its name, None where it names none."""
        return bound_plan(self.scene.question.text, self.scene.catalog, self.tools)

    def by_words(self, tool: Tool | None) -> Planned | None:
        """Return the plan of the analysis that the wording asks for, None where it asks for none.

        `tool` is the one whose example the question is. Where the ideas named ask for the same analysis, they say
        better which words are the analysis' own and no filters.
        """
        scene = self.scene
        if tool is not None and is_example(scene.question.text, tool):
            # Its words ask for the analysis: when, and what they group by, may count; a filter they are not.
            line = assign_roles(self.found.items, scene.reach, {})
            read = assemble(line.items, scene, self.words.coverage, {}, None)[1]
            return tool_plan(tool, Draft(group_by=read.group_by, period=read.period), ())
        bare = bare_attribution(scene.question, self.tools)
        if bare is not None:
            found = segment(bare, self.words.matcher, self.words.near, self.words.events)
            draft = assemble(found.items, scene, self.words.coverage, {}, None)[1]
            return which_attribution(draft, self.tools)
        asked = asked_analysis(scene.question, self.tools)
        if asked is None or (self.bound is not None and not _within(self.bound, asked)):
            return None  # one of the workspace's own, called by its name
        if self._inside_name(asked.words[0].lower()) and not self._commands(asked):
            return None  # 原因 of the dimension 索赔原因 asks for no reason
        meant = self.tools.get(asked.tool)
        if only_without(meant, scene.question, self._named):
            return None
        planned = self._routed(asked)
        if isinstance(planned.plan, RefusePlan):
            return planned
        if "dimension" not in meant.fields and self._splits(asked):
            split = self.by_ideas(weak=True)  # 哪个省的…: an analysis that can tell the members apart
            if split is not None and isinstance(split.plan, ToolPlan) and "dimension" in split.plan.inputs:
                return split
        return self.by_ideas(weak=True, only=asked.tool) or planned

    def by_ideas(self, *, weak: bool, only: str | None = None) -> Planned | None:
        """Return the plan of the analysis whose ideas the question names; None where some word is left over.

        `weak` looks at ideas that a plain query may also be about; `only` takes no other analysis than this.
        """
        asked = framed(self.scene.question, self.tools, lambda: self._named, weak=weak)
        if asked is None or only not in (None, asked.tool):
            return None
        if len(asked.words) == 1 and self._is_column(asked.words[0].lower()):
            return None  # a driver here is who drives
        planned = self._routed(asked)
        return planned if isinstance(planned.plan, ToolPlan) else None

    def _routed(self, asked: Asked) -> Planned:
        words, own = self.words, self.scene
        left = segment(asked.left, words.matcher, words.near, words.events)
        scene = Scene(own.catalog, own.reach, left.question, own.today, left.times, own.events, routed=True)
        tool = self.tools.get(asked.tool)
        line, draft = assemble(items_for(left.items, tool, asked), scene, words.coverage, {}, None)
        return route_asked(asked, line, draft, scene, tool, self.base)

    @cached_property
    def _named(self) -> Named:
        metrics, names, split = [], [], []
        for item in self.found.named:
            kinds = {term.kind for term in item.terms if term.rank <= 1}
            span = item.start, item.end
            if kinds & _NAMED:
                names.append(span)
            if "metric" in kinds:
                metrics.append(span)
            if kinds == {"dimension"}:
                split.append(span)
        line = assign_roles(self.found.items, self.scene.reach, {})
        asked = any(line.items[at].of_kind("metric") for at in line.of_role("metric"))
        return Named(asked, tuple(split), bool(self.found.times), tuple(metrics), tuple(names))

    def _is_column(self, word: str) -> bool:
        """Return whether the workspace itself calls a dimension by just this English word."""
        terms = self.words.matcher.at(key_of(word)) if word.isascii() else ()
        return any(term.kind == "dimension" and term.rank <= _OWN_NAME for term in terms)

    def _splits(self, asked: Asked) -> bool:
        """Return whether the question names a dimension beside the words that ask for the analysis."""
        text, words = self.scene.question.text, asked.words[0].lower()
        return any(text[start:end] not in words for start, end in self._named.dimensions)

    def _commands(self, asked: Asked) -> bool:
        """Return whether the words that ask open the question and only a time follows: review double 11."""
        words = asked.words[0].lower().strip()
        times = [(token.start, token.end) for token in self.found.times]
        rest = self.scene.question.text.removeprefix(words)
        return (
            bool(times)
            and self.scene.question.text.startswith(f"{words} ")
            and (times[0][0] - len(words) <= _NEAR and len(rest) - (times[-1][1] - times[0][0]) <= 2 * _NEAR)
        )

    def _inside_name(self, words: str) -> bool:
        """Return whether words stand inside a longer name that the workspace declares, or are a metric's own name."""
        text = self.scene.question.text
        tokens = tokenise(text) if words else ()
        for match in self.words.matcher.matches(tokens):
            name = text[tokens[match.first].start : tokens[match.last - 1].end]
            kinds = {term.kind for term in match.terms if term.rank <= 1}
            if words in name and ("metric" in kinds or (len(name) > len(words) and kinds & _NAMED)):
                return True
        return False


def _within(bound: Planned, asked: Asked) -> bool:
    """Return whether the name found is only a part of the words that ask for another analysis (实验漏斗)."""
    name = bound.plan.name if isinstance(bound.plan, ToolPlan) else ""
    return name != asked.tool and all(word in asked.words[0].lower() for word in bound.slots[0].words)
