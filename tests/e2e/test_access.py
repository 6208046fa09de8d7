"""The chat by keyboard, with less motion, on a phone, and without a word to any other machine."""

import re

import pytest
from chat_page import SLOW, ask
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

BOSS = {"zh-CN": "这周哪个渠道最有效?", "en-US": "Which channel worked best this week?"}
PHONE = {"width": 390, "height": 844}
FOCUSABLE = "button:not([disabled]), a[href], input, select, textarea, summary, [tabindex='0']"


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_keyboard_reaches_every_part_of_a_card_in_its_order_and_each_has_a_name(
    open_page, written, locale
) -> None:
    page = open_page(written, locale)
    card = ask(page, BOSS[locale])
    expect(card.get_by_test_id("plot")).to_have_attribute("data-drawn", "true", timeout=SLOW)
    card.evaluate(
        """(card, focusable) => [...card.querySelectorAll(focusable)]
        .filter(node => node.checkVisibility()).forEach((node, at) => { node.dataset.at = at })""",
        FOCUSABLE,
    )
    count = card.locator("[data-at]").count()

    card.locator("[data-at='0']").focus()
    visited = []
    for _ in range(count):
        visited.append(
            page.evaluate(
                """() => { const node = document.activeElement, style = getComputedStyle(node);
                const text = node.getAttribute('aria-label') || node.innerText || node.title || '';
                const edge = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                return {at: Number(node.dataset.at), named: text.trim() !== '', edge}; }"""
            )
        )
        page.keyboard.press("Tab")

    assert count > 10
    assert [one["at"] for one in visited] == list(range(count))
    assert [one["at"] for one in visited if not one["named"]] == []
    assert [one["at"] for one in visited[1:] if not one["edge"]] == []


def test_less_motion_is_respected(browser: Browser, written) -> None:
    page = browser.new_context(locale="zh-CN", reduced_motion="reduce").new_page()
    page.goto(written.url)
    page.wait_for_selector("#welcome-screen #starters button:not([disabled])")
    card = ask(page, BOSS["zh-CN"])

    seconds = card.get_by_test_id("choice").first.evaluate(
        "node => Math.max(...getComputedStyle(node).transitionDuration.split(',').map(parseFloat))"
    )

    assert seconds < 0.001
    page.context.close()


def test_a_phone_reads_headline_advice_chart_and_the_rest_below(open_page, written) -> None:
    page = open_page(written, "zh-CN", PHONE)
    card = ask(page, BOSS["zh-CN"])
    expect(card.get_by_test_id("plot")).to_have_attribute("data-drawn", "true", timeout=SLOW)

    tops = card.evaluate(
        """card => [...card.children].filter(node => node.checkVisibility())
        .map(node => [node.className.split(' ').at(-1), node.getBoundingClientRect().top])"""
    )
    order = [name for name, _ in sorted(tops, key=lambda one: one[1])]

    assert [name for name, _ in tops] == order  # a keyboard and a screen reader follow what is seen
    assert order[:3] == ["ag-headline", "ag-suggestions", "ag-chart"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_escape_leaves_what_was_opened_and_gives_the_focus_back(open_page, shop) -> None:
    page = open_page(shop)
    card = ask(page, "10月各柜台的营业额")
    chip = card.get_by_test_id("chip-period").get_by_role("button")
    chip.focus()
    page.keyboard.press("Enter")
    editor = card.get_by_test_id("editor-period")
    editor.get_by_test_id("first").focus()
    page.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    expect(chip).to_be_focused()

    card.get_by_test_id("details-toggle").focus()
    page.keyboard.press("Enter")
    card.get_by_test_id("edit-sql").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_test_id("sql-text")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(card.get_by_test_id("bench")).to_have_count(0)
    expect(card.get_by_test_id("edit-sql")).to_be_focused()


def test_a_file_asked_in_the_dark_theme_stays_on_this_machine(open_page, shop, tmp_path) -> None:
    page = open_page(shop, "en-US", scheme="dark", fresh=True)
    path = tmp_path / "dark.csv"
    path.write_text("day,channel,spend\n2024-03-05,a,1\n2024-03-06,b,2\n", encoding="utf-8")
    page.set_input_files("input[type=file] >> nth=0", str(path))
    page.click("#chat-submit:not([disabled])", timeout=2 * SLOW)
    card = page.get_by_test_id("proposal-card")
    card.get_by_test_id("confirm-data").click(timeout=SLOW)
    expect(card.get_by_test_id("own-ready")).to_be_visible(timeout=SLOW)

    answer = ask(page, "spend by channel")

    expect(answer.get_by_test_id("plot")).to_have_attribute("data-drawn", "true", timeout=SLOW)
    ground = page.evaluate("getComputedStyle(document.querySelector('.ag-card')).backgroundColor")
    assert (
        max(int(part) for part in re.findall(r"\d+", ground)[:3]) < 80
    )  # dark; open_page judges the requests


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
@pytest.mark.parametrize("path", ["/", "/data", "/catalog", "/login", "/thread/unknown"])
def test_no_page_asks_another_machine_for_anything(browser: Browser, shop, locale, path) -> None:
    context = browser.new_context(locale=locale)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("websocket", lambda socket: asked.append(socket.url))

    page.goto(shop.url + path)
    page.wait_for_load_state("networkidle")
    context.close()

    here = (shop.url, shop.url.replace("http:", "ws:"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(here)] == []
    assert len(asked) > 2
