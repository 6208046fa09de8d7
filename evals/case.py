"""Eval cases: one schema for everybody. A case without an executable expectation does not load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BeforeValidator, Field, JsonValue, ValidationError, model_validator

from bot.plan import Plan
from semantic_layer.errors import AskGrowthError
from semantic_layer.query import Frozen
from semantic_layer.text import Locale, Text

Outcome = Literal["answer", "clarify", "refuse"]
Difficulty = Literal["easy", "medium", "hard"]
HAN = re.compile(r"[\u4e00-\u9fff]")
Cell = str | int | float | bool | None


class CaseError(AskGrowthError):
    """A suite file that cannot be used; it names file, case and field."""

    code = "invalid_case"


class Accepted(Frozen):
    """One result that counts as right: hand-written SQL, rows, or a plan that is executed.

    `columns` names the answer's columns that are compared, in the order of the expected ones; without it the
    answer's dimension and metric columns are taken in order. `ordered` compares the order of the rows too;
    `tolerance` is how far a number may be off, in its own unit.
    """

    sql: str | None = None
    rows: tuple[tuple[Cell, ...], ...] | None = None
    plan: Plan | None = None
    columns: tuple[str, ...] = ()
    ordered: bool = False
    tolerance: float = Field(default=0.0, ge=0)

    @property
    def is_executable(self) -> bool:
        """Return whether there is anything to compare an answer with."""
        return self.sql is not None or self.rows is not None or self.plan is not None


def _as_json(value: object) -> object:
    """Return a value of YAML as one of JSON: a date as its ISO text."""
    if isinstance(value, dict):
        return {key: _as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


class ExpectedFinding(Frozen):
    """A finding that must be among the answer's: its kind and place, and its value within a relative tolerance."""

    kind: str
    metric: str | None = None
    at: str | None = None
    value: float | None = None
    tolerance: float = 0.05


class Expect(Accepted):
    """What must come out. A refusal or clarification is executable by its outcome; `reason` narrows it."""

    outcome: Outcome
    reason: str | None = None
    accept: tuple[Accepted, ...] = ()
    accept_outcomes: tuple[Outcome, ...] = ()
    findings: tuple[ExpectedFinding, ...] = ()
    tool: str | None = None
    inputs: Annotated[dict[str, JsonValue], BeforeValidator(_as_json)] = Field(default_factory=dict)

    @property
    def is_routing(self) -> bool:
        """Return whether the choice of the analysis and its inputs is all that is judged: then it is not run."""
        return self.tool is not None and not (self.is_executable or self.accept or self.findings)

    @model_validator(mode="after")
    def _executable(self) -> Expect:
        if self.outcome != "answer":
            return self
        if not (
            self.is_executable or self.findings or self.tool or any(a.is_executable for a in self.accept)
        ):
            raise ValueError("an expected answer needs sql, rows, plan, findings or tool to be checked by")
        return self


class Turn(Frozen):
    """A wording of the same question, in a language."""

    locale: Locale
    question: str = Field(min_length=1)


class Case(Frozen):
    """One question with its expectation; `paraphrases` must come out the same."""

    id: str = Field(min_length=1)
    workspace: str
    locale: Locale
    question: str
    paraphrases: tuple[Turn, ...] = ()
    today: date | None = None
    user: str | None = None
    conversation: tuple[str, ...] = ()
    expect: Expect
    klass: str = Field(alias="class", min_length=1)
    difficulty: Difficulty = "medium"
    origin: str = "own"

    def wordings(self) -> Iterator[Turn]:
        """Yield the question and its paraphrases."""
        yield Turn.model_construct(locale=self.locale, question=self.question)
        yield from self.paraphrases


def load_suite(path: Path) -> tuple[Case, ...]:
    """Return the cases of a YAML file, or of every YAML file in a folder, in file and line order.

    A file is a list of cases, or a mapping with `defaults` (fields that every case takes) and `cases`.
    A question without a `locale`, and a paraphrase that is a plain string, takes the language it is written in.

    Raises:
        CaseError: the path holds no case, a case is invalid, or an id is used twice.
    """
    files = sorted(path.glob("**/*.yml")) if path.is_dir() else [path]
    cases: list[Case] = []
    seen: dict[str, Path] = {}
    for file in files:
        for raw in _raw_cases(file):
            case = _case(raw, file)
            if case.id in seen:
                raise _error(
                    file,
                    case.id,
                    f"编号已在 {seen[case.id].name} 用过",
                    f"already used in {seen[case.id].name}",
                )
            seen[case.id] = file
            cases.append(case)
    if not cases:
        raise _error(path, "-", "没有用例", "holds no case")
    return tuple(cases)


def _raw_cases(file: Path) -> Iterator[dict[str, object]]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        line = str(error).splitlines()[0]
        raise _error(file, "-", f"读不了:{line}", f"cannot be read: {line}") from error
    defaults: dict[str, object] = {}
    if isinstance(content, dict):
        defaults, content = content.get("defaults") or {}, content.get("cases")
    if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
        raise _error(file, "-", "应为用例的列表", "must be a list of cases")
    for entry in content:
        yield {**defaults, **entry}


def _case(raw: dict[str, object], file: Path) -> Case:
    raw = {"locale": locale_of(raw.get("question")), **raw}
    wordings = raw.get("paraphrases") or []
    if isinstance(wordings, list):
        raw["paraphrases"] = [
            {"locale": locale_of(one), "question": one} if isinstance(one, str) else one for one in wordings
        ]
    try:
        return Case.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise _error(
            file, str(raw.get("id", "?")), f"{field}:{first['msg']}", f"{field}: {first['msg']}"
        ) from error


def locale_of(wording: object) -> Locale:
    """Return the language a wording is answered in: Chinese where it holds a Han character, as in the chat."""
    return "zh-CN" if HAN.search(str(wording)) else "en-US"


def _error(file: Path, case: str, zh: str, en: str) -> CaseError:
    return CaseError(
        Text(zh=f"{file.name} 用例 {case}:{zh}。", en=f"{file.name}, case {case}: {en}."),
        Text(zh="格式见 docs/evals.md。", en="The schema is in docs/evals.md."),
    )
