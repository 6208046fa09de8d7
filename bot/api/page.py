"""The page that describes the HTTP interface, made from its OpenAPI description; it loads nothing from anywhere."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from semantic_layer.text import Locale, Text

_TITLE = Text(zh="问增长的 HTTP 接口", en="AskGrowth over HTTP")
_TOKEN = Text(
    zh="每个请求带上令牌:Authorization: Bearer ag_…(askgrowth token add 用户名)。",
    en="Every request carries a token: Authorization: Bearer ag_… (askgrowth token add USER).",
)
_RAW = Text(zh="OpenAPI 描述", en="OpenAPI description")
_HEAD = (Text(zh="字段", en="field"), Text(zh="类型", en="type"), Text(zh="说明", en="meaning"))
_SUMMARIES = {
    "/ask": Text(zh="回答一个问题", en="Answer a question in words"),
    "/query": Text(zh="按名字查询指标", en="Query metrics by name"),
    "/metrics": Text(zh="能问什么:指标、维度、人群", en="What can be asked: metrics, dimensions, segments"),
    "/tools": Text(zh="分析工具及其输入", en="The prebuilt analyses and their inputs"),
    "/tools/{name}": Text(zh="运行一个分析", en="Run one analysis"),
    "/health": Text(zh="服务是否正常,不需要令牌", en="Whether the server answers; needs no token"),
}
_EXAMPLES: dict[str, dict[str, object]] = {
    "/ask": {"question": "…", "locale": "zh-CN"},
    "/query": {"metrics": ["…"], "by": ["…"], "period": "last_30_days"},
    "/tools/{name}": {"inputs": {}},
}
_STYLE = (
    "body{font:15px/1.6 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;max-width:60rem;"
    "margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}h2{margin-top:2rem;font-size:1.1rem}"
    "code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{background:#f3f5f8;padding:.8rem;overflow:auto}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;border-bottom:1px solid #dde2ea;"
    "padding:.3rem .6rem}"
    "b.m{color:#fff;background:#1f5fbf;border-radius:4px;padding:.1rem .5rem;margin-right:.5rem}"
    "@media(prefers-color-scheme:dark){body{color:#e4e8ee;background:#14181f}pre{background:#1e242d}td,th{border-color:#333c49}}"
)


def api_html(schema: dict[str, Any], locale: Locale, server: str) -> str:
    """Return the page of an OpenAPI description in one language; its examples ask `server`."""
    parts = []
    for path, methods in schema["paths"].items():
        for method, described in methods.items():
            parts.append(_operation(path, method, described, schema, locale, server))
    return (
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8"><title>{escape(_TITLE.at(locale))}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(_TITLE.at(locale))}</h1><p>{escape(_TOKEN.at(locale))}</p>"
        f'<p><a href="/api/openapi.json">{escape(_RAW.at(locale))}</a></p>{"".join(parts)}</body></html>'
    )


def _operation(
    path: str, method: str, described: dict[str, Any], schema: dict[str, Any], locale: Locale, server: str
) -> str:
    summary = _SUMMARIES[path].at(locale) if path in _SUMMARIES else str(described.get("summary", ""))
    example = _EXAMPLES.get(path)
    body = json.dumps(example, ensure_ascii=False) if example is not None else ""
    sent = f" \\\n  -H 'Content-Type: application/json' -d '{body}'" if body else ""
    curl = f"curl -H 'Authorization: Bearer ag_…' {server}/api{path}{sent}"
    return (
        f'<h2 id="{escape(method + path)}"><b class="m">{method.upper()}</b><code>/api{escape(path)}</code></h2>'
        f"<p>{escape(summary)}</p><pre>{escape(curl)}</pre>{_fields(described, schema, locale)}"
    )


def _fields(described: dict[str, Any], schema: dict[str, Any], locale: Locale) -> str:
    content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    if not name:
        return ""
    found = schema["components"]["schemas"][name]
    required = found.get("required", [])
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code>{' *' if field in required else ''}</td><td>{escape(_type(one))}</td>"
        f"<td>{escape(str(one.get('description', '')))}</td></tr>"
        for field, one in found["properties"].items()
    )
    head = "".join(f"<th>{escape(text.at(locale))}</th>" for text in _HEAD)
    return f"<table><tr>{head}</tr>{rows}</table>"


def _type(one: dict[str, Any]) -> str:
    if "anyOf" in one:
        return " | ".join(_type(part) for part in one["anyOf"])
    if "enum" in one:
        return " | ".join(map(str, one["enum"]))
    kind = str(one.get("type", ""))
    return (
        f"{kind} of {_type(one['items'])}"
        if kind == "array" and "items" in one
        else str(one.get("format", kind))
    )
