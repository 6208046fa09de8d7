"""The analyses at scale, on generated data: `python -m evals.bench tools [NAME …]`.

Each case runs in a process of its own, so that its peak memory is its own: the tables are written to a file first,
then only the analysis is timed (one run; what is measured is what a person waits for, without opening the
workspace). Budgets are those of two cores.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import duckdb

from bot.settings import read_settings

MOST_MEMORY_GB = 4.0
WORKSPACE = """
version: 1
today: data
models:
  - name: purchases
    agg_time_dimension: bought_on
    columns:
      - {name: purchase, entity: primary}
      - {name: person, entity: foreign}
      - {name: bought_on, dimension: time, granularity: day}
    metrics:
      - {name: purchase_count, agg: count, expr: person}
      - {name: money, agg: sum, expr: amount, unit: EUR}
customers:
  - {name: people, model: purchases, entity: person, order: purchase, orders: purchase_count, revenue: money}
"""
EVENTS = """
version: 1
today: data
models:
  - name: events
    agg_time_dimension: happened
    columns:
      - {name: person, entity: foreign}
      - {name: happened, dimension: time, granularity: second}
      - {name: kind, dimension: {type: categorical}}
    metrics:
      - {name: event_count, agg: count, expr: person}
funnels:
  - name: way
    model: events
    entity: person
    window: 7d
    steps: [{name: a, where: "kind = 'a'"}, {name: b, where: "kind = 'b'"}, {name: c, where: "kind = 'c'"}]
"""
BASKETS = """
version: 1
today: data
models:
  - name: lines
    agg_time_dimension: sold_on
    columns:
      - {name: basket, entity: foreign}
      - {name: person, entity: foreign}
      - {name: sold_on, dimension: time, granularity: day}
      - {name: item, dimension: {type: categorical}, index_values: false}
    metrics:
      - {name: line_count, agg: count, expr: basket}
