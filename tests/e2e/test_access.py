"""The chat by keyboard, with less motion, on a phone, and without a word to any other machine."""

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

    assert order[:3] == ["ag-headline", "ag-suggestions", "ag-chart"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
@pytest.mark.parametrize("path", ["/", "/catalog", "/login", "/thread/unknown"])
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
