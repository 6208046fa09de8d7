"""Time words that belong together: a year up to a day in it, the weekends of a month."""

from __future__ import annotations

from dataclasses import replace

from bot.language.normalise import Normalised
from bot.language.time.expressions import AllTime, Between, Expression, Open, Point
from bot.language.time.fields import finest
from bot.language.time.reading import TimeToken


def closed(folded: Normalised, tokens: list[TimeToken]) -> list[TimeToken]:
    """Return the tokens with 今年截至上月底 as one range: a year (or quarter, or month) up to a day in it."""
    out: list[TimeToken] = []
    for token in tokens:
        last, end = out[-1] if out else None, token.expression
        before = last.expression if last is not None else None
        if (
            last is not None
            and isinstance(before, AllTime)
            and isinstance(end, Point)
            and last.words.startswith("截")
            and not folded.text[last.end : token.start].strip(" ,的")
        ):
            out[-1] = replace(token, start=last.start, words=folded.words(last.start, token.end))
            continue  # 截至昨天本季度: the quarter so far, which is what it means anyway
        if (
            last is not None
            and isinstance(before, Open)
            and before.edge == "until"
            and isinstance(end, Point)
        ):
            gap = folded.text[last.end : token.start].strip(" ,的")
            if (
                not gap
                and finest(end) in ("year", "quarter")
                and end.year != getattr(before.of, "year", None)
            ):
                words = folded.words(last.start, token.end)
                out[-1] = replace(last, end=token.end, words=words, expression=Between(end, before.of))
                continue
        until = isinstance(end, Open) and end.edge == "until"
        if last is not None and until and not folded.text[last.end : token.start].strip(" ,"):
            assert isinstance(end, Open)
            if isinstance(last.expression, Point):
                words = folded.words(last.start, token.end)
                whole = Between(last.expression, end.of)
                out[-1] = replace(last, end=token.end, words=words, expression=whole)
                continue
        out.append(token)
    return out


def recurring(tokens: list[TimeToken]) -> list[TimeToken]:
    """Return the tokens with a bare weekend or weekday inside a longer period as every one in it: 上个月周末."""
    tokens = [part for token in tokens for part in _days_apart(token)]
    longer = any(token.kind == "period" and not _is_short(token.expression) for token in tokens)
    if not longer:
        return tokens
    out: list[TimeToken] = []
    for token in tokens:
        days = _weekdays(token.expression) if token.kind == "period" else ()
        out.append(replace(token, kind="recurrence", expression=None, weekdays=days) if days else token)
    return out


def _is_short(expression: Expression | None) -> bool:
    return isinstance(expression, Point) and finest(expression) not in ("year", "half", "quarter", "month")


def _days_apart(token: TimeToken) -> list[TimeToken]:
    """Return 上个月周末 as the month and its weekends; a week's weekend is one period."""
    point = token.expression
    if token.kind != "period" or not isinstance(point, Point) or point.week is not None:
        return [token]
    if not point.weekend and point.weekday is None:
        return [token]
    whole = replace(point, weekend=False, weekday=None)
    if whole == Point() or finest(whole) not in ("year", "half", "quarter", "month"):
        return [token]
    days = replace(token, kind="recurrence", expression=None, weekdays=(5, 6))
    if not point.weekend and point.weekday is not None:
        days = replace(days, weekdays=(point.weekday,))
    return [replace(token, expression=whole), days]


def _weekdays(expression: Expression | None) -> tuple[int, ...]:
    if not isinstance(expression, Point):
        return ()
    if expression.weekend and replace(expression, week=None) in (
        Point(weekend=True),
        Point(weekend=True, weekday=5),
    ):
        return (5, 6) if expression.week is None else ()
    day = expression.weekday
    return (day,) if day is not None and expression == Point(weekday=day) else ()
