"""What each result column is called, in both languages, and what it holds."""

from __future__ import annotations

from semantic_layer.catalog import Metric
from semantic_layer.compiler.facts import Key
from semantic_layer.period import Grain
from semantic_layer.query import Compare
from semantic_layer.table import Column
from semantic_layer.text import Text

_GRAINS = {
    Grain.SECOND: Text(zh="秒", en="second"),
    Grain.MINUTE: Text(zh="分钟", en="minute"),
    Grain.HOUR: Text(zh="小时", en="hour"),
    Grain.DAY: Text(zh="日", en="day"),
    Grain.WEEK: Text(zh="周", en="week"),
    Grain.MONTH: Text(zh="月", en="month"),
    Grain.QUARTER: Text(zh="季度", en="quarter"),
    Grain.YEAR: Text(zh="年", en="year"),
}
_PARTS = {
    "year": Text(zh="年份", en="year"),
    "quarter": Text(zh="第几季度", en="quarter of the year"),
    "month": Text(zh="第几月", en="month of the year"),
    "day": Text(zh="第几日", en="day of the month"),
    "day_of_week": Text(zh="星期几", en="day of the week"),
    "day_of_year": Text(zh="一年中第几天", en="day of the year"),
}
_KINDS = {
    "previous_period": Text(zh="上期", en="previous period"),
    "previous_year": Text(zh="去年同期", en="year before"),
    "same_weekday": Text(zh="上周同日", en="same weekday a week earlier"),
    "period": Text(zh="对比期", en="compared period"),
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# What the numbers of a part are called; a year, a day of the month and a day of the year are numbers to people, too.
_PART_VALUES = {
    "day_of_week": tuple(
        (str(at + 1), Text(zh=f"周{'一二三四五六日'[at]}", en=name)) for at, name in enumerate(_DAYS)
    ),
    "month": tuple((str(at + 1), Text(zh=f"{at + 1}月", en=name)) for at, name in enumerate(_MONTHS)),
    "quarter": tuple((str(at), Text(zh=f"第{'一二三四'[at - 1]}季度", en=f"Q{at}")) for at in range(1, 5)),
}
PERCENT = "0.0%"


def joint(label: Text, note: Text) -> Text:
    """Return `label (note)` in both languages."""
    return Text(zh=f"{label.zh}({note.zh})", en=f"{label.en} ({note.en})")


def key_column(key: Key) -> Column:
    """Return the column of one group key."""
    dimension = key.name.dimension
    label = dimension.label if dimension is not None else Text(zh="时间", en="time")
    if key.name.entity is not None:
        label = Text.same(key.name.entity)
    if key.name.part is not None:
        part = key.name.part
        names = _PART_VALUES.get(part, ())
        return Column(key.column, joint(label, _PARTS[part]), "dimension", format="0", value_labels=names)
    if key.grain is not None:
        shown = joint(label, key.grain.label)
        is_day = key.grain.rule is not None
        return Column(key.column, shown, "time" if is_day else "dimension", grain="day" if is_day else None)
    if key.name.grain is not None:
        return Column(key.column, joint(label, _GRAINS[key.name.grain]), "time", grain=key.name.grain.value)
    values = dimension.values if dimension is not None else ()
    labels = tuple((str(value.code), value.label) for value in values)
    return Column(key.column, label, "dimension", value_labels=labels)


def metric_column(metric: Metric) -> Column:
    """Return the column of a metric itself."""
    return Column(metric.name, metric.label, "metric", metric.unit, metric.format, metric.name)


def derived_column(
    metric: Metric, name: str, note: Text, *, unit: bool = True, form: str | None = None
) -> Column:
    """Return a column made from a metric; without `unit` it is a plain number or fraction."""
    shown = metric.unit if unit else None
    return Column(
        name,
        joint(metric.label, note),
        "derived",
        shown,
        form or (metric.format if unit else None),
        metric.name,
    )


def suffixes(compares: tuple[Compare, ...]) -> tuple[str, ...]:
    """Return the column suffix of each comparison: its kind, numbered where a kind comes twice."""
    seen: dict[str, int] = {}
    names = []
    for compare in compares:
        seen[compare.kind] = seen.get(compare.kind, 0) + 1
        count = seen[compare.kind]
        names.append(compare.kind if count == 1 else f"{compare.kind}_{count}")
    return tuple(names)


def compare_columns(
    metric: Metric, compare: Compare, suffix: str, several: bool
) -> tuple[Column, Column, Column]:
    """Return the columns of the other period's value, the change and the growth (a fraction)."""
    kind = _KINDS[compare.kind]
    tail = f"__{suffix}" if several else ""
    name = metric.name
    delta = Text(zh=f"比{kind.zh}增减", en=f"change on the {kind.en}")
    growth = Text(zh=f"比{kind.zh}增长率", en=f"growth on the {kind.en}")
    return (
        derived_column(metric, f"{name}__{suffix}", kind),
        derived_column(metric, f"{name}__delta{tail}", delta),
        derived_column(metric, f"{name}__growth{tail}", growth, unit=False, form=PERCENT),
    )


def grain_label(grain: Grain) -> Text:
    """Return the word for a grain."""
    return _GRAINS[grain]
