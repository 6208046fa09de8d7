"""Names for the typed parts of an answer, as a reader sees them in the card."""

from __future__ import annotations

from semantic_layer.text import Text

SLOT_LABELS: dict[str, Text] = {
    "metric": Text(zh="指标", en="Metric"),
    "dimension": Text(zh="维度", en="Breakdown"),
    "filter": Text(zh="筛选", en="Only"),
    "segment": Text(zh="人群", en="Segment"),
    "period": Text(zh="时间", en="Period"),
    "comparison": Text(zh="对比", en="Versus"),
    "order": Text(zh="排序", en="Order"),
    "limit": Text(zh="取", en="Top"),
    "grain": Text(zh="粒度", en="Per"),
    "having": Text(zh="条件", en="Where"),
    "share": Text(zh="计算", en="Computed"),
    "rank": Text(zh="计算", en="Computed"),
    "window": Text(zh="计算", en="Computed"),
    "average": Text(zh="计算", en="Computed"),
    "chart": Text(zh="图表", en="Chart"),
    "analysis": Text(zh="分析", en="Analysis"),
    "input": Text(zh="输入", en="Input"),
    "topic": Text(zh="问的是", en="About"),
    "concept": Text(zh="理解", en="Meaning"),
}
EVIDENCE_LABELS: dict[str, Text] = {
    "experiment": Text(zh="实验", en="Experiment"),
    "quasi_experiment": Text(zh="准实验", en="Quasi-experiment"),
    "adjusted": Text(zh="调整后相关", en="Adjusted correlation"),
    "correlation": Text(zh="相关", en="Correlation only"),
}
# What a grade of evidence is worth, for a reader who asks why.
EVIDENCE_MEANS: dict[str, Text] = {
    "experiment": Text(
        zh="来自随机对照实验:两组只差这一件事,差别可以算到它头上。",
        en="From a randomised experiment: the groups differ in this one thing, so the difference is its doing.",
    ),
    "quasi_experiment": Text(
        zh="来自前后或对照比较,不是随机分组:多半是它的作用,但不能完全排除别的原因。",
        en="From a comparison before and after or with a control, not randomised: probably its doing, but other "
        "causes cannot be ruled out entirely.",
    ),
    "adjusted": Text(
        zh="来自历史数据,已扣除能看见的其他因素;不是实验,所以只说“可能”。",
        en="From history, with the other factors that can be seen taken out; no experiment, so it says “may”.",
    ),
    "correlation": Text(
        zh="只是历史上同时出现,没有扣除其他因素;先小范围试,再放大。",
        en="The two merely went together in the past, nothing else was taken out; try it small before going big.",
    ),
}
CHECK_LABELS: dict[str, Text] = {
    "volume": Text(zh="样本量", en="Volume"),
    "interval": Text(zh="区间", en="Interval"),
    "mix": Text(zh="结构", en="Mix"),
    "stability": Text(zh="稳定", en="Stability"),
    "quality": Text(zh="数据质量", en="Data quality"),
}
# What would have to be there for an answer, by the reason of a refusal.
NEEDS: dict[str, Text] = {
    "not_in_catalog": Text(
        zh="要能答,需要一张含有它的表(至少有日期和数值两列;要按什么拆,就得有那一列),接进工作区并写好口径。",
        en="To answer it I need a table that holds it (a date and a value at least, and a column for every "
        "breakdown), loaded into the workspace with a definition.",
    ),
    "not_enough_data": Text(
        zh="要能答,需要更长的历史,或把范围放宽一点。",
        en="To answer it I need a longer history, or a wider range.",
    ),
    "no_access": Text(
        zh="要能看,请管理员在 users.yml 或 access 里放开权限。",
        en="To see it, ask the administrator for access (users.yml, access).",
    ),
}
LEFT_OUT = Text(zh="另有 {n} 个没有画出", en="{n} more are not drawn")
CHART_LABELS: dict[str, Text] = {
    "line": Text(zh="折线", en="Line"),
    "bar": Text(zh="柱状", en="Bars"),
    "area": Text(zh="面积", en="Area"),
    "pie": Text(zh="环形", en="Ring"),
    "stacked_bar": Text(zh="堆叠", en="Stacked"),
    "grouped_bar": Text(zh="并排", en="Side by side"),
    "heatmap": Text(zh="热力", en="Heat map"),
}
PLANNER_LABELS: dict[str, Text] = {
    "rules": Text(zh="规则(离线,不经模型)", en="Rules (offline, no model)"),
    "llm": Text(zh="语言模型", en="Language model"),
    "verified": Text(zh="已核对的问题", en="Verified question"),
    "none": Text(zh="无", en="None"),
}
STAGE_LABELS: dict[str, Text] = {
    "plan": Text(zh="理解", en="plan"),
    "compile": Text(zh="编译", en="compile"),
    "query": Text(zh="查询", en="query"),
    "execute": Text(zh="查询", en="query"),
    "compose": Text(zh="成文", en="compose"),
    "suggest": Text(zh="建议", en="suggest"),
    "total": Text(zh="合计", en="total"),
}


def begun(text: str) -> str:
    """Return a text as a line begins with it: labels of a catalog begin in lower case. iOS stays as it is."""
    return text[:1].upper() + text[1:] if text[1:2].islower() or text[1:2] in " -" else text


def name_text(name: str) -> Text:
    """Return a technical name as readable text, the same in both languages."""
    return Text.same(name.replace("_", " ") or "?")
