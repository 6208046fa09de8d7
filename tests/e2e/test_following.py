"""A server that follows its workspace on every face: chat, catalog page, HTTP interface, MCP."""

import asyncio
import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chat_page import SLOW, ask, headline
from chat_server import Server, product_server
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

QUESTION = {"zh-CN": "总营业额", "en-US": "total takings"}
OLD = {"zh-CN": "营业额", "en-US": "takings"}
NEW = {"zh-CN": "流水", "en-US": "turnover"}
NEW_QUESTION = {"zh-CN": "总流水", "en-US": "total turnover"}
LAST_VALID = {"zh-CN": "仍按上一个可用版本回答", "en-US": "answers follow its last valid version"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("following")
    shutil.copytree(project_root / "tests/e2e/shop", folder / "shop")
    running = product_server(folder, project_root, folder / "shop", folder / "state")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "bot", "token", "add", "ann"],
        cwd=server.folder, env=server.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return made.stdout.splitlines()[0]


@pytest.fixture
def yaml(server: Server) -> Iterator[Path]:
    """The models of the workspace; as they were again afterwards."""
    file = server.folder.parent / "shop" / "models" / "sales.yml"
    before = file.read_text(encoding="utf-8")
    yield file
    file.write_text(before, encoding="utf-8")
    _wait_until(lambda: "notice" not in _get(server, "/api/health"))


def _get(server: Server, path: str, token: str = "") -> dict[str, object]:
    asked = urllib.request.Request(server.url + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "the server did not follow"
        time.sleep(0.3)


def _by_mcp(server: Server, token: str, tool: str, given: dict[str, object]) -> dict[str, object]:
    async def call() -> str:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            streamablehttp_client(server.url + "/mcp", headers=headers) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return str((await session.call_tool(tool, given)).content[0].text)

    with ThreadPoolExecutor(1) as pool:  # the browser has an event loop in this thread
        found: dict[str, object] = json.loads(pool.submit(asyncio.run, call()).result())
    return found


def _page(browser: Browser, server: Server, locale: str, path: str = "/") -> Page:
    page = browser.new_context(locale=locale).new_page()
    page.goto(server.url + path)
    if path == "/":
        page.wait_for_selector("#welcome-screen #starters button:not([disabled])")
    return page


def _labels(server: Server, token: str) -> list[str]:
    return [one["label"]["en"] for one in _get(server, "/api/metrics", token)["metrics"]]  # type: ignore[attr-defined]


def test_mcp_answers_beside_the_chat_under_the_same_tokens(server, token) -> None:
    by_mcp = _by_mcp(server, token, "query", {"metrics": ["takings"]})
    asked = urllib.request.Request(
        server.url + "/api/query",
        json.dumps({"metrics": ["takings"]}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        by_http = json.load(answer)

    assert by_mcp["table"]["rows"] == by_http["table"]["rows"]
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(urllib.request.Request(server.url + "/mcp", b"{}"), timeout=30)


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_a_renamed_metric_is_known_everywhere_without_a_restart(browser, server, token, yaml, locale) -> None:
    page = _page(browser, server, locale)
    before = headline(ask(page, QUESTION[locale]))
    text = yaml.read_text(encoding="utf-8")

    yaml.write_text(text.replace("{zh: 营业额, en: takings}", "{zh: 流水, en: turnover}"), encoding="utf-8")
    _wait_until(lambda: "turnover" in _labels(server, token))

    after = headline(ask(page, NEW_QUESTION[locale]))
    assert after.lower().replace(NEW[locale], OLD[locale]) == before.lower()
    assert after != before
    assert NEW[locale] in _page(browser, server, locale, "/catalog").inner_text("main").lower()
    said = _by_mcp(server, token, "ask", {"question": NEW_QUESTION[locale]})
    assert said["outcome"] == "answer"
    assert "turnover" in json.dumps(_by_mcp(server, token, "metrics", {"search": "turnover"}))


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_broken_yaml_keeps_the_last_valid_version_and_every_face_says_so(
    browser, server, token, yaml, locale
) -> None:
    page = _page(browser, server, locale)
    before = headline(ask(page, QUESTION[locale]))

    yaml.write_text(yaml.read_text(encoding="utf-8").replace("agg: sum", "agg: summ"), encoding="utf-8")
    _wait_until(lambda: "notice" in _get(server, "/api/health"))

    card = ask(page, QUESTION[locale] + " ")
    assert headline(card) == before
    expect(card).to_contain_text(LAST_VALID[locale], timeout=SLOW)
    expect(_page(browser, server, locale, "/catalog").get_by_role("status").first).to_contain_text(
        LAST_VALID[locale]
    )
    said = _by_mcp(server, token, "ask", {"question": QUESTION[locale]})
    assert LAST_VALID[locale] in json.dumps(said["warnings"], ensure_ascii=False)
    assert "sales.yml" in json.dumps(_get(server, "/api/health")["notice"])
