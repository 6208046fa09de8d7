"""What cards ask for is checked like any input, and what cannot be kept is said."""

from pathlib import Path

import pytest

import semantic_layer
from bot.pipeline import Pipeline
from bot.store.database import StoreError, open_store
from bot.ui.desk import Bench, Desk
from semantic_layer.errors import AskGrowthError

SHOP = Path(__file__).resolve().parents[2] / "e2e" / "shop"
PLAN = {"kind": "metric", "metrics": ["takings"], "group_by": [{"dimension": "counter"}]}


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory):
    opened = semantic_layer.open(SHOP, state_dir=tmp_path_factory.mktemp("state"))
    yield opened
    opened.close()


@pytest.fixture
def desk(layer, tmp_path: Path):
    store = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    yield Desk(layer, Bench(Pipeline(layer).run, store, "shop"))
    store.dispose()


@pytest.mark.parametrize(
    ("what", "payload"),
    [
        ("options", {"part": "nothing", "plan": PLAN}),
        ("options", {"part": "metric", "plan": {"kind": "metric", "sql": "DROP"}}),
        ("options", {"part": "metric"}),
        ("values", {"dimension": "nothing"}),
        ("sql", {"plan": PLAN, "sql": "DELETE FROM sales"}),
        ("rows", {"plan": PLAN, "metric": "nothing", "group": {}}),
        ("rows", {"plan": PLAN, "metric": "takings", "group": "x"}),
        ("workbook", {"plan": {"kind": "metric", "metrics": ["nothing"]}}),
        ("verify", {"plan": PLAN, "question": "   "}),
        ("verify", {"plan": PLAN, "question": "q" * 3000}),
        ("tree", {"metric": "nothing"}),
    ],
)
def test_what_is_no_proper_request_is_refused_in_words(desk: Desk, what: str, payload: dict) -> None:
    with pytest.raises(AskGrowthError):
        getattr(desk, what)(payload, None, "en-US")


def test_totals_of_a_cut_list_are_not_shown_as_those_of_all(desk: Desk) -> None:
    whole = desk.totals({"plan": PLAN}, None, "en-US")
    cut = desk.totals({"plan": PLAN | {"limit": {"n": 1}}}, None, "en-US")

    assert set(whole["totals"]) == {"takings"}  # type: ignore[arg-type]
    assert cut == {"totals": None}


def test_a_changed_plan_comes_with_the_question_that_it_answers(desk: Desk) -> None:
    plan, said = desk.changed({"plan": PLAN, "edit": {"part": "period", "form": "last_month"}}, None)

    assert plan.period is not None  # type: ignore[union-attr]
    assert said.zh == "上月各柜台的营业额"
    assert said.en == "Takings by counter last month"


def test_a_question_that_cannot_be_kept_says_so(layer, tmp_path: Path) -> None:
    import sqlite3

    store = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    with sqlite3.connect(tmp_path / "app.sqlite") as other:
        other.execute("DROP TABLE verified_questions")

    with pytest.raises(StoreError):
        Desk(layer, Bench(Pipeline(layer).run, store, "shop")).verify(
            {"plan": PLAN, "question": "q"}, None, "zh-CN"
        )
    store.dispose()
