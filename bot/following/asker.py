"""An asker that counts which metrics its answers show; the answers are the pipeline's own."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import date, datetime
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
GATHERED_SECONDS = 5.0


class CountingAsker:
    """The part of the pipeline that the chat uses, with every answer's metrics counted.

    Looks are gathered and written together every few seconds: a write per question would stand in the way of the
    conversations. What a crash loses is a few looks.
    """

    def __init__(self, pipeline: Pipeline, engine: Engine, workspace: str, clock: Clock) -> None:
        """Take the pipeline that answers, and the app database that counts."""
        self._pipeline, self._engine = pipeline, engine
        self._workspace, self._clock = workspace, clock
        self._looks: Counter[tuple[str, date]] = Counter()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def ask(self, question: str, **how: Any) -> Answer:
        """Return the answer of a question, counted."""
        return self._counted(self._pipeline.ask(question, **how))

    def run(self, plan: Any, **how: Any) -> Answer:
        """Return the answer of a plan, counted."""
        return self._counted(self._pipeline.run(plan, **how))

    def continue_conversation(self, conversation: Conversation | None, answer: Answer) -> Conversation:
        """Return the conversation after a turn."""
        return self._pipeline.continue_conversation(conversation, answer)

    def write(self) -> None:
        """Write the looks that were gathered; where the app database refuses them they wait for the next time."""
        with self._lock:
            looks, self._looks, self._timer = self._looks, Counter(), None
        try:
            with self._engine.begin() as connection:
                for (metric, day), times in looks.items():
                    count(connection, self._workspace, [metric], day, "question", times)
        except SQLAlchemyError:  # counting must never cost anybody an answer
            LOG.warning("looks at metrics were not counted yet", exc_info=True)
            with self._lock:
                self._looks += looks

    def close(self) -> None:
        """Write what was gathered, once and for all."""
        if self._timer is not None:
            self._timer.cancel()
        if self._looks:
            self.write()

    def _counted(self, answer: Answer) -> Answer:
        if answer.outcome == "answer" and answer.provenance is not None and answer.provenance.metrics:
            zone = ZoneInfo(self._pipeline.layer.settings.timezone)
            day = datetime.astimezone(self._clock.now(), zone).date()
            with self._lock:
                self._looks.update({(one.name, day): 1 for one in answer.provenance.metrics})
                if self._timer is None:
                    self._timer = threading.Timer(GATHERED_SECONDS, self.write)
                    self._timer.daemon = True
                    self._timer.start()
        return answer
