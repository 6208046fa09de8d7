"""Questions that name an analysis of the workspace by its own words: 「一页结算实验赢了吗」, "did the coupon work"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pydantic import JsonValue

from bot.answer import Slot
from bot.language.normalise import folded_name, normalise
from bot.language.rule import Rule
from bot.language.terms.tokens import key_of
from bot.plan import ToolPlan
from bot.planners.base import Planned
from semantic_layer.catalog import AnalysisBinding, Catalog
from semantic_layer.text import Text, Words

if TYPE_CHECKING:
    from tools.registry import Registry, Tool

_TOOLS = {
    "experiment": "ab_test",
    "funnel": "funnel",
    "deal": "deals",
}  # kind of binding -> the tool that answers for one of them by name
_ZH = (
    "实验 测试 结果 结论 效果 怎么样 如何 有没有 有用 有效果 有效 显著 成功 带来 增量 提升 多少 没有 差别 区别 作用 "
    "好不好 赢 输 吗 呢 了 的 是 有 到底 还是 用 看 一下 a/b ab "
    "场次 哪场 那场 这场 一场 场 最好 最差 赚钱 赚 亏钱 亏 盈利 划算 值得 值 表现 排名 扣完 扣掉 退款 佣金 坑位费 "
    "费用 后 之后 还剩 剩 "
    "到手 利润 净额 净 真正 合作 保本 "
    "哪一步 哪个 步骤 步 环节 掉得 掉 流失 最多 最大 最 分析 转化 用户 人 在 哪 里"
).split()  # fmt: skip
_EN = (
    "did the a an was is are were what which of result results outcome test experiment win won work worked working "
    "effective effect effects have has any significant change changed conversion how go went bring brought extra more "
    "sales orders incremental increment make made difference in for do does it that lift uplift ab raise help helped "
    "us where at step steps lose loses losing lost most people users drop drops off show "
    "me analysis we our by far best worst money profit profitable pay paid off worth net after before refund "
    "refunds fee fees commission sale sales session sessions deal deals left most rank ranking loss losses s and"
).split()
_NEAR_LENGTH = 4  # of shorter names, one other character makes another word
_MARKS = " ?!.,。?!,"
_LEFT = Rule(r"[^\W_]")


def bound_plan(text: str, catalog: Catalog, registry: Registry) -> Planned | None:
    """Return the plan for the analysis that a question names, None where it names none or asks for more.

    Every word of the question must be the analysis' own or ask how it came out: a filter or a metric beside it is
    for the grammar to read.
    """
    asked = normalise(text).text.casefold()
    named = [
        (word, one) for one in catalog.analyses if one.kind in _TOOLS for word in _words(one) if word in asked
    ]
    notes: tuple[Text, ...] = ()
    called = ""
    near = _nearly(asked, catalog) if not named else None
    if near is not None:
        written, called, nearest = near
        asked, named = asked.replace(written, called), [(called, nearest)]
        notes = (Text(zh=f"「{written}」按「{called}」理解。", en=f"“{written}” was read as “{called}”."),)
    if not named:
        return None
    word, binding = max(named, key=lambda pair: len(pair[0]))
    tool = _TOOLS[binding.kind]
    if tool not in registry:
        return None
    values: dict[str, JsonValue] = {}
    rest = asked.replace(word, " ")
    if binding.kind == "deal":  # a value may hold the word itself: 达人直播 is one of 直播类型
        values, rest = _values(asked, binding, catalog)
        for one in sorted(_words(binding), key=len, reverse=True):
            rest = rest.replace(one, " ")
    if _LEFT.search(_without_asking(rest)):
        return None
    inputs: dict[str, JsonValue] = {binding.kind: binding.name}
    member = _member(called, catalog) if near is not None and binding.kind == "experiment" else None
    if member is not None:  # as where its words name a value, so that both are one plan
        inputs, values = {}, member
    if values:
        inputs["where"] = [
            {"kind": "condition", "dimension": name, "operator": "=", "values": [code]}
            for name, code in values.items()
        ]
    return Planned(
        ToolPlan(kind="tool", name=tool, inputs=inputs),
        slots=(Slot("analysis", registry.get(tool).label, (near[0] if near is not None else word,)),),
        notes=notes,
    )


def _member(called: str, catalog: Catalog) -> dict[str, JsonValue] | None:
    """Return the only declared value that is called so, with its dimension."""
    found: list[dict[str, JsonValue]] = [
        {dimension.name: value.code} for dimension in catalog.dimensions.values() for value in dimension.values
        if called in {folded_name(word).casefold() for word in (value.label.zh, *value.synonyms.zh)}
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _nearly(text: str, catalog: Catalog) -> tuple[str, str, AnalysisBinding] | None:
    """Return what a text writes with one other Chinese character than an analysis is called by: 一页结账 of 一页结算.

    With the name itself and the analysis; None where no name of four characters or more is so near, or several are.
    """
    found: dict[str, tuple[str, str, AnalysisBinding]] = {}
    for one in catalog.analyses:
        for word in _words(one) if one.kind in _TOOLS else ():
            if len(word) < _NEAR_LENGTH or word.isascii() or sum(char not in text for char in word) > 1:
                continue
            for start in range(len(text) - len(word) + 1):
                part = text[start : start + len(word)]
                if sum(a != b for a, b in zip(part, word, strict=True)) == 1:
                    found.setdefault(one.name, (part, word, one))
    return next(iter(found.values())) if len(found) == 1 else None


# Tool -> (its input, the kind of which it takes the first where none is named, what it takes of that: None is the name)
_FIRST = {
    "funnel": ("funnel", "funnel", None),
    "deals": ("deal", "deal", None),
    "basket": ("dimension", "review", "product"),
}


def with_binding(plan: ToolPlan, catalog: Catalog) -> ToolPlan:
    """Return the plan with what the workspace declares for it written out: said in the question or not, it is one."""
    if plan.name not in _FIRST or _FIRST[plan.name][0] in plan.inputs:
        return plan
    field, kind, key = _FIRST[plan.name]
    declared = (
        one.name if key is None else one.options.get(key) for one in catalog.analyses if one.kind == kind
    )
    first = next((name for name in declared if isinstance(name, str)), None)
    return plan.model_copy(update={"inputs": {field: first, **plan.inputs}}) if first is not None else plan


def _values(text: str, binding: AnalysisBinding, catalog: Catalog) -> tuple[dict[str, JsonValue], str]:
    """Return the declared values of the analysis' dimensions that a text names, and what is left of the text."""
    names = binding.options.get("dimensions")
    own = tuple(_words(binding))
    found: dict[str, JsonValue] = {}
    for name in names if isinstance(names, tuple) else ():
        for value in catalog.dimensions[name].values:
            words = (str(value.code), value.label.zh, value.label.en, *value.synonyms.all())
            folded = sorted((normalise(one).text.casefold() for one in words), key=len, reverse=True)
            word = next((one for one in folded if one and one in text and not _part_of(one, own, text)), None)
            if word is not None and name not in found:
                found[name], text = value.code, text.replace(word, " ")
    return found, text


def _part_of(word: str, own: Iterable[str], text: str) -> bool:
    """Return whether a value's word is only a part of the analysis' own name: the creator of "creator deals"."""
    return any(word in name and word != name and name in text for name in own)


def is_example(text: str, tool: Tool) -> bool:
    """Return whether the whole question is one of the tool's examples: none of its words is a filter then."""
    asked = key_of(normalise(text).text.strip(_MARKS))
    return any(asked == key_of(normalise(one).text) for one in tool.examples.all())


def _words(binding: AnalysisBinding) -> Iterator[str]:
    synonyms = binding.options.get("synonyms")
    further = synonyms.all() if isinstance(synonyms, Words) else ()
    for word in (binding.label.zh, binding.label.en, *further):
        folded = folded_name(word).casefold().strip()
        if folded:
            yield folded


def _without_asking(text: str) -> str:
    english = r"\b(?:" + "|".join(sorted(map(re.escape, _EN), key=len, reverse=True)) + r")\b"
    chinese = "|".join(sorted(map(re.escape, _ZH), key=len, reverse=True))
    return re.sub(chinese, " ", re.sub(english, " ", text))
