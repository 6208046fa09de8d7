"""What requests of the HTTP interface hold."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.api.service import Asked
from semantic_layer.text import Locale

Rows = Annotated[int, Field(ge=1, le=100_000, description="Most rows of a table in the answer.")]


class Body(BaseModel):
    """What every request may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    today: date | None = Field(default=None, description="Answer as of this day; later rows are not read.")
    locale: Locale | None = Field(
        default=None, description="Language of the answer; a question's own by default."
    )
    rows: Rows = 1_000

    def asked_by(self, user: str) -> Asked:
        """Return who asks and how."""
        return Asked(user, self.today, self.locale, self.rows)


class AskBody(Body):
    """A question in words."""

    question: str = Field(min_length=1, max_length=2_000, description="In Chinese, English or both.")
    conversation: str | None = Field(
        default=None, max_length=200, description='Joins questions: "and by week?".'
    )
    planner: Literal["rules", "llm", "auto"] | None = None


class QueryBody(Body):
    """A query of metrics by name, as `askgrowth query` takes it."""

    metrics: list[str] = Field(default_factory=list, max_length=50)
    by: list[str] = Field(
        default_factory=list, max_length=20, description='Dimensions; a time as "ordered_at:week".'
    )
    where: str | None = Field(default=None, max_length=4_000)
    having: str | None = Field(default=None, max_length=4_000)
    period: str | None = Field(default=None, description="last_30_days, 2025-Q1, or START/END, half-open.")
    compare: list[str] = Field(default_factory=list, description="previous_period, previous_year.")
    order_by: list[str] = Field(default_factory=list)
    limit: int | None = Field(default=None, ge=1)
    totals: bool = False
    sql_only: bool = Field(default=False, description="Return the SQL and run nothing.")

    def written(self) -> dict[str, Any]:
        """Return the query in its keyword form."""
        return {
            "metrics": ",".join(self.metrics),
            "by": ",".join(self.by),
            "where": self.where,
            "having": self.having,
            "period": self.period,
            "compare": ",".join(self.compare),
            "order_by": ",".join(self.order_by),
            "limit": self.limit,
            "totals": self.totals,
        }


class ToolBody(Body):
    """The inputs of one analysis."""

    inputs: dict[str, Any] = Field(default_factory=dict)
