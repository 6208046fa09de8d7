"""Suggestions as a file: Markdown for people, CSV for a table. Plain text, no formula a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from semantic_layer.catalog import Metric
from semantic_layer.text import Locale, Text
from tools.result import Suggestion

_HEAD = Text(zh="增长建议", en="Growth suggestions")
_PARTS = (
    ("problem", Text(zh="问题", en="Problem")),
    ("strategy", Text(zh="做法", en="Strategy")),
    ("effect", Text(zh="预期效果", en="Expected effect")),
    ("evidence", Text(zh="证据", en="Evidence")),
    ("checks", Text(zh="检查", en="Checks")),
    ("test", Text(zh="怎么验证", en="How to test")),
    ("owner", Text(zh="负责人", en="Owner")),
)
EVIDENCE = (
    ("experiment", Text(zh="实验", en="experiment")),
    ("quasi_experiment", Text(zh="准实验", en="quasi-experiment")),
    ("adjusted", Text(zh="调整后相关", en="adjusted correlation")),
    ("correlation", Text(zh="相关", en="correlation")),
)
CHECKS = {
    "volume": Text(zh="样本量", en="volume"),
    "interval": Text(zh="区间", en="interval"),
    "mix": Text(zh="结构", en="mix"),
    "stability": Text(zh="稳定", en="stability"),
    "quality": Text(zh="数据质量", en="data quality"),
}
COLUMNS = (
    "number", "problem", "strategy", "metric", "low", "high", "horizon_days", "formula", "evidence", "checks_passed",
    "checks_failed", "n_per_arm", "weeks", "test", "owner",
)  # fmt: skip
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def to_markdown(suggestions: Sequence[Suggestion], metrics: Mapping[str, Metric], locale: Locale) -> str:
    """Return one section per suggestion, in rank order, in one language."""
    lines = [f"# {_HEAD.at(locale)}", ""]
    labels = dict(_PARTS)
    for number, one in enumerate(suggestions, start=1):
        metric = metrics.get(one.effect.metric)
        checks = [
            f"{'✓' if check.passed else '✗'} {CHECKS.get(check.name, Text.same(check.name)).at(locale)}: "
            f"{check.note.at(locale)}"
            for check in one.checks
        ]
        said = {
            "problem": one.problem.at(locale),
            "strategy": one.strategy.at(locale),
            "effect": one.effect.formula.at(locale),
            "evidence": dict(EVIDENCE)[one.evidence].at(locale),
            "test": one.test.description.at(locale),
            "owner": metric.owner if metric is not None and metric.owner else "–",
        }
        lines.append(f"## {number}. {one.strategy.at(locale)}")
        lines.append("")
        for name, label in labels.items():
            if name == "strategy":
                continue
            if name == "checks":
                lines.append(f"- **{label.at(locale)}**")
                lines += [f"  - {check}" for check in checks]
            elif name == "test":  # it says itself what it is
                lines.append(f"- {said[name]}")
            else:
                lines.append(f"- **{label.at(locale)}**: {said[name]}")
        lines.append("")
    return "\n".join(lines)


def to_csv(suggestions: Sequence[Suggestion], metrics: Mapping[str, Metric], locale: Locale) -> str:
    """Return one row per suggestion under fixed column names; texts in one language, numbers plain."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, one in enumerate(suggestions, start=1):
        metric = metrics.get(one.effect.metric)
        passed = ";".join(check.name for check in one.checks if check.passed)
        failed = ";".join(check.name for check in one.checks if not check.passed)
        texts = (one.problem.at(locale), one.strategy.at(locale))
        writer.writerow(
            [
                number, *map(_safe, texts), one.effect.metric, one.effect.low, one.effect.high,
                one.effect.horizon_days, _safe(one.effect.formula.at(locale)), one.evidence, passed, failed,
                one.test.n_per_arm if one.test.n_per_arm is not None else "",
                one.test.weeks if one.test.weeks is not None else "", _safe(one.test.description.at(locale)),
                _safe(metric.owner or "") if metric is not None else "",
            ]
        )  # fmt: skip
    return buffer.getvalue()


def _safe(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_RISKY) else text
