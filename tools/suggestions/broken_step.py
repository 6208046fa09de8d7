"""A step of a funnel that one device, version or source has begun to lose: mend it, roll it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import combinations
from math import sqrt

from semantic_layer.catalog import AnalysisBinding
from semantic_layer.errors import AskGrowthError
from semantic_layer.period import Period
from semantic_layer.rows import Analysis
from semantic_layer.table import Cell
from tools.bindings import data_period, model_of, name_of, names_of, window_of
from tools.funnels.counting import FunnelStep, Question, counting, steps_of
from tools.numerics.strata import mantel_haenszel, normal_p_value, overdispersion
from tools.registry import ToolContext
from tools.result import Suggestion
from tools.suggestions import Lead, Scan

WEEKS, RECENT = 8, 3
HORIZON_WEEKS = 4
ENOUGH, LEAST = 100, 30  # events of the rarer outcome: to be sure, to be mentioned
MIN_REACH = 0.01
REALISABLE = (5.0, 5.0)
DRAWS = 4_000
MOST_DIMENSIONS = 4
Pair = tuple[float, float]  # who took the step, who stood before it
Fixed = tuple[tuple[int, Cell], ...]  # (number of a dimension, its value), by number


@dataclass(frozen=True, slots=True)
class Cube:
    """People by step, week and values of the funnel's dimensions; weeks are counted from 0, the last ones recent."""

    steps: tuple[FunnelStep, ...]
    dimensions: tuple[str, ...]
    cells: Mapping[tuple[int, tuple[Cell, ...]], Sequence[float]]  # (week, values) -> people by step
    sums: Mapping[tuple[int, Fixed], Sequence[float]]  # (week, up to two fixed values) -> people by step

    def pair(self, step: int, weeks: range, **where: Cell) -> Pair:
        """Return (people at the step, people at the one before) over weeks and at most two values `d0`, `d1` …"""
        fixed = tuple(sorted((int(name[1:]), value) for name, value in where.items()))
        found = [people for week in weeks if (people := self.sums.get((week, fixed))) is not None]
        return sum(people[step] for people in found), sum(people[step - 1] for people in found)

    def values(self, at: int) -> list[Cell]:
        """Return the values of a dimension."""
        return sorted({values[at] for _, values in self.cells}, key=str)


@dataclass(frozen=True, slots=True)
class Loss:
    """A member whose rate at a step fell by more than the others': rates before and after, and the difference."""

    step: int
    at: int
    value: Cell
    before: Pair
    after: Pair
    others_before: Pair
    others_after: Pair
    scatter: float

    @property
    def drop(self) -> float:
        """Return the fall of the rate beyond that of the others; positive is a loss."""
        return (_rate(self.before) - _rate(self.after)) - (
            _rate(self.others_before) - _rate(self.others_after)
        )

    @property
    def error(self) -> float:
        """Return the standard error of the drop."""
        parts = (self.before, self.after, self.others_before, self.others_after)
        return sqrt(self.scatter * sum(_rate(one) * (1 - _rate(one)) / one[1] for one in parts))

    @property
    def rarer(self) -> float:
        """Return the events of the rarer outcome in the smaller of the member's two groups."""
        return min(min(one[0], one[1] - one[0]) for one in (self.before, self.after))


def scan(context: ToolContext) -> Scan:
    """Return a lead per step and member that lost people against the others in the last three weeks."""
    found = Scan()
    for binding in context.layer.catalog.analyses:
        if binding.kind == "funnel":
            try:
                found.add(_scan_one(binding, context))
            except AskGrowthError:
                continue  # no data, or a dimension the user may not see: no advice from this funnel
    return found


def _scan_one(binding: AnalysisBinding, context: ToolContext) -> Scan:
    found = Scan()
    dimensions = names_of(binding, "dimensions")[:MOST_DIMENSIONS]
    orders = next(
        (name_of(one, "orders") for one in context.layer.catalog.analyses if one.kind == "customer"), None
    )
    if not dimensions or orders is None:
        return found
    data = data_period(context, model_of(binding))
    window = window_of(binding)
    days = window.count if window is not None and window.grain.value == "day" else 1
    end = min(data.end, context.today) - timedelta(days=days)  # whoever enters later has not had the time
    start = end - timedelta(weeks=WEEKS)
    if start < data.start:
        return found
    cube = _read(binding, dimensions, Period.of(start, end), context)
    recent, before = range(WEEKS - RECENT, WEEKS), range(WEEKS - RECENT)
    for step in range(1, len(cube.steps)):
        of_step = Scan()
        for at in range(len(dimensions)):
            of_step.add(_step_leads(cube, step, at, recent, before, binding, orders, context))
        # The same lost people show under every dimension: the clearest cut names them best.
        clearest = min(of_step.leads, key=lambda one: one.p_value or 0.0, default=None)
        found.p_values += of_step.p_values
        found.leads += [clearest] if clearest is not None else []
    return found


