"""What the chat answers with: the pipeline, the questions it offers, and the workspace's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.alerts.talk import AlertTalk
from bot.following.asker import CountingAsker
from bot.jobs.clock import SystemClock
from bot.jobs.runner import Runner
from bot.memory.recall import Memory
from bot.ui.chat import Asker
from bot.ui.desk import Bench, Desk
from bot.ui.own_data import OwnData
from bot.ui.starters import Starters, starters_of
from semantic_layer.catalog import GoodDirection
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.scope.metric import value_column

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.settings import Settings
    from semantic_layer.workspace import SemanticLayer


@dataclass(frozen=True, slots=True)
class Backend:
    """An opened workspace, as the chat needs it."""

    asker: Asker
    starters: Starters
    workspace: Text
    directions: Mapping[str, GoodDirection] = field(default_factory=dict)  # metric -> which way is good
    names: Mapping[str, Text] = field(default_factory=dict)  # what the catalog's names are called
    measures: Mapping[str, Column] = field(
        default_factory=dict
    )  # metric -> label, unit and format of its values
    interrupt: Callable[[int], None] | None = None  # stops the query that a thread runs
    has_model: bool = False  # whether an endpoint is set, so that the planner can be chosen
    layer: SemanticLayer | None = None  # None: no catalog page
    runner: Runner | None = None  # the scheduled work; None: nothing runs by itself
    talk: AlertTalk | None = None  # alerts by chat
    desk: Desk | None = None  # None: the cards only show
    own: OwnData | None = None  # None: no files can be brought
    renewed: Callable[[SemanticLayer], Backend] | None = (
        None  # the same over another opening of the workspace
    )

    def counting(self) -> Asker:
        """Return the asker with the metrics of its answers counted; a given one counts nothing."""
        runner = self.runner
        if runner is None:
            return self.asker
        return CountingAsker(runner.pipeline, runner.engine, runner.workspace, runner.clock)


def open_backend(
    settings: Settings, store: Engine, progress: Callable[[Text], None] | None = None
) -> Backend:
    """Return the workspace of `settings`, opened; `store` holds its verified questions.

    Raises:
        AskGrowthError: its YAML or its data have problems.
    """
    from bot.ledger.keeping import Ledger
    from bot.pipeline import Pipeline
    from bot.wiring import open_layer

    opened = open_layer(settings, progress)
    memory = Memory(opened, settings, store)
    pipeline = Pipeline(opened, settings, approvals=memory, ledger=Ledger(opened, settings, store))
    pipeline.on_change(memory.use)
    bench = Bench(pipeline.run, store, str(settings.workspace), memory.pairs, pipeline.ledger)

    def over(layer: SemanticLayer, backend: Backend) -> Backend:
        verified: list[tuple[str, ...]] = [(one.question,) for one in memory.stored()]
        verified += [(one.question, *one.paraphrases) for one in layer.verified]
        metrics = layer.catalog.metrics.items()
        return replace(
            backend,
            starters=starters_of(layer.catalog, verified, lambda q: pipeline.explain(q).outcome == "answer"),
            workspace=layer.settings.name,
            directions={name: metric.good_direction for name, metric in metrics},
            names=_names(layer),
            measures={name: value_column(metric) for name, metric in metrics},
            layer=layer,
            desk=Desk(layer, bench),
        )

    made = Backend(
        asker=pipeline,
        starters={},
        workspace=opened.settings.name,
        interrupt=pipeline.interrupt,
        has_model=settings.endpoint is not None,
        own=OwnData(settings, store),
        runner=Runner(pipeline, settings, store),
        talk=AlertTalk(pipeline, store, str(settings.workspace), SystemClock(), settings.delivery),
    )
    return over(opened, replace(made, renewed=lambda layer: over(layer, made)))


def _names(layer: SemanticLayer) -> dict[str, Text]:
    """Return the labels of metrics, dimensions and segments by their names."""
    catalog = layer.catalog
    return {
        **{one.name: one.label for one in catalog.segments.values()},
        **{one.name: one.label for one in catalog.dimensions.values()},
        **{one.name: one.label for one in catalog.metrics.values()},
    }
