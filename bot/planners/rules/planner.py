"""The rules planner: deterministic, offline, both languages at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.compose.premise import premise_of
from bot.language.normalise import Normalised, normalise
from bot.language.terms.kept import open_lexicon
from bot.language.terms.lexicon import Term
from bot.language.terms.matcher import Matcher
from bot.language.terms.near import NearMatcher
from bot.language.terms.values import ValueIndex, open_index
from bot.language.time import resolve
from bot.plan import ClarifyPlan, MetricPlan, RefusePlan, ToolPlan
from bot.planners.base import Planned, PlanRequest
from bot.planners.rules.assemble import assemble
from bot.planners.rules.bound import is_example, with_binding
from bot.planners.rules.catalog_asked import catalog_question
from bot.planners.rules.decide import Reader, decide
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.followup import base_of, picked
from bot.planners.rules.guard import EMPTY, MAX_CHARACTERS, TOO_LONG, UNSAFE, is_unsafe
from bot.planners.rules.intents import (
    example_keys,
    example_tool,
    intent_of,
    route,
    tool_plan,
    tools_by_intent,
)
from bot.planners.rules.line import Line
from bot.planners.rules.metadata import read_metadata
from bot.planners.rules.outcome import refuse
from bot.planners.rules.reach import Reach
from bot.planners.rules.roles import assign_roles
from bot.planners.rules.routing import Routing, Vocabulary
from bot.planners.rules.segment import Segmented, segment
from bot.planners.rules.tags import Tag
from bot.planners.rules.times import calendar_events, time_context
from semantic_layer.text import Text

if TYPE_CHECKING:
    from semantic_layer import SemanticLayer
    from semantic_layer.period import Period
    from tools.registry import Registry, Tool


class RulesPlanner:
    """Plans questions over one workspace by its words and a bilingual grammar; safe to share between threads.

    `index_folder` holds the value index between processes; None keeps it in memory.
    """

    def __init__(
        self, layer: SemanticLayer, index_folder: Path | None = None, registry: Registry | None = None
    ) -> None:
        self._layer = layer
        self._folder = index_folder
        self._registry = registry
        self._reach = Reach(layer.catalog)
        self._events = calendar_events(layer.catalog)

    def plan(self, request: PlanRequest) -> Planned:
        """Return the reading of a question; never raises for anything a user may type."""
        text = request.question
        scene = Scene(self._layer.catalog, self._reach, normalise(text[:MAX_CHARACTERS]), request.today)
        if not any(char.isalnum() for char in scene.question.text):
            return refuse("empty", EMPTY, scene)
        if is_unsafe(scene.question.text):
            return refuse("unsafe", UNSAFE, scene)
        if len(text) > MAX_CHARACTERS:
            return refuse("not_supported", TOO_LONG, scene)
        found = segment(text, self._matcher, self._near, self._events)
        scene = Scene(
            self._layer.catalog, self._reach, found.question, request.today, found.times, self._events
        )
        if request.conversation is not None and request.conversation.offered:
            choice = picked(scene.question.text, request.conversation)
            if choice is not None:
                return Planned(
                    choice.plan, why=Text(zh="选自上一轮的选项", en="picked from the options offered")
                )
        planned = self._read(found, scene, base_of(request.conversation))
        if isinstance(planned.plan, ToolPlan):
            analysis = with_binding(planned.plan, self._layer.catalog)
            planned = replace(planned, plan=analysis)
            if analysis.name == "change_drivers":
                planned = replace(planned, premise=premise_of(scene.question.text))
        return planned

    def understood(self, request: PlanRequest) -> tuple[Segmented, Scene]:
        """Return the words of a question with what each may name: what another planner's plan is judged by."""
        found = segment(request.question[:MAX_CHARACTERS], self._matcher, self._near, self._events)
        catalog = self._layer.catalog
        return found, Scene(catalog, self._reach, found.question, request.today, found.times, self._events)

    def periods_said(self, request: PlanRequest) -> tuple[Period, ...]:
        """Return the periods that the words of a question mean today, whatever else it says."""
        found, scene = self.understood(request)
        return resolve(found.times, time_context(scene, None, None)).periods

    @property
    def matcher(self) -> Matcher:
        """Return the terms of the workspace: declared names and the values of the data."""
        return self._matcher

    def _read(self, found: Segmented, scene: Scene, base: MetricPlan | None) -> Planned:
        about = catalog_question(scene, self._remainder)
        if about is not None:
            return about
        tool = example_tool(scene.question.text, self._examples)
        routing = Routing(found, scene, base, self._words, self._tools)
        by_words = routing.by_words(tool)
        if by_words is not None and not isinstance(by_words.plan, RefusePlan):
            return by_words
        if by_words is None:
            metadata = read_metadata(assign_roles(found.items, scene.reach, {}), scene)
            if metadata is not None:
                return metadata
            if routing.bound is not None:
                return routing.bound
        changes = base is not None and bool(
            assign_roles(found.items, scene.reach, {}).tagged(Tag.CORRECT, Tag.FOLLOW)
        )
        by_ideas = by_words if changes else routing.by_ideas(weak=by_words is not None) or by_words
        if by_ideas is not None:
            return by_ideas
        looked_up = self._looked_up(found, scene, base, tool)
        if isinstance(looked_up.plan, RefusePlan | ClarifyPlan):
            return routing.by_ideas(weak=True) or looked_up
        return looked_up

    def _looked_up(
        self, found: Segmented, scene: Scene, base: MetricPlan | None, tool: Tool | None
    ) -> Planned:
        """Return the reading as a query of metrics, or what stands in its way."""

        def read(chosen: Mapping[int, Term]) -> tuple[Line, Draft]:
            return assemble(found.items, scene, self._coverage, chosen, base)

        line, draft = read({})
        draft.notes += found.notes
        if tool is not None:
            # The words of an example ask for the analysis: what they group by may count, a filter they are not.
            whole = is_example(scene.question.text, tool)
            return tool_plan(
                tool, Draft(group_by=draft.group_by, period=draft.period) if whole else draft, ()
            )
        intent = intent_of(line)
        if intent is not None:
            return route(*intent, line, draft, scene, self._by_intent)
        return decide(line, draft, scene, Reader(read, self._near))

    def _remainder(self, question: Normalised) -> tuple[Segmented, Line]:
        found = segment(question, self._matcher, self._near, self._events)
        return found, assign_roles(found.items, self._reach, {})

    @cached_property
    def _words(self) -> Vocabulary:
        return Vocabulary(self._matcher, self._near, self._events, self._coverage)

    def _coverage(self, metrics: Sequence[str]) -> tuple[date | None, date | None]:
        names = list(metrics) or [next(iter(self._layer.catalog.metrics), "")]
        if not names[0]:
            return None, None
        coverage = self._layer.coverage(names)
        return coverage.start, coverage.end

    @cached_property
    def _tools(self) -> Registry:
        if self._registry is not None:
            return self._registry
        from tools.registry import Registry

        return Registry.load()

    @cached_property
    def _examples(self) -> tuple[tuple[str, Tool], ...]:
        return example_keys(self._tools)

    @cached_property
    def _by_intent(self) -> dict[str, Tool]:
        return tools_by_intent(self._tools)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(
            open_lexicon(self._own_folder, self._layer.opening.stamp, self._layer.catalog), self._values()
        )

    @cached_property
    def _own_folder(self) -> Path | None:
        """Return the folder of this workspace: a new version of the data replaces the old files in it."""
        if self._folder is None:
            return None
        return self._folder / hashlib.sha256(str(self._layer.settings.path).encode()).hexdigest()[:12]

    @cached_property
    def _near(self) -> NearMatcher:
        return NearMatcher(self._matcher)

    def _values(self) -> ValueIndex:
        catalog = self._layer.catalog
        hidden = set(catalog.access.hidden) | set(catalog.access.masked) if catalog.access else set()
        names = [
            dimension.name
            for dimension in catalog.dimensions.values()
            if dimension.kind == "categorical"
            and dimension.index_values
            and not dimension.hidden
            and dimension.name not in hidden
        ]
        pairs = ((name, value) for name in names for value, _ in self._layer.values(name))
        return open_index(self._own_folder, self._layer.data_version, pairs)
