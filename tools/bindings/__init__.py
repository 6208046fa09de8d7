"""What the YAML binds an analysis to, and the sensible period where none was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from semantic_layer.catalog import SINGULAR, AnalysisBinding, Filter, Window
from semantic_layer.errors import NotEnoughDataError, QueryError, UnknownNameError
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.query import PeriodRange
from semantic_layer.text import Text
from tools.registry import ToolContext

_NEEDED = {
    "funnel": Text(
        zh="按步骤记录的行为(谁、什么时候、做了哪一步)",
        en="a log of events (who did which step, and when)",
    ),
    "journey": Text(
        zh="触点记录(谁、什么时候、来自哪个渠道、有没有成交)",
        en="a log of touches (who came by which channel, when, and whether they bought)",
    ),
    "experiment": Text(
        zh="实验的分组记录(谁、什么时候、分到哪一组)",
        en="a log of assignments (who got which variant, and when)",
    ),
    "review": Text(zh="评价或客服记录的文字", en="a table of reviews or notes"),
    "customer": Text(
        zh="带客户编号和时间的购买记录", en="a table of purchases with a customer number and a time"
    ),
    "action": Text(
        zh="动作日志(做了什么、什么时候开始)", en="a log of actions (what was done, and since when)"
    ),
    "target": Text(zh="目标或计划表", en="a table of targets"),
    "idea": Text(zh="实验想法的台账", en="a log of ideas"),
    "deal": Text(
        zh="直播或达人合作的记录(成交、退款、费用)",
        en="a table of live sessions or creator deals (sales, refunds, fees)",
    ),
    "reconciliation": Text(zh="两个来源的同一个数", en="the same figure from two sources"),
    "budget": Text(zh="各渠道逐期的花费和成交", en="spend and sales by channel and period"),
    "promotion": Text(zh="券的发放和使用记录", en="a log of coupons given and used"),
}
_SECTIONS = {singular: section for section, singular in SINGULAR.items()}


def bindings_of(context: ToolContext, kind: str) -> tuple[AnalysisBinding, ...]:
    """Return the bindings of a kind (`funnel`, `customer`, `experiment` …), in the order of the YAML.

    Raises:
        QueryError: code `missing_binding`; the workspace declares none, and the mend names the key to add.
    """
    found = tuple(one for one in context.layer.catalog.analyses if one.kind == kind)
    if not found:
        section, needed = _SECTIONS[kind], _NEEDED[kind]
        raise QueryError(
            Text(
                zh=f"这个分析我现在做不了:缺{needed.zh},或者还没告诉我是哪张表。",
                en=f"This analysis cannot be done here: {needed.en} is missing, or nobody has said which table it is.",
            ),
            Text(
                zh=f"请管理员接入这张表,并在工作区 YAML 里加上 {section}: 一节(写法见 docs/yaml.md)。",
                en=f"Ask whoever keeps this workspace to add the table and a section {section}: to its YAML (keys: "
                "docs/yaml.md).",
            ),
            code="missing_binding",
        )
    return found


def binding_of(context: ToolContext, kind: str, name: str | None = None) -> AnalysisBinding:
    """Return the binding called `name`, else the first one.

    Raises:
        QueryError: there is none. UnknownNameError: none is called so.
    """
    found = bindings_of(context, kind)
    if name is None:
        return found[0]
    by_name = {one.name: one for one in found}
    if name not in by_name:
        raise UnknownNameError(Text.same(_SECTIONS[kind]), name, by_name)
    return by_name[name]


def model_of(binding: AnalysisBinding) -> str:
    """Return the model that a binding reads."""
    return str(binding.options["model"])


def name_of(binding: AnalysisBinding, key: str) -> str | None:
    """Return the metric, dimension or entity that a key names, None where it is not set."""
    value = binding.options.get(key)
    return str(value) if value is not None else None


def names_of(binding: AnalysisBinding, key: str) -> tuple[str, ...]:
    """Return the names that a key lists; none where it is not set."""
    value = binding.options.get(key, ())
    return tuple(str(one) for one in value) if isinstance(value, Sequence) else ()


def window_of(binding: AnalysisBinding, key: str = "window") -> Window | None:
    """Return the length of time of a key, None where it is not set."""
    value = binding.options.get(key)
    return value if isinstance(value, Window) else None


def filters_of(binding: AnalysisBinding) -> tuple[Filter, ...]:
    """Return the condition that says which rows count, if there is one."""
    value = binding.options.get("where")
    return (value,) if isinstance(value, Filter) else ()


def data_period(context: ToolContext, model: str) -> Period:
    """Return from the model's first day to the day after its last, or to today where it has more.

    Raises:
        NotEnoughDataError: it has no rows with a time.
    """
    span = context.layer.model_coverage(model)
    tomorrow = context.today + ONE_DAY
    if span.start is None or span.end is None or span.start >= tomorrow:
        label = context.layer.catalog.models[model].label
        raise NotEnoughDataError(
            Text(zh=f"{label.zh}里没有带日期的数据。", en=f"There are no dated rows in {label.en}."),
            Text(zh="先载入数据。", en="Load the data first."),
        )
    return Period.of(span.start, max(span.start, min(span.end, tomorrow)))


def asked_period(
    context: ToolContext, model: str, asked: PeriodRange | None, default_days: int | None = None
) -> Period:
    """Return the asked dates as far as there are data, else the last `default_days` (None: all data)."""
    data = data_period(context, model)
    if asked is not None:
        return asked.period().cut(max(data.end, asked.start))
    if default_days is None:
        return data
    return Period.of(max(data.start, data.end - timedelta(days=default_days)), data.end)
