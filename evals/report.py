"""The report of a run, in Markdown: what a manager reads first, then the failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evals.record import Record
from evals.score import Rate, Scores, by, most_errors, score

SHOWN_FAILURES = 50


def markdown(
    records: Sequence[Record], title: str, left_out: Mapping[str, int] | None = None, more: str = ""
) -> str:
    """Return the report as Markdown: headline figures, by class, language and workspace, and the failures.

    `more` is Markdown of comparisons and effects, put before the failures.
    """
    whole = score(records)
    lines = [
        f"# {title}",
        "",
        f"{whole.right.of} questions. Right: {rate_text(whole.right)}. "
        f"**Confidently wrong: {rate_text(whole.confidently_wrong)}.**",
        "",
        proof_text(whole),
        *(f"\nLeft out, for want of its data: {name} ({n} cases)." for name, n in (left_out or {}).items()),
        "",
        *_figures(whole),
        "",
        *_groups(records, "klass", "Class"),
        "",
        *_groups(records, "locale", "Language"),
        "",
        *_groups(records, "workspace", "Workspace"),
        "",
        *([more, ""] if more else []),
        *_failures(records),
    ]
    return "\n".join(lines) + "\n"


def summary_line(records: Sequence[Record]) -> str:
    """Return the figures of a run in one line."""
    whole = score(records)
    return (
        f"{whole.right.hits}/{whole.right.of} right, {whole.confidently_wrong.hits} confidently wrong, "
        f"invariance {whole.invariance.hits}/{whole.invariance.of}, "
        f"numbers in text {whole.faithful.hits}/{whole.faithful.of}, p95 {(whole.p95 or 0) * 1000:.0f} ms"
    )


def rate_text(rate: Rate) -> str:
    """Return a rate with its interval and the number of answers behind it."""
    if rate.value is None:
        return "–"
    low, high = rate.interval
    return f"{rate.value:.1%} (95 % {low:.1%}–{high:.1%}, n = {rate.of})"


def proof_text(whole: Scores) -> str:
    """Return what so many answers can prove and what not."""
    n = whole.right.of
    _, high = whole.confidently_wrong.interval
    return (
        f"What n = {n} can prove: without any error it would bound the rate of errors at {most_errors(n):.2%}; "
        f"as it is, fewer than {high:.1%} of such questions are answered wrongly (95 %). It says nothing about "
        f"questions unlike these."
    )


def figures(whole: Scores) -> list[tuple[str, str]]:
    """Return every figure of a run with its name, as text."""
    rates = [
        ("Right", whole.right),
        ("Confidently wrong", whole.confidently_wrong),
        ("Refusals that were due (precision)", whole.refusal_precision),
        ("Due refusals given (recall)", whole.refusal_recall),
        ("Clarifications that were due (precision)", whole.clarify_precision),
        ("Due clarifications given (recall)", whole.clarify_recall),
        ("Same plan from every wording", whole.invariance),
        ("Same plan in Chinese and English", whole.language_invariance),
        ("Headlines in which every number is accounted for", whole.faithful),
        ("Charts that suit the plan", whole.charts),
        *((f"Slot {name}", rate) for name, rate in whole.slots.items()),
    ]
    out = [(name, rate_text(rate)) for name, rate in rates]
    if whole.p50 is not None and whole.p95 is not None:
        out.append(("Milliseconds per question", f"p50 {whole.p50 * 1000:.0f}, p95 {whole.p95 * 1000:.0f}"))
    out.append(("Tokens", f"{whole.tokens_in:,} in, {whole.tokens_out:,} out"))
    cost = "unknown" if whole.tokens_in and whole.cost is None else f"{whole.cost or 0:.4f}"
    return [*out, ("Cost", cost)]


def _figures(whole: Scores) -> list[str]:
    return ["| figure | rate |", "|---|---|", *(f"| {name} | {text} |" for name, text in figures(whole))]


def _groups(records: Sequence[Record], attribute: str, title: str) -> list[str]:
    lines = [
        f"| {title} | n | right | confidently wrong | numbers in text | charts | p95 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, group in sorted(by(records, attribute).items()):
        scores = score(group)
        lines.append(
            f"| {name} | {len(group)} | {rate_text(scores.right)} | {rate_text(scores.confidently_wrong)} "
            f"| {rate_text(scores.faithful)} | {rate_text(scores.charts)} | {(scores.p95 or 0) * 1000:.0f} |"
        )
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
