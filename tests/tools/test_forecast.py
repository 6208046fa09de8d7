"""Forecasts of whole workspaces: the airline series under odd names, made days, and the demo's own past."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import semantic_layer
from bot.charts import figure
from bot.settings import DEMO
from bot.wiring import demo_data
from semantic_layer.errors import NotEnoughDataError, QueryError
from tools.forecast import forecast
from tools.registry import ToolContext

MODEL = """
version: 1
today: data
models:
  - name: ferries
    table: ferries
    semantic_model: {enabled: true}
    agg_time_dimension: sailed_on
    columns:
      - {name: sailed_on, granularity: day, dimension: {type: time}}
      - {name: deck, dimension: {type: categorical}}
    metrics:
      - {name: souls, type: simple, agg: sum, expr: souls, unit: people, tier: strategic}
      - {name: seats, type: simple, agg: sum, expr: seats}
      - {name: mean_souls, type: simple, agg: avg, expr: souls}
metrics:
  - {name: fill, type: ratio, numerator: souls, denominator: seats}
calendars:
  - name: regatta
    label: {zh: 赛舟节, en: Regatta}
    years: {2023: {first: 2023-07-03, last: 2023-07-09}, 2024: {first: 2024-07-01, last: 2024-07-07}}
"""
PASSENGERS = """
112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140
145 150 178 163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194
196 196 236 235 229 243 264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229
242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306 271 306
315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337
360 342 406 396 420 472 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432
"""  # Box & Jenkins (1976), series G


def workspace(folder: Path, rows: list[tuple[date, int, int]]) -> ToolContext:
    (folder / "data").mkdir(parents=True)
    (folder / "askgrowth.yml").write_text(MODEL, encoding="utf-8")
    lines = ["sailed_on,deck,souls,seats", *(f"{day},low,{souls},{seats}" for day, souls, seats in rows)]
    (folder / "data" / "ferries.csv").write_text("\n".join(lines), encoding="utf-8")
    layer = semantic_layer.open(folder, state_dir=folder / "state")
    return ToolContext(layer, layer.today())


def days(count: int, start: date = date(2023, 1, 2), seed: int = 2) -> list[tuple[date, int, int]]:
    """Make days of about 500 with busy weekends and a festival that doubles its week."""
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(count):
        day = start + timedelta(at)
        mean = 500 * (1.4 if at % 7 > 4 else 1)
        festival = date(2023, 7, 3) <= day < date(2023, 7, 10)
        rows.append((day, int(rng.poisson(mean * (2 if festival else 1))), 1000))
    return rows


def test_months_are_forecast_by_month_and_the_year_ahead_is_held(tmp_path: Path) -> None:
    values = [int(one) for one in PASSENGERS.split()]
    rows = [(date(1949 + at // 12, at % 12 + 1, 1), value, 1000) for at, value in enumerate(values[:-12])]
    result = forecast.run({}, workspace(tmp_path, rows))
    (finding,) = result.findings
    assert len(result.tables[0].rows) == 12
    assert finding.low < sum(values[-12:]) < finding.high
    assert abs(finding.value / sum(values[-12:]) - 1) < 0.04
    assert result.tables[1].rows[0][0] == "sarima"
    drawn = figure(result.chart, "en-US")
    assert [len(trace["x"]) for trace in drawn["data"][:2]] == [12, 12]  # the band, over the future only


def test_a_known_future_of_days_lies_inside_and_the_period_so_far_counts(tmp_path: Path) -> None:
    context = workspace(tmp_path, days(200))
    end = date(2023, 1, 2) + timedelta(200)  # 21 July 2023
    period = {"start": "2023-07-17", "end": end.isoformat(), "requested_end": "2023-07-31"}
    (finding,) = forecast.run({"period": period}, context).findings
    # Two weeks of 5 x 500 + 2 x 700 = 3,900 each.
    assert finding.low < 7800 < finding.high
    assert finding.high - finding.low < 1000


def test_an_event_that_comes_again_is_put_back_at_its_size(tmp_path: Path) -> None:
    context = workspace(tmp_path, days(530))  # to 14 June 2024
    period = {"start": "2024-07-01", "end": "2024-07-08"}
    result = forecast.run({"period": period}, context)
    assert result.findings[0].value == pytest.approx(7800, rel=0.08)  # doubled: 2 x 3,900
    assert any("Regatta" in note.en for note in result.warnings)


def test_a_ratio_is_forecast_as_a_ratio(tmp_path: Path) -> None:
    (finding,) = forecast.run({"metric": "fill"}, workspace(tmp_path, days(200))).findings
    assert finding.low < 3900 / 7000 < finding.high < 1


def test_short_flat_or_averaged_series_are_refused(tmp_path: Path) -> None:
    short = workspace(tmp_path / "short", days(30))
    with pytest.raises(NotEnoughDataError):
        forecast.run({}, short)
    with pytest.raises(QueryError):
        forecast.run({"metric": "mean_souls"}, short)
    flat = workspace(tmp_path / "flat", [(date(2023, 1, 2) + timedelta(at), 5, 9) for at in range(100)])
    with pytest.raises(NotEnoughDataError):
        forecast.run({}, flat)


@pytest.fixture(scope="module")
def demo(state_dir: Path) -> Iterator[ToolContext]:
    layer = semantic_layer.open(DEMO, state_dir=state_dir, data_dir=demo_data(state_dir))
    yield ToolContext(layer, layer.today())
    layer.close()


def test_most_of_the_demos_own_months_lie_in_the_interval_forecast_before_them(demo: ToolContext) -> None:
    held = 0
    starts = [date(2025, month, 1) for month in (2, 7, 9)]
    for start in starts:
        end = (start + timedelta(32)).replace(day=1)
        context = ToolContext(demo.layer, start)
        period = {"start": start.isoformat(), "end": end.isoformat()}
        (finding,) = forecast.run({"metric": "visitors", "period": period}, context).findings
        true = demo.layer.query(metrics=["visitors"], period=f"{start}/{end}").table.rows[0][0]
        held += finding.low <= float(true) <= finding.high
    assert held >= 2
