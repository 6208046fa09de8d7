"""How long a warm process takes from a question it was never asked to the whole answer, rows read from the database.

`python -m evals.bench answers [COUNT]`: the questions of the demo's suite in a random order, each once.
"""

from __future__ import annotations

import random
import statistics
import time

from bot.settings import read_settings
from bot.wiring import open_pipeline
from evals.bench._questions import questions

BUDGET = 120.0  # milliseconds, p95
WARMING = 40
COUNT = 600


def run(argv: list[str]) -> int:
    """Print p50 and p95 of wall and processor time, by kind of plan, and the slowest; 0 within the budget."""
    count = int(argv[0]) if argv else COUNT
    asked = list(questions())
    random.Random(1).shuffle(asked)
    pipeline = open_pipeline(read_settings(None, None))
    for question in asked[:WARMING]:
        pipeline.ask(question)
    taken: list[tuple[float, float, str, str]] = []
    for question in asked[WARMING : WARMING + count]:
        began, worked = time.perf_counter(), time.process_time()
        answer = pipeline.ask(question)
        wall, cpu = (time.perf_counter() - began) * 1e3, (time.process_time() - worked) * 1e3
        kind = str(answer.plan.kind) if answer.plan is not None else "none"
        stages = ", ".join(f"{name} {spent:.0f}" for name, spent in answer.timings_ms.items())
        taken.append((wall, cpu, kind, f"{question}  [{stages}]"))
    within = True
    for kind in sorted({one[2] for one in taken}):
        walls = sorted(one[0] for one in taken if one[2] == kind)
        works = sorted(one[1] for one in taken if one[2] == kind)
        at = int(len(walls) * 0.95)
        judged = kind == "metric"  # an analysis takes its time, and the chat says what it is doing
        within &= not judged or walls[at] <= BUDGET
        print(
            f"{kind:8} {len(walls):4}  p50 {statistics.median(walls):6.1f} ms  p95 {walls[at]:6.1f} ms  "
            f"processor p50 {statistics.median(works):6.1f} ms  p95 {works[at]:6.1f} ms"
            + (f"  budget {BUDGET:g} ms: {'met' if within else 'MISSED'}" if judged else "")
        )
    for one in sorted(taken, reverse=True)[:10]:
        print(f"  {one[0]:7.1f} ms (processor {one[1]:.1f})  {one[2]}  {one[3]}")
    return 0 if within else 1
