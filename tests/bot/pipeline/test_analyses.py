"""One analysis of the same data, day and rights is computed once; whoever waits can still stop."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from bot.analyses import Analyses
from bot.plan import ToolPlan
from semantic_layer.access import OPEN, Rights
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.progress import CancelledError, Watch
from tools.promises import Promise
from tools.registry import ToolContext
from tools.result import ToolResult

PLAN = ToolPlan(kind="tool", name="count", inputs={"metric": "guests"})
SOME = Rights({"visits": ("city = 'x'",)}, frozenset(), frozenset())


class CountingTool:
    """An analysis that counts its runs; `hold` keeps it running, `fails` makes the next run fail."""

    def __init__(self, reads: Callable[[ToolContext], object] = lambda _context: None) -> None:
        self.runs, self.fails, self._reads = 0, False, reads
        self.hold = threading.Event()
        self.hold.set()
        self.started = threading.Event()

    def run(self, inputs: Any, context: ToolContext) -> ToolResult:
        self.runs += 1
        number = self.runs
        self.started.set()
        assert self.hold.wait(20)
        if self.fails:
            self.fails = False
            raise CancelledError
        self._reads(context)
        table = Table((Column("n", Text(zh="次", en="n"), "metric"),), ((number,),), 1)
        return ToolResult(Text(zh=str(number), en=str(number)), (table,))


@dataclass
class Layer:
    """The part of an opened layer that keeping results looks at."""

    may_change: bool = False
    users: dict[str | None, Rights] = field(default_factory=lambda: {None: OPEN})

    @property
    def opening(self) -> Any:
        return SimpleNamespace(may_change=self.may_change)

    def rights(self, user: str | None) -> Rights:
        return self.users[user]


def context(layer: Layer | None = None, **more: Any) -> ToolContext:
    return ToolContext(layer or Layer(), date(2025, 3, 9), **more)


def ran(analyses: Analyses, tool: CountingTool, where: ToolContext, plan: ToolPlan = PLAN) -> str:
    """Return which run of the tool gave the result."""
    return analyses.run(tool, plan, where).headline.en


def test_the_same_analysis_is_computed_once() -> None:
    analyses, tool = Analyses(), CountingTool()

    assert [ran(analyses, tool, context()) for _ in range(3)] == ["1", "1", "1"]


@pytest.mark.parametrize(
    "other",
    [
        (PLAN.model_copy(update={"inputs": {"metric": "income"}}), context()),
        (PLAN, replace(context(), today=date(2025, 3, 10))),
        (PLAN, context(Layer(users={"anna": SOME}), user="anna")),
    ],
)
def test_other_inputs_another_day_and_other_rights_are_computed_anew(other) -> None:
    analyses, tool = Analyses(), CountingTool()
    ran(analyses, tool, context())

    assert ran(analyses, tool, other[1], other[0]) == "2"


def test_nothing_is_kept_of_data_that_change_unnoticed() -> None:
    analyses, tool, live = Analyses(), CountingTool(), context(Layer(may_change=True))

    assert [ran(analyses, tool, live) for _ in range(2)] == ["1", "2"]


def entry(status: str) -> Promise:
    return Promise("a", None, status, date(2025, 3, 1), date(2025, 3, 1))


def test_what_read_the_ledger_is_computed_anew_once_the_ledger_says_something_else() -> None:
    analyses, tool = Analyses(), CountingTool(reads=lambda context: list(context.promises()))
    entries: Sequence[Promise] = ()

    def asked() -> str:
        return ran(analyses, tool, context(promises=lambda: entries))

    assert (asked(), asked()) == ("1", "1")
    entries = (entry("open"),)
    assert (asked(), asked()) == ("2", "2")


def test_what_read_the_decided_entries_only_stays_valid_while_more_is_shown() -> None:
    analyses, tool = Analyses(), CountingTool(reads=lambda context: list(context.decided()))
    entries: Sequence[Promise] = ()

    def asked() -> str:
        return ran(analyses, tool, context(promises=lambda: entries))

    assert asked() == "1"
    entries = (entry("open"),)
    assert asked() == "1"
    entries = (entry("open"), entry("accepted"))
    assert (asked(), asked()) == ("2", "2")


def test_who_asks_for_a_running_analysis_waits_for_it() -> None:
    analyses, tool = Analyses(), CountingTool()
    tool.hold.clear()

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(ran, analyses, tool, context()) for _ in range(4)]
        assert tool.started.wait(20)
        tool.hold.set()
        assert [one.result(20) for one in waiting] == ["1"] * 4


def test_an_analysis_that_was_stopped_is_computed_by_the_next_who_waits() -> None:
    analyses, tool = Analyses(), CountingTool()
    tool.hold.clear()
    tool.fails = True

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ran, analyses, tool, context())
        assert tool.started.wait(20)
        second = pool.submit(ran, analyses, tool, context())
        tool.hold.set()
        with pytest.raises(CancelledError):
            first.result(20)
        assert second.result(20) == "2"


def test_who_waits_can_stop() -> None:
    analyses, tool, watch = Analyses(at_once=1), CountingTool(), Watch()
    tool.hold.clear()
    other = PLAN.model_copy(update={"inputs": {"metric": "income"}})

    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(ran, analyses, tool, context())
        assert tool.started.wait(20)
        waiting = pool.submit(ran, analyses, tool, context(progress=watch), other)
        watch.cancel()
        with pytest.raises(CancelledError):
            waiting.result(20)
        tool.hold.set()
        assert running.result(20) == "1"
    assert tool.runs == 1


def test_the_results_used_longest_ago_are_forgotten() -> None:
    analyses, tool = Analyses(most_kept=1), CountingTool()
    other = PLAN.model_copy(update={"inputs": {"metric": "income"}})

    assert [ran(analyses, tool, context(), plan) for plan in (PLAN, other, PLAN)] == ["1", "2", "3"]
