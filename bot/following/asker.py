"""An asker that counts which metrics its answers show; the answers are the pipeline's own."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from bot.answer import Answer
from bot.following.usage import count
from bot.jobs.clock import Clock
from bot.planners.base import Conversation

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.pipeline import Pipeline

LOG = logging.getLogger("askgrowth.usage")


class CountingAsker:
    """The part of the pipeline that the chat uses, with every answer's metrics counted."""

    def __init__(self, pipeline: Pipeline, engine: Engine, workspace: str, clock: Clock) -> None:
        """Take the pipeline that answers, and the app database that counts."""
        self._pipeline, self._engine = pipeline, engine
        self._workspace, self._clock = workspace, clock

    def ask(self, question: str, **how: Any) -> Answer:
        """Return the answer of a question, counted."""
        return self._counted(self._pipeline.ask(question, **how))

    def run(self, plan: Any, **how: Any) -> Answer:
        """Return the answer of a plan, counted."""
        return self._counted(self._pipeline.run(plan, **how))

    def continue_conversation(self, conversation: Conversation | None, answer: Answer) -> Conversation:
        """Return the conversation after a turn."""
        return self._pipeline.continue_conversation(conversation, answer)

    def _counted(self, answer: Answer) -> Answer:
        if answer.outcome == "answer" and answer.provenance is not None and answer.provenance.metrics:
            zone = ZoneInfo(self._pipeline.layer.settings.timezone)
            day = datetime.astimezone(self._clock.now(), zone).date()
            try:
                with self._engine.begin() as connection:
                    names = [one.name for one in answer.provenance.metrics]
                    count(connection, self._workspace, names, day, "question")
            except SQLAlchemyError:  # counting must never cost anybody an answer
                LOG.warning("a look at a metric was not counted", exc_info=True)
        return answer
