"""A made shop with three outlets that were changed at known times by known amounts, beside five that were not."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from bot.ledger.keeping import Ledger
from bot.pipeline import Pipeline
from bot.settings import Settings, read_settings

MODEL = """
version: 1
name: {zh: 小店, en: shop}
timezone: UTC
week_start: monday
today: clock
models:
  - name: sales
    table: sales
    semantic_model: {enabled: true}
    agg_time_dimension: day
    columns:
      - {name: day, granularity: day, dimension: {type: time}}
      - name: outlet
        label: {zh: 门店, en: outlet}
        dimension: {type: categorical}
        values: {a: Alpha, b: Beta, c: Gamma, d: Delta, e: Epsilon, f: Zeta, g: Eta, h: Theta}
    metrics:
      - {name: takings, label: {zh: 营业额, en: takings}, type: simple, agg: sum, expr: takings, unit: EUR,
         good_direction: up, tier: strategic}
"""
START, WEEKS = date(2024, 1, 1), 78
# outlet -> first week and share by which four weeks were higher; 700 a week each before.
PLANTED = {"a": (52, 0.30), "b": (56, 0.0), "c": (60, -0.30)}


def day_of(week: int) -> date:
    """The Monday of a week of the made data."""
    return START + timedelta(weeks=week)


@pytest.fixture(scope="session")
def monday_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the workspace."""
    folder = tmp_path_factory.mktemp("ledger") / "shop"
    (folder / "data").mkdir(parents=True)
    (folder / "askgrowth.yml").write_text(MODEL, encoding="utf-8")
    rng = np.random.default_rng(11)
    season = rng.normal(0, 0.05, WEEKS * 7)
    rows = []
    for outlet in "abcdefgh":
        first, lift = PLANTED.get(outlet, (0, 0.0))
        for at in range(WEEKS * 7):
            on = first <= at // 7 < first + 4
            value = 100 * np.exp(season[at] + rng.normal(0, 0.03)) * (1 + lift * on)
            rows.append((START + timedelta(days=at), outlet, round(float(value), 2)))
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t(day DATE, outlet VARCHAR, takings DOUBLE)")
    connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
    connection.execute(f"COPY t TO '{folder}/data/sales.parquet' (FORMAT parquet)")
    connection.close()
    return folder


@pytest.fixture
def monday_settings(monday_shop: Path, tmp_path: Path) -> Settings:
    """Settings with a state folder of the test's own."""
    return read_settings(str(monday_shop), environ={"ASKGROWTH_STATE_DIR": str(tmp_path / "state")})


@pytest.fixture
def monday_pipeline(monday_settings: Settings) -> Iterator[Pipeline]:
    """A pipeline over the shop, with its ledger."""
    import semantic_layer

    layer = semantic_layer.open(monday_settings.workspace, state_dir=monday_settings.state_dir)
    yield Pipeline(layer, monday_settings, ledger=Ledger(layer, monday_settings))
    layer.close()
