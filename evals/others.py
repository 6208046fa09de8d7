"""Others on the same questions, in the report of the same run: gibran, and a naive SQL agent over the endpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evals.report import rate_text
from evals.score import Rate
from evals.statistics import mcnemar

if TYPE_CHECKING:
    from evals.bench.gibran import Asked
    from evals.run import Runner

Rows = list[tuple[str, ...]]
NAMES = ("gibran", "sql-agent")


def compared(names: Sequence[str], runner: Runner) -> list[tuple[str, Rows]]:
    """Return a titled table per name. What is not installed or has no endpoint says so in its table.

    Raises:
        ValueError: an unknown name.
    """
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(NAMES)}")
    return [_gibran() if name == "gibran" else _sql_agent(runner) for name in names]


def compared_markdown(title: str, rows: Sequence[Sequence[str]]) -> str:
    """Return a titled table as Markdown."""
    head, *rest = rows
    lines = [f"| {' | '.join(row)} |" for row in rest]
    return "\n".join([f"## {title}", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines])


def verdict_rows(asked: Sequence[Asked], theirs: Mapping[str, str], name: str) -> Rows:
    """Return the figures of both on the same questions, and McNemar's test of the difference."""
    n = len(asked)
    rows: Rows = [(f"{n} questions of the made-up school", "right", "wrong", "refused although answerable")]
    verdicts = {one.id: theirs.get(one.id, "refused") for one in asked}
    for who, counted in (
        ("AskGrowth", Counter(one.ours for one in asked)),
        (name, Counter(verdicts.values())),
    ):
        rows.append(
            (
                who,
                rate_text(Rate(counted["right"], n)),
                rate_text(Rate(counted["wrong"], n)),
                str(counted["refused"]),
            )
        )
    only_ours = sum(one.ours == "right" != verdicts[one.id] for one in asked)
    only_theirs = sum(one.ours != "right" == verdicts[one.id] for one in asked)
    p_value = mcnemar(only_ours, only_theirs)
    rows.append(
        ("right only once", f"AskGrowth {only_ours}", f"{name} {only_theirs}", f"McNemar p = {p_value:.2g}")
    )
    return rows


def _gibran() -> tuple[str, Rows]:
    from evals.bench import gibran

    title = f"gibran {gibran.VERSION}, an offline peer, in English"
    if not gibran.PYTHON.exists():
        return title, [("not run",), ("it is not installed: python -m evals.bench gibran --make",)]
    asked, theirs = gibran.ask_both()
    return title, verdict_rows(asked, theirs, f"gibran {gibran.VERSION}")


def _sql_agent(runner: Runner) -> tuple[str, Rows]:
    from evals.bench import sql_agent

    title = "A naive SQL agent over the same endpoint"
    endpoint = runner.settings.endpoint
    if endpoint is None:
        return title, [("not run",), ("no endpoint is set",)]
    asked, theirs, tokens = sql_agent.ask_both(runner.settings)
    return title, verdict_rows(asked, theirs, f"SQL agent over {endpoint.model}, {tokens:,} tokens")
