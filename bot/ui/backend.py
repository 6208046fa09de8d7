"""What the chat answers with: the pipeline, the questions it offers, and the workspace's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.ui.chat import Asker
from bot.ui.desk import Desk
from bot.ui.starters import Starters, starters_of
from semantic_layer.catalog import GoodDirection
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Backend:
    """An opened workspace, as the chat needs it."""

    asker: Asker
    starters: Starters
    workspace: Text
    directions: Mapping[str, GoodDirection] = field(default_factory=dict)  # metric -> which way is good
    interrupt: Callable[[int], None] | None = None  # stops the query that a thread runs
    desk: Desk | None = None  # None: the cards only show


def open_backend(settings: Settings, progress: Callable[[Text], None] | None = None) -> Backend:
    """Return the workspace of `settings`, opened.

    Raises:
        AskGrowthError: its YAML or its data have problems.
    """
    from bot.pipeline import Pipeline
    from bot.wiring import open_layer

    layer = open_layer(settings, progress)
    pipeline = Pipeline(layer, settings)
    verified = [(one.question, *one.paraphrases) for one in layer.verified]
    return Backend(
        asker=pipeline,
        starters=starters_of(layer.catalog, verified, lambda q: pipeline.explain(q).outcome == "answer"),
        workspace=layer.settings.name,
        directions={name: metric.good_direction for name, metric in layer.catalog.metrics.items()},
        interrupt=layer.engine.interrupt,
        desk=Desk(layer),
    )
