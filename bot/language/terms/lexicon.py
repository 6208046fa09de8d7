"""The lexicon: every label, synonym and name that a catalog declares, by folded key."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.language.normalise import normalise
from bot.language.rule import Rule
from bot.language.terms.tokens import fold_word, is_han, key_of, parts_of
from bot.language.terms.wordings import (
    buckets,
    either,
    event_nouns,
    opposites,
    persons,
    spelt_out,
    variants,
    verbs,
)
from semantic_layer.catalog import Catalog, Dimension, Metric, Model
from semantic_layer.query import Scalar
from semantic_layer.text import Text, Words

TermKind = Literal[
    "metric", "dimension", "value", "segment", "concept", "event", "model", "analysis", "calendar"
]
# A "half" is a label without its brackets, or what stands in them: it stays so only while a lexicon is built.
Source = Literal["label", "synonym", "half", "name", "variant", "data", "part", "typo", "verb"]

MEMBERS = "members"  # the code of a table's label as a word for its members

# How much a source says about what was meant; a smaller number wins where two terms share their words.
RANK: Mapping[Source, int] = {
    "label": 0, "synonym": 1, "half": 1, "name": 2, "data": 3, "variant": 4, "part": 5, "typo": 6, "verb": 6,
}  # fmt: skip

_BRACKETS = Rule(r"^(.+?)\s*[(（\[]\s*(.+?)\s*[)）\]]$")
_NAME_OF = Rule(r"^(.{2,}?)(?:名称|名字|姓名|昵称|名| names?)$")  # 商品名称 -> 商品
_EN_UNIT = re.compile(
    r"(?i)[ (]+(?:in )?(?:minutes?|mins?|hours?|days?|weeks?|months?|years?|kg|km|usd|cny)\)?$"
)
_TRUTH = Rule(r"^(?:是否为?|有无|is |was |has |whether )(.{2,})$")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that words may name. `name` is canonical; `code` is the stored value of a `value` term."""

    kind: TermKind
    name: str
    source: Source
    code: Scalar | None = None

    @property
    def identity(self) -> tuple[str, str, Scalar | None]:
        """Return what is named, whatever the words."""
        return self.kind, self.name, self.code

    @property
    def rank(self) -> int:
        """Return how weak the source of the name is; the strongest is 0."""
        return RANK[self.source]


@dataclass(frozen=True)
class Lexicon:
    """Every declared term by key. `longest` is the longest key, in tokens, per first token."""

    terms: Mapping[str, tuple[Term, ...]]
    longest: Mapping[str, int]
    words: frozenset[str] = field(default_factory=frozenset)  # the Latin words in all keys, for typos

    def at(self, key: str) -> tuple[Term, ...]:
        """Return the terms of a key, strongest source first; empty when nothing is called so."""
        return self.terms.get(key, ())


def build_lexicon(catalog: Catalog) -> Lexicon:
    """Return the lexicon of a catalog; hidden metrics and dimensions are left out."""
    found: dict[str, dict[tuple[str, str, Scalar | None], Term]] = {}
    longest: dict[str, int] = {}
    words: set[str] = set()
    for surface, term in _entries(catalog):
        folded = normalise(surface).text
        parts = parts_of(folded)
        if not parts:
            continue
        sizes = {key_of(folded): (parts[0], len(parts))}
        latin = [part for part in parts if not is_han(part[0])]
        if 1 < len(parts) <= 3 and len(latin) == len(parts):  # e-commerce is found as ecommerce, too
            joined = fold_word(folded.replace(" ", "").replace("-", "").replace("_", ""))
            sizes[joined] = (joined, 1)
        for key, (first, size) in sizes.items():
            terms = found.setdefault(key, {})
            known = terms.get(term.identity)
            if (
                known is None
                or known.rank > term.rank
                or (known.source == "half" and known.rank == term.rank)
            ):
                terms[term.identity] = term
            longest[first] = max(longest.get(first, 0), size)
        words.update(latin)
    ordered = {
        key: tuple(sorted(_without_halves(terms.values()), key=lambda term: term.rank))
        for key, terms in found.items()
    }
    return Lexicon(ordered, longest, frozenset(words))


def _without_halves(terms: Collection[Term]) -> Iterator[Term]:
    """Yield terms; a half of a label, 退款 of 退款(按退款日), is no name where another of its kind is called so."""
    called = {term.kind for term in terms if term.source in ("label", "synonym")}
    for term in terms:
        if term.source == "half":
            yield replace(term, source="variant" if term.kind in called else "synonym")
        else:
            yield term


def _entries(catalog: Catalog) -> Iterator[tuple[str, Term]]:
    for metric in catalog.metrics.values():
        if not metric.hidden:
            yield from _metric_entries(metric)
    hidden = set(catalog.access.hidden) if catalog.access else set()
    for dimension in catalog.dimensions.values():
        if not dimension.hidden and dimension.name not in hidden:
            yield from _dimension_entries(dimension)
    for segment in catalog.segments.values():
        yield from _named("segment", segment.name, segment.label, segment.synonyms)
    for concept in catalog.concepts:
        for word in concept.words.all():
            yield word, Term("concept", concept.name, "label")
    for event in catalog.events:
        yield from _named("event", event.name, event.label, event.synonyms)
    for model in catalog.models.values():
        yield from _named("model", model.name, model.label, model.synonyms)
        yield from _member_entries(model, catalog)
    for grain in catalog.custom_grains.values():
        yield from _named("calendar", grain.name, grain.label, Words())
    for analysis in catalog.analyses:
        yield from _named("analysis", f"{analysis.kind}:{analysis.name}", analysis.label, Words())


