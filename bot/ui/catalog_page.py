"""The page of metrics: definition, formula, owner, tree, recent values, who may see it; in the reader's language."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

from bot.catalog_view import formula
from bot.charts.tree import metric_tree, tree_svg
from bot.compose.definitions import definition
from bot.compose.importance import by_importance
from bot.plan import MetricPlan
from bot.ui.sharing import link_of
from bot.ui.wording import begun
from semantic_layer.catalog import Access
from semantic_layer.lineage import leaves
from semantic_layer.period import Grain
from semantic_layer.query import GroupBy, MetricQuery, PeriodRange
from semantic_layer.table import Column
from semantic_layer.text import LOCALES, Locale, Text
from tools.render import as_float, prose

if TYPE_CHECKING:
    from semantic_layer.catalog import Metric
    from semantic_layer.workspace import SemanticLayer

WEEKS = 12
TIERS = {
    "strategic": Text(zh="战略", en="Strategic"),
    "tactical": Text(zh="战术", en="Tactical"),
    "operational": Text(zh="运营", en="Operational"),
    None: Text(zh="其他", en="Other"),
}
WORDS = {
    "title": Text(zh="指标目录", en="Metrics"),
    "search": Text(zh="搜指标、口径、负责人", en="Search metrics, definitions, owners"),
    "count": Text(zh="共 {n} 个指标", en="{n} metrics"),
    "none": Text(zh="没有符合的指标。", en="No metric matches."),
    "chat": Text(zh="回到对话", en="Back to the chat"),
    "other": Text(zh="English", en="中文"),
    "formula": Text(zh="算法", en="Formula"),
    "owner": Text(zh="负责人", en="Owner"),
    "who": Text(zh="谁能看", en="Who may see it"),
    "version": Text(zh="版本", en="Version"),
    "synonyms": Text(zh="也叫", en="Also called"),
    "tree": Text(zh="由什么算出", en="What it is made of"),
    "recent": Text(zh="近 12 周", en="Last 12 weeks"),
    "ask": Text(zh="在对话里看近 12 周", en="See the last 12 weeks in the chat"),
    "asked": Text(zh="近12周每周的{metric}", en="{metric} by week for the last 12 weeks"),
    "certified": Text(zh="已认证", en="Certified"),
    "no_values": Text(zh="近期没有数据", en="no recent data"),
}


def catalog_html(
    layer: SemanticLayer, user: str | None, locale: Locale, stamp: str, notice: Text | None = None
) -> str:
    """Return the page with every metric that the user may see; everything from the workspace is escaped.

    `notice` is said above them: why the page is not of the newest files.

    Raises:
        AccessError: the user is unknown where the workspace has access rules.
    """
    hidden = layer.rights(user).hidden
    every = by_importance(layer.catalog.metrics.values(), layer.catalog)
    shown = [one for one in every if not one.hidden and one.name not in hidden]
    sections = []
    for tier, label in TIERS.items():
        metrics = [one for one in shown if one.tier == tier]
        if metrics:
            cards = "".join(_metric(layer, one, hidden, locale) for one in metrics)
            sections.append(f"<section><h2>{escape(label.at(locale))}</h2>{cards}</section>")
    other = LOCALES[1] if locale == LOCALES[0] else LOCALES[0]
    say = {name: escape(text.at(locale)) for name, text in WORDS.items()}
    workspace = escape(layer.settings.name.at(locale))
    warning = f'<p class="warning" role="status">{escape(notice.at(locale))}</p>' if notice else ""
    return f"""<!doctype html>
