"""What a follow-up takes away, adds or moves: drop the filter, 不限校区, just the total, add refunds, 去年同期呢."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.language.rule import Rule
from bot.plan import MetricPlan
from bot.planners.rules.draft import Scene
from bot.planners.rules.line import Line, Role
from bot.planners.rules.tags import Tag

_FILTER_WORDS = r"(?:filters?|conditions?|restrictions?|constraints?)"
_NO_FILTER = Rule(
    rf"\b(?:drop|remove|clear|delete|cancel|lift|ignore|get rid of|reset|take off|undo) (?:the |all |any |that |this )*"
    rf"(?P<en>(?:[\w']+ ){{0,3}}?){_FILTER_WORDS}\b|\b(?:with no|no|without (?:the |any )?){_FILTER_WORDS}\b"
    rf"|\bunfiltered\b"
    r"|(?:去掉|取消|清除|清空|删掉|删除|不要|移除|撤掉|去除|解除)(?:所有|全部|这个|那个"
    r"|对)?(?P<zh>[^,。;]{0,8}?)(?:的)?"
    r"(?:筛选|过滤|限制|限定|条件)(?:条件)?"
)
_ALL_OF = Rule(
    r"(?:不限|不限制|不限定|不管|不区分|不分)(?:什么|哪个|任何)?(?P<zh>[^,。;呢]{1,8})|(?:全部"
    r"|所有)(?:的)?(?P<all>[^,。;呢的]{1,8})(?:呢|的呢)?$"
    r"|\b(?:for |across |in |at |over )?(?:all|any|every)(?: of)?(?: the)? (?P<en>[\w ]{2,30}?)(?: now| again|"
    r" instead| together)*[?.! ]*$"
)
_NO_GROUP = Rule(
    r"\b(?:remove|drop|undo|no|without(?: the| a| any)?|skip|lose|take away) (?:the |any |that |more )*"
    r"(?:breakdown|break down|split|grouping|group by|groups|segmentation)\b|\bungroup(?:ed)?\b|\b(?:don't|do"
    r" not) (?:split|group|break)(?: it| them)?(?: down| up)?\b"
    r"|(?:不用|不要|别|不再|不需要|无需|取消|去掉|不)(?:再)?(?:按|分|拆分|拆|细分|分组)(?:开|组"
    r"|维度)?(?P<zh>[^,。;呢了]{0,8})(?:了|分组|拆分|看)?"
)
_TOTAL = Rule(
    r"^(?:and |just |only |show |give me |me |please |what is |what's |now )*(?:the )?(?:total|overall|grand"
    r" total|overall total|sum)"
    r"(?: only| number| figure| value| instead| please| then|[?.! ])*$|^(?:all together|altogether|in total"
    r"|overall)[?.! ]*$"
    r"|^(?:那|就|只|只看|只要|看|给我|我要|看下|看看|一下|就看)*(?:总数|总计|合计|总量|总额|汇总|整体|总的|总共"
    r"|加总)(?:数|值|的|呢|就行|就好|即可|是多少|多少|[?!。])*$"
)
_ADD = Rule(
    r"^(?:and |please |can you |could you |then |now )*(?:add|include|also (?:show|add|include|display|give me"
    r"|with)|plus|along with|together with)"
    r"(?: in)?(?: the)?\b|^(?:请|再|也|同时|另外|顺便|把|一起|并)*(?:加上|加个|加一个|带上|附上|补上|增加|加入"
    r"|加|看一下|看看|看|展示|显示)(?=.)|^(?:还有|以及|外加)"
)
_ADDING_ZH = Rule(r"^(?:请)?(?:再|也|同时|另外|顺便|一起|并)")
_ADD_ALWAYS_ZH = Rule(r"(?:加上|加个|加一个|带上|附上|补上|增加|加入|还有|以及|外加)")
_LAST_YEAR = Rule(
    r"^(?:那么?|and|what about|how about|what of|now|show me|or|,|\s|看看?|in|for|during|the)*"
    r"(?:same (?:period|time|month|week|weeks|day|days|quarter|dates?|range)(?: of| in)?(?: the)? (?:last"
    r"|previous|prior) year"
    r"|(?:去年|上年)(?:的)?(?:同期|同月|同周|同日|同一时期|同一时间|同季度?))(?:的|呢|数据|怎么样|如何|是多少"
    r"|多少|as well|too|[?!.\s])*$"
)


_DRAW = Rule(
    r"^(?:and |now |please |can you |could you |let's )*(?:plot|chart|graph|draw|visuali[sz]e|show)(?: me)?"
    r" (?:it|that|this|them|these|the (?:result|data)s?)?"
    r"(?: as a (?:chart|graph|plot)| in a (?:chart|graph)| on a (?:chart|graph))?(?: please| again)?[?.! ]*$"
    r"|^(?:as|in) a (?:chart|graph|plot)[?.! ]*$|^(?:请|帮我|把它|把这个|用|给我|那|能|再|可以)*(?:画|画个"
    r"|画一张|画成|做成|出个|来个|来张|生成)(?:一个|一张)?(?:图|图表|图形|出来|一下)(?:看看|展示|呢|吗|吧|[?!。])*$"
)


@dataclass(slots=True)
class Edits:
    """What the fragment does to the last plan. `dropped`: filters on these dimensions go, "*" for all of them."""

    dropped: set[str] = field(default_factory=set)
    ungrouped: set[str] = field(default_factory=set)
    adds: bool = False
    a_year_earlier: bool = False
    redrawn: bool = False

    @property
    def any(self) -> bool:
        """Return whether the fragment edits anything."""
        return bool(self.dropped or self.ungrouped or self.a_year_earlier or self.redrawn)


def read_edits(line: Line, scene: Scene, base: MetricPlan) -> Edits:
    """Return the edits of a fragment; their words are used up and no other stage reads them."""
    edits, text = Edits(), scene.question.text
    if _LAST_YEAR.match(text) and base.period is not None:
        edits.a_year_earlier = True
        _silence(line, 0, len(text))
        return edits
    if _DRAW.match(text):
        edits.redrawn = True
        _silence(line, 0, len(text))
        return edits
    filtered = {name for part in base.where for name in _dimensions(part)}
    grouped = {group.dimension for group in base.group_by}
    match = _NO_FILTER.search(text)
    if match is not None:
        named = _named(line, match) & filtered
        edits.dropped = named or {"*"}
        _silence(line, *match.span())
        return edits
    if grouped and _TOTAL.match(text):
        edits.ungrouped = {"*"}
        _silence(line, 0, len(text))
        return edits
    match = _NO_GROUP.search(text) if grouped else None
    if match is not None:
        named = _named(line, match)
        wanted = named & grouped
        if wanted or not named:
            edits.ungrouped = wanted or {"*"}
            _silence(line, *match.span())
            return edits
    match = _ALL_OF.search(text)
    if match is not None:
        named = _named(line, match)
        asks = line.of_role("metric", "concept", "time") or line.tagged(Tag.LIST, Tag.HOW_MANY, Tag.WHICH)
        if named & filtered and not asks:
            edits.dropped = named & filtered
            _silence(line, *match.span())
            return edits
    edits.adds = _adds(line, text)
    return edits


def _adds(line: Line, text: str) -> bool:
    match = _ADD.match(text)
    if match is None:
        return False
    words = match[0]
    if not words.isascii() and not _ADDING_ZH.match(words) and not _ADD_ALWAYS_ZH.search(words):
        return False  # 看看退费 shows something else, 也看看退费 adds it
    for index in range(len(line)):
        if line.items[index].end <= match.end() and line.is_role(index, "unknown", "grammar"):
            line.roles[index] = Role("sign")
            line.use(index)
    return True


def _named(line: Line, match: re.Match[str]) -> set[str]:
    return {
        term.name
        for index in line.of_role("dimension", "value")
        if line.items[index].start < match.end() and match.start() < line.items[index].end
        for term in line.roles[index].terms
    }


def _silence(line: Line, start: int, end: int) -> None:
    for index in range(len(line)):
        item = line.items[index]
        if item.start < end and start < item.end:
            line.roles[index] = Role("sign")
            line.use(index)


def _dimensions(part: object) -> list[str]:
    name = getattr(part, "dimension", None)
    if isinstance(name, str):
        return [name]
    return [condition.dimension for condition in getattr(part, "conditions", ())]