def _member_entries(model: Model, catalog: Catalog) -> Iterator[tuple[str, Term]]:
    """Yield a table's label as a word for its members, where other tables point to them: 玩家, passengers."""
    named = {
        match[1]
        for one in catalog.dimensions.values() if any(binding.model == model.name for binding in one.bindings)
        for match in (_NAME_OF.match(one.label.zh), _NAME_OF.match(one.label.en.lower())) if match
    }  # fmt: skip
    for entity in model.entities:
        if entity.type != "primary" or entity.name not in catalog.dimensions:
            continue
        pointed = any(
            other.name == entity.name and other.type == "foreign"
            for one in catalog.models.values() for other in one.entities
        )  # fmt: skip
        for surface in (model.label.zh, model.label.en, *model.synonyms.all()) if pointed else ():
            if any(surface.lower() in (name, f"{name}s") for name in named):
                continue  # 商品名称 names the members already
            yield surface, Term("dimension", entity.name, "variant", MEMBERS)


def _metric_entries(metric: Metric) -> Iterator[tuple[str, Term]]:
    named = list(_named("metric", metric.name, metric.label, metric.synonyms))
    yield from named
    for surface, term in named:
        if term.source != "name":
            for variant in variants(surface):
                yield variant, Term("metric", metric.name, "variant")
        for variant in spelt_out(surface):
            yield variant, Term("metric", metric.name, "variant")


def _dimension_entries(dimension: Dimension) -> Iterator[tuple[str, Term]]:
    yield from _named("dimension", dimension.name, dimension.label, dimension.synonyms)
    for surface in (dimension.label.zh, dimension.label.en.lower()):
        if match := _NAME_OF.match(surface):
            yield match[1], Term("dimension", dimension.name, "variant", MEMBERS)
        for variant in spelt_out(surface):
            yield variant, Term("dimension", dimension.name, "variant")
    for surface in (dimension.label.en, *dimension.synonyms.all()):
        for variant in either(surface):
            yield variant, Term("dimension", dimension.name, "variant")
    for spelling in dimension.qualified:
        yield spelling.replace("__", " "), Term("dimension", dimension.name, "name")
    yield from _derived_entries(dimension)
    for value in dimension.values if dimension.index_values else ():
        for source, surfaces in (
            ("label", {value.label.zh, value.label.en}),
            ("synonym", set(value.synonyms.all())),
            ("name", {value.code} if isinstance(value.code, str) else set()),
        ):
            for surface in surfaces:
                yield surface, Term("value", dimension.name, source, value.code)  # type: ignore[arg-type]  # the three sources above
        for word in persons(value.label.en):
            yield word, Term("value", dimension.name, "variant", value.code)


def _derived_entries(dimension: Dimension) -> Iterator[tuple[str, Term]]:
    """Yield further names of dates (order month, ordered) and truth values (重开 of 是否重开)."""
    if dimension.kind == "time":
        for surface in (dimension.label.zh, dimension.label.en.lower(), *dimension.synonyms.all()):
            for bucket, grain in buckets(surface):
                yield bucket, Term("dimension", dimension.name, "variant", grain)
        for surface in (
            dimension.label.zh,
            dimension.label.en,
            *dimension.synonyms.all(),
            dimension.name,
            *_columns(dimension),
        ):
            for verb in verbs(surface):
                yield verb, Term("dimension", dimension.name, "verb")
            for noun in event_nouns(surface):
                yield noun, Term("dimension", dimension.name, "variant")
    if dimension.kind == "number":
        yield from _number_entries(dimension)
    if dimension.kind == "boolean":
        yield from _truth_entries(dimension)


def _number_entries(dimension: Dimension) -> Iterator[tuple[str, Term]]:
    """Yield a numeric column without its unit (delay of "delay in minutes") and as a verb (delayed)."""
    for surface in (dimension.label.en, *dimension.synonyms.all(), dimension.name.replace("_", " ")):
        word = normalise(_EN_UNIT.sub("", surface)).text
        if word.isascii() and word.isalpha() and len(word) > 3:  # delayed by more than 60 minutes
            yield word, Term("dimension", dimension.name, "variant")
            yield word.removesuffix("e") + "ed", Term("dimension", dimension.name, "verb", "number")


def _truth_entries(dimension: Dimension) -> Iterator[tuple[str, Term]]:
    """Yield a truth value without its "is" or 是否, and how its opposite is said."""
    for surface in (dimension.label.zh, dimension.label.en, *dimension.synonyms.all(), dimension.name):
        folded = normalise(surface.replace("_", " ")).text
        truth = _TRUTH.match(folded)
        if truth:
            yield truth[1], Term("dimension", dimension.name, "variant")
        for opposite in opposites(truth[1] if truth else folded):
            yield opposite, Term("value", dimension.name, "variant", False)


def _columns(dimension: Dimension) -> Iterator[str]:
    yield from (binding.expr for binding in dimension.bindings if binding.expr.isidentifier())


def _named(kind: TermKind, name: str, label: Text, synonyms: Words) -> Iterator[tuple[str, Term]]:
    yield name.partition(":")[2] if kind == "analysis" else name, Term(kind, name, "name")
    unlabelled = label.zh == label.en == name  # nobody wrote a label: the name stands in for it
    for surface in (label.zh, label.en):
        yield surface, Term(kind, name, "name" if unlabelled else "label")
        if match := _BRACKETS.match(surface):
            yield from ((part, Term(kind, name, "half")) for part in match.groups())
    for surface in synonyms.all():
        yield surface, Term(kind, name, "synonym")
