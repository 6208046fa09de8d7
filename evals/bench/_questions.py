"""Many different questions about the demo: its suite with every paraphrase, and the same ones mutated."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from evals.case import load_suite

SUITE = Path(__file__).resolve().parents[1] / "suites" / "demo"
_FURTHER = "最高最低前各每和与的比上周本月同环除了大于，。？ 0123456789%abcdef top by vs last not week"


@cache
def questions() -> tuple[str, ...]:
    """Return every single question of the demo's suite, in order, each once."""
    cases = [case for case in load_suite(SUITE) if not case.conversation]
    found = (turn.question for case in cases for turn in case.wordings())
    return tuple(dict.fromkeys(found))


def mutated(count: int, seed: int = 1) -> Iterator[str]:
    """Yield questions with characters dropped, doubled, swapped, put in, or two questions run together."""
    known, draw = questions(), random.Random(seed)
    for _ in range(count):
        text = draw.choice(known)
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(text) + 1)
            match draw.randrange(5):
                case 0:
                    text = text[:at] + text[at + 1 :]
                case 1:
                    text = text[:at] + text[at : at + 4] * draw.choice((2, 2, 9)) + text[at + 4 :]
                case 2:
                    text = text[at:] + text[:at]
                case 3:
                    text = text[:at] + draw.choice(_FURTHER) + text[at:]
                case _:
                    text = text + draw.choice((" ", ", ", "和", " and ")) + draw.choice(known)
        yield text[:1_000]
