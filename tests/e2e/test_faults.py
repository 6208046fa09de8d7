"""What goes wrong around a conversation: nothing said is lost, and the reader is told in plain words."""

import re
import resource
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chat_page import SLOW, ask, cards, headline, press, until
from chat_server import Server, written_server
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

pytestmark = pytest.mark.browser

BOSS = {"zh-CN": "这周哪个渠道最有效?", "en-US": "Which channel worked best this week?"}
LONG = {"zh-CN": "慢慢算这周哪个渠道最有效", "en-US": "a slow question about channels"}
HELD = {"zh-CN": "暂时存不进历史", "en-US": "cannot be saved to the history right now"}
SAVED = {"zh-CN": "什么都没丢", "en-US": "nothing was lost"}
LOCKED = {"zh-CN": "被别的程序锁住", "en-US": "another program has locked"}
READ_ONLY = {"zh-CN": "只读", "en-US": "read-only"}
FULL = {"zh-CN": "磁盘满了", "en-US": "the disk is full"}
INTERRUPTED = {"zh-CN": "这个问题没有答完", "en-US": "This question was not answered"}
LANGUAGES = ("zh-CN", "en-US")

Window = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = written_server(tmp_path_factory.mktemp("faults"))
    yield running
    running.stop()


@pytest.fixture
def window(browser: Browser, server: Server) -> Iterator[Window]:
    """Opens windows of separate browsers; a lost server may complain in their consoles."""
    opened = []

    def open_one(locale: str = "zh-CN", path: str = "/") -> Page:
        context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(SLOW)
        opened.append(context)
        page = context.new_page()
        page.goto(server.url + path)
        page.wait_for_selector("#chat-input")
        if path == "/":
            page.wait_for_selector("#welcome-screen #starters button:not([disabled])")
        return page

    yield open_one
    for context in opened:
        context.close()


def kept(server: Server, thread: str) -> list[tuple[str, str]]:
    """Return kind and text of what the app database holds of a conversation, in its order."""
    with sqlite3.connect(_file(server)) as store:
        return store.execute(
            "SELECT type, output FROM steps WHERE threadId = ? AND type LIKE '%message' ORDER BY createdAt",
            [thread],
        ).fetchall()


def keeps(page: Page, server: Server, thread: str, *, turns: int) -> None:
    """Wait until the app database holds so many questions, each with its answer."""
    turn = ["user_message", "assistant_message"]
    until(page, lambda: [kind for kind, _ in kept(server, thread)] == turn * turns)


def thread_of(page: Page) -> str:
    page.wait_for_url(re.compile("/thread/"))
    return page.url.rpartition("/")[2].split("?")[0]


def start_asking(page: Page, question: str) -> None:
    page.click("#chat-input")
    page.keyboard.type(question)
    page.click("#chat-submit:not([disabled])")


def _file(server: Server) -> Path:
    return server.folder.parent / "state" / "app.sqlite"


def test_a_question_asked_in_one_browser_appears_with_its_answer_in_the_other(window) -> None:
    first = window()
    ask(first, BOSS["zh-CN"])
    second = window(path=f"/thread/{thread_of(first)}")
    expect(cards(second)).to_have_count(1, timeout=SLOW)

    ask(first, "最近12周每周的支付金额")
    expect(cards(second)).to_have_count(2, timeout=SLOW)
    press(second, cards(second).nth(1).get_by_test_id("choice").first)

    expect(cards(first)).to_have_count(3, timeout=SLOW)
    for page in (first, second):
        expect(page.locator("[data-step-type='user_message']", has_text="最近12周")).to_have_count(1)
    assert [headline(cards(first).nth(at)) for at in range(3)] == [
        headline(cards(second).nth(at)) for at in range(3)
    ]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_reload_in_mid_answer_still_brings_the_answer(window, server, locale) -> None:
    page = window(locale)
    start_asking(page, LONG[locale])
    thread = thread_of(page)

    page.reload()
    page.wait_for_selector("#stop-button")  # the answer is known to be on its way

    expect(cards(page)).to_have_count(1, timeout=SLOW)
    expect(page.locator("#stop-button")).to_have_count(0)
    assert INTERRUPTED[locale] not in page.inner_text("body")
    assert [kind for kind, _ in kept(server, thread)] == ["user_message", "assistant_message"]


