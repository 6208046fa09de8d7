"""The product in the browser: what the chat shows is what the command line answers, on the demo and elsewhere."""

import json
import subprocess
import sys

import pytest
from chat_page import ask, drawn, headline, press, rows, sql_of
from chat_server import Server
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BOSS = {"zh-CN": "这周哪个渠道最有效?", "en-US": "Which channel worked best this week?"}
SHOP = {"zh-CN": "这周哪个柜台最有效?", "en-US": "Which counter worked best this week?"}


def answered(server: Server, question: str) -> dict[str, object]:
    """Return the same question's answer from the command line, over the same data."""
    command = [sys.executable, "-m", "bot", "ask", question, "--json", "--rows", "all"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=server.folder,
        env=server.environ,
        timeout=120,
        check=False,
    )
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def raw(card) -> list[list[str]]:
    lines = card.get_by_test_id("data-0").locator("tbody tr").all()
    return [[str(cell.get_attribute("data-raw")) for cell in line.locator("td").all()] for line in lines]


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_boss_s_question_on_the_demo(open_page, demo, locale) -> None:
    expected = answered(demo, BOSS[locale])
    page = open_page(demo, locale)

    card = ask(page, BOSS[locale])

    assert expected["outcome"] == "answer"
    assert headline(card) == expected["headline"]
    shown = rows(card)
    assert len(shown) == len(expected["table"]["rows"])
    assert [[_number(value) for value in row] for row in raw(card)] == [
        [_number(value) for value in row] for row in expected["table"]["rows"]
    ]
    chart = drawn(card)
    assert chart["traces"][0]["points"] >= 3
    assert chart["marks"] >= 3
    assert sql_of(card).split() == expected["sql"][0].split()
    expect(card.get_by_test_id("suggestion").first).to_be_visible()
    assert press(page, card.get_by_test_id("choice").first).get_attribute("data-outcome") == "answer"


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_events_are_marked_and_a_bucket_that_is_not_over_is_drawn_apart(open_page, demo, locale) -> None:
    question, event, running = {
        "zh-CN": ("最近12周每周的支付金额", "双11", "未走完"),
        "en-US": ("Paid amount by week for the past 12 weeks", "Double 11", "not over"),
    }[locale]
    card = ask(open_page(demo, locale), question)
    drawn(card)
    plot = card.get_by_test_id("plot")

    names = " ".join(plot.locator(".annotation-text").all_text_contents())
    dashes = plot.evaluate("node => node._fullData.map(trace => (trace.line || {}).dash)")

    assert event in names
    assert running in names
    assert "dash" in dashes


def _number(value: object) -> object:
    """Return numbers to nine figures, the rest as the page writes it."""
    if value in (None, "null"):
        return None
    try:
        return f"{float(str(value)):.9g}"
    except ValueError:
        return str(value)


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_another_workspace_is_answered_in_its_own_words(open_page, shop, locale) -> None:
    expected = answered(shop, SHOP[locale])

    card = ask(open_page(shop, locale), SHOP[locale])

    assert headline(card) == expected["headline"]
    assert [row[0] for row in rows(card)] == {
        "zh-CN": ["门口", "窗边", "线上"],
        "en-US": ["Door", "Window", "Online"],
    }[locale]


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_every_offered_question_of_a_workspace_is_answered(open_page, shop, locale, tmp_path) -> None:
    starters = open_page(shop, locale).locator("#starters button").all_inner_texts()

    lines = [json.dumps({"id": at, "question": question}) for at, question in enumerate(starters)]
    batch = tmp_path / "starters.jsonl"
    batch.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--batch", str(batch), "--json"],
        capture_output=True, text=True, cwd=shop.folder, env=shop.environ, timeout=120, check=False,
    )  # fmt: skip

    outcomes = {one["question"]: one["outcome"] for one in map(json.loads, done.stdout.splitlines())}
    assert outcomes == dict.fromkeys(starters, "answer")
    assert len(starters) == 4


def test_a_follow_up_question_uses_the_conversation(open_page, shop) -> None:
    page = open_page(shop)
    ask(page, "上周各柜台的营业额")

    card = ask(page, "那面包数呢?")

    expect(card.get_by_test_id("chip-metric")).to_contain_text("面包数")


def test_a_question_outside_the_workspace_is_refused_with_questions_it_can_answer(open_page, shop) -> None:
    page = open_page(shop)
    refused = ask(page, "毛利率是多少?")

    expect(refused).to_have_attribute("data-outcome", "refuse")
    assert press(page, refused.get_by_test_id("choice").first).get_attribute("data-outcome") == "answer"


def test_text_from_a_question_is_never_markup(open_page, shop) -> None:
    page = open_page(shop)

    ask(page, "<img src=x onerror=document.title='broken'> 上周营业额")

    assert "broken" not in page.title()
    assert page.locator("img[src=x]").count() == 0
