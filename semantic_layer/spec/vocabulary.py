"""The words of a workspace: concepts, segments, calendar events, verified questions, rollups, access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue, PlainValidator, model_validator

from semantic_layer.spec.base import Spec, refusal
from semantic_layer.spec.fields import Filters, GrainText, Label, Name, OptionalText, Sql, Synonyms, listed
from semantic_layer.spec.workspace_file import Month, Weekday
from semantic_layer.text import Words


class ConceptSpec(Spec):
    """What a vague word means here: a metric (or a dimension), and the others it may have meant."""

    name: Name
    words: Synonyms
    metric: Name | None = None
    dimension: Name | None = None
    also: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _means_one_thing(self) -> ConceptSpec:
        if (self.metric is None) == (self.dimension is None):
            raise refusal(
                f"概念 {self.name!r} 要么写 metric,要么写 dimension。",
                f"The concept {self.name!r} needs either a metric or a dimension.",
                "写 metric: roas,或 dimension: channel。",
                "Write metric: roas, or dimension: channel.",
            )
        if not self.words.all():
            raise refusal(
                f"概念 {self.name!r} 没有词。",
                f"The concept {self.name!r} has no words.",
                "写 words: {zh: [效果最好], en: [worked best]}。",
                "Write words: {zh: [效果最好], en: [worked best]}.",
            )
        return self


class SegmentSpec(Spec):
    """A named condition on rows (新客), used like a filter."""

    name: Name
    label: OptionalText = None
    description: OptionalText = None
    synonyms: Synonyms = Words()
    where: Sql
    model: Name | None = Field(
        default=None, description="Whose column names `where` uses, where they are not unique."
    )


class YearEndSpec(Spec):
    """When the years of a calendar by weeks end: on a weekday at the end of a month."""

    month: Month = Field(description="january … december, or 1 … 12.")
    weekday: Weekday = Field(description="monday … sunday.")
    which: Literal["nearest", "last"] = Field(
        default="nearest",
        description="The weekday nearest to the month's last day, or the last one in the month.",
    )


class FiscalCalendarSpec(Spec):
    """`fiscal_calendars:` — years of whole weeks; adds the grains NAME_week, NAME_month, NAME_quarter, NAME_year."""

    name: Name
    label: OptionalText = None
    pattern: Literal["4-4-5", "4-5-4", "5-4-4"] = Field(
        default="4-4-5", description="The weeks of a quarter's months."
    )
    year_ends: YearEndSpec = Field(description="When its years end.")


def read_dates(raw: object) -> tuple[date, date]:
    """Return half-open dates. `first`/`last` are both included; `START/END` and start/end are half-open."""
    if isinstance(raw, tuple) and len(raw) == 2 and all(isinstance(part, date) for part in raw):
        return raw
    try:
        start, end = _dates(raw)
    except (ValueError, TypeError) as error:
        raise refusal(
            "这里应是活动的日期。",
            "The dates of the event are expected here.",
            "写成 {first: 2025-10-20, last: 2025-11-11}(首尾都算),或 2025-10-20/2025-11-12(不含尾),或单独一天。",
            "Write {first: 2025-10-20, last: 2025-11-11} (both days count), 2025-10-20/2025-11-12 (end excluded) "
            "or a single day.",
        ) from error
    if end <= start:
        raise refusal(
            f"活动的结束 {end} 不晚于开始 {start}。",
            f"The event's end {end} is not after its start {start}.",
            "对调两个日期;{first, last} 的首尾两天都算在内。",
            "Swap the dates; {first, last} includes both days.",
        )
    return start, end


def _dates(raw: object) -> tuple[date, date]:
    if isinstance(raw, Mapping):
        if set(raw) == {"first", "last"}:
            return _day(raw["first"]), _day(raw["last"]) + timedelta(days=1)
        if set(raw) == {"start", "end"}:
            return _day(raw["start"]), _day(raw["end"])
        raise ValueError
    if isinstance(raw, str) and "/" in raw:
        start, end = raw.split("/")
        return _day(start), _day(end)
    day = _day(raw)
    return day, day + timedelta(days=1)


def _day(raw: object) -> date:
    return raw if isinstance(raw, date) else date.fromisoformat(str(raw).strip())


class EventSpec(Spec):
    """`calendars:` — an event such as 双11, with its dates per year (lunar and moving events included)."""

    name: Name
    label: Label
    synonyms: Synonyms = Words()
    description: OptionalText = None
    years: dict[int, Annotated[tuple[date, date], PlainValidator(read_dates)]]


class VerifiedSpec(Spec):
    """A question with the plan a person has approved for it."""

    question: str = Field(min_length=1)
    paraphrases: tuple[str, ...] = ()
    plan: dict[str, JsonValue]
    approved_by: str | None = None
    approved_at: date | None = None


class RollupSpec(Spec):
    """`rollups:` — a pre-aggregated table: which metrics, by which dimensions, at which grain."""

    name: Name
    metrics: tuple[Name, ...]
    dimensions: tuple[Name, ...] = ()
    grain: GrainText | None = None


class TestSpec(Spec):
    """`tests:` — a number known to be right, computed by `check`; or a question, asked by `askgrowth eval`."""

    __test__ = False  # pytest would collect the name

    name: str | None = None
    metric: Name | None = None
    period: str | None = None
    filter: Filters = ()
    value: float | None = None
    tolerance: float = Field(default=0.0, ge=0)
    question: str | None = Field(default=None, min_length=1)
    paraphrases: tuple[str, ...] = ()
    today: date | None = None
    user: str | None = None
    outcome: Literal["answer", "clarify", "refuse"] | None = None
    plan: dict[str, JsonValue] | None = None
    sql: str | None = None
    rows: tuple[tuple[str | float | bool | None, ...], ...] | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> TestSpec:
        if self.question is None:
            if self.metric is None or self.period is None or self.value is None:
                raise refusal(
                    "测试要么写 metric、period 和 value,要么写 question。",
                    "A test needs metric, period and value, or a question.",
                    "写 {metric: gmv, period: 2025-10, value: 1200},或 {question: 上个月的销售额, value: 1200}。",
                    "Write {metric: gmv, period: 2025-10, value: 1200} or {question: sales last month, value: 1200}.",
                )
        elif self.metric is not None or self.period is not None or self.filter:
            raise refusal(
                "带 question 的测试不写 metric、period 和 filter。",
                "A test with a question has no metric, period or filter.",
                "要核对读法,写 plan: {metrics: [gmv], period: {start: 2025-10-01, end: 2025-11-01}}。",
                "To check how it is read, write plan: {metrics: [gmv], period: {start: 2025-10-01, end: 2025-11-01}}.",
            )
        elif (self.value, self.plan, self.sql, self.rows) == (None,) * 4 and self.outcome in (None, "answer"):
            raise refusal(
                f"问题「{self.question}」没有可核对的结果。",
                f"The question “{self.question}” has nothing to be checked by.",
                "写 value、plan、sql、rows 之一;应拒绝或反问的写 outcome: refuse 或 clarify。",
                "Write one of value, plan, sql, rows; or outcome: refuse or clarify where no answer is due.",
            )
        return self


class RowRule(Spec):
    """The rows of a model that a user may see; `{user.attribute}` stands for the user's attribute."""

    model: Name
    where: Sql


def _row_rules(raw: object) -> object:
    """Return `{orders: "province = …"}` as the list of rules it is short for."""
    if isinstance(raw, Mapping):
        return [{"model": model, "where": where} for model, where in raw.items()]
    return raw


def _roles(raw: Any) -> Any:
    return raw if raw is not None else {}


class RoleSpec(Spec):
    """What the users of one role see instead of the general rules."""

    rows: Annotated[tuple[RowRule, ...], BeforeValidator(_row_rules)] = ()
    hidden: Annotated[tuple[Name, ...], BeforeValidator(listed)] = ()
    masked: Annotated[tuple[Name, ...], BeforeValidator(listed)] = ()


class AccessSpec(Spec):
    """`access:` — who sees which rows and columns. Where it exists, an unknown user is refused."""

    rows: Annotated[tuple[RowRule, ...], BeforeValidator(_row_rules)] = ()
    hidden: Annotated[tuple[Name, ...], BeforeValidator(listed)] = ()
    masked: Annotated[tuple[Name, ...], BeforeValidator(listed)] = ()
    roles: Annotated[dict[str, RoleSpec], BeforeValidator(_roles)] = Field(default_factory=dict)
