"""Where tracing is on, a question leaves one record without any model, too."""

import json

import pytest

from bot.pipeline import Pipeline
from bot.settings import Settings

SURE = "zarn by hub last month"


@pytest.fixture
def asked(lamps, tmp_path):
    """Ask without an endpoint and return the records that were left."""

    def ask(*questions, traced=True):
        settings = Settings(lamps.settings.path, is_demo=False, state_dir=tmp_path, traced=traced)
        pipeline = Pipeline(lamps, settings)
        for question in questions:
            pipeline.ask(question)
        file = tmp_path / "traces" / "questions.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    return ask


def test_each_question_leaves_one_record_with_its_plan_and_no_tokens(asked):
    first, second = asked(SURE, "what is the capital of France")
    assert (first["planner"], first["mode"], first["outcome"]) == ("rules", "rules", "answer")
    assert first["tried"][0]["plans"][0]["metrics"] == ["zarn"]
    assert (first["calls"], first["tokens_in"], first["tokens_out"]) == (0, 0, 0)
    assert first["plan_ms"] > 0
    assert (second["outcome"], second["tried"][0]["verdict"]) == ("refuse", "refused")


def test_a_secret_in_a_question_is_blotted_out(asked):
    (record,) = asked("zarn by hub password: hunter2hunter2")
    assert "hunter2" not in json.dumps(record)


def test_nothing_is_written_where_tracing_is_off(asked):
    assert asked(SURE, traced=False) == []
