"""The catalog turned into look-up tables, once per catalog: entities, joins, spellings, table names."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from semantic_layer.catalog import Binding, Catalog, Dimension, Entity

JOINABLE = frozenset({"primary", "unique", "natural"})


@dataclass(frozen=True, slots=True)
class Hop:
    """One join: from the model before, over `entity`, to the one row of `model` that has the same key."""

    entity: str
    model: str


@dataclass(slots=True)
class CatalogIndex:
    """Look-up tables of one catalog; `memo` keeps what later stages found out about it."""

    catalog: Catalog
    entities: dict[str, dict[str, Entity]] = field(default_factory=dict)  # model -> entity name -> entity
    hops: dict[str, tuple[Hop, ...]] = field(default_factory=dict)  # model -> joins that keep its rows single
    fanning: dict[str, tuple[Hop, ...]] = field(
        default_factory=dict
    )  # model -> joins that would multiply rows
    entity_names: frozenset[str] = frozenset()
    validity: dict[tuple[str, str], str] = field(default_factory=dict)  # (model, start or end) -> expression
    partitions: dict[str, dict[str, Binding]] = field(default_factory=dict)  # model -> column -> its binding
    taken: frozenset[str] = frozenset()  # names no CTE may have: it would hide a table
    memo: dict[tuple[object, ...], object] = field(default_factory=dict)

    def dimension(self, name: str) -> Dimension:
        """Return a dimension by its canonical name."""
        return self.catalog.dimensions[name]


def _build(catalog: Catalog) -> CatalogIndex:
    entities = {
        name: {entity.name: entity for entity in model.entities} for name, model in catalog.models.items()
    }
    hops: dict[str, tuple[Hop, ...]] = {}
    fanning: dict[str, tuple[Hop, ...]] = {}
    holders: dict[str, list[tuple[str, Entity]]] = {}
    for model, own in entities.items():
        for entity in own.values():
            holders.setdefault(entity.name, []).append((model, entity))
    for model, own in entities.items():
        others = [(n, e) for name in own for n, e in holders[name] if n != model]
        single = {
            (n, e.name)
            for n, e in others
            # Two histories of one key overlap: a row of the one may meet several of the other.
            if e.type in JOINABLE and not e.type == own[e.name].type == "natural"
        }
        hops[model] = tuple(Hop(e.name, n) for n, e in others if (n, e.name) in single)
        fanning[model] = tuple(Hop(e.name, n) for n, e in others if (n, e.name) not in single)
    sources = {model.source.split(".")[-1].strip('"').casefold() for model in catalog.models.values()}
    validity = {
        (binding.model, str(binding.validity)): binding.expr
        for dimension in catalog.dimensions.values()
        for binding in dimension.bindings
        if binding.validity is not None
    }
    partitions: dict[str, dict[str, Binding]] = {}
    for dimension in catalog.dimensions.values():
        for binding in dimension.bindings:
            if binding.is_partition:
                local = dimension.name.rpartition("__")[2]
                partitions.setdefault(binding.model, {})[local] = binding
    return CatalogIndex(
        catalog,
        entities,
        hops,
        fanning,
        frozenset(holders),
        validity,
        partitions,
        frozenset(sources | {name.casefold() for name in catalog.models}),
    )


class _IndexCache:
    """The indexes of the last few catalogs; a catalog is held while its index is, so that its id stays its own."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._by_id: OrderedDict[int, CatalogIndex] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, catalog: Catalog) -> CatalogIndex:
        with self._lock:
            found = self._by_id.get(id(catalog))
            if found is None:
                found = self._by_id[id(catalog)] = _build(catalog)
                while len(self._by_id) > self._size:
                    self._by_id.popitem(last=False)
            return found


_CACHE = _IndexCache(size=8)


def index_of(catalog: Catalog) -> CatalogIndex:
    """Return the look-up tables of a catalog, built on first use."""
    return _CACHE.get(catalog)
