"""Searching the catalog for what a question may mean, and showing what was found as lines of a prompt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Literal

from bot.language.normalise import normalise
from bot.language.terms.tokens import is_han, parts_of
from semantic_layer.catalog import Catalog, Dimension, Metric
from semantic_layer.text import Locale, Text, Words

if TYPE_CHECKING:
    from semantic_layer.access import Rights
    from semantic_layer.workspace import SemanticLayer
    from tools.registry import Registry, Tool

EntryKind = Literal["metric", "dimension", "analysis"]
MOST_VALUES = 5
LONGEST_LINE = 110
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the catalog as it is searched for and shown."""

    kind: EntryKind
    name: str
    pieces: frozenset[str]
    rank: int = 1  # strategic metrics come before others where nothing else tells them apart


def pieces_of(text: str) -> frozenset[str]:
    """Return what two texts may share: folded Latin words, and pairs of neighbouring Chinese characters."""
    parts = parts_of(normalise(text).text.replace("_", " "))
    found = {part for part in parts if not is_han(part[0]) and len(part) > 1}
    found |= {a + b for a, b in pairwise(parts) if is_han(a[0]) and is_han(b[0])}
    return frozenset(found)


class CatalogIndex:
    """Search over names, labels, synonyms and descriptions; safe to share between threads."""

    def __init__(self, layer: SemanticLayer, registry: Callable[[], Registry]) -> None:
        self.catalog: Catalog = layer.catalog
        self._registry = registry

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return everything that may be shown, in declaration order."""
        tiers = {"strategic": 0, "tactical": 1, "operational": 2, None: 1}
        found: list[Entry] = []
        for metric in self.catalog.metrics.values():
            if not metric.hidden:
                pieces = _pieces(metric.name, metric.label, metric.synonyms, metric.description)
                found.append(Entry("metric", metric.name, pieces, tiers[metric.tier]))
        for dimension in self.catalog.dimensions.values():
            if not dimension.hidden:
                pieces = _pieces(dimension.name, dimension.label, dimension.synonyms, dimension.description)
                found.append(Entry("dimension", dimension.name, pieces))
        for tool in self._registry().tools.values():
            pieces = _pieces(tool.name, tool.label, tool.examples, None)
            found.append(Entry("analysis", tool.name, pieces))
        return tuple(found)

    @cached_property
    def _telling(self) -> Mapping[str, float]:
        """Return how much a word or pair of characters tells: the logarithm of how rare it is in the catalog."""
        counted = Counter(piece for entry in self.entries for piece in entry.pieces)
        return {piece: log((1 + len(self.entries)) / (0.5 + n)) for piece, n in counted.items()}

    @property
    def tools(self) -> dict[str, Tool]:
        """Return the analyses by name."""
        return dict(self._registry().tools)

    def search(self, text: str, kind: EntryKind, limit: int, rights: Rights) -> list[str]:
        """Return up to `limit` names whose words are in a text, best first; empty where none is."""
        wanted = pieces_of(text)
        scored = []
        for at, entry in enumerate(self.entries):
            if entry.kind != kind or entry.name in rights.hidden or entry.name in rights.masked:
                continue
            # A word that stands in every description ("over", "last") tells nothing apart.
            shared = sum(self._telling[piece] for piece in wanted & entry.pieces)
            if shared > 0:
                scored.append((-shared / (len(entry.pieces) ** 0.5 + 1), entry.rank, at, entry.name))
        return [name for *_, name in sorted(scored)[:limit]]

    def leading(self, limit: int, rights: Rights) -> list[str]:
        """Return the first metrics by tier that a user may see."""
        visible = [
            (entry.rank, at, entry.name)
            for at, entry in enumerate(self.entries)
            if entry.kind == "metric" and entry.name not in rights.hidden
        ]
        return [name for *_, name in sorted(visible)[:limit]]

    def line(self, kind: EntryKind, name: str, locale: Locale, values: Iterable[str] = ()) -> str:
        """Return one thing as a line of the prompt."""
        if kind == "metric":
            return _line(name, self.catalog.metrics[name], _about(self.catalog.metrics[name], locale))
        if kind == "dimension":
            dimension = self.catalog.dimensions[name]
            return _line(name, dimension, ", ".join(values) or _values(dimension, locale))
        tool = self.tools[name]
        return short(f"{name} | {tool.label.at(locale)} | {', '.join(tool.fields)}")


def _pieces(name: str, label: Text, words: Words, description: Text | None) -> frozenset[str]:
    about = (description.zh, description.en) if description else ()
    return pieces_of(" . ".join((name, label.zh, label.en, *words.all(), *about)))


def _line(name: str, thing: Metric | Dimension, about: str) -> str:
    label = thing.label.zh if thing.label.zh == thing.label.en else f"{thing.label.zh} {thing.label.en}"
    return short(f"{name} | {label}" + (f" | {about}" if about else ""))


def _about(metric: Metric, locale: Locale) -> str:
    return short(metric.description.at(locale), 50) if metric.description else ""


def _values(dimension: Dimension, locale: Locale) -> str:
    labels = [(str(value.code), value.label.at(locale)) for value in dimension.values[:MOST_VALUES]]
    shown = [code if code == label else f"{code}={label}" for code, label in labels]
    return ", ".join(shown) + (", …" if len(dimension.values) > MOST_VALUES else "")


def short(text: str, longest: int = LONGEST_LINE) -> str:
    """Return a text on one line: a description must not be able to start a line of its own."""
    flat = _SPACE.sub(" ", text)
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"
