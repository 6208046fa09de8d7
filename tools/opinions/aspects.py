"""What comments are about: aspects of the YAML, else common ones of shops with words in both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.text import Text, Words


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect: its name, label, and a pattern that finds its words in a clause (lower case)."""

    name: str
    label: Text
    pattern: re.Pattern[str]


_DEFAULTS = (
    ("effect", Text(zh="功效", en="effect"), "功效 效果 作用 管用 有用 没用 改善 见效",
     "effect effects effective results works work worked working helped improvement"),
    ("quality", Text(zh="做工质量", en="quality"), "质量 品质 做工 用料 材质 质感 结实 耐用 坏了 瑕疵 正品 假货",
     "quality material materials build workmanship durable sturdy flimsy broke broken defective genuine fake"),
    ("feel", Text(zh="使用感受", en="feel"), "质地 肤感 手感 触感 吸收 黏 油腻 清爽 舒服 舒适 柔软",
     "texture feel feels comfortable comfort greasy sticky soft smooth absorbs"),
    ("reaction", Text(zh="不适反应", en="bad reaction"), "过敏 刺痛 泛红 红肿 发红 发痒 起痘 长痘",
     "allergic allergy rash redness red itchy irritated irritation stung stings burns breakout"),
    ("smell_taste", Text(zh="味道气味", en="smell and taste"), "味道 气味 香味 香精 异味 怪味 刺鼻 口感 好吃 难吃",
     "smell smells scent fragrance odour odor taste tastes flavour flavor"),
    ("packaging", Text(zh="外包装", en="packaging"), "包装 盒子 瓶 封口 封膜 压扁 破损",
     "packaging package packed box bottle lid seal leak leaks leaked leaking crushed"),
    ("delivery", Text(zh="物流配送", en="delivery"), "物流 快递 发货 送货 送到 配送 到货 收货 驿站",
     "delivery delivered shipping shipped ship courier arrived arrive waited"),
    ("service", Text(zh="客服售后", en="service"), "客服 售后 服务 态度 回复 退换 处理 换货",
     "service support staff helpful rude reply replied answered refund exchange"),
    ("price", Text(zh="价钱", en="price"), "价格 价钱 性价比 划算 便宜 贵 降价 保价 实惠 不值",
     "price priced expensive cheap cheaper value overpriced worth money bargain"),
    ("look", Text(zh="外观款式", en="look"), "外观 颜色 色差 款式 好看 难看 颜值 漂亮 图片",
     "look looks colour color style design pretty ugly picture photo"),
    ("size", Text(zh="尺寸", en="size"), "尺码 尺寸 大小 偏大 偏小 合身 太大 太小 码数",
     "size sizes fit fits small large tight loose"),
    ("ease", Text(zh="操作安装", en="ease of use"), "操作 安装 好用 难用 方便 麻烦 说明书 使用方法",
     "easy difficult install installation instructions manual setup complicated"),
)  # fmt: skip


def aspects_of(binding: AnalysisBinding) -> tuple[Aspect, ...]:
    """Return the aspects that the binding declares, else the common ones."""
    declared = binding.options.get("aspects", ())
    assert isinstance(declared, tuple)
    if not declared:
        return tuple(
            Aspect(name, label, _pattern((*zh.split(), *en.split()))) for name, label, zh, en in _DEFAULTS
        )
    found = []
    for one in declared:
        words = one["words"]
        assert isinstance(words, Words)
        found.append(Aspect(str(one["name"]), one["label"], _pattern(tuple(words.all()))))
    return tuple(found)


def mentioned(clause: str, aspects: Sequence[Aspect]) -> list[int]:
    """Return the places of the aspects that a clause is about."""
    folded = clause.lower()
    return [at for at, one in enumerate(aspects) if one.pattern.search(folded)]


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern: English as whole words, Chinese anywhere."""
    plain = sorted({word.lower() for word in words if word.isascii()}, key=len, reverse=True)
    other = sorted({word for word in words if not word.isascii()}, key=len, reverse=True)
    parts = [re.escape(word) for word in other]
    if plain:
        parts.append(r"\b(?:" + "|".join(map(re.escape, plain)) + r")\b")
    return re.compile("|".join(parts) or r"(?!)")
