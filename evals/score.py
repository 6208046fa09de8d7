"""Scores of a run: rates with intervals, by class and language, and what two runs differ in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.record import Record
from evals.statistics import mcnemar, quantile, wilson


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, with its 95 % interval."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """Return the rate; None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Return the Wilson interval."""
        return wilson(self.hits, self.of)


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a group of records."""

    right: Rate
    confidently_wrong: Rate
    refusal_precision: Rate
    refusal_recall: Rate
    clarify_precision: Rate
    clarify_recall: Rate
    invariance: Rate  # cases whose wordings all gave the same plan
    slots: dict[str, Rate]  # per slot: how often it was right, where a gold plan says so
    p50: float | None
    p95: float | None


def score(records: Sequence[Record]) -> Scores:
    """Return the scores of the records."""
    expected = {outcome: [r for r in records if r.expected == outcome] for outcome in ("refuse", "clarify")}
    given = {outcome: [r for r in records if r.outcome == outcome] for outcome in ("refuse", "clarify")}
    seconds = [record.seconds for record in records]
    return Scores(
        right=Rate(sum(record.right for record in records), len(records)),
        confidently_wrong=Rate(sum(record.confidently_wrong for record in records), len(records)),
        refusal_precision=_share(given["refuse"], "refuse"),
        refusal_recall=Rate(sum(r.outcome == "refuse" for r in expected["refuse"]), len(expected["refuse"])),
        clarify_precision=_share(given["clarify"], "clarify"),
        clarify_recall=Rate(
            sum(r.outcome == "clarify" for r in expected["clarify"]), len(expected["clarify"])
        ),
        invariance=_invariance(records),
        slots=_slots(records),
        p50=quantile(seconds, 0.5),
        p95=quantile(seconds, 0.95),
    )


def by(records: Iterable[Record], attribute: str) -> dict[str, list[Record]]:
    """Return the records grouped by an attribute, groups in order of first appearance."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[str(getattr(record, attribute))].append(record)
    return dict(groups)


def compare_runs(first: Sequence[Record], second: Sequence[Record]) -> tuple[list[str], list[str], float]:
    """Return the wordings only the first run got right, those only the second did, and McNemar's p-value.

    Only wordings that are in both runs count.
    """
    left = {record.key: record.right for record in first}
    right = {record.key: record.right for record in second}
    both = [key for key in left if key in right]
    lost = [f"{case}#{wording}" for case, wording in both if left[case, wording] and not right[case, wording]]
    won = [f"{case}#{wording}" for case, wording in both if right[case, wording] and not left[case, wording]]
    return lost, won, mcnemar(len(lost), len(won))


def _share(given: Sequence[Record], outcome: str) -> Rate:
    return Rate(sum(record.expected == outcome or record.right for record in given), len(given))


def _invariance(records: Sequence[Record]) -> Rate:
    groups = [group for group in by(records, "case").values() if len(group) > 1]
    same = sum(len({(record.outcome, record.plan_hash) for record in group}) == 1 for group in groups)
    return Rate(same, len(groups))


def _slots(records: Sequence[Record]) -> dict[str, Rate]:
    judged = [record for record in records if record.wrong_slots is not None]
    names = ("metric", "dimension", "filter", "period", "compare", "order", "limit", "transform")
    out = {}
    for name in names:
        wrong = sum(
            name in (record.wrong_slots or ()) or "kind" in (record.wrong_slots or ()) for record in judged
        )
        out[name] = Rate(len(judged) - wrong, len(judged))
    return out
