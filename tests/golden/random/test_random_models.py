"""Random models, data and queries against a brute-force oracle in plain Python that knows nothing of the compiler.

One to three facts, each with or without a key to a dimension of two hops and to a history table, a shared dimension,
nulls and keys that nothing matches. The oracle joins row by row, filters, groups in dictionaries, and computes
metrics from lists. `--deep` runs fifty times as many.
"""

from __future__ import annotations

import math
import statistics
from datetime import date, timedelta

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery
from semantic_layer.shorthand import parse_group_by

TODAY = date(2024, 6, 1)

FILTERS = {
    "of_x": lambda row: row["code"] == "x",
    "of_g": lambda row: row["g"] == "g1" or row["r"] == "north",
    "of_gold": lambda row: row["level"] == "gold",
}


# ---- the oracle


def aggregated(name: str, rows: list[dict]) -> object:
    values = sorted(row["v"] for row in rows if row["v"] is not None)
    if name in ("count", "of_g", "of_gold"):
        return len(rows)
    if name == "users":
        return len({row["k"] for row in rows if row["k"] is not None})
    if name == "flags":
        return sum(1 for row in rows if row["flag"]) if rows else None
    if not values:
        return None
    position = 0.9 * (len(values) - 1)
    low = math.floor(position)
    return {
        "sum": sum(values), "of_x": sum(values), "filled": sum(values), "mean": sum(values) / len(values),
        "low": values[0], "high": values[-1], "middle": statistics.median(values),
        "p90": values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (position - low),
        "p30": values[max(math.ceil(0.3 * len(values)) - 1, 0)],
    }[name]  # fmt: skip


def start_of(day: date, grain: str) -> date:
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[grain]


class Oracle:
    """Answers one query over a world; `shift` and `window` make the earlier and the running values."""

    def __init__(self, world, query: dict) -> None:
        self.world, self.query = world, query
        self.grain = next((name.partition(":")[2] for name in query["by"] if ":" in name), None)
        self.rows = {fact: world.flat(fact) for fact in world.facts}

    def wanted(self, row: dict) -> bool:
        return all(test(row) for _, test in self.query["tests"])

    def buckets(self, day: date, kind: str) -> list[date]:
        """The days (cut to the grain) that a row of `day` counts for; one stand-in without a time column."""
        start, end = self.query["period"]
        if kind == "plain":
            return [start_of(day, self.grain) if self.grain else start] if start <= day < end else []
        if kind == "before":
            return self.buckets(day + timedelta(days=7), "plain")
        length = 5 if kind == "run" else 10_000
        if not self.grain:  # as of the last day
            return [start] if end - timedelta(days=length) <= day < end else []
        return [
            at for n in range((end - start).days)
            if day <= (at := start + timedelta(days=n)) and (at - day).days < length
        ]  # fmt: skip

    def groups(self, fact: int, kind: str, keep) -> dict[tuple, list[dict]]:
        found: dict[tuple, list[dict]] = {}
        for row in self.rows[fact]:
            if self.wanted(row) and keep(row):
                for bucket in self.buckets(row["day"], kind):
                    key = tuple(bucket if ":" in name else row[name] for name in self.query["by"])
                    found.setdefault(key, []).append(row)
        return found

    def uses(self, metric: str) -> list[tuple[str, int, str, str]]:
        """The aggregates behind a metric: (aggregate, fact, kind, further filter)."""
        name, fact, last = metric[:-1], int(metric[-1]), self.world.facts[-1]
        if name in self.world.simple:
            return [(name, fact, "plain", "")]
        parts = {
            "ratio": [("sum", fact, "plain", ""), ("count", last, "plain", "")],
            "part": [("sum", fact, "plain", "x"), ("sum", fact, "plain", "")],
            "before": [("sum", fact, "before", "")],
            "run": [("sum", fact, "run", "")],
            "ever": [("users", fact, "ever", "")],
            "net": [("sum", fact, "plain", ""), ("count", last, "plain", ""), ("flags", fact, "plain", "")],
        }  # fmt: skip
        return parts[name] if name in parts else [*self.uses(f"net{fact}"), *self.uses(f"ratio{fact}")]

    def answer(self) -> list[tuple]:
        scans: dict[tuple[int, str], list[tuple[str, str]]] = {}
        for metric in self.query["metrics"]:
            for name, fact, kind, more in self.uses(metric):
                scans.setdefault((fact, kind), []).append((name, more))
        grouped = {}
        for (fact, kind), measures in scans.items():
            # A group is there where a row passes what all the metrics of its fact ask for.
            sets = [{name} & FILTERS.keys() | ({"of_x"} if more else set()) for name, more in measures]
            common = set.intersection(*sets)
            grouped[fact, kind] = self.groups(
                fact, kind, lambda row, c=common: all(FILTERS[f](row) for f in c)
            )
        keys = {key for groups in grouped.values() for key in groups} if self.query["by"] else {()}
        return [
            (*key, *(self.value(metric, key, grouped) for metric in self.query["metrics"])) for key in keys
        ]

    def value(self, metric: str, key: tuple, grouped: dict) -> object:
        name, fact = metric[:-1], int(metric[-1])

        def part(use: tuple[str, int, str, str]) -> object:
            aggregate, of, kind, more = use
            groups = grouped[of, kind]
            if self.query["by"] and key not in groups:
                return 0 if aggregate == "filled" else None
            rows = [row for row in groups.get(key, []) if FILTERS.get(aggregate, bool)(row)]
            value = aggregated(aggregate, [row for row in rows if FILTERS["of_x"](row)] if more else rows)
            return 0 if value is None and aggregate == "filled" else value

        def divided(a, b):
            return None if a is None or not b else a / b

        values = [part(use) for use in self.uses(metric)]
        if name in ("ratio", "part"):
            return divided(*values)
        if name == "net":
            total, count, flags = values
            share = divided(count, None if flags is None else 1 + flags)
            return None if total is None or share is None else total * 2 - share
        if name == "nested":
            net, ratio = self.value(f"net{fact}", key, grouped), self.value(f"ratio{fact}", key, grouped)
            return None if net is None or ratio is None else net + ratio
        return values[0]


