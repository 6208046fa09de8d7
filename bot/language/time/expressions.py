"""What a time expression says, before any date is known: small frozen values, printable, without a clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from semantic_layer.period import Grain

Side = Literal["begin", "middle", "end", "first_half", "second_half", "rest"]
Edge = Literal["since", "until", "before", "after"]


@dataclass(frozen=True, slots=True)
class Ref:
    """A calendar number: `Ref(2025)` as it stands, `Ref(-1, True)` one before the current one."""

    value: int
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the calendar from coarse to fine; a missing coarse part is filled from the reference day.

    `third` is 上旬, 中旬 or 下旬 (1 to 3); `week` an ISO week of the year or an offset from this week;
    `weekday` 0 is Monday; `days` an offset from today (昨天: -1). `previous` asks for the latest one strictly
    before the current one ("last Tuesday"). `fiscal` counts year, half and quarter by the fiscal year.
    `to_now` asks for elapsed days only (月初至今), which a bare "this month" does as well.
    """

    year: Ref | None = None
    half: int | None = None
    quarter: Ref | None = None
    month: Ref | None = None
    third: int | None = None
    week: Ref | None = None
    day: int | None = None
    weekday: int | None = None
    weekend: bool = False
    workdays: bool = False
    days: int | None = None
    season: int | None = None
    previous: bool = False
    fiscal: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """`count` whole calendar periods; `first` is the offset of the earliest (上3个月: -3)."""

    grain: Grain
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Rolling:
    """The `count` days, weeks, months or years that end yesterday; future ones start today."""

    grain: Grain
    count: int
    half_months: bool = False
    future: bool = False


@dataclass(frozen=True, slots=True)
class Ago:
    """The one day `count` grains before today (negative: ahead)."""

    grain: Grain
    count: int
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Years:
    """A run of years: a decade or a century."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Event:
    """A holiday, festival or shopping event. `mode`: the bare name, its one day (当天), or the days off."""

    name: str
    year: Ref | None = None
    mode: Literal["window", "day", "holiday"] = "window"


@dataclass(frozen=True, slots=True)
class Lunar:
    """A day of the lunar calendar (正月初五), never in a leap month. `year` is the lunar year."""

    month: int
    day: int
    year: Ref | None = None


@dataclass(frozen=True, slots=True)
class Nth:
    """The nth grain inside `of`, `index` from 1, negative from the end; `count` of them (前10天: 1, 10)."""

    of: Expression
    grain: Grain
    index: int
    count: int = 1
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of `of` that people name loosely: 初, 中, 末, 上半, 下半, the rest."""

    of: Expression
    side: Side


@dataclass(frozen=True, slots=True)
class Beside:
    """The `count` grains just before or after `of` (the week before Christmas)."""

    of: Expression
    grain: Grain
    count: int
    after: bool


@dataclass(frozen=True, slots=True)
class WeekOf:
    """The calendar week that holds `of`; `starting` takes the seven days from its first day on."""

    of: Expression
    starting: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """A range with one end: since, until, before, after."""

    of: Expression
    edge: Edge


@dataclass(frozen=True, slots=True)
class Between:
    """From `first` to `last`, both included unless `open_end`."""

    first: Expression
    last: Expression
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class SamePeriod:
    """The same dates in another year or month (去年同期, 上月同期); used as a comparison only."""

    grain: Grain
    back: int = 1


@dataclass(frozen=True, slots=True)
class Shifted:
    """The period `step` grains from the last question's (再前一周); of its own size without a grain."""

    grain: Grain | None
    step: int


@dataclass(frozen=True, slots=True)
class AllTime:
    """All the data there are (历史, all time, 至今)."""


@dataclass(frozen=True, slots=True)
class DataEdge:
    """The last complete day of data (最新一天, the latest day) or the whole grain ending there."""

    grain: Grain


Expression = (
    Point | Whole | Rolling | Ago | Years | Event | Lunar | Nth | Part | Beside | WeekOf | Open | Between
    | SamePeriod | Shifted | AllTime | DataEdge
)  # fmt: skip
