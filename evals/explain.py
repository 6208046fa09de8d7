"""Explaining one record: the plan beside the gold plan, slot by slot, both SQLs and both results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from evals.record import Record

SLOT_KEYS = {
    "metric": ("metrics",),
    "dimension": ("group_by",),
    "filter": ("where", "segments", "having"),
    "period": ("period",),
    "compare": ("compare",),
    "order": ("order_by",),
    "limit": ("limit",),
    "transform": ("transforms",),
}


def slots(record: Record) -> Iterator[tuple[str, str, str, bool]]:
    """Yield `(slot, came out, expected, same)` for every slot that either plan fills; nothing without a gold plan."""
    if not isinstance(record.gold_plan, dict):
        return
    got: dict[str, Any] = record.plan if isinstance(record.plan, dict) else {}
    gold: dict[str, Any] = record.gold_plan
    wrong = set(record.wrong_slots or ())
    if "kind" in wrong:
        yield "kind", str(got.get("kind", "none")), str(gold.get("kind", "metric")), False
    for slot, keys in SLOT_KEYS.items():
        one, other = ({key: plan[key] for key in keys if plan.get(key)} for plan in (got, gold))
        if one or other:
            yield slot, _shown(one), _shown(other), slot not in wrong


def text(record: Record) -> str:
    """Return the explanation as plain text."""
    mark = "right" if record.right else f"WRONG: {record.why}"
    lines = [
        f"{record.case}#{record.wording}  {record.locale}  {record.question}",
        f"  {record.workspace}, today {record.today}, user {record.user or '-'}, class {record.klass}",
        *(f"  earlier: {turn}" for turn in record.conversation),
        f"  expected {record.expected}, came out {record.outcome}: {mark}",
    ]
    if record.headline or record.said:
        lines.append(f"  said: {record.headline or record.said}")
    explained = list(slots(record))
    if explained:
        lines.append("  slot by slot:")
        for slot, got, gold, same in explained:
            lines.append(
                f"    {'=' if same else '≠'} {slot}: {got or '–'}"
                + ("" if same else f"   expected {gold or '–'}")
            )
    else:
        lines.append(f"  plan: {_shown(record.plan)}")
    lines += [f"  SQL as run:\n{_indented(sql)}" for sql in record.sql]
    if record.gold_sql:
        lines.append(f"  SQL by hand:\n{_indented(record.gold_sql)}")
    if record.gold_rows is not None:
        lines.append(f"  rows:     {_rows(record.rows)}")
        lines.append(f"  expected: {_rows(record.gold_rows)}")
    if record.unfaithful:
        lines.append(f"  numbers in the text that nothing accounts for: {', '.join(record.unfaithful)}")
    if record.chart_problem:
        lines.append(f"  chart: {record.chart_problem}")
    return "\n".join(lines)


def _shown(value: object) -> str:
    return "" if value in ({}, None) else json.dumps(value, ensure_ascii=False, default=str)


def _rows(rows: Any) -> str:
    if rows is None:
        return "–"
    shown = "; ".join(", ".join("null" if cell is None else str(cell) for cell in row) for row in rows[:6])
    return shown + (" …" if len(rows) > 6 else "")


def _indented(sql: str) -> str:
    return "\n".join(f"    {line}" for line in sql.strip().splitlines())
