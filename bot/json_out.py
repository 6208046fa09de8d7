"""An answer as JSON: the stable contract that programs, tests and other front ends read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from bot.answer import Answer, Part, PeriodUsed, Provenance
from bot.charts import figure
from bot.compose.asking import as_plan
from bot.plan import Option, plan_hash
from semantic_layer.table import Column, Table
from semantic_layer.text import Locale, Text
from tools.render import exact
from tools.render_dates import dates_label
from tools.result import Finding, Suggestion

if TYPE_CHECKING:
    from semantic_layer.querying import QueryResult

Json = Any


def to_json(answer: Answer, locale: Locale | None = None) -> dict[str, Json]:
    """Return the answer per the contract. Texts are in `locale` (default: the answer's), codes as stored."""
    shown = locale or answer.locale
    plans = [_plan(part.plan) for part in answer.parts]
    tables = [_table(part.table, shown) if part.table is not None else None for part in answer.parts]
    main = [used for used in answer.periods if used.role == "main"]
    comparison = [used for used in answer.periods if used.role == "comparison"]
    provenance = answer.provenance
    return {
        "id": answer.id,
        "question": answer.question,
        "locale": shown,
        "outcome": answer.outcome,
        "planner": answer.planner,
        "headline": answer.headline.at(shown) if answer.headline is not None else None,
        "summary": answer.summary,
        "plan": plans[0] if plans else _plan(answer.plan),
        "plans": plans,
        "plan_hash": provenance.plan_hash if provenance is not None else None,
        "table": tables[0] if tables else None,
        "tables": tables,
        "further_tables": [_table(one, shown) for part in answer.parts for one in part.further],
        "sql": [_sql(part) for part in answer.parts],
        "periods": [_period(used, shown) for used in answer.periods],
        "period": _period(main[0], shown) if len(main) == 1 else None,
        "comparison_period": _period(comparison[0], shown) if len(comparison) == 1 else None,
        "interpretation": [
            {"slot": slot.slot, "text": slot.text.at(shown), "words": list(slot.words)}
            for slot in answer.interpretation
        ],
        "findings": [_finding(finding, shown) for finding in answer.findings],
        "suggestions": [_suggestion(suggestion, shown) for suggestion in answer.suggestions],
        "clarification": _clarification(answer, shown),
        "refusal": _refusal(answer, shown),
        "error": _error(answer, shown),
        "chart": figure(answer.chart, shown) if answer.chart is not None else None,
        "warnings": [warning.at(shown) for warning in answer.warnings],
        "methods": [note.at(shown) for note in answer.methods],
        "follow_ups": _options(answer.follow_ups, shown),
        "provenance": _provenance(provenance, shown) if provenance is not None else None,
        "timings_ms": dict(answer.timings_ms),
    }


def query_to_json(result: QueryResult, locale: Locale) -> dict[str, Json]:
    """Return the result of a query without language: the contract's fields that a query has."""
    table = _table(result.table, locale)
    # No question and no `today` here: every date is written with its year.
    today = date.min
    periods = [
        _period(
            PeriodUsed(
                used.role,
                used.period.start,
                used.period.end,
                used.period.requested_end,
                dates_label(used.period, today),
            ),
            locale,
        )
        for used in result.periods
    ]
    main = [period for period in periods if period["role"] == "main"]
    comparison = [period for period in periods if period["role"] == "comparison"]
    asked = as_plan(result.query)
    plan = _plan(asked)
    return {
        "outcome": "answer",
        "plan": plan,
        "plans": [plan],
        "plan_hash": plan_hash(asked),
        "table": table,
        "tables": [table],
        "sql": [result.sql],
        "periods": periods,
        "period": main[0] if len(main) == 1 else None,
        "comparison_period": comparison[0] if len(comparison) == 1 else None,
        "warnings": [warning.at(locale) for warning in result.warnings],
    }


def _plan(plan: Any) -> Json:
    """Return a plan as it can be read back: what is empty or at its default is left out, every tag is kept."""
    if plan is None:
        return None
    return _tagged(plan.model_dump(mode="json"), plan.model_dump(mode="json", exclude_defaults=True))


def _tagged(whole: Json, short: Json) -> Json:
    """Return `short` with the tags (`kind`) that its parts have in `whole`: unions cannot be read without."""
    if isinstance(short, dict):
        tag = {"kind": whole["kind"]} if "kind" in whole else {}
        return tag | {key: _tagged(whole[key], value) for key, value in short.items()}
    if isinstance(short, list):
        return [_tagged(one, other) for one, other in zip(whole, short, strict=True)]
    return short


def _sql(part: Part) -> str | None:
    """Return one string per part; an analysis with several statements has them one after another."""
    return ";\n\n".join(part.sql) if part.sql else None


def _table(table: Table, locale: Locale) -> Json:
    return {
        "columns": [_column(column, locale) for column in table.columns],
        "rows": [[exact(value) for value in row] for row in table.rows],
        "totals": [exact(value) for value in table.totals] if table.totals is not None else None,
        "row_count": table.row_count,
        "truncated": table.truncated,
    }


def _column(column: Column, locale: Locale) -> Json:
    found: dict[str, Json] = {
        "name": column.name,
        "label": column.label.at(locale),
        "kind": column.kind,
        "unit": column.unit,
        "format": column.format,
    }
    if column.value_labels:
        found["labels"] = {code: {"zh": label.zh, "en": label.en} for code, label in column.value_labels}
    return found


def _period(used: PeriodUsed, locale: Locale) -> Json:
    return {
        "role": used.role,
        "start": used.start.isoformat(),
        "end": used.end.isoformat(),
        "requested_end": used.requested_end.isoformat(),
        "label": used.label.at(locale),
    }


def _finding(finding: Finding, locale: Locale) -> Json:
    return {
        "kind": finding.kind,
        "statement": finding.statement.at(locale),
        "metric": finding.metric,
        "value": finding.value,
        "low": finding.low,
        "high": finding.high,
        "at": finding.at,
        "filters": dict(finding.filters),
        "drivers": [
            {
                "dimension": driver.dimension,
                "value": driver.value,
                "contribution": driver.contribution,
                "label": driver.label.at(locale),
            }
            for driver in finding.drivers
        ],
    }


def _suggestion(suggestion: Suggestion, locale: Locale) -> Json:
    effect, test = suggestion.effect, suggestion.test
    return {
        "id": suggestion.id,
        "problem": suggestion.problem.at(locale),
        "strategy": suggestion.strategy.at(locale),
        "effect": {
            "metric": effect.metric,
            "low": effect.low,
            "high": effect.high,
            "horizon_days": effect.horizon_days,
            "formula": effect.formula.at(locale),
        },
        "evidence": suggestion.evidence,
        "checks": [
            {"name": check.name, "passed": check.passed, "note": check.note.at(locale)}
            for check in suggestion.checks
        ],
        "test": {
            "n_per_arm": test.n_per_arm,
            "weeks": test.weeks,
            "description": test.description.at(locale),
        },
    }


def _options(options: Iterable[Option], locale: Locale) -> Json:
    return [
        {
            "question": option.question.zh if locale == "zh-CN" else option.question.en,
            "plan": _plan(option.plan),
        }
        for option in options
    ]


def _clarification(answer: Answer, locale: Locale) -> Json:
    found = answer.clarification
    if found is None:
        return None
    return {"question": found.question.at(locale), "options": _options(found.options, locale)}


def _refusal(answer: Answer, locale: Locale) -> Json:
    found = answer.refusal
    if found is None:
        return None
    return {
        "reason": found.reason,
        "message": found.message.at(locale),
        "missing": list(found.missing),
        "nearest": _options(found.nearest, locale),
    }


def _error(answer: Answer, locale: Locale) -> Json:
    found = answer.error
    if found is None:
        return None
    return {"code": found.code, "message": found.message.at(locale), "mend": found.mend.at(locale)}


def _provenance(provenance: Provenance, locale: Locale) -> Json:
    """Return every field of the provenance; metric definitions as objects, dates in ISO form."""
    return {one.name: plain(getattr(provenance, one.name), locale) for one in fields(provenance)}


def plain(value: object, locale: Locale) -> Json:
    """Return one of our values as JSON holds it: texts in `locale`, dates in ISO form, tuples as lists."""
    if isinstance(value, Text):
        return value.at(locale)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name), locale) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item, locale) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, locale) for item in value]
    return value
