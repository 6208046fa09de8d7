"""Which periods are the baseline of a comparison: those that follow 比, vs, "compared to"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.language.rule import Rule
from bot.language.time.expressions import Open, Point, Ref
from bot.language.time.fields import finest
from bot.language.time.reading import TimeToken
from bot.language.time.signals import AFTER_MARKER, MARKER, WITH
from semantic_layer.period import Grain

_TO_DATE = Rule(r"(?:to date|so far|至今|到现在|截至目前)$")
_CHAINED = ("vs", "versus", "and", "", "和", "与", "跟", "对比", "对", "vs.", "against", "、")
_UNIT_OF = {
    "day": Grain.DAY,
    "week": Grain.WEEK,
    "month": Grain.MONTH,
    "quarter": Grain.QUARTER,
    "year": Grain.YEAR,
}


def mark_comparisons(text: str, tokens: list[TimeToken], names: Sequence[tuple[int, int]]) -> list[TimeToken]:
    """Return the tokens with the periods that follow 比, vs, "compared to" turned into comparisons."""
    out: list[TimeToken] = []
    if _is_chain(text, tokens):
        return tokens
    periods = sum(token.kind == "period" for token in tokens)
    main_end: int | None = None
    for token in tokens:
        if token.kind != "period":
            out.append(token)
            continue
        if _is_baseline(text, token, main_end, names, only=periods == 1):
            between = text[main_end : token.start].strip(" .") if main_end is not None else ""
            equals = between in ("vs", "versus", "对比", "against")
            out.append(replace(as_baseline(token), symmetric=equals))
        else:
            out.append(token)
        main_end = token.end
    return _symmetric(text, out)


def _is_chain(text: str, tokens: list[TimeToken]) -> bool:
    """Return whether three or more periods are set against each other (Jan vs Feb vs Mar): each is a main one."""
    periods = [token for token in tokens if token.kind == "period"]
    if len(periods) < 3:
        return False
    gaps = [text[one.end : two.start].strip(" .,、") for one, two in pairwise(periods)]
    return all(gap in _CHAINED for gap in gaps)


def _is_baseline(
    text: str, token: TimeToken, main_end: int | None, names: Sequence[tuple[int, int]], *, only: bool
) -> bool:
    """Return whether a period is what something is compared with; `main_end` is where the one before it ends."""
    before = text[max(0, token.start - 28) : token.start]
    if before.endswith(" to ") and main_end is not None and "compar" in text[: token.start]:
        return True
    marked = MARKER.search(before)
    if marked is not None:
        at = token.start - len(before) + marked.start()
        marked = None if any(start < at < end for start, end in names) else marked
    if marked is not None:
        # 对比6月和7月 puts both on one level; 比6月 has a baseline
        words = marked.group()
        pronoun = words.startswith(("compare it", "compare th"))
        return pronoun or not (words.startswith(("对比", "compare ")) and main_end is None)
    if WITH.search(before) is None or AFTER_MARKER.match(text, token.end) is None:
        return False
    # 本月和上月对比 names two equals; 本月销售额和上月对比 names a baseline
    return only if main_end is None else len(text[main_end : token.start].strip()) > 1


def as_baseline(token: TimeToken) -> TimeToken:
    """Return the comparison token of a baseline; 上周, 去年 stay symbolic so that they can follow the main."""
    expression = token.expression
    grain = None
    if isinstance(expression, Open) and expression.edge == "since" and _TO_DATE.search(token.words.lower()):
        expression = expression.of  # "vs last quarter to date": as many days of it as this one has
        token = replace(token, expression=expression)
    if isinstance(expression, Point):
        name = finest(expression)
        if expression.days == -1:
            grain = Grain.DAY
        elif (
            name in _UNIT_OF
            and getattr(expression, name) in (Ref(-1, True), Ref(-2, True))
            and expression == Point(**{name: getattr(expression, name)})
        ):
            grain = _UNIT_OF[name]
    return replace(token, kind="comparison", comparison="period", grain=grain)


def _symmetric(text: str, tokens: list[TimeToken]) -> list[TimeToken]:
    """Return the tokens with the first of "6月和7月对比" as the baseline, where two stand side by side."""
    periods = [token for token in tokens if token.kind == "period"]
    if len(periods) != 2 or any(token.kind == "comparison" for token in tokens):
        return tokens
    first, second = periods
    between = text[first.end : second.start].strip()
    before = text[max(0, first.start - 12) : first.start]
    joined = between in ("和", "与", "跟", "、", "and", "to", "with", "同", ",", "对")
    compare = AFTER_MARKER.match(text, second.end) is not None or any(
        word in before for word in ("对比", "比较", "compare", "difference between")
    )
    if not (joined and compare):
        return tokens
    return [replace(as_baseline(token), symmetric=True) if token is first else token for token in tokens]
