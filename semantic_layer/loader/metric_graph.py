"""Which metric reads which: inputs, circles, leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from semantic_layer.errors import QueryError
from semantic_layer.expression import column_names, parse_expression
from semantic_layer.loader.sections import MetricEntry
from semantic_layer.spec.metric import InputSpec, MetricSpec
from semantic_layer.spec.problems import Problems
from semantic_layer.text import Text


def inputs_of(spec: MetricSpec) -> Iterator[tuple[tuple[str | int, ...], InputSpec]]:
    """Yield the metrics that a metric is made of, each with the key it is written at."""
    for key in ("numerator", "denominator", "input_metric", "base_metric", "conversion_metric"):
        value: InputSpec | None = getattr(spec, key)
        if value is not None:
            yield (key,), value
    for index, item in enumerate(spec.input_metrics):
        yield ("input_metrics", index), item
    if spec.type == "derived" and not spec.input_metrics and spec.expr is not None:
        for name in _expression_names(spec.expr):
            yield ("expr",), InputSpec(name=name)


def _expression_names(expr: str) -> tuple[str, ...]:
    try:
        return tuple(
            name for name in column_names(parse_expression(expr)) if name.isidentifier() and name.isascii()
        )
    except QueryError:
        return ()  # reported where the metric is built


def refuse_cycles(entries: Mapping[str, MetricEntry], problems: Problems) -> set[str]:
    """Return the metrics that lie on a cycle or depend on one; each cycle is reported once."""
    graph = {name: [spec.name for _, spec in inputs_of(entry.spec)] for name, entry in entries.items()}
    done: set[str] = set()
    bad: set[str] = set()
    for start in graph:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, Iterator[str]]] = []

        def enter(name: str, path: list[str] = path, on_path: set[str] = on_path,
                  stack: list[tuple[str, Iterator[str]]] = stack) -> None:  # fmt: skip
            path.append(name)
            on_path.add(name)
            stack.append((name, iter(graph[name])))

        if start not in done:
            enter(start)
        while stack:
            name, children = stack[-1]
            child = next(children, None)
            if child is None:
                stack.pop()
                path.pop()
                on_path.discard(name)
                done.add(name)
                if any(item in bad for item in graph[name]):
                    bad.add(name)
            elif child in on_path:
                cycle = [*path[path.index(child) :], child]
                bad.update(cycle)
                _report_cycle(cycle, entries, problems)
            elif child in graph and child not in done:
                enter(child)
    return bad


def _report_cycle(cycle: list[str], entries: Mapping[str, MetricEntry], problems: Problems) -> None:
    shown = " → ".join(cycle)
    problems.add(
        entries[cycle[0]].raw,
        ("name",),
        Text(zh=f"指标互相引用成环:{shown}。", en=f"Metrics refer to each other in a circle: {shown}."),
        Text(
            zh="让其中一个直接由数据计算(type: simple)。", en="Compute one of them from data (type: simple)."
        ),
        code="cycle",
    )
