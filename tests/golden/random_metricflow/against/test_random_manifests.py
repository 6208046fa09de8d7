"""Random semantic manifests through MetricFlow and through us: the same YAML, unchanged, must give the same rows.

MetricFlow runs in a process of its own, all manifests in one go; what it refuses is not compared. `--deep` asks fifty
times as many. `OTHERWISE` says what MetricFlow computes otherwise, and why we do not follow.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from math import isfinite
from pathlib import Path

import duckdb
import pytest

from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.coverage import Coverage
from semantic_layer.errors import AskGrowthError
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery
from semantic_layer.shorthand import parse_group_by

ROOT = Path(__file__).resolve().parents[4]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
ASK = ROOT / "tests" / "golden" / "metricflow" / "ask_random.py"
SEEDS, QUERIES = (2, 7, 16, 21, 33), 20
COUNTS = re.compile(r"(fact\d_(rows|paid|users)|visits|buys)(_m)?$")


# ---- what MetricFlow 0.213 computes otherwise


def parts_of(manifest, name: str) -> Iterator[dict]:
    """A metric's definition, and those of all that it is computed from."""
    metric = next(d["metric"] for d in manifest.documents if "metric" in d and d["metric"]["name"] == name)
    yield metric
    params = metric["type_params"]
    for part in (*params.get("metrics", ()), params.get("numerator"), params.get("denominator")):
        if part:
            yield part
            yield from parts_of(manifest, part["name"])


def used(manifest, query: dict) -> list[dict]:
    return [part for name in query["metrics"] for part in parts_of(manifest, name)]


def months_by_week(manifest, query: dict) -> bool:
    offsets = [part["offset_window"] for part in used(manifest, query) if "offset_window" in part]
    return "metric_time__week" in query["group_by"] and any("month" in o or "quarter" in o for o in offsets)


def own_calendar_from_the_start_of_a_grain(manifest, query: dict) -> bool:
    moved = any("offset_to_grain" in part for part in used(manifest, query))
    return "metric_time__week_of_four" in query["group_by"] and moved


def own_calendar_moved_twice(manifest, query: dict) -> bool:
    moved = any(moves > 1 for name in query["metrics"] for moves in moves_of(manifest, name))
    return "metric_time__week_of_four" in query["group_by"] and moved


def moves_of(manifest, name: str) -> list[int]:
    """How often each of a metric's leaves is moved."""
    metric = next(d["metric"] for d in manifest.documents if "metric" in d and d["metric"]["name"] == name)
    params = metric["type_params"]
    parts = [p for p in (*params.get("metrics", ()), params.get("numerator"), params.get("denominator")) if p]
    if not parts:
        return [0]
    return [
        moves + any(key.startswith("offset") for key in part)
        for part in parts
        for moves in moves_of(manifest, part["name"])
    ]


def start_of_a_grain_in_hours(manifest, query: dict) -> bool:
    fine = any(manifest.grain.get(fact) == "hour" for name in query["metrics"] for fact in manifest.of[name])
    moved = any("offset_to_grain" in part for part in used(manifest, query))
    coarse = ("metric_time__week", "metric_time__quarter", "metric_time__year")
    return fine and moved and any(name in query["group_by"] for name in coarse)


def fills_conversions(manifest, query: dict) -> bool:
    written = json.dumps(
        [part.get("type_params", {}).get("conversion_type_params") for part in used(manifest, query)]
    )
    return len(query["metrics"]) > 1 and "fill_nulls_with" in written


def accumulates_without_time(manifest, query: dict) -> bool:
    running = any(part.get("type") == "cumulative" for part in used(manifest, query))
    grouped = any(name.startswith("metric_time") for name in query["group_by"])
    filters = [*query["where"], *(part.get("filter") or "" for part in used(manifest, query))]
    return running and not grouped and any("metric_time" in text for text in filters)


def counts_filtered_rows(manifest, query: dict) -> bool:
    for name in query["metrics"]:
        parts = list(parts_of(manifest, name))
        counted = any(COUNTS.fullmatch(part["name"]) for part in parts)
        if len(parts) > 1 and counted and any(part.get("filter") for part in parts):
            return True
    return False


def first_value_of_nulls(manifest, query: dict) -> bool:
    running = any(part.get("type") == "cumulative" for part in used(manifest, query))
    by_hour = any(
        manifest.grain.get(fact) == "hour" for name in query["metrics"] for fact in manifest.of[name]
    )
    return manifest.nulls and running and (by_hour or "metric_time__day" not in query["group_by"])


