"""How often the growth suggestions invent a story where there is none: `python -m evals.bench shuffles`.

Each round deals the labels and the people of a small shop out anew, so that nothing tells anything apart, and runs
the whole scan. At most one round in ten may end with a suggestion. Before that, the same shop with its stories: all
must be found.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from evals.bench._growth_world import context
from semantic_layer.errors import NotEnoughDataError
from tools.growth import growth
from tools.result import Suggestion

ROUNDS = 200
MOST_FALSE = 0.10
STORIES = ("Old", "Saddle", "quiet", "Ads")


def suggested(folder: Path, seed: int, *, planted: bool) -> tuple[Suggestion, ...]:
    """Return the suggestions of one draw of the shop; none where nothing is supported."""
    asked = context(folder, seed, planted=planted)
    try:
        return growth.run({}, asked).suggestions
    except NotEnoughDataError:
        return ()
    finally:
        asked.layer.close()


def run(argv: list[str]) -> int:
    """Print every false discovery and their share; 0 within the budget and with every story found, else 1."""
    parser = argparse.ArgumentParser(prog="bench shuffles", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args(argv).rounds
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-shuffles-") as name:
        told = [one.problem.en for one in suggested(Path(name), 1, planted=True)]
        missed = [story for story in STORIES if not any(story in one for one in told)]
        print(f"stories found: {len(STORIES) - len(missed)} of {len(STORIES)}", *missed)
        false = 0
        for seed in range(1_000, 1_000 + rounds):
            found = suggested(Path(name), seed, planted=False)
            false += bool(found)
            for one in found:
                print(f"  shuffle {seed}: {one.problem.en}")
    share = false / rounds
    print(
        f"{false} of {rounds} shuffles with a suggestion ({share:.1%}, budget {MOST_FALSE:.0%}), "
        f"{time.perf_counter() - began:.0f} s"
    )
    return int(share > MOST_FALSE or bool(missed))
