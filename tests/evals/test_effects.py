"""What suggestions and intervals are measured by: stories that exist, ranges read from a forecast's table."""

from datetime import date
from pathlib import Path

import yaml

from evals.effects import STORIES, _ranges, kept
from semantic_layer.table import Column, Table
from semantic_layer.text import Text

ROOT = Path(__file__).resolve().parents[2]


def test_every_story_that_is_looked_for_is_planted() -> None:
    truth = yaml.safe_load((ROOT / "demo" / "truth.yml").read_text("utf-8"))
    assert set(STORIES) <= {story["id"] for story in truth["stories"]}


def test_only_days_with_both_ends_of_a_range_count() -> None:
    names = ("day", "value", "value__low", "value__high")
    columns = tuple(Column(name, Text.same(name), "metric") for name in names)
    rows = ((date(2025, 1, 1), 5, 4, 6), (date(2025, 1, 2), 5, None, None), ("total", 10, 8, 12))
    assert list(_ranges(Table(columns, rows, 3))) == [(date(2025, 1, 1), 4.0, 6.0)]
    assert list(_ranges(None)) == []


def test_the_figures_that_were_kept_name_their_size() -> None:
    head, *figures = kept()
    assert head == ("figure", "value")
    assert sum("n = " in value for _, value in figures) == 3
