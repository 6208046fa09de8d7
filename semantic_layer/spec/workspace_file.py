"""`askgrowth.yml`: the settings of a workspace."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from semantic_layer.engines.url import has_plain_password
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


ENGINES = ("duckdb", "postgres", "clickhouse", "spark")
_SCHEMES = {
    "postgres": "postgres", "postgresql": "postgres", "clickhouse": "clickhouse", "clickhouses": "clickhouse",
    "sc": "spark",
}  # fmt: skip
_EXAMPLES = {
    "postgres": "postgres://reader:${PG_PASSWORD}@db.example.com:5432/shop",
    "clickhouse": "clickhouses://reader:${CH_PASSWORD}@ch.example.com:8443/shop",
    "spark": "sc://spark.example.com:15002",
}


def _engine(raw: Any) -> Any:
    """Return `engine: duckdb`, `engine: shop.duckdb` and `engine: postgres://…` as the mappings they stand for."""
    if isinstance(raw, str):
        if raw in ENGINES:
            return {"type": raw}
        scheme = raw.partition("://")[0] if "://" in raw else ""
        return {"type": _SCHEMES[scheme], "url": raw} if scheme in _SCHEMES else {"path": raw}
    return raw


class EngineSpec(Spec):
    """Where the data are queried, and the limits of one query."""

    type: Literal["duckdb", "postgres", "clickhouse", "spark"] = "duckdb"
    url: str | None = Field(
        default=None,
        min_length=1,
        description="Of a server; secrets as ${NAME} of an environment variable.",
    )
    namespace: str | None = Field(
        default=None,
        min_length=1,
        description="Where tables lie that are named alone: a PostgreSQL schema, a ClickHouse or Spark database.",
    )
    path: str | None = Field(
        default=None, description="A DuckDB file, relative to the workspace; none: data files."
    )
    memory: str | None = Field(
        default=None, pattern=r"^\d+(\.\d+)?\s*(MB|GB|MiB|GiB)$", description="For example 2GB."
    )
    timeout_seconds: float | None = Field(default=None, gt=0)
    row_limit: int | None = Field(default=None, gt=0)
    threads: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _fits(self) -> EngineSpec:
        if self.type == "duckdb":
            if self.url is not None or self.namespace is not None:
                raise refusal(
                    "url 和 namespace 只用于数据库服务器,而 engine 是 duckdb。",
                    "url and namespace belong to a server, and the engine is duckdb.",
                    "写明 type: postgres、clickhouse 或 spark;DuckDB 文件用 path。",
                    "Name type: postgres, clickhouse or spark; a DuckDB file goes under path.",
                )
            return self
        example = _EXAMPLES[self.type]
        if self.url is None:
            raise refusal(
                f"engine 是 {self.type},但没有 url。",
                f"The engine is {self.type} and has no url.",
                f"例如 url: {example}。",
                f"Write, for example, url: {example}.",
            )
        if has_plain_password(self.url):
            raise refusal(
                "engine.url 里直接写了密码。",
                "A password stands in engine.url itself.",
                f"改为环境变量,例如 {example}。",
                f"Name an environment variable instead, for example {example}.",
            )
        for key in ("path", "memory", "threads"):
            if getattr(self, key) is not None:
                raise refusal(
                    f"{key} 只用于 duckdb,而 engine 是 {self.type}。",
                    f"{key} belongs to duckdb, and the engine is {self.type}.",
                    f"去掉 {key},需要时在服务器上设置。",
                    f"Leave {key} out; where it matters, set it on the server.",
                )
        return self


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