<html lang="{locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{say["title"]} · {workspace}</title>
<link rel="icon" href="/favicon"><link rel="stylesheet" href="/public/catalog.css?{stamp}">
<script src="/public/catalog.js?{stamp}" defer></script></head>
<body><header class="top"><div><h1>{say["title"]}</h1><p>{workspace} · {say["count"].format(n=len(shown))}</p></div>
<nav><a href="/">{say["chat"]}</a><a href="?lang={other}" lang="{other}">{say["other"]}</a></nav></header>
<main>{warning}<input id="search" type="search" placeholder="{say["search"]}" aria-label="{say["search"]}" autofocus>
<p id="none" role="status" hidden>{say["none"]}</p>{"".join(sections)}</main></body></html>"""


def _metric(layer: SemanticLayer, metric: Metric, hidden: frozenset[str], locale: Locale) -> str:
    catalog = layer.catalog
    label, name = escape(begun(metric.label.at(locale))), escape(metric.name)
    about = escape(begun(definition(catalog, metric).at(locale)))
    known = (metric.name, metric.label.zh, metric.label.en)
    words = " ".join((*known, definition(catalog, metric).zh, metric.owner or "", *metric.synonyms.all()))
    facts = [
        (WORDS["formula"], f"<code>{escape(formula(metric))}</code>"),
        (WORDS["owner"], escape(metric.owner or "–")),
        (WORDS["who"], escape(who(layer, metric).at(locale))),
        (WORDS["version"], f"<code>{name} · {escape(metric.version)}</code>"),
    ]
    also = metric.synonyms.zh if locale == LOCALES[0] else metric.synonyms.en
    if also:
        facts.append((WORDS["synonyms"], escape(("、" if locale == LOCALES[0] else ", ").join(also))))
    listed = "".join(
        f"<div><dt>{escape(text.at(locale))}</dt><dd>{value}</dd></div>" for text, value in facts
    )
    badge = f'<span class="badge">{escape(WORDS["certified"].at(locale))}</span>' if metric.certified else ""
    tree = tree_svg(metric_tree(catalog, metric.name, hidden), locale)
    return (
        f'<article data-metric="{name}" data-words="{escape(words.casefold())}" tabindex="-1">'
        f"<header><h3>{label}{badge}</h3>"
        f'<figure class="spark" data-metric="{name}">'
        f"<figcaption>{escape(WORDS['recent'].at(locale))}</figcaption></figure>"
        f"</header><p>{about}</p><dl>{listed}</dl>"
        f'<p class="ask"><a href="{escape(_asking(layer, metric, locale))}">{escape(WORDS["ask"].at(locale))}</a></p>'
        f"<details><summary>{escape(WORDS['tree'].at(locale))}</summary>"
        f'<div class="tree" tabindex="0" role="group" aria-label="{label}">{tree}</div></details></article>'
    )


def _asking(layer: SemanticLayer, metric: Metric, locale: Locale) -> str:
    """Return the link that asks for a metric by week."""
    plan = MetricPlan(
        kind="metric",
        metrics=(metric.name,),
        group_by=(GroupBy(dimension="metric_time", grain=Grain.WEEK),),
        period=_weeks(layer, layer.today()),
    )
    question = WORDS["asked"].at(locale).format(metric=begun(metric.label.at(locale)))
    return link_of(plan.model_dump(mode="json"), question)


def _weeks(layer: SemanticLayer, end: date) -> PeriodRange:
    """Return the last twelve whole weeks before `end`."""
    monday = end - timedelta(days=(end.weekday() - layer.catalog.week_start) % 7)
    return PeriodRange(start=monday - timedelta(weeks=WEEKS), end=monday)


def who(layer: SemanticLayer, metric: Metric) -> Text:
    """Return who may see a metric, and whether everyone sees only their own rows of it."""
    access = layer.catalog.access
    if access is None:
        return Text(zh="所有人", en="everyone")
    roles = {name: rules for name, rules in access.roles.items() if isinstance(rules, Access)}
    without = [name for name, rules in roles.items() if metric.name in rules.hidden]
    if metric.name in access.hidden and not roles:
        return Text(zh="没有人", en="nobody")
    seen: Text
    if without:
        names = "、".join(without), ", ".join(without)
        seen = Text(zh=f"除 {names[0]} 外的角色", en=f"every role but {names[1]}")
    else:
        seen = Text(zh="所有用户", en="every user")
    models = {
        getattr(layer.catalog.metrics[leaf].type, "model", "")
        for leaf in leaves(metric.name, layer.catalog.metrics)
    }
    if any(model in models for rules in (access, *roles.values()) for model, _ in rules.rows):
        return Text(zh=f"{seen.zh},各看自己有权限的行", en=f"{seen.en}, each their own rows")
    return seen


def spark(layer: SemanticLayer, metric: str, user: str | None, locale: Locale) -> dict[str, object]:
    """Return the last twelve whole weeks of a metric as an SVG line, and the latest value written out.

    Raises:
        AskGrowthError: there is no such metric for this user, or it cannot be read by week.
    """
    today = layer.today()
    end = min(today, layer.coverage([metric]).end or today) if metric in layer.catalog.metrics else today
    query = MetricQuery(
        metrics=(metric,),
        group_by=(GroupBy(dimension="metric_time", grain=Grain.WEEK),),
        period=_weeks(layer, end),
    )
    table = layer.query(query, user=user, timeout=20).table
    points = sorted((_day(row[0]), as_float(row[1])) for row in table.rows if row[0] is not None)
    known = [value for _, value in points if value is not None]
    if not known:
        return {"svg": "", "value": WORDS["no_values"].at(locale)}
    column: Column = table.columns[1]
    return {"svg": _line([value for _, value in points]), "value": prose(known[-1], column).at(locale)}


def _day(cell: object) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _line(values: list[float | None]) -> str:
    """Return a line of 120 by 32; a missing week is a gap, not a zero."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    height = (high - low) or 1.0
    step = 116 / max(1, len(values) - 1)
    path, pen = "", "M"
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        path += f"{pen}{2 + at * step:.1f} {29 - 26 * (value - low) / height:.1f}"
        pen = "L"
    return (
        '<svg viewBox="0 0 120 32" width="120" height="32" aria-hidden="true">'
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linejoin="round"/></svg>'
    )
