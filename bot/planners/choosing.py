"""Which planner answers: rules, the model, or rules first. Each is made on first use and shared between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bot.planners.base import Planner

if TYPE_CHECKING:
    from bot.settings import PlannerChoice, Settings
    from semantic_layer.workspace import SemanticLayer
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
            endpoint = self._settings.endpoint if self._settings is not None else None
            if name not in self._made and name != "rules" and endpoint is not None:
                from bot.planners.llm import ModelPlanner

                self._made[name] = ModelPlanner(
                    self._layer, self._made["rules"], endpoint, self._registry, name
                )
            return self._made[name]
