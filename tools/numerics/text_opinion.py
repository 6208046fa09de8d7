"""Good or bad, from words: a character n-gram model trained on stars, word lists with negation, and telling words.

Sources: Joachims (1998) on linear models of text; character n-grams need no word segmentation, and did best on Chinese
reviews here; Monroe, Colaresi & Quinn (2008), Fightin' Words, Political Analysis 16: 372-403 (telling words).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING, Any

from tools.numerics.threads import one_thread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_CLAUSE = re.compile(r"[。!?;,、~…!?;,\n\r]+|\.(?:\s|$)|\s[-–—]\s")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z'’]*")
_STOP = frozenset(
    "a an and are as at be been but by for from had has have i in is it its me my of on or so that the them then they "
    "this to was we were with you your 's".split()
)


@dataclass(frozen=True, slots=True)
class OpinionModel:
    """Probability that a text is bad: fitted vectoriser and regression, and from where on it is called bad."""

    vectoriser: Any
    regression: Any
    threshold: float

    def bad_probability(self, texts: Sequence[str]) -> Array:
        """Return the probability of each text to be bad, in [0, 1]."""
        import numpy as np

        if not texts:
            return np.zeros(0)
        return np.asarray(
            self.regression.predict_proba(self.vectoriser.transform(texts))[:, 1], dtype=np.float64
        )


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts on texts the model had not seen: called bad and bad, called bad but good, missed, good and called so."""

    true_bad: int
    false_bad: int
    missed: int
    true_good: int

    @property
    def precision(self) -> float:
        """Return the share of texts called bad that are."""
        called = self.true_bad + self.false_bad
        return self.true_bad / called if called else 0.0

    @property
    def recall(self) -> float:
        """Return the share of bad texts that are called so."""
        bad = self.true_bad + self.missed
        return self.true_bad / bad if bad else 0.0

    @property
    def accuracy(self) -> float:
        """Return the share of texts called right."""
        total = self.true_bad + self.false_bad + self.missed + self.true_good
        return (self.true_bad + self.true_good) / total if total else 0.0


def clauses(text: str) -> list[str]:
    """Return the parts of a text between punctuation marks, empty ones left out."""
    return [part.strip() for part in _CLAUSE.split(text) if part.strip()]


def train_opinion(texts: Sequence[str], bad: Sequence[bool], seed: int = 7) -> tuple[OpinionModel, Quality]:
    """Return a model of all texts, and the quality of one trained the same way on texts it was not judged on.

    Texts must be different from each other: the same sentence in training and test would flatter. Of the texts 60 %
    train, 20 % set the threshold (best F1 of bad), 20 % judge.

    Raises:
        ValueError: fewer than 10 texts of a kind.
    """
    import numpy as np

    labels = np.asarray(bad, dtype=bool)
    if min(int(labels.sum()), int((~labels).sum())) < 10:
        raise ValueError("at least 10 good and 10 bad texts are needed")
    order = np.random.default_rng(seed).permutation(len(texts))
    fold = np.empty(len(texts), dtype=int)
    fold[order] = np.arange(len(texts)) % 5

    def part(which: NDArray[np.bool_]) -> tuple[list[str], NDArray[np.bool_]]:
        rows = np.flatnonzero(which)
        return [texts[int(row)] for row in rows], labels[rows]

    first = _fitted(*part(fold < 3), 0.5)
    tuning, truth = part(fold == 3)
    threshold = _best_threshold(first.bad_probability(tuning), truth)
    judged, answers = part(fold == 4)
    called = first.bad_probability(judged) >= threshold
    quality = Quality(
        int((called & answers).sum()), int((called & ~answers).sum()), int((~called & answers).sum()),
        int((~called & ~answers).sum()),
    )  # fmt: skip
    return _fitted(list(texts), labels, threshold), quality


def _fitted(texts: list[str], labels: NDArray[np.bool_], threshold: float) -> OpinionModel:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectoriser = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 2), min_df=2, sublinear_tf=True, lowercase=True
    )
    regression = LogisticRegression(C=10.0, max_iter=300)
    with one_thread():
        regression.fit(vectoriser.fit_transform(texts), labels)
    return OpinionModel(vectoriser, regression, threshold)


