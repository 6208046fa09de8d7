"""A random world: up to three facts with the tables they reach, as lists of dictionaries and as a workspace's YAML."""

from __future__ import annotations

import random
from datetime import date, timedelta

import duckdb
import pytest

FIRST = date(2024, 1, 20)
DAYS = 60
CODES = [None, "x", "y", "O'z"]
DIMENSIONS = """
  - name: parents
    columns: [{name: id, entity: {type: primary, name: parent}}, {name: r, dimension: categorical}]
  - name: things
    columns:
      - {name: id, entity: {type: primary, name: thing}}
      - {name: g, dimension: categorical}
      - {name: parent, entity: {type: foreign, name: parent}}
  - name: levels
    columns:
      - {name: id, entity: {type: natural, name: held}}
      - {name: level, dimension: categorical}
      - {name: since, granularity: day, dimension: {type: time, validity_params: {is_start: true}}}
      - {name: until, granularity: day, dimension: {type: time, validity_params: {is_end: true}}}
"""
FACT = """
  - name: f{fact}
    agg_time_dimension: day{fact}
    columns:
      - {{name: c, dimension: {{type: categorical, conformed: code}}}}
      - {{name: day, granularity: day, dimension: {{type: time, name: day{fact}}}}}
{keys}    metrics:
{own}"""
SIMPLE = {  # name: (definition, the key it needs)
    "sum": ("agg: sum, expr: v", ""),
    "count": ("agg: count, expr: 1", ""),
    "users": ("agg: count_distinct, expr: k", ""),
    "mean": ("agg: avg, expr: v", ""),
    "low": ("agg: min, expr: v", ""),
    "high": ("agg: max, expr: v", ""),
    "middle": ("agg: median, expr: v", ""),
    "p90": ("agg: percentile, expr: v, percentile: 0.9", ""),
    "p30": ("agg: percentile, expr: v, percentile: 0.3, percentile_type: discrete", ""),
    "flags": ("agg: sum_boolean, expr: flag", ""),
    "of_x": ("agg: sum, expr: v, filter: code = 'x'", ""),
    "of_g": ("agg: count, expr: 1, filter: g = 'g1' OR r = 'north'", "k"),
    "of_gold": ("agg: count, expr: 1, filter: level = 'gold'", "h"),
    "filled": ("agg: sum, expr: v, fill_nulls_with: 0", ""),
}
DERIVED = """
  - {{name: ratio{fact}, type: ratio, numerator: sum{fact}, denominator: count{last}}}
  - {{name: part{fact}, type: ratio, numerator: {{name: sum{fact}, filter: code = 'x'}}, denominator: sum{fact}}}
  - name: net{fact}
    type: derived
    expr: sum{fact} * 2 - count{last} / (1 + flags{fact})
    input_metrics: [sum{fact}, flags{fact}{count}]
  - name: nested{fact}
    type: derived
    expr: a + b
    input_metrics: [{{name: net{fact}, alias: a}}, {{name: ratio{fact}, alias: b}}]
  - name: before{fact}
    type: derived
    expr: b
    input_metrics: [{{name: sum{fact}, alias: b, offset_window: 7 days}}]
  - {{name: run{fact}, type: cumulative, input_metric: sum{fact}, window: 5 days}}
  - {{name: ever{fact}, type: cumulative, input_metric: users{fact}}}
"""


# ---- a random world: tables as lists of dictionaries, and their YAML


