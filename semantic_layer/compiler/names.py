"""From a name as a query spells it to a dimension or an entity, and the entities it insists on passing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

from semantic_layer.catalog import Dimension
from semantic_layer.compiler.index import JOINABLE, CatalogIndex
from semantic_layer.errors import UnknownNameError
from semantic_layer.period import Grain
from semantic_layer.text import Text

METRIC_TIME = "metric_time"
DatePart = Literal["year", "quarter", "month", "day", "day_of_week", "day_of_year"]
PARTS: tuple[DatePart, ...] = get_args(DatePart)
DIMENSION = Text(zh="维度", en="dimension")


@dataclass(frozen=True, slots=True)
class Name:
    """A resolved name. Exactly one of `dimension` and `entity` is set, neither for `metric_time`.

    `spelling` is the name without its grain; `prefix` the entities that the join path must end with (empty:
    any path). `grain`, `part` and `custom` come from a suffix such as `__week`.
    """

    spelling: str
    dimension: Dimension | None = None
    entity: str | None = None
    prefix: tuple[str, ...] = ()
    grain: Grain | None = None
    part: DatePart | None = None
    custom: str | None = None  # a grain of one of the workspace's own calendars

    @property
    def suffix(self) -> str | None:
        """Return what follows the name of a cut time dimension: `week`, `day_of_week`, `retail_month`."""
        return self.grain.value if self.grain else self.part or self.custom

    @property
    def canonical(self) -> str:
        """Return the name to show: the dimension's own unless a path was insisted on."""
        if self.dimension is not None and not self.prefix:
            return self.dimension.name
        return self.spelling


def resolve_name(index: CatalogIndex, spelling: str, hidden: frozenset[str] = frozenset()) -> Name:
    """Return what `spelling` names; a time dimension's grain or part may follow after two underscores.

    Raises:
        UnknownNameError: nothing has the name (hidden dimensions have none).
    """
    key = ("name", spelling, hidden)
    found = index.memo.get(key)
    if not isinstance(found, Name):
        found = _resolve(index, spelling, hidden)
        index.memo[key] = found
    return found


def _resolve(index: CatalogIndex, spelling: str, hidden: frozenset[str]) -> Name:
    name = _plain(index, spelling)
    if name is None:
        head, _, tail = spelling.rpartition("__")
        grain = Grain(tail) if tail in list(Grain) else None
        part = None if grain else _part_of(tail)
        custom = tail if not grain and not part and tail in index.catalog.custom_grains else None
        if head and (grain or part or custom):
            timed = _plain(index, head)
            if timed is not None and (timed.dimension is None or timed.dimension.kind == "time"):
                name = replace(timed, grain=grain, part=part, custom=custom)
    if name is None or (name.dimension is not None and name.dimension.name in hidden):
        known = [known for known, target in index.catalog.spellings.items() if target not in hidden]
        visible = [known for known in index.catalog.dimensions if known not in hidden]
        raise UnknownNameError(DIMENSION, spelling, [*visible, METRIC_TIME, *index.entity_names, *known])
    return name


def _part_of(suffix: str) -> DatePart | None:
    """Return the date part of `day_of_week`, `extract_month` or (MetricFlow's) `extract_dow`."""
    name = suffix.removeprefix("extract_")
    name = {"dow": "day_of_week", "doy": "day_of_year"}.get(name, name) if name != suffix else name
    return next((known for known in PARTS if known == name), None)


def _plain(index: CatalogIndex, spelling: str) -> Name | None:
    if spelling == METRIC_TIME:
        return Name(METRIC_TIME)
    catalog = index.catalog
    canonical = spelling if spelling in catalog.dimensions else catalog.spellings.get(spelling)
    if canonical is not None:
        dimension = catalog.dimensions[canonical]
        entities = tuple(spelling.split("__")[:-1])
        insists = canonical != spelling and entities and not _only_one_way(index, dimension)
        return Name(spelling, dimension, prefix=entities if insists else ())
    if spelling in index.entity_names:
        return Name(spelling, entity=spelling)
    *hops, last = spelling.split("__")
    if not hops or any(hop not in index.entity_names for hop in hops):
        return None
    canonical = catalog.spellings.get(f"{hops[-1]}__{last}") or (last if last in catalog.dimensions else None)
    if canonical is not None:
        dimension = catalog.dimensions[canonical]
        if any(hops[-1] in index.entities[binding.model] for binding in dimension.bindings):
            return Name(spelling, dimension, prefix=tuple(hops))
    if last in index.entity_names:
        return Name(spelling, entity=last, prefix=tuple(hops))
    return None


def _only_one_way(index: CatalogIndex, dimension: Dimension) -> bool:
    """Whether a spelling with an entity says nothing that the dimension's own name does not."""
    if len(dimension.bindings) != 1:
        return False
    own = index.entities[dimension.bindings[0].model].values()
    return sum(entity.type in JOINABLE for entity in own) <= 1
