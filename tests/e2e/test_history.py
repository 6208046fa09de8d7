"""Threads reopen with their charts, feedback is kept, a user sees only their own."""

import re
import sys

import pytest
from chat_page import ask, cards, drawn, headline, press, until
from chat_server import written_server
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BOSS = "这周哪个渠道最有效?"


def test_a_thread_reopens_after_a_restart_with_chart_buttons_and_feedback(open_page, tmp_path) -> None:
    server = written_server(tmp_path)
    try:
        page = open_page(server, fresh=True)
        ask(page, BOSS)
        page.locator(".negative-feedback-off").last.click()
        page.get_by_role("dialog").locator("textarea").fill("应该看退后金额")
        page.locator("#submit-feedback").click()
        expect(page.locator(".negative-feedback-on")).to_have_count(1)
        assert _review_list(server) == [(BOSS, "应该看退后金额")]
        path = f"/thread/{_first_thread(page)}"
        page.close()
        assert server.stop() == 0
        server.start()

        page = open_page(server, path=path, fresh=True)
        card = cards(page).first

        assert headline(card).startswith("本周")
        assert drawn(card)["traces"]
        expect(page.locator(".negative-feedback-on")).to_have_count(1)
        assert headline(press(page, card.get_by_test_id("choice").first))
        page.close()
    finally:
        server.stop()


def test_with_users_a_password_is_asked_and_threads_are_private(browser, tmp_path) -> None:
    from bot.store.database import FILE, open_store
    from bot.store.users import add_user

    engine = open_store(f"sqlite:///{tmp_path / 'state' / FILE}")
    for name, password in (("王经理", "correct horse"), ("li", "battery staple")):
        add_user(engine, name, password)
    engine.dispose()
    server = written_server(tmp_path)
    try:
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        page.goto(server.url)
        _sign_in(page, "王经理", "wrong password")
        expect(page.get_by_text("用户名或密码不对")).to_be_visible()
        _sign_in(page, "王经理", "correct horse")
        page.wait_for_selector("#chat-input")
        ask(page, BOSS)
        thread = _first_thread(page)

        other = browser.new_context(locale="zh-CN").new_page()
        other.goto(server.url)
        _sign_in(other, "li", "battery staple")
        other.wait_for_selector("#chat-input")
        seen = other.evaluate(f"fetch('/project/thread/{thread}').then(r => r.status)")
        listed = _threads(other)
        step = _rated_step(page, thread)
        theirs, own = (_rate(one, step) for one in (other, page))

        assert (theirs, own) == (404, 200)
        assert seen in (401, 403, 404)
        assert listed == []
        context.close()
        other.context.close()
    finally:
        server.stop()


def _review_list(server) -> list[tuple[str, str]]:
    """Return question and reason of each rating that `askgrowth feedback list` shows."""
    import json
    import os
    import subprocess

    state = server.folder.parent / "state"
    done = subprocess.run(
        [sys.executable, "-m", "bot", "feedback", "list", "--json"],
        env={**os.environ, "ASKGROWTH_STATE_DIR": str(state)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [(one["question"], one["comment"]) for one in json.loads(done.stdout)]


def _threads(page) -> list[dict[str, object]]:
    answer = page.evaluate(
        "fetch('/project/threads', {method: 'POST', headers: {'content-type': 'application/json'},"
        " body: JSON.stringify({pagination: {first: 20}, filter: {}})}).then(r => r.json())"
    )
    return list(answer["data"])


def _first_thread(page) -> object:
    """Return the newest thread once its answer has been kept."""
    page.wait_for_url(re.compile("/thread/"))
    thread = page.url.rpartition("/")[2]
    content = f"fetch('/project/thread/{thread}').then(reply => reply.json())"
    until(page, lambda: len(page.evaluate(content).get("elements") or []) > 0)
    until(page, lambda: _threads(page)[0]["id"] == thread)
    return thread


def _rated_step(page, thread: object) -> str:
    """Return the step that the thumbs below an answer rate."""
    content = page.evaluate(f"fetch('/project/thread/{thread}').then(r => r.json())")
    return next(step["id"] for step in content["steps"] if step["type"] == "run")


def _rate(page, step: str) -> int:
    body = {"feedback": {"forId": step, "value": 0, "comment": "wrong period"}, "sessionId": "x"}
    status: int = page.evaluate(
        """body => fetch('/feedback', {method: 'PUT', headers: {'Content-Type': 'application/json'},
        body: JSON.stringify(body)}).then(r => r.status)""",
        body,
    )
    return status


def _sign_in(page, name: str, password: str) -> None:
    page.fill("#email", name)
    page.fill("#password", password)
    page.click("button[type=submit]")


def test_nothing_is_written_into_the_working_directory(open_page, tmp_path) -> None:
    server = written_server(tmp_path)
    try:
        page = open_page(server, fresh=True)
        ask(page, BOSS)
        page.close()
    finally:
        server.stop()

    assert list(server.folder.iterdir()) == []
    assert list((tmp_path / "state" / "chat" / "run").iterdir()) == []


def test_a_port_in_use_is_said_in_both_languages_without_a_trace(written, tmp_path) -> None:
    import subprocess

    command = [sys.executable, written.command[1], str(tmp_path), str(written.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode != 0
    assert f"端口 {written.port} 已被占用" in done.stderr + done.stdout
    assert f"Port {written.port} is already in use" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_another_host_name_is_refused_without_a_login(written) -> None:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", written.port, timeout=10)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    status = connection.getresponse().status
    connection.close()

    assert status == 400


def test_a_damaged_store_is_named_with_what_to_do(project_root, tmp_path) -> None:
    import subprocess

    (tmp_path / "app.sqlite").write_bytes(b"not a database " * 20)
    command = [sys.executable, str(project_root / "tests/e2e/fake_server.py"), str(tmp_path), "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode != 0
    assert "app.sqlite cannot be opened" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
