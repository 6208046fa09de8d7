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
MOST_SAME = (
    0.1  # the share of changes that may leave the result as it was: beyond it the data tell too little apart
)
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
    """Say what the scorers notice of changed gold plans, by workspace; return whether it is 99 % and more in each.

    A change that gives the very same result set is none: it is listed and counted apart, and there may be few.
    """
    good = True
    for workspace in dict.fromkeys(case.workspace for case in cases):
        layer = runner.pipeline(workspace).layer
        one = mutate.check((case for case in cases if case.workspace == workspace), layer)
        noticed, tried = one.shown - len(one.by_result), one.shown + len(one.same)
        say(
            f"{workspace}: {one.changes} changes, by plan {one.changes - len(one.by_plan)} noticed; of {tried} that "
            f"a result can show, {len(one.same)} give the very same result set on these data, and of the other "
            f"{one.shown} ({one.days} of them a day too long) are noticed by result "
            f"{rate_text(Rate(noticed, one.shown))}"
        )
        for overlooked in (*one.by_plan, *one.by_result):
            say(f"  overlooked: {overlooked}")
        for same in one.same:
            say(f"  no change: {same}")
        missed = len(one.by_result) > MOST_OVERLOOKED * one.shown
        good = good and not (one.by_plan or missed or len(one.same) > MOST_SAME * tried)
    return good