def _step_leads(
    cube: Cube, step: int, at: int, recent: range, before: range, binding: AnalysisBinding, orders: str,
    context: ToolContext,
) -> Scan:  # fmt: skip
    found = Scan()
    values = cube.values(at)
    weekly = [
        [cube.pair(step, range(w, w + 1), **{f"d{at}": value}) for w in range(WEEKS)] for value in values
    ]
    calm = [[row[week] for week in before] for row in weekly if sum(n for _, n in row) > 0]
    scatter = overdispersion(calm)  # the weeks before: a break must not hide behind its own scatter
    whole_after, whole_before = cube.pair(step, recent), cube.pair(step, before)
    final = (
        sum(people[-1] for (week, _), people in cube.cells.items() if week in recent) / RECENT * HORIZON_WEEKS
    )
    for value in values:
        after, earlier = (
            cube.pair(step, recent, **{f"d{at}": value}),
            cube.pair(step, before, **{f"d{at}": value}),
        )
        others = _minus(whole_before, earlier), _minus(whole_after, after)
        loss = Loss(step, at, value, earlier, after, *others, scatter)
        if min(one[1] for one in (earlier, after, *others)) < ENOUGH or loss.rarer < LEAST or value is None:
            continue
        p_value = normal_p_value(loss.drop / loss.error) if loss.error > 0 else 1.0
        found.p_values.append(p_value)
        if loss.drop <= 0 or _weeks_low(loss, cube) < RECENT:
            continue
        low, _, mean = _gain(loss, cube, recent)
        if low <= 0 or mean < MIN_REACH * final:
            continue
        examine = partial(_examined, loss, cube, orders, context)
        found.leads.append(
            Lead(
                ("mend", binding.name, cube.steps[step].name),
                mean,
                orders,
                examine,
                p_value,
                touches=(cube.dimensions[loss.at], (str(value),)),
            )
        )
    return found


def _read(
    binding: AnalysisBinding, dimensions: tuple[str, ...], period: Period, context: ToolContext
) -> Cube:
    steps = steps_of(binding)
    base = counting(Question(binding, period, window_of(binding), "ordered", dimensions))
    groups = ", ".join(f"CAST(g{at} AS VARCHAR) AS g{at}" for at in range(len(dimensions)))
    week = "CAST(FLOOR((EPOCH(started) - EPOCH(CAST(:first AS TIMESTAMP))) / 604800) AS INTEGER)"
    keys = ", ".join(str(at) for at in range(1, len(dimensions) + 3))
    parts = [
        f"SELECT {number} AS step, {week} AS week, {groups}, COUNT(DISTINCT who) AS people FROM level_{number} "
        f"GROUP BY {keys}"
        for number in range(1, len(steps) + 1)
    ]
    kept = tuple(one for one in base.steps if one.name.startswith("level_"))
    query = Analysis(base.rows, " UNION ALL ".join(parts), kept, {"first": period.start})
    cells: dict[tuple[int, tuple[Cell, ...]], list[float]] = {}
    for row in context.analyse(query).rows:
        step, at, *values, people = row
        cell = cells.setdefault((int(str(at)), tuple(values)), [0.0] * len(steps))
        cell[int(str(step)) - 1] += float(str(people))
    return Cube(steps, dimensions, cells, _summed(cells, len(steps)))


def _summed(
    cells: Mapping[tuple[int, tuple[Cell, ...]], Sequence[float]], steps: int
) -> dict[tuple[int, Fixed], list[float]]:
    """Return the people by week and every choice of none, one or two fixed values."""
    found: dict[tuple[int, Fixed], list[float]] = {}
    for (week, values), people in cells.items():
        named = tuple(enumerate(values))
        for size in range(3):
            for fixed in combinations(named, size):
                total = found.setdefault((week, fixed), [0.0] * steps)
                for at, count in enumerate(people):
                    total[at] += count
    return found


