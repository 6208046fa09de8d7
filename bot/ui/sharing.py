"""Answers that leave the chat: documents that stand alone, and links that ask the same plan again."""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from semantic_layer.errors import AskGrowthError, QueryError
from semantic_layer.text import Locale, Text

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from bot.documents.render import Form
    from bot.ui.backend import Backend

Json = dict[str, object]
COOKIE = "askgrowth_link"
SECONDS = 600
MOST_WAITING = 500
LONGEST = 6_000  # characters of a link; a longer plan is no plan of ours
MOST_ANSWERS = 50


def document(backend: Backend, payload: Json, user: str | None, locale: Locale) -> Json:
    """Return the answers of `plans` (each `{plan, question}`) as one file, asked anew under the reader's rights.

    `form` is html or md. The file is self-contained: charts are pictures in it, it loads nothing.

    Raises:
        AskGrowthError: a plan cannot be read, or is no longer answered to this reader.
    """
    from bot.documents.content import document_of
    from bot.documents.render import render
    from bot.ui.desk import read_plan

    layer = backend.layer
    listed = payload.get("plans")
    if layer is None or not isinstance(listed, list) or not listed:
        raise _unreadable()
    form: Form = "md" if payload.get("form") == "md" else "html"
    pages = []
    for one in listed[:MOST_ANSWERS]:
        if not isinstance(one, dict):
            raise _unreadable()
        question = str(one.get("question") or "")[:400]
        answer = backend.asker.run(read_plan(one.get("plan")), question=question, locale=locale, user=user)
        if answer.error is not None:
            raise QueryError(answer.error.message, answer.error.mend, code=answer.error.code)
        if answer.refusal is not None:
            raise QueryError(
                answer.refusal.message,
                Text(zh="换个时间或条件再问。", en="Ask for another period or filter."),
            )
        title = Text.same(question) if question.strip() else None
        made = document_of(answer, layer.catalog, layer.settings.name, with_sql=True, title=title)
        pages.append(render(replace(made, is_brief=False), form))
    joined = "\n\n---\n\n".join(pages) if form == "md" else _joined(pages)
    return {"file": b64encode(joined.encode()).decode(), "form": form}


def _joined(pages: list[str]) -> str:
    """Return several pages as one: the first, with the bodies of the others after its own."""
    first, *others = pages
    bodies = [page.partition("<body")[2].partition(">")[2].rpartition("</body>")[0] for page in others]
    before, end, after = first.rpartition("</body>")
    return "".join([before, *(f"\n<hr>\n{body}" for body in bodies), end, after])


def link_of(plan: Json, question: str) -> str:
    """Return the address that asks a plan anew; the card makes the same in its own language (60_share.jsx)."""
    written = json.dumps({"plan": plan, "question": question}, ensure_ascii=False, separators=(",", ":"))
    return f"/?plan={urlsafe_b64encode(written.encode()).decode().rstrip('=')}"


def read_link(written: str) -> tuple[object, str]:
    """Return plan and question of a link, as they came: whoever opens it asks under their own rights.

    Raises:
        QueryError: it is no link of ours.
    """
    if len(written) > LONGEST:
        raise _unreadable()
    try:
        found = json.loads(urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(found, dict) or not isinstance(found.get("plan"), dict):
        raise _unreadable()
    return found["plan"], str(found.get("question") or "")[:400]


class Links:
    """Links that were opened and wait for their conversation, each once and for ten minutes."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def keep(self, written: str) -> str:
        """Return the key under which a link waits."""
        key = secrets.token_urlsafe(16)
        self._waiting[key] = (time.monotonic(), written)
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        return key

    def take(self, cookies: str) -> str | None:
        """Return the link that the cookies of a connection name, once."""
        for part in cookies.split(";"):
            name, _, value = part.strip().partition("=")
            if name == COOKIE:
                at, written = self._waiting.pop(value, (0.0, ""))
                return written if written and time.monotonic() - at < SECONDS else None
        return None


LINKS = Links()


class LinkOpener:
    """Takes `/?plan=…`: keeps the link under a key, which a cookie brings to the conversation, and opens the chat."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the chat's application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect a link, pass everything else on."""
        if scope["type"] == "http" and scope["path"] == "/" and scope["method"] == "GET":
            written = parse_qs(scope["query_string"].decode("latin-1")).get("plan")
            if written and len(written[0]) <= LONGEST:
                cookie = (
                    f"{COOKIE}={LINKS.keep(written[0])}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Lax"
                )
                headers = [
                    (b"location", b"/"),
                    (b"set-cookie", cookie.encode()),
                    (b"cache-control", b"no-store"),
                ]
                await send({"type": "http.response.start", "status": 303, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
        await self._app(scope, receive, send)


def problem_of_link(error: AskGrowthError, locale: Locale) -> str:
    """Return what to say about a link that cannot be opened."""
    return f"{error.message.at(locale)} {error.mend.at(locale)}"


def _unreadable() -> QueryError:
    return QueryError(
        Text(zh="这个链接或按钮读不出来。", en="This link or button cannot be read."),
        Text(zh="请对方重新复制链接,或直接提问。", en="Ask for the link again, or ask the question."),
        code="invalid_link",
    )
