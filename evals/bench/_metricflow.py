"""Our compiler beside MetricFlow's on one dbt model, where `.venv-oracles` is there; a development-only comparison."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from semantic_layer.catalog import Catalog
from semantic_layer.compiler import CompileContext, compile_query
from semantic_layer.coverage import Coverage
from semantic_layer.loader import load_text
from semantic_layer.query import MetricQuery
from semantic_layer.shorthand import parse_group_by

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
FOLDER = ROOT / "tests" / "golden" / "metricflow"  # the model and queries whose rows are compared there
QUERIES: tuple[tuple[str, list[str], list[str]], ...] = (
    ("one fact", ["amount", "sales"], ["metric_time__month"]),
    ("one fact, one hop", ["amount"], ["buyer__city"]),
    ("two facts", ["amount", "balance"], ["metric_time__day"]),
    ("ratio", ["amount_per_sale", "share_a"], ["metric_time__week"]),
    ("derived", ["growth"], ["metric_time__month", "sale__shop"]),
    ("cumulative", ["amount_in_month"], ["metric_time__day", "sale__shop"]),
    ("conversion", ["visit_to_buy"], ["visit__source"]),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """Sorted milliseconds of processor time per compilation of one query."""

    name: str
    ours: list[float]
    theirs: list[float]


def beside_metricflow(runs: int) -> list[Beside]:
    """Return both compilers' warm times; empty without the oracles (`python run.py setup --oracles`)."""
    if not PYTHON.exists() or not FOLDER.exists():
        return []
    theirs = _theirs(runs)
    catalog = _catalog()
    return [
        Beside(name, _ours(catalog, metrics, groups, runs), theirs[at])
        for at, (name, metrics, groups) in enumerate(QUERIES)
    ]


def _theirs(runs: int) -> list[list[float]]:
    """Return MetricFlow's times; the first run of each query warms it and is left out."""
    asked = [
        {"metrics": metrics, "group_by": groups} for _, metrics, groups in QUERIES for _ in range(runs + 1)
    ]
    done = subprocess.run(
        [PYTHON, "-E", FOLDER / "ask.py"],  # -E: our PYTHONPATH must not reach the oracle's environment
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    times = [answer["seconds"] * 1e3 for answer in json.loads(done.stdout)]
    step = runs + 1
    return [sorted(times[at * step + 1 : (at + 1) * step]) for at in range(len(QUERIES))]


def _ours(catalog: Catalog, metrics: list[str], groups: list[str], runs: int) -> list[float]:
    coverage = {model: Coverage(date(2025, 1, 1), date(2025, 3, 6)) for model in catalog.models}
    context = CompileContext(today=date(2025, 3, 5), coverage=coverage)
    times = []
    for _ in range(runs + 1):
        began = time.process_time()
        query = MetricQuery(metrics=tuple(metrics), group_by=tuple(parse_group_by(name) for name in groups))
        compile_query(catalog, query, context)
        times.append((time.process_time() - began) * 1e3)
    return sorted(times[1:])


def _catalog() -> Catalog:
    things = list(yaml.safe_load_all((FOLDER / "model.yaml").read_text(encoding="utf-8")))
    models = [thing["semantic_model"] for thing in things if "semantic_model" in thing]
    named = [{**model, "model": model["node_relation"]["alias"]} for model in models]
    metrics = [{**thing["metric"], "label": thing["metric"]["name"]} for thing in things if "metric" in thing]
    return load_text(yaml.safe_dump({"semantic_models": named, "metrics": metrics})).catalog_or_raise()
