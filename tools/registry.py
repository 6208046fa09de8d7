"""The extension contract for analyses: one inputs model, one decorated function, found by the registry.

    class Inputs(ToolInputs):
        metric: str

    @tool(
        name="concentration",
        label=Text(zh="集中度", en="Concentration"),
        examples=Words(zh=("销售集中在谁身上",), en=("how concentrated are sales",)),
        inputs=Inputs,
    )
    def concentration(inputs: Inputs, context: ToolContext) -> ToolResult:
        '''Return each group's share and the running share, largest first.'''

A module of `tools/` is found by itself. Another package names its module (or one tool) under the entry point
group `askgrowth.tools`; a workspace holds no Python. A tool module keeps heavy imports inside its functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from semantic_layer.errors import EngineError, QueryError, UnknownNameError
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.query import Frozen, MetricQuery
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.progress import SILENCE, CancelledError, Progress, Step
from tools.promises import Promise, Promises, decided, no_promises
from tools.result import ToolResult

if TYPE_CHECKING:
    from pathlib import Path

    from semantic_layer.querying import QueryResult
    from semantic_layer.rows import Analysis, AnalysisResult
    from semantic_layer.workspace import SemanticLayer

ENTRY_POINT_GROUP = "askgrowth.tools"
TOOL_KIND = Text(zh="分析工具", en="analysis")


class ToolInputs(Frozen):
    """Base of every tool's inputs: immutable, unknown keys refused. Each field carries a description."""


InputsT = TypeVar("InputsT", bound=ToolInputs)
ReadT = TypeVar("ReadT")


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool may use.

    `query` and `analyse` are its only ways to data, so that access rules and `today` always hold. A tool knows
    no locale: it returns both languages. `step` says what a long analysis is doing; it, `query` and `analyse`
    end a cancelled one. `reads` collects the dates that were read. `promises` returns the ledger's entries.
    """

    layer: SemanticLayer
    today: date
    user: str | None = None
    progress: Progress = SILENCE
    reads: list[Period] = field(default_factory=list, compare=False, repr=False)
    promises: Promises = field(default=no_promises, compare=False, repr=False)

    def decided(self) -> Sequence[Promise]:
        """Return the ledger's entries that somebody has decided on: what was only shown has no part in a result.

        A result that reads no others stays valid while more is shown.
        """
        return decided(self.promises())

    def step(self, label: Text, done: float | None = None) -> None:
        """Report what is being done now; `done` is the share of the whole in [0, 1].

        Raises:
            CancelledError: the person who asked has stopped the analysis.
        """
        if self.progress.is_cancelled():
            raise CancelledError
        self.progress.report(Step(label, done))

    def query(self, query: MetricQuery, row_limit: int | None = None) -> QueryResult:
        """Return the result of a metric query, under the asking user's rights."""
        result = self._unless_cancelled(
            lambda: self.layer.query(query, today=self.today, user=self.user, row_limit=row_limit)
        )
        self.reads.extend(used.period for used in result.periods if used.role == "main")
        return result

    def analyse(self, analysis: Analysis, row_limit: int | None = None) -> AnalysisResult:
        """Return the rows of an analysis over row-level reads, under the asking user's rights."""
        result = self._unless_cancelled(
            lambda: self.layer.analyse(analysis, today=self.today, user=self.user, row_limit=row_limit)
        )
        for rows in analysis.rows.values():
            span = self.layer.model_coverage(rows.model)
            start, end = rows.start or span.start, rows.end or span.end
            if start is not None and end is not None and start < end:
                self.reads.append(Period.of(start, max(start, min(end, self.today + ONE_DAY))))
        return result

    def _unless_cancelled(self, read: Callable[[], ReadT]) -> ReadT:
        """Return what a read gives; a query interrupted because of a cancellation counts as one."""
        if self.progress.is_cancelled():
            raise CancelledError
        try:
            return read()
        except EngineError as error:
            if error.code == "interrupted" and self.progress.is_cancelled():
                raise CancelledError from error
            raise


