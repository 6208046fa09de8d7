"""The proposed workspace: YAML with a comment on every guess, ready for `askgrowth check` and the first question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import yaml

from bot.onboarding.found import Column, Source, TableFound
from bot.onboarding.measures import Metric, metrics_of
from bot.onboarding.quality import quality_notes
from bot.onboarding.roles import Guess, guess_roles, is_named, main_time
from bot.onboarding.words import table_label
from semantic_layer.text import Locale, Text

_HAN = re.compile(r"[\u3400-\u9fff]")
_INDEXED = 50_000  # distinct values; more are not names that a question says
_LONG = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """The files of a workspace by relative path, and what they were made from."""

    files: dict[str, str]
    source: Source
    guesses: tuple[Guess, ...]
    metrics: tuple[Metric, ...]
    locale: Locale

    def best_metrics(self) -> list[str]:
        """Return the names of the metrics, those first that a first question would be about."""
        order = {"revenue": 0, "orders": 1, "spend": 2, "buyers": 3}
        plain = {"avg": 8, "count": 7}

        def rank(metric: Metric) -> int:
            return order.get(metric.concept or "", plain.get(str(metric.keys.get("agg")), 5))

        return [metric.name for metric in sorted(self.metrics, key=rank)]

    def notes(self) -> list[Text]:
        """Return everything odd about the data: what was read otherwise, then what the numbers show."""
        found = []
        for table in self.source.tables:
            found += [note.text for note in table.notes]
            found += quality_notes(table, self.guesses)
        return found


def propose(source: Source, name: Text, guesses: Sequence[Guess] | None = None) -> Proposal:
    """Return the workspace proposed for a source; `guesses` are the confirmed ones, else they are made here."""
    roles = tuple(guesses) if guesses is not None else guess_roles(source)
    chinese = any(_HAN.search(f"{c.header}{''.join(c.samples)}") for t in source.tables for c in t.columns)
    locale: Locale = "zh-CN" if chinese else "en-US"
    metrics = metrics_of(source, roles, _currency(source, chinese=chinese))
    conformed = _conformed(source, roles)
    files = {"askgrowth.yml": _workspace(source, name, locale)}
    for table in source.tables:
        own = [guess for guess in roles if guess.table == table.name]
        files[f"models/{table.name}.yml"] = _model(table, own, metrics, conformed)
    labels = {name: _label(roles, name) for name in dict.fromkeys(conformed.values())}
    shared = _shared(labels, [metric for metric in metrics if metric.table is None])
    if shared:
        files["models/shared.yml"] = shared
    return Proposal(files, source, roles, tuple(metrics), locale)


def _currency(source: Source, *, chinese: bool) -> str | None:
    columns = [column for table in source.tables for column in table.columns]
    if any(column.unit == "money" or re.search(r"元|¥|¥|RMB|CNY", column.header) for column in columns):
        return "CNY"
    for code in ("USD", "EUR", "GBP"):
        if any(re.search(rf"\b{code}\b|_{code}\b", column.header, re.IGNORECASE) for column in columns):
            return code
    return "CNY" if chinese else None


def _workspace(source: Source, name: Text, locale: Locale) -> str:
    zone = "Asia/Shanghai" if locale == "zh-CN" else "UTC"
    engine = ", ".join(f"{key}: {_flow(value)}" for key, value in source.engine)
    return "\n".join(
        [
            "# 由 askgrowth init 提出,请核对 / Proposed by askgrowth init; please check.",
            "version: 1",
            f"name: {_text(name)}",
            f"locale: {locale}",
            f"timezone: {zone}    # 猜的 / a guess",
            "week_start: monday",
            "# 数据最后一天的次日算今天;数据每天更新时改成 clock / Today is the day after the last day with data.",
            "today: data",
            f"engine: {{{engine}}}",
            "planner: auto",
            "",
        ]
    )


def _model(
    table: TableFound, own: list[Guess], metrics: list[Metric], conformed: dict[tuple[str, str], str]
) -> str:
    time = main_time(table, own)
    lines = [
        f"# {table.origin}: {table.rows} 行 / rows",
        "models:",
        f"  - name: {table.name}",
        f"    label: {_text(table_label(table.origin, table.name))}",
        f"    table: {_flow(table.name)}",
        "    semantic_model: {enabled: true}",
    ]
    if time is not None:
        several = sum(guess.role == "time" for guess in own) > 1
        lines.append(f"    agg_time_dimension: {time}{'    # 猜的 / a guess' if several else ''}")
    lines.append("    columns:")
    for guess in own:
        lines += _column(table.column(guess.column), guess, conformed.get((table.name, guess.column)))
    counted = [metric for metric in metrics if metric.table == table.name]
    lines.append(
        "    metrics:" if counted else "    # 没有时间列,只用来描述 / Without a time it only describes."
    )
    for metric in counted:
        lines += [f"      {line}" for line in _metric(metric, "simple")]
    return "\n".join([*lines, ""])


def _column(column: Column, guess: Guess, shared: str | None) -> list[str]:
    if guess.role == "unused":
        return [f"      # {column.name}: {guess.why.zh} / {guess.why.en}"]
    lines = [f"      - name: {column.name}    # {_comment(column.header)}: {guess.why.zh} / {guess.why.en}"]
    if guess.role == "time":
        grain = "day" if column.kind == "date" else "second"
        lines += [
            f"        granularity: {grain}",
            "        dimension: {type: time}",
            f"        label: {_text(guess.label)}",
        ]
    elif guess.role in ("key", "reference"):
        kind = "primary" if guess.role == "key" else "foreign"
        lines.append(f"        entity: {{type: {kind}, name: {guess.entity}}}")
        if is_named(column):
            lines += ["        dimension: {type: categorical}", f"        label: {_text(guess.label)}"]
    elif guess.role == "dimension":
        lines.append(f"        dimension: {{type: categorical{f', conformed: {shared}' if shared else ''}}}")
        if shared is None:
            lines.append(f"        label: {_text(guess.label)}")
            if column.distinct > _INDEXED or column.longest > _LONG:
                lines.append("        index_values: false")
    return lines


def _metric(metric: Metric, kind: str) -> list[str]:
    lines = [f"- name: {metric.name}    # {metric.why.zh} / {metric.why.en}", f"  type: {kind}"]
    lines += [f"  {key}: {_flow(value)}" for key, value in metric.keys.items()]
    lines.append(f"  label: {_text(metric.label)}")
    words = {key: list(value) for key, value in metric.synonyms.items() if value}
    if words:
        lines.append(f"  synonyms: {_flow(words)}")
    return lines


def _shared(labels: dict[str, Text], ratios: list[Metric]) -> str:
    lines: list[str] = []
    if labels:
        lines.append("# 几张表共有的维度 / Dimensions that several tables share.")
        lines.append("dimensions:")
        lines += [f"  - {{name: {name}, label: {_text(label)}}}" for name, label in labels.items()]
    if ratios:
        lines.append("metrics:")
        for metric in ratios:
            lines += [f"  {line}" for line in _metric(metric, "ratio")]
    return "\n".join([*lines, ""]) if lines else ""


def _label(roles: Sequence[Guess], column: str) -> Text:
    return next(guess.label for guess in roles if guess.column == column and guess.role == "dimension")


def _conformed(source: Source, roles: Sequence[Guess]) -> dict[tuple[str, str], str]:
    """Return the columns of several tables that are one dimension: the same name, and one's values in the other's."""
    by_name: dict[str, list[Guess]] = {}
    for guess in roles:
        if guess.role == "dimension":
            by_name.setdefault(guess.column, []).append(guess)
    found: dict[tuple[str, str], str] = {}
    for name, group in by_name.items():
        for one, other in combinations(group, 2):
            a, b = (one.table, one.column), (other.table, other.column)
            if source.included(a, b) or source.included(b, a):
                found |= {a: name, b: name}
    return found


def _text(text: Text) -> str:
    return _flow({"zh": text.zh, "en": text.en}) if text.zh != text.en else _flow(text.zh)


def _flow(value: object) -> str:
    written = yaml.safe_dump(
        value, allow_unicode=True, default_flow_style=True, width=10_000, sort_keys=False
    )
    return written.removesuffix("\n").removesuffix("\n...")


def _comment(text: str) -> str:
    return " ".join(text.split())[:60]
