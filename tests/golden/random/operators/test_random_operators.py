"""Random queries with the operators beyond MetricFlow against plain Python: comparisons, shares, ranks, rests, access.

One fact (sales) with two dimensions, a balance of its last day, and conversions from visits; nulls everywhere. The
oracle filters lists, groups in dictionaries and counts days one by one. `--deep` runs fifty times as many.
"""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import date, timedelta

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.coverage import Coverage

DAY = timedelta(days=1)
ACCESS = {
    "shop <> 'a'": lambda row: row["shop"] is not None and row["shop"] != "a",
    "kind = 'web' OR kind IS NULL": lambda row: row["kind"] in ("web", None),
}


# ---- the oracle


def value_of(metric: str, rows: list[dict]) -> object:
    values = [row["v"] for row in rows if row["v"] is not None]
    total = sum(values) if values else None
    if metric == "amount":
        return total
    if metric == "orders":
        return len(rows)
    if metric == "people":
        return len({row["customer"] for row in rows if row["customer"] is not None})
    if metric == "aov":
        return total / len(rows) if rows and total is not None else None
    if metric == "net":
        return None if total is None else total - len(rows) * 2
    raise KeyError(metric)


def kept(metric: str, rows: list[dict], bucket: object) -> list[dict]:
    """The rows of a balance: those of the last day of the bucket, or of each customer's first."""
    if metric == "closing":
        last = max((row["day"] for row in rows if row["bucket"] == bucket), default=None)
        return [row for row in rows if row["bucket"] == bucket and row["day"] == last]
    first: dict = {}
    for row in rows:
        if row["bucket"] == bucket:
            first[row["customer"]] = min(first.get(row["customer"], row["day"]), row["day"])
    return [row for row in rows if row["bucket"] == bucket and row["day"] == first[row["customer"]]]


def start_of(day: date, grain: str) -> date:
    return {"day": day, "week": day - DAY * day.weekday(), "month": day.replace(day=1)}[grain]


def after(start: date, grain: str) -> date:
    if grain == "month":
        return start + DAY * monthrange(start.year, start.month)[1]
    return start + DAY * {"day": 1, "week": 7}[grain]


