"""Which comments and clauses are bad: by a model trained on the workspace's own stars, else by our word list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.numerics.text_opinion import OpinionModel, Quality, clauses, lexicon_score, train_opinion
from tools.opinions.aspects import Aspect, mentioned
from tools.opinions.lexicon import LEXICON
from tools.opinions.reading import Comment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_RATED = 200  # different texts with stars, to train on
LEAST_BAD = 30


@dataclass(frozen=True, slots=True)
class Judge:
    """How opinions are told: a model with its quality, or (None) the word list. `low` and `high` bound bad and "
    "good stars.
    """

    model: OpinionModel | None
    quality: Quality | None
    trained_on: int
    low: float
    high: float

    def bad_comments(self, comments: Sequence[Comment]) -> list[bool]:
        """Return whether each comment is bad: by its stars where it has them, else by its words."""
        by_words = iter(self.bad_texts([one.text for one in comments if one.stars is None]))
        return [one.stars <= self.low if one.stars is not None else next(by_words) for one in comments]

    def bad_texts(self, texts: Sequence[str]) -> list[bool]:
        """Return whether each text is bad, from its words alone."""
        if self.model is not None:
            return [bool(one >= self.model.threshold) for one in self.model.bad_probability(texts)]
        return [lexicon_score(text, LEXICON) < 0 for text in texts]

    def strength(self, texts: Sequence[str]) -> list[float]:
        """Return how clearly bad each text is; higher is worse."""
        if self.model is not None:
            return [float(one) for one in self.model.bad_probability(texts)]
        return [float(-lexicon_score(text, LEXICON)) for text in texts]


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a comment: its words, the aspects it is about, whether it is bad, and how clearly."""

    text: str
    aspects: tuple[int, ...]
    bad: bool
    strength: float
    comment: int


def judge_of(comments: Sequence[Comment]) -> Judge:
    """Return a model trained on different texts with stars, or the word list where there are too few.

    Bad is the lowest two fifths of the scale (1 and 2 of 5), good the highest two; the middle trains nothing.
    """
    rated = [one.stars for one in comments if one.stars is not None]
    if not rated:
        return Judge(None, None, 0, 0.0, 0.0)
    top, bottom = max(rated), min(0.0, *rated) if min(rated) < 1 else 1.0
    width = top - bottom
    low, high = bottom + 0.3 * width, bottom + 0.7 * width
    stars_by_text: dict[str, list[float]] = {}
    for one in comments:
        if one.stars is not None:
            stars_by_text.setdefault(one.text.casefold(), []).append(one.stars)
    texts, bad = [], []
    for text, stars in stars_by_text.items():
        mean = sum(stars) / len(stars)
        if mean <= low or mean >= high:
            texts.append(text)
            bad.append(mean <= low)
    if len(texts) < LEAST_RATED or min(sum(bad), len(bad) - sum(bad)) < LEAST_BAD:
        return Judge(None, None, len(texts), low, high)
    model, quality = train_opinion(texts, bad)
    return Judge(model, quality, len(texts), low, high)


def judged_clauses(comments: Sequence[Comment], judge: Judge, aspects: Sequence[Aspect]) -> list[Clause]:
    """Return the clauses of the comments, each judged by its own words; equal clauses are judged once."""
    parts = [(at, part) for at, one in enumerate(comments) for part in clauses(one.text)]
    different = list(dict.fromkeys(part for _, part in parts))
    bad = dict(zip(different, judge.bad_texts(different), strict=True))
    strength = dict(zip(different, judge.strength(different), strict=True))
    about = {part: tuple(mentioned(part, aspects)) for part in different}
    return [Clause(part, about[part], bad[part], strength[part], at) for at, part in parts]
