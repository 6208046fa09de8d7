"""Names of groups in words: what sets each apart from the average customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from semantic_layer.text import Text
from tools.customer_groups.measuring import Feature

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

APART = 0.4  # standard deviations from the average customer that are worth a word
AVERAGE = Text(zh="各方面居中", en="average")


def names_of(centres: Array, features: Sequence[Feature]) -> tuple[Text, ...]:
    """Return one name per row of centres (z-scores): its two strongest traits, more where two would be alike.

    Groups that share all their traits are told apart by the feature in which they differ most.
    """
    traits = [_traits(row, features) for row in centres]
    chosen = [list(one[:2]) for one in traits]
    for depth in range(2, len(features)):
        for at, one in enumerate(chosen):
            if sum(other == one for other in chosen) > 1 and len(traits[at]) > depth:
                chosen[at] = [*one, traits[at][depth]]
    names = [_joined(one) for one in chosen]
    for at, name in enumerate(names):
        twins = [other for other in range(len(names)) if names[other] == name and other != at]
        if twins:
            names = _told_apart(names, [at, *twins], centres, features)
    return tuple(names)


def _traits(row: Array, features: Sequence[Feature]) -> list[Text]:
    """Return words for the features in which a group is apart, the strongest first."""
    order = sorted(range(len(features)), key=lambda at: -abs(float(row[at])))
    return [
        features[at].high if row[at] > 0 else features[at].low for at in order if abs(float(row[at])) >= APART
    ]


def _joined(traits: Sequence[Text]) -> Text:
    if not traits:
        return AVERAGE
    return Text(zh="、".join(one.zh for one in traits), en=", ".join(one.en for one in traits))


def _told_apart(
    names: list[Text], alike: list[int], centres: Array, features: Sequence[Feature]
) -> list[Text]:
    rows = centres[alike]
    at = int((rows.max(axis=0) - rows.min(axis=0)).argmax())
    label = features[at].label
    ranked = sorted(alike, key=lambda group: float(centres[group, at]))
    made = list(names)
    for rank, group in enumerate(ranked, start=1):
        most = rank == len(ranked)
        word = Text(
            zh=f"{label.zh}{'最多' if most else '最少' if rank == 1 else '居中' + '、' * (rank - 2)}",
            en=f"{'most' if most else 'fewest' if rank == 1 else 'middling' + ' ' * (rank - 2)} {label.en}",
        )
        made[group] = Text(zh=f"{names[group].zh}({word.zh})", en=f"{names[group].en} ({word.en})")
    return made
