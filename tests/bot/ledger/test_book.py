"""The ledger: shown once, counted by day, frozen when accepted, closed once, seen by those with the same rights."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.ledger.book import Book, LedgerError, due, take_in
from bot.ledger.spool import notes, take_down
from bot.store.database import open_store
from semantic_layer.text import Text
from tools.promises import Realised
from tools.result import Effect, Suggestion, TestPlan

WORD = Text.same("x")
MONDAY, TUESDAY, LATER = date(2025, 3, 3), date(2025, 3, 4), date(2025, 4, 1)
DONE = Realised("kept", 9.0, 8.0, 10.0, 0.05, 0.9, WORD, LATER)


def suggestion(low: float = 8.0, member: str = "a") -> Suggestion:
    effect = Effect("sales", low, 12.0, 28, WORD)
    return Suggestion(
        WORD,
        Text.same(f"move {low}"),
        effect,
        "adjusted",
        (),
        TestPlan(None, None, WORD),
        ("move",),
        ("at", (member,)),
    )


@pytest.fixture
def engine(tmp_path: Path):
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    yield engine
    engine.dispose()


class Shown:
    """Shows suggestions on days and enters them."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.book = Book(engine, "shop", "all")

    def __call__(self, day: date, *ones: Suggestion, scope: str = "all") -> list[str]:
        numbered = take_down(self.folder, "shop", scope, day, ones or (suggestion(),))
        take_in(self.engine, self.folder)
        return [str(one.id) for one in numbered]


@pytest.fixture
def shown(engine: Engine, tmp_path: Path) -> Shown:
    return Shown(engine, tmp_path)


def test_a_suggestion_shown_again_keeps_its_number_and_takes_the_new_size(shown: Shown) -> None:
    first, again = shown(MONDAY), shown(TUESDAY, suggestion(low=5.0))
    [one] = shown.book.entries()
    assert first == again == [one.id]
    assert (one.first_shown, one.last_shown, one.times_shown) == (MONDAY, TUESDAY, 2)
    assert one.suggestion.effect.low == 5.0


def test_the_same_day_counts_once_however_often_it_is_asked(shown: Shown) -> None:
    shown(MONDAY)
    shown(MONDAY)
    assert shown.book.entries()[0].times_shown == 1


def test_an_accepted_promise_is_frozen(shown: Shown) -> None:
    [number] = shown(MONDAY)
    shown.book.accept(number, on=MONDAY, by="li", assignee="Wang")
    shown(TUESDAY, suggestion(low=5.0))
    one = shown.book.entry(number)
    assert one.suggestion.effect.low == 8.0
    assert (one.status, one.decided_by, one.assignee) == ("accepted", "li", "Wang")
    assert (one.starts, one.ends) == (MONDAY, date(2025, 3, 31))  # 28 days from the day on


def test_a_rejection_keeps_its_reason_and_can_be_taken_back(shown: Shown) -> None:
    [number] = shown(MONDAY)
    assert shown.book.reject(number, on=MONDAY, reason=" too risky ").reason == "too risky"
    one = shown.book.reopen(number)
    assert (one.status, one.reason, one.decided_on) == ("open", None, None)


@pytest.mark.parametrize(
    ("starts", "ends"), [(TUESDAY, MONDAY), (MONDAY, MONDAY), (MONDAY, date(2027, 1, 1))]
)
def test_dates_the_wrong_way_round_or_over_a_year_are_refused(shown: Shown, starts: date, ends: date) -> None:
    [number] = shown(MONDAY)
    with pytest.raises(LedgerError):
        shown.book.accept(number, on=MONDAY, starts=starts, ends=ends)


def test_it_is_due_when_its_time_is_over_and_closed_once(shown: Shown) -> None:
    [number] = shown(MONDAY)
    shown.book.accept(number, on=MONDAY)
    assert due(shown.book.entries(), date(2025, 3, 30)) == ()
    assert [one.id for one in due(shown.book.entries(), date(2025, 3, 31))] == [number]
    with shown.engine.begin() as connection:
        assert shown.book.record(connection, number, DONE)
        assert not shown.book.record(connection, number, replace(DONE, value=1.0))
    one = shown.book.entry(number)
    assert (one.status, one.realised) == ("measured", DONE)


def test_a_measured_suggestion_is_not_decided_anew_but_suggested_as_a_new_entry(shown: Shown) -> None:
    [number] = shown(MONDAY)
    shown.book.accept(number, on=MONDAY)
    with shown.engine.begin() as connection:
        shown.book.record(connection, number, DONE)
    with pytest.raises(LedgerError):
        shown.book.reject(number, on=LATER, reason="too late")
    assert shown(LATER) == [number]  # the number on the card is the same; it means the newest entry
    assert {one.id: one.status for one in shown.book.entries()} == {number: "measured", f"{number}-2": "open"}
    assert shown.book.accept(number, on=LATER).id == f"{number}-2"


def test_who_has_other_rights_sees_other_entries(shown: Shown) -> None:
    [mine], [theirs] = shown(MONDAY), shown(MONDAY, scope="north")
    assert mine != theirs
    assert [one.id for one in shown.book.entries()] == [mine]
    with pytest.raises(LedgerError):
        shown.book.entry(theirs)


def test_the_beginning_of_a_number_is_enough_but_must_be_one_s_only(shown: Shown) -> None:
    [number] = shown(MONDAY)
    shown(MONDAY, suggestion(member="b"))
    assert shown.book.entry(number[:8]).id == number
    for wrong in ("", "zz", number[:0]):
        with pytest.raises(LedgerError):
            shown.book.entry(wrong)


def test_notes_taken_in_twice_after_a_crash_change_nothing(
    shown: Shown, engine: Engine, tmp_path: Path
) -> None:
    take_down(tmp_path, "shop", "all", MONDAY, [suggestion()])
    [(path, _)] = notes(tmp_path)
    content = path.read_bytes()
    assert take_in(engine, tmp_path) == 1
    path.write_bytes(content)  # the server died between the commit and the removal
    take_in(engine, tmp_path)
    assert [one.times_shown for one in shown.book.entries()] == [1]


def test_a_broken_note_does_not_hold_up_the_others(shown: Shown, tmp_path: Path) -> None:
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "x.2025-03-03.json").write_text("{", encoding="utf-8")
    shown(MONDAY)
    assert len(shown.book.entries()) == 1


def test_where_nothing_can_be_written_the_answer_stands_without_a_number(tmp_path: Path) -> None:
    (tmp_path / "shown").write_text("a file where the folder should be", encoding="utf-8")
    [one] = take_down(tmp_path, "shop", "all", MONDAY, [suggestion()])
    assert one.id is None


def test_comments_are_kept_in_order_under_their_subject(shown: Shown) -> None:
    shown.book.comment("retrospective:2025-03-01:2025-03-31", "first", "li")
    shown.book.comment("retrospective:2025-03-01:2025-03-31", " second ")
    shown.book.comment("other", "third")
    found = shown.book.comments("retrospective:2025-03-01:2025-03-31")
    assert [(one.author, one.words) for one in found] == [("li", "first"), (None, "second")]
    with pytest.raises(LedgerError):
        shown.book.comment("other", "  ")
