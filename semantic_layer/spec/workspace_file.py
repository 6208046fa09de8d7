"""`askgrowth.yml`: the settings of a workspace."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, PlainValidator

from semantic_layer.spec.base import Spec, refusal
from semantic_layer.spec.fields import OptionalText
from semantic_layer.text import Locale

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def read_weekday(raw: object) -> int:
    """Return 0 for Monday … 6 for Sunday. Only names are accepted: numbers mean different days to different people."""
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= 6:
        raw = None
    word = str(raw).strip().lower()
    found = [
        index
        for index, name in enumerate(WEEKDAYS)
        if word == name or (len(word) == 3 and name.startswith(word))
    ]
    if found:
        return found[0]
    raise refusal(
        f"{raw!r} 不是星期几的名字。",
        f"{raw!r} is not the name of a weekday.",
        "写成 monday … sunday。",
        "Write monday … sunday.",
    )


def read_month(raw: object) -> int:
    """Return the month 1…12, given as a number or an English name."""
    if isinstance(raw, int) and not isinstance(raw, bool) and 1 <= raw <= 12:
        return raw
    word = str(raw).strip().lower()
    found = [index for index, name in enumerate(MONTHS, start=1) if name == word or name[:3] == word]
    if found:
        return found[0]
    raise refusal(
        f"{raw!r} 不是月份。",
        f"{raw!r} is not a month.",
        "写成 1 到 12,或 january … december。",
        "Write 1 to 12, or january … december.",
    )


def read_timezone(raw: object) -> str:
    """Return the name of a known time zone."""
    try:
        ZoneInfo(str(raw))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise refusal(
            f"没有时区 {raw!r}。",
            f"There is no time zone {raw!r}.",
            "写成 Asia/Shanghai、Europe/London 或 UTC。",
            "Write Asia/Shanghai, Europe/London or UTC.",
        ) from error
    return str(raw)


def read_today(raw: object) -> date | Literal["data", "clock"]:
    """Return what `today` is: the day after the data (`data`), the clock's date, or a fixed date."""
    if raw == "data":
        return "data"
    if raw == "clock":
        return "clock"
    try:
        return raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError as error:
        raise refusal(
            f"today 不能是 {raw!r}。",
            f"today cannot be {raw!r}.",
            "写成 data(数据最后一天的次日)、clock(系统日期)或 2025-11-20。",
            "Write data (the day after the last data day), clock (the system's date) or 2025-11-20.",
        ) from error


def read_locale(raw: object) -> Locale:
    """Return the locale; `zh` and `en` are short forms."""
    word = str(raw).strip().lower().replace("_", "-")
    if word in {"zh", "zh-cn"}:
        return "zh-CN"
    if word in {"en", "en-us"}:
        return "en-US"
    raise refusal(
        f"没有语言 {raw!r}。",
        f"There is no locale {raw!r}.",
        "写成 zh-CN 或 en-US。",
        "Write zh-CN or en-US.",
    )


def _engine(raw: Any) -> Any:
    """Return `engine: duckdb` and `engine: shop.duckdb` as the mappings they stand for."""
    if isinstance(raw, str):
        return {"type": raw} if raw == "duckdb" else {"path": raw}
    return raw


class EngineSpec(Spec):
    """Where the data are queried, and the limits of one query."""

    type: Literal["duckdb"] = "duckdb"
    path: str | None = Field(
        default=None, description="A DuckDB file, relative to the workspace; none: data files."
    )
    memory: str | None = Field(
        default=None, pattern=r"^\d+(\.\d+)?\s*(MB|GB|MiB|GiB)$", description="For example 2GB."
    )
    timeout_seconds: float | None = Field(default=None, gt=0)
    row_limit: int | None = Field(default=None, gt=0)
    threads: int | None = Field(default=None, gt=0)


Weekday = Annotated[int, PlainValidator(read_weekday)]
Month = Annotated[int, PlainValidator(read_month)]


class WorkspaceSpec(Spec):
    """The settings of `askgrowth.yml`; sections such as models: may stand in the same file."""

    version: int = 1
    name: OptionalText = None
    locale: Annotated[Locale, PlainValidator(read_locale)] = "zh-CN"
    timezone: Annotated[str, PlainValidator(read_timezone)] = "UTC"
    week_start: Weekday = 0
    fiscal_year_start: Month = 1
    partial_period: Literal["like_for_like"] = "like_for_like"
    engine: Annotated[EngineSpec, BeforeValidator(_engine)] = EngineSpec()
    planner: Literal["auto", "rules", "llm"] = "auto"
    today: Annotated[date | Literal["data", "clock"], PlainValidator(read_today)] = "clock"
    data: str | None = Field(default=None, description="The folder of the data files; `data` by default.")
