"""What one question may cost a model: calls, tokens, seconds; and how tokens are estimated before they are counted."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from bot.endpoint import Allowance, Endpoint, Price

NO_LIMIT = 1_000_000_000  # calls or tokens, where a setting lifts the limit
CHARACTERS_PER_TOKEN = 3  # conservative for ASCII; English prose has about four


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one question may use; whatever is reached first ends the model's turn."""

    calls: int = 6
    tokens: int = 20_000  # in and out together
    seconds: float = 30.0
    rejections: int = 2  # a plan is sent back at most twice
    money: float | None = None  # in the price's currency

    @classmethod
    def of(cls, endpoint: Endpoint, left: Allowance) -> Limits:
        """Return what a question may use: its own limits, and no more than what is left of the day."""
        own = endpoint.per_question
        calls, tokens = _least(own.calls, left.calls), _least(own.tokens, left.tokens)
        return cls(
            calls=NO_LIMIT if calls is None else int(calls),
            tokens=NO_LIMIT if tokens is None else int(tokens),
            seconds=_least(endpoint.seconds, own.seconds, left.seconds) or 0.0,
            money=_least(own.money, left.money),
        )


@dataclass(slots=True)
class Usage:
    """What one question has used so far. `estimated` says that the server did not report its tokens."""

    limits: Limits
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    price: Price | None = None
    waiting: int = 0  # estimated tokens of a call whose reply has not come
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Return the seconds since the question was taken up."""
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        """Return the seconds until the ceiling, never below 0."""
        return max(0.0, self.limits.seconds - self.seconds)

    def close(self) -> None:
        """Count a call that never got its reply: the server may well charge for it."""
        if self.waiting:
            self.tokens_in += self.waiting
            self.waiting, self.estimated = 0, True

    @property
    def money(self) -> float:
        """Return what the tokens cost so far; 0 where no prices are set."""
        return self.price.of(self.tokens_in, self.tokens_out) if self.price is not None else 0.0

    def spent(self) -> str | None:
        """Return the limit that forbids another call, None where there is room."""
        if self.calls >= self.limits.calls:
            return "calls"
        if self.tokens_in + self.tokens_out >= self.limits.tokens:
            return "tokens"
        if self.limits.money is not None and self.money >= self.limits.money:
            return "money"
        return "seconds" if self.seconds_left <= 0 else None


def estimate_tokens(text: str) -> int:
    """Return a conservative number of tokens: three ASCII characters each, any other character one."""
    ascii_count = sum(1 for character in text if character.isascii())
    return -(-ascii_count // CHARACTERS_PER_TOKEN) + len(text) - ascii_count


def _least(*limits: float | None) -> float | None:
    return min((limit for limit in limits if limit is not None), default=None)
