"""The English questions of the made-up school beside gibran's: `python -m evals.bench gibran [--make] [REPORT.md]`.

gibran (package index) is another offline question parser over a metric layer. It lives in an environment of its
own (`.venv-gibran`, made by `--make`), reads the same tables and metrics from a YAML written here from our
catalog, and is told which table to ask, which is an advantage: each question is put to both of its sources and
counts as right when either answer is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.settings import Settings, read_settings
from evals.case import load_suite
from evals.compare import same_rows
from evals.judge import gold_rows
from evals.run import Runner

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".venv-gibran"
PYTHON = HOME / "bin" / "python"
VERSION = "0.1.2"
SUITE = ROOT / "evals" / "suites" / "odd"
DATA = ROOT / "evals" / "workspaces" / "odd" / "data"
_SKIPPED = ("metadata", "follow_up")  # gibran has neither catalog questions nor conversation

_LABELS = {
    "campus": {"N": "Northgate", "S": "Southpond", "R": "Riverside"},
    "lang_cd": {
        "ja": "Japanese",
        "fr": "French",
        "de": "German",
        "es": "Spanish",
        "en": "English",
        "yue": "Cantonese",
    },
    "fmt": {"room": "in person", "screen": "on screen"},
    "pkg": {"taster": "taster", "ten": "ten-pack", "thirty": "thirty-pack", "camp": "summer camp"},
}

_DRIVER = """
import json, sys
from datetime import date
import duckdb
import gibran.nl.patterns
from gibran.governance.default import DefaultGovernance
from gibran.governance.types import IdentityContext
from gibran.nl.runner import run_nl_query
gibran.nl.patterns._today = lambda: date(2024, 6, 13)  # the day the questions are asked on
con = duckdb.connect("gibran.duckdb")
governance = DefaultGovernance(con)
identity = IdentityContext(user_id="eval", role_id="all", attributes={}, source="cli")
for line in sys.stdin:
    asked = json.loads(line)
    out = []
    for source in ("seats", "purse"):
        try:
            result = run_nl_query(con, governance, identity, asked["question"], source)
            if result.match is None:
                continue
            rows = result.run_result.query_result
            if rows is None or rows.status != "ok":
                continue
            out.append([list(row) for row in rows.rows])
        except Exception as error:
            print(f"{source}: {type(error).__name__}: {error}", file=sys.stderr)
    print(json.dumps({"id": asked["id"], "tables": out}, default=str), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One English question with what must come out: rows, or an outcome other than an answer."""

    id: str
    question: str
    gold: Sequence[Sequence[object]] | None
    ours: str


def run(argv: list[str]) -> int:
    """Ask both, print the figures and write the report where a file is named; 2 where gibran is not there."""
    if "--make" in argv:
        _make()
    if not PYTHON.exists():
        print(f"gibran is not there: python -m evals.bench gibran --make ({HOME.name})", file=sys.stderr)
        return 2
    asked, theirs = ask_both()
    table = _report(asked, theirs)
    print(table)
    for target in (arg for arg in argv if not arg.startswith("--")):
        Path(target).write_text(table, encoding="utf-8")
    return 0


def ask_both() -> tuple[list[Asked], dict[str, str]]:
    """Return the questions with our verdicts, and gibran's verdicts by id: right, wrong or refused."""
    asked = ask_ours(SUITE, read_settings("", "rules"), ("en-US",))
    return asked, _ask_gibran(asked)


def _make() -> None:
    subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", f"gibran=={VERSION}"], check=True)


def ask_ours(suite: Path, settings: Settings, locales: Sequence[str]) -> list[Asked]:
    """Return the questions of a suite that need no conversation and no catalog, with gold rows and our verdict."""
    runner = Runner(settings)
    found = []
    for case in load_suite(suite):
        if case.klass in _SKIPPED or case.conversation:
            continue
        layer = runner.pipeline(case.workspace).layer
        gold = gold_rows(case.expect, case, layer) if case.expect.outcome == "answer" else None
        if case.expect.outcome == "answer" and gold is None:
            continue
        for record in runner.run_case(case):
            if record.locale in locales:
                ours = "right" if record.right else "wrong" if record.outcome == "answer" else "refused"
                found.append(Asked(f"{case.id}#{record.wording}", record.question, gold, ours))
    return found


def _ask_gibran(asked: Sequence[Asked]) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="gibran-") as name:
        folder = Path(name)
        (folder / "gibran.yaml").write_text(yaml.safe_dump(_project(), sort_keys=False), "utf-8")
        gibran = str(PYTHON.parent / "gibran")
        subprocess.run([gibran, "init"], cwd=folder, check=True, capture_output=True)
        loaded = "".join(f"CREATE TABLE {name} AS {sql};" for name, sql in _tables().items())
        load = "import duckdb, sys; duckdb.connect('gibran.duckdb').execute(sys.stdin.read())"
        subprocess.run([str(PYTHON), "-c", load], cwd=folder, input=loaded, text=True, check=True)
        subprocess.run([gibran, "sync"], cwd=folder, check=True, capture_output=True)
        lines = "".join(json.dumps({"id": one.id, "question": one.question}) + "\n" for one in asked)
        done = subprocess.run(
            [str(PYTHON), "-c", _DRIVER], cwd=folder, input=lines, text=True, capture_output=True, check=True
        )
    gold = {one.id: one.gold for one in asked}
    verdicts = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        verdicts[answer["id"]] = verdict(answer["tables"], gold[answer["id"]])
    return verdicts


