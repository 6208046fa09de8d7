"""MetricFlow's own example manifests, imported into our YAML and filled with made-up rows: our numbers are its numbers.

Every metric is asked alone, by month, by day, and by one or two dimensions it reaches. MetricFlow runs in
a process of its own, all queries in one go; what it refuses is not compared. `--deep` asks all of all.
"""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import isfinite
from pathlib import Path

import duckdb
import pytest

from semantic_layer.catalog import Model, SimpleMetric, Window
from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.compiler.index import index_of
from semantic_layer.compiler.metrics import inputs_of
from semantic_layer.compiler.paths import reachable
from semantic_layer.coverage import Coverage
from semantic_layer.errors import AskGrowthError
from semantic_layer.expression import column_names, parse_expression
from semantic_layer.importing import import_source
from semantic_layer.importing.saving import save
from semantic_layer.lineage import leaves
from semantic_layer.loader import load
from semantic_layer.period import Grain, truncate
from semantic_layer.query import MetricQuery
from semantic_layer.shorthand import parse_group_by

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
ASK = Path(__file__).parent / "metricflow" / "ask_manifest.py"
# A Monday and a year's start; a Sunday and a quarter's end: the first and the last bucket of every grain are whole.
FIRST, LAST = date(2018, 1, 1), date(2018, 9, 30)
MANIFESTS = (
    "simple_manifest", "partitioned_multi_hop_join_manifest", "multi_hop_join_manifest", "scd_manifest",
    "extended_date_manifest", "derived_metrics_manifest", "sg_02_single_join", "join_types_manifest",
)  # fmt: skip


def shipped() -> Path | None:
    """The folder of the manifests that MetricFlow's package ships, where it is installed."""
    found = sorted((ROOT / ".venv-oracles").glob("lib/python3.*/site-packages/metricflow_semantics"))
    folder = found[0] / "test_helpers" / "semantic_manifest_yamls" if found else None
    return folder if folder is not None and folder.is_dir() else None


