"""What is said about the ends of a period: inclusive of today, 含今天, excluding the current month, (both inclusive).

The words are blanked before the grammar reads the rest, and attached to the period they stand behind (or in).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.language.normalise import Normalised
from bot.language.rule import Rule
from bot.language.time.expressions import Between, Expression, Rolling, Whole
from bot.language.time.reading import Boundary, TimeToken
from semantic_layer.period import Grain

_UNITS = {"day": Grain.DAY, "week": Grain.WEEK, "month": Grain.MONTH, "quarter": Grain.QUARTER, "year": Grain.YEAR,
          "天": Grain.DAY, "日": Grain.DAY, "周": Grain.WEEK, "星期": Grain.WEEK, "月": Grain.MONTH,
          "个月": Grain.MONTH, "季": Grain.QUARTER, "季度": Grain.QUARTER, "年": Grain.YEAR}  # fmt: skip
_WITH = r"(?:inclusive of|including|incl\.?|counting|with) (?:the )?"
_WITHOUT = (
    r"(?:exclusive of|excluding|excl\.?|not including|not counting|without|except(?: for)?|but not|leaving out)"
    r" (?:the )?"
)
_TODAY = r"(?:today(?:'s)?(?: date)?|current (?:day|date))(?![a-z])"
_NO_DAY = r"(?![a-z])"
_PATTERNS: tuple[tuple[str, Rule], ...] = (
    ("today", Rule(rf"(?:{_WITH}{_TODAY}|today (?:included|inclusive){_NO_DAY}|(?<![不未])(?:包含|包括"
        rf"|含)(?:今天|今日|当天|当日)(?:在内|的数据)?)")),
    (
        "not",
        Rule(
            rf"(?:{_WITHOUT}(?:{_TODAY}|(?:current|this) (?P<en>week|month|quarter|year)(?![a-z]))"
            r"|(?:不|未)(?:包含|包括|含|算)(?:今天|今日|当天|当日|(?:本|当|这个?)(?P<zh>周|星期|月|季度?"
            r"|年度?))(?:在内)?"
            r"|(?:除去|除了?)(?:今天|今日)(?:之?外|以外)?)"
        ),
    ),
    (
        "plain",
        Rule(
            rf"(?:both |dates? )?inclusive of (?:both )?(?:the )?(?:start(?:ing)?(?: dates?)? and"
            rf" end(?:ing)?(?: dates?)?|(?:end ?points?|both ends|both dates))"
            rf"|{_WITH}\d+ (?:day|week|month|quarter|year)s? ago|{_WITH}(?:start|end|first|last|both) (?:dates?"
            rf"|days?|ends?){_NO_DAY}"
            rf"|(?:both |dates |all |endpoints )?inclusive{_NO_DAY}(?! of)|(?:包?含|包括)(?:首尾|两端|头尾"
            rf"|起止日?|首尾两天)(?:在内)?|闭区间"
        ),
    ),
    ("open", Rule(rf"(?<=\d )exclusive{_NO_DAY}(?! of)")),
)  # fmt: skip
_DATE_BEFORE = Rule(
    r"(?:\d|天|日|号|周|月|年|季|week|month|quarter|year|day|days|weeks|months|today|yesterday"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[\s,，(（]*$"
)


@dataclass(frozen=True, slots=True)
class Qualifier:
    """One such phrase in the folded text; `grain` is the current period that is left out (none: today)."""

    start: int
    end: int
    kind: str
    grain: Grain | None = None


def find_qualifiers(text: str) -> list[Qualifier]:
    """Return the phrases about the ends of a period, in order; each stands right behind time words."""
    found: list[Qualifier] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            before = text[: match.start()]
            for one in found:
                if one.end <= match.start():
                    before = before[: one.start] + " " * (one.end - one.start) + before[one.end :]
            if kind in ("plain", "open", "not") and not _DATE_BEFORE.search(before):
                continue
            unit = (match.groupdict().get("en") or match.groupdict().get("zh") or "").removesuffix("度")
            found.append(Qualifier(*match.span(), kind, _UNITS.get("季" if unit == "季" else unit)))
    return sorted(found, key=lambda one: one.start)


def blanked(text: str, qualifiers: list[Qualifier]) -> str:
    """Return the text with the qualifiers replaced by spaces of the same length."""
    for one in qualifiers:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def attach(folded: Normalised, tokens: list[TimeToken], qualifiers: list[Qualifier]) -> list[TimeToken]:
    """Return the tokens with each qualifier on the period it stands behind, whose span then covers its words."""
    out = list(tokens)
    for one in qualifiers:
        near = [
            at
            for at, token in enumerate(out)
            if token.kind in ("period", "comparison") and token.start < one.start
        ]
        if not near:
            continue
        at = near[-1]
        token = out[at]
        end = max(token.end, one.end)
        out[at] = replace(
            token,
            end=end,
            words=folded.words(token.start, end),
            expression=_changed(token.expression, one),
            boundary=_boundary(one, token.boundary),
        )
    return out


def _boundary(one: Qualifier, known: Boundary | None) -> Boundary | None:
    if one.kind == "today":
        return Boundary(today=True)
    if one.kind == "not" and one.grain is not None:
        return Boundary(without=one.grain)
    return known


def _changed(expression: Expression | None, one: Qualifier) -> Expression | None:
    """Return the expression as the qualifier says: six months without this one are whole months."""
    if one.kind == "not" and isinstance(expression, Rolling) and expression.grain is one.grain:
        return Whole(expression.grain, -expression.count, expression.count)
    if one.kind == "open" and isinstance(expression, Between):
        return replace(expression, open_end=True)
    return expression
