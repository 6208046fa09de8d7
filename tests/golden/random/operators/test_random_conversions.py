"""Random conversions against plain Python: each buy looks for its visit. `--deep` runs fifty times as many."""

from __future__ import annotations

import random
from datetime import date, timedelta

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.query import MetricQuery
from semantic_layer.shorthand import parse_group_by

DAY = timedelta(days=1)


def check(pick: random.Random, drawn, connection, tables, golden) -> None:
    """Each buy counts for the latest visit of its customer at or before it, among the visits of the period."""
    sales, visits = tables
    start = drawn.first + DAY * pick.randrange(60)
    end = start + DAY * pick.randint(5, 60)
    by = pick.sample(["source"], pick.randint(0, 1))
    base = [row for row in visits if start <= row["day"] < end]
    groups: dict[tuple, list[dict]] = {tuple(row[name] for name in by): [] for row in base}
    people: dict[tuple, set] = {key: set() for key in groups}
    for sale in sales:
        past = [
            row for row in base
            if row["customer"] is not None and row["customer"] == sale["customer"] and row["day"] <= sale["day"]
        ]  # fmt: skip
        last = max(past, key=lambda row: row["day"], default=None)
        if last is not None:
            key = tuple(last[name] for name in by)
            people[key].add(sale["customer"])
            if sale["kind"] == "web" and sale["day"] - last["day"] < 5 * DAY:
                groups[key].append(sale)
    counts = {key: sum(1 for row in base if tuple(row[n] for n in by) == key) for key in groups}
    expected = [
        (*key, len(found) or None, len(people[key]) / counts[key] if people[key] else None)
        for key, found in groups.items()
    ]
    query = MetricQuery.model_validate(
        {
            "metrics": ["bought", "rate"],
            "group_by": [parse_group_by(name) for name in by],
            "period": {"start": start, "end": end},
        }
    )
    compiled = compile_query(drawn.catalog, query, CompileContext(today=date(2030, 1, 1)))
    ours = connection.execute(compiled.sql).fetchall()
    if not by:  # a count of nothing is 0, a rate of nothing is unknown
        ours, expected = (
            [tuple(cell or 0 for cell in row) for row in rows] for rows in (ours, expected or [(0, 0)])
        )
    assert golden.equal(ours, expected), f"{start} {end} {by}\n{compiled.sql}\n{ours}\n{expected}"


def test_conversions_over_random_rows_are_those_that_the_plain_python_counts(drawn, golden, request):
    deep = request.config.getoption("deep")

    @settings(
        max_examples=1000 if deep else 20,
        deadline=None,
        derandomize=not deep,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def of_any_rows(pick):
        tables = drawn.rows(pick)
        with duckdb.connect(config={"threads": "1"}) as connection:
            drawn.fill(connection, *tables)
            for _ in range(4):
                check(pick, drawn, connection, tables, golden)

    of_any_rows()
