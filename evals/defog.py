"""defog's English questions over three foreign databases: `askgrowth eval defog --practice FOLDER`.

The questions and the data are not part of the repository. `defog.yml` says which of the questions a metric layer
can express and why not the others, and gives results by hand where the dates of our time table differ.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from bot.plan import MetricPlan
from evals.compare import plain, same_rows, together

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.pipeline import Pipeline
    from bot.settings import Settings
    from semantic_layer.table import Table

TODAY = date(2026, 11, 22)
WORKSPACES = ("defog_broker", "defog_car_dealership", "defog_ewallet")
_HERE = Path(__file__).resolve().parent
Rows = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its gold result; `why_not` says why a metric layer cannot express it."""

    id: str
    database: str
    text: str
    gold: Rows | None
    columns: tuple[str, ...]
    sql: str | None
    why_not: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one question came out: right, wrong (answered otherwise), asked back or refused, with the reason."""

    question: Question
    outcome: str
    right: bool
    said: str

    @property
    def confidently_wrong(self) -> bool:
        """Return whether it was answered, and not with the gold result."""
        return self.outcome == "answer" and not self.right


def load_questions(practice: Path) -> tuple[Question, ...]:
    """Return the questions of `practice/defog/questions.jsonl` with our judgement of each."""
    ours = yaml.safe_load((_HERE / "defog.yml").read_text("utf-8"))
    found = []
    for line in (practice / "defog" / "questions.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        name = row["id"].removeprefix("df-")
        sql = ours["sql"].get(name)
        found.append(
            Question(
                name,
                row["db"],
                row["question"],
                None if sql else row["gold_values"],
                () if sql else tuple(row.get("gold_columns") or ()),
                sql,
                ours["inexpressible"].get(name),
            )
        )
    return tuple(found)


def open_workspaces(practice: Path, settings: Settings) -> dict[str, Pipeline]:
    """Return a pipeline for each of the three workspaces, over the practice data."""
    import semantic_layer
    from bot.pipeline import Pipeline

    return {
        name: Pipeline(
            semantic_layer.open(
                _HERE / "workspaces" / name,
                state_dir=settings.state_dir,
                data_dir=practice / "defog" / name,
            ),
            settings,
        )
        for name in WORKSPACES
    }


def judge(question: Question, pipeline: Pipeline) -> Verdict:
    """Ask one question and compare what comes out with the gold result."""
    answer = pipeline.ask(question.text, locale="en-US", today=TODAY, row_limit=None)
    gold = question.gold
    if question.sql is not None:
        gold = pipeline.layer.engine.execute(question.sql).rows
    if answer.outcome != "answer":
        return Verdict(question, answer.outcome, question.why_not is not None, _said(answer))
    tables = [part.table for part in answer.parts if part.table is not None]
    width = len(gold[0]) if gold else None
    right = (
        gold is not None
        and bool(tables)
        and any(
            holds(_winners(answer, table, gold), gold, _keys(question, gold))
            for table in together(tables, width)
        )
    )
    return Verdict(question, "answer", right, _said(answer))


def judge_unanswerable(practice: Path, pipelines: dict[str, Pipeline]) -> list[tuple[str, str, str]]:
    """Return (workspace, question, outcome) of every question that no database of the three can answer."""
    questions = [
        json.loads(line)["question"]
        for line in (practice / "unanswerable_en.jsonl").read_text("utf-8").splitlines()
    ]
    return [
        (name, text, pipeline.ask(text, locale="en-US", today=TODAY).outcome)
        for name, pipeline in pipelines.items()
        for text in questions
    ]


def _winners(answer: Answer, table: Table, gold: Rows) -> Table:
    """Return the first rows where the question asks for the best only: the product shows all, best first."""
    plan = answer.plan
    if isinstance(plan, MetricPlan) and plan.order_by and plan.limit is None and len(gold) < len(table.rows):
        return replace(table, rows=table.rows[: len(gold)])
    return table


def _keys(question: Question, gold: Rows) -> list[int]:
    """Return the places of the gold's key columns, which name a row as its name does."""
    width = len(gold[0]) if gold else 0
    return [at for at, name in enumerate(question.columns[:width]) if name.lower().endswith("id")]


