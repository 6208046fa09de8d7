"""Time spines (models that hold one row per calendar bucket), and the grains of the workspace's own calendars."""

from __future__ import annotations

from semantic_layer.fiscal import UNITS, CustomGrain, RuleGrain, WeekYears
from semantic_layer.loader.sections import Sections
from semantic_layer.period import Grain
from semantic_layer.spec.document import Marked
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


def build_grains(sections: Sections, problems: Problems) -> dict[str, CustomGrain]:
    """Return the grains beyond second … year: columns of time spines, and calendars by rule."""
    grains: dict[str, CustomGrain] = {}
    for entry in sections.models:
        spine = entry.spec.time_spine
        if spine is None:
            continue
        name = model_name(entry.spec)
        columns = {column.spec.name: column.spec for column in sections.columns.get(name, [])}
        standard = columns.get(spine.standard_granularity_column)
        if standard is None or standard.granularity is None:
            continue  # reported with the spines
        key = standard.expr or quote_name(standard.name)
        for index, custom in enumerate(spine.custom_granularities):
            column = custom.column_name or custom.name
            expr = (columns[column].expr if column in columns else None) or quote_name(column)
            label = Text.same(custom.name.replace("_", " "))
            made = CustomGrain(custom.name, label, standard.granularity, name, key, expr)
            _add(grains, made, entry.raw, ("time_spine", "custom_granularities", index, "name"), problems)
    for calendar in sections.fiscal:
        spec = calendar.spec
        first, second, third = (int(part) for part in spec.pattern.split("-"))
        ends = spec.year_ends
        years = WeekYears((first, second, third), ends.month, ends.weekday, ends.which)
        label = spec.label or Text.same(spec.name.replace("_", " "))
        for unit in UNITS:
            words = Text(zh=f"{label.zh}{_UNIT_WORDS[unit]}", en=f"{label.en} {unit}")
            made = CustomGrain(f"{spec.name}_{unit}", words, rule=RuleGrain(years, unit))
            _add(grains, made, calendar.raw, ("name",), problems)
    return grains


_UNIT_WORDS = {"week": "周", "month": "月", "quarter": "季", "year": "年"}
_RESERVED = frozenset({*Grain, "day_of_week", "day_of_year"})


def _add(
    grains: dict[str, CustomGrain],
    made: CustomGrain,
    raw: Marked,
    keys: tuple[str | int, ...],
    problems: Problems,
) -> None:
    if made.name not in grains and made.name not in _RESERVED and "__" not in made.name:
        grains[made.name] = made
        return
    problems.add(
        raw,
        keys,
        Text(
            zh=f"时间粒度 {made.name!r} 已经存在或不能用。",
            en=f"The grain {made.name!r} exists already or is reserved.",
        ),
        Text(zh="另起一个名字(单下划线)。", en="Choose another name (single underscores)."),
        code="duplicate_name",
    )
