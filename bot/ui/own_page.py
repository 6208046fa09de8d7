"""The page of a reader's own data: what was brought, when and how much, each with a way to take it away."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from bot.ui.own_list import Brought
from semantic_layer.text import LOCALES, Locale, Text

WORDS = {
    "title": Text(zh="我的数据", en="My data"),
    "about": Text(
        zh="拖进对话的文件。数据只存在这台服务器上,只有你能问。",
        en="Files you dropped into conversations. They stay on this server, and only you can ask them.",
    ),
    "none": Text(
        zh="还没有。把 CSV、Excel 或 Parquet 文件拖进对话就会出现在这里。",
        en="Nothing yet. Drop a CSV, Excel or Parquet file into a conversation and it appears here.",
    ),
    "chat": Text(zh="回到对话", en="Back to the chat"),
    "other": Text(zh="English", en="中文"),
    "rows": Text(zh="{rows} 行 · {columns} 列 · {size}", en="{rows} rows · {columns} columns · {size}"),
    "waiting": Text(zh="待确认", en="not confirmed yet"),
    "open": Text(zh="打开对话", en="Open the conversation"),
    "remove": Text(zh="删除", en="Delete"),
    "sure": Text(
        zh="删除后不能恢复,这段对话之后按工作区的数据回答。确定删除?",
        en="This cannot be undone; the conversation is answered from the workspace's data from then on. Delete?",
    ),
    "removed": Text(zh="已删除。", en="Deleted."),
    "failed": Text(zh="没有删掉,请刷新后再试。", en="Not deleted. Reload the page and try again."),
}


def own_html(listed: Sequence[Brought], locale: Locale, stamp: str) -> str:
    """Return the page; names of files are escaped like everything that comes from a reader."""
    other = LOCALES[1] if locale == LOCALES[0] else LOCALES[0]
    say = {name: escape(text.at(locale)) for name, text in WORDS.items()}
    items = "".join(_item(one, locale, say) for one in listed)
    body = items or f'<p data-testid="none">{say["none"]}</p>'
    return f"""<!doctype html>
<html lang="{locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{say["title"]}</title>
<link rel="icon" href="/favicon"><link rel="stylesheet" href="/public/catalog.css?{stamp}">
<script src="/public/own.js?{stamp}" defer></script></head>
<body data-sure="{say["sure"]}" data-removed="{say["removed"]}" data-failed="{say["failed"]}">
<header class="top"><div><h1>{say["title"]}</h1><p>{say["about"]}</p></div>
<nav><a href="/">{say["chat"]}</a><a href="?lang={other}" lang="{other}">{say["other"]}</a></nav></header>
<main><p id="said" role="status" hidden></p>{body}</main></body></html>"""


def _item(one: Brought, locale: Locale, say: dict[str, str]) -> str:
    names = escape("、".join(one.files) if locale == LOCALES[0] else ", ".join(one.files))
    facts = say["rows"].format(rows=f"{one.rows:,}", columns=one.columns, size=_size(one.size))
    at = escape(one.brought_at)
    when = f'<time datetime="{at}">{at[:16].replace("T", " ")} UTC</time>'
    badge = "" if one.ready else f'<span class="badge">{say["waiting"]}</span>'
    thread = f"/thread/{quote(one.conversation, safe='')}"
    return (
        f'<article data-testid="own" data-key="{escape(one.key)}"><header><h2>{names}{badge}</h2></header>'
        f"<p>{facts} · {when}</p>"
        f'<div class="does"><a href="{thread}">{say["open"]}</a>'
        f'<button type="button" class="remove" aria-label="{say["remove"]} {names}">{say["remove"]}</button>'
        "</div></article>"
    )


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3)):,} KB"
