"""Word accounting: every word of a question that carries meaning is used by a slot or named as not understood."""

from __future__ import annotations

from collections.abc import Container, Iterable

from bot.language.normalise import Normalised
from bot.language.terms.tokens import Token, tokenise

_OPENERS = "([{<\"'《"


def unaccounted(
    question: Normalised, used: Iterable[tuple[int, int]], fillers: Container[str]
) -> tuple[str, ...]:
    """Return the user's own words that no span in `used` covers, neighbours joined, in order.

    `used` are spans of the folded text that some slot was read from; `fillers` are keys of words that carry
    no meaning (politeness, articles). Signs never count. Both planners are judged by this.
    """
    covered = [False] * len(question.text)
    for start, end in used:
        covered[start:end] = [True] * (min(end, len(covered)) - start)
    runs: list[list[Token]] = []
    touching = False
    for token in tokenise(question.text):
        if token.kind == "sign":
            continue
        if all(covered[token.start : token.end]) or token.key in fillers:
            touching = False
            continue
        if touching:
            runs[-1].append(token)
        else:
            runs.append([token])
        touching = True
    return tuple(question.words(run[0].start, run[-1].end) for run in runs)
