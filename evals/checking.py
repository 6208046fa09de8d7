"""Checking the exam itself: gold by a second route, and whether changed gold plans are noticed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evals import mutate
from evals.case import Case
from evals.judge import check_gold
from evals.report import rate_text
from evals.run import Runner
from evals.score import Rate

MOST_OVERLOOKED = 0.01  # the share of changed gold plans that the result scorer may overlook
Say = Callable[[str], object]


def failed_golds(runner: Runner, cases: Sequence[Case], say: Say) -> int:
    """Say whose gold plan does not give what the hand-written SQL gives; return how many."""
    failed = 0
    for case in cases:
        problem = check_gold(case, runner.pipeline(case.workspace).layer)
        if problem:
            failed += 1
            say(f"{case.id}: {problem}")
    return failed


def notices(runner: Runner, cases: Sequence[Case], say: Say) -> bool:
    """Say what the scorers notice of changed gold plans, by workspace; return whether it is 99 % and more of all.

    A day too long does not count: where nothing happened on that day the answer is the same, and right.
    """
    found = []
    for workspace in dict.fromkeys(case.workspace for case in cases):
        layer = runner.pipeline(workspace).layer
        one = mutate.check((case for case in cases if case.workspace == workspace), layer)
        found.append(one)
        say(
            f"{workspace}: {one.changes} changes, by plan {one.changes - len(one.by_plan)} noticed, by result "
            f"{rate_text(Rate(one.shown - len(one.by_result), one.shown))}; a day too long "
            f"{one.days - len(one.by_day)} of {one.days} (the others have no rows on that day)"
        )
        for overlooked in (*one.by_plan, *one.by_result, *one.by_day):
            say(f"  overlooked: {overlooked}")
    shown, missed = sum(one.shown for one in found), sum(len(one.by_result) for one in found)
    return not any(one.by_plan for one in found) and missed <= MOST_OVERLOOKED * shown
