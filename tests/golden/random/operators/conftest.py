"""Random sales and visits, and random queries with the operators beyond MetricFlow."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery
from semantic_layer.shorthand import parse_group_by

DAY = timedelta(days=1)
MONTHS = (date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1))
YAML = """
version: 1
models:
  - name: sales
    agg_time_dimension: day
    columns:
      - {name: shop, dimension: categorical}
      - {name: kind, dimension: categorical}
      - {name: customer, entity: {type: foreign, name: customer}}
      - {name: day, granularity: day, dimension: time}
    metrics:
      - {name: amount, type: simple, agg: sum, expr: v}
      - {name: orders, type: simple, agg: count, expr: 1}
      - {name: people, type: simple, agg: count_distinct, expr: customer}
      - {name: closing, type: simple, agg: sum, expr: v, non_additive_dimension: {name: day, window_agg: max}}
      - name: opening_of_each
        type: simple
        agg: sum
        expr: v
        non_additive_dimension: {name: day, window_agg: min, group_by: [customer]}
  - name: visits
    agg_time_dimension: seen
    columns:
      - {name: source, dimension: categorical}
      - {name: customer, entity: {type: foreign, name: customer}}
      - {name: seen, granularity: day, dimension: time}
    metrics: [{name: visits, type: simple, agg: count, expr: 1}]
metrics:
  - {name: aov, type: ratio, numerator: amount, denominator: orders}
  - {name: net, type: derived, expr: amount - orders * 2, input_metrics: [amount, orders]}
  - name: bought
    type: conversion
    entity: customer
    calculation: conversions
    base_metric: visits
    conversion_metric: {name: orders, filter: kind = 'web'}
    window: 5 days
  - {name: rate, type: conversion, entity: customer, calculation: conversion_rate, base_metric: visits,
     conversion_metric: people}