def _rate(pair: Pair) -> float:
    return pair[0] / pair[1] if pair[1] else 0.0


def _minus(whole: Pair, part: Pair) -> Pair:
    return whole[0] - part[0], whole[1] - part[1]


def _weeks_low(loss: Loss, cube: Cube) -> int:
    """Return in how many of the recent weeks the rate lay below that of the time before."""
    weeks = range(WEEKS - RECENT, WEEKS)
    each = [cube.pair(loss.step, range(week, week + 1), **{f"d{loss.at}": loss.value}) for week in weeks]
    return sum(pair[1] > 0 and _rate(pair) < _rate(loss.before) for pair in each)


def _downstream(loss: Loss, cube: Cube, recent: range) -> float:
    """Return the share of those who take the step and then reach the end, among the member's own."""
    reached = taken = 0.0
    for (week, values), people in cube.cells.items():
        if week in recent and values[loss.at] == loss.value:
            reached, taken = reached + people[-1], taken + people[loss.step]
    return reached / taken if taken else 0.0


def _gain(loss: Loss, cube: Cube, recent: range) -> tuple[float, float, float]:
    """Return the 80 % bounds and the mean of N·λ·drop·d over the horizon."""
    import numpy as np

    rng = np.random.default_rng(7)
    entering = loss.after[1] / RECENT * HORIZON_WEEKS
    share = rng.beta(*REALISABLE, DRAWS)
    draws = entering * share * rng.normal(loss.drop, loss.error, DRAWS) * _downstream(loss, cube, recent)
    low, high = (float(bound) for bound in np.quantile(draws, (0.1, 0.9)))
    return low, high, float(draws.mean())


def _strata(loss: Loss, cube: Cube) -> list[tuple[int, float]]:
    """Return, per further dimension that both times share, the member's own change like for like."""
    recent, before = range(WEEKS - RECENT, WEEKS), range(WEEKS - RECENT)
    found = []
    for other in range(len(cube.dimensions)):
        if other == loss.at:
            continue
        pairs = [
            (
                cube.pair(loss.step, recent, **{f"d{loss.at}": loss.value, f"d{other}": value}),
                cube.pair(loss.step, before, **{f"d{loss.at}": loss.value, f"d{other}": value}),
            )
            for value in cube.values(other)
        ]
        both = [(a[0], a[1], b[0], b[1]) for a, b in pairs if a[1] > 0 and b[1] > 0]
        covered = sum(one[1] for one in both) / loss.after[1], sum(one[3] for one in both) / loss.before[1]
        if len(both) >= 2 and min(covered) >= 0.8:
            found.append((other, mantel_haenszel(both)[0]))
    return found


def _where(loss: Loss, cube: Cube) -> tuple[int, Cell] | None:
    """Return the value of another dimension in which (nearly) all of the loss lies: a version, say."""
    recent = range(WEEKS - RECENT, WEEKS)
    best: tuple[float, int, Cell] | None = None
    for other in range(len(cube.dimensions)):
        if other == loss.at:
            continue
        missing = {}
        for value in cube.values(other):
            done, stood = cube.pair(loss.step, recent, **{f"d{loss.at}": loss.value, f"d{other}": value})
            if stood > 0:
                missing[value] = stood * _rate(loss.before) - done
        total = sum(one for one in missing.values() if one > 0)
        if len(missing) < 2 or total <= 0:
            continue
        value = max(missing, key=lambda one: missing[one])
        stood = cube.pair(loss.step, recent, **{f"d{loss.at}": loss.value, f"d{other}": value})[1]
        concentration = missing[value] / total - stood / loss.after[1]
        if value is not None and missing[value] / total >= 0.8 and (best is None or concentration > best[0]):
            best = concentration, other, value
    return (best[1], best[2]) if best is not None and best[0] > 0.1 else None


def _examined(
    loss: Loss,
    cube: Cube,
    orders: str,
    context: ToolContext,
    scanned: int,
    q: float,
) -> Suggestion | None:
    from tools.suggestions.broken_step_words import words

    strata = _strata(loss, cube)
    if any(change >= 0 for _, change in strata):
        return None  # like for like nothing fell: other people came
    low, high, _ = _gain(loss, cube, range(WEEKS - RECENT, WEEKS))
    return words(loss, cube, orders, (low, high), strata, _where(loss, cube), (scanned, q), context)
