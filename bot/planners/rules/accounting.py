"""What of the line no slot has used, and how much that matters."""

from __future__ import annotations

from collections.abc import Iterable

from bot.language.coverage import unaccounted
from bot.planners.rules.draft import Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import SimpleMetric

_HARMLESS = frozenset(
    {
        Tag.STOP, Tag.OF, Tag.AND, Tag.OR, Tag.WHICH, Tag.LIST, Tag.HOW_MANY, Tag.COUNT, Tag.IS, Tag.HAD,
        Tag.EACH, Tag.TOTAL, Tag.CHART, Tag.OVERVIEW, Tag.FOLLOW, Tag.CORRECT, Tag.TREND, Tag.ONLY,
    }
)  # fmt: skip


def unused_words(
    line: Line, scene: Scene, *, named: bool, quiet: Iterable[tuple[int, int]] = ()
) -> tuple[str, ...]:
    """Return the user's words that carry meaning and that no slot of the plan was read from.

    `named` says that a metric was named: the verb of the question then adds nothing ("customers who bought").
    Where none was, the question is asked back anyway, and only words that name something count. `quiet` are places
    whose words narrow nothing down where no slot has read them.
    """
    used = list(quiet)
    for index, item in enumerate(line.items):
        grammar = line.roles[index].kind == "grammar"
        passed = grammar and (not named or (line.has(index, Tag.VERB) and not _is_compound(line, index)))
        passed = passed and not _restricts(line, scene, index)
        passed = passed and not line.has(index, Tag.NOT, Tag.NOT_END, Tag.NEVER, Tag.OTHER)
        if index in line.used or passed or line.roles[index].kind == "sign" or _is_harmless(line, index):
            used.append((item.start, item.end))
    return unaccounted(scene.question, used, frozenset())


_RESTRICTING = {
    "发货": "发货", "发过货": "发货", "付款": "付", "付款了": "付", "支付": "付", "支付了": "付", "成交": "成交",
    "成交了": "成交", "shipped": "ship", "paid": "paid", "delivered": "deliver",
}  # fmt: skip


def _restricts(line: Line, scene: Scene, index: int) -> bool:
    """Return whether a verb beside a count tells its rows apart (付款的订单数), unless just those are counted.

    Orders are placed anyway, so that "placed" and 下单 say nothing; not every order is shipped or paid.
    """
    stem = _RESTRICTING.get(line.items[index].text)
    if stem is None or not line.has(index, Tag.VERB):
        return False
    near = [line.before(index, Tag.OF, Tag.IS)] if line.items[index].text.isascii() else []
    for at in (line.after(index, Tag.OF), *near):
        if not line.is_role(at, "metric") or at is None:
            continue
        metric = scene.metric(line.roles[at].name)
        kind = metric.type
        words = " ".join((metric.label.zh, metric.label.en.lower(), *metric.synonyms.all(), metric.name))
        own = " ".join(part.sql for part in metric.filters)
        counts = isinstance(kind, SimpleMetric) and kind.agg in ("count", "count_distinct")
        return counts and stem not in words and stem not in own
    return False


def _is_compound(line: Line, index: int) -> bool:
    """Return whether a Chinese verb is part of a metric's name that nobody declared: 下单转化率, 成交订单数."""
    after = index + 1
    if after >= len(line) or not line.is_role(after, "metric"):
        return False
    glued = line.items[index].end == line.items[after].start
    return (
        glued
        and not line.items[index].text.isascii()
        and not line.items[index].text.endswith(("了", "的", "过", "得"))
    )


def _is_harmless(line: Line, index: int) -> bool:
    if line.roles[index].kind == "model" or (
        line.roles[index].kind == "analysis" and line.items[index].of_kind("model")
    ):
        return not line.has(line.before(index, Tag.OF), Tag.COMPARE)  # "against target" asks for something
    if line.roles[index].kind != "grammar":
        return False
    if line.has(index, Tag.CMP) and line.is_role(line.after(index), "time"):
        return True  # "over the last 30 days" compares nothing
    if index > 0 and (
        line.has(index, Tag.NOT, Tag.NEVER, Tag.NOT_END) or line.items[index].text in ("不", "no")
    ):
        return False  # a negation that no slot used turns the answer round
    return any(tag in _HARMLESS for tag, _ in line.items[index].tags)
