"""What one run leaves behind per question: everything needed to score, replay and explain it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import JsonValue

from semantic_layer.query import Frozen


class Record(Frozen):
    """One wording of one case, as it came out.

    `right` says whether the outcome and its content are what is expected; `confidently_wrong` that an answer
    was given and it is not. `wrong_slots` compares the plan with the gold plan where there is one.
    """

    case: str
    wording: int
    locale: str
    question: str
    klass: str
    difficulty: str
    expected: str
    outcome: str
    right: bool
    confidently_wrong: bool
    why: str = ""
    wrong_slots: tuple[str, ...] | None = None
    plan_hash: str | None = None
    plan: JsonValue = None
    headline: str | None = None
    planner: str = "rules"
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, int]:
        """Return what identifies the wording within a suite."""
        return self.case, self.wording


def write_log(path: Path, records: Iterable[Record]) -> None:
    """Write one JSON line per record, in the order given; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as log:
        for record in records:
            log.write(record.model_dump_json() + "\n")


def read_log(path: Path) -> Iterator[Record]:
    """Yield the records of a log; a last line cut off by a crash is left out."""
    with path.open(encoding="utf-8") as log:
        for line in log:
            if line.endswith("\n") and line.strip():
                yield Record.model_validate_json(line)
