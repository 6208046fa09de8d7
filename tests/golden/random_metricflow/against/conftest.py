"""Random queries over a random manifest, and the rows of its tables."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest


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
            self._insert(
                connection, table, [self._row(rows["columns"], n, table) for n in range(1, count + 1)]
            )
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


@pytest.fixture(scope="session")
def asked_of():
    """Makes the queries and the rows of a manifest."""
    return Asked
