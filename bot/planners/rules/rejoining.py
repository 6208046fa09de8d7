"""Names that filler took apart: 上 + 海 of 上海市 behind 在, 充电的次数 of 充电次数."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.language.terms.matcher import Matcher
from bot.language.terms.near import NearMatcher
from bot.language.terms.tokens import Token, key_of
from bot.planners.rules.items import Item
from bot.planners.rules.tags import Tag


def rejoined(
    items: Sequence[Item], tokens: Sequence[Token], matcher: Matcher, near: NearMatcher
) -> tuple[Item, ...]:
    """Return the items with names put together that filler took apart: 上 + 海 of 上海市, 充电的次数 of 充电次数."""
    out: list[Item] = []
    for item in items:
        last = out[-1] if out else None
        if last is None or item.text[:1].isascii() or last.end != item.start:
            out.append(item)
            continue
        filler = (
            len(last.text) == 1 and last.kind == "grammar" and all(tag is Tag.STOP for tag, _ in last.tags)
        )
        if item.kind == "unknown" and filler:
            run = tokens[last.first : item.last]
            terms = near.part(run) if not near.part(tokens[item.first : item.last]) else ()
            if terms:
                out[-1] = replace(
                    item,
                    kind="term",
                    start=last.start,
                    first=last.first,
                    terms=terms,
                    text=last.text + item.text,
                )
                continue
        out.append(item)
    return tuple(_measured(out, matcher))


def _measured(items: Sequence[Item], matcher: Matcher) -> list[Item]:
    """Return the items with 充电的次数 read as the metric 充电次数: the 的 parts a name from what it counts."""
    out = list(items)
    at = 0
    while at < len(out) - 2:
        head, joint = out[at], out[at + 1]
        if (
            joint.text == "的"
            and head.of_kind("metric")
            and all(term.rank > 1 for term in head.of_kind("metric"))
        ):
            for size in (2, 1):
                tail = out[at + 2 : at + 2 + size]
                said = "".join(one.text for one in tail)
                terms = matcher.lexicon.at(key_of(head.text + said)) if len(tail) == size else ()
                metrics = tuple(term for term in terms if term.kind == "metric" and term.rank <= 1)
                if metrics and not any(one.terms for one in tail):
                    whole = replace(
                        head,
                        end=tail[-1].end,
                        last=tail[-1].last,
                        terms=metrics,
                        tags=(),
                        text=f"{head.text}的{said}",
                    )
                    out[at : at + 2 + size] = [whole]
                    break
        at += 1
    return out