def part_of_a_bucket(manifest, query: dict) -> bool:
    parts = any(name.startswith("TimeDimension") for name in query["group_by"])
    return parts and "metric_time__day" not in query["group_by"]


def calendar_rows_of_filtered_inputs(manifest, query: dict) -> bool:
    filtered = any(part.get("filter") for part in used(manifest, query))
    return manifest.nulls and on_calendar(manifest, query) and filtered


def days_beyond_its_calendar(manifest, query: dict) -> bool:
    moved = any("offset_window" in part for part in used(manifest, query))
    return moved and any(name in query["group_by"] for name in ("metric_time__quarter", "metric_time__year"))


def on_calendar(manifest, query: dict) -> bool:
    measures = [part.get("type_params", {}).get("measure") or {} for part in used(manifest, query)]
    return any(measure.get("join_to_timespine") for measure in measures)


def constrained_calendar(manifest, query: dict) -> bool:
    return on_calendar(manifest, query) and "start" in query and "metric_time__day" not in query["group_by"]


def fills_inputs(manifest, query: dict) -> bool:
    filled = [part for part in used(manifest, query) if "fill_nulls_with" in json.dumps(part)]
    nested = len(used(manifest, query)) > len(query["metrics"])
    running = any(part.get("type") == "cumulative" for part in filled)
    return len(query["metrics"]) > 1 and bool(filled) and (nested or running)


def versions_of_another_time(manifest, query: dict) -> bool:
    parts = used(manifest, query)
    other = any(
        part.get("type") == "cumulative" or any(key.startswith("offset") for key in part) for part in parts
    )
    filters = [*query["where"], *(part.get("filter") or "" for part in parts)]
    return other and ("held__level" in query["group_by"] or any("held__level" in text for text in filters))


def part_values_of_a_moved_metric(manifest, query: dict) -> bool:
    def is_moved(part: dict) -> bool:
        return any(key.startswith("offset") for key in part) and manifest.kind[part["name"]] != "simple"

    parts = used(manifest, query)
    filters = [*query["where"], *(part.get("filter") or "" for part in parts)]
    return any(is_moved(part) for part in parts) and any("'metric_time', '" in text for text in filters)


OTHERWISE: dict[Callable[..., bool], str] = {
    months_by_week: "weeks moved by months: it looks for a week that starts a month earlier, and finds none",
    own_calendar_from_the_start_of_a_grain: "it counts the start of a grain once per day of the bucket",
    own_calendar_moved_twice: "it reads the bucket's name as a date, or finds no bucket of the name a day earlier",
    start_of_a_grain_in_hours: "by day the whole first day, as here; by week and above only its first hour",
    fills_conversions: "groups that only another metric has are filled here, as they are for all other metrics",
    accumulates_without_time: "it adds a row up once for every day that the condition lets through",
    counts_filtered_rows: "a count of no rows is 0 here, in a group that has other rows (docs/decisions/0002)",
    first_value_of_nulls: "the first day with a value, not the null of a day whose rows have none",
    part_of_a_bucket: "a month has no one day of the week: it repeats the month's value for each, we refuse",
    days_beyond_its_calendar: "its calendar ends with the data: June has no days to move the last of May to",
    constrained_calendar: "it repeats a month's value for each of its days",
    fills_inputs: "a filled input (of a derived, a running metric) is filled in groups that only another metric has",
    versions_of_another_time: "it asks for the version of the day shown, not of the row that runs on or is moved",
    part_values_of_a_moved_metric: "the greatest value of the parts that a finer condition cuts the bucket into",
    calendar_rows_of_filtered_inputs: "it tests an input's filter again on the empty rows of the calendar",
}


# ---- both answers


def query_of(asked: dict, calendars) -> MetricQuery:
    def group(name: str):
        if not name.startswith("TimeDimension"):
            return parse_group_by(name, calendars)
        return parse_group_by(f"metric_time__extract_{part_named(name)}", calendars)

    period = None
    if "start" in asked:
        period = {"start": asked["start"], "end": date.fromisoformat(asked["end"]) + timedelta(days=1)}
    order = [part.lstrip("-") for part in asked.get("order_by", ())]
    order = [f"metric_time__extract_{part_named(n)}" if n.startswith("TimeDimension") else n for n in order]
    return MetricQuery.model_validate(
        {
            "metrics": asked["metrics"],
            "group_by": [group(name) for name in asked["group_by"]],
            "where": [{"kind": "expression", "sql": sql} for sql in asked["where"]],
            "period": period,
            "order_by": [
                {"column": name, "descending": part.startswith("-")}
                for name, part in zip(order, asked.get("order_by", ()), strict=True)
            ],
            "limit": {"n": asked["limit"]} if "limit" in asked else None,
        }
    )


