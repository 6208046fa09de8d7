"""Questions that name an analysis of the workspace by its own words: 「一页结算实验赢了吗」, "did the coupon work"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import JsonValue

from bot.answer import Slot
from bot.language.normalise import normalise
from bot.language.terms.tokens import key_of
from bot.plan import ToolPlan
from bot.planners.base import Planned
from semantic_layer.catalog import AnalysisBinding, Catalog
from semantic_layer.text import Words

if TYPE_CHECKING:
    from tools.registry import Registry, Tool

_TOOLS = {
    "experiment": "ab_test",
    "funnel": "funnel",
}  # kind of binding -> the tool that answers for one of them by name
_ZH = (
    "实验 测试 结果 结论 效果 怎么样 如何 有没有 有用 有效果 有效 显著 成功 带来 增量 提升 多少 没有 差别 区别 作用 "
    "好不好 赢 输 吗 呢 了 的 是 有 到底 还是 用 看 一下 a/b ab "
    "哪一步 哪个 步骤 步 环节 掉得 掉 流失 最多 最大 最 分析 转化 用户 人 在 哪 里"
).split()  # fmt: skip
_EN = (
    "did the a an was is are were what which of result results outcome test experiment win won work worked working "
    "effective effect effects have has any significant change changed conversion how go went bring brought extra more "
    "sales orders incremental increment make made difference in for do does it that lift uplift ab raise help helped "
    "us where at step steps lose loses losing lost most people users drop drops off show "
    "me analysis we our by far"
).split()
_MARKS = " ?!.,。?!,"
_LEFT = re.compile(r"[^\W_]")


def bound_plan(text: str, catalog: Catalog, registry: Registry) -> Planned | None:
    """Return the plan for the analysis that a question names, None where it names none or asks for more.

    Every word of the question must be the analysis' own or ask how it came out: a filter or a metric beside it is
    for the grammar to read.
    """
    asked = normalise(text).text.casefold()
    named = [
        (word, one) for one in catalog.analyses if one.kind in _TOOLS for word in _words(one) if word in asked
    ]
    if not named:
        return None
    word, binding = max(named, key=lambda pair: len(pair[0]))
    tool = _TOOLS[binding.kind]
    if tool not in registry or _LEFT.search(_without_asking(asked.replace(word, " "))):
        return None
    inputs: dict[str, JsonValue] = {binding.kind: binding.name}
    return Planned(
        ToolPlan(kind="tool", name=tool, inputs=inputs),
        slots=(Slot("analysis", registry.get(tool).label, (word,)),),
    )


def is_example(text: str, tool: Tool) -> bool:
    """Return whether the whole question is one of the tool's examples: none of its words is a filter then."""
    asked = key_of(normalise(text).text.strip(_MARKS))
    return any(asked == key_of(normalise(one).text) for one in tool.examples.all())


def _words(binding: AnalysisBinding) -> Iterator[str]:
    synonyms = binding.options.get("synonyms")
    further = synonyms.all() if isinstance(synonyms, Words) else ()
    for word in (binding.label.zh, binding.label.en, *further):
        folded = normalise(word).text.casefold().strip()
        if folded:
            yield folded


def _without_asking(text: str) -> str:
    english = r"\b(?:" + "|".join(sorted(map(re.escape, _EN), key=len, reverse=True)) + r")\b"
    chinese = "|".join(sorted(map(re.escape, _ZH), key=len, reverse=True))
    return re.sub(chinese, " ", re.sub(english, " ", text))
