"""What one run leaves behind: a line about the run, and a line per question with all that is needed to replay it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import Field, JsonValue

from semantic_layer.query import Frozen


class RunInfo(Frozen):
    """What a run was made with; only an equal one continues it. `left_out` counts cases by workspace without data."""

    kind: str = "run"
    planner: str = "rules"
    model: str | None = None
    version: str = ""
    left_out: dict[str, int] = Field(
        default_factory=dict
    )  # workspaces without data, with their number of cases


class Record(Frozen):
    """One wording of one case, as it came out.

    `right` says whether the outcome and its content are what is expected; `confidently_wrong` that an answer
    was given and it is not. `wrong_slots` compares the plan with the gold plan where there is one. `rows` and
    `gold_rows` are the first of the two results that were compared, as text. `unfaithful` lists numbers of the
    headline that no cell accounts for (None without one); `chart_problem` is None where no chart is due.
    `fingerprint` changes with the case, so that a run is not continued over a case that was edited.
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
    workspace: str = "demo"
    today: str | None = None
    user: str | None = None
    conversation: tuple[str, ...] = ()
    fingerprint: str = ""
    why: str = ""
    said: str = ""
    wrong_slots: tuple[str, ...] | None = None
    plan_hash: str | None = None
    plan: JsonValue = None
    gold_plan: JsonValue = None
    sql: tuple[str, ...] = ()
    gold_sql: str | None = None
    rows: JsonValue = None
    gold_rows: JsonValue = None
    headline: str | None = None
    unfaithful: tuple[str, ...] | None = None
    chart: str | None = None
    chart_problem: str | None = None
    planner: str = "rules"
    data_version: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, int]:
        """Return what identifies the wording within a suite."""
        return self.case, self.wording


# What a committed baseline leaves out: it is compared and counted, not replayed.
_LONG = {
    "sql",
    "gold_sql",
    "rows",
    "gold_rows",
    "headline",
    "plan",
    "gold_plan",
    "said",
    "data_version",
    "seconds",
}


def write_log(
    path: Path, records: Iterable[Record], info: RunInfo | None = None, *, short: bool = False
) -> None:
    """Write a line about the run and one line per record, in the order given; the folder is made.

    `short` leaves out what only a replay needs, and all times, so that the same results give the same bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as log:
        log.write((info or RunInfo()).model_dump_json() + "\n")
        for record in records:
            left_out = _LONG if short else None
            log.write(record.model_dump_json(exclude=left_out, exclude_defaults=short) + "\n")


def append_record(path: Path, record: Record) -> None:
    """Add one record to a log, so that a run that is stopped can be continued."""
    with path.open("a", encoding="utf-8") as log:
        log.write(record.model_dump_json() + "\n")


def read_log(path: Path) -> Iterator[Record]:
    """Yield the records of a log; a last line cut off by a crash is left out."""
    for line in _lines(path):
        if '"kind":"run"' not in line[:20]:
            yield Record.model_validate_json(line)


def read_info(path: Path) -> RunInfo | None:
    """Return what a log says about its run; None where it says nothing."""
    for line in _lines(path):
        content = json.loads(line)
        return RunInfo.model_validate(content) if content.get("kind") == "run" else None
    return None


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as log:
        for line in log:
            if line.endswith("\n") and line.strip():
                yield line
