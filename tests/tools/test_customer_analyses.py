"""Lifetime value, segments and churn on made guests of a made hostel: a schema they were not written for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import numpy as np
import pytest

import semantic_layer
from semantic_layer.errors import NotEnoughDataError, QueryError
from tools.churn import churn
from tools.ltv import ltv
from tools.registry import ToolContext
from tools.result import ToolResult
from tools.segmentation import segmentation

WORKSPACE = """
version: 1
today: data
models:
  - name: nights
    agg_time_dimension: checked_in
    columns:
      - {name: booking, entity: primary}
      - {name: guest, entity: foreign}
      - {name: checked_in, dimension: time, granularity: day}
      - {name: via, dimension: categorical, label: {zh: 来路, en: way in}}
    metrics:
      - {name: stays, agg: count, expr: booking}
      - {name: takings, agg: sum, expr: paid, unit: EUR}
      - {name: left_over, agg: sum, expr: paid * 0.4, unit: EUR}
customers:
  - {name: guests, model: nights, entity: guest, orders: stays, revenue: takings, dimensions: [via]RENEWAL}
"""
FIRST = date(2024, 1, 1)
DAYS = 540
Stay = tuple[int, int | None, date, str, float]
Make = Callable[..., ToolContext]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    def build(stays: list[Stay], extra: str = "", drop: str = "") -> ToolContext:
        root = tmp_path_factory.mktemp("hostel")
        text = WORKSPACE.replace("RENEWAL", extra)
        (root / "askgrowth.yml").write_text(text.replace(drop, "") if drop else text, encoding="utf-8")
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE nights(booking INT, guest INT, checked_in DATE, via VARCHAR, paid DOUBLE)"
        )
        columns = [list(column) for column in zip(*stays, strict=True)]
        connection.execute(
            "INSERT INTO nights SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)", columns
        )
        layer = semantic_layer.open(root, connection=connection, state_dir=root / "state")
        return ToolContext(layer, layer.today())

    return build


@pytest.fixture(scope="module")
def usual(make: Make) -> ToolContext:
    """1,200 guests as they usually are."""
    return make(guests())


@pytest.fixture(scope="module")
def worth(usual: ToolContext) -> ToolResult:
    return ltv.run({}, usual)


@pytest.fixture(scope="module")
def warned(make: Make) -> ToolResult:
    return churn.run({"save_rate": 0.2}, make(guests(2_500)))


@pytest.fixture(scope="module")
def grouped(usual: ToolContext) -> ToolResult:
    return segmentation.run({"count": 2}, usual)


def guests(count: int = 1_200, *, seed: int = 4, odd_month: bool = False) -> list[Stay]:
    """Two kinds of guests: three in ten come often and spend 40 to 60, the others seldom and spend 150 to 250.

    Everybody may stop for good after a stay. With `odd_month` nobody won by a flyer in April 2024 ever returns.
    """
    rng = np.random.default_rng(seed)
    stays: list[Stay] = []
    for guest in range(count):
        often = rng.random() < 0.3
        gap, low, high, stop = (25.0, 40, 60, 0.06) if often else (110.0, 150, 250, 0.25)
        via = str(rng.choice(["flyer", "web", "friend"]))
        day = float(rng.integers(0, DAYS - 30))
        lost = odd_month and via == "flyer" and 91 <= day < 121
        while day < DAYS:
            when = FIRST + timedelta(days=int(day))
            stays.append((len(stays), guest, when, via, float(rng.uniform(low, high))))
            if lost or rng.random() < stop:
                break
            day += 1 + rng.exponential(gap)
    stays.append((len(stays), None, FIRST + timedelta(days=DAYS - 1), "web", 9_999.0))
    return stays


def shuffled(stays: list[Stay], seed: int = 1) -> list[Stay]:
    """Deal the stays out to the guests at random; each keeps how many there were."""
    order = np.random.default_rng(seed).permutation(len(stays) - 1)
    dealt = [(one[0], stays[int(at)][1], *one[2:]) for one, at in zip(stays, order, strict=False)]
    return [*dealt, stays[-1]]


# ---- lifetime value


def test_the_value_of_all_is_the_sum_of_the_groups_and_the_back_test_counts_real_stays(
    worth: ToolResult,
) -> None:
    stays, result = guests(), worth
    table, tested = result.tables[0], result.tables[1]
    days = {(guest, day) for _, guest, day, _, _ in stays if guest is not None}
    assert sum(int(str(n)) for n in table.column("customers")) == len({guest for guest, _ in days})
    # A third of 540 days is held out: stays of the last 180 days by guests who were there before.
    cut = FIRST + timedelta(days=DAYS - 180)
    known = {guest for guest, day in days if day < cut}
    later = sum(day >= cut and guest in known for guest, day in days)
    real = sum(float(str(row[1])) * float(str(row[3])) for row in tested.rows)
    assert real == pytest.approx(later)
    foreseen = sum(float(str(row[1])) * float(str(row[2])) for row in tested.rows)
    assert foreseen == pytest.approx(later, rel=0.25)


def test_the_list_has_every_guest_and_adds_up_to_the_value_of_all(worth: ToolResult) -> None:
    groups, listed = worth.tables[0], worth.tables[3]
    known = sum(int(str(one)) for one in groups.column("customers"))
    assert (listed.row_count, len(listed.rows)) == (known, known)
    assert len(set(listed.column("customer"))) == known
    values = [float(str(one)) for one in listed.column("value")]
    assert values == sorted(values, reverse=True)
    total = sum(float(str(one)) for one in groups.column("total"))
    assert sum(values) == pytest.approx(total, rel=1e-6)


def test_who_stayed_once_has_no_money_per_repeat_and_counts_as_active(worth: ToolResult) -> None:
    listed = worth.tables[3]
    once = [row for row in listed.rows if row[1] == 1]
    assert {(row[3], row[4]) for row in once} == {(None, 1.0)}


def test_every_value_lies_inside_its_interval_and_is_written_in_the_revenues_unit(worth: ToolResult) -> None:
    table = worth.tables[0]
    columns = {column.name: at for at, column in enumerate(table.columns)}
    assert table.columns[columns["value"]].unit == "EUR"
    for row in table.rows:
        value, low, high = (float(str(row[columns[name]])) for name in ("value", "low", "high"))
        assert 0 <= low <= value <= high


def test_where_a_margin_is_bound_the_value_is_told_in_profit_too(make: Make, worth: ToolResult) -> None:
    result = ltv.run({}, make(guests(), ", margin: left_over"))
    assert any("40.0% of “takings” was left" in note.en for note in result.warnings)
    assert not any("In profit" in note.en for note in worth.warnings)


def test_ways_in_that_make_no_difference_are_no_finding(usual: ToolContext) -> None:
    result = ltv.run({"dimension": "via"}, usual)
    assert {row[0] for row in result.tables[0].rows} == {"flyer", "web", "friend"}
    assert [one for one in result.findings if one.kind == "segment"] == []
    assert "没有超出误差" in result.headline.zh


def test_a_condition_chooses_guests_by_their_first_stay_and_keeps_all_they_did_later(make: Make) -> None:
    stays = guests(900)
    moved = [(*one[:3], "web" if at % 2 else one[3], one[4]) for at, one in enumerate(stays)]
    first: dict[int, tuple[date, str]] = {}
    for _, guest, day, via, _ in moved:
        if guest is not None and (guest not in first or day < first[guest][0]):
            first[guest] = (day, via)
    where = [{"kind": "condition", "dimension": "via", "operator": "=", "values": ["web"]}]
    table = ltv.run({"where": where}, make(moved)).tables[0]
    assert sum(int(str(n)) for n in table.column("customers")) == sum(
        via == "web" for _, via in first.values()
    )


def test_one_month_of_stays_has_no_lifetime_value(make: Make) -> None:
    month = [one for one in guests() if one[2] < FIRST + timedelta(days=31)]
    with pytest.raises(NotEnoughDataError, match="31 days"):
        ltv.run({}, make(month))


def test_guests_without_numbers_have_no_lifetime_value(make: Make) -> None:
    with pytest.raises(NotEnoughDataError, match="0 customers"):
        ltv.run({}, make([(at, None, day, via, paid) for at, _, day, via, paid in guests(300)]))


def test_without_a_revenue_the_key_to_add_is_named(make: Make) -> None:
    with pytest.raises(QueryError, match="money") as caught:
        ltv.run({}, make(guests(50), drop=", revenue: takings"))
    assert "revenue:" in caught.value.mend.en


def test_contracts_follow_the_printed_retention_curve(make: Make) -> None:
    # Fader & Hardie (2007), high-end customers: 1,000, 869, 743, 653, 593, 551, 517, 491 pay in periods 0 … 7.
    survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    stays: list[Stay] = []
    for month, paying in enumerate(survivors):
        stays += [(len(stays) + who, who, date(2024, 1 + month, 10), "web", 20.0) for who in range(paying)]
    stays.append((99_999, None, date(2024, 8, 31), "web", 1.0))  # the eighth month is over
    result = ltv.run({"days": 152}, make(stays, extra=", renewal: month"))
    curve = result.tables[1]
    assert curve.column("survivor_rate")[:8] == tuple(pytest.approx(one / 1000) for one in survivors)
    # The paper's projection of year 12 from seven years: 37.8 % by alpha = .668, beta = 3.806.
    assert float(str(curve.column("model_rate")[12])) == pytest.approx(0.378, abs=1e-3)
    # All 491 who still pay have renewed seven times.
    assert result.tables[0].rows[0][:2] == (7, 491)


# ---- segments


def test_the_two_kinds_of_guests_are_found_and_named_in_words(grouped: ToolResult) -> None:
    result = grouped
    table = result.tables[0]
    names = dict(table.columns[0].value_labels)
    frequent = next(row for row in table.rows if "frequent" in names[str(row[0])].en)
    assert float(str(frequent[2])) == pytest.approx(0.3, abs=0.1)
    assert not any(character.isdigit() for name in names.values() for character in name.en + name.zh)


def test_segments_hold_every_guest_once_and_all_their_money(grouped: ToolResult) -> None:
    stays, result = guests(), grouped
    table = result.tables[0]
    known = [one for one in stays if one[1] is not None]
    assert sum(int(str(n)) for n in table.column("customers")) == len({one[1] for one in known})
    assert sum(float(str(n)) for n in table.column("money")) == pytest.approx(sum(one[4] for one in known))
    assert result.tables[3].row_count == len({one[1] for one in known})


def test_stays_dealt_out_at_random_have_no_segments(make: Make) -> None:
    with pytest.raises(NotEnoughDataError, match="at random"):
        segmentation.run({}, make(shuffled(guests())))


def test_few_guests_are_not_grouped(make: Make) -> None:
    with pytest.raises(NotEnoughDataError, match="120 customers"):
        segmentation.run({}, make(guests(120)))


# ---- churn


def test_the_forecasts_are_judged_on_time_held_out_and_rank_guests(warned: ToolResult) -> None:
    deciles = warned.tables[3]
    actual = [float(str(one)) for one in deciles.column("actual_rate")]
    assert actual[0] > 1.2 * actual[-1]
    forecast = [float(str(one)) for one in deciles.column("forecast_rate")]
    assert sum(forecast) / 10 == pytest.approx(sum(actual) / 10, abs=0.08)


def test_the_list_holds_those_who_stayed_in_the_last_180_days(warned: ToolResult) -> None:
    stays, listed = guests(2_500), warned.tables[4]
    since = FIRST + timedelta(days=DAYS - 180)
    recent = {guest for _, guest, day, _, _ in stays if guest is not None and day >= since}
    assert {row[0] for row in listed.rows} == recent
    losses = [float(str(one)) for one in listed.column("loss")]
    assert losses == sorted(losses, reverse=True)


def test_the_month_whose_guests_never_returned_is_found_with_who_they_were(make: Make) -> None:
    result = churn.run({}, make(guests(6_000, odd_month=True)))
    found = [one.at for one in result.findings if one.kind == "segment"]
    assert found[:2] == ["2024-04-01", "2024-04-01/flyer"]


def test_nothing_is_said_of_months_and_ways_in_that_do_not_differ(warned: ToolResult) -> None:
    assert [one for one in warned.findings if one.kind == "segment"] == []


def test_what_keeping_them_is_worth_states_its_assumption(warned: ToolResult) -> None:
    one = warned.suggestions[0]
    assert 0 < one.effect.low < one.effect.high
    assert "20.0%" in one.effect.formula.en
    assert one.test.n_per_arm is not None


def test_guests_who_leave_by_chance_alone_get_no_list(make: Make) -> None:
    # 2,700 stays of 450 guests at any time: whoever came before is as likely as anybody to come again.
    rng = np.random.default_rng(3)
    stays: list[Stay] = [
        (at, int(rng.integers(0, 450)), FIRST + timedelta(days=int(rng.integers(0, DAYS))), "web", 50.0)
        for at in range(2_700)
    ]
    with pytest.raises(NotEnoughDataError, match="no better than by chance"):
        churn.run({}, make(stays))


def test_a_short_history_says_how_much_is_needed(make: Make) -> None:
    short = [one for one in guests() if one[2] < FIRST + timedelta(days=100)]
    with pytest.raises(NotEnoughDataError, match="100 days") as caught:
        churn.run({}, make(short))
    assert "120 days" in caught.value.mend.en
