"""Follows the workspace while a server runs: changed YAML or data are used from the next question on.

What is broken is not used: the last valid version keeps answering, every answer says so, and so do the terminal, the
catalog page and the HTTP interface, until the files are mended.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.pipeline import Pipeline
    from semantic_layer.errors import AskGrowthError

LOG = logging.getLogger("askgrowth.reload")
SECONDS = 2.0
MOST_OF_THE_TIME = (
    10  # a look that takes long, as at files that stay broken, is followed by so many times as long
)
RELOADED = Text(zh="工作区的改动已生效。", en="The changed workspace is in use.")


class Reloader:
    """Looks every few seconds, in a thread of its own, until closed."""

    def __init__(
        self, pipeline: Pipeline, announce: Callable[[Text], None], seconds: float = SECONDS
    ) -> None:
        """Take what answers, and who is told on the terminal; nothing happens before `start`."""
        self._pipeline, self._announce, self._seconds = pipeline, announce, seconds
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="askgrowth-reload", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._closed.set()

    def look(self) -> None:
        """Use what has changed and is valid; else keep what is in use, and say why."""
        pipeline = self._pipeline
        found = pipeline.layer.reload_if_changed()
        if found.error is not None:
            notice = not_used(found.error)
            if notice != pipeline.notice:
                pipeline.notice = notice
                self._announce(notice)
        elif found.changed:
            pipeline.use(found.layer)
            self._announce(RELOADED)
        elif pipeline.notice is not None:  # changed back to what is in use
            pipeline.notice = None
            self._announce(RELOADED)

    def _follow(self) -> None:
        pause = self._seconds
        while not self._closed.wait(pause):
            began = time.monotonic()
            try:
                self.look()
            except Exception:  # the thread must live as long as the server
                LOG.exception("looking for changes of the workspace failed")
            pause = max(self._seconds, MOST_OF_THE_TIME * (time.monotonic() - began))


def not_used(error: AskGrowthError) -> Text:
    """Return what to say beside answers while the changed files cannot be used."""
    return Text(
        zh=f"工作区改动后不可用,仍按上一个可用版本回答。{error.message.zh}",
        en=f"The changed workspace cannot be used; answers follow its last valid version. {error.message.en}",
    )