def holds(table: Table, gold: Rows, keys: Sequence[int] = ()) -> bool:
    """Return whether the table holds the gold result.

    Every number of the gold must be there, row for row. Of several texts that name the same row (an id and a
    name) one is enough, a first and a last name may come as one, and further columns do no harm. A rate may be
    a fraction where the gold has per cent.
    """
    if not gold:
        return not table.rows
    measures = [
        at for at, column in enumerate(table.columns) if column.kind == "metric" and "__" not in column.name
    ]
    if measures and len(table.rows) != len(gold):  # buckets that were filled in hold nothing
        named = [at for at, column in enumerate(table.columns) if column.kind == "dimension"]
        full = tuple(
            row
            for row in table.rows
            if any(row[at] not in (None, 0) for at in measures)
            and (not named or any(row[at] is not None for at in named))
        )  # nor does an inner join of the gold keep the rows that belong to nobody
        table = replace(table, rows=full)
    if len(table.rows) != len(gold):
        return False
    ours = [_variants([row[at] for row in table.rows]) for at in range(len(table.columns))]
    numbers, texts = _kinds(gold, keys)
    for kept in _identities(numbers, texts, gold, keys):
        wanted = [[_day(row[at]) for row in kept] for at in range(len(kept[0]))]
        choices = [
            [
                (at, values)
                for at, variants in enumerate(ours)
                for values in variants
                if _same_bag(values, column)
            ]
            for column in wanted
        ]
        if all(choices) and _fits(choices, wanted):
            return True
    return False


def _day(value: object) -> object:
    """Return a midnight time stamp as its date."""
    return value.removesuffix("T00:00:00") if isinstance(value, str) else value


def _variants(column: list[object]) -> list[list[object]]:
    values = [_day(plain(value)) for value in column]
    if values and all(isinstance(value, float) or value is None for value in values):
        return [list(values), [value * 100 if isinstance(value, float) else None for value in values]]
    return [list(values)]


def _kinds(gold: Rows, keys: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the places of the gold's measures and of the columns that only say which row it is."""
    width = len(gold[0])
    texts = [
        at
        for at in range(width)
        if at in keys
        or (all(isinstance(row[at], str) or row[at] is None for row in gold) and any(row[at] for row in gold))
    ]
    return [at for at in range(width) if at not in texts], texts


def _identities(
    numbers: list[int], texts: list[int], gold: Rows, keys: Sequence[int]
) -> list[list[list[object]]]:
    """Return the gold with all its texts, with one, and with two neighbouring ones joined."""
    shapes = [[list(row) for row in gold]]
    if texts and numbers and all(at in keys for at in texts):  # LUB for each user: by name instead of by id
        shapes.append([[row[n] for n in numbers] for row in gold])
    alone = [at for at in texts if len(texts) > 1 and len({row[at] for row in gold}) == len(gold)]
    shapes += [[[row[at], *(row[n] for n in numbers)] for row in gold] for at in alone]
    if len(texts) >= 2:  # a first and a last name
        shapes.append(
            [
                [f"{row[texts[0]]} {row[texts[1]]}", *(row[t] for t in texts[2:]), *(row[n] for n in numbers)]
                for row in gold
            ]
        )
    return shapes


def _same_bag(values: list[object], column: list[object]) -> bool:
    return same_rows([(value,) for value in values], [(value,) for value in column])


def _fits(choices: list[list[tuple[int, list[object]]]], wanted: list[list[object]]) -> bool:
    """Return whether some choice of our columns gives the gold's rows."""
    rows = list(zip(*wanted, strict=True))
    stack: list[list[tuple[int, list[object]]]] = [[]]
    while stack:
        taken = stack.pop()
        if len(taken) == len(choices):
            if same_rows(list(zip(*(values for _, values in taken), strict=True)), rows):
                return True
            continue
        used = {at for at, _ in taken}
        stack += [[*taken, one] for one in choices[len(taken)] if one[0] not in used]
    return False


def _said(answer: Answer) -> str:
    if answer.refusal is not None:
        return answer.refusal.message.at("en-US")
    if answer.clarification is not None:
        return answer.clarification.question.at("en-US")
    return answer.headline.at("en-US") if answer.headline else ""


def report_of(verdicts: Sequence[Verdict], unanswerable: Sequence[tuple[str, str, str]]) -> str:
    """Return the figures and every question that did not come out right, in Markdown."""
    able = [one for one in verdicts if one.question.why_not is None]
    unable = [one for one in verdicts if one.question.why_not is not None]
    right, wrong = sum(one.right for one in able), sum(one.confidently_wrong for one in able)
    refused = sum(outcome in ("refuse", "clarify") for _, _, outcome in unanswerable)
    lines = [
        f"{len(able)} of {len(verdicts)} questions are for a metric layer: {right} right ({right / len(able):.1%}), "
        f"{wrong} confidently wrong ({wrong / len(able):.1%}), {len(able) - right - wrong} asked back or refused.",
        f"{len(unable)} are not: {sum(one.right for one in unable)} refused or answered as the gold, "
        f"{sum(one.confidently_wrong for one in unable)} confidently wrong.",
        f"Unanswerable questions: {refused} of {len(unanswerable)} refused or asked back.",
        "",
        "| question | came out | said |",
        "|---|---|---|",
        *(
            f"| {one.question.id} | {'wrong' if one.confidently_wrong else one.outcome} | {one.said} |"
            for one in verdicts
            if not one.right
        ),
        "",
        "Not for a metric layer:",
        "",
        *(f"- {one.question.id}: {one.question.why_not}" for one in unable),
    ]
    return "\n".join(lines) + "\n"
