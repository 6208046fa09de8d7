"""The planted stories of the demo that churn and sentiment are to find, with the sizes of demo/truth.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import semantic_layer
from bot.wiring import demo_data
from tools.churn import churn
from tools.registry import ToolContext
from tools.sentiment import sentiment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def demo(state_dir: Path) -> ToolContext:
    layer = semantic_layer.open(ROOT / "demo", state_dir=state_dir, data_dir=demo_data(state_dir))
    return ToolContext(layer, layer.today())


def size(story: str, name: str) -> tuple[float, float]:
    """The range that a right analysis may report."""
    truth = yaml.safe_load((ROOT / "demo" / "truth.yml").read_text("utf-8"))
    found = next(one for one in truth["stories"] if one["id"] == story)["sizes"][name]
    return found["low"], found["high"]


def test_the_cohort_that_never_came_back_is_found_and_where_it_was_won(demo: ToolContext) -> None:
    found = {one.at: one.value for one in churn.run({}, demo).findings if one.kind == "segment"}
    low, high = size("churning_cohort", "march_2025")
    assert low <= 1 - (found["2025-03-01"] or 0) <= high
    low, high = size("churning_cohort", "march_2025_douyin")
    assert low <= 1 - (found["2025-03-01/douyin"] or 0) <= high


def test_the_bad_batch_is_the_only_surge_of_bad_reviews(demo: ToolContext) -> None:
    result = sentiment.run({}, demo)
    surges = [one for one in result.findings if one.kind == "anomaly"]
    assert [one.filters for one in surges] == [{"product_name": "屏障修护精华"}]
    low, high = size("bad_batch", "complaints_after")
    assert low <= (surges[0].value or 0) <= high
