"""The list of ideas as the log says, and the experiments with data as we evaluate them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import NotEnoughDataError
from semantic_layer.period import Period
from semantic_layer.rows import Analysis, Named, RowColumn, RowQuery
from semantic_layer.text import Text
from tools.bindings import filters_of, model_of, name_of, names_of
from tools.registry import ToolContext
from tools.trials.evaluating import Evaluation, evaluate
from tools.trials.reading import question_of

MOST_IDEAS = 10_000


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea of the log: `stage` and `result` are idea, running, tested, shipped and won, lost, flat, invalid."""

    key: str
    name: str
    stage: str
    result: str
    proposed: date | None

    @property
    def is_tested(self) -> bool:
        """Return whether its test is over."""
        return self.stage in ("tested", "shipped")

    @property
    def is_valid(self) -> bool:
        """Return whether its test is over and can be used."""
        return self.is_tested and self.result != "invalid"


def read_ideas(
    binding: AnalysisBinding, period: Period | None, context: ToolContext
) -> tuple[list[Idea], str]:
    """Return the ideas of the log, the oldest first, and the SQL."""
    model = context.layer.catalog.models[model_of(binding)]
    columns: dict[str, RowColumn] = {
        "stage": Named(str(binding.options["stage"])), "result": Named(str(binding.options["result"])),
    }  # fmt: skip
    key = next((one.name for one in model.entities if one.type in ("primary", "unique")), None)
    optional = (("key", key), ("name", name_of(binding, "text")), ("at", name_of(binding, "time")))
    columns |= {alias: Named(name) for alias, name in optional if name is not None}
    rows = RowQuery(
        model.name,
        columns,
        filters=filters_of(binding),
        time=name_of(binding, "time"),
        start=period.start if period else None,
        end=period.end if period else None,
        undated=period is None,
    )
    result = context.analyse(Analysis({"ideas": rows}, "SELECT * FROM ideas"), row_limit=MOST_IDEAS)
    shipped, tested = names_of(binding, "shipped"), names_of(binding, "tested")
    running = names_of(binding, "running")
    meanings = {value: word for word in ("won", "lost", "invalid") for value in names_of(binding, word)}
    ideas = []
    for at, one in enumerate(result.records()):
        stage, found = str(one["stage"]), str(one["result"])
        kind = "shipped" if stage in shipped else "tested" if stage in tested else "idea"
        kind = "running" if stage in running else kind
        day = one.get("at")
        ideas.append(
            Idea(
                str(one.get("key", at)),
                str(one.get("name", one.get("key", at))),
                kind,
                meanings.get(found, "flat") if kind in ("tested", "shipped") else "none",
                day.date() if isinstance(day, datetime) else day if isinstance(day, date) else None,
            )
        )
    return sorted(ideas, key=lambda one: (one.proposed or date.min, one.key)), result.sql


def evaluations(context: ToolContext) -> tuple[list[Evaluation], list[Text]]:
    """Return every declared experiment as evaluated from its data, and why some could not be."""
    done: list[Evaluation] = []
    thin: list[Text] = []
    declared = [one for one in context.layer.catalog.analyses if one.kind == "experiment"]
    for at, binding in enumerate(declared):
        label = binding.label
        context.step(Text(zh=f"评估「{label.zh}」", en=f"Evaluating {label.en}"), at / len(declared))
        try:
            question = question_of(binding, context.layer.catalog.metrics, None, (), ())
            done.append(evaluate(question, context, None))
        except NotEnoughDataError as error:
            thin.append(error.message)
    return done, thin


def as_ideas(done: list[Evaluation]) -> list[Idea]:
    """Return the evaluated experiments as ideas: what is known where no log is kept."""
    words = {"win": "won", "loss": "lost", "flat": "flat", "invalid": "invalid"}
    ideas = []
    for one in done:
        binding = one.question.binding
        start = binding.options.get("start")
        proposed = start if isinstance(start, date) else None
        ideas.append(Idea(binding.name, binding.label.zh, "tested", words[one.verdict], proposed))
    return ideas
