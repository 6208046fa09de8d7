"""No question may hold the planner up: 20,000 mutated questions, the slowest in processor time.

`python -m evals.bench fuzz [COUNT]`. Processor time, because a machine that does other things at once would be blamed
on the planner; what is over the budget is asked again, and the faster of the two counts.
"""

from __future__ import annotations

import statistics
import time

from bot.planners.base import PlanRequest
from bot.planners.rules import RulesPlanner
from bot.settings import read_settings
from bot.wiring import open_layer
from evals.bench._questions import mutated, questions

BUDGET = 100.0  # milliseconds
COUNT = 20_000


def run(argv: list[str]) -> int:
    """Print the distribution and the slowest questions; 0 where none is over the budget."""
    count = int(argv[0]) if argv else COUNT
    settings = read_settings(None, None)
    layer = open_layer(settings)
    planner, today = RulesPlanner(layer, settings.state_dir / "values"), layer.today()

    def spent(question: str) -> float:
        began = time.process_time()
        planner.plan(PlanRequest(question, "zh-CN", today, layer))
        return (time.process_time() - began) * 1e3

    for question in questions()[:300]:
        spent(question)
    taken: list[tuple[float, str]] = []
    for question in mutated(count):
        milliseconds = spent(question)
        if milliseconds > BUDGET:
            milliseconds = min(milliseconds, spent(question))
        taken.append((milliseconds, question))
    taken.sort(reverse=True)
    times = [one[0] for one in taken]
    print(
        f"{count:,} questions  p50 {statistics.median(times):.2f} ms  p95 {times[count // 20]:.2f} ms  "
        f"p99.9 {times[count // 1000]:.1f} ms  slowest {times[0]:.1f} ms  "
        f"budget {BUDGET:g} ms: {'met' if times[0] <= BUDGET else 'MISSED'}"
    )
    for milliseconds, question in taken[:5]:
        print(f"  {milliseconds:7.1f} ms  {len(question):4} characters  {question[:100]}")
    return 0 if times[0] <= BUDGET else 1
