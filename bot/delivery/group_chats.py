"""The robots of WeCom, DingTalk, Feishu and Lark: what is posted, and whether the answer means that it arrived.

They answer HTTP 200 to a refused message and say so in the body only, which Apprise does not read: it would report a
message as sent that nobody got. Apprise reads the addresses; what is posted is ours. `?gateway=http://host` in an
address replaces the service's host: companies put one between, and tests listen there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.delivery.fit import parts_of
from bot.delivery.message import Attachment, Message

SECONDS = (5, 20)  # to connect, to answer
WECOM_PICTURE = 2_000_000
PICTURES = ("image/png", "image/jpeg")
BUSY = {45009, 45033, 130101, 11232, -1}  # too many messages a minute, or the service is busy


@dataclass(frozen=True, slots=True)
class Robot:
    """One service: where, how much a post holds in bytes, and the posts of a text."""

    host: str
    path: str
    most: int
    post: Callable[[str, str], Mapping[str, Any]]


def _wecom(_title: str, text: str) -> Mapping[str, Any]:
    return {"msgtype": "markdown", "markdown": {"content": text}}


def _dingtalk(title: str, text: str) -> Mapping[str, Any]:
    return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}


def _card(title: str, text: str) -> Mapping[str, Any]:
    header = {"title": {"tag": "plain_text", "content": title}}
    return {
        "msg_type": "interactive",
        "card": {"header": header, "elements": [{"tag": "markdown", "content": text}]},
    }


ROBOTS = {
    "wecombot": Robot("https://qyapi.weixin.qq.com", "/cgi-bin/webhook/send", 4096, _wecom),
    "dingtalk": Robot("https://oapi.dingtalk.com", "/robot/send", 18_000, _dingtalk),
    "feishu": Robot("https://open.feishu.cn", "/open-apis/bot/v2/hook/", 18_000, _card),
    "lark": Robot("https://open.larksuite.com", "/open-apis/bot/v2/hook/", 18_000, _card),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service said to one post: it arrived, or a problem, and whether trying again may help."""

    arrived: bool
    problem: str | None = None
    may_retry: bool = False


def posts_of(service: str, message: Message) -> list[Mapping[str, Any]]:
    """Return what is posted, in order: the text in parts, then pictures where the service takes them."""
    robot = ROBOTS[service]
    headed = service in ("feishu", "lark")  # a card shows the title itself
    text = message.markdown if headed else f"**{message.title}**\n\n{message.markdown}"
    parts = parts_of(text, robot.most - 200, message.locale)
    posts = [robot.post(message.title[:60], part) for part in parts]
    if service == "wecombot":
        posts += [_picture(one) for one in message.attachments if _fits(one)]
    return posts


def _fits(one: Attachment) -> bool:
    return one.mime in PICTURES and len(one.content) <= WECOM_PICTURE


def _picture(one: Attachment) -> Mapping[str, Any]:
    digest = hashlib.md5(one.content, usedforsecurity=False).hexdigest()
    return {"msgtype": "image", "image": {"base64": base64.b64encode(one.content).decode(), "md5": digest}}


def post(service: str, plugin: Any, content: Mapping[str, Any], gateway: str | None, now: datetime) -> Reply:
    """Return what the service said to one post. No address is ever part of the reply."""
    import requests

    robot = ROBOTS[service]
    url = (gateway or robot.host).rstrip("/") + robot.path
    params: dict[str, str] = {}
    if service == "wecombot":
        params["key"] = plugin.key
    elif service == "dingtalk":
        params = {"access_token": plugin.token, **(_signed(plugin.secret, now) if plugin.secret else {})}
    else:
        url += plugin.token
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        answer = requests.post(url, params=params, data=body, headers=headers, timeout=SECONDS)
    except requests.Timeout:
        return Reply(arrived=False, problem="timeout", may_retry=True)
    except requests.RequestException:
        return Reply(arrived=False, problem="no connection", may_retry=True)
    if answer.status_code != requests.codes.ok:
        return Reply(
            arrived=False, problem=f"HTTP {answer.status_code}", may_retry=worth_retrying(answer.status_code)
        )
    return _read(answer.text)


def worth_retrying(status: int) -> bool:
    """Return whether an HTTP status may be another one later."""
    return status in (408, 425, 429) or status >= 500


def _read(text: str) -> Reply:
    try:
        content = json.loads(text)
    except ValueError:
        return Reply(arrived=False, problem="an answer that is no JSON", may_retry=True)
    code = None
    if isinstance(content, dict):
        code = next((content[key] for key in ("errcode", "code", "StatusCode") if key in content), None)
    if code == 0:
        return Reply(arrived=True)
    return Reply(arrived=False, problem=f"refused with code {code}", may_retry=code in BUSY)


def _signed(secret: str, now: datetime) -> dict[str, str]:
    """Return DingTalk's signature of the time (milliseconds) by the robot's secret."""
    at = str(round(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": at, "sign": base64.b64encode(digest).decode()}
