"""Opinions in made reviews of a made bicycle shop: a schema, aspects and words they were not written for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import numpy as np
import pytest

import semantic_layer
from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import NotEnoughDataError, QueryError
from semantic_layer.text import Text
from tools.numerics.text_opinion import Quality, clauses, lexicon_score, telling_terms, train_opinion
from tools.opinions.aspects import aspects_of, mentioned
from tools.opinions.lexicon import LEXICON
from tools.registry import ToolContext
from tools.result import ToolResult
from tools.sentiment import sentiment

WORKSPACE = """
version: 1
today: data
models:
  - name: voices
    agg_time_dimension: said_on
    columns:
      - {name: voice, entity: primary}
      - {name: said_on, dimension: time, granularity: day}
      - {name: bike, dimension: categorical}
      - {name: marks, dimension: {type: number}}
      - {name: words, dimension: categorical}
    metrics:
      - {name: voices_count, agg: count, expr: voice, label: {zh: 留言数, en: voices}}
"""
BOUND = """reviews:
  - name: voices
    model: voices
    text: words
    product: bikeSTARS
    aspects:
      - {name: saddle, label: {zh: 坐垫, en: saddle}, words: {zh: [坐垫, 座椅], en: [saddle, seat]}}
      - {name: brake, label: {zh: 刹车, en: brakes}, words: {zh: [刹车], en: [brake, brakes]}}
