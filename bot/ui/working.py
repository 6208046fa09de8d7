"""The line that says what is being computed while it takes long; gone as soon as the answer is there."""

from __future__ import annotations

import asyncio
from types import TracebackType

import chainlit as cl

from bot.ui.labels import WORKING
from semantic_layer.text import Locale
from tools.progress import Step

PATIENCE_SECONDS = 0.8  # what is answered sooner needs no line


class Working:
    """Shows the steps of one question, from the moment it takes longer than a glance."""

    def __init__(self, locale: Locale) -> None:
        """Take the language of the line."""
        self._locale = locale
        self._said = WORKING.at(locale)
        self._changed = asyncio.Event()
        self._shown: cl.Step | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Working:
        """Begin to watch."""
        self._task = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._shown is not None:
            await self._shown.remove()

    def hear(self, step: Step) -> None:
        """Take note of a step: what is done now, and how much of the whole is done."""
        share = f" · {step.done:.0%}" if step.done is not None else ""
        self._said = f"{WORKING.at(self._locale)}:{step.label.at(self._locale)}{share}"
        if self._locale != "zh-CN":
            self._said = self._said.replace(":", ": ", 1)
        self._changed.set()

    async def _show(self) -> None:
        await asyncio.sleep(PATIENCE_SECONDS)
        shown = cl.Step(name=self._said, type="tool", show_input=False)
        await shown.send()
        self._shown = shown
        while True:
            await self._changed.wait()
            self._changed.clear()
            shown.name = self._said
            await shown.update()
            await asyncio.sleep(0.2)
