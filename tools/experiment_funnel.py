"""The experiment funnel: ideas, tests, valid tests, wins and what was shipped, with the win rate's interval."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.errors import NotEnoughDataError, QueryError
from semantic_layer.query import PeriodRange
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.idea_funnel.reading import as_ideas, evaluations, read_ideas
from tools.idea_funnel.telling import report
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult


class ExperimentFunnelInputs(ToolInputs):
    """Which ideas; all of them by default."""

    period: PeriodRange | None = Field(default=None, description="when the ideas were proposed")


@tool(
    name="experiment_funnel",
    label=Text(zh="实验漏斗", en="Experiment funnel"),
    examples=Words(
        zh=(
            "实验漏斗",
            "实验胜率是多少",
            "做了多少实验,多少有效",
            "我们的实验做得怎么样",
            "实验从想法到上线有多少",
        ),
        en=(
            "experiment funnel",
            "what is our experiment win rate",
            "how many of our experiments win",
            "how many ideas became winning tests",
            "how is our experimentation going",
        ),
    ),
    inputs=ExperimentFunnelInputs,
    asks=Asks(
        frames=(
            "test how_many wins",
            "test how_many ran wins",
            "ideas test",
            "test idea_rate",
            "ideas how_many wins",
        ),
    ),
)
def experiment_funnel(inputs: ExperimentFunnelInputs, context: ToolContext) -> ToolResult:
    """Return the steps from idea to shipped, the win rate with its interval, and each measured effect shrunken.

    Ideas come from the log bound under `ideas:`; without one, from the declared experiments. Experiments with data
    are evaluated anew, and where the log says otherwise, that is said.

    Raises:
        QueryError: neither `ideas:` nor `experiments:` is declared. NotEnoughDataError: there is no idea.
    """
    log = next((one for one in context.layer.catalog.analyses if one.kind == "idea"), None)
    period = inputs.period.period() if inputs.period else None
    done, thin = evaluations(context)
    sql = tuple(one.sql for one in done)
    if log is not None:
        ideas, statement = read_ideas(log, period, context)
        sql = (statement, *sql)
    elif done or thin:
        ideas = as_ideas(done)
    else:
        raise QueryError(
            Text(
                zh="没有声明实验台账 ideas:,也没有声明 experiments:。",
                en="Neither a log of ideas (ideas:) nor experiments: is declared.",
            ),
            Text(zh="在 YAML 中绑定其中一个。", en="Bind one of them in the YAML."),
            code="missing_binding",
        )
    if period is not None and log is None:
        ideas = [one for one in ideas if one.proposed and period.start <= one.proposed < period.end]
    if not ideas:
        raise NotEnoughDataError(
            Text(zh="这段时间没有实验想法。", en="There is no idea of an experiment in the period."),
            Text(zh="换一段时间。", en="Take another period."),
        )
    return report(ideas, done, tuple(thin), log is not None, sql, context)
