"""Browser tests: chat servers as their own processes, pages that must stay silent and on this machine."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # the helpers beside this file: a dependency owns the name `tests`

from chat_page import SLOW  # noqa: E402
from chat_server import Server, product_server, written_server  # noqa: E402

expect.set_options(timeout=SLOW)  # five seconds else: too few for a busy machine

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
LAPTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A chat over hand-written answers: every kind of card, whatever the planner understands today."""
    server = written_server(tmp_path_factory.mktemp("written"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Iterator[Server]:
    """The product's own server over the small workspace beside this file."""
    folder = tmp_path_factory.mktemp("shop")
    server = product_server(folder, project_root, HERE / "shop", folder / "state")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, project_root: Path, state_dir: Path) -> Iterator[Server]:
    """The product's own server over the demo."""
    state = Path(os.environ.get("CHAT_STATE") or state_dir)  # set by handlers.py: its runs share one demo
    server = product_server(tmp_path_factory.mktemp("demo"), project_root, None, state)
    yield server
    server.stop()


Open = Callable[..., Page]


class Pages:
    """Open pages by look, used again with a new conversation: loading one takes seconds, asking does not."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: dict[tuple[object, ...], Page] = {}
        self.outside: list[str] = []
        self.complaints: list[str] = []
        # Pages of the test that runs; others may go on asking for a server that has ended.
        self.in_use: list[Page] = []

    def get(
        self,
        server: Server,
        locale: str = "zh-CN",
        size: dict[str, int] = LAPTOP,
        scheme: str = "light",
        path: str = "/",
        *,
        fresh: bool = False,
        wait_for: str = "#chat-input",
    ) -> Page:
        look = (server.url, locale, size["width"], scheme)
        page = self._open.get(look)
        if page is not None and not fresh and path == "/":
            self.in_use.append(page)
            page.click("#header #new-chat-button")
            _wait_until_connected(page)
            return page
        page = self._new(locale, size, scheme)
        self.in_use.append(page)
        page.goto(server.url + path)
        page.wait_for_selector(wait_for)
        if path == "/":
            _wait_until_connected(page)
        if not fresh and path == "/":
            self._open[look] = page
        return page

    def _new(self, locale: str, size: dict[str, int], scheme: str) -> Page:
        context = self._browser.new_context(
            locale=locale, viewport=size, color_scheme=scheme, timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(SLOW)
        page = context.new_page()
        page.on("request", lambda request: self._note(request.url))
        page.on("websocket", lambda socket: self._note(socket.url))
        page.on("pageerror", lambda error: self._complain(page, str(error)))
        page.on("console", lambda said: self._complain(page, said.text) if _complains(said) else None)
        return page

    def _complain(self, page: Page, text: str) -> None:
        if page in self.in_use:
            self.complaints.append(text)

    def _note(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(url)


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    return Pages(browser)


@pytest.fixture
def open_page(pages: Pages) -> Iterator[Open]:
    """Opens a page; by the end none may have asked another host for anything or complained in its console."""
    pages.complaints.clear()
    pages.in_use.clear()
    yield pages.get
    assert pages.outside == []
    assert pages.complaints == []


def _wait_until_connected(page: Page) -> None:
    # What is sent before the socket is open is lost; the offered questions wait for it, too.
    page.wait_for_selector("#welcome-screen #starters button:not([disabled])", timeout=60_000)


# What Chainlit itself says: its drop zone before it has read that uploads are off, its feedback dialog, its
# socket when a new conversation follows at once.
NOT_OURS = ('Skipped "application/*"', "for {DialogContent}", "closed before the connection is established")


def _complains(said: ConsoleMessage) -> bool:
    return said.type in ("error", "warning") and not any(words in said.text for words in NOT_OURS)
