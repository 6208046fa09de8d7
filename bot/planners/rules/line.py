"""A question as a line of items with their roles, and the moves over it that every stage needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.language.terms.lexicon import Term
from bot.planners.rules.items import Item
from bot.planners.rules.tags import Tag

RoleKind = Literal[
    "metric", "dimension", "value", "segment", "concept", "model", "analysis", "event", "calendar",
    "grammar", "number", "time", "quote", "unknown", "sign",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Role:
    """What an item is in this reading, and what of that kind it may name (several: not decided)."""

    kind: RoleKind
    terms: tuple[Term, ...] = ()

    @property
    def name(self) -> str:
        """Return the canonical name of the first term."""
        return self.terms[0].name


@dataclass(slots=True)
class Line:
    """The items, their roles, and which of them some slot has used."""

    items: Sequence[Item]
    roles: list[Role]
    used: set[int] = field(default_factory=set)
    _places: dict[Tag, list[int]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for index, item in enumerate(self.items):
            for tag, _ in item.tags:
                places = self._places.setdefault(tag, [])
                if not places or places[-1] != index:
                    places.append(index)

    def __len__(self) -> int:
        return len(self.items)

    def use(self, *indexes: int | None) -> None:
        """Mark items as used; None is passed over."""
        self.used.update(index for index in indexes if index is not None)

    def of_role(self, *kinds: RoleKind) -> list[int]:
        """Return the indexes of the items with one of the roles, in order."""
        return [index for index, role in enumerate(self.roles) if role.kind in kinds]

    def tagged(self, *tags: Tag) -> list[int]:
        """Return the indexes of the grammar words with one of the tags, in order."""
        found = {
            index
            for tag in tags
            for index in self._places.get(tag, ())
            if self.roles[index].kind in ("grammar", "time")
        }
        return sorted(found)

    def has(self, index: int | None, *tags: Tag) -> bool:
        """Return whether the item is read as grammar and carries one of the tags."""
        return (
            index is not None
            and self.roles[index].kind in ("grammar", "time")
            and self.items[index].has(*tags)
        )

    def payload(self, index: int, tag: Tag) -> str:
        """Return the payload of a tag the item is known to carry."""
        return self.items[index].payload(tag) or ""

    def is_role(self, index: int | None, *kinds: RoleKind) -> bool:
        """Return whether there is an item at `index` with one of the roles."""
        return index is not None and self.roles[index].kind in kinds

    def before(self, index: int, *through: Tag) -> int | None:
        """Return the nearest item before that is not filler; words with a tag in `through` are passed too."""
        return next(self._walk(range(index - 1, -1, -1), through), None)

    def after(self, index: int, *through: Tag) -> int | None:
        """Return the nearest item after that is not filler; words with a tag in `through` are passed too."""
        return next(self._walk(range(index + 1, len(self.items)), through), None)

    def is_filler(self, index: int) -> bool:
        """Return whether the item only joins or decorates."""
        if self.roles[index].kind == "sign":
            return self.items[index].text not in ",;.?!"
        return self.roles[index].kind == "grammar" and all(
            tag in (Tag.STOP, Tag.FOLLOW, Tag.CORRECT, Tag.OVERVIEW) for tag, _ in self.items[index].tags
        )

    def _walk(self, indexes: range, through: tuple[Tag, ...]) -> Iterator[int]:
        for index in indexes:
            if not self.is_filler(index) and not (through and self.has(index, *through)):
                yield index
