"""What people ask that no workspace holds unless somebody declares it: hours of the day, groups of places."""

from __future__ import annotations

from bot.language.rule import Rule
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line

_CLOCK_EN = r"\d{1,2}(?::\d{2})? ?(?:a\.?m\.?|p\.?m\.?|o'clock)(?![a-z])|\d{1,2}:\d{2}(?![:\d])"
_PART_ZH = r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间|深夜|半夜)"
_CLOCK_ZH = rf"(?:{_PART_ZH}的?)?(?:\d{{1,2}}|[一二三四五六七八九十两]{{1,3}})点(?![击赞评位数])(?:半|钟|整)?"
_HOURS = Rule(
    rf"(?:(?:between|from|after|before|at|until|since) )?(?:{_CLOCK_EN})(?: ?(?:and|to|till|until|-) ?(?:{_CLOCK_EN}))?"
    rf"|(?:{_CLOCK_ZH})(?:之?间|到|至|-|~)?(?:{_CLOCK_ZH})?(?:之间|以后|之后|以前|之前|后|前)?"
    r"|(?:between|from) \d{1,2} (?:and|to) \d{1,2} ?(?:a\.?m\.?|p\.?m\.?|o'clock)(?![a-z])"
    rf"|{_PART_ZH}(?:的|时段)?|\b(?:in the (?:mornings?|afternoons?|evenings?)|at night|overnight"
    r"|during (?:business|office|working) hours)\b"
)
_PLACES = Rule(
    r"华[东南北中]|西南|西北|东北|[南北]方|[长珠]三角|京津冀|江浙沪|粤港澳|大湾区|(?:新一|一|二|三|四)线城市|下沉市场"
    r"|\b(?:(?:east|south|north|central|northeast|northwest|southwest)(?:ern)? china|tier[- ]?[1-4] cities|midwest"
    r"|new england|apac|emea|latam|dach|benelux|nordics|(?:west|east) coast)\b"
)


def read_beyond(line: Line, draft: Draft, scene: Scene) -> None:
    """Refuse hours of the day and groups of places that nobody declared, saying what would have to be declared."""
    for rule, said in ((_HOURS, _no_hours), (_PLACES, _no_places)):
        for found in rule.finditer(scene.question.text):
            if found.end() == found.start():
                continue
            within = [
                at
                for at, item in enumerate(line.items)
                if item.start < found.end() and found.start() < item.end
            ]
            unread = [at for at in within if line.is_role(at, "unknown", "number") and at not in line.used]
            named = any(
                line.is_role(at, "value", "dimension", "metric", "segment", "concept", "event")
                for at in within
            )
            if not unread or named:
                continue
            line.use(*within)
            said(draft, scene.question.words(found.start(), found.end()).strip())


def _no_hours(draft: Draft, words: str) -> None:
    draft.refuse(
        "not_supported",
        f"还不能只看一天里的「{words}」。可以按小时看某一天。",
        f"A part of the day ({words}) cannot be picked out yet. One day can be shown by hour.",
        words,
    )


def _no_places(draft: Draft, words: str) -> None:
    draft.refuse(
        "not_in_catalog",
        f"这里没有写明「{words}」包括哪些地方,不想猜。在 YAML 的 segments 里写一次就能这样问。",
        f"Nobody has declared which places belong to “{words}”, and a guess could be wrong. "
        "Declared once as a segment, it can be asked for.",
        words,
    )
