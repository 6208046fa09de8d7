"""Limits and changes of the half year fire on exactly the mornings that hand-written SQL over the files says."""

from collections.abc import Callable
from datetime import date, timedelta

import duckdb

FIRST, LAST = date(2025, 5, 23), date(2025, 11, 23)
DAYS = [FIRST + timedelta(at) for at in range((LAST - FIRST).days + 1)]
DAY = timedelta(1)


def _by_day(season, sql: str) -> dict[str, dict[date, tuple[float, ...]]]:
    """Return (member, day) -> parts; `sql` gives member, day and the parts."""
    found: dict[str, dict[date, tuple[float, ...]]] = {}
    with duckdb.connect() as database:
        for member, day, *parts in database.execute(sql.replace("{f}", str(season.data))).fetchall():
            found.setdefault(member, {})[day] = tuple(float(one or 0) for one in parts)
    return found


def _over(days: dict[date, tuple[float, ...]], end: date, length: int, at: int) -> float:
    nothing = (0.0,) * 3
    return sum(days.get(end - timedelta(back), nothing)[at] for back in range(1, length + 1))


def _fires(is_bad: Callable[[date], bool | None], cooldown: int) -> list[date]:
    """Return the mornings on which it is told: it turned bad, and was not told in the days of the cool-down."""
    told: list[date] = []
    known = False
    for morning in DAYS:
        bad = is_bad(morning)
        if bad is None:
            continue
        if bad and not known and (not told or morning >= told[-1] + timedelta(cooldown)):
            told.append(morning)
            known = True
        elif not bad:
            known = False
    return told


def _expected(
    members: dict[str, dict[date, tuple[float, ...]]], is_bad: Callable[..., bool | None], cooldown: int
) -> dict[str, list[date]]:
    found = {name: _fires(lambda at, of=days: is_bad(of, at), cooldown) for name, days in members.items()}
    return {name: days for name, days in found.items() if days}


END_OF_DATA = date(2025, 11, 20)


def _judged_once(
    is_bad: Callable[[dict, date], bool | None], settle: int
) -> Callable[[dict, date], bool | None]:
    """Return the judgement on the last settled day of data that there is on a morning."""

    def judge(days: dict, morning: date) -> bool | None:
        return None if morning > END_OF_DATA else is_bad(days, morning - timedelta(settle))

    return judge


def test_low_return_on_ad_spend_is_told_of_the_channels_and_mornings_that_the_rows_say(
    season,
) -> None:
    spent = (
        "SELECT ad_channel AS c, CAST(day AS DATE) AS d, sum(spend) AS s, 0 AS p "
        "FROM '{f}/ad_daily.parquet' GROUP BY 1, 2"
    )
    sold = (
        "SELECT ad_channel, CAST(paid_at AS DATE), 0, sum(paid_amount) FROM '{f}/orders.parquet' "
        "WHERE paid_at IS NOT NULL AND ad_channel <> 'none' GROUP BY 1, 2"
    )
    parts = _by_day(season, f"SELECT c, d, sum(s), sum(p) FROM ({spent} UNION ALL {sold}) GROUP BY 1, 2")

    def is_bad(days: dict, end: date) -> bool | None:
        spend = _over(days, end, 7, 0)
        return _over(days, end, 7, 1) / spend < 1.5 if spend >= 5000 else None

    assert season.fired("low_roas") == _expected(parts, _judged_once(is_bad, 0), 7)


def test_refunds_are_told_of_the_products_and_mornings_that_the_rows_say(season) -> None:
    parts = _by_day(
        season,
        "SELECT product_code, paid_on, sum(line_paid), sum(line_refund) FROM '{f}/order_lines.parquet' "
        "JOIN '{f}/products.parquet' USING (product_id) WHERE paid_on IS NOT NULL GROUP BY 1, 2",
    )

    def is_bad(days: dict, end: date) -> bool | None:
        sales = _over(days, end, 14, 0)
        return _over(days, end, 14, 1) / sales > 0.35 if sales >= 5000 else None

    assert season.fired("product_refunds") == _expected(parts, _judged_once(is_bad, 15), 14)


def test_a_fall_in_conversion_is_told_of_the_devices_and_mornings_that_the_rows_say(season) -> None:
    parts = _by_day(
        season,
        "SELECT device, CAST(started_at AS DATE), count(*), count(*) FILTER (is_paid_session) "
        "FROM '{f}/sessions.parquet' GROUP BY 1, 2",
    )

    def is_bad(days: dict, end: date) -> bool | None:
        sessions = [_over(days, last, 14, 0) for last in (end, end - 14 * DAY)]
        if not all(sessions):  # sessions are kept for half a year
            return None
        now, before = _over(days, end, 14, 1) / sessions[0], _over(days, end - 14 * DAY, 14, 1) / sessions[1]
        return now / before - 1 < -0.25

    assert season.fired("device_falls") == _expected(parts, _judged_once(is_bad, 0), 14)


def test_lives_at_a_loss_are_told_of_the_hosts_and_mornings_that_the_rows_say(season) -> None:
    parts = _by_day(
        season,
        "SELECT host, CAST(started_at AS DATE), sum(paid_amount - refund_amount - commission_amount - fixed_fee) "
        "FROM '{f}/live_sessions.parquet' GROUP BY 1, 2",
    )
    found = _expected(parts, _judged_once(lambda days, end: _over(days, end, 1, 0) < 0, 15), 1)
    assert season.fired("live_at_a_loss") == found
    assert found


def test_days_of_little_spend_and_falls_on_the_weekday_are_those_that_the_rows_say(season) -> None:
    spend = _by_day(
        season, "SELECT '', CAST(day AS DATE), sum(spend) FROM '{f}/ad_daily.parquet' GROUP BY 1, 2"
    )
    paid = _by_day(
        season,
        "SELECT '', CAST(paid_at AS DATE), sum(paid_amount) FROM '{f}/orders.parquet' "
        "WHERE paid_at IS NOT NULL GROUP BY 1, 2",
    )
    low = _judged_once(lambda days, end: _over(days, end, 1, 0) < 12_000, 0)
    assert season.fired("little_spent") == _expected(spend, low, 1)
    fall = _judged_once(
        lambda days, end: _over(days, end, 1, 0) / _over(days, end - 7 * DAY, 1, 0) - 1 < -0.3, 0
    )
    assert season.fired("weekday_fall") == _expected(paid, fall, 1)
