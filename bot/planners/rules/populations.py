"""Nouns that only say whose numbers are asked: guests in "bookings by Japanese guests", 酒店 in 五星级酒店的预订数."""

from __future__ import annotations

from bot.language.normalise import folded_name
from bot.language.terms.lexicon import MEMBERS
from bot.language.terms.tokens import key_of
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line, Role
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import SimpleMetric

PEOPLE = frozenset(
    "客人 客户 用户 顾客 买家 消费者 人群 群体 人士 访客 患者 乘客 旅客 玩家 学生 学员 会员 员工 customer customers "
    "guest guests user users client clients people member members patient patients passenger passengers player players "
    "subscriber subscribers student students employee employees traveler travelers traveller travellers buyer buyers "
    "shopper shoppers consumer consumers visitor visitors persons folks individuals".split()
)
_RANKING = (
    Tag.TOP, Tag.SUPER, Tag.ORDER, Tag.SHARE, Tag.GROW_MOST, Tag.GREW, Tag.COMPARE, Tag.ORDINAL
)  # fmt: skip


_TAILS = frozenset("市省县区州镇端版类型款系")  # 上海市 for the value 上海, 手机端 for 手机


def set_populations(line: Line, scene: Scene) -> None:
    """Make a noun behind a value or segment filler where it only carries that condition. Runs before metrics are read.

    It is the noun of a count (guests) beside another metric, the rows of a model (invoices), or a word for people
    that the catalog does not know. A list of metrics ("revenue and French guests") keeps it.
    """
    for index in range(len(line)):
        before = line.before(index, Tag.OF)
        split = (
            line.is_role(before, "dimension") and before == index - 1 and not line.items[index].text.isascii()
        )
        if before is None or line.has(index - 1, Tag.AND):
            continue
        if not split and not line.is_role(before, "value", "segment"):
            continue
        if _completes(line, before, index, scene) or (
            line.is_role(index, "unknown") and line.items[index].text in PEOPLE
        ):
            line.roles[index] = Role("grammar")
            line.use(index)
        elif line.is_role(index, "metric") and _is_noun(line, index, scene):
            others = [at for at in line.of_role("metric") if at != index and not _same(line, at, index)]
            if others and not any(_listed(line, at, index) for at in others):
                line.roles[index] = Role("grammar")
                line.use(index)


def _completes(line: Line, before: int, index: int, scene: Scene) -> bool:
    """Return whether unknown words only complete the value before: 上海市, 代理模式 of the column 销售模式."""
    item = line.items[index]
    if not line.is_role(index, "unknown") or not line.is_role(before, "value"):
        return False
    glued = line.items[before].end == item.start
    if glued and item.text in _TAILS:
        return True
    known = [scene.dimension(term.name) for term in line.roles[before].terms]
    names = [name for one in known for name in (one.label.zh, one.label.en.lower(), *one.synonyms.all())]
    if item.text.isascii():
        return len(item.text) > 2 and any(item.text in name.split() for name in names)
    return (glued or len(item.text) > 1) and any(item.text in name for name in names)  # 技术部 of 部门


def _same(line: Line, one: int, other: int) -> bool:
    return bool(
        {term.name for term in line.roles[one].terms} & {term.name for term in line.roles[other].terms}
    )


def _listed(line: Line, one: int, other: int) -> bool:
    first, last = min(one, other), max(one, other)
    return any(line.has(at, Tag.AND, Tag.COMPARE) for at in range(first, last))


def _is_noun(line: Line, index: int, scene: Scene) -> bool:
    """Return whether the words name the counted things themselves, not their number: guests, not 客人数."""
    text = line.items[index].text
    if text in PEOPLE:
        return True
    names = {
        name
        for model in scene.catalog.models.values()
        for name in (model.name, model.label.en, model.label.zh)
    }
    if not text.isascii() and _counts_these(text, line.roles[index], scene):
        return True
    names |= {entity.name for model in scene.catalog.models.values() for entity in model.entities}
    return key_of(text) in {key_of(folded_name(name.replace("_", " "))) for name in names}


def _counts_these(text: str, role: Role, scene: Scene) -> bool:
    """Return whether a metric counts the things that a word names: 约课 of 约课数."""
    metric = scene.metric(role.name)
    counts = isinstance(metric.type, SimpleMetric) and metric.type.agg in ("count", "count_distinct")
    return counts and folded_name(metric.label.zh) in (text + "数", text + "量")


def _is_whole(line: Line, index: int) -> bool:
    """Return whether all members are asked for: all hubs, 所有城市."""
    return any(
        line.items[at].text in ("all", "all the", "所有", "全部", "所有的")
        for at in (index - 1, index - 2)
        if at >= 0
    )