class World:
    """An imported manifest with tables of made-up rows."""

    def __init__(self, name: str, at: Path, seed: int = 1) -> None:
        self.random = random.Random(f"{name} {seed}")
        self.source = at / name
        folder = shipped()
        assert folder is not None
        shutil.copytree(folder / name, self.source / "models")
        for path in self.source.rglob("*.yaml"):
            path.write_text(
                path.read_text(encoding="utf-8").replace("$source_schema", "main"), encoding="utf-8"
            )
        save(import_source(self.source), at / f"{name}_ours")
        self.catalog = load(at / f"{name}_ours").catalog_or_raise()
        self.database = duckdb.connect()
        for table, columns in self.columns().items():
            self.fill(table, columns)

    def columns(self) -> dict[str, dict[str, str]]:
        """The columns that the models read, by table, each with its kind: key, unique, day, moment, flag, word …"""
        tables: dict[str, dict[str, str]] = {}
        for model in self.catalog.models.values():
            if model.source_kind != "sql":
                found = tables.setdefault(model.source.rpartition(".")[2], {})
                for expr, kind in self.spine_parts(model.name) or self.parts(model):
                    for column in column_names(parse_expression(expr)):
                        found.setdefault(column, kind)
        return tables

    def spine_parts(self, model: str) -> list[tuple[str, str]]:
        spine = self.catalog.time_spines.get(model)
        own = [grain for grain in self.catalog.custom_grains.values() if grain.model == model]
        return [(spine[1], f"spine:{spine[2]}"), *((grain.expr, "bucket") for grain in own)] if spine else []

    def parts(self, model: Model) -> Iterator[tuple[str, str]]:
        for entity in model.entities:
            yield entity.expr, "unique" if entity.type in ("primary", "unique") else "key"
        keys = {entity.expr for entity in model.entities}
        own = [
            (dimension, binding)
            for dimension in self.catalog.dimensions.values()
            for binding in dimension.bindings
            if binding.model == model.name and binding.expr not in keys
        ]
        for dimension, binding in own:
            if dimension.kind == "time":
                is_fine = binding.grain is not None and binding.grain.order < Grain.DAY.order
                yield binding.expr, "moment" if is_fine else f"day:{binding.grain or 'day'}"
            else:
                yield binding.expr, "flag" if "is_" in binding.expr else "word"
        for metric in self.catalog.metrics.values():
            if isinstance(metric.type, SimpleMetric) and metric.type.model == model.name:
                yield metric.type.expr, "flag" if metric.type.agg == "sum_boolean" else "number"

    def fill(self, table: str, columns: dict[str, str]) -> None:
        spine = next((kind for kind in columns.values() if kind.startswith("spine")), None)
        if spine is not None:
            grain = spine.partition(":")[2]
            name = next(name for name, kind in columns.items() if kind == spine)
            last = datetime.combine(LAST, datetime.min.time()) + timedelta(days=1)
            made = [f"CAST(d AS {'DATE' if grain == 'day' else 'TIMESTAMP'}) AS {name}"]
            made += [
                f"CAST(d - INTERVAL 7 DAY AS DATE) AS {c}" for c, kind in columns.items() if kind == "bucket"
            ]
            first = FIRST if grain in ("day", "hour") else LAST - timedelta(days=1)
            self.database.execute(
                f"CREATE TABLE {table} AS SELECT {', '.join(made)} FROM generate_series(TIMESTAMP '{first}', "
                f"TIMESTAMP '{last}' - INTERVAL 1 {grain}, INTERVAL 1 {grain}) AS t(d)"
            )
            return
        count = 8 if any(kind.startswith("unique") for kind in columns.values()) else 60
        types = {
            "unique": "INT",
            "key": "INT",
            "day": "DATE",
            "moment": "TIMESTAMP",
            "flag": "BOOLEAN",
            "word": "VARCHAR",
        }
        listed = ", ".join(
            f'"{name}" {types.get(kind.partition(":")[0], "INT")}' for name, kind in columns.items()
        )
        self.database.execute(f"CREATE TABLE {table} ({listed})")
        rows = [[self.value(kind, number) for kind in columns.values()] for number in range(count)]
        self.database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)

    def value(self, kind: str, number: int) -> object:
        kind, _, detail = kind.partition(":")
        pick = self.random
        if kind == "unique":
            return number + 1
        if kind == "key":
            return pick.choice([None, 1, 2, 3, 4, 5, 6, 7, 8, 99])
        if kind in ("day", "moment"):
            day = FIRST + timedelta(days=pick.randrange((LAST - FIRST).days + 1) if number else 0)
            if kind == "moment":
                return datetime.combine(day, datetime.min.time()) + timedelta(seconds=pick.randrange(86_400))
            return truncate(day, Grain(detail or "day"))
        if kind == "flag":
            return pick.choice([True, False])
        return pick.choice([None, "a", "b", "c"]) if kind == "word" else pick.choice([1, 2, 3, 5, 8])

    def queries(self) -> list[dict[str, list[str]]]:
        found: list[dict[str, list[str]]] = []
        for metric in self.catalog.metrics.values():
            if metric.hidden:
                continue
            groups: list[list[str]] = [[], ["metric_time__month"], ["metric_time__day"]]
            simple = (self.catalog.metrics[leaf].type for leaf in leaves(metric.name, self.catalog.metrics))
            models = {kind.model for kind in simple if isinstance(kind, SimpleMetric)}
            index = index_of(self.catalog)
            shared = [
                name
                for name in reachable(index, min(models))
                if all(name in reachable(index, model) for model in models)
                and self.catalog.dimensions[name].kind != "time"
            ]
            self.random.shuffle(shared)
            groups += [[name] for name in shared[:2]] + [["metric_time__week", name] for name in shared[2:3]]
            if self.catalog.custom_grains:
                groups.append([f"metric_time__{next(iter(self.catalog.custom_grains))}"])
            found += [{"metrics": [metric.name], "group_by": by} for by in groups]
        return found

    def theirs(self, queries: list[dict[str, list[str]]]) -> list[dict[str, str]]:
        spelled = [
            {**query, "group_by": [self.spelled(name) for name in query["group_by"]]} for query in queries
        ]
        quiet = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        run = subprocess.run(
            [PYTHON, ASK],
            input=json.dumps({"folder": str(self.source), "queries": spelled}),
            capture_output=True, text=True, check=True, env=quiet,
        )  # fmt: skip
        answers: list[dict[str, str]] = json.loads(run.stdout)
        return answers

    def spelled(self, name: str) -> str:
        """A dimension as MetricFlow writes it: with an entity in front."""
        if "__" in name or any(
            name == entity.name for model in self.catalog.models.values() for entity in model.entities
        ):
            return name
        return next(
            (spelling for spelling in self.catalog.dimensions[name].qualified if "__" in spelling), name
        )

    def ours(self, query: dict[str, list[str]]) -> list[tuple[object, ...]]:
        asked = MetricQuery(
            metrics=tuple(query["metrics"]),
            group_by=tuple(parse_group_by(name, self.catalog.custom_grains) for name in query["group_by"]),
        )
        coverage = {model: Coverage(FIRST, LAST + timedelta(days=1)) for model in self.catalog.models}
        compiled = compile_query(self.catalog, asked, CompileContext(today=LAST, coverage=coverage))
        return self.database.execute(compiled.sql).fetchall()


