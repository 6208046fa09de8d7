"""How long one question takes the time grammar: `python -m evals.bench time`."""

from __future__ import annotations

import gc
import json
from datetime import date
from pathlib import Path
from time import perf_counter

from bot.language.normalise import normalise
from bot.language.time import TimeContext, resolve, scan_time

PRACTICE = Path(__file__).resolve().parents[2].parent / "shared" / "practice" / "time_expressions.jsonl"
BUDGET_MS = 1.0

_QUESTIONS = (
    "上个月抖音渠道的销售额同比增长了多少,按周展示一下趋势",
    "which channel had the best ROAS last week compared with the same period last year?",
    "今年双11比去年双11各品类GMV涨了多少",
    "show monthly revenue for Q1 and Q2 2024 by city",
    "最近30天客单价低于100元的渠道",
    "average daily orders in the first week of May vs March",
)


def run(argv: list[str]) -> int:
    """Print p50 and p95 of scan plus resolve over the questions, in milliseconds; 1 when p95 is over budget.

    Each question counts with its best round, so that a busy machine does not decide.
    The questions are the practice expressions where they are present, and six whole questions of our own.
    `argv` may hold the number of rounds (default 5).
    """
    rounds = int(argv[0]) if argv else 5
    questions = [(text, date(2025, 11, 19)) for text in _QUESTIONS]
    if PRACTICE.exists():
        rows = map(json.loads, PRACTICE.read_text("utf-8").splitlines())
        questions += [(row["expression"], date.fromisoformat(row["reference_date"])) for row in rows]
    folded = [(normalise(text), TimeContext(today)) for text, today in questions]
    for text, context in folded:
        resolve(scan_time(text), context)
    best = [float("inf")] * len(folded)
    gc.disable()
    for _ in range(rounds):
        for number, (text, context) in enumerate(folded):
            start = perf_counter()
            resolve(scan_time(text), context)
            best[number] = min(best[number], (perf_counter() - start) * 1000)
    gc.enable()
    times = sorted(best)
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(
        f"time grammar: {len(folded)} questions, p50 {p50:.2f} ms, p95 {p95:.2f} ms (budget {BUDGET_MS} ms)"
    )
    return 0 if p95 <= BUDGET_MS else 1
