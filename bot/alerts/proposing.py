"""A sentence into an alert: frame by `wording`, metric, filters and number by the rules planner."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.alerts.wording import Frame, frame_of
from bot.answer import Answer
from bot.plan import MetricPlan, ToolPlan
from semantic_layer.query import AnyOf, Condition, Having, Where
from semantic_layer.text import Text

Explain = Callable[[str], Answer]
COUNTED = re.compile(r"(?<=[\u4e00-\u9fff])(?<!数)(低于|高于)")
OPPOSITE = {"<": "below", "<=": "below", ">": "above", ">=": "above"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was read: an alert as in the YAML, or why there is none."""

    definition: Mapping[str, Any] | None
    problem: Text | None = None


def propose(words: str, explain: Explain) -> Proposal:
    """Return the alert that the words of a condition describe; nothing in them is left out silently."""
    frame = frame_of(words)
    if frame.hint == "quality" and not frame.words:
        return Proposal({"name": "data_quality", "quality": "serious"})
    if frame.hint == "freshness" and frame.words in ("", "数据", "data", "the data"):
        return Proposal({"name": "stale_data", "stale": frame.number or 1})
    answer = explain(frame.words)
    if answer.outcome != "answer" and (counted := COUNTED.sub(r"数\1", frame.words, count=1)) != frame.words:
        again = explain(counted)  # 新客少于 100: what is counted goes without saying
        answer = again if again.outcome == "answer" else answer
    plan = answer.plan
    if frame.hint is not None:
        return _of_hint(frame, answer)
    if answer.outcome != "answer" or not isinstance(plan, MetricPlan):
        return Proposal(None, _why_not(answer))
    if len(plan.metrics) != 1 or len(plan.having) != 1 or len(answer.parts) > 1:
        return Proposal(None, NO_NUMBER)
    by = [one for one in plan.group_by if one.grain is None]
    if len(by) > 1:
        return Proposal(None, ONE_DIMENSION)
    having = plan.having[0]
    definition = {"metric": plan.metrics[0], **_rows(plan), **({"by": by[0].dimension} if by else {})}
    days = frame.days or (plan.period.period().days if plan.period and not plan.compare else None)
    return _with_condition(definition, having, frame, days)


def _with_condition(definition: dict[str, Any], having: Having, frame: Frame, days: int | None) -> Proposal:
    metric, value, side = (
        definition["metric"],
        having.values[0] if having.values else None,
        OPPOSITE.get(having.operator),
    )
    if value is None or side is None:
        return Proposal(None, NO_NUMBER)
    if having.column == f"{metric}__growth":
        falls = value < 0 or side == "below"
        against = frame.against or "previous_period"
        word = "falls" if falls else "rises"
        definition |= {word: abs(value), "against": against, "window": days or 1}
        return Proposal({"name": f"{metric}_{word}", **definition})
    if having.column != metric or frame.against is not None:
        return Proposal(None, NO_NUMBER)
    definition |= {side: value, "window": days or 1}
    return Proposal({"name": f"{metric}_{side}", **definition})


def _of_hint(frame: Frame, answer: Answer) -> Proposal:
    plan = answer.plan
    definition: dict[str, Any]
    if isinstance(plan, ToolPlan) and plan.inputs.get("metric") and set(plan.inputs) <= {"metric"}:
        definition = {"metric": str(plan.inputs["metric"])}
    elif (
        answer.outcome == "answer"
        and isinstance(plan, MetricPlan)
        and len(plan.metrics) == 1
        and not plan.having
    ):
        by = [one.dimension for one in plan.group_by if one.grain is None]
        if len(by) > 1 or (by and frame.hint != "anomaly"):
            return Proposal(None, ONE_DIMENSION)
        definition = {"metric": plan.metrics[0], **_rows(plan), **({"by": by[0]} if by else {})}
    else:
        return Proposal(None, _why_not(answer))
    metric = definition["metric"]
    if frame.hint == "anomaly":
        return Proposal({"name": f"{metric}_anomaly", **definition, "anomaly": frame.side})
    if frame.hint == "pacing":
        return Proposal({"name": f"{metric}_pacing", **definition, "pacing": 0.5})
    return Proposal({"name": f"{metric}_stale", **definition, "stale": frame.number or 1})


NO_NUMBER = Text(
    zh="没看出是哪一个指标和什么数比。请写成「指标 低于 数」或「指标 比上周同日 下降超过 20%」。",
    en="I did not see which one metric is compared with what. Say 'METRIC under NUMBER', or 'METRIC falls more than "
    "20% against the same weekday'.",
)


ONE_DIMENSION = Text(
    zh="一条预警最多按一个维度分开看,而且只用于数值、涨跌和异常。",
    en="An alert looks at the members of one dimension at most, by value, change or anomaly.",
)


def _why_not(answer: Answer) -> Text:
    if answer.refusal is not None:
        return answer.refusal.message
    if answer.clarification is not None:
        asked, options = answer.clarification.question, answer.clarification.options
        zh = "、".join(f"「{one.question.zh}」" for one in options[:4])
        en = ", ".join(f"'{one.question.en}'" for one in options[:4])
        return Text(zh=f"{asked.zh} {zh}", en=f"{asked.en} {en}")
    return answer.error.message if answer.error is not None else NO_NUMBER


def _rows(plan: MetricPlan) -> dict[str, Any]:
    """Return the conditions on rows as the YAML writes them."""
    found: dict[str, Any] = {}
    if plan.where:
        found["where"] = " AND ".join(_sql(one) for one in plan.where)
    if plan.segments:
        found["segment"] = list(plan.segments)
    return found


def _sql(where: Where) -> str:
    if isinstance(where, AnyOf):
        return "(" + " OR ".join(_sql(one) for one in where.conditions) + ")"
    if isinstance(where, Condition):
        return _condition(where)
    return f"({where.sql})"


def _condition(one: Condition) -> str:
    from sqlglot import exp

    column = exp.column(one.dimension)
    values = [exp.convert(value) for value in one.values]
    texts = [str(value) for value in one.values]
    built: exp.Condition | exp.Expression | exp.Binary
    match one.operator:
        case "in":
            built = column.isin(*values)
        case "not in":
            built = exp.not_(column.isin(*values))
        case "between":
            built = column.between(values[0], values[1])
        case "is null":
            built = column.is_(exp.null())
        case "is not null":
            built = exp.not_(column.is_(exp.null()))
        case "contains" | "not contains" | "starts with" | "not starts with" | "ends with" | "not ends with":
            text = texts[0].replace("%", "\\%")
            pattern = {"starts with": f"{text}%", "ends with": f"%{text}"}.get(
                one.operator.removeprefix("not "), f"%{text}%"
            )
            built = column.like(pattern)
            built = exp.not_(built) if one.operator.startswith("not ") else built
        case _:
            kinds = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
            built = kinds[one.operator](this=column, expression=values[0])
    return built.sql()
