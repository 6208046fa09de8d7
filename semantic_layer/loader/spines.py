"""Time spines: models that hold one row per calendar bucket."""

from __future__ import annotations

from semantic_layer.loader.sections import Sections
from semantic_layer.period import Grain
from semantic_layer.spec.model import model_name
from semantic_layer.spec.names import quote_name
from semantic_layer.spec.problems import Problems
from semantic_layer.text import Text


def build_spines(sections: Sections, problems: Problems) -> dict[str, tuple[str, str, Grain]]:
    """Return (model, column expression, grain) of each time spine by the name of its model."""
    spines: dict[str, tuple[str, str, Grain]] = {}
    for entry in sections.models:
        spine = entry.spec.time_spine
        if spine is None:
            continue
        name = model_name(entry.spec)
        columns = {column.spec.name: column for column in sections.columns.get(name, [])}
        column = columns.get(spine.standard_granularity_column)
        keys = ("time_spine", "standard_granularity_column")
        if column is None:
            kind = Text(zh=f"列(模型 {name})", en=f"column (of the model {name})")
            problems.unknown(entry.raw, keys, kind, spine.standard_granularity_column, sorted(columns))
            continue
        if column.spec.granularity is None:
            problems.add(
                column.raw,
                ("name",),
                Text(
                    zh=f"时间轴的列 {column.spec.name!r} 没有 granularity。",
                    en=f"The time spine's column {column.spec.name!r} has no granularity.",
                ),
                Text(zh="加上 granularity: day。", en="Add granularity: day."),
                code="missing_key",
            )
            continue
        spines[name] = (name, column.spec.expr or quote_name(column.spec.name), column.spec.granularity)
    return spines
