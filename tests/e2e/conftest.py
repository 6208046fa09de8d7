"""Browser tests: chat servers as their own processes, pages that must stay silent and on this machine."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # the helpers beside this file: a dependency owns the name `tests`

from chat_page import SLOW  # noqa: E402
from chat_server import Server, product_server, written_server  # noqa: E402

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
        self._of_server: list[tuple[str, Page]] = []
        self.outside: list[str] = []
        self.complaints: list[str] = []

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
            page.click("#header #new-chat-button")
            _wait_until_connected(page)
            return page
        page = self._new(locale, size, scheme)
        self._of_server.append((server.url, page))
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
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if _complains(said) else None)
        return page

    def close_orphans(self) -> None:
        """Close the pages whose server has ended with its file of tests: they would go on asking for it."""
        for url in {url for url, _ in self._of_server}:
            if _answers(url):
                continue
            for page in [page for server, page in self._of_server if server == url and not page.is_closed()]:
                page.context.close()
            self._of_server = [one for one in self._of_server if one[0] != url]
            self._open = {look: page for look, page in self._open.items() if look[0] != url}

    def _note(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(url)


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    return Pages(browser)


@pytest.fixture
def open_page(pages: Pages) -> Iterator[Open]:
    """Opens a page; by the end none may have asked another host for anything or complained in its console."""
    pages.close_orphans()
    pages.complaints.clear()
    yield pages.get
    assert pages.outside == []
    assert pages.complaints == []


def _answers(url: str) -> bool:
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname, place.port), timeout=5).close()
    except OSError:
        return False
    return True


def _wait_until_connected(page: Page) -> None:
    # What is sent before the socket is open is lost; the offered questions wait for it, too.
    page.wait_for_selector("#welcome-screen #starters button:not([disabled])", timeout=60_000)


# What Chainlit itself says: its drop zone before it has read that uploads are off, its feedback dialog, its
# socket when a new conversation follows at once.
NOT_OURS = ('Skipped "application/*"', "for {DialogContent}", "closed before the connection is established")


def _complains(said: ConsoleMessage) -> bool:
    return said.type in ("error", "warning") and not any(words in said.text for words in NOT_OURS)
