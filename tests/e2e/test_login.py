"""Sign-in by a proxy's header in the browser: the name, the secret, another name, and a session that ends."""

import asyncio
import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import jwt
import pytest
import socketio
from chat_page import ask, cards
from chat_server import Server, product_server
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

SECRET = "a-secret-of-the-proxy"
SHOP = "这周哪个柜台最有效?"


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, project_root, monkeypatch_module: pytest.MonkeyPatch
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("login")
    monkeypatch_module.setenv("ASKGROWTH_LOGIN_HEADER", "X-Forwarded-User")
    monkeypatch_module.setenv("ASKGROWTH_LOGIN_SECRET", SECRET)
    monkeypatch_module.setenv("ASKGROWTH_SESSION_HOURS", "0.005")  # eighteen seconds
    running = product_server(folder, project_root, project_root / "tests/e2e/shop", folder / "state")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def page_of(browser: Browser, server: Server, name: str, secret: str = SECRET) -> Page:
    headers = {"X-Forwarded-User": name, "X-AskGrowth-Secret": secret}
    page = browser.new_context(locale="zh-CN", extra_http_headers=headers).new_page()
    page.goto(server.url)
    return page


def who(page: Page) -> object:
    return page.evaluate("fetch('/user').then(r => r.ok ? r.json().then(u => u.identifier) : r.status)")


def signed_in(server: Server, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("POST", "/auth/header", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_whom_the_proxy_names_is_signed_in_without_a_page_in_between(browser, server) -> None:
    page = page_of(browser, server, "%E7%8E%8B%E7%BB%8F%E7%90%86")  # 王经理

    page.wait_for_selector("#chat-input")
    ask(page, SHOP)
    expect(cards(page)).to_have_count(1)

    assert who(page) == "王经理"
    page.context.set_extra_http_headers({"X-Forwarded-User": "li", "X-AskGrowth-Secret": SECRET})
    page.goto(server.url)  # somebody else signed in at the proxy
    page.wait_for_selector("#chat-input")
    assert who(page) == "li"
    page.context.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Forwarded-User": "boss"},
        {"X-Forwarded-User": "boss", "X-AskGrowth-Secret": "guessed"},
        {"X-AskGrowth-Secret": SECRET},
        {"X-Forwarded-User": "local", "X-AskGrowth-Secret": SECRET},
    ],
)
def test_who_does_not_come_through_the_proxy_is_not_signed_in(server, headers) -> None:
    assert signed_in(server, headers) == 401


def test_the_catalog_asks_for_a_sign_in_too(server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/catalog")
    status = connection.getresponse().status
    connection.close()

    assert status == 401


def test_a_session_ends_after_the_hours_that_were_set(browser, server) -> None:
    page = page_of(browser, server, "zhang")
    page.wait_for_selector("#chat-input")
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    page.context.close()

    import base64

    payload = cookies["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))

    assert claims["exp"] - claims["iat"] == 18


def test_an_open_window_is_told_and_closed_when_its_sign_in_ends(server) -> None:
    key = (server.folder.parent / "state" / "chat" / "session.key").read_text(encoding="ascii")
    now = int(time.time())
    claims = {"identifier": "zhao", "metadata": {}, "iat": now, "exp": now + 3}
    cookie = f"access_token={jwt.encode(claims, key, algorithm='HS256')}"
    said: list[str] = []

    async def stay() -> None:
        window, closed = socketio.AsyncClient(reconnection=False), asyncio.Event()
        window.on("new_message", lambda message: said.append(message["output"]))
        window.on("disconnect", lambda *_reason: closed.set())
        who = {"sessionId": str(uuid4()), "clientType": "webapp", "userEnv": "{}", "threadId": ""}
        headers = {"Cookie": cookie, "Accept-Language": "en-US"}
        await window.connect(
            server.url, auth=who, headers=headers, socketio_path="/ws/socket.io", transports=["websocket"]
        )
        async with asyncio.timeout(20):
            await closed.wait()

    with ThreadPoolExecutor(1) as pool:  # the browser has an event loop in this thread
        pool.submit(asyncio.run, stay()).result()

    assert time.time() >= claims["exp"]
    assert "Your sign-in has ended" in said[-1]