# ---- queries


CONDITIONS = {
    "code": [
        ({"operator": "=", "values": ["x"]}, lambda v: v == "x"),
        ({"operator": "!=", "values": ["x"]}, lambda v: v != "x"),
        ({"operator": "not in", "values": ["x", "O'z"]}, lambda v: v not in ("x", "O'z")),
        ({"operator": "is null"}, lambda v: v is None),
    ],
    "g": [
        ({"operator": "in", "values": ["g1"]}, lambda v: v == "g1"),
        ({"operator": "is not null"}, lambda v: v is not None),
    ],
    "r": [
        ({"operator": "contains", "values": ["ORTH"]}, lambda v: v == "north"),
        ({"operator": "!=", "values": ["north"]}, lambda v: v != "north"),
    ],
    "level": [
        ({"operator": "=", "values": ["gold"]}, lambda v: v == "gold"),
        ({"operator": "not contains", "values": ["o"]}, lambda v: v is None or "o" not in v),
    ],
}


def random_query(world) -> dict:
    pick, names = world.pick, ["code"]
    names += ["g", "r"] if all(world.keyed.values()) else []
    names += ["level"] if all(world.dated.values()) else []
    by = pick.sample(names, pick.randint(0, min(2, len(names))))
    kinds = [*world.simple, "ratio", "part", "net", "nested"]
    grain = pick.choice([None, None, "day", "week", "month"])
    if grain in (None, "day"):
        kinds += ["before", "run", "ever"]
    if grain:
        by.insert(pick.randint(0, len(by)), f"metric_time:{grain}")
    drawn = [(name, pick.choice(world.facts)) for name in pick.sample(kinds, pick.randint(1, 4))]
    metrics = [f"{name}{fact}" for name, fact in drawn if name not in world.simple or world.has(fact, name)]
    start = world.first + timedelta(days=pick.randint(-3, 40))
    tests = []
    for name in pick.sample(names, pick.randint(0, min(2, len(names)))):
        written, test = pick.choice(CONDITIONS[name])
        tests.append(
            ({"kind": "condition", "dimension": name, **written}, lambda row, n=name, t=test: t(row[n]))
        )
    period = (start, start + timedelta(days=pick.randint(1, 25)))
    return {"metrics": metrics or [f"sum{world.facts[0]}"], "by": by, "period": period, "tests": tests}


