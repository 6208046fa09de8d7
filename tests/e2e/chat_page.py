"""What the tests do in the chat, in a person's words."""

import os
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

SECONDS = 1000
# A test that is to fail, because a handler is taken out (handlers.py), need not wait long for it.
SLOW = (15 if "CHAT_WITHOUT" in os.environ else 60) * SECONDS
LOOK_AGAIN = 100


def ask(page: Page, question: str) -> Locator:
    """Type a question, wait for its card and return it."""
    before = cards(page).count()
    page.click("#chat-input")
    page.keyboard.type(question)
    page.click("#chat-submit:not([disabled])")
    return next_card(page, before)


def press(page: Page, button: Locator) -> Locator:
    """Press a button that asks something, wait for the new card and return it."""
    before = cards(page).count()
    button.click()
    return next_card(page, before)


def next_card(page: Page, before: int) -> Locator:
    expect(cards(page)).to_have_count(before + 1, timeout=SLOW)
    if before == 0:
        # With its first question a conversation may get an address, and Chainlit then draws the page again.
        page.wait_for_timeout(400)
        expect(cards(page)).to_have_count(1, timeout=SLOW)
    return cards(page).nth(before)


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait until something holds that the page does not show."""
    looks = SLOW // LOOK_AGAIN
    while not holds():
        assert looks, "it never came true"
        looks -= 1
        page.wait_for_timeout(LOOK_AGAIN)


def cards(page: Page) -> Locator:
    return page.get_by_test_id("answer-card")


def headline(card: Locator) -> str:
    return card.get_by_test_id("headline").inner_text()


def rows(card: Locator) -> list[list[str]]:
    """Return the shown cells of the card's first table, all rows."""
    if card.get_by_test_id("show-all").count():
        card.get_by_test_id("show-all").first.click()
    lines = card.get_by_test_id("data-0").locator("tbody tr").all()
    return [line.locator("td").all_inner_texts() for line in lines]


def drawn(card: Locator) -> dict[str, object]:
    """Return what the card's chart really shows: traces with their points, as the library holds them."""
    plot = card.get_by_test_id("plot")
    expect(plot).to_have_attribute("data-drawn", "true", timeout=SLOW)
    result: dict[str, object] = plot.evaluate(
        """node => ({
            traces: node._fullData.map(t => ({type: t.type, points: (t.x || t.values || []).length})),
            marks: node.querySelectorAll('.point path, .scatterlayer .trace .js-line').length,
            label: node.getAttribute('aria-label'),
        })"""
    )
    return result


def sql_of(card: Locator) -> str:
    """Open the sources of a card and return its SQL."""
    if card.get_by_test_id("details-toggle").get_attribute("aria-expanded") != "true":
        card.get_by_test_id("details-toggle").click()
    code = card.get_by_test_id("sql").locator("code").first
    expect(code).to_be_visible()
    return code.inner_text()
