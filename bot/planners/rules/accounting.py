"""What of the line no slot has used, and how much that matters."""

from __future__ import annotations

from bot.language.coverage import unaccounted
from bot.planners.rules.draft import Scene
from bot.planners.rules.grammar import grammar
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag

_HARMLESS = frozenset(
    {
        Tag.STOP, Tag.OF, Tag.AND, Tag.OR, Tag.BY, Tag.WHICH, Tag.LIST, Tag.HOW_MANY, Tag.COUNT, Tag.IS, Tag.HAD, Tag.EACH,
        Tag.TOTAL, Tag.CHART, Tag.FOLLOW, Tag.CORRECT, Tag.TREND, Tag.ORDER, Tag.COMPARE, Tag.NOT_END, Tag.ONLY,
    }
)  # fmt: skip


def unused_words(line: Line, scene: Scene) -> tuple[str, ...]:
    """Return the user's words that carry meaning and that no slot of the plan was read from."""
    used = []
    for index, item in enumerate(line.items):
        if index in line.used or line.roles[index].kind == "sign" or _is_harmless(line, index):
            used.append((item.start, item.end))
    return unaccounted(scene.question, used, frozenset())


def _is_harmless(line: Line, index: int) -> bool:
    if line.roles[index].kind not in ("grammar", "model", "event"):
        return False
    tags = line.items[index].tags
    if line.roles[index].kind != "grammar":
        return True
    return any(tag in _HARMLESS for tag, _ in tags)


def is_filler_only(line: Line) -> bool:
    """Return whether nothing in the line names or counts anything."""
    return all(
        role.kind == "sign"
        or (role.kind == "grammar" and line.items[index].has(Tag.STOP, Tag.OF, Tag.FOLLOW))
        for index, role in enumerate(line.roles)
    )


def known_words() -> frozenset[str]:
    """Return the keys of all filler words of both languages."""
    return frozenset(key for key, tags in grammar().tags.items() if any(tag is Tag.STOP for tag, _ in tags))