def part_named(written: str) -> str:
    return written.split("'")[3]


def plain(row: tuple) -> tuple:
    """Its buckets are time stamps at midnight; its division by zero is infinite or not a number, ours is null."""
    cells = []
    for cell in row:
        if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            cells.append(cell.date())
        else:
            cells.append(None if isinstance(cell, float) and not isfinite(cell) else cell)
    return tuple(cells)


def undated(row: tuple, named: list[str]) -> bool:
    """Whether a row has no time, of those it is grouped by."""
    return any(
        cell is None and name.startswith("metric_time") for cell, name in zip(row, named, strict=False)
    )


def told(rows: list[tuple], keys: int, limited: bool) -> list[tuple]:
    """Without groups its count of nothing is null; a row of groups without any value says nothing."""
    if not keys:
        return [tuple(0 if cell is None else cell for cell in row) for row in rows]
    return rows if limited else [row for row in rows if any(cell is not None for cell in row[keys:])]


def differences(
    asked, queries: list[dict], answers: list[dict], golden, shapes: list[str]
) -> tuple[int, list]:
    """How many queries were compared, and those whose rows differ; each shape of the YAML must give the rows."""
    manifest = asked.manifest
    catalogs = [load_text(text).catalog_or_raise() for text in shapes]
    whole = Coverage(manifest.first, manifest.last + timedelta(days=1))
    context = CompileContext(
        today=manifest.last,
        coverage={name: whole for catalog in catalogs for name in catalog.models},
    )
    compared, different = 0, []
    with duckdb.connect(config={"threads": "1"}) as database:
        asked.fill(database)
        for query, answer in zip(queries, answers, strict=True):
            if "error" in answer or any(is_otherwise(manifest, query) for is_otherwise in OTHERWISE):
                continue
            try:
                found = database.execute(answer["sql"])
            except duckdb.Error:
                continue  # it wrote SQL that does not run
            names = [column[0] for column in found.description]
            named = [
                n if not n.startswith("Time") else f"metric_time__extract_{part_named(n)}"
                for n in query["group_by"]
            ]
            at = [names.index(name) for name in (*named, *query["metrics"])]
            keys, limited = len(named), "limit" in query
            theirs = told([plain(tuple(row[n] for n in at)) for row in found.fetchall()], keys, limited)
            if any("week_of_four" in (part.get("offset_window") or "") for part in used(manifest, query)):
                # Rows that the calendar moves beyond its end it shows under no bucket; they are under none here.
                theirs, dated = [row for row in theirs if not undated(row, named)], theirs
                if limited and len(theirs) < len(dated):
                    continue
            compared += 1
            try:
                asks = [
                    compile_query(catalog, query_of(query, catalog.custom_grains), context).sql
                    for catalog in catalogs
                ]
                found = [database.execute(sql).fetchall() for sql in dict.fromkeys(asks)]
            except (AskGrowthError, duckdb.Error) as error:
                different.append((manifest.seed, query, f"{error}", theirs[:5]))
                continue
            for rows in found:
                ours = told([plain(row) for row in rows], keys, limited)
                if not golden.equal(ours, theirs, ordered=limited):
                    different.append((manifest.seed, query, ours[:5], theirs[:5]))
    return compared, different


def test_every_excuse_has_a_golden_case_that_holds_our_reading(golden):
    held = {case.expected.get("rule") for case in golden.cases()}
    assert {rule.__name__ for rule in OTHERWISE} <= held


@pytest.mark.needs_oracle("metricflow")
def test_a_random_manifest_gives_metricflows_rows(manifest_of, asked_of, nested_of, golden, request):
    seeds = range(1000, 1250) if request.config.getoption("deep") else SEEDS
    worlds = [asked_of(manifest_of(seed)) for seed in seeds]
    asked = [world.queries(QUERIES) for world in worlds]
    lines = [
        json.dumps({"yaml": world.manifest.yaml(), "queries": queries})
        for world, queries in zip(worlds, asked, strict=True)
    ]
    quiet = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    run = subprocess.run(
        [PYTHON, ASK], input="\n".join(lines), capture_output=True, text=True, check=True, env=quiet
    )
    compared, different = 0, []
    for world, queries, line in zip(worlds, asked, run.stdout.splitlines(), strict=True):
        shapes = [world.manifest.yaml(), nested_of(world.manifest)]
        count, found = differences(world, queries, json.loads(line)["answers"], golden, shapes)
        compared, different = compared + count, different + found
    assert different == []
    assert compared > len(worlds) * QUERIES / 2
