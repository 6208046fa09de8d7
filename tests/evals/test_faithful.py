"""Numbers in the text: each is a cell of the row it stands beside, or a stated derivation; anything else is named."""

from dataclasses import replace
from datetime import date

import pytest

from bot.answer import Answer
from bot.settings import DEMO, Settings
from evals.accounted import Accounted, accounted
from evals.faithful import caught, hidden_words, missing, printed, unfaithful
from evals.run import Runner
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from semantic_layer.workspace import SemanticLayer

ODD = "evals/workspaces/odd"
TODAY = date(2024, 6, 13)


def known(kinds: dict[str, str], *rows: tuple[object, ...]) -> Accounted:
    columns = tuple(Column(name, Text.same(name), kind) for name, kind in kinds.items())
    found = Accounted()
    found.take(Table(columns, rows, len(rows)), "en-US")
    return found


SPOTS = known({"spot": "dimension", "sales": "metric", "sales__growth": "derived"},
              ("North", 1_234, 0.2), ("South", 870, -0.5), ("Age 24-30", 55, 0.1))  # fmt: skip
DAYS = known({"day": "time", "sales": "metric"}, ("d1", 7), ("d2", 100), ("d3", 400), ("d4", 250), ("d5", 9))


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("North leads with 1,234, up 20.0%; South has 870.", []),
        ("North leads with 1.23 K.", []),
        ("north leads with 870.", ["870"]),
        ("North leads with 1.24 K.", ["1.24 K"]),
        ("North leads with 1,234, +20.0%.", []),
        ("South has 870, +50.0%.", ["+50.0%"]),
        ("South has 870, down 50.0%.", []),
        ("Together 2,159, the first two 2,104, of 3 in all.", []),
        ("North is 1.42 times South.", ["1.42"]),
        ("Age 24-30 has 55 on 3 May 2024.", []),
    ],
)
def test_a_number_belongs_to_the_row_named_before_it_or_to_the_whole(text: str, lost: list[str]) -> None:
    assert [one.shown for one in missing(text, SPOTS)] == lost


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        (
            "From 100 to 250, up 150.0%; the peak was 400.",
            [],
        ),  # the first and last bucket are cut by the period
        ("From 7 to 9, up 28.6%.", []),
        ("From 100 to 400.", []),
        ("In between 150.", []),
        ("A low of 120.", ["120"]),
    ],
)
def test_a_series_accounts_for_its_ends_its_peak_and_its_low(text: str, lost: list[str]) -> None:
    assert [one.shown for one in missing(text, DAYS)] == lost


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("349万,多95.5万(+37.6%)", [3_490_000, 955_000, 0.376]),
        ("¥3.49 M, up 0.68 pp", [3_490_000, 0.0068]),
        ("−8.3个百分点", [-0.083]),
        ("Q2 and 12:30, 1–31 May, 2024年, 3月, week 20", []),
    ],
)
def test_units_are_read_and_dates_are_left_out(text: str, values: list[float]) -> None:
    assert [one.value for one in printed(text)] == pytest.approx(values)


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> SemanticLayer:
    state = tmp_path_factory.mktemp("state")
    return Runner(Settings(workspace=DEMO, is_demo=True, state_dir=state)).pipeline(ODD).layer


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    state = tmp_path_factory.mktemp("state")
    pipeline = Runner(Settings(workspace=DEMO, is_demo=True, state_dir=state)).pipeline(ODD)
    asked = (
        "tuition by package in May 2024", "5月各课包学费", "monthly tuition this year", "去年学费同比",
        "share of tuition by package this year", "average tuition per day last month", "tuition last week",
    )  # fmt: skip
    return [pipeline.ask(question, today=TODAY) for question in asked]


def test_every_number_of_a_true_headline_is_accounted_for(
    answers: list[Answer], layer: SemanticLayer
) -> None:
    assert [unfaithful(answer, layer) for answer in answers if answer.headline] == [()] * len(answers)


def test_a_number_that_nothing_accounts_for_is_named(answers: list[Answer], layer: SemanticLayer) -> None:
    wrong = replace(answers[0], headline=Text.same("Tuition in May 2024: 987,654"))
    assert unfaithful(wrong, layer) == ("987,654",)


def test_a_false_number_in_the_place_of_a_true_one_is_noticed(
    answers: list[Answer], layer: SemanticLayer
) -> None:
    noticed = [
        hit
        for answer in answers
        if answer.headline
        for hit in caught(
            answer.headline.at(answer.locale), accounted(answer, layer), hidden_words(answer, answer.locale)
        )
    ]
    assert len(noticed) >= 50
    assert sum(noticed) / len(noticed) >= 0.9