def test_a_lost_network_in_mid_answer_is_made_good_when_it_is_back(window, server) -> None:
    page = window()
    start_asking(page, LONG["zh-CN"])
    thread = thread_of(page)
    page.context.set_offline(offline=True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    keeps(page, server, thread, turns=1)  # the answer is computed meanwhile
    page.context.set_offline(offline=False)

    expect(cards(page)).to_have_count(1, timeout=SLOW)


def test_settings_are_offered_although_the_first_connection_is_lost_before_they_arrive(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    lost: list[str] = []

    def between(socket: WebSocketRoute) -> None:
        behind = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if not lost and "chat_settings" in str(message):
                lost.append(str(message))
                socket.close()
            else:
                socket.send(message)

        behind.on_message(pass_on)

    def fetched(route: Route) -> None:
        reply = (
            route.fetch()
        )  # a page begins with polling, and on a busy machine has its settings before its socket
        if not lost and "chat_settings" in reply.text():
            lost.append(reply.text())
            route.abort()
        else:
            route.fulfill(response=reply)

    page.route_web_socket(re.compile("socket.io"), between)
    page.route(re.compile("socket.io.*transport=polling"), fetched)
    page.goto(server.url)

    expect(page.locator("#chat-settings-open-modal")).to_be_visible(timeout=SLOW)
    assert lost
    context.close()


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_restart_in_mid_answer_says_so_and_goes_on_in_the_same_conversation(window, server, locale) -> None:
    page = window(locale)
    ask(page, BOSS[locale])
    thread = thread_of(page)
    start_asking(page, LONG[locale])
    until(page, lambda: len(kept(server, thread)) == 3)

    server.stop()
    server.start()

    told = cards(page).nth(1)
    expect(told).to_contain_text(INTERRUPTED[locale], timeout=SLOW)
    expect(page.locator("#stop-button")).to_have_count(0)
    assert headline(cards(page).first)
    again = ask(page, BOSS[locale])
    assert headline(again) == headline(cards(page).first)
    keeps(page, server, thread, turns=3)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_locked_store_holds_the_conversation_and_saves_it_later(window, server, locale) -> None:
    page = window(locale)
    ask(page, BOSS[locale])
    thread = thread_of(page)
    keeps(page, server, thread, turns=1)

    blocker = sqlite3.connect(_file(server), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    ask(page, BOSS[locale] + " ")
    expect(page.get_by_text(HELD[locale])).to_have_count(1, timeout=SLOW)
    assert LOCKED[locale] in page.inner_text("body")
    assert len(kept(server, thread)) == 2
    blocker.execute("ROLLBACK")
    blocker.close()

    expect(page.get_by_text(SAVED[locale])).to_have_count(1, timeout=SLOW)
    keeps(page, server, thread, turns=2)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_full_disk_holds_the_conversation_and_saves_it_later(window, server, locale) -> None:
    page = window(locale)
    ask(page, BOSS[locale])
    thread = thread_of(page)
    keeps(page, server, thread, turns=1)

    process = server.process.pid
    limits = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, limits[1]))  # the system refuses to write beyond
    try:
        ask(page, BOSS[locale] + " ")
        expect(page.get_by_text(HELD[locale])).to_have_count(1, timeout=SLOW)
        assert FULL[locale] in page.inner_text("body")
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, limits)

    expect(page.get_by_text(SAVED[locale])).to_have_count(1, timeout=SLOW)
    keeps(page, server, thread, turns=2)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_read_only_store_holds_the_conversation_and_saves_it_later(window, server, locale) -> None:
    page = window(locale)
    ask(page, BOSS[locale])
    thread = thread_of(page)
    keeps(page, server, thread, turns=1)

    allow_writing(server, allowed=False)
    try:
        ask(page, BOSS[locale] + " ")
        expect(page.get_by_text(HELD[locale])).to_have_count(1, timeout=SLOW)
        assert READ_ONLY[locale] in page.inner_text("body")
    finally:
        allow_writing(server, allowed=True)

    expect(page.get_by_text(SAVED[locale])).to_have_count(1, timeout=SLOW)
    keeps(page, server, thread, turns=2)


def allow_writing(server: Server, *, allowed: bool) -> None:
    """Set the write version in the head of the file: SQLite takes one that it does not know for read-only.

    The rights of the file would not do: whoever runs the tests as root may write to any.
    """
    with sqlite3.connect(_file(server), isolation_level=None) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with _file(server).open("r+b") as file:
        file.seek(18)
        file.write(b"\x02" if allowed else b"\x03")


def test_what_was_held_is_written_when_the_server_stops(window, server) -> None:
    page = window()
    ask(page, BOSS["zh-CN"])
    thread = thread_of(page)
    keeps(page, server, thread, turns=1)
    blocker = sqlite3.connect(_file(server), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    ask(page, "最近12周每周的支付金额")
    expect(page.get_by_text(HELD["zh-CN"])).to_have_count(1, timeout=SLOW)
    blocker.execute("ROLLBACK")

    assert server.stop() == 0
    server.start()

    assert [kind for kind, _ in kept(server, thread)] == ["user_message", "assistant_message"] * 2
