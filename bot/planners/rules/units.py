"""Lengths of time beside a column that is counted in another unit: 超过1小时 of a column of minutes."""

from __future__ import annotations

from collections.abc import Iterable

from bot.language.rule import Rule

_MINUTES = {"second": 1 / 60, "minute": 1.0, "hour": 60.0, "day": 1440.0, "week": 10_080.0}
_SAID = {
    **dict.fromkeys(("分钟", "minute", "minutes", "min", "mins"), "minute"),
    **dict.fromkeys(("小时", "hour", "hours", "hr", "hrs"), "hour"),
    **dict.fromkeys(("天", "day", "days"), "day"),
    **dict.fromkeys(("week", "weeks"), "week"),
}
_OWN = (
    (Rule(r"(?<![a-z])(?:seconds?|secs?)(?![a-z])|秒"), "second"),
    (Rule(r"(?<![a-z])(?:minutes?|mins?)(?![a-z])|分钟"), "minute"),
    (Rule(r"(?<![a-z])(?:hours?|hrs?)(?![a-z])|小时"), "hour"),
    (Rule(r"(?<![a-z])days?(?![a-z])|天"), "day"),
)


def in_own_unit(values: tuple[float, ...], said: str | None, names: Iterable[str]) -> tuple[float, ...]:
    """Return numbers of a length of time in the unit that a column's names say it is counted in.

    They stay as they are where no unit was said, or the names tell none or several.
    """
    asked = _SAID.get(said or "")
    if asked is None:
        return values
    text = " ".join(names).lower().replace("_", " ")
    own = {unit for rule, unit in _OWN if rule.search(text)}
    if len(own) != 1:
        return values
    scale = _MINUTES[asked] / _MINUTES[own.pop()]
    return tuple(round(value * scale, 9) for value in values)
