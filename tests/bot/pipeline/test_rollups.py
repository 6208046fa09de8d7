"""An answer that was read from a rollup says so."""

import pytest

import semantic_layer
from bot.json_out import to_json
from bot.pipeline import Pipeline
from bot.plan import MetricPlan
from bot.settings import Settings
from semantic_layer.query import GroupBy
from semantic_layer.rollup_store import build_rollups

ROLLUP = "rollups:\n  - {name: takings_by_booth, metrics: [takings], dimensions: [booth], grain: day}\n"
TAKINGS = MetricPlan(kind="metric", metrics=("takings",), group_by=(GroupBy(dimension="booth"),))


@pytest.fixture(scope="module")
def provenance(stall_maker, stall_yaml):
    stall = stall_maker(yaml=stall_yaml + ROLLUP)
    before = to_json(stall.run(TAKINGS))
    build_rollups(stall.layer)
    layer = semantic_layer.open(stall.layer.opening.path, state_dir=stall.layer.opening.state_dir)
    settings = Settings(workspace=layer.settings.path, is_demo=False, state_dir=layer.opening.state_dir)
    after = to_json(Pipeline(layer, settings).run(TAKINGS))
    assert after["table"]["rows"] == before["table"]["rows"]
    return before["provenance"], after["provenance"]


def test_the_rollups_that_were_read_are_named_in_extra(provenance):
    before, after = provenance
    assert "rollups" not in before["extra"]
    assert after["extra"]["rollups"] == ["takings_by_booth"]
