"""Every planted story can be found by hand-written SQL, in the size that demo/truth.yml states."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SQL = Path(__file__).parent / "stories"
TRUTH = yaml.safe_load((ROOT / "demo" / "truth.yml").read_text(encoding="utf-8"))
STORIES: dict[str, dict[str, Any]] = {story["id"]: story for story in TRUTH["stories"]}

Row = dict[str, float]


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_found_in_its_stated_size(name: str, one_row: Callable[[str], Row]) -> None:
    sizes = STORIES[name]["sizes"]
    found = one_row((SQL / f"{name}.sql").read_text(encoding="utf-8"))
    assert set(found) == set(sizes), "the SQL computes exactly the sizes of truth.yml"
    outside = {
        size: value for size, value in found.items() if not sizes[size]["low"] <= value <= sizes[size]["high"]
    }
    assert not outside
    # the stated value is what this very data shows, to the digits given
    wrong = {
        size: (value, sizes[size]["value"])
        for size, value in found.items()
        if abs(value - sizes[size]["value"]) > max(0.02 * abs(value), 0.0005)
    }
    assert not wrong


def test_every_story_has_its_sql_and_every_sql_its_story() -> None:
    assert {file.stem for file in SQL.glob("*.sql")} == set(STORIES)


def test_at_least_fourteen_stories_are_planted() -> None:
    assert len(STORIES) >= 14


@pytest.mark.parametrize("name", STORIES)
def test_a_story_names_tables_and_columns_that_exist(
    name: str, values: Callable[[str], list[tuple[object, ...]]]
) -> None:
    for table, columns in STORIES[name]["tables"].items():
        present = {str(row[0]) for row in values(f"DESCRIBE {table}")}
        assert set(columns) <= present, table


@pytest.mark.parametrize("name", STORIES)
def test_a_story_has_questions_in_both_languages_and_ordered_ranges(name: str) -> None:
    story = STORIES[name]
    assert all(story["questions"][tongue] for tongue in ("zh", "en"))
    assert all(story["title"][tongue] for tongue in ("zh", "en"))
    assert all(size["low"] <= size["value"] <= size["high"] for size in story["sizes"].values())
    assert story["dates"]["first"] <= story["dates"]["last"]
