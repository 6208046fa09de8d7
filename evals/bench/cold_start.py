"""How long `askgrowth ask` takes from a cold process on the demo, beside a bare import of its libraries."""

import statistics
import subprocess
import sys
import time

QUESTION = "这周哪个渠道最有效?"
SECONDS = 1.0
TIMES_BARE_IMPORT = 2.0


def run(argv: list[str]) -> int:
    """Print both medians; 0 within both budgets, else 1. The first argument is the number of rounds (10)."""
    rounds = int(argv[0]) if argv else 10
    ask = [sys.executable, "-m", "bot", "ask", QUESTION]
    bare = [sys.executable, "-c", "import duckdb, sqlglot, pydantic"]
    _seconds(ask)  # generates the demo where it is missing, and warms the file cache
    asked, imported = [], []
    for _ in range(rounds):  # in turn, so that a slow moment of the machine falls on both
        asked.append(_seconds(ask))
        imported.append(_seconds(bare))
    cold, least = statistics.median(asked), statistics.median(imported)
    print(f"askgrowth ask, cold process   median {cold:.3f} s   min {min(asked):.3f}   max {max(asked):.3f}")
    print(f"bare import of its libraries  median {least:.3f} s   ratio {cold / least:.2f}")
    within = cold <= SECONDS and cold <= TIMES_BARE_IMPORT * least
    print(f"budget {SECONDS} s and {TIMES_BARE_IMPORT} x the bare import: {'met' if within else 'MISSED'}")
    return 0 if within else 1


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started