def verdict(tables: list[list[list[object]]], gold: Sequence[Sequence[object]] | None) -> str:
    """Return right, wrong or refused: any of the tables may be the expected one; none is a refusal."""
    if not tables:
        return "right" if gold is None else "refused"
    if gold is None:
        return "wrong"
    return "right" if any(same_rows(_plain(rows), _plain(gold)) for rows in tables) else "wrong"


def _plain(rows: Sequence[Sequence[object]]) -> list[tuple[object, ...]]:
    """Return rows in comparable form: labels of codes, midnights as dates."""
    labels = {code: label for values in _LABELS.values() for code, label in values.items()}
    return [
        tuple(
            labels.get(cell, cell.removesuffix(" 00:00:00")) if isinstance(cell, str) else cell
            for cell in row
        )
        for row in rows
    ]


def _tables() -> dict[str, str]:
    """Return the SQL of the two flat tables gibran reads: seats with tutors and learners, and payment slips."""
    labelled = {
        column: "CASE "
        + f"{column} "
        + " ".join(f"WHEN '{code}' THEN '{label}'" for code, label in values.items())
        + f" ELSE {column} END"
        for column, values in _LABELS.items()
    }
    csv = {file.stem: f"read_csv_auto('{file}')" for file in DATA.glob("*.csv")}
    campus, spoken = _of("s", labelled["campus"], "campus"), _of("s", labelled["lang_cd"], "lang_cd")
    form = _of("s", labelled["fmt"], "fmt")
    seats = (
        "SELECT s.seat_no, s.learner_id, CAST(s.lsn_day AS DATE) AS lesson_day, s.mins / 60.0 AS hours, s.stars, "
        f"s.outcome, s.lvl AS level, {campus} AS campus, {spoken} AS taught_language, {form} AS lesson_form, "
        "t.tutor_nm AS tutor, l.tongue AS mother_tongue, l.age_grp AS age_group "
        f"FROM {csv['seat_log']} s LEFT JOIN {csv['tutors']} t USING (tutor_id) "
        f"LEFT JOIN {csv['learners']} l USING (learner_id)"
    )
    purse = (
        f"SELECT slip_no, learner_id, CAST(slip_day AS DATE) AS slip_day, yuan, back_yuan, "
        f"{labelled['campus']} AS campus, {labelled['pkg']} AS package FROM {csv['purse_log']}"
    )
    return {"seats": seats, "purse": purse}


