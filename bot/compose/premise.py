"""What a why-question takes for granted (跌了, "why did it drop"), and that the data say otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot.compose.headline import together
from bot.language.rule import Rule
from semantic_layer.text import Text
from tools.result import Finding

Direction = Literal["up", "down"]

_DOWN = Rule(
    r"跌|下降|下滑|下跌|减少|降低|降了|掉了|掉得|走低|萎缩|回落|变少|变低|少了|低了|不如"
    r"|\b(?:drop(?:ped|ping|s)?|f[ae]ll(?:en|ing|s)?|declin\w+|decreas\w+|down|lower|dip(?:ped|s)?|shr[aiu]nk\w*|slump\w*"
    r"|plunge\w*)\b"
)
_UP = Rule(
    r"涨|上升|增长|上涨|提高|提升|增加|走高|变多|变高|多了|高了|升了"
    r"|\b(?:rise[ns]?|rose|rising|gr[eo]w(?:n|s|ing)?|increas\w+|up|higher|jump\w*|climb\w*|surg\w+|soar\w*)\b"
)
_LEVEL = 0.0


def premise_of(text: str) -> Direction | None:
    """Return the direction that folded text says a metric moved in; None where it says none, or both."""
    down, up = _DOWN.search(text), _UP.search(text)
    if bool(down) == bool(up):
        return None
    return "down" if down else "up"


def corrected(headlines: Sequence[Text], premise: Direction | None, findings: Sequence[Finding]) -> Text:
    """Return the headline of all parts with a contradiction first, where the change found goes against the premise."""
    headline = together(headlines)
    change = next((one.value for one in findings if one.kind == "change" and one.value is not None), None)
    if premise is None or change is None:
        return headline
    fell, rose = change < _LEVEL, change > _LEVEL
    if (premise == "down" and fell) or (premise == "up" and rose):
        return headline
    if premise == "down":
        first = (
            Text(zh="没有跌,反而涨了。", en="It did not fall, it rose.")
            if rose
            else Text(zh="没有跌,持平。", en="It did not fall, it stayed level.")
        )
    else:
        first = (
            Text(zh="没有涨,反而跌了。", en="It did not rise, it fell.")
            if fell
            else Text(zh="没有涨,持平。", en="It did not rise, it stayed level.")
        )
    return Text(zh=f"{first.zh}{headline.zh}", en=f"{first.en} {headline.en}")
