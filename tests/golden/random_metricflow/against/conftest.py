"""Random queries over a random manifest, and the rows of its tables."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import yaml


class Asked:
    """The random queries and rows of one manifest."""

    def __init__(self, manifest: Any) -> None:
        self.manifest = manifest
        self.pick = random.Random(manifest.seed * 7 + 1)
        self.first, self.last = manifest.first, manifest.last
        self.days = (manifest.last - manifest.first).days + 1

    def queries(self, count: int) -> list[dict[str, Any]]:
        """Return random queries: metrics, group_by, where, order_by, limit, start and end of a time constraint."""
        return [self._query() for _ in range(count)]

    def _query(self) -> dict[str, Any]:
        pick = self.pick
        metrics = pick.sample(
            list(self.manifest.kind), min(len(self.manifest.kind), pick.choice([1, 1, 1, 2, 3]))
        )
        shared = sorted(set.intersection(*(self.manifest.reach[name] for name in metrics)))
        by = pick.sample(shared, min(len(shared), pick.choice([0, 0, 1, 1, 2])))
        if pick.random() < 0.6:
            grains = ["day", "day", "week", "month", "month", "quarter", "year"]
            by.append(f"metric_time__{pick.choice(grains)}")
            if pick.random() < 0.1:
                part = pick.choice(["year", "quarter", "month", "day", "dow", "doy"])
                by.append(f"TimeDimension('metric_time', date_part_name='{part}')")
            elif self.manifest.own_grain and pick.random() < 0.2:
                by[-1] = "metric_time__week_of_four"
        query: dict[str, Any] = {"metrics": metrics, "group_by": by, "where": []}
        facts = frozenset().union(*(self.manifest.of[name] for name in metrics))
        fitting = set.intersection(*(set(self.manifest.filters[fact]) for fact in facts))
        if fitting and pick.random() < 0.4:
            query["where"] = [pick.choice(sorted(fitting)) for _ in range(pick.choice([1, 1, 2]))]
        if pick.random() < 0.2 and all(self.manifest.grain.get(fact, "day") == "day" for fact in facts):
            start, end = self._constraint(by)
            query["start"], query["end"] = start.isoformat(), end.isoformat()
        if by and pick.random() < 0.2:
            query["order_by"] = [("-" if pick.random() < 0.5 else "") + name for name in (metrics[0], *by)]
            query["limit"] = pick.choice([1, 3, 10])
        return query

    def _constraint(self, by: list[str]) -> tuple[date, date]:
        """Return a first and a last day that cut no bucket: MetricFlow widens a constraint to whole buckets."""
        start = self.first + timedelta(days=self.pick.randrange(self.days - 40))
        end = start + timedelta(days=self.pick.randrange(10, 40))
        grains = {name.rpartition("__")[2] for name in by if name.startswith("metric_time")}
        if "year" in grains:
            return self.first, self.last
        if "quarter" in grains:
            return date(2020, 4, 1), self.last
        if "month" in grains:
            return date(2020, 2, 1), date(2020, 4, 30)
        if "week" in grains:
            return start - timedelta(days=start.weekday()), end + timedelta(days=6 - end.weekday())
        return start, end

    def fill(self, connection: Any) -> None:
        """Make the tables in a DuckDB connection."""
        connection.execute(self.manifest.parts["tables"])
        connection.execute(
            "INSERT INTO days SELECT d, "
            f"d - INTERVAL (date_diff('day', DATE '{self.first}', CAST(d AS DATE)) % 28) DAY FROM "
            f"generate_series(TIMESTAMP '{self.first}', TIMESTAMP '{self.last}', INTERVAL 1 DAY) AS t(d)"
        )
        hours = f"generate_series(TIMESTAMP '{self.first}', TIMESTAMP '{self.last} 23:00', INTERVAL 1 HOUR)"
        connection.execute(f"INSERT INTO hours SELECT d FROM {hours} AS t(d)")
        for name, grain in self.manifest.grain.items():
            kind = "DATE" if grain == "day" else "TIMESTAMP"
            connection.execute(self.manifest.parts["fact"].replace("FACT", name).replace("TYPE", kind))
        made = {table: rows for table, rows in self.manifest.parts["rows"].items() if table != "FACT"}
        for table, rows in {
            **made,
            **dict.fromkeys(self.manifest.grain, self.manifest.parts["rows"]["FACT"]),
        }.items():
            count = self.pick.choice(rows["count"])
            made_rows = [self._row(rows["columns"], n, table) for n in range(1, count + 1)]
            if table == "visits":  # of two visits on one day it takes any as the one before a buy
                made_rows = list({row[:2]: row for row in made_rows}.values())
            self._insert(connection, table, made_rows)
        for listing in range(1, 6):
            cut = self._day()
            levels = [
                (listing, "low", date(2019, 1, 1), cut),
                (listing, self.pick.choice(["high", "top"]), cut, None),
            ]
            self._insert(connection, "listing_levels", levels)
        days = [(account, n) for account in range(1, 6) for n in range(self.days) if self.pick.random() < 0.3]
        balances = [
            (
                account,
                1 + account % 4,
                "ab"[account % 2],
                self.first + timedelta(days=n),
                self.pick.randint(-5, 50),
            )
            for account, n in days
        ]
        self._insert(connection, "snapshots", balances)

    def _insert(self, connection: Any, table: str, rows: list[tuple]) -> None:
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    def _row(self, columns: list, number: int, table: str) -> tuple:
        return tuple(self._value(column, number, table) for column in columns)

    def _value(self, column: Any, number: int, table: str) -> object:
        if isinstance(column, list):
            return self.pick.choice([each for each in column if each is not None or self.manifest.nulls])
        if column == "moment" and self.manifest.grain[table] != "day":
            step = 3600 if self.manifest.grain[table] == "hour" else 1
            seconds = self.pick.randrange(86_400) // step * step
            return datetime.combine(self._day(), datetime.min.time()) + timedelta(seconds=seconds)
        if column == "early":
            return date(2019, 1, 1) + timedelta(days=self.pick.randrange(300))
        if column == "perhaps_day" and self.manifest.nulls and self.pick.random() < 0.3:
            return None
        return number if column == "serial" else self._day()

    def _day(self) -> date:
        return self.first + timedelta(days=self.pick.randrange(self.days))


class Nested:
    """A manifest's documents in dbt's latest shape: columns with their meaning, simple metrics inside their model."""

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        self.models: dict[str, dict[str, Any]] = {}
        self.home: dict[str, str] = {}  # measure -> model
        self.measures: dict[str, dict[str, Any]] = {}
        self.metrics: list[dict[str, Any]] = []
        for document in documents:
            if "semantic_model" in document:
                self._model(document["semantic_model"])
            for spine in document.get("project_configuration", {}).get("time_spines", ()):
                self._spine(spine)
        for document in documents:
            if "metric" in document:
                self._metric(document["metric"])

    def _spine(self, spine: dict[str, Any]) -> None:
        column, name = spine["primary_column"], spine["node_relation"]["alias"]
        written = {"standard_granularity_column": column["name"]}
        if "custom_granularities" in spine:
            written["custom_granularities"] = spine["custom_granularities"]
        times = [{"name": column["name"], "granularity": column["time_granularity"]}]
        self.models[name] = {"name": name, "time_spine": written, "columns": times}

    def _model(self, old: dict[str, Any]) -> None:
        columns: dict[str, dict[str, Any]] = {}
        derived: dict[str, list[dict[str, Any]]] = {"entities": [], "dimensions": []}
        for kind, items in (("entity", old["entities"]), ("dimension", old.get("dimensions", ()))):
            for item in items:
                params = item.get("type_params", {})
                meaning = {"name": item["name"], "type": item["type"]}
                if "validity_params" in params:
                    meaning["validity_params"] = params["validity_params"]
                grain = {"granularity": params["time_granularity"]} if params else {}
                expr = item.get("expr", item["name"])
                column = columns.setdefault(expr, {"name": expr}) if expr.isidentifier() else {kind: None}
                if kind in column or (grain and "granularity" in column):
                    plural = "entities" if kind == "entity" else "dimensions"
                    derived[plural].append({**meaning, **grain, "expr": expr})
                else:
                    column |= {kind: meaning, **grain}
        made: dict[str, Any] = {"name": old["name"], "semantic_model": {"enabled": True}}
        options = {
            "agg_time_dimension": old.get("defaults", {}).get("agg_time_dimension"),
            "primary_entity": old.get("primary_entity"),
            "derived_semantics": {key: items for key, items in derived.items() if items},
        }
        made |= {key: value for key, value in options.items() if value}
        self.models[old["name"]] = made | {"columns": list(columns.values()), "metrics": []}
        for measure in old.get("measures", ()):
            self.home[measure["name"]], self.measures[measure["name"]] = old["name"], measure

    def _simple(self, name: str, written: dict[str, Any], **more: Any) -> None:
        """Write a measure as a metric of its model."""
        measure = dict(self.measures[written["name"]])
        home = self.models[self.home[measure.pop("name")]]
        params = measure.pop("agg_params", None) or {}
        if params:
            kind = "discrete" if params.get("use_discrete_percentile") else "continuous"
            measure |= {"percentile": params["percentile"], "percentile_type": kind}
        window = measure.pop("non_additive_dimension", None)
        if window:
            rule = {"name": window["name"], "window_agg": window["window_choice"]}
            groups = {"group_by": window["window_groupings"]} if "window_groupings" in window else {}
            measure["non_additive_dimension"] = rule | groups
        options = {key: value for key, value in written.items() if key not in ("name", "filter")}
        if all(metric["name"] != name for metric in home["metrics"]):
            home["metrics"].append({"name": name, "type": "simple", **measure, **options, **more})

    def _input(self, written: dict[str, Any]) -> dict[str, Any] | str:
        """Return a measure that another metric reads: as a metric of its own."""
        options = {key: value for key, value in written.items() if key not in ("name", "filter")}
        name = "_".join([written["name"], *options])
        self._simple(name, written)
        return {"name": name, "filter": written["filter"]} if "filter" in written else name

    def _metric(self, old: dict[str, Any]) -> None:
        params, kind = old["type_params"], old["type"]
        more = {"filter": old["filter"]} if "filter" in old else {}
        if kind == "simple":
            self._simple(old["name"], params["measure"], **more)
            return
        made: dict[str, Any] = {"name": old["name"], "type": kind, **more}
        if kind == "ratio":
            made |= {"numerator": params["numerator"], "denominator": params["denominator"]}
        elif kind == "derived":
            made |= {"expr": params["expr"], "input_metrics": params["metrics"]}
        elif kind == "cumulative":
            made |= {"input_metric": self._input(params["measure"]), **params["cumulative_type_params"]}
        else:
            spec = dict(params["conversion_type_params"])
            for side in ("base", "conversion"):
                made[f"{side}_metric"] = self._input(spec.pop(f"{side}_measure"))
            made |= spec
        self.metrics.append(made)

    def yaml(self) -> str:
        """Return the document."""
        return yaml.safe_dump(
            {"version": 2, "models": list(self.models.values()), "metrics": self.metrics}, sort_keys=False
        )


@pytest.fixture(scope="session")
def nested_of():
    """Writes a manifest in dbt's latest shape."""
    return lambda manifest: Nested(manifest.documents).yaml()


@pytest.fixture(scope="session")
def asked_of():
    """Makes the queries and the rows of a manifest."""
    return Asked
