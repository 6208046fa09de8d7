"""What a person approved is served as approved, at the dates its words mean today."""

from datetime import date
from pathlib import Path

import pytest

from bot.approvals import Approval, as_approved
from bot.plan import MetricPlan, RefusePlan
from bot.planners.base import Planned
from bot.store.database import open_store
from bot.store.verified import find_verified, list_verified, save_verified, withdraw_verified
from semantic_layer.query import PeriodRange

NOVEMBER = PeriodRange(start=date(2025, 11, 10), end=date(2025, 11, 17))
DECEMBER = PeriodRange(start=date(2025, 12, 1), end=date(2025, 12, 8))
PLAN = MetricPlan(kind="metric", metrics=("gmv",), period=NOVEMBER)


@pytest.fixture
def store(tmp_path: Path):
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    yield engine
    engine.dispose()


def test_the_dates_are_those_that_the_words_mean_today() -> None:
    read = MetricPlan(kind="metric", metrics=("orders",), period=DECEMBER)

    served = as_approved(Planned(read), Approval(PLAN, "li", "2025-11-20T08:00:00"))

    assert served.plan == MetricPlan(kind="metric", metrics=("gmv",), period=DECEMBER)
    assert served.planner == "verified"
    assert served.why.en == "this reading was checked by li on 2025-11-20"


def test_what_could_not_be_read_is_served_as_approved() -> None:
    refused = RefusePlan(kind="refuse", reason="not_in_catalog", message={"zh": "不", "en": "no"})

    assert as_approved(Planned(refused), Approval(PLAN)).plan == PLAN


def test_a_question_is_found_whatever_its_width_case_spaces_and_mark(store) -> None:
    save_verified(store, "w", "上周 GMV 多少?", PLAN, approved_by="li")

    assert find_verified(store, "w", "上周gmv多少") is not None
    assert find_verified(store, "w", "上周gmv是多少") is None
    assert find_verified(store, "other", "上周gmv多少") is None


def test_a_second_approval_replaces_the_first_and_can_be_withdrawn(store) -> None:
    save_verified(store, "w", "q", PLAN)
    save_verified(store, "w", "q?", PLAN.model_copy(update={"metrics": ("orders",)}))

    [kept] = list_verified(store, "w")
    assert kept.plan.metrics == ("orders",)  # type: ignore[union-attr]
    assert withdraw_verified(store, "w", kept.id)
    assert not withdraw_verified(store, "w", kept.id)
    assert list_verified(store, "w") == []
