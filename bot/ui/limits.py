"""How much one person may ask at once and per minute, so that nobody's questions wait for another's flood."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

AT_ONCE = 3
PER_MINUTE = 60
ASKERS = 5_000  # remembered; those who asked longest ago are forgotten
_MINUTE = 60.0


class TooManyError(AskGrowthError):
    """A person asks more at once, or more per minute, than one may."""

    code = "too_many_questions"


@dataclass(slots=True)
class _Asker:
    running: int = 0
    asked: deque[float] = field(default_factory=deque)


class Limits:
    """Counts questions per asker. Used on one event loop; `clock` gives seconds."""

    def __init__(
        self,
        at_once: int = AT_ONCE,
        per_minute: int = PER_MINUTE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the limits."""
        self._at_once, self._per_minute, self._clock = at_once, per_minute, clock
        self._askers: OrderedDict[str, _Asker] = OrderedDict()

    @contextmanager
    def one_more(self, asker: str) -> Iterator[None]:
        """Count a question of `asker` while the block runs.

        Raises:
            TooManyError: that would be too many.
        """
        own = self._askers.pop(asker, None) or _Asker()
        self._askers[asker] = own
        self._forget()
        now = self._clock()
        while own.asked and own.asked[0] <= now - _MINUTE:
            own.asked.popleft()
        if own.running >= self._at_once:
            raise TooManyError(
                Text(
                    zh=f"你还有 {own.running} 个问题在算。",
                    en=f"{own.running} of your questions are still running.",
                ),
                Text(
                    zh="等一个算完,或停掉一个再问。", en="Wait for one of them, or stop one, and ask again."
                ),
            )
        if len(own.asked) >= self._per_minute:
            raise TooManyError(
                Text(
                    zh=f"一分钟内问了 {len(own.asked)} 个问题,太快了。",
                    en=f"{len(own.asked)} questions within a minute are too many.",
                ),
                Text(zh="稍等一会儿再问。", en="Wait a moment and ask again."),
            )
        own.asked.append(now)
        own.running += 1
        try:
            yield
        finally:
            own.running -= 1

    def _forget(self) -> None:
        for name in list(self._askers)[: max(0, len(self._askers) - ASKERS)]:
            if not self._askers[name].running:
                del self._askers[name]
