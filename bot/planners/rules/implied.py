"""What a bare verb asks for: 「上周卖了多少」 means what the workspace means by 卖了多少钱 or 卖得怎么样."""

from __future__ import annotations

from bot.language.normalise import normalise
from bot.language.rule import Rule
from bot.language.terms.lexicon import Term
from bot.planners.rules.draft import Draft, Scene
from bot.planners.rules.line import Line
from bot.planners.rules.tags import Tag
from semantic_layer.catalog import Concept

# What may follow a verb in a declared word without saying more than "how much": no 最好, no 件.
_HOW_MUCH = Rule(r"(?:了|得|出|过)*(?:的)?(?:多少|多少钱|几|钱|怎么样|如何|多|情况)?(?:钱|了)?")
_TAIL = Rule(r"(?:出了|了|得|过|出|的|到)$")
_ASKED = (
    Tag.HOW_MANY, Tag.MORE, Tag.SUPER, Tag.TOP, Tag.GROWTH, Tag.GREW, Tag.GROW_MOST, Tag.POP, Tag.YOY, Tag.TREND,
    Tag.COMPARE, Tag.AVERAGE_PER, Tag.SHARE, Tag.OVERVIEW, Tag.ORDER,
)  # fmt: skip


def read_implied(line: Line, draft: Draft, scene: Scene) -> None:
    """Take the metric that the workspace's words give to the question's verb, where no metric is named.

    Only a vague word of the same verb with nothing behind it but "how much" says so, and only one of them.
    """
    if draft.metrics or draft.counted is not None or line.of_role("metric", "concept"):
        return
    verbs = [at for at in line.tagged(Tag.VERB) if at not in line.used]
    if not verbs or not line.tagged(*_ASKED):
        return
    for index in verbs:
        text = line.items[index].text
        stem = _TAIL.sub("", text)
        if text.isascii() or not stem or _counts_members(line, index):
            continue
        meant = [
            concept for concept in scene.catalog.concepts if concept.metric and _is_said_by(concept, stem)
        ]
        if len(meant) != 1 or meant[0].metric is None:
            continue
        able = [name for name in (meant[0].metric, *meant[0].also) if _fits(line, name, scene)]
        if not able:
            continue
        taken = Term("metric", able[0], "label")
        others = tuple(Term("metric", name, "label") for name in able[1:])
        draft.add_metric(able[0], index)
        draft.choices.append((index, taken, others))
        label = scene.metric(able[0]).label
        draft.say("metric", label.zh, label.en, scene.words(line, index))
        line.use(index, *line.tagged(Tag.HOW_MANY))
        return


def _fits(line: Line, name: str, scene: Scene) -> bool:
    named = {
        role.name for role in line.roles
        if role.kind in ("dimension", "value") and len({term.name for term in role.terms}) == 1
    }  # fmt: skip
    return name in scene.catalog.metrics and all(scene.reach.reaches([name], part) for part in named)


def _is_said_by(concept: Concept, stem: str) -> bool:
    words = (normalise(word).text for word in concept.words.zh)
    return any(
        word.startswith(stem) and _HOW_MUCH.fullmatch(word.removeprefix(stem)) is not None for word in words
    )


def _counts_members(line: Line, index: int) -> bool:
    """Return whether what was done is counted in things: 卖了多少件, 卖了几个商品."""
    after = line.after(index)
    return line.has(after, Tag.HOW_MANY) and (
        line.items[after or 0].text[-1:] in "件个款种单笔条瓶盒套支"
        or line.is_role(line.after(after or 0), "dimension", "model", "unknown")
    )