# What MetricFlow 0.213 computes otherwise, why we do not follow, and where: "" everywhere, or words of a
# group-by. The golden cases of cases/otherwise.yml hold our reading of each.
OTHERWISE = {
    "current_account_balance_by_user": ("it drops the accounts without a user; their group is kept here", ""),
    "approximate_continuous_booking_value_p99": ("approximate there, exact here (the import says so)", ""),
    "approximate_discrete_booking_value_p99": ("approximate there, exact here (the import says so)", ""),
    "bookings_offset_twice": ("it looks for a month, or a week, that starts two days earlier", "month week"),
    "visit_buy_conversion_rate_with_monthly_conversion": (
        "it takes the event's month for its day, so that nearly every visit of a month comes after its buy",
        "",
    ),
    "subdaily_offset_grain_to_date_metric": (
        "by day and above it looks for the start of an hour among days and finds none",
        "day week month",
    ),
    "booking_fees_since_start_of_month": (
        "it takes an alien day's name for a date, and looks for a week that begins with the month",
        "alien_day week",
    ),
}


def is_otherwise(query: dict[str, list[str]], catalog) -> bool:
    name = query["metrics"][0]
    _, where = OTHERWISE.get(name, ("", None))
    if where is not None:
        times = [by for by in query["group_by"] if by.startswith("metric_time")]
        if not where or any(word in by for by in times for word in where.split()):
            return True
    # A week less a month begins no week: its offset by months finds none there, and goes day by day here.
    return "metric_time__week" in query["group_by"] and any(
        isinstance(part.offset_window, Window) and part.offset_window.grain.order > Grain.WEEK.order
        for metric in [name, *leaves_and_inputs(name, catalog)]
        for part in inputs_of(catalog.metrics[metric])
    )


def leaves_and_inputs(name: str, catalog) -> list[str]:
    found = [part.metric for part in inputs_of(catalog.metrics[name])]
    return found + [inner for part in found for inner in leaves_and_inputs(part, catalog)]


def plain(row: tuple[object, ...]) -> tuple[object, ...]:
    """Its buckets are time stamps at midnight; its division by zero is infinite or not a number, ours is null."""
    return tuple(
        cell.date()
        if isinstance(cell, datetime)
        else None
        if isinstance(cell, float) and not isfinite(cell)
        else cell
        for cell in row
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "manifest" in metafunc.fixturenames:
        metafunc.parametrize("manifest", MANIFESTS if metafunc.config.getoption("deep") else MANIFESTS[:2])


@pytest.mark.needs_oracle("metricflow")
def test_an_imported_manifest_gives_metricflows_numbers(manifest, golden, tmp_path, request):
    world = World(manifest, tmp_path)
    queries = [query for query in world.queries() if not is_otherwise(query, world.catalog)]
    if not request.config.getoption("deep"):
        queries = world.random.sample(queries, min(len(queries), 40))
    compared, different = 0, []
    for query, answer in zip(queries, world.theirs(queries), strict=True):
        if "error" in answer:
            continue
        try:
            theirs = [plain(row) for row in world.database.execute(answer["sql"]).fetchall()]
        except duckdb.Error:
            continue  # its SQL does not run on these tables: a text compared with a number
        try:
            ours = [plain(row) for row in world.ours(query)]
        except AskGrowthError as error:  # whatever it answers, so do we
            different.append((query, error.code, theirs[:5]))
            continue
        compared += 1
        if inputs_of(world.catalog.metrics[query["metrics"][0]]):
            # Two inputs' groups without a value do not meet there: our own are in cases/otherwise.yml.
            ours, theirs = (
                [row for row in rows if None not in row[: len(query["group_by"])]] for rows in (ours, theirs)
            )
        if not golden.equal(ours, theirs):
            different.append((query, ours[:5], theirs[:5]))
    assert compared > len(queries) / 2
    assert different == []
