"""Before/after numerics against the published estimates of Proposition 99, and series made by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tools.numerics.before_after import (
    before_after,
    difference_in_differences,
    naive_change,
    structural,
    synthetic_did,
)

# Cigarette sales in packs per head, 39 states, 1970-2000 (Abadie, Diamond & Hainmueller 2010).
PACKS = Path(__file__).parent / "published" / "prop99.csv"
START, END = 19, 31  # 1989, the first year of the tax, to 2000


def packs() -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    with PACKS.open(encoding="utf-8") as lines:
        rows = {row[0]: np.array([float(cell) for cell in row[1:]]) for row in list(csv.reader(lines))[1:]}
    california = rows.pop("California")
    return california, np.column_stack(list(rows.values())), list(rows)


def test_california_is_as_published() -> None:
    # Arkhangelsky et al. (2021), table 1: DiD -27.3, synthetic DiD -15.6.
    series, controls, _ = packs()
    assert naive_change(series, START, END) == pytest.approx(-55.9, abs=0.05)
    assert difference_in_differences(series, controls, START, END) == pytest.approx(-27.3, abs=0.05)
    assert synthetic_did(series, controls, START, END)[0].effect == pytest.approx(-15.6, abs=0.05)


def test_its_largest_weights_are_as_published() -> None:
    # Same paper's package, synthdid_controls: Nevada 0.124, New Hampshire 0.105, Connecticut 0.078, Delaware 0.070.
    series, controls, names = packs()
    _, weights = synthetic_did(series, controls, START, END)
    found = sorted(zip(weights, names, strict=True), reverse=True)[:4]
    assert [name for _, name in found] == ["Nevada", "New Hampshire", "Connecticut", "Delaware"]
    assert [weight for weight, _ in found] == pytest.approx([0.124, 0.105, 0.078, 0.070], abs=0.001)


def test_short_panels_take_the_controls_as_placebos() -> None:
    series, controls, _ = packs()
    found = before_after(series, controls, START, END)
    assert (found.method, found.placebo_kind, len(found.placebos)) == ("synthetic_did", "units", 38)
    assert found.p_value == pytest.approx(2 / 39)  # one other state moves more
    assert found.low < -15.6 < found.high < 0


def noise(seed: int, periods: int, units: int = 1) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(100, 5, (periods, units))


def test_a_planted_step_is_inside_the_interval_with_controls() -> None:
    panel = noise(4, 80, 12) + 20 * np.sin(np.arange(80) / 6)[:, None]
    panel[70:, 0] += 12
    found = before_after(panel[:, 0], panel[:, 1:], 70, 80)
    assert found.placebo_kind == "dates"
    assert len(found.placebos) >= 20
    assert found.low < 12 < found.high
    assert found.p_value < 0.05


def test_a_planted_rise_is_inside_the_interval_without_controls() -> None:
    week = np.tile([1.0, 1.1, 1.0, 0.9, 1.3, 1.6, 1.4], 20)
    series = 100 * week * np.exp(np.random.default_rng(2).normal(0, 0.05, 140))
    series[126:] *= 1.25
    found = before_after(series, None, 126, 140, season=7)
    expected = 100 * float(week[126:].mean()) * 0.25
    assert found.method == "structural"
    assert found.low < expected < found.high
    assert found.p_value < 0.05


def test_nothing_happened_is_mostly_not_found() -> None:
    found = 0
    for seed in range(40):
        panel = noise(100 + seed, 60, 8)
        found += before_after(panel[:, 0], panel[:, 1:], 54, 60).p_value <= 0.1
    assert found <= 8


def test_a_season_is_carried_forward() -> None:
    series = np.tile([10.0, 20.0, 30.0], 30)
    assert structural(series, 84, 90, 3).expected == pytest.approx([10, 20, 30, 10, 20, 30], rel=0.01)


def test_too_little_history_is_an_error() -> None:
    with pytest.raises(ValueError, match="eight periods"):
        before_after(noise(1, 20)[:, 0], None, 5, 10)
    with pytest.raises(ValueError, match="20 placebo dates"):
        before_after(noise(1, 20)[:, 0], None, 12, 16)
    with pytest.raises(ValueError, match="nor 10 controls"):
        before_after(noise(1, 20)[:, 0], noise(2, 20, 4), 12, 16)
