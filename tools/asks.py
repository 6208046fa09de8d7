"""How people ask for an analysis in words of their own: a part of its declaration, read by the offline routing.

A frame names ideas; a question asks for the analysis when it says all of them, in any order, in either language:
`"step loss"` is met by 「在哪一步走掉」 and by "which stage leaks most". The ideas and their words are in
`bot/planners/rules/words_ideas.py`; a name that is no idea there stands for itself (`basket_size`: "basket size").

    +metric  the question names a metric          -metric  it names none
    +dimension  it names a dimension              +time    it names a period
    +length  it names a length of time (2 years)   ~        in front: only where a plain query cannot answer
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NumberKind = Literal["length", "groups", "weekly_amount"]
ComparisonName = Literal["previous_period", "previous_year"]


@dataclass(frozen=True, slots=True)
class Asks:
    """What routing reads of a tool beside its examples.

    `numbers` are inputs that a number in the question fills, and what kind of number: a length in days, how many
    groups, an amount of money per week. `words` are inputs that an idea fills: (input, idea, value). `against` is
    the comparison that the analysis makes when none is asked: said or not, it is one plan.
    """

    frames: tuple[str, ...] = ()
    numbers: tuple[tuple[str, NumberKind], ...] = ()
    words: tuple[tuple[str, str, str], ...] = ()
    against: ComparisonName | None = None
