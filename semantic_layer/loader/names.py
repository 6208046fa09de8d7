"""Models and dimensions by name, and how a name is understood inside one model or anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from semantic_layer.catalog import (
    Dimension,
    Model,
)
from semantic_layer.period import Grain
from semantic_layer.spec.document import Marked
from semantic_layer.spec.names import is_plain

METRIC_TIME = "metric_time"
PARTS = ("year", "quarter", "month", "day", "day_of_week", "day_of_year")


@dataclass(slots=True)
class Names:
    """Models and dimensions by name, and how a name is understood inside one model or anywhere."""

    models: dict[str, Model] = field(default_factory=dict)
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    local: dict[str, dict[str, str]] = field(default_factory=dict)  # model -> local name -> canonical
    grains: frozenset[str] = frozenset()  # the grains of the workspace's own calendars
    raws: dict[str, Marked] = field(default_factory=dict)  # model -> where it was written

    def resolve(self, name: str, model: str | None = None) -> str | None:
        """Return the canonical name of a dimension as written in `model` (or anywhere), or None."""
        if model is not None and (found := self.local.get(model, {}).get(name)) is not None:
            return found
        if name in self.spellings:
            return self.spellings[name]
        parts = name.split("__")
        if len(parts) > 2:  # listing__user__country: the entity next to the column says which it is
            return self.spellings.get("__".join(parts[-2:]))
        return None

    def resolve_time(self, name: str, model: str | None = None) -> tuple[str, str] | None:
        """Return (canonical name, grain) of `ordered_at__week`, or None where it is not of that form."""
        head, under, tail = name.rpartition("__")
        if not under or tail.lower() not in {*Grain, *PARTS, *self.grains}:
            return None
        canonical = METRIC_TIME if head == METRIC_TIME else self.resolve(head, model)
        return None if canonical is None else (canonical, tail.lower())

    def known(self, model: str | None = None) -> list[str]:
        """Return the names that may be written, those of `model` first."""
        return [*self.local.get(model or "", {}), *self.spellings]

    def times(self, model: str) -> list[str]:
        """Return the local names of a model's time dimensions."""
        found = self.local.get(model, {})
        return [local for local, name in found.items() if self.dimensions[name].kind == "time"]


def is_plain_name(name: str) -> bool:
    """Return whether a name is ASCII letters, digits and underscores; SQL keywords are fine, they get quoted."""
    return is_plain(name) or (name.isidentifier() and name.isascii())