def read_populations(line: Line, draft: Draft, scene: Scene) -> None:
    """Use up a dimension that only says whose numbers are asked ("zarn from riders aged 30 or older").

    Such a noun stands behind of/from/by or before 的, next to a condition on another dimension, and is not
    asked to be split by.
    """
    truths = any(scene.catalog.dimensions[group.dimension].kind == "boolean" for group in draft.group_by
                 if group.dimension in scene.catalog.dimensions)  # fmt: skip
    for index in line.of_role("dimension") if draft.metrics else ():
        if index not in line.used and _of_kind(line, index, scene):
            line.use(index)  # 各母语学员的约课数: by the language
    if not (draft.where or truths) or not draft.metrics:
        return
    for index in line.of_role("dimension"):
        if index in line.used or scene.dimension(line.roles[index].name).kind != "categorical":
            continue
        before = line.before(index)
        if line.has(before, Tag.BY, Tag.WHICH, Tag.LIST, Tag.TOP, Tag.HOW_MANY, Tag.AND):
            continue
        after = line.after(index)
        elsewhere = any(line.has(line.before(at), Tag.BY) for at in line.of_role("dimension") if at != index)
        if line.has(after, Tag.NOT) and line.has(before, Tag.OF) and elsewhere:
            line.use(index)  # by industry for countries other than Japan
            continue
        lacking = after is not None and after in line.used and line.items[after].text == "without"
        if (line.has(after, Tag.NOT) and not lacking) or _is_whole(line, index):
            continue
        if _in_english(line, index) or _in_chinese(line, index) or _compound(line, index, draft):
            line.use(index)
            label = scene.dimension(line.roles[index].name).label
            draft.say("filter", f"限定的{label.zh}", f"these {label.en} only", scene.words(line, index))


def _of_kind(line: Line, index: int, scene: Scene) -> bool:
    """Return whether a word for members only says whose column stands before it, which is split by: 各母语学员."""
    before = index - 1
    if line.roles[index].terms[0].code != MEMBERS or not line.is_role(before if index else None, "dimension"):
        return False
    if line.items[before].end != line.items[index].start or line.items[index].text.isascii():
        return False
    homes = [{b.model for b in scene.dimension(line.roles[at].name).bindings} for at in (before, index)]
    return bool(homes[0] & homes[1]) and line.has(line.before(before), Tag.BY)


def _in_english(line: Line, index: int) -> bool:
    """Return whether it stands behind of/from and before its condition: from riders aged 30, at hotels with 5 stars."""
    before, after = line.before(index), line.after(index)
    people = line.items[index].text in PEOPLE and index > 0 and line.items[index - 1].text in ("to", "by")
    joined = line.has(before, Tag.OF) and before is not None and line.items[before].text.isascii()
    if not joined and not people:
        return False
    joints: tuple[str, ...] = ("with", "whose", "where")
    if line.items[index].text in PEOPLE:
        joints += (
            "from",
            "in",
            "of",
            "at",
        )  # for passengers from Canada: whose numbers, not one row for each
    if line.has(after, Tag.OF) and after is not None and line.items[after].text in joints:
        after = line.after(after)
    return after in line.used and not line.is_role(after, "time", "metric")


def _in_chinese(line: Line, index: int) -> bool:
    """Return whether it stands between its condition's 的 and its own 的 before the metric: 鎏金的取灯的灯费额."""
    before, after = line.before(index), line.after(index)
    if before is None or line.items[before].text.isascii():
        return False
    joint = line.has(before, Tag.OF) and line.before(before) in line.used
    if not joint and not (before in line.used and line.items[before].text.endswith("的")):
        return False
    counted = line.before(before) if joint else None
    if line.is_role(after, "time") and after is not None:
        after = line.after(
            after
        )  # a time may stand between the condition and the number: 价格高于…的商品本周…
    conditioned = counted is not None and (
        line.is_role(counted, "number", "quote") or _searched(line, counted)
    )
    conditioned = conditioned or line.roles[index].terms[0].code == MEMBERS  # 来自B站的玩家上个月充值金额
    glued = line.is_role(after, "metric") and conditioned and not line.tagged(*_RANKING)
    return glued or (
        line.has(after, Tag.OF) and after is not None and line.is_role(line.after(after), "metric")
    )


def _searched(line: Line, index: int) -> bool:
    return any(line.has(at, Tag.TEXT_OP) and at in line.used for at in (index - 1, index - 2) if at >= 0)


def _compound(line: Line, index: int, draft: Draft) -> bool:
    """Return whether it stands right behind its condition (5-star hotels, 五星级酒店) and no ranking is asked."""
    before = line.before(index)
    compared = bool(draft.group_by or draft.sides)  # 男性和女性客户的金额对比: they are what is compared
    ranking = [tag for tag in _RANKING if not (compared and tag is Tag.COMPARE)]
    if line.roles[index].terms[0].code == MEMBERS and line.items[index - 1].end == line.items[index].start:
        ranking = [tag for tag in ranking if tag is not Tag.SHARE]  # 头部主播的成交额占比
    if before is None or before not in line.used or line.tagged(*ranking):
        return False
    return line.is_role(before, "value", "segment", "number", "dimension") or line.has(before, Tag.CMP_AFTER)
