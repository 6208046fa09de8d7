"""What the chat answers with: the pipeline, the questions it offers, and the workspace's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.ui.chat import Asker
from bot.ui.starters import Starter, starters_of
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Backend:
    """An opened workspace, as the chat needs it."""

    asker: Asker
    starters: tuple[Starter, ...]
    workspace: Text


def open_backend(settings: Settings) -> Backend:
    """Return the workspace of `settings`, opened.

    Raises:
        AskGrowthError: its YAML or its data have problems.
    """
    from bot.pipeline import Pipeline
    from bot.wiring import open_layer

    layer = open_layer(settings)
    return Backend(Pipeline(layer, settings), starters_of(layer.catalog), layer.settings.name)
