"""The reading while it is put together: slots of the plan to be, what they came from, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from bot.answer import Slot
from bot.language.terms.lexicon import Term
from bot.language.time import CalendarEvent, TimeToken
from bot.plan import MetricPlan, RefusalReason
from bot.planners.rules.line import Line
from bot.planners.rules.reach import Reach
from semantic_layer.catalog import Catalog, Dimension, Metric
from semantic_layer.period import Grain, Period
from semantic_layer.query import (
    Compare,
    Condition,
    GroupBy,
    Having,
    Limit,
    OrderBy,
    PeriodRange,
    Transform,
    Where,
)
from semantic_layer.text import Text

if TYPE_CHECKING:
    from bot.language.normalise import Normalised

Presentation = Literal["line", "bar", "pie", "table", "area"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the reading cannot be answered as it stands."""

    reason: RefusalReason
    message: Text
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """An item that may name several things, none better than the others by the stated rules."""

    index: int
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """What every stage may look at: the catalog, its reach, the question and the day it was asked."""

    catalog: Catalog
    reach: Reach
    question: Normalised
    today: date
    times: tuple[TimeToken, ...] = ()
    events: tuple[CalendarEvent, ...] = ()
    routed: bool = False  # an analysis was asked for and its words taken: the rest is no overview

    def metric(self, name: str) -> Metric:
        """Return a metric by its canonical name."""
        return self.catalog.metrics[name]

    def dimension(self, name: str) -> Dimension:
        """Return a dimension by its canonical name."""
        return self.catalog.dimensions[name]

    def starts(self, line: Line, index: int, offset: int) -> bool:
        """Return whether an item of two words or more starts at an offset ("average price" of "… per month")."""
        return line.items[index].start == offset and line.items[index].last - line.items[index].first > 1

    def words(self, line: Line, *indexes: int | None) -> tuple[str, ...]:
        """Return the user's own words of some items."""
        spans = ((line.items[i].start, line.items[i].end) for i in indexes if i is not None)
        return tuple(self.question.words(start, end) for start, end in spans)


@dataclass(frozen=True, slots=True)
class Side:
    """One of several row sets that a question sets against each other: each is asked by a plan of its own."""

    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """The slots so far. Lists keep the order of the question; `build` makes them canonical."""

    metrics: list[str] = field(default_factory=list)
    metric_at: dict[int, str] = field(default_factory=dict)
    group_by: list[GroupBy] = field(default_factory=list)
    each: list[str] = field(default_factory=list)  # group columns asked as "each …": the outer groups
    where: list[Where] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    having: list[Having] = field(default_factory=list)
    period: Period | None = None
    periods: list[Period] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    share_of: str | None = None  # "more than 20% of spend": a condition on a share that no other word names
    rolling: bool = False
    all_time: bool = False  # the period is all the data there are, in so many words
    grain: Grain | None = None
    grain_words: tuple[str, ...] = ()
    plain_grains: set[int] = field(default_factory=set)  # time tokens: "average X by month", X's own average
    trend: bool = False
    compared: bool = False  # a word of comparing was said
    continues: bool = False  # the question changes the last plan
    unclear_times: list[str] = field(default_factory=list)
    compare_grain: Grain | None = None
    compare: list[Compare] = field(default_factory=list)
    transforms: list[Transform] = field(default_factory=list)
    order_by: list[OrderBy] = field(default_factory=list)
    limit: Limit | None = None
    presentation: Presentation | None = None
    focus: Condition | None = None  # the member whose share was asked
    counted: str | None = None  # how many of this dimension
    lists: bool = False  # the members themselves are asked for, no metric is shown
    evaluative: set[str] = field(default_factory=set)  # metrics read from a vague word: most means best
    superlative: tuple[str, tuple[str, ...]] | None = (
        None  # from inside a vague word (最有效): best, its words
    )
    unranked: tuple[int, ...] = ()  # "the highest sales": the highest of what was not said
    slots: list[Slot] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ambiguities: list[Ambiguity] = field(default_factory=list)
    wishes: list[Text] = field(default_factory=list)  # questions to ask back although every word was read
    choices: list[tuple[int, Term, tuple[Term, ...]]] = field(
        default_factory=list
    )  # taken by default, the others

    def say(self, slot: str, zh: str, en: str, words: tuple[str, ...] = ()) -> None:
        """Record how one slot was read."""
        self.slots.append(Slot(slot, Text(zh=zh, en=en), words))

    def note(self, zh: str, en: str) -> None:
        """Record something to say beside the answer, once."""
        text = Text(zh=zh, en=en)
        if text not in self.notes:
            self.notes.append(text)

    def refuse(self, reason: RefusalReason, zh: str, en: str, *missing: str) -> None:
        """Record why the question cannot be answered as read."""
        self.problems.append(Problem(reason, Text(zh=zh, en=en), missing))

    def add_metric(self, name: str, index: int | None = None) -> None:
        """Add a metric once; `index` is the item that named it."""
        if name not in self.metrics:
            self.metrics.append(name)
        if index is not None:
            self.metric_at[index] = name

    def add_group(self, group: GroupBy) -> None:
        """Add a group column once."""
        if group.column not in {known.column for known in self.group_by}:
            self.group_by.append(group)

    def plans(self, scene: Scene) -> MetricPlan | tuple[MetricPlan, ...]:
        """Return the plan, or one for each of several periods or sides."""
        periods: list[Period | None] = [*self.periods] or [self.period]
        if len(periods) == 1 and not self.sides:
            return self.build(scene, periods[0])
        built = [self.build(scene, period) for period in periods]
        if not self.sides:
            return tuple(built)
        return tuple(
            plan.model_copy(
                update={"where": plan.where + side.where, "segments": plan.segments + side.segments}
            )
            for side in self.sides
            for plan in built
        )

    def build(self, scene: Scene, period: Period | None) -> MetricPlan:
        """Return the plan in canonical order: time groups first, then dimensions as the catalog lists them."""
        rank = {name: number for number, name in enumerate(scene.catalog.dimensions)}
        groups = sorted(
            self.group_by,
            key=lambda group: (
                group.grain is None and group.part is None and group.custom_grain is None,
                rank.get(group.dimension, -1),
                group.column,
            ),
        )
        if self.all_time and not self.compare and period == self.period:
            period = None  # "in all so far": the same as without any period
        return MetricPlan(
            kind="metric",
            metrics=tuple(self.metrics),
            group_by=tuple(groups),
            where=tuple(self.where),
            segments=tuple(self.segments),
            having=tuple(self.having),
            period=PeriodRange.of(period) if period else None,
            compare=tuple(self.compare),
            transforms=tuple(self.transforms),
            order_by=tuple(self.order_by),
            limit=self.limit,
            presentation=self.presentation,
            focus=self.focus,
        )
