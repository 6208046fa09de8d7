"""Watching by chat in the browser: alerts made, listed, paused, deleted; following; a weekly report as a card.

And as it comes by itself: the message's link opens the report, and that is counted.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from chat_page import SLOW, ask, headline
from chat_server import Server
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TALK = {
    "zh-CN": [
        ("营业额低于 100 就叫我", "要设置吗"),
        ("好的", "已设置预警 takings_below"),
        ("我有哪些预警", "takings_below"),
        ("暂停 takings_below 预警", "已暂停预警 takings_below"),
        ("删除 takings_below 预警", "已删除预警 takings_below"),
        ("关注营业额", "已关注「营业额」"),
        ("取消关注营业额", "已取消关注「营业额」"),
    ],
    "en-US": [
        ("alert me when takings fall under 100", "Shall I set it?"),
        ("yes", "is set"),
        ("list my alerts", "takings_below"),
        ("pause the takings_below alert", "is paused"),
        ("delete the takings_below alert", "is deleted"),
        ("follow takings", "Following takings"),
        ("unfollow takings", "no longer followed"),
    ],
}
REPORT = {"zh-CN": ("来一页周报", "周报"), "en-US": ("weekly report please", "Weekly report")}


class Hook(BaseHTTPRequestHandler):
    """A team's webhook on this machine, which keeps what it is sent."""

    kept: list[str]

    def do_POST(self) -> None:
        self.kept.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *said: object) -> None:
        """Say nothing on the screen."""


@pytest.fixture
def hook() -> Iterator[HTTPServer]:
    handler = type("Kept", (Hook,), {"kept": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def command(server: Server, *words: str, **more: str) -> str:
    """Run a command of the product beside a running server, over the same workspace and state."""
    ran = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env={**os.environ, **server.environ, **more},
        cwd=server.folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def say(page: Page, words: str, expected: str) -> None:
    """Type a sentence that is answered in words, and wait for what is said back."""
    page.click("#chat-input")
    page.keyboard.type(words)
    page.click("#chat-submit:not([disabled])")
    expect(page.get_by_text(expected).last).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_alerts_and_following_are_kept_in_plain_sentences(open_page, shop, locale) -> None:
    page = open_page(shop, locale, fresh=True)
    for words, expected in TALK[locale]:
        say(page, words, expected)


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_weekly_report_is_a_card(open_page, shop, locale) -> None:
    question, title = REPORT[locale]
    card = ask(open_page(shop, locale), question)
    assert title in headline(card)


def test_the_link_of_a_sent_report_opens_it_and_is_counted(open_page, shop, hook) -> None:
    receiver = f"json://127.0.0.1:{hook.server_port}/"
    sending = {"ASKGROWTH_PUBLIC_URL": shop.url, "ASKGROWTH_DELIVERY_DEFAULT": receiver}
    command(shop, "jobs", "run", "weekly_digest", **sending)
    [sent] = hook.RequestHandlerClass.kept
    link = re.search(re.escape(shop.url) + r"(/digests/[A-Za-z0-9_-]+)", sent)
    assert link is not None
    page = open_page(shop, path=link[1], wait_for="h1")

    expect(page.locator("h1")).to_contain_text("周报")
    expect(page.locator(".tile").first).to_contain_text("营业额")
    [counted] = json.loads(command(shop, "usage", "--digests", "--json"))
    assert counted["opens"] == 1
