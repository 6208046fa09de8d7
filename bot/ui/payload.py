"""An answer as the card draws it: plain JSON, one language, every number already written out.

The card only lays out; it never computes or formats a figure. Raw cells go along for sorting and export.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from bot.answer import Answer, MetricDefinition, PeriodUsed
from bot.plan import AnswerablePlan, Option
from bot.planners.base import CONTINUES
from bot.ui.advice import suggestion_json
from bot.ui.chips import addable, chips
from bot.ui.hero import NO_DIRECTIONS, divided, hero, is_said
from bot.ui.sources import read_by, sources
from bot.ui.tables import FURTHER_ROWS, MOST_FURTHER, NO_MEASURES, Measures, table_json
from bot.ui.tiles import tiles
from bot.ui.wording import CHART_LABELS, LEFT_OUT, NEEDS, begun
from semantic_layer.catalog import GoodDirection
from semantic_layer.table import Table
from semantic_layer.text import Locale, Text
from tools.render import group_label
from tools.result import ChartSpec

Json = dict[str, object]
MOST_SWITCHED = 400  # rows of a chart that is sent in every kind it can be switched to
NO_NAMES: Mapping[str, Text] = MappingProxyType({})
PROFILES = ("boss", "analyst", "operations")


def card(
    answer: Answer,
    profile: str = "boss",
    directions: Mapping[str, GoodDirection] = NO_DIRECTIONS,
    names: Mapping[str, Text] = NO_NAMES,
    measures: Measures = NO_MEASURES,
) -> Json:
    """Return the card of an answer in its own language.

    `profile` decides what is open: SQL and sources for the analyst, more rows for operations. Numbers are
    written as `tools.render.writing` says. `directions` says per metric which way is good, for the colour
    of a change, `names` what the catalog's names are called, `measures` how each metric's values are written.
    JSON values only.
    """
    locale = answer.locale
    tables = answer.tables
    listed = tables[0] if tables and _only_lists(tables[0], answer) else None
    said = begun(answer.headline.at(locale)) if answer.headline else ""
    shown_tiles = tiles(answer, directions)
    on_tiles = {tile["name"] for tile in shown_tiles}
    further = [table for part in answer.parts for table in part.further if table.rows]
    further = [*([listed] if listed is not None else []), *further][:MOST_FURTHER]
    return {
        "version": 1,
        "id": answer.id,
        "locale": locale,
        "outcome": answer.outcome,
        "profile": profile if profile in PROFILES else PROFILES[0],
        "question": answer.question,
        "headline": said,
        "sentences": divided(said) if said else [],
        "summary": answer.summary,
        "hero": hero(answer, directions, measures),
        "chips": chips(answer, locale),
        "plan": _sent(answer.parts[0].plan) if len(answer.parts) == 1 else None,
        "addable": addable(answer, locale),
        "verified": _verified(answer),
        "worded": answer.planner != "none",
        "continues": CONTINUES in answer.readings,
        "periods": [_period(period, locale) for period in answer.periods],
        "unused": list(answer.provenance.not_understood) if answer.provenance else [],
        "tiles": shown_tiles,
        "chart": _charts(answer, locale),
        "tables": [table_json(table, locale, measures) for table in tables if table is not listed],
        "further": [table_json(table, locale, measures, FURTHER_ROWS) for table in further],
        "findings": [
            {"kind": finding.kind, "text": begun(finding.statement.at(locale))}
            for finding in answer.findings
            if not is_said(finding, answer) and not (finding.kind == "change" and finding.metric in on_tiles)
        ],
        "suggestions": [suggestion_json(one, measures, locale) for one in answer.suggestions],
        "readings": [note.at(locale) for note in answer.readings],
        "warnings": [one.at(locale) for one in answer.cautions if one not in answer.readings],
        "methods": [note.at(locale) for note in answer.methods],
        "choices": [_choice(option, locale) for option in _options(answer)],
        "notice": _notice(answer, locale, names),
        "sql": sql_statements(answer),
        "sources": sources(answer, locale),
        "read_by": read_by(answer, locale),
        "definitions": [
            _definition(metric, locale) for metric in (answer.provenance.metrics if answer.provenance else ())
        ],
    }


def _only_lists(table: Table, answer: Answer) -> bool:
    """Return whether each row of a table is a suggestion that stands below as a card."""
    said = {one.strategy for one in answer.suggestions}
    column = table.columns[0]
    return bool(table.rows and said) and all(group_label(row[0], column) in said for row in table.rows)


def plain_text(answer: Answer) -> str:
    """Return the answer as text: what is copied, searched in the history, and read without the card."""
    locale = answer.locale
    if answer.outcome == "answer":
        lines = [answer.headline.at(locale) if answer.headline else ""]
        lines += [f"· {one.statement.at(locale)}" for one in answer.findings if not is_said(one, answer)]
        lines += [f"→ {suggestion.strategy.at(locale)}" for suggestion in answer.suggestions]
        lines += [f"! {warning.at(locale)}" for warning in answer.cautions]
        return "\n".join(line for line in lines if line)
    notice = _notice(answer, locale) or {}
    return "\n".join(str(notice[key]) for key in ("message", "mend") if notice.get(key))


def _verified(answer: Answer) -> Json | None:
    """Return who checked the reading of this question and when, None where nobody did."""
    if answer.planner != "verified" or answer.provenance is None:
        return None
    found = answer.provenance.extra.get("verified")
    return dict(found) if isinstance(found, dict) else {}


def sql_statements(answer: Answer) -> list[str]:
    """Return the statements as run, in order, without repetition."""
    return list(dict.fromkeys(statement for part in answer.parts for statement in part.sql))


def _period(period: PeriodUsed, locale: Locale) -> Json:
    return {
        "role": period.role,
        "label": period.label.at(locale),
        "first": period.start.isoformat(),
        "last": max(period.start, period.end - timedelta(days=1)).isoformat(),
        "partial": period.end < period.requested_end,
    }


def _charts(answer: Answer, locale: Locale) -> Json | None:
    spec = answer.chart
    if spec is None or spec.kind in ("table", "number"):
        return None
    from bot.charts import figure

    kinds = spec.options.get("kinds")
    suited = [kind for kind in kinds if kind != spec.kind] if isinstance(kinds, tuple) else []
    if len(spec.table.rows) > MOST_SWITCHED:
        suited = []

    def drawn(one: ChartSpec) -> Json:
        return {
            "kind": one.kind,
            "label": CHART_LABELS[one.kind].at(locale) if one.kind in CHART_LABELS else one.kind,
            "light": figure(one, locale, theme="light"),
            "dark": figure(one, locale, theme="dark"),
        }

    return {
        "title": begun(spec.title.at(locale)),
        "notes": _chart_notes(spec, locale),
        **drawn(spec),
        "others": [drawn(replace(spec, kind=kind)) for kind in suited],
    }


def _chart_notes(spec: ChartSpec, locale: Locale) -> list[str]:
    subtitle, left_out = spec.options.get("subtitle"), spec.options.get("left_out")
    notes = [begun(subtitle.at(locale))] if isinstance(subtitle, Text) else []
    if isinstance(left_out, int) and left_out > 0:
        notes.append(LEFT_OUT.at(locale).format(n=left_out))
    return notes


def _options(answer: Answer) -> tuple[Option, ...]:
    if answer.clarification is not None:
        return answer.clarification.options
    if answer.refusal is not None:
        return answer.refusal.nearest
    return answer.follow_ups


def _choice(option: Option, locale: Locale) -> Json:
    question = Text(zh=option.question.zh, en=option.question.en).at(locale)
    return {"question": question, "plan": _sent(option.plan)}


def _sent(plan: AnswerablePlan) -> Json:
    # Whole, with its defaults: the tags of its parts are defaults, too. It is checked again on return.
    return plan.model_dump(mode="json")


def _named(name: str, names: Mapping[str, Text]) -> Text:
    """Return a catalog name by its label; the asker's own words as they are."""
    return names.get(name) or Text.same(name)


def _notice(answer: Answer, locale: Locale, names: Mapping[str, Text] = NO_NAMES) -> Json | None:
    if answer.clarification is not None:
        return {"kind": "clarify", "message": answer.clarification.question.at(locale)}
    if answer.refusal is not None:
        refusal = answer.refusal
        return {
            "kind": "refuse",
            "reason": refusal.reason,
            "message": refusal.message.at(locale),
            "missing": [_named(name, names).at(locale) for name in refusal.missing],
            "needs": NEEDS[refusal.reason].at(locale) if refusal.reason in NEEDS else None,
        }
    if answer.error is not None:
        error = answer.error
        return {
            "kind": "error",
            "reason": error.code,
            "message": error.message.at(locale),
            "mend": error.mend.at(locale),
        }
    return None


def _definition(metric: MetricDefinition, locale: Locale) -> Json:
    return {
        "name": metric.name,
        "label": metric.label.at(locale),
        "definition": metric.definition.at(locale),
        "version": metric.version,
        "owner": metric.owner,
        "certified": metric.certified,
    }
