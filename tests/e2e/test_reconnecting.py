"""Buttons pressed and questions sent while the connection comes back: carried out, once."""

import re
from collections.abc import Iterator

import pytest
from chat_page import SLOW, ask, cards, headline
from chat_server import Server, written_server
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

pytestmark = pytest.mark.browser

BOSS = "这周哪个渠道最有效?"
SOCKET = re.compile("/ws/socket.io/")
ACTION = "**/project/action"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = written_server(tmp_path_factory.mktemp("reconnecting"))
    yield running
    running.stop()


class Connection:
    """The connection of a page, which a test can cut and give back."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sockets: list[WebSocketRoute] = []
        self._is_cut = False
        page.route_web_socket(SOCKET, self._pass)

    def _pass(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            socket.close()
            return
        socket.connect_to_server()
        self._sockets.append(socket)

    def cut(self) -> None:
        """Close the socket, and refuse whatever the page tries to get another one, which it does again and again."""
        self._is_cut = True
        self._page.route(SOCKET, lambda request: request.abort())
        for socket in self._sockets:
            socket.close()

    def give_back(self) -> None:
        self._is_cut = False
        self._page.unroute(SOCKET)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN")
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


def answered(page: Page, server: Server) -> Connection:
    """Open the chat and ask one question."""
    connection = Connection(page)
    page.goto(server.url)
    page.wait_for_selector("#welcome-screen #starters button:not([disabled])")
    ask(page, BOSS)
    page.wait_for_url(re.compile("/thread/"))
    return connection


@pytest.mark.parametrize("restarts", [True, False], ids=["the server restarts", "the network is lost"])
def test_a_button_pressed_before_the_connection_is_back_is_carried_out(page, server, restarts) -> None:
    connection = answered(page, server)
    connection.cut()
    if restarts:
        server.stop()
        server.start()
    with page.expect_response(ACTION):  # the server hears of it before it knows the window again
        cards(page).first.get_by_test_id("choice").first.click()
    expect(page.locator("#ag-connection")).to_contain_text("正在恢复连接")

    connection.give_back()

    expect(cards(page)).to_have_count(2, timeout=2 * SLOW)
    assert headline(cards(page).nth(1))
    expect(page.locator("#ag-connection")).to_be_hidden()


def test_a_question_sent_before_the_connection_is_back_is_answered_and_shown_once(page, server) -> None:
    connection = answered(page, server)
    page.click("#chat-input")
    page.keyboard.type("最近12周每周的支付金额")
    page.wait_for_selector("#chat-submit:not([disabled])")
    connection.cut()
    page.keyboard.press("Enter")  # before the page has noticed

    connection.give_back()

    expect(cards(page)).to_have_count(2, timeout=2 * SLOW)
    expect(page.locator("[data-step-type='user_message']", has_text="最近12周")).to_have_count(1)


def test_a_press_whose_reply_is_lost_is_carried_out_once(page, server) -> None:
    answered(page, server)
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    page.route(ACTION, lose)
    with page.expect_response(ACTION) as again:
        cards(page).first.get_by_test_id("choice").first.click()
    again.value.finished()

    assert lost
    expect(cards(page)).to_have_count(2, timeout=SLOW)
    page.unroute(ACTION)
    ask(page, BOSS)
    expect(cards(page)).to_have_count(3)
