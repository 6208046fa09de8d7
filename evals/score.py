"""Scores of a run: rates with intervals, by class and language, and what two runs differ in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evals.compare import SLOTS
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
    """The scores of a group of records. Times are seconds, None where nothing was timed; cost None where unknown."""

    right: Rate
    confidently_wrong: Rate
    refusal_precision: Rate
    refusal_recall: Rate
    clarify_precision: Rate
    clarify_recall: Rate
    invariance: Rate  # cases whose wordings all gave the same plan
    language_invariance: Rate  # cases whose first Chinese and first English wording gave the same plan
    faithful: Rate  # answers with a headline in which every number is accounted for
    charts: Rate  # answers with numbers whose chart suits the plan
    slots: dict[str, Rate]  # per slot: how often it was right, where a gold plan says so
    p50: float | None
    p95: float | None
    tokens_in: int
    tokens_out: int
    cost: float | None


def score(records: Sequence[Record]) -> Scores:
    """Return the scores of the records."""
    seconds = [record.seconds for record in records if record.seconds]
    told = [record for record in records if record.outcome == "answer"]
    drawn = [record for record in told if record.chart_problem is not None]
    costs = [record.cost for record in records if record.cost is not None]
    return Scores(
        right=_rate(records, lambda r: r.right),
        confidently_wrong=_rate(records, lambda r: r.confidently_wrong),
        refusal_precision=_precision(records, "refuse"),
        refusal_recall=_recall(records, "refuse"),
        clarify_precision=_precision(records, "clarify"),
        clarify_recall=_recall(records, "clarify"),
        invariance=_invariance(records),
        language_invariance=_language_invariance(records),
        faithful=_rate([r for r in told if r.unfaithful is not None], lambda r: not r.unfaithful),
        charts=_rate(drawn, lambda r: not r.chart_problem),
        slots=_slots(records),
        p50=quantile(seconds, 0.5),
        p95=quantile(seconds, 0.95),
        tokens_in=sum(record.tokens_in for record in records),
        tokens_out=sum(record.tokens_out for record in records),
        cost=sum(costs) if costs else None,
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


def most_errors(clean: int) -> float:
    """Return the largest error rate that `clean` answers without an error leave possible (95 %): the rule of three."""
    return 1.0 if clean == 0 else 1.0 - 0.05 ** (1.0 / clean)


def _rate(records: Sequence[Record], holds: Callable[[Record], bool]) -> Rate:
    return Rate(sum(holds(record) for record in records), len(records))


def _precision(records: Sequence[Record], outcome: str) -> Rate:
    """Return how many of the given outcomes were due, or accepted by their case."""
    given = [record for record in records if record.outcome == outcome]
    return _rate(given, lambda r: r.expected == outcome or r.right)


def _recall(records: Sequence[Record], outcome: str) -> Rate:
    """Return how many of the due outcomes were given, or another one that their case accepts."""
    due = [record for record in records if record.expected == outcome]
    return _rate(due, lambda r: r.outcome == outcome or r.right)


def _invariance(records: Sequence[Record]) -> Rate:
    groups = [group for group in by(records, "case").values() if len(group) > 1]
    return Rate(sum(_alike(group) for group in groups), len(groups))


def _language_invariance(records: Sequence[Record]) -> Rate:
    pairs = []
    for group in by(records, "case").values():
        languages = {record.locale: record for record in reversed(group)}
        if len(languages) > 1:
            pairs.append(list(languages.values()))
    return Rate(sum(_alike(pair) for pair in pairs), len(pairs))


def _alike(records: Sequence[Record]) -> bool:
    return len({(record.outcome, record.plan_hash) for record in records}) == 1


def _slots(records: Sequence[Record]) -> dict[str, Rate]:
    judged = [record for record in records if record.wrong_slots is not None]
    return {
        name: _rate(judged, lambda r, slot=name: not {slot, "kind"} & set(r.wrong_slots or ()))  # type: ignore[misc]  # slot is a str
        for name in SLOTS
    }