def _project() -> dict[str, object]:
    """Return gibran's YAML over the two tables."""
    split = {
        "seats": ["campus", "taught_language", "lesson_form", "level", "tutor", "mother_tongue", "age_group"],
        "purse": ["campus", "package"],
    }
    times = {"seats": "lesson_day", "purse": "slip_day"}
    columns = {
        "seats": {"seat_no": "VARCHAR", "learner_id": "VARCHAR", "hours": "DOUBLE", "stars": "DOUBLE",
                  "outcome": "VARCHAR"},
        "purse": {"slip_no": "VARCHAR", "learner_id": "VARCHAR", "yuan": "DOUBLE", "back_yuan": "DOUBLE"},
    }  # fmt: skip
    sources = []
    for name, splits in split.items():
        fields = columns[name] | {times[name]: "DATE"} | dict.fromkeys(splits, "VARCHAR")
        sources.append(
            {
                "id": name,
                "display_name": name.capitalize(),
                "type": "duckdb_table",
                "uri": name,
                "primary_grain": next(iter(fields)),
                "columns": [
                    {"name": field, "type": kind, "sensitivity": "public"} for field, kind in fields.items()
                ],
                "dimensions": [
                    *({"id": f"{name}.{one}", "column": one, "display_name": one.replace("_", " ").title(),
                       "type": "categorical"} for one in splits),
                    {"id": f"{name}.{times[name]}", "column": times[name],
                     "display_name": times[name].replace("_", " ").title(), "type": "temporal"},
                ],
            }
        )  # fmt: skip
    return {
        "sources": sources,
        "metrics": _metrics(),
        "roles": [{"id": "all", "display_name": "All"}],
        "policies": [
            {"id": f"all_{name}", "role": "all", "source": name, "default_column_mode": "allow"}
            for name in split
        ],
    }


def _of(alias: str, expression: str, column: str) -> str:
    return expression.replace(f"CASE {column}", f"CASE {alias}.{column}").replace(
        f"ELSE {column}", f"ELSE {alias}.{column}"
    )


def _metrics() -> list[dict[str, object]]:
    came = "outcome = 'came'"
    made: list[tuple[str, str, str, dict[str, object]]] = [
        ("bookings", "seats", "Bookings", {"type": "count"}),
        ("attended", "seats", "Attended Seats", {"type": "count", "filter": came}),
        ("missed", "seats", "No Shows", {"type": "count", "filter": "outcome = 'missed'"}),
        ("seat_hours", "seats", "Seat Hours", {"type": "sum", "expression": "hours", "filter": came}),
        (
            "learners_taught",
            "seats",
            "Learners Taught",
            {"type": "count_distinct", "column": "learner_id", "filter": came},
        ),
        ("lesson_rating", "seats", "Lesson Rating", {"type": "avg", "expression": "stars"}),
        (
            "no_show_rate",
            "seats",
            "No Show Rate",
            {"type": "ratio", "numerator": "missed", "denominator": "bookings"},
        ),
        ("tuition", "purse", "Tuition", {"type": "sum", "expression": "yuan"}),
        ("given_back", "purse", "Money Given Back", {"type": "sum", "expression": "back_yuan"}),
        ("slips", "purse", "Payment Slips", {"type": "count"}),
        (
            "payers",
            "purse",
            "Paying Learners",
            {"type": "count_distinct", "column": "learner_id"},
        ),
    ]
    return [
        {"id": name, "source": source, "display_name": label, **rest} for name, source, label, rest in made
    ]


def _report(asked: Sequence[Asked], theirs: dict[str, str]) -> str:
    ours = Counter(one.ours for one in asked)
    other = Counter(theirs.get(one.id, "refused") for one in asked)
    lines = [
        f"{len(asked)} English questions of `evals/suites/odd`; gibran {VERSION}.",
        "",
        "| | right | wrong | asked back or refused although answerable |",
        "|---|---|---|---|",
        *(
            f"| {name} | {count['right']} ({count['right'] / len(asked):.0%}) | {count['wrong']} | {count['refused']} |"
            for name, count in (("AskGrowth, rules planner", ours), (f"gibran {VERSION}", other))
        ),
        "",
    ]
    return "\n".join(lines)