"""
FIRST = date(2023, 12, 4)
SPAN = 120  # through 1 April 2024: a leap year's February and the turn of a year
ADDITIVE = ("amount", "orders", "net")


def random_query(pick: random.Random) -> dict:
    start = FIRST + DAY * pick.randrange(20, 90)
    asked = start + DAY * pick.randint(1, 28)
    if pick.random() < 0.4:
        at = pick.randrange(3)
        start, asked = MONTHS[at], MONTHS[at + 1 if pick.random() < 0.6 else 3]
    end = min(asked, start + DAY * pick.randint(1, 40)) if pick.random() < 0.4 else asked
    end = min(end, FIRST + DAY * SPAN)
    grain = pick.choice([None, None, "day", "week", "month"])
    by = pick.sample(["shop", "kind"], pick.choice([0, 1, 1, 2]))
    metrics = pick.sample([*ADDITIVE, "people", "aov"], pick.randint(1, 2))
    query = {"start": start, "asked": asked, "end": end, "grain": grain, "by": by, "metrics": metrics,
             "compare": [], "transforms": [], "limit": None, "having": None, "rest": False}  # fmt: skip
    if pick.random() < 0.15:
        query["metrics"] = [pick.choice(["closing", "opening_of_each"])]
    if grain:
        by.insert(0, "time")
    if pick.random() < 0.5:
        kinds = ["previous_period", "same_weekday"] if grain != "month" else ["previous_period"]
        kinds += ["previous_year"] if grain != "week" else []
        query["compare"] = pick.sample(kinds, pick.randint(1, len(kinds)))
    query["transforms"] = random_transforms(pick, query)
    if by and pick.random() < 0.5:
        query["limit"] = {"n": pick.randint(1, 3)}
        if pick.random() < 0.4:
            query["limit"]["per"] = [pick.choice(by)]
        elif pick.random() < 0.3:
            query["limit"]["offset"] = 1
        elif len(by) == 1 and not grain and pick.random() < 0.7:
            query["transforms"], query["rest"], query["limit"]["other"] = [], True, True
    if by and not query["rest"] and pick.random() < 0.3:
        query["having"] = pick.choice([0, 1, 5])
    return query


def random_transforms(pick: random.Random, query: dict) -> list[dict]:
    by, grain, first, made = query["by"], query["grain"], query["metrics"][0], []
    if by and pick.random() < 0.6:
        made.append({"kind": "rank", "metric": first, **some_within(pick, by)})
    if by and first in ADDITIVE and pick.random() < 0.5:
        made.append({"kind": "share", "metric": first, **some_within(pick, by)})
    if grain and first in ADDITIVE and pick.random() < 0.5:
        made.append({"kind": "running_total", "metric": first})
    if grain and first in ADDITIVE and pick.random() < 0.5:
        window = {"window": pick.randint(2, 4), "function": pick.choice(["mean", "sum"])}
        made.append({"kind": "rolling", "metric": first, **window})
    if not grain and first in (*ADDITIVE, "people") and pick.random() < 0.4:
        per = pick.choice(["day", "week", "month"])
        made.append({"kind": "average_per", "metric": first, "grain": per})
    return made


def some_within(pick: random.Random, by: list[str]) -> dict:
    return {"within": pick.sample(by, 1)} if pick.random() < 0.4 else {}


def written(query: dict) -> MetricQuery:
    first = query["metrics"][0]
    spelled = {"time": f"metric_time:{query['grain']}"}
    named = {"time": f"metric_time__{query['grain']}"}
    limit = dict(query["limit"]) if query["limit"] else None
    if limit and "per" in limit:
        limit["per"] = [named.get(name, name) for name in limit["per"]]
    transforms = [dict(each) for each in query["transforms"]]
    for each in transforms:
        if "within" in each:
            each["within"] = [named.get(name, name) for name in each["within"]]
    return MetricQuery.model_validate(
        {
            "metrics": query["metrics"],
            "group_by": [parse_group_by(spelled.get(name, name)) for name in query["by"]],
            "period": {"start": query["start"], "end": query["asked"]},
            "compare": [{"kind": kind} for kind in query["compare"]],
            "transforms": transforms,
            "having": [{"column": first, "operator": ">", "values": [query["having"]]}]
            if query["having"] is not None
            else [],
            "order_by": [{"column": first}],
            "limit": limit,
        }
    )


def rows_of(pick: random.Random) -> tuple[list[dict], list[dict]]:
    def some_day() -> date:
        day = FIRST + DAY * pick.randrange(SPAN)
        return day - 366 * DAY if pick.random() < 0.25 else day

    sales = [
        {"shop": pick.choice(["a", "b", "c", None]), "kind": pick.choice(["web", "app", None]),
         "customer": pick.choice([1, 2, 3, 4, None]), "day": some_day(), "v": pick.choice([None, -3, 0, 1, 2, 5, 8])}
        for _ in range(pick.choice([0, 15, 60]))
    ]  # fmt: skip
    # One visit a day and customer: two of one day would be told apart by nothing.
    days = {(pick.choice([1, 2, 3, 4, None]), some_day()) for _ in range(30)}
    visits = [
        {"source": pick.choice(["ad", "mail", None]), "customer": who, "day": day}
        for who, day in sorted(days, key=str)
    ]
    return sales, visits


def fill(connection: Any, sales: list[dict], visits: list[dict]) -> None:
    connection.execute("CREATE TABLE sales (shop VARCHAR, kind VARCHAR, customer INT, day DATE, v INT)")
    connection.execute("CREATE TABLE visits (source VARCHAR, customer INT, seen DATE)")
    for table, rows in (("sales", sales), ("visits", visits)):
        for row in rows:
            places = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} VALUES ({places})", list(row.values()))


class Drawn:
    """What a check draws: rows, queries, and the catalog they are for."""

    first = FIRST
    catalog = load_text(YAML).catalog_or_raise()
    rows = staticmethod(rows_of)
    fill = staticmethod(fill)
    query = staticmethod(random_query)
    written = staticmethod(written)


@pytest.fixture(scope="session")
def drawn():
    """Draws rows and queries from a source of randomness."""
    return Drawn
