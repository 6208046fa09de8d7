"""Sends one message to one target through Apprise. The only module that imports it."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.delivery.fit import parts_of
from bot.delivery.group_chats import ROBOTS, post, posts_of, worth_retrying
from bot.delivery.message import Message, Receipt, Target

SLACK = "slack"
MAIL = ("mailto", "mailtos")
WEBHOOKS = ("json", "jsons", "form", "forms", "xml", "xmls")
_STATUS = re.compile(r"error=(\d{3})")


def send_to(message: Message, target: Target, key: str | None = None) -> Receipt:
    """Return what became of a message at a target. Never raises, never logs an address.

    `retry` means that it may arrive later; `dead` that it will not without a change of the address.
    """
    import apprise

    _keep_quiet()
    service, url, gateway = _address(target.url)
    plugin: Any = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if plugin is None:
        return Receipt(target.name, "dead", service, problem="the address cannot be read")
    if service in ROBOTS:
        return _to_robot(message, target, service, plugin, gateway)
    if service == SLACK and gateway is not None:  # its address is an attribute of the class
        plugin.webhook_url = f"{gateway.rstrip('/')}/services"
    if key is not None:
        _mark(plugin, service, key)
    return _through_apprise(message, target, service, plugin)


def service_of(target: Target) -> str:
    """Return the name of the service that an address is of: its scheme, the only part that is no secret."""
    return _address(target.url)[0]


def is_once(target: Target) -> bool:
    """Return whether a target wants no repeat where nobody knows if a message arrived: `?once=yes` in its address."""
    asked = parse_qsl(urlsplit(target.url).query)
    return any(name == "once" and value.lower() in ("yes", "true", "1") for name, value in asked)


def _address(url: str) -> tuple[str, str, str | None]:
    """Return scheme, the address as Apprise takes it, and the gateway that stands before the service."""
    scheme = url.partition("://")[0].lower()
    parts = urlsplit(url)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    ours = {"once", "gateway"} if scheme in (*ROBOTS, SLACK) else {"once"}
    if not any(name in ours for name, _ in asked):
        return scheme, url, None
    gateway = next((value for name, value in asked if name == "gateway" and name in ours), None)
    rest = urlencode([(name, value) for name, value in asked if name not in ours])
    return scheme, urlunsplit(parts._replace(query=rest)), gateway


def _keep_quiet() -> None:
    """Keep addresses out of every log: both libraries write them there at their lowest level."""
    for name in ("apprise", "urllib3.connectionpool", "requests"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _to_robot(message: Message, target: Target, service: str, plugin: Any, gateway: str | None) -> Receipt:
    sent = 0
    for content in posts_of(service, message):
        reply = post(service, plugin, content, gateway, datetime.now(UTC))
        if not reply.arrived:
            # Half of a message is there already: trying again would double it, so the rest is given up.
            again = reply.may_retry and sent == 0
            return Receipt(target.name, "retry" if again else "dead", service, sent, reply.problem)
        sent += 1
    return Receipt(target.name, "sent", service, sent)


def _mark(plugin: Any, service: str, key: str) -> None:
    """Give the receiver what it needs to see that it has a message already."""
    if service in MAIL:
        plugin.headers["X-AskGrowth-Key"] = key
    elif service in WEBHOOKS:
        plugin.headers["Idempotency-Key"] = key


def _through_apprise(message: Message, target: Target, service: str, plugin: Any) -> Receipt:
    import apprise
    from apprise.attachment.memory import AttachMemory

    sender = apprise.Apprise()
    sender.add(plugin)
    as_html = message.html is not None and service in MAIL
    body = message.html if as_html and message.html is not None else message.markdown
    files = []
    if plugin.attachment_support:
        memory: Any = AttachMemory
        files = [memory(one.content, name=one.name, mimetype=one.mime) for one in message.attachments]
    parts = [body] if as_html else parts_of(body, plugin.body_maxlen - 300, message.locale, len)
    said: list[str] = []

    def hear(entry: Any, _plugin: Any = None) -> None:
        said.append(str(entry.message))

    for at, part in enumerate(parts):
        arrived = sender.notify(
            body=part,
            title=message.title,
            body_format=apprise.NotifyFormat.HTML if as_html else apprise.NotifyFormat.MARKDOWN,
            attach=files if at == 0 and files else None,
            log_callback=hear,
            log_level=logging.WARNING,
        )
        if not arrived:
            problem, again = _problem(said, service)
            return Receipt(target.name, "retry" if again and at == 0 else "dead", service, at, problem)
    return Receipt(target.name, "sent", service, len(parts))


def _problem(said: list[str], service: str) -> tuple[str, bool]:
    """Return what went wrong in our own words: Apprise's may hold an address."""
    found = next((match for line in said if (match := _STATUS.search(line))), None)
    if found is not None:
        return f"HTTP {found.group(1)}", worth_retrying(int(found.group(1)))
    return ("the mail server did not take it" if service in MAIL else "no connection"), True