customers:
  - {name: people, model: lines, entity: person, order: basket}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One measured analysis: rows of its table, seconds it may take, how to make the data and how to run it."""

    rows: int
    seconds: float
    prepare: Callable[[Path, int], None]
    work: Callable[[Path, int], tuple[float, float]]


def run(argv: list[str]) -> int:
    """Print seconds and peak memory of every case; 1 where one is over its budget."""
    parser = argparse.ArgumentParser(prog="bench tools", description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(CASES))
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows, for a quick look")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    if asked.child is not None:
        return _child(CASES[asked.names[0]], asked.child, asked.scale)
    state = read_settings().state_dir
    state.mkdir(parents=True, exist_ok=True)
    over = 0
    print(f"{'analysis':<14}{'rows':>14}{'seconds':>10}{'cpu':>8}{'budget':>8}{'peak GB':>9}")
    for name in asked.names or CASES:
        case = CASES[name]
        with tempfile.TemporaryDirectory(prefix="bench-tools-", dir=state) as folder:
            case.prepare(Path(folder), int(case.rows * asked.scale))
            command = [sys.executable, "-m", "evals.bench", "tools", name, "--child", folder]
            done = subprocess.run(
                [*command, "--scale", str(asked.scale)], capture_output=True, text=True, check=False
            )
        if done.returncode != 0:
            print(f"{name:<14} failed\n{done.stderr[-2_000:]}")
            over += 1
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        bad = found["seconds"] > case.seconds or found["peak_gb"] > MOST_MEMORY_GB
        over += bad
        print(
            f"{name:<14}{int(case.rows * asked.scale):>14,}{found['seconds']:>10.2f}{found['cpu']:>8.2f}"
            f"{case.seconds:>8.0f}{found['peak_gb']:>9.2f}{'  over' if bad else ''}",
            flush=True,
        )
    return int(over > 0)


def _child(case: Case, folder: Path, scale: float) -> int:
    seconds, processor = case.work(folder, int(case.rows * scale))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps({"seconds": seconds, "cpu": processor, "peak_gb": peak}))
    return 0


def _table(folder: Path, yaml: str, sql: str) -> None:
    (folder / "askgrowth.yml").write_text(yaml, encoding="utf-8")
    with duckdb.connect(folder / "bench.duckdb") as connection:
        connection.execute("SET threads = 2")
        connection.execute("SET memory_limit = '3GB'")
        connection.execute(sql)


def _timed(folder: Path, tool: str, inputs: dict[str, object]) -> tuple[float, float]:
    """Return seconds and processor seconds of one analysis over the prepared table; imports and opening left out."""
    import semantic_layer
    from tools.registry import Registry, ToolContext

    with duckdb.connect(folder / "bench.duckdb", read_only=True) as connection:
        connection.execute("SET threads = 2")
        connection.execute("SET memory_limit = '2GB'")
        connection.execute(f"SET temp_directory = '{folder / 'spill'}'")
        layer = semantic_layer.open(folder, connection=connection, state_dir=folder / "state")
        layer.spans()
        asked = ToolContext(layer, layer.today())
        chosen = Registry.load().get(tool)
        for name in ("numpy", "pandas", "scipy.stats"):  # a chat server has them loaded
            import_module(name)
        began, spent = time.perf_counter(), time.process_time()
        chosen.run(inputs, asked)
        return time.perf_counter() - began, time.process_time() - spent


def _purchases(people: int) -> Callable[[Path, int], None]:
    """Return a maker of purchases over three years, a few per person, money log-normal."""

    def prepare(folder: Path, rows: int) -> None:
        _table(
            folder,
            WORKSPACE,
            f"CREATE TABLE purchases AS SELECT i AS purchase, CAST(hash(i * 7) % {max(100, rows // people)} AS "
            f"INTEGER) AS person, DATE '2022-01-01' + CAST(hash(i * 13) % 1095 AS INTEGER) AS bought_on, "
            f"CAST(1 + hash(i * 17) % 500 AS DOUBLE) AS amount FROM range({rows}) AS t(i)",
        )

    return prepare


def _events(folder: Path, rows: int) -> None:
    _table(
        folder,
        EVENTS,
        f"CREATE TABLE events AS SELECT CAST(hash(i * 7) % {max(100, rows // 10)} AS INTEGER) AS person, "
        f"TIMESTAMP '2025-01-01' + to_seconds(CAST(hash(i * 13) % 7776000 AS INTEGER)) AS happened, "
        f"CASE WHEN hash(i * 17) % 10 < 6 THEN 'a' WHEN hash(i * 17) % 10 < 9 THEN 'b' ELSE 'c' END AS kind "
        f"FROM range({rows}) AS t(i)",
    )


def _lines(folder: Path, rows: int) -> None:
    _table(
        folder,
        BASKETS,
        # Popular items first: item number 500 u^3 for u uniform.
        "CREATE TABLE lines AS SELECT i // 4 AS basket, i // 12 AS person, "
        "DATE '2025-01-01' + CAST((i // 4) % 90 AS INTEGER) AS sold_on, 'item ' || "
        "CAST(CAST(FLOOR(500 * POW((hash(i * 7) % 100000) / 100000.0, 3)) AS INTEGER) AS VARCHAR) AS item "
        f"FROM range({rows}) AS t(i)",
    )


def _nothing(folder: Path, rows: int) -> None:
    """Write nothing: the paths are made in memory."""


def _markov(folder: Path, rows: int) -> tuple[float, float]:
    del folder
    import numpy as np

    from tools.numerics.attribution import Paths, removal_effects

    rng = np.random.default_rng(1)
    lengths = rng.geometric(0.35, rows).clip(max=12)
    touches = rng.integers(0, 8, int(lengths.sum()))
    converted = (rng.random(rows) < 0.05).astype(float)
    owner, share = np.repeat(np.arange(rows), lengths), np.repeat(1 / lengths, lengths)
    began, spent = time.perf_counter(), time.process_time()
    removal_effects(Paths(8, touches, owner, share, converted, converted, 1 - converted))
    return time.perf_counter() - began, time.process_time() - spent


CASES = {
    "rfm_10m": Case(10_000_000, 3, _purchases(4), lambda folder, _: _timed(folder, "rfm", {})),
    "rfm_30m": Case(30_000_000, 8, _purchases(6), lambda folder, _: _timed(folder, "rfm", {})),
    "cohort_50m": Case(50_000_000, 10, _purchases(10), lambda folder, _: _timed(folder, "retention", {})),
    "funnel_50m": Case(50_000_000, 10, _events, lambda folder, _: _timed(folder, "funnel", {})),
    "markov_1m": Case(1_000_000, 5, _nothing, _markov),
    "pairs_1m": Case(
        4_000_000, 10, _lines, lambda folder, _: _timed(folder, "basket", {"dimension": "item"})
    ),
}
