"""The report of a run, in Markdown: what a manager reads first, then the failures."""

from __future__ import annotations

from collections.abc import Sequence

from evals.record import Record
from evals.score import Rate, Scores, by, score

SHOWN_FAILURES = 50


def markdown(records: Sequence[Record], title: str) -> str:
    """Return the report as Markdown: headline figures, by class and language, and the failures."""
    whole = score(records)
    lines = [
        f"# {title}",
        "",
        f"{whole.right.of} questions. Right: {_rate(whole.right)}. "
        f"**Confidently wrong: {_rate(whole.confidently_wrong)}.**",
        "",
        *_figures(whole),
        "",
        *_groups(records, "klass", "Class"),
        "",
        *_groups(records, "locale", "Language"),
        "",
        *_failures(records),
    ]
    return "\n".join(lines) + "\n"


def summary_line(records: Sequence[Record]) -> str:
    """Return the figures of a run in one line."""
    whole = score(records)
    return (
        f"{whole.right.hits}/{whole.right.of} right, {whole.confidently_wrong.hits} confidently wrong, "
        f"invariance {whole.invariance.hits}/{whole.invariance.of}, p95 {(whole.p95 or 0) * 1000:.0f} ms"
    )


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return "–"
    low, high = rate.interval
    return f"{rate.value:.1%} (95 % {low:.1%}–{high:.1%}, n = {rate.of})"


def _figures(whole: Scores) -> list[str]:
    rows = [
        ("Refusals that were due", whole.refusal_precision),
        ("Due refusals given", whole.refusal_recall),
        ("Clarifications that were due", whole.clarify_precision),
        ("Due clarifications given", whole.clarify_recall),
        ("Same plan from every wording", whole.invariance),
        *((f"Slot {name}", rate) for name, rate in whole.slots.items()),
    ]
    table = ["| figure | rate |", "|---|---|", *(f"| {name} | {_rate(rate)} |" for name, rate in rows)]
    if whole.p50 is not None and whole.p95 is not None:
        table.append(f"| Seconds per question | p50 {whole.p50:.3f}, p95 {whole.p95:.3f} |")
    return table


def _groups(records: Sequence[Record], attribute: str, title: str) -> list[str]:
    lines = [f"| {title} | n | right | confidently wrong |", "|---|---|---|---|"]
    for name, group in sorted(by(records, attribute).items()):
        scores = score(group)
        lines.append(f"| {name} | {len(group)} | {_rate(scores.right)} | {_rate(scores.confidently_wrong)} |")
    return lines


def _failures(records: Sequence[Record]) -> list[str]:
    failed = [record for record in records if not record.right]
    if not failed:
        return ["No failures."]
    lines = ["| case | question | expected | came out | why |", "|---|---|---|---|---|"]
    for record in failed[:SHOWN_FAILURES]:
        question = record.question.replace("|", "\\|").replace("\n", " ")
        why = record.why.replace("|", "\\|")
        lines.append(
            f"| {record.case}#{record.wording} | {question} | {record.expected} | {record.outcome} | {why} |"
        )
    if len(failed) > SHOWN_FAILURES:
        lines.append(f"\n… and {len(failed) - SHOWN_FAILURES} more in the log.")
    return lines
