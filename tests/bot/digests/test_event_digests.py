"""A report on an event: against its last edition as in a question, and day n against day n where one was shorter."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

import semantic_layer
from bot.answer import Answer
from bot.digests.making import Reader, digest
from bot.ledger.keeping import Ledger
from bot.pipeline import Pipeline
from bot.settings import Settings

FAIR = """calendars:
  - name: fair
    label: {zh: 集市, en: fair}
    years: {2024: {first: 2024-03-04, last: 2024-03-08}, 2025: {first: 2025-03-03, last: 2025-03-12}}
"""
AFTER, DURING = date(2025, 3, 20), date(2025, 3, 7)  # during: four days of ten have been


@pytest.fixture
def fair(monday_shop: Path, monday_settings: Settings, tmp_path: Path) -> Iterator[Pipeline]:
    """The shop with a yearly fair: five days in 2024, ten in 2025."""
    folder = tmp_path / "shop"
    shutil.copytree(monday_shop, folder)
    with (folder / "askgrowth.yml").open("a", encoding="utf-8") as model:
        model.write(FAIR)
    settings = replace(monday_settings, workspace=folder)
    layer = semantic_layer.open(folder, state_dir=settings.state_dir)
    yield Pipeline(layer, settings, ledger=Ledger(layer, settings))
    layer.close()


def made(pipeline: Pipeline, today: date, locale: str = "en-US") -> Answer:
    answer, _ = digest(pipeline, "event", "boss", Reader(None, locale, today), ahead=False)  # type: ignore[arg-type]
    return answer


def why(answer: Answer) -> str:
    return " ".join(one.statement.en for one in answer.findings if one.at == "why")


def takings(folder: Path, first: str, last: str) -> float:
    [row] = duckdb.sql(
        f"SELECT SUM(takings) FROM '{folder}/data/sales.parquet' WHERE day BETWEEN '{first}' AND '{last}'"
    ).fetchall()
    return float(row[0])


def test_the_periods_are_those_of_the_question(fair: Pipeline) -> None:
    answer, asked = made(fair, AFTER), fair.ask("takings of the fair 2025 vs the fair 2024", today=AFTER)
    dates = [(date(2025, 3, 3), date(2025, 3, 13)), (date(2024, 3, 4), date(2024, 3, 9))]
    assert [(one.start, one.end) for one in answer.periods] == dates
    assert [(one.start, one.end) for one in asked.periods] == dates


def test_a_longer_event_is_also_compared_over_the_days_that_both_had(
    fair: Pipeline, monday_shop: Path
) -> None:
    now = takings(monday_shop, "2025-03-03", "2025-03-07")  # the first five days of each
    then = takings(monday_shop, "2024-03-04", "2024-03-08")
    said = why(made(fair, AFTER))
    assert "This one has 10 days, the last one 5." in said
    assert f"first 5 days of each, takings: €{now:,.0f} after €{then:,.0f}, {now / then - 1:+.1%}".replace(
        "-", "−"
    ) in (said.replace(" %", "%"))


def test_an_event_that_runs_is_held_against_as_many_days_of_its_last_edition(fair: Pipeline) -> None:
    answer = made(fair, DURING)
    assert [(one.start, one.end) for one in answer.periods] == [
        (date(2025, 3, 3), date(2025, 3, 7)),
        (date(2024, 3, 4), date(2024, 3, 8)),
    ]
    assert "This one has" not in why(answer)
    assert any("held against the same days" in one.en for one in answer.warnings)
