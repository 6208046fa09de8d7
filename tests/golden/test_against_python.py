"""Random small tables and queries: the compiled SQL against sums taken row by row in plain Python."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.query import Compare, Condition, GroupBy, MetricQuery, PeriodRange

TODAY = date(2024, 3, 20)
CHANNELS = [None, "a", "b", "A%_", "O'x"]

# Two winters, so that most rows meet a period and its comparison: leap day, year's end and week 53 among them.
days = st.one_of(
    st.integers(0, 75).map(lambda offset: date(2022, 12, 26) + timedelta(days=offset)),
    st.integers(0, 90).map(lambda offset: date(2023, 12, 22) + timedelta(days=offset)),
)
amounts = st.integers(-5, 20)
channels = st.sampled_from(CHANNELS)
orders_rows = st.lists(
    st.tuples(
        st.sampled_from([None, 1, 2, 3, 9]), channels, st.booleans(), amounts, days, st.integers(0, 86_399)
    ),
    min_size=6,
    max_size=30,
)
ads_rows = st.lists(st.tuples(channels, days, amounts), min_size=3, max_size=15)
countries = st.tuples(*[st.sampled_from([None, "CN", "US"])] * 3)

ORDER_METRICS = ("revenue", "orders", "buyers", "new_revenue", "aov", "largest")
conditions = st.one_of(
    st.builds(
        lambda operator, value: Condition(dimension="channel", operator=operator, values=(value,)),
        st.sampled_from(["=", "!=", "contains", "not contains", "starts with"]),
        st.sampled_from(["a", "b", "A%_", "%", "O'x"]),
    ),
    st.builds(
        lambda operator, values: Condition(dimension="channel", operator=operator, values=values),
        st.sampled_from(["in", "not in"]),
        st.sampled_from([("a",), ("a", "b"), ("zz",)]),
    ),
    st.just(Condition(dimension="channel", operator="is null")),
)
periods = st.one_of(
    st.none(),
    st.builds(lambda start, length: (start, start + timedelta(days=length)), days, st.integers(1, 90)),
    st.sampled_from([0, 1, 2, 11, 12, 13, 14]).map(lambda month: (_month(month), _month(month + 1))),
    st.just((date(2023, 12, 25), date(2024, 3, 18))),
)


def _month(index: int) -> date:
    return date(2023 + index // 12, index % 12 + 1, 1)


@st.composite
def queries(draw):
    grain = draw(st.sampled_from([None, None, "day", "week", "month", "quarter", "year"]))
    both = draw(st.booleans())
    metrics = draw(st.lists(st.sampled_from(ORDER_METRICS), min_size=1, max_size=3, unique=True))
    if both:
        metrics += ["spend", "roas"]
    groups = [GroupBy(dimension="metric_time", grain=grain)] if grain else []
    if draw(st.booleans()):
        groups.append(GroupBy(dimension="channel"))
    if not both and draw(st.booleans()):
        groups.append(GroupBy(dimension="country"))
    period = draw(periods)
    compare = draw(st.sampled_from([(), ("previous_period",), ("previous_year",)])) if period else ()
    if compare and (not grain or grain == "year"):
        compare = ()
    return MetricQuery(
        metrics=tuple(metrics),
        group_by=tuple(groups),
        where=tuple(draw(st.lists(conditions, max_size=1))),
        period=PeriodRange(start=period[0], end=period[1]) if period else None,
        compare=tuple(Compare(kind=kind) for kind in compare),
    )


# ---- the oracle: nothing of the compiler in it


def passes(channel, condition: Condition) -> bool:
    values, text = condition.values, (channel or "").casefold()
    wanted = str(values[0]).casefold() if values else ""
    match condition.operator:
        case "=":
            return channel == values[0]
        case "!=":
            return channel != values[0]
        case "in":
            return channel in values
        case "not in":
            return channel not in values
        case "contains":
            return channel is not None and wanted in text
        case "not contains":
            return channel is None or wanted not in text
        case "starts with":
            return channel is not None and text.startswith(wanted)
        case _:
            return channel is None


def start_of(day: date, grain: str) -> date:
    match grain:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case _:
            return date(day.year, 1, 1)


def buckets_of(start: date, end: date, grain: str) -> list[date]:
    return sorted({start_of(start + timedelta(days=n), grain) for n in range((end - start).days)})


def next_start(bucket: date, grain: str) -> date:
    probe = bucket + timedelta(days={"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[grain])
    return start_of(probe, grain)


def other_bucket(bucket: date, grain: str, kind: str) -> date:
    if kind == "previous_period":
        return start_of(bucket - timedelta(days=1), grain)
    if grain == "week":
        year, week, _ = bucket.isocalendar()
        last = date(year - 1, 12, 28).isocalendar().week
        return date.fromisocalendar(year - 1, min(week, last), 1)
    try:
        return bucket.replace(year=bucket.year - 1)
    except ValueError:
        return bucket.replace(year=bucket.year - 1, day=28)


def measured(metric: str, orders: list, ads: list):
    amounts = [row["amount"] for row in orders]
    fresh = [row["amount"] for row in orders if row["is_first"]]
    revenue = sum(amounts) if amounts else None
    spend = sum(row["cost"] for row in ads) if ads else None
    match metric:
        case "revenue":
            return revenue
        case "orders":
            return len(orders)
        case "buyers":
            return len({row["customer"] for row in orders} - {None})
        case "new_revenue":
            return sum(fresh) if fresh else None
        case "aov":
            return revenue / len(orders) if orders else None
        case "largest":
            return max(amounts, default=None)
        case "spend":
            return spend
        case _:
            return None if revenue is None or not spend else revenue / spend


COUNTS = ("orders", "buyers")


def groups_of(rows: list, query: MetricQuery, bucket_of) -> dict:
    found: dict = {}
    for row in rows:
        if all(passes(row["channel"], condition) for condition in query.where):
            for bucket in bucket_of(row["day"]):
                key = tuple(
                    bucket if group.dimension == "metric_time" else row.get(group.dimension)
                    for group in query.group_by
                )
                found.setdefault(key, []).append(row)
    return found


def values_of(query: MetricQuery, orders: list, ads: list, bucket_of) -> dict:
    """Group key -> values of the metrics; a metric of a fact without rows in the group is missing, not 0."""
    by_orders, by_ads = groups_of(orders, query, bucket_of), groups_of(ads, query, bucket_of)
    uses_ads = "spend" in query.metrics
    only_new = set(query.metrics) == {"new_revenue"}
    if only_new:  # alone, its filter decides which groups exist
        by_orders = {
            key: kept for key, rows in by_orders.items() if (kept := [row for row in rows if row["is_first"]])
        }
    keys = set(by_orders) | (set(by_ads) if uses_ads else set())
    if not query.group_by:
        keys = {()}
    result = {}
    for key in keys:
        mine = by_orders.get(key, [])
        result[key] = [
            None
            if metric in COUNTS and query.group_by and key not in by_orders
            else measured(metric, mine, by_ads.get(key, []))
            for metric in query.metrics
        ]
    return result


def expected_rows(query: MetricQuery, orders: list, ads: list) -> list[tuple]:
    end = min(query.period.end if query.period else date.max, TODAY + timedelta(days=1))
    start = query.period.start if query.period else date.min
    end = max(start, end)
    grain = next((group.grain.value for group in query.group_by if group.grain), None)

    def main(day):
        return [start_of(day, grain) if grain else None] if start <= day < end else []

    now = values_of(query, orders, ads, main)
    if not query.compare:
        return [(*key, *values) for key, values in now.items()]
    kind = query.compare[0].kind

    def other(day):
        found = []
        for bucket in buckets_of(start, end, grain):
            counterpart = other_bucket(bucket, grain, kind)
            low = counterpart + max(start - bucket, timedelta(0))
            high = next_start(counterpart, grain)
            if end < next_start(bucket, grain):
                high = min(high, counterpart + (end - bucket))
            if low <= day < high:
                found.append(bucket)
        return found

    before = values_of(query, orders, ads, other)
    rows = []
    empty = [None] * len(query.metrics)
    for key in {**now, **before}:
        current, base = now.get(key, empty), before.get(key, empty)
        changes = []
        for value, old in zip(current, base, strict=True):
            delta = None if value is None or old is None else value - old
            changes += [old, delta, None if delta is None or not old else delta / abs(old)]
        rows.append((*key, *current, *changes))
    return rows


@pytest.fixture(scope="module")
def database():
    with duckdb.connect(config={"threads": "1"}) as connection:
        connection.execute("CREATE TABLE customers (customer_id INT, country VARCHAR, vip BOOLEAN)")
        connection.execute(
            "CREATE TABLE orders (customer_id INT, channel VARCHAR, is_first BOOLEAN, amount INT, ordered_at TIMESTAMP)"
        )
        connection.execute("CREATE TABLE ad_daily (channel VARCHAR, day DATE, cost INT)")
        yield connection


def fill(database, table: str, rows: list[tuple]) -> None:
    database.execute(f"DELETE FROM {table}")
    if rows:
        places = ", ".join(f"({', '.join('?' * len(rows[0]))})" for _ in rows)
        database.execute(f"INSERT INTO {table} VALUES {places}", [cell for row in rows for cell in row])


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(orders_rows, ads_rows, countries, queries())
def test_any_query_gives_what_counting_by_hand_gives(golden, database, orders, ads, lands, query):
    compiled = compile_query(golden.catalog("shop"), query, CompileContext(today=TODAY))
    fill(database, "customers", [(number, land, None) for number, land in enumerate(lands, start=1)])
    stamped = [
        (
            customer,
            channel,
            first,
            amount,
            datetime.combine(day, datetime.min.time()) + timedelta(seconds=second),
        )
        for customer, channel, first, amount, day, second in orders
    ]
    fill(database, "orders", stamped)
    fill(database, "ad_daily", ads)
    order_facts = [
        {
            "customer": customer,
            "channel": channel,
            "is_first": first,
            "amount": amount,
            "day": day,
            "country": lands[customer - 1] if customer in (1, 2, 3) else None,
        }
        for customer, channel, first, amount, day, _ in orders
    ]
    ad_facts = [{"channel": channel, "day": day, "cost": cost} for channel, day, cost in ads]
    ours = database.execute(compiled.sql).fetchall()
    assert golden.equal(ours, expected_rows(query, order_facts, ad_facts)), compiled.sql
