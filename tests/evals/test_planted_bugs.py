"""Three planted bugs, in the compiler, the time grammar and the matcher, are each caught by the suite."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.language.terms.matcher import Match, Matcher
from bot.language.terms.tokens import Token
from bot.language.time import dates
from bot.language.time.expressions import Rolling
from bot.settings import DEMO, Settings
from evals.case import Case, load_suite
from evals.record import Record
from evals.run import Runner
from semantic_layer.compiler import compile as compiler
from semantic_layer.period import Period

ROOT = Path(__file__).resolve().parents[2]
SUITE = ROOT / "evals" / "suites" / "hotel" / "02_filters_time.yml"


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """Return every third question, and all about the last so many days."""
    return tuple(case for at, case in enumerate(load_suite(SUITE)) if at % 3 == 0 or "最近" in case.question)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(Settings(workspace=DEMO, is_demo=True, state_dir=tmp_path))


def _lost(runner: Runner, cases: Sequence[Case]) -> list[Record]:
    return [record for record in runner.run(cases) if not record.right]


def test_without_a_bug_almost_nothing_of_this_suite_is_wrong(runner: Runner, cases: tuple[Case, ...]) -> None:
    assert len(_lost(runner, cases)) <= 2


def test_a_compiler_that_counts_the_day_after_the_period_is_caught(
    runner: Runner, cases: tuple[Case, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = compiler.executed_period

    def one_day_too_long(*arguments: Any) -> Period | None:
        period = right(*arguments)
        return period and Period.of(period.start, period.end + timedelta(days=1))

    monkeypatch.setattr(compiler, "executed_period", one_day_too_long)
    lost = _lost(runner, cases)
    assert len(lost) > len(cases) / 2
    assert sum(record.confidently_wrong for record in lost) > len(cases) / 2


def test_a_time_grammar_in_which_the_last_seven_days_are_eight_is_caught(
    runner: Runner, cases: tuple[Case, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = dates._rolling

    def one_day_earlier(rolling: Rolling, today: date) -> Period:
        period = right(rolling, today)
        return Period.of(period.start - timedelta(days=1), period.end)

    monkeypatch.setattr(dates, "_rolling", one_day_earlier)
    lost = {record.question for record in _lost(runner, cases)}
    assert {"最近30天的客房收入", "room revenue in the last 30 days", "最近两周的预订数"} <= lost


def test_a_matcher_that_overlooks_names_of_several_words_is_caught(
    runner: Runner, cases: tuple[Case, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Matcher.matches

    def shortest(self: Matcher, tokens: Sequence[Token]) -> list[Match]:
        return [match for match in right(self, tokens) if match.last - match.first <= 1]

    monkeypatch.setattr(Matcher, "matches", shortest)
    assert len(_lost(runner, cases)) > len(cases) / 2
