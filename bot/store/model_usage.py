"""What a language model was used for: one row per user and day, added to after every question."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import model_usage as table

MILLION = 1_000_000
_SUMS = ("questions", "calls", "tokens_in", "tokens_out", "milliseconds", "millionths")


@dataclass(frozen=True, slots=True)
class Used:
    """What was used; `money` is in `currency`, 0 where no prices are set. `user` is empty where nobody was named."""

    user: str = ""
    day: str = ""
    currency: str = ""
    questions: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    money: float = 0.0

    @property
    def tokens(self) -> int:
        """Return the tokens in and out together."""
        return self.tokens_in + self.tokens_out


def add_used(engine: Engine, one: Used) -> None:
    """Add one question's usage to its user and day; several processes may do so at once."""
    values = {
        "user": one.user,
        "day": one.day,
        "currency": one.currency,
        "questions": one.questions,
        "calls": one.calls,
        "tokens_in": one.tokens_in,
        "tokens_out": one.tokens_out,
        "milliseconds": round(one.seconds * 1000),
        "millionths": round(one.money * MILLION),
    }
    with engine.begin() as connection:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert(table).values(**values)
        sums = {name: table.c[name] + statement.excluded[name] for name in _SUMS}
        key = ["user", "day", "currency"]
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=sums))


def used_on(engine: Engine, user: str, day: str, currency: str = "") -> Used:
    """Return what a user has used on a day (an ISO date); money counts in one currency only."""
    mine = select(*(func.coalesce(func.sum(table.c[name]), 0).label(name) for name in _SUMS[:-1])).where(
        table.c.user == user, table.c.day == day
    )
    spent = select(func.coalesce(func.sum(table.c.millionths), 0)).where(
        table.c.user == user, table.c.day == day, table.c.currency == currency
    )
    with engine.connect() as connection:
        row = connection.execute(mine).mappings().one()
        money = connection.execute(spent).scalar_one()
    return _used({**row, "user": user, "day": day, "currency": currency, "millionths": money})


def list_used(engine: Engine, days: int = 31) -> list[Used]:
    """Return the usage of the last days that have any, the newest first."""
    recent = select(table.c.day).distinct().order_by(table.c.day.desc()).limit(days)
    asked = select(table).where(table.c.day.in_(recent)).order_by(table.c.day.desc(), table.c.user)
    with engine.connect() as connection:
        return [_used(dict(row)) for row in connection.execute(asked).mappings()]


def _used(row: dict[str, object]) -> Used:
    numbers = {name: int(str(row[name])) for name in _SUMS}
    return Used(
        str(row["user"]),
        str(row["day"]),
        str(row["currency"]),
        numbers["questions"],
        numbers["calls"],
        numbers["tokens_in"],
        numbers["tokens_out"],
        numbers["milliseconds"] / 1000,
        numbers["millionths"] / MILLION,
    )
