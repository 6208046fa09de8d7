"""What a user may still spend on the model today. Kept in the app database, so a restart forgives nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.endpoint import Allowance, Endpoint
from bot.planners.llm.budget import Usage

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.settings import Settings

NO_LIMITS = Allowance()
DAY_SPENT = "day"
UNKNOWN = "purse"


@dataclass(frozen=True, slots=True)
class Today:
    """What one user has used today and what is left; `refused` says why nothing may be spent, if so."""

    calls: int = 0
    tokens: int = 0
    money: float = 0.0
    left: Allowance = NO_LIMITS
    refused: str | None = None


class Purse:
    """The usage of every user, per calendar day. Shared between threads; several processes may add at once.

    A question is let in while anything is left and may use no more than that; questions of one user that are under
    way at the same time may together overshoot by what one question may use.
    """

    def __init__(
        self, endpoint: Endpoint, open_engine: Callable[[], Engine], day: Callable[[], date]
    ) -> None:
        self._endpoint = endpoint
        self._open = open_engine
        self._day = day
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, settings: Settings, endpoint: Endpoint, timezone: str | None) -> Purse:
        """Return the purse in the app database; the database is opened when a model is first asked."""

        def open_engine() -> Engine:
            from bot.store.database import database_url, open_store

            return open_store(database_url(settings))

        def day() -> date:
            from datetime import UTC, datetime
            from zoneinfo import ZoneInfo

            return datetime.now(ZoneInfo(timezone) if timezone else UTC).date()

        return cls(endpoint, open_engine, day)

    def today(self, user: str | None) -> Today:
        """Return what the user has used today; a store that cannot be read closes a purse that has limits."""
        from sqlalchemy.exc import DBAPIError

        from bot.store.model_usage import used_on
        from semantic_layer.errors import AskGrowthError

        limit = self._endpoint.per_day
        try:
            used = used_on(self._store(), user or "", self._day().isoformat(), self._currency)
        except (DBAPIError, AskGrowthError):
            return Today(refused=None if limit.is_open else UNKNOWN)
        left = Allowance(
            calls=None if limit.calls is None else max(0, limit.calls - used.calls),
            tokens=None if limit.tokens is None else max(0, limit.tokens - used.tokens),
            seconds=None if limit.seconds is None else max(0.0, limit.seconds - used.seconds),
            money=None if limit.money is None else max(0.0, limit.money - used.money),
        )
        empty = any(amount == 0 for amount in (left.calls, left.tokens, left.seconds, left.money))
        return Today(used.calls, used.tokens, used.money, left, DAY_SPENT if empty else None)

    def add(self, user: str | None, usage: Usage, *, questions: int = 1) -> None:
        """Add what a question used; where it cannot be written, the answer still goes out."""
        import contextlib

        from sqlalchemy.exc import DBAPIError

        from bot.store.model_usage import Used, add_used
        from semantic_layer.errors import AskGrowthError

        one = Used(
            user or "", self._day().isoformat(), self._currency, questions, usage.calls,
            usage.tokens_in, usage.tokens_out, usage.seconds, usage.money,
        )  # fmt: skip
        with contextlib.suppress(DBAPIError, AskGrowthError):
            add_used(self._store(), one)

    @property
    def _currency(self) -> str:
        return self._endpoint.price.currency if self._endpoint.price is not None else ""

    def _store(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self._open()
            return self._engine