"""
FIRST = date(2025, 1, 1)
Voice = tuple[int, date, str, int, str]
Make = Callable[..., ToolContext]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    def build(voices: list[Voice], stars: str = "\n    stars: marks", bound: str = BOUND) -> ToolContext:
        root = tmp_path_factory.mktemp("bikes")
        (root / "askgrowth.yml").write_text(WORKSPACE + bound.replace("STARS", stars), encoding="utf-8")
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE voices(voice INT, said_on DATE, bike VARCHAR, marks INT, words VARCHAR)"
        )
        columns = [list(column) for column in zip(*voices, strict=True)]
        connection.execute(
            "INSERT INTO voices SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)", columns
        )
        layer = semantic_layer.open(root, connection=connection, state_dir=root / "state")
        return ToolContext(layer, layer.today())

    return build


def voices(count: int = 1_500, *, surge: bool = False, shuffle: bool = False) -> list[Voice]:
    """Two parts each, on saddle and brakes, in Chinese or English; one in five is bad. With `surge` the bike `gust` has
    three in five bad ones on brakes in the last 50 of 400 days."""
    rng = np.random.default_rng(6)
    good_zh, bad_zh = (
        ("坐垫很舒服", "刹车灵敏放心", "骑着稳当"),
        ("坐垫硬得难受", "刹车一直异响失灵", "骑着晃得厉害"),
    )
    good_en, bad_en = ("the saddle is comfy", "brakes bite well", "rides steady"), (
        "the saddle hurts", "brakes squeal and fail", "it wobbles badly",
    )  # fmt: skip
    made: list[Voice] = []
    for at in range(count):
        day = int(rng.integers(0, 400))
        bike = str(rng.choice(["gust", "breeze", "gale"]))
        hit = surge and bike == "gust" and day >= 350
        bad = bool(rng.random() < (0.6 if hit else 0.2))
        english = bool(rng.random() < 0.4)
        lines = (bad_en if bad else good_en) if english else (bad_zh if bad else good_zh)
        first, second = (1, 2) if hit and bad else rng.choice(3, 2, replace=False)
        mark = int(rng.choice([1, 2] if bad else [4, 5]))
        text = (", " if english else ",").join(
            (lines[first], lines[second], f"{'day' if english else '第'} {day}")
        )
        made.append((at, FIRST + timedelta(days=day), bike, mark, text))
    if shuffle:
        order = rng.permutation(count)
        made = [(*one[:3], made[int(other)][3], one[4]) for one, other in zip(made, order, strict=True)]
    return made


@pytest.fixture(scope="module")
def told(make: Make) -> ToolResult:
    return sentiment.run({}, make(voices(surge=True)))


def test_the_share_of_bad_comments_is_that_of_the_stars(told: ToolResult) -> None:
    made = voices(surge=True)
    bad = sum(mark <= 2 for *_, mark, _ in made)
    assert "Of 1,500 comments" in told.headline.en
    assert f"{bad:,} are bad" in told.headline.en


def test_aspects_of_the_yaml_are_counted_once_per_comment(told: ToolResult) -> None:
    rows = {row[0]: row for row in told.tables[0].rows}
    made = voices(surge=True)
    about = sum("坐垫" in text or "saddle" in text for *_, text in made)
    complaints = sum("坐垫硬" in text or "saddle hurts" in text for *_, text in made)
    assert rows["saddle"][1] == about
    assert float(str(rows["saddle"][2])) == pytest.approx(complaints, rel=0.05)


def test_the_precision_on_unseen_comments_is_shown_with_its_interval(told: ToolResult) -> None:
    rows = {row[0]: row for row in told.tables[4].rows}
    _, rate, low, high, cases = rows["precision"]
    assert 0.9 <= float(str(low)) <= float(str(rate)) <= float(str(high)) <= 1
    assert int(str(cases)) > 30
    assert "precision" in told.warnings[0].en


def test_a_surge_is_warned_of_with_the_bike_and_about_when_it_began(told: ToolResult) -> None:
    warning = next(one for one in told.findings if one.kind == "anomaly")
    assert warning.filters == {"bike": "gust"}
    began = FIRST + timedelta(days=350)
    assert warning.at is not None
    assert abs((date.fromisoformat(warning.at) - began).days) <= 35
    assert warning.low is not None
    assert warning.low < 0.6 < (warning.high or 0) + 0.1


def test_without_a_surge_there_is_no_warning(make: Make) -> None:
    result = sentiment.run({}, make(voices()))
    assert [one for one in result.findings if one.kind == "anomaly"] == []


def test_what_one_bike_is_blamed_for_is_compared_with_the_others(make: Make) -> None:
    where = [{"kind": "condition", "dimension": "bike", "operator": "=", "values": ["gust"]}]
    result = sentiment.run({"where": where}, make(voices(surge=True)))
    assert [one.at for one in result.findings if one.kind == "driver"][:1] == ["brake"]


def test_stars_dealt_out_at_random_teach_nothing_and_say_so(make: Make) -> None:
    result = sentiment.run({}, make(voices(shuffle=True)))
    rows = {row[0]: row for row in result.tables[4].rows}
    assert float(str(rows["precision"][1])) < 0.5
    assert result.findings == ()


def test_without_stars_a_word_list_decides_and_is_called_a_direction(make: Make) -> None:
    made: list[Voice] = []
    for at in range(120):
        text = "刹车坏了,很失望" if at % 4 == 0 else "the saddle is great, love it"
        made.append((at, FIRST + timedelta(days=at), "gust", 0, text))
    result = sentiment.run({}, make(made, stars=""))
    assert "30 are bad" in result.headline.en
    assert "a direction, not a fact" in result.warnings[0].en
    assert result.tables[4].rows == ()


def test_few_comments_are_refused(make: Make) -> None:
    with pytest.raises(NotEnoughDataError, match="29 comments"):
        sentiment.run({}, make(voices(29)))


def test_without_reviews_the_key_to_add_is_named(make: Make) -> None:
    with pytest.raises(QueryError) as caught:
        sentiment.run({}, make(voices(10), bound=""))
    assert "reviews:" in caught.value.mend.en


# ---- the pure functions


def test_a_text_is_cut_at_the_punctuation_of_both_languages() -> None:
    assert clauses("很好,但是慢。Really? Yes. 3.5 stars") == ["很好", "但是慢", "Really", "Yes", "3.5 stars"]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("很好用", 1), ("不好用", -1), ("不太满意", -1), ("没有异味", 1), ("又贵又难用", -2),
        ("not good", -1), ("I don't like it", -1), ("no problem at all", 1), ("works great", 2), ("plain sentence", 0),
    ],
)  # fmt: skip
def test_a_negation_turns_a_word_round(text: str, score: int) -> None:
    assert lexicon_score(text, LEXICON) == score


def test_no_word_is_both_good_and_bad() -> None:
    assert LEXICON.good & LEXICON.bad == frozenset()
    assert (LEXICON.good | LEXICON.bad) & LEXICON.negations == frozenset()


def test_quality_by_hand() -> None:
    # 8 of 10 called bad are bad; 8 of 16 bad ones are found; 8 + 82 of 100 called right.
    quality = Quality(true_bad=8, false_bad=2, missed=8, true_good=82)
    assert (quality.precision, quality.recall, quality.accuracy) == (0.8, 0.5, 0.9)


def test_too_few_of_a_kind_train_nothing() -> None:
    with pytest.raises(ValueError, match="10 good and 10 bad"):
        train_opinion(["a", "b"], [True, False])


def test_telling_terms_are_those_said_here_and_not_elsewhere() -> None:
    here = ["电池掉电快"] * 20 + ["屏幕不错"] * 20
    elsewhere = ["屏幕不错"] * 60
    found = telling_terms(here, elsewhere)
    assert found
    assert all(term in "电池掉电快" for term, _, _ in found)
    assert telling_terms(elsewhere, elsewhere) == []


def test_the_default_aspects_read_both_languages() -> None:
    aspects = aspects_of(AnalysisBinding("review", "voices", Text.same("voices"), {}))
    names = {aspects[at].name for text in ("物流太慢", "arrived late") for at in mentioned(text, aspects)}
    assert names == {"delivery"}
    assert mentioned("a pricey enterprise", aspects) == []  # whole words only
