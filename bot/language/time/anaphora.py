"""Periods that only the last question explains: the week before, 再前一周, the following month, before that.

Without a last question "前一周" and "the previous week" are simply the last one.
"""

from __future__ import annotations

from dataclasses import replace

from bot.language.normalise import Normalised
from bot.language.rule import Rule
from bot.language.time.expressions import Expression, Point, Ref, Rolling, Shifted
from bot.language.time.fields import finest
from bot.language.time.reading import TimeToken
from semantic_layer.period import Grain, Period, calendar_unit, shift

_GRAINS = {"天": Grain.DAY, "日": Grain.DAY, "周": Grain.WEEK, "星期": Grain.WEEK, "礼拜": Grain.WEEK,
           "月": Grain.MONTH, "季": Grain.QUARTER, "季度": Grain.QUARTER, "年": Grain.YEAR,
           "day": Grain.DAY, "week": Grain.WEEK, "month": Grain.MONTH,
           "quarter": Grain.QUARTER, "year": Grain.YEAR}  # fmt: skip
_ZH = r"(天|日|周|星期|礼拜|月|季度?|年)"
_EN = r"(day|week|month|quarter|year)"
_ENDS = r"(?=\s*(?:$|[?.!,;]|instead|then|too|as well|though|by |for |in ))"
_BACK = Rule(
    rf"再(?:往)?(?:前|上)(?:面|推)?(?:的|那)?一?个?{_ZH}(?=呢|的|$|[?!,.])"
    rf"|(?<![上前])前(?:面)?一(?:个)?{_ZH}(?=呢|$|[?!,.])"
    rf"|(?<![a-z])the {_EN} (?:before|prior|earlier)(?: that| this)?{_ENDS}|(?<![a-z])(?:a|one) {_EN} (?:before"
    rf" that|earlier){_ENDS}"
)
_BACK_ONE = Rule(
    r"再(?:往)?(?:前|之前)(?:面)?(?:的)?(?:一期|一段|那段|那期)?(?=呢)|^那?之前(?:的)?(?=呢)|(?:前|上)一(?:期"
    r"|个周期|阶段)(?=呢|$|[?!,.])"
    rf"|(?<![a-z])(?:(?:the )?(?:one|period) before(?: that)?|before that|the (?:previous|preceding|prior) one){_ENDS}"
)
_ON = Rule(
    rf"(?:再)?(?:往)?后(?:面)?(?:的|那)?一(?:个)?{_ZH}(?=呢|的|$|[?!,.])|(?<![a-z])the (?:following|next) {_EN}{_ENDS}"
    rf"|(?<![a-z])the {_EN} after(?: that| this)?{_ENDS}"
)
_NEXT = Rule(r"(?:再)?后(?:面)?(?:的)?一(?:个)?")
_PREVIOUS = Rule(
    r"(?:前一个?(?:天|日|周|星期|礼拜|月|季度?|年)|(?:the )?(?:previous|preceding|prior) [a-z]+|the day before)$"
)


def referring(folded: Normalised, text: str, *, alone: bool) -> list[TimeToken]:
    """Return the tokens of words that refer to the last question's period; none where other periods stand.

    `alone` says that the question names no other period: "sales the week before Christmas" refers to nothing.
    """
    if not alone:
        return []
    found: list[TimeToken] = []
    for pattern, step in ((_BACK, -1), (_BACK_ONE, -1), (_ON, 1)):
        for match in pattern.finditer(text):
            if any(token.start < match.end() and match.start() < token.end for token in found):
                continue
            unit = next((group for group in match.groups() if group), None)
            expression = Shifted(_GRAINS[unit] if unit else None, step)
            words = folded.words(match.start(), match.end())
            found.append(TimeToken(match.start(), match.end(), words, "period", expression))
    return found


def as_reference(token: TimeToken, text: str) -> TimeToken:
    """Return 前一周, 再上一周, "the previous week" of a text as the week before the one last asked about."""
    point = token.expression
    if isinstance(point, Rolling) and point.future and point.count == 1 and _NEXT.match(token.words):
        return replace(token, expression=Shifted(point.grain, 1))
    again = text[: token.start].endswith("再") and token.words.startswith("上一")
    said = again or _PREVIOUS.match(token.words.lower()) is not None
    if token.kind != "period" or not isinstance(point, Point) or not said:
        return token
    grain = Grain.DAY if point == Point(days=-1) else _GRAINS.get(finest(point))
    plain = grain is Grain.DAY or point == Point(**{finest(point): Ref(-1, True)})  # type: ignore[arg-type]  # the keys are fields of Point
    return replace(token, expression=Shifted(grain, -1)) if plain and grain is not None else token


def shifted(expression: Shifted, anchor: Period, week_start: int, fiscal_year_start: int) -> Period:
    """Return the period that lies `step` grains from the anchor, of the anchor's own size where none is named."""
    whole = Period.of(anchor.start, anchor.requested_end)
    unit = calendar_unit(whole, week_start, fiscal_year_start)
    grain = expression.grain or (unit[0] if unit else None)
    if grain is None:
        length = (whole.end - whole.start) * expression.step
        return Period.of(whole.start + length, whole.end + length)
    count = unit[1] if unit is not None and unit[0] is grain else 1
    return Period.of(
        shift(whole.start, expression.step * count, grain), shift(whole.end, expression.step * count, grain)
    )


def without_anchor(expression: Shifted) -> Expression:
    """Return what the words mean in a first question: the period before the current one."""
    grain = expression.grain or Grain.MONTH
    if grain is Grain.DAY:
        return Point(days=expression.step)
    return Point(**{grain.value: Ref(expression.step, True)})  # type: ignore[arg-type]  # the keys are fields of Point
