"""How often the growth suggestions invent a story where there is none: `python -m evals.bench shuffles`.

Each round deals the labels and the people of a small shop out anew, so that nothing tells anything apart, and runs
the whole scan. At most one round in ten may end with a suggestion. Before that, the same shop with its stories: all
must be found. `--demo` deals out the labels of a part of the demo instead: every source of suggestions takes part.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty

from bot.settings import DEMO, read_settings
from bot.wiring import demo_data
from evals.bench._dealt import Dealer, smaller
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
    parser.add_argument(
        "--demo", action="store_true", help="shuffled copies of the demo instead of the small shop"
    )
    parser.add_argument("--first", type=int, default=1_000, help="the first seed")
    parser.add_argument("--processes", type=int, default=2, help="of the demo's rounds, side by side")
    asked = parser.parse_args(argv)
    if asked.demo:
        return _of_demo(asked.first, asked.rounds, asked.processes)
    rounds = asked.rounds
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-shuffles-") as name:
        told = [one.problem.en for one in suggested(Path(name), 1, planted=True)]
        missed = [story for story in STORIES if not any(story in one for one in told)]
        print(f"stories found: {len(STORIES) - len(missed)} of {len(STORIES)}", *missed)
        false = 0
        for seed in range(asked.first, asked.first + rounds):
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


def _of_demo(first: int, rounds: int, processes: int) -> int:
    """Print the false discoveries on shuffled copies of the demo; 0 within the budget, else 1."""
    data, false, done, began = demo_data(read_settings().state_dir), 0, 0, time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bench-dealt-") as name:
        small = Path(name) / "small.duckdb"
        smaller(data, small)
        seeds = [range(first + at, first + rounds, processes) for at in range(processes)]
        context = get_context("spawn")  # a process that has opened DuckDB must not be forked
        told: Queue[tuple[int, list[str]]] = context.Queue()
        workers = [context.Process(target=_deal_rounds, args=(small, part, told)) for part in seeds]
        for one in workers:
            one.start()
        while done < rounds and (any(one.is_alive() for one in workers) or not told.empty()):
            try:
                seed, found = told.get(timeout=1)
            except Empty:
                continue
            done, false = done + 1, false + bool(found)
            if done % 20 == 0:
                print(f"  {false} of the first {done}", flush=True)
            for problem in found:
                print(f"  shuffle {seed}: {problem}", flush=True)
    if done < rounds:
        print(f"only {done} of {rounds} rounds came to their end")
        return 1
    print(
        f"{false} of {rounds} shuffled demos with a suggestion ({false / rounds:.1%}, budget {MOST_FALSE:.0%}), "
        f"{time.perf_counter() - began:.0f} s"
    )
    return int(false > MOST_FALSE * rounds)


def _deal_rounds(small: Path, seeds: range, told: Queue[tuple[int, list[str]]]) -> None:
    """Put (seed, the problems suggested) into the queue for every seed."""
    dealer = Dealer(small, DEMO, small.parent / f"state_{seeds.start}")
    for seed in seeds:
        try:
            found = growth.run({}, dealer.deal(seed)).suggestions
        except NotEnoughDataError:
            found = ()
        told.put((seed, [one.problem.en for one in found]))