def order_key(row: tuple, keys: int, at: int) -> tuple:
    """High to low by a column, nulls last; then the group columns from low to high, nulls last."""
    value = row[at]
    rest = tuple((cell is None, cell if cell is not None else "") for cell in row[:keys])
    return (value is None, -value if value is not None else 0, rest)


def finished(rows: list[tuple], query: dict, extra: dict) -> list[tuple]:
    """Share, rank, having, order and limit over the answer's rows."""
    keys = len(query["by"])
    if "share" in extra:
        total = sum(row[keys] for row in rows if row[keys] is not None)
        present = any(row[keys] is not None for row in rows)
        rows = [
            (*row, None if row[keys] is None or not present or not total else row[keys] / total)
            for row in rows
        ]
    if "rank" in extra:
        rows = [
            (
                *row,
                None
                if row[keys] is None
                else 1 + sum(other[keys] > row[keys] for other in rows if other[keys] is not None),
            )
            for row in rows
        ]
    if "having" in extra:
        rows = [row for row in rows if row[keys] is not None and row[keys] > extra["having"]]
    rows = sorted(rows, key=lambda row: order_key(row, keys, keys))
    return rows[: extra["limit"]] if "limit" in extra else rows


def random_extra(world, query: dict) -> dict:
    pick, extra = world.pick, {}
    if pick.random() < 0.4 and query["metrics"][0][:-1] in ("sum", "count", "of_x", "filled"):
        extra["share"] = True
    if pick.random() < 0.3:
        extra["rank"] = True
    if pick.random() < 0.3:
        extra["having"] = pick.choice([0, 1, 3])
    if pick.random() < 0.5:
        extra["limit"] = pick.randint(1, 4)
    return extra


def asked(query: dict, extra: dict) -> MetricQuery:
    first = query["metrics"][0]
    start, end = query["period"]
    kinds = [kind for kind in ("share", "rank") if kind in extra]
    return MetricQuery.model_validate(
        {
            "metrics": query["metrics"],
            "group_by": [parse_group_by(name) for name in query["by"]],
            "where": [written for written, _ in query["tests"]],
            "period": {"start": start, "end": end},
            "transforms": [{"kind": kind, "metric": first} for kind in kinds],
            "having": [{"column": first, "operator": ">", "values": [extra["having"]]}]
            if "having" in extra
            else [],
            "order_by": [{"column": first}],
            "limit": {"n": extra["limit"]} if "limit" in extra else None,
        }
    )


def check(world, golden) -> None:
    """Ask a world a few questions, all of them compared with the oracle."""
    catalog = load_text(world.yaml()).catalog_or_raise()
    with duckdb.connect(config={"threads": "1"}) as connection:
        world.load(connection)
        for _ in range(12):
            query = random_query(world)
            extra = random_extra(world, query) if query["by"] else {}
            compiled = compile_query(catalog, asked(query, extra), CompileContext(today=TODAY))
            ours = connection.execute(compiled.sql).fetchall()
            expected = finished(Oracle(world, query).answer(), query, extra)
            same = golden.equal_in_order if "limit" in extra else golden.equal
            assert same(ours, expected), (
                f"{query} {extra}\n{compiled.sql}\nours     {ours}\nexpected {expected}"
            )


def test_a_random_model_answers_as_the_plain_python_does(golden, world_of, request):
    deep = request.config.getoption("deep")

    @settings(
        max_examples=2000 if deep else 40,
        deadline=None,
        derandomize=not deep,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def of_any_world(pick):
        check(world_of(pick), golden)

    of_any_world()
