"""The findings of all checks as tables, sentences and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semantic_layer.catalog import Model
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.quality.fields import Issue
from tools.registry import ToolContext
from tools.render import date_before, percent
from tools.result import ChartSpec, Finding, Method, ToolResult

CHECKS = (
    ("completeness", Text(zh="完整性", en="completeness")),
    ("uniqueness", Text(zh="唯一性", en="uniqueness")),
    ("domain", Text(zh="取值范围", en="domain")),
    ("range", Text(zh="数值符号", en="sign")),
    ("order", Text(zh="时间先后", en="order of times")),
    ("reference", Text(zh="引用完整", en="reference")),
    ("consistency", Text(zh="表间一致", en="consistency")),
    ("freshness", Text(zh="及时性", en="freshness")),
    ("duplicates", Text(zh="重复行", en="duplicate rows")),
    ("spelling", Text(zh="近似重复", en="near duplicates")),
    ("outliers", Text(zh="离群值", en="outliers")),
)
SEVERITIES = (
    ("problem", Text(zh="问题", en="problem")),
    ("suspect", Text(zh="可疑", en="suspect")),
    ("note", Text(zh="提示", en="note")),
)
NOTES = (
    Method(
        zh="口径:每项检查是一条 SQL(查询编号对应附后的语句),读到今天为止的全部行;空字段超过一半视为选填;"
        "离群按对数值的中位数绝对偏差,z>6 且不超过千分之一;近似重复比较大小写、全半角、空格和单个词的拼写。",
        en="Definition: each check is one SQL statement (see its number) over all rows up to today. A field empty "
        "in more than half of the rows counts as optional; outliers: robust z over 6 on the log scale and at most "
        "one row in a thousand; near duplicates: case, width, spaces and one misspelt word.",
    ),
    Text(
        zh="可能出错的地方:「可疑」不等于错,请看过样例再处理;YAML 没声明的列不在检查之内。",
        en="What could be wrong: “suspect” is not wrong; look at examples before mending. Columns that the YAML "
        "does not declare are not checked.",
    ),
)
_ORDER = {name: at for at, (name, _) in enumerate(SEVERITIES)}
_CHECK_LABELS = dict(CHECKS)


@dataclass(frozen=True, slots=True)
class Looked:
    """One model after all checks: its rows, how many columns were looked at, and what was found."""

    model: Model
    rows: int
    fields: int
    issues: tuple[Issue, ...]


def report(looked: Sequence[Looked], declared: Sequence[Issue], context: ToolContext) -> ToolResult:
    """Return the answer; issues by severity, then by the share of rows they touch."""
    issues = [*(issue for one in looked for issue in one.issues), *declared]
    issues.sort(key=lambda one: (_ORDER[one.severity], -one.share, one.model.name, one.label.en))
    statements = list(dict.fromkeys(one.sql for one in issues))
    serious = [one for one in issues if one.severity != "note"]
    table = _issue_table(issues, statements)
    models = _model_table(looked, issues, context)
    return ToolResult(
        headline=_headline(looked, issues),
        tables=(table, models) if issues else (models,),
        chart=ChartSpec(
            "bar", Text(zh="受影响比例", en="Share affected"), _chart_table(serious), x="issue",
            y=("affected_share",), options={"sorted": True},
        ) if serious else None,
        findings=tuple(_finding(one) for one in serious[:8]),
        warnings=NOTES,
        sql=tuple(statements),
    )  # fmt: skip


def _headline(looked: Sequence[Looked], issues: Sequence[Issue]) -> Text:
    rows, models = sum(one.rows for one in looked), sum(1 for one in looked if one.rows)
    counts = {name: sum(one.severity == name for one in issues) for name, _ in SEVERITIES}
    zh = f"检查了 {models} 个表、{rows:,} 行:"
    en = f"{models} tables with {rows:,} rows were checked: "
    if not counts["problem"] and not counts["suspect"]:
        return Text(zh=f"{zh}没有发现需要处理的问题。", en=f"{en}nothing was found that needs mending.")
    first = next(one for one in issues if one.severity != "note")
    said = _finding(first).statement
    return Text(
        zh=f"{zh}{counts['problem']} 处问题,{counts['suspect']} 处可疑。最要紧的:{said.zh}",
        en=f"{en}{_many(counts['problem'], 'problem')} and {_many(counts['suspect'], 'suspect point')}. "
        f"First: {said.en}",
    )


def _many(count: int, name: str) -> str:
    """Return a count with its English noun, which takes an s where there is not one."""
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def _finding(one: Issue) -> Finding:
    check = _CHECK_LABELS[one.check]
    share = percent(one.share)
    many = f"{one.affected:,}"
    counted = _many(one.affected, one.of.en[:-1]) if one.of.en.endswith("s") else f"{many} {one.of.en}"
    return Finding(
        "quality",
        Text(
            zh=f"{one.model.label.zh}·{one.label.zh}({check.zh}):{many} {one.of.zh}({share}){one.note.zh}。",
            en=f"{one.model.label.en}, {one.label.en} ({check.en}): {counted} ({share}), {one.note.en}.",
        ),
        value=one.share,
        at=one.model.name,
    )


def _issue_table(issues: Sequence[Issue], statements: Sequence[str]) -> Table:
    models = tuple({one.model.name: one.model.label for one in issues}.items())
    labels = tuple((str(at), one.label) for at, one in enumerate(issues))
    notes = tuple((str(at), one.note) for at, one in enumerate(issues))
    units = tuple((one.of.en, one.of) for one in issues)
    columns = (
        Column("severity", Text(zh="程度", en="severity"), "dimension", value_labels=SEVERITIES),
        Column("check", Text(zh="检查项", en="check"), "dimension", value_labels=CHECKS),
        Column("model", Text(zh="数据表", en="model"), "dimension", value_labels=models),
        Column("field", Text(zh="字段", en="field"), "dimension", value_labels=labels),
        Column("affected", Text(zh="受影响", en="affected"), "derived", format="#,##0"),
        Column("checked", Text(zh="检查数", en="checked"), "derived", format="#,##0"),
        Column("affected_share", Text(zh="占比", en="share"), "derived"),
        Column(
            "counted", Text(zh="单位", en="counted"), "dimension", value_labels=tuple(dict(units).items())
        ),
        Column("why", Text(zh="说明", en="what"), "dimension", value_labels=notes),
        Column("query", Text(zh="查询编号", en="query"), "derived", format="0"),
    )
    rows = tuple(
        (
            one.severity, one.check, one.model.name, str(at), one.affected, one.checked, one.share, one.of.en,
            str(at), statements.index(one.sql) + 1,
        )
        for at, one in enumerate(issues)
    )  # fmt: skip
    return Table(columns, rows, len(rows))


def _chart_table(issues: Sequence[Issue]) -> Table:
    shown = issues[:12]
    labels = tuple(
        (
            str(at),
            Text(
                zh=f"{one.label.zh}·{_CHECK_LABELS[one.check].zh}",
                en=f"{one.label.en}, {_CHECK_LABELS[one.check].en}",
            ),
        )
        for at, one in enumerate(shown)
    )
    columns = (
        Column("issue", Text(zh="问题", en="issue"), "dimension", value_labels=labels),
        Column("affected_share", Text(zh="受影响比例", en="share affected"), "derived"),
    )
    return Table(columns, tuple((str(at), one.share) for at, one in enumerate(shown)), len(shown))


def _model_table(looked: Sequence[Looked], issues: Sequence[Issue], context: ToolContext) -> Table:
    labels = tuple((one.model.name, one.model.label) for one in looked)
    columns = (
        Column("model", Text(zh="数据表", en="model"), "dimension", value_labels=labels),
        Column("rows", Text(zh="行数", en="rows"), "derived", format="#,##0"),
        Column("fields", Text(zh="检查的字段", en="fields checked"), "derived", format="0"),
        Column("first_day", Text(zh="第一天", en="first day"), "time", grain="day"),
        Column("last_day", Text(zh="最后一天", en="last day"), "time", grain="day"),
        *(Column(name, label, "derived", format="0") for name, label in SEVERITIES),
    )
    rows = []
    for one in looked:
        span = context.layer.model_coverage(one.model.name)
        end = min(span.end, context.today) if span.end else None
        counts = [
            sum(issue.severity == name and issue.model.name == one.model.name for issue in issues)
            for name, _ in SEVERITIES
        ]
        last = date_before(end) if end is not None else None
        rows.append((one.model.name, one.rows, one.fields, span.start, last, *counts))
    return Table(columns, tuple(rows), len(rows))
