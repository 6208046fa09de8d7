"""The generator gives the same bytes on every machine, quickly and small."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pytest

from demo.world import clock, media_plan, stories, tables, writer

ROOT = Path(__file__).resolve().parents[2]
TABLES = {
    "action_log", "ad_daily", "campaigns", "coupons", "creatives", "creator_deals", "customers", "event_calendar",
    "experiment_assignments", "experiments", "live_sessions", "order_lines", "orders", "products", "refunds",
    "reviews", "session_events", "sessions", "store_daily", "stores", "targets", "touchpoints",
}  # fmt: skip
# switches off the vector instructions that another machine may lack, and shakes hashing and threads
OTHER_MACHINE = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3 AVX512_ICL AVX512_SPR",
    "PYTHONHASHSEED": "7",
    "PYTHONWARNINGS": "ignore",
    "OMP_NUM_THREADS": "1",
    "TZ": "America/New_York",
}


def _digests(folder: Path) -> dict[str, str]:
    return {
        file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.parquet"))
    }


@pytest.fixture(scope="module")
def second_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A folder made by the command on a machine as different as we can make it, and the seconds it took."""
    target = tmp_path_factory.mktemp("again")
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "demo.generate", str(target)],
        cwd=ROOT,
        env=os.environ | OTHER_MACHINE,
        check=True,
    )
    return target, time.perf_counter() - started


def test_the_same_seed_gives_the_same_bytes_elsewhere(
    demo_folder: Path, second_run: tuple[Path, float]
) -> None:
    assert _digests(second_run[0]) == _digests(demo_folder)


def test_generation_takes_less_than_thirty_seconds(second_run: tuple[Path, float]) -> None:
    assert second_run[1] < 30


def test_all_files_together_are_below_twenty_megabytes(demo_folder: Path) -> None:
    assert sum(file.stat().st_size for file in demo_folder.glob("*.parquet")) < 20_000_000


def test_every_table_has_its_file(demo_folder: Path) -> None:
    assert {file.stem for file in demo_folder.iterdir()} == TABLES


def test_another_seed_gives_another_world() -> None:
    assert not np.array_equal(media_plan.plan(1).spend, media_plan.plan(2).spend)


def test_the_world_spans_thirty_months_and_ends_in_the_middle_of_a_week() -> None:
    months = (clock.LAST_DAY.year - clock.FIRST_DAY.year) * 12 + clock.LAST_DAY.month - clock.FIRST_DAY.month
    assert months == 30
    assert clock.LAST_DAY.isoweekday() == 3


@pytest.mark.parametrize(("event", "least"), [("e618", 2), ("double_11", 2), ("spring_festival", 2)])
def test_the_great_events_occur_at_least_twice(event: str, least: int) -> None:
    assert sum(one.key == event for one in clock.EVENTS) >= least


def test_a_generated_file_says_nothing_of_when_and_where_it_was_made(demo_folder: Path) -> None:
    with duckdb.connect() as opened:
        (made_by,) = opened.execute(
            f"SELECT DISTINCT created_by FROM parquet_file_metadata('{demo_folder}/*.parquet')"
        ).fetchall()
        keys = opened.execute(f"SELECT * FROM parquet_kv_metadata('{demo_folder}/*.parquet')").fetchall()
    assert str(made_by[0]).startswith("DuckDB")
    assert keys == []


def test_the_generator_does_without_pandas() -> None:
    code = "import sys, demo.generate; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_missing_values_are_written_as_null(tmp_path: Path) -> None:
    made = tables.Table(
        "sample",
        (
            tables.ids("id", [1, tables.MISSING]),
            tables.words("word", [0, tables.MISSING], ["it's"]),
            tables.days("day", [0, tables.MISSING]),
            tables.moments("moment", [1, tables.MISSING]),
            tables.money("amount", [1999, 5]),
            tables.shares("share", [0.25, np.nan]),
        ),
    )
    writer.write_tables(tmp_path / "new", [made])
    with duckdb.connect() as opened:
        rows = opened.execute(
            f"SELECT id, word, day::TEXT, moment::TEXT, amount::TEXT, share FROM '{tmp_path}/new/sample.parquet'"
        ).fetchall()
    assert rows == [
        (1, "it's", "2023-05-20", "2023-05-20 00:00:01", "19.99", 0.25),
        (None, None, None, None, "0.05", None),
    ]


def test_the_broken_version_is_the_last_one_released() -> None:
    from demo.world import devices

    assert devices.VERSIONS[-1] == stories.BROKEN_VERSION
    assert list(devices.RELEASED) == sorted(devices.RELEASED)
