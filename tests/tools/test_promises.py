"""Promises: what history does to sizes, which entries a question means, what is held back."""

from datetime import date

import pytest

from semantic_layer.period import Period
from semantic_layer.query import Condition
from semantic_layer.text import Text
from tools.promises import Promise, Realised, is_held_back, topic_key, track_record
from tools.promises.finding import Asked, chosen
from tools.result import Effect, Suggestion, TestPlan

WORD = Text.same("x")


def suggestion(topic: str = "move", member: str = "a", factor: float = 1.0) -> Suggestion:
    effect = Effect("sales", 80.0 * factor, 120.0 * factor, 28, WORD, factor)
    plan = TestPlan(None, None, WORD)
    return Suggestion(WORD, WORD, effect, "adjusted", (), plan, (topic,), ("outlet", (member,)))


def promise(number: str, status: str = "measured", factor: float = 1.0, **more: object) -> Promise:
    day = date(2025, 3, 3)
    fields: dict[str, object] = {"decided_on": day, "starts": day, "ends": date(2025, 3, 31)}
    return Promise(number, suggestion(factor=factor), status, day, day, **(fields | more))  # type: ignore[arg-type]


def realised(value: float, reach: float) -> Realised:
    return Realised("kept", value, value - reach, value + reach, 0.05, value / 100, WORD, date(2025, 5, 1))


def test_without_a_measured_promise_nothing_is_scaled() -> None:
    assert track_record([promise("a", "accepted"), promise("b", "open")]).factor == 1.0


def test_shares_are_weighted_by_precision_and_pulled_towards_the_promise() -> None:
    # One promise of 100 brought 40, 80 % interval 40 ± 64.08: standard error 50 of 100, as unsure as the prior's 0.5.
    # Equal weights: (1 + 0.4) / 2.
    record = track_record([promise("a", realised=realised(40, 64.08))])
    assert record.factor == pytest.approx(0.7, abs=0.001)
    assert record.count == 1


def test_a_noisy_measurement_moves_next_to_nothing() -> None:
    record = track_record([promise("a", realised=realised(500, 640.8))])  # five times the promise, ± 500 %
    assert record.factor == pytest.approx((4 * 1 + 0.04 * 5) / 4.04, abs=0.001)


def test_a_promise_that_was_scaled_already_is_not_scaled_twice() -> None:
    # The source said 100, the record made it 50, it brought 50: of what the source said, half came true.
    once = promise("a", factor=0.5, realised=Realised("kept", 50, 48, 52, 0.02, 1.0, WORD, date(2025, 5, 1)))
    assert track_record([once] * 40).factor == pytest.approx(0.5, abs=0.01)


def test_a_factor_stays_within_its_bounds() -> None:
    assert track_record([promise("a", realised=realised(-900, 1))] * 9).factor == 0.1
    assert track_record([promise("a", realised=realised(900, 1))] * 9).factor == 1.5


def test_what_could_not_be_measured_is_no_record() -> None:
    none = Realised("unmeasured", None, None, None, None, None, WORD, date(2025, 5, 1))
    assert track_record([promise("a", realised=none)]).count == 0


def test_the_same_advice_with_other_numbers_has_the_same_topic() -> None:
    assert topic_key(suggestion(factor=0.5)) == topic_key(suggestion())
    assert topic_key(suggestion(member="b")) != topic_key(suggestion())


@pytest.mark.parametrize(
    ("status", "day", "held"),
    [
        ("accepted", date(2025, 12, 1), True),
        ("rejected", date(2025, 5, 31), True),  # decided on 3 March, 90 days are over on 1 June
        ("rejected", date(2025, 6, 1), False),
        ("measured", date(2025, 4, 1), False),
        ("open", date(2025, 4, 1), False),
    ],
)
def test_what_is_being_done_or_was_just_rejected_is_not_suggested_again(
    status: str, day: date, held: bool
) -> None:
    assert is_held_back(promise("a", status), day) is held


def members(*values: str) -> tuple[Condition, ...]:
    return (Condition(dimension="anything", operator="=", values=values),)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked(None, (), None), ["done"]),  # decided ones first, the merely shown left out
        (Asked(None, members("a"), None), ["done"]),
        (Asked(None, members("z"), None), []),
        (Asked("sales", (), Period.of(date(2025, 3, 20), date(2025, 4, 20))), ["done"]),  # it was on then
        (Asked("sales", (), Period.of(date(2025, 4, 1), date(2025, 5, 1))), []),
        (Asked("other", (), None), []),
    ],
)
def test_a_question_finds_entries_by_member_metric_and_time(asked: Asked, found: list[str]) -> None:
    shown = promise("shown", "open", decided_on=None, starts=None, ends=None)
    assert [one.id for one in chosen(asked, [shown, promise("done")])] == found
