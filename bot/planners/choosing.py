"""Which planner answers: rules, the model, or rules first. Each is made on first use and shared between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from bot.planners.base import Planner, PlanRequest

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.planners.llm.prose.writer import Writer
    from bot.settings import PlannerChoice, Settings
    from semantic_layer.period import Period
    from semantic_layer.workspace import SemanticLayer
    from tools.progress import Progress
    from tools.registry import Registry


class Planners:
    """The planners of one workspace; `given` ones stand for those that would be made."""

    def __init__(
        self,
        layer: SemanticLayer,
        settings: Settings | None,
        registry: Callable[[], Registry],
        given: Mapping[PlannerChoice, Planner] | None = None,
    ) -> None:
        self._layer = layer
        self._settings = settings
        self._registry = registry
        self._made: dict[PlannerChoice, Planner] = dict(given or {})
        self._lock = threading.Lock()
        self._writer: Writer | None = None
        self._traced_rules: Planner | None = None

    def choice(self, asked: PlannerChoice | None) -> PlannerChoice:
        """Return which planner answers; without an endpoint `auto` is the rules planner.

        Raises:
            SettingsError: the model planner is wanted, and no endpoint is set.
        """
        settings = self._settings
        wanted = asked or (settings.planner if settings is not None else None) or self._layer.settings.planner
        if wanted in self._made or (settings is not None and settings.endpoint is not None):
            return wanted
        if wanted == "llm":
            from bot.settings import parse_planner

            parse_planner("llm", None)
        return "rules"

    def get(self, name: PlannerChoice) -> Planner:
        """Return a planner that `choice` named."""
        with self._lock:
            if "rules" not in self._made:
                from bot.planners.rules import RulesPlanner

                folder = self._settings.state_dir / "values" if self._settings is not None else None
                self._made["rules"] = RulesPlanner(self._layer, folder, self._registry())
            if name not in self._made and name != "rules" and self._settings is not None:
                self._made[name] = self._model_planner(name, self._settings)
            if name == "rules" and self._settings is not None and self._settings.traced:
                return self._traced(self._settings)
            return self._made[name]

    def periods_said(self, request: PlanRequest) -> tuple[Period, ...]:
        """Return the periods that the words of a question mean, as our time grammar reads them."""
        from bot.planners.rules import RulesPlanner

        self.get("rules")
        rules = self._made["rules"]
        return rules.periods_said(request) if isinstance(rules, RulesPlanner) else ()

    def with_prose(
        self, answer: Answer, user: str | None, asked: PlannerChoice | None, progress: Progress
    ) -> Answer:
        """Return the answer with a model's summary where one is wanted and can be vouched for.

        Raises:
            CancelledError: the person who asked has stopped it.
        """
        endpoint = self._settings.endpoint if self._settings is not None else None
        if self._settings is None or endpoint is None or not endpoint.prose or self.choice(asked) == "rules":
            return answer
        from bot.planners.llm.prose.writer import Writer
        from bot.planners.llm.purse import Purse

        with self._lock:
            if self._writer is None:
                zone = self._layer.settings.timezone
                self._writer = Writer(endpoint, Purse.of(self._settings, endpoint, zone))
        return self._writer.summarised(answer, user, progress)

    def _traced(self, settings: Settings) -> Planner:
        """Return the rules planner with a record per question, as the model planner leaves one."""
        if self._traced_rules is None:
            from bot.planners.llm.trace import Trace
            from bot.planners.traced import TracedPlanner

            trace = Trace(settings.state_dir / "traces", settings.otlp_endpoint)
            self._traced_rules = TracedPlanner(self._made["rules"], trace)
        return self._traced_rules

    def _model_planner(self, name: Literal["llm", "auto"], settings: Settings) -> Planner:
        from bot.memory.recall import Memory
        from bot.planners.llm import ModelPlanner
        from bot.planners.llm.purse import Purse
        from bot.planners.llm.trace import Trace

        assert settings.endpoint is not None  # `choice` named this planner because there is one
        folder = settings.state_dir / "traces" if settings.traced else None
        return ModelPlanner(
            self._layer,
            self._made["rules"],
            settings.endpoint,
            self._registry,
            name,
            purse=Purse.of(settings, settings.endpoint, self._layer.settings.timezone),
            trace=Trace(folder, settings.otlp_endpoint),
            examples=Memory(self._layer, settings).examples,
        )
