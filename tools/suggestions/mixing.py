"""Is a difference between two members only a matter of who is in them? Looked at by every other dimension."""

from __future__ import annotations

from dataclasses import dataclass

from semantic_layer.catalog import Dimension, RatioMetric
from semantic_layer.errors import AskGrowthError
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Table
from semantic_layer.text import Text
from tools.numerics.strata import mantel_haenszel
from tools.registry import ToolContext
from tools.render import as_float, percent

MOST_DIMENSIONS = 4
MOST_STRATA = 60
COVERED = 0.5  # share of both members' trials that lies in strata which hold both


@dataclass(frozen=True, slots=True)
class Mix:
    """The difference (first minus second) by stratified dimension; `flips` where like for like says the opposite."""

    crude: float
    adjusted: tuple[tuple[Text, float, float], ...]  # dimension, difference, standard error

    @property
    def flips(self) -> bool:
        """Return whether a stratification turns the sign, or leaves nothing of the difference."""
        return any(one * self.crude <= 0 or abs(one) < 1.28 * error for _, one, error in self.adjusted)

    @property
    def share_left(self) -> float:
        """Return the smallest adjusted difference over the crude one, at most 1."""
        return min([1.0, *(one / self.crude for _, one, _ in self.adjusted)])

    @property
    def note(self) -> Text:
        """Return what was looked at and what it left."""
        if not self.adjusted:
            return Text(zh="没有可用来拆开看的维度", en="no dimension to look at it by")
        zh = "、".join(f"{name.zh} {percent(one, sign=True)}" for name, one, _ in self.adjusted)
        en = ", ".join(f"{name.en} {percent(one, sign=True)}" for name, one, _ in self.adjusted)
        return Text(
            zh=f"差 {percent(self.crude, sign=True)};分层后(Mantel-Haenszel):{zh}",
            en=f"difference {percent(self.crude, sign=True)}; like for like (Mantel-Haenszel): {en}",
        )


def mix_of(
    kind: RatioMetric,
    dimension: Dimension,
    members: tuple[str, str],
    period: PeriodRange,
    context: ToolContext,
) -> Mix:
    """Return the difference of two members' rates, crude and by each further dimension both can be split by."""
    names = (kind.numerator.metric, kind.denominator.metric)
    catalog, crude = context.layer.catalog, 0.0
    adjusted: list[tuple[Text, float, float]] = []
    for other in catalog.dimensions.values():
        if len(adjusted) == MOST_DIMENSIONS:
            break
        if other.name == dimension.name or other.hidden or not 2 <= len(other.values) <= MOST_STRATA:
            continue
        if other.kind != "categorical":
            continue
        query = MetricQuery(
            metrics=names,
            group_by=(GroupBy(dimension=dimension.name), GroupBy(dimension=other.name)),
            period=period,
        )
        try:
            table = context.query(query).table
        except AskGrowthError:
            continue  # the two metrics do not meet on it
        strata = _strata(table, dimension.name, other.name, names, members)
        crude = crude or _crude(strata)
        both = [one for one in strata.values() if one[1] > 0 and one[3] > 0]
        sides = [
            sum(one[at] for one in both) / max(sum(s[at] for s in strata.values()), 1e-12) for at in (1, 3)
        ]
        if len(both) < 2 or min(sides) < COVERED:
            continue
        difference, error = mantel_haenszel([(a, m, b, n) for a, m, b, n in both])
        adjusted.append((other.label, difference, error))
    return Mix(crude, tuple(adjusted))


def _strata(
    table: Table, dimension: str, other: str, names: tuple[str, str], members: tuple[str, str]
) -> dict[str, list[float]]:
    at, by = table.index(dimension), table.index(other)
    found: dict[str, list[float]] = {}
    for row in table.rows:
        if row[at] is None or str(row[at]) not in members:
            continue
        side = 0 if str(row[at]) == members[0] else 2
        cell = found.setdefault(str(row[by]), [0.0, 0.0, 0.0, 0.0])
        cell[side] += as_float(row[table.index(names[0])]) or 0.0
        cell[side + 1] += as_float(row[table.index(names[1])]) or 0.0
    return found


def _crude(strata: dict[str, list[float]]) -> float:
    a, m, b, n = (sum(one[at] for one in strata.values()) for at in range(4))
    return a / m - b / n if m and n else 0.0