def months_back(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 - months
    return date(at // 12, at % 12 + 1, min(day.day, monthrange(at // 12, at % 12 + 1)[1]))


def counterpart(bucket: date, grain: str, kind: str) -> date:
    if kind == "same_weekday":
        return bucket - 7 * DAY
    if kind == "previous_year":
        return months_back(bucket, 12)
    return months_back(bucket, 1) if grain == "month" else bucket - (7 * DAY if grain == "week" else DAY)


def days_of(query: dict, kind: str | None) -> dict[date, list[object]]:
    """The buckets that each day counts for, of the period itself or of one it is compared with."""
    start, end = query["start"], query["end"]
    grain = query["grain"]
    found: dict[date, list[object]] = {}
    if grain is None:
        first, last = (start, end) if kind is None else earlier(query, kind)
        for n in range((last - first).days):
            found[first + n * DAY] = [None]
        return found
    bucket = start_of(start, grain)
    while bucket < end:
        low, high = max(bucket, start), min(after(bucket, grain), end)
        other = bucket if kind is None else counterpart(bucket, grain, kind)
        whole = after(other, grain)
        until = whole if high == after(bucket, grain) else min(whole, other + (high - bucket))
        day = min(other + (low - bucket), whole)
        while day < until:
            found.setdefault(day, []).append(bucket)
            day += DAY
        bucket = after(bucket, grain)
    return found


def earlier(query: dict, kind: str) -> tuple[date, date]:
    """The other period of a query without time: whole months go back by months, other ranges by their length."""
    start, end, asked = query["start"], query["end"], query["asked"]
    if kind == "same_weekday":
        return start - 7 * DAY, end - 7 * DAY
    months = (asked.year - start.year) * 12 + asked.month - start.month
    if kind == "previous_year":
        other, whole = months_back(start, 12), months_back(asked - DAY, 12) + DAY
        if start.day == asked.day == 1:
            whole = months_back(asked, 12)
        return other, whole if end == asked else min(whole, months_back(end - DAY, 12) + DAY)
    other = months_back(start, months) if start.day == asked.day == 1 else start - (asked - start)
    return other, start if end == asked else min(start, other + (end - start))


def grouped(rows: list[dict], days: dict[date, list[object]], by: list[str]) -> dict[tuple, list[dict]]:
    found: dict[tuple, list[dict]] = {}
    for row in rows:
        for bucket in days.get(row["day"], ()):
            made = {**row, "bucket": bucket}
            found.setdefault(tuple(bucket if name == "time" else row[name] for name in by), []).append(made)
    return found


def measured(metric: str, rows: list[dict], days: dict, by: list[str]) -> dict[tuple, object]:
    """One value per group; without groups one value also for no rows."""
    groups = grouped(rows, days, by)
    if metric in ("closing", "opening_of_each"):
        flat = [row for members in grouped(rows, days, ["time"]).values() for row in members]
        chosen = [row for bucket in {row["bucket"] for row in flat} for row in kept(metric, flat, bucket)]
        groups = {}
        for row in chosen:
            key = tuple(row["bucket"] if name == "time" else row[name] for name in by)
            groups.setdefault(key, []).append(row)
    if not by:
        groups.setdefault((), [])
    name = "amount" if metric in ("closing", "opening_of_each") else metric
    return {key: value_of(name, members) for key, members in groups.items()}


def divided(one: object, other: object) -> object:
    return None if one is None or other is None or not other else one / other


def answer(query: dict, rows: list[dict]) -> list[tuple]:
    """The rows of the query before its order: keys, metrics, comparisons, transforms."""
    by = query["by"]
    now = {metric: measured(metric, rows, days_of(query, None), by) for metric in query["metrics"]}
    before = {
        (metric, kind): measured(metric, rows, days_of(query, kind), by)
        for metric in query["metrics"] for kind in query["compare"]
    }  # fmt: skip
    # A metric of the same fact counts nothing in a group that has rows for another one only at other times.
    keys = {key for values in (*now.values(), *before.values()) for key in values}
    made = []
    for key in keys:
        cells = [now[metric].get(key) for metric in query["metrics"]]
        for metric in query["metrics"]:
            for kind in query["compare"]:
                value, other = now[metric].get(key), before[metric, kind].get(key)
                delta = None if value is None or other is None else value - other
                cells += [other, delta, divided(delta, None if other is None else abs(other))]
        made.append((*key, *cells))
    return transformed(query, rows, made)


def transformed(query: dict, rows: list[dict], made: list[tuple]) -> list[tuple]:
    by, width = query["by"], len(query["by"])
    for transform in query["transforms"]:
        at = width + query["metrics"].index(transform["metric"])
        within = [by.index(name) for name in transform.get("within", ())]
        time = by.index("time") if "time" in by else None

        def peers(row: tuple, places: list[int], made: list[tuple] = made) -> list[tuple]:
            return [other for other in made if all(other[n] == row[n] for n in places)]

        extra: list[object] = []
        for row in made:
            value = row[at]
            groups = [n for n in range(width) if n != time]
            if transform["kind"] == "share":
                total = [other[at] for other in peers(row, within) if other[at] is not None]
                extra.append(divided(value, sum(total) if total else None))
            elif transform["kind"] == "rank":
                others = [other[at] for other in peers(row, within) if other[at] is not None]
                extra.append(None if value is None else 1 + sum(other > value for other in others))
            elif transform["kind"] == "running_total":
                past = [other[at] for other in peers(row, groups) if other[time] <= row[time]]
                past = [each for each in past if each is not None]
                extra.append(sum(past) if past else None)
            elif transform["kind"] == "rolling":
                extra.append(rolling(query, transform, row, peers(row, groups), (at, time)))
            else:
                extra.append(averaged(query, transform, rows, row))
        made = [(*row, cell) for row, cell in zip(made, extra, strict=True)]
    return made


def rolling(query: dict, transform: dict, row: tuple, others: list[tuple], places: tuple[int, int]) -> object:
    at, time = places
    buckets = [start_of(query["start"], query["grain"])]
    while buckets[-1] < row[time]:
        buckets.append(after(buckets[-1], query["grain"]))
    if len(buckets) < transform["window"]:
        return None
    inside = [
        each[at] for each in others if each[time] in buckets[-transform["window"] :] and each[at] is not None
    ]
    if not inside:
        return None
    return sum(inside) / (transform["window"] if transform["function"] == "mean" else 1)


def averaged(query: dict, transform: dict, rows: list[dict], row: tuple) -> object:
    grain, metric = transform["grain"], transform["metric"]
    buckets = {start_of(day, grain) for day in days_of(query, None)}
    if metric != "people":
        return divided(row[len(query["by"]) + query["metrics"].index(metric)], len(buckets))
    fine = {**query, "grain": grain, "by": ["time", *query["by"]]}
    parts = measured("people", rows, days_of(fine, None), fine["by"])
    mine = [value for key, value in parts.items() if key[1:] == row[: len(query["by"])]]
    return sum(mine) / len(buckets) if mine else None


def ordered(query: dict, made: list[tuple]) -> list[tuple]:
    width = len(query["by"])

    def key(row: tuple) -> tuple:
        value = row[width]
        rest = tuple((cell is None, cell if cell is not None else "") for cell in row[:width])
        return (value is None, -value if value is not None else 0, rest)

    made = sorted(made, key=key)
    limit = query["limit"]
    if limit is None:
        return made
    if "per" in limit:
        places = [query["by"].index(name) for name in limit["per"]]
        count: dict[tuple, int] = {}
        found = []
        for row in made:
            group = tuple(row[n] for n in places)
            count[group] = count.get(group, 0) + 1
            found += [row] if count[group] <= limit["n"] else []
        return sorted(found, key=lambda row: tuple((row[n] is None, row[n] or "") for n in places))
    skipped = limit.get("offset", 0)
    return made[skipped : skipped + limit["n"]]


def with_rest(query: dict, rows: list[dict], made: list[tuple]) -> list[tuple]:
    """The first members and, last, all others as one."""
    top = ordered(query, made)
    members = [row[0] for row in top]
    if len(top) == len(made):
        return top
    outside = [row for row in rows if row[query["by"][0]] not in members]
    rest = answer({**query, "by": [], "limit": None}, outside)
    return [*top, ("(other)", *rest[0])]


# ---- both answers


def check(pick: random.Random, drawn, golden) -> None:
    sales, visits = drawn.rows(pick)
    with duckdb.connect(config={"threads": "1"}) as connection:
        drawn.fill(connection, sales, visits)
        for _ in range(10):
            query = drawn.query(pick)
            access = pick.choice([None, *ACCESS])
            seen = [row for row in sales if access is None or ACCESS[access](row)]
            context = CompileContext(
                today=query["end"] - DAY,
                coverage={"sales": Coverage(drawn.first, query["end"])},
                row_filters={"sales": (access,)} if access else {},
            )
            compiled = compile_query(drawn.catalog, drawn.written(query), context)
            ours = connection.execute(compiled.sql).fetchall()
            seen = [row for row in seen if row["day"] < query["end"]]
            made = answer(query, seen)
            if query["having"] is not None:
                at = len(query["by"])
                made = [row for row in made if row[at] is not None and row[at] > query["having"]]
            expected = with_rest(query, seen, made) if query["rest"] else ordered(query, made)
            assert golden.equal(ours, expected, ordered=True), (
                f"{query} {access}\n{compiled.sql}\nours     {ours}\nexpected {expected}"
            )


def test_operators_over_random_rows_answer_as_the_plain_python_does(drawn, golden, request):
    deep = request.config.getoption("deep")

    @settings(
        max_examples=2000 if deep else 30,
        deadline=None,
        derandomize=not deep,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def of_any_rows(pick):
        check(pick, drawn, golden)

    of_any_rows()