@dataclass(frozen=True, slots=True)
class Work:
    """What a tool does: the model that its inputs are checked against, and the function that answers."""

    inputs: type[ToolInputs]
    function: Callable[[Any, ToolContext], ToolResult]


@dataclass(frozen=True, slots=True)
class Tool:
    """One analysis. Calling it runs it; `fields` are the names of its inputs, `home` is its module.

    `work` gives what it does: a tool that is only routed to is not imported (see `tools.finding`).
    """

    name: str
    label: Text
    description: str
    examples: Words
    fields: tuple[str, ...]
    home: str
    work: Callable[[], Work] = field(compare=False, repr=False)
    asks: Asks = field(default_factory=Asks)

    @property
    def inputs(self) -> type[ToolInputs]:
        """Return the model that a plan's inputs are checked against."""
        return self.work().inputs

    def __call__(self, inputs: ToolInputs, context: ToolContext) -> ToolResult:
        """Return the analysis of `inputs`; where it names no period, with the dates that it read."""
        own = replace(context, reads=[])
        result = self.work().function(inputs, own)
        context.reads.extend(own.reads)
        if result.periods or not own.reads:
            return result
        span = Period.of(min(read.start for read in own.reads), max(read.end for read in own.reads))
        return replace(result, periods=(span,))

    def run(self, inputs: Mapping[str, object], context: ToolContext) -> ToolResult:
        """Return the analysis of plain values, checked first.

        Raises:
            QueryError: an input is missing, unknown or of the wrong type; it names the field.
        """
        try:
            checked = self.inputs.model_validate(dict(inputs))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            field = ".".join(str(part) for part in first["loc"]) or self.name
            known = ", ".join(self.fields) or "-"
            raise QueryError(
                Text(
                    zh=f"分析 {self.name} 的输入 {field} 不对。",
                    en=f"The input {field} of the analysis {self.name} is wrong: {first['msg']}.",
                ),
                Text(zh=f"它接受:{known}。", en=f"It takes: {known}."),
                code="invalid_inputs",
            ) from error
        return self(checked, context)


def tool(
    *, name: str, label: Text, examples: Words, inputs: type[InputsT], asks: Asks | None = None
) -> Callable[[Callable[[InputsT, ToolContext], ToolResult]], Tool]:
    """Return a decorator that makes a function a `Tool`; its docstring becomes the description.

    `examples` are questions it answers, in both languages: the offline planner routes by them, and by what `asks`
    says of wordings that no example holds.
    """

    def decorate(function: Callable[[InputsT, ToolContext], ToolResult]) -> Tool:
        if not function.__doc__ or not examples.zh or not examples.en:
            raise TypeError(f"the tool {name!r} needs a docstring and an example in each language")
        work = Work(inputs, function)
        fields = tuple(inputs.model_fields)
        doc, home = function.__doc__.strip(), function.__module__
        return Tool(name, label, doc, examples, fields, home, lambda: work, asks or Asks())

    return decorate


@dataclass(frozen=True, slots=True)
class Registry:
    """The known tools by name, ours first."""

    tools: Mapping[str, Tool]

    @staticmethod
    def of(tools: Iterable[Tool]) -> Registry:
        """Return a registry; two tools of one name are an error, never a silent override."""
        by_name: dict[str, Tool] = {}
        for one in tools:
            if one.name in by_name:
                raise TypeError(f"two tools are called {one.name!r}")
            by_name[one.name] = one
        return Registry(by_name)

    @staticmethod
    def load(folder: Path | None = None) -> Registry:
        """Return our tools and those of installed packages; `folder` keeps their index between processes."""
        from tools.finding import find_tools

        return Registry.of(find_tools(folder))

    def __contains__(self, name: str) -> bool:
        return name in self.tools

    def get(self, name: str) -> Tool:
        """Return the tool called `name`.

        Raises:
            UnknownNameError: there is none; it carries the nearest names.
        """
        if name not in self.tools:
            raise UnknownNameError(TOOL_KIND, name, self.tools)
        return self.tools[name]
