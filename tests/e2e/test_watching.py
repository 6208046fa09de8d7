"""Watching by chat in the browser: alerts made, listed, paused, deleted; following; a weekly report as a card."""

import pytest
from chat_page import SLOW, ask, headline
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TALK = {
    "zh-CN": [
        ("营业额低于 100 就叫我", "要设置吗"),
        ("好的", "已设置预警 takings_below"),
        ("我有哪些预警", "takings_below"),
        ("暂停 takings_below 预警", "已暂停预警 takings_below"),
        ("删除 takings_below 预警", "已删除预警 takings_below"),
        ("关注营业额", "已关注「营业额」"),
        ("取消关注营业额", "已取消关注「营业额」"),
    ],
    "en-US": [
        ("alert me when takings fall under 100", "Shall I set it?"),
        ("yes", "is set"),
        ("list my alerts", "takings_below"),
        ("pause the takings_below alert", "is paused"),
        ("delete the takings_below alert", "is deleted"),
        ("follow takings", "Following takings"),
        ("unfollow takings", "no longer followed"),
    ],
}
REPORT = {"zh-CN": ("来一页周报", "周报"), "en-US": ("weekly report please", "Weekly report")}


def say(page: Page, words: str, expected: str) -> None:
    """Type a sentence that is answered in words, and wait for what is said back."""
    page.click("#chat-input")
    page.keyboard.type(words)
    page.click("#chat-submit:not([disabled])")
    expect(page.get_by_text(expected).last).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_alerts_and_following_are_kept_in_plain_sentences(open_page, shop, locale) -> None:
    page = open_page(shop, locale, fresh=True)
    for words, expected in TALK[locale]:
        say(page, words, expected)


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_weekly_report_is_a_card(open_page, shop, locale) -> None:
    question, title = REPORT[locale]
    card = ask(open_page(shop, locale), question)
    assert title in headline(card)