def _best_threshold(probability: Array, truth: NDArray[np.bool_]) -> float:
    """Return the cut with the best F1 of bad; 0.5 where none was seen."""
    import numpy as np

    if not truth.any():
        return 0.5
    best, kept = 0.0, 0.5
    for cut in np.linspace(0.1, 0.9, 33):
        called = probability >= cut
        hit = int((called & truth).sum())
        f1 = 2 * hit / (int(called.sum()) + int(truth.sum()))
        if f1 > best:
            best, kept = f1, float(cut)
    return kept


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that are good or bad, and words that turn the next ones round."""

    good: frozenset[str]
    bad: frozenset[str]
    negations: frozenset[str]


def lexicon_score(text: str, lexicon: Lexicon) -> int:
    """Return good words less bad words; one right after a negation (two signs, or three English words) counts reversed.

    Chinese is read from the left by the longest word; English by words.
    """
    folded = text.lower()
    return _chinese_score(folded, lexicon) + _english_score(folded, lexicon)


def _chinese_score(text: str, lexicon: Lexicon) -> int:
    words = lexicon.good | lexicon.bad | lexicon.negations
    longest = max((len(word) for word in words if _HAN.match(word)), default=1)
    total = 0
    for run in _HAN.findall(text):
        at, negated = 0, -9
        while at < len(run):
            word = next(
                (run[at : at + size] for size in range(longest, 0, -1) if run[at : at + size] in words),
                run[at],
            )
            if word in lexicon.good or word in lexicon.bad:
                value = 1 if word in lexicon.good else -1
                total += -value if at - negated <= 2 else value
                negated = -9
            elif word in lexicon.negations:
                negated = at + len(word)
            at += len(word)
    return total


def _english_score(text: str, lexicon: Lexicon) -> int:
    total, negated = 0, -9
    for at, word in enumerate(_WORD.findall(text.replace("’", "'"))):
        if word in lexicon.negations or word.endswith("n't"):
            negated = at
        elif word in lexicon.good or word in lexicon.bad:
            value = 1 if word in lexicon.good else -1
            total += -value if at - negated <= 3 else value
    return total


def terms_of(clause: str) -> set[str]:
    """Return the terms of a clause: runs of two to four Chinese signs, English words and pairs of them."""
    folded = clause.lower()
    found: set[str] = set()
    for run in _HAN.findall(folded):
        for size in (2, 3, 4):
            found.update(run[at : at + size] for at in range(len(run) - size + 1))
    words = _WORD.findall(folded)
    found.update(word for word in words if word not in _STOP and len(word) > 2)
    found.update(f"{one} {two}" for one, two in pairwise(words) if one not in _STOP and two not in _STOP)
    return found


def telling_terms(
    here: Sequence[str], elsewhere: Sequence[str], most: int = 10, least: int = 5, z_least: float = 3.0
) -> list[tuple[str, int, float]]:
    """Return (term, clauses with it here, z-score) of terms more common here than elsewhere, the strongest first.

    Log odds ratio with an informative Dirichlet prior (the two together, weighing 100 clauses). A term inside a longer
    one that occurs nearly as often is left out.
    """
    one, two = Counter[str](), Counter[str]()
    for clause in here:
        one.update(terms_of(clause))
    for clause in elsewhere:
        two.update(terms_of(clause))
    size_one, size_two = max(1, len(here)), max(1, len(elsewhere))
    scored: list[tuple[str, int, float]] = []
    for term, count in one.items():
        if count < least:
            continue
        prior = 100.0 * (count + two[term]) / (size_one + size_two)
        a, b = count + prior, two[term] + prior
        odds = (
            log(a / (size_one + 100.0 - a)) - log(b / (size_two + 100.0 - b)) if a < size_one + 100.0 else 0.0
        )
        z = odds / sqrt(1 / a + 1 / b)
        if z >= z_least:
            scored.append((term, count, z))
    scored.sort(key=lambda item: (-item[2], -len(item[0]), item[0]))
    return _longest_only(scored, one)[:most]


def _longest_only(
    scored: list[tuple[str, int, float]], counts: Mapping[str, int]
) -> list[tuple[str, int, float]]:
    names = [term for term, _, _ in scored]
    kept: list[tuple[str, int, float]] = []
    for term, count, z in scored:
        longer = any(term != other and term in other and counts[other] >= 0.7 * count for other in names)
        part = any(
            term != other and other in term and count < 0.7 * counts[other]
            for other in [one for one, _, _ in kept]
        )
        if not longer and not part:
            kept.append((term, count, z))
    return kept
