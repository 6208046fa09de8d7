"""What one question may cost a model: calls, tokens, seconds; and how tokens are estimated before they are counted."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

CHARACTERS_PER_TOKEN = 3  # conservative for ASCII; English prose has about four


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one question may use; whatever is reached first ends the model's turn."""

    calls: int = 6
    tokens: int = 20_000  # in and out together
    seconds: float = 30.0
    rejections: int = 2  # a plan is sent back at most twice


@dataclass(slots=True)
class Usage:
    """What one question has used so far. `estimated` says that the server did not report its tokens."""

    limits: Limits
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Return the seconds since the question was taken up."""
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        """Return the seconds until the ceiling, never below 0."""
        return max(0.0, self.limits.seconds - self.seconds)

    def spent(self) -> str | None:
        """Return the limit that forbids another call, None where there is room."""
        if self.calls >= self.limits.calls:
            return "calls"
        if self.tokens_in + self.tokens_out >= self.limits.tokens:
            return "tokens"
        return "seconds" if self.seconds_left <= 0 else None


def estimate_tokens(text: str) -> int:
    """Return a conservative number of tokens: three ASCII characters each, any other character one."""
    ascii_count = sum(1 for character in text if character.isascii())
    return -(-ascii_count // CHARACTERS_PER_TOKEN) + len(text) - ascii_count