class World:
    first = FIRST
    simple = SIMPLE

    def __init__(self, pick: random.Random) -> None:
        self.pick = pick
        self.facts = list(range(pick.randint(1, 3)))
        self.keyed = {fact: pick.random() < 0.8 for fact in self.facts}
        self.dated = {fact: pick.random() < 0.5 for fact in self.facts}  # has a key to the history table
        parents = [{"id": n, "r": pick.choice(["north", "south", None])} for n in (1, 2)]
        things = [
            {"id": n, "g": pick.choice(["g1", "g2", None]), "parent": pick.choice([None, 1, 2, 7])}
            for n in range(1, 5)
        ]
        self.tables = {"parents": parents, "things": things, "levels": self.history()}
        for fact in self.facts:
            self.tables[f"f{fact}"] = [self.row() for _ in range(pick.randint(0, 25))]

    def row(self) -> dict:
        pick = self.pick
        return {
            "k": pick.choice([None, 1, 2, 3, 4, 9]), "h": pick.choice([None, 1, 2, 9]), "c": pick.choice(CODES),
            "day": FIRST + timedelta(days=pick.randrange(DAYS)), "v": pick.choice([None, -3, 0, 1, 2, 2, 5, 8]),
            "flag": pick.choice([True, False, None]),
        }  # fmt: skip

    def history(self) -> list[dict]:
        rows = []
        for key in (1, 2):
            cut = FIRST + timedelta(days=self.pick.randrange(5, 50))
            rows.append({"id": key, "level": self.pick.choice(["gold", "tin"]), "since": FIRST, "until": cut})
            if self.pick.random() < 0.8:
                after = cut + timedelta(days=self.pick.choice([0, 0, 3]))
                rows.append(
                    {
                        "id": key,
                        "level": self.pick.choice(["gold", "iron", None]),
                        "since": after,
                        "until": None,
                    }
                )
        return rows

    def yaml(self) -> str:
        models, metrics, last = DIMENSIONS, "", self.facts[-1]
        for fact in self.facts:
            written = [
                f"{{name: {name}{fact}, {SIMPLE[name][0]}}}" for name in SIMPLE if self.has(fact, name)
            ]
            own = "".join(f"      - {text}\n" for text in written)
            keys = "      - {name: k, entity: {type: foreign, name: thing}}\n" if self.keyed[fact] else ""
            keys += "      - {name: h, entity: {type: foreign, name: held}}\n" if self.dated[fact] else ""
            models += FACT.format(fact=fact, keys=keys, own=own)
            count = "" if last == fact else f", count{last}"
            metrics += DERIVED.format(fact=fact, last=last, count=count or f", count{fact}")
        return f"version: 1\ndimensions: [{{name: code, label: code}}]\nmodels:\n{models}metrics:\n{metrics}"

    def has(self, fact: int, name: str) -> bool:
        needs = SIMPLE[name][1]
        return not needs or (self.keyed[fact] if needs == "k" else self.dated[fact])

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("CREATE TABLE parents (id INT, r VARCHAR)")
        connection.execute("CREATE TABLE things (id INT, g VARCHAR, parent INT)")
        connection.execute("CREATE TABLE levels (id INT, level VARCHAR, since DATE, until DATE)")
        for fact in self.facts:
            connection.execute(
                f"CREATE TABLE f{fact} (k INT, h INT, c VARCHAR, day DATE, v INT, flag BOOLEAN)"
            )
        for table, rows in self.tables.items():
            for row in rows:
                connection.execute(
                    f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row.values())
                )

    def flat(self, fact: int) -> list[dict]:
        """A fact's rows with everything they reach."""
        things = {row["id"]: row for row in self.tables["things"]}
        parents = {row["id"]: row for row in self.tables["parents"]}
        found = []
        for row in self.tables[f"f{fact}"]:
            thing = things.get(row["k"], {}) if self.keyed[fact] else {}
            held = [each for each in self.tables["levels"] if each["id"] == row["h"] and self.dated[fact]]
            level = next((each["level"] for each in held if is_valid(each, row["day"])), None)
            above = parents.get(thing.get("parent"), {})
            found.append({**row, "code": row["c"], "g": thing.get("g"), "r": above.get("r"), "level": level})
        return found


def is_valid(version: dict, day: date) -> bool:
    return version["since"] <= day and (version["until"] is None or day < version["until"])


@pytest.fixture(scope="session")
def world_of():
    """Makes a world from a source of randomness."""
    return World
