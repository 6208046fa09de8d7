"""Changing how a question was read: every chip opens what it may become, and a pick runs the changed plan."""

import pytest
from chat_page import ask, cards, headline, next_card, rows
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

QUESTION = {"zh-CN": "11月各柜台的营业额", "en-US": "takings by counter in November"}


def picked(page: Page, change) -> Locator:
    before = cards(page).count()
    change()
    return next_card(page, before)


def chip(card: Locator, slot: str) -> Locator:
    return card.get_by_test_id(f"chip-{slot}").locator("button")


def asked(page: Page) -> str:
    return page.locator("[data-step-type=user_message]").last.inner_text()


def test_another_metric_is_found_by_its_name_and_computed(open_page, shop) -> None:
    page = open_page(shop)
    card = ask(page, QUESTION["zh-CN"])

    chip(card, "metric").click()
    card.get_by_test_id("search").fill("面包")
    expect(card.get_by_test_id("pick")).to_have_count(1)
    new = picked(page, card.get_by_test_id("pick").click)

    expect(new.get_by_test_id("chip-metric")).to_contain_text("面包数")
    assert "面包数" in asked(page)


def test_a_metric_can_stand_beside_the_first(open_page, shop) -> None:
    page = open_page(shop)
    card = ask(page, QUESTION["zh-CN"])

    chip(card, "metric").click()
    new = picked(page, card.get_by_test_id("pick-add").first.click)

    expect(new.locator("th[data-name=takings]")).to_be_visible()
    expect(new.locator("th[data-name=loaves]")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "preset", "first"), [("zh-CN", "上月", "10月"), ("en-US", "last month", "October")]
)
def test_a_preset_period_carries_its_dates_and_is_read(open_page, shop, locale, preset, first) -> None:
    page = open_page(shop, locale)
    card = ask(page, QUESTION[locale])

    chip(card, "period").click()
    pill = card.get_by_test_id("pill").filter(has_text=preset)
    expect(pill).to_contain_text({"zh-CN": "10/1–10/31", "en-US": "1–31 Oct"}[locale])
    new = picked(page, pill.click)

    expect(new.get_by_test_id("chip-period")).to_contain_text({"zh-CN": "10/1", "en-US": "Oct"}[locale])


def test_two_dates_are_both_included(open_page, shop, project_root) -> None:
    page = open_page(shop)
    card = ask(page, QUESTION["zh-CN"])

    chip(card, "period").click()
    card.get_by_test_id("first").fill("2025-09-01")
    card.get_by_test_id("last").fill("2025-09-02")
    new = picked(page, card.get_by_test_id("editor-period").get_by_test_id("apply").click)

    lines = (project_root / "tests/e2e/shop/data/sales.csv").read_text().splitlines()[1:]
    door = sum(
        float(line.split(",")[2]) for line in lines if line.startswith(("door,2025-09-01", "door,2025-09-02"))
    )
    shown = {row[0]: row[1] for row in rows(new)}
    assert shown["门口"].replace(",", "") == f"{door:.0f}"


def test_dates_in_the_wrong_order_are_refused_beside_the_chip(open_page, shop) -> None:
    page = open_page(shop)
    card = ask(page, QUESTION["zh-CN"])

    chip(card, "period").click()
    card.get_by_test_id("first").fill("2025-09-05")
    card.get_by_test_id("last").fill("2025-09-02")
    card.get_by_test_id("editor-period").get_by_test_id("apply").click()

    expect(card.get_by_test_id("problem")).to_contain_text("结束早于开始")
    assert cards(page).count() == 1


def test_values_are_picked_from_what_is_stored_and_lifted_again(open_page, shop) -> None:
    page = open_page(shop)
    card = ask(page, QUESTION["zh-CN"])

    card.get_by_test_id("add-filter").click()
    card.get_by_test_id("pill").filter(has_text="柜台").click()
    card.get_by_test_id("search").fill("窗")
    expect(card.get_by_test_id("value")).to_have_text(["窗边"])
    card.get_by_test_id("value").click()
    filtered = picked(page, card.get_by_test_id("apply").click)
    expect(filtered.get_by_test_id("chip-filter")).to_contain_text("窗边")
    assert [row[0] for row in rows(filtered)] == ["窗边"]

    chip(filtered, "filter").click()
    lifted = picked(page, filtered.get_by_test_id("lift").click)
    assert len(rows(lifted)) == 3


def test_a_breakdown_is_changed_to_weeks(open_page, shop) -> None:
    page = open_page(shop)
    card = ask(page, QUESTION["zh-CN"])

    chip(card, "dimension").click()
    card.get_by_test_id("pill").filter(has_text="按周").click()
    card.get_by_test_id("pill").filter(has_text="柜台").click()
    new = picked(page, card.get_by_test_id("apply").click)

    expect(new.locator("th[data-name=metric_time__week]")).to_be_visible()
    expect(new.locator("th[data-name=counter]")).to_have_count(0)


def test_a_comparison_is_added_and_says_its_dates(open_page, shop) -> None:
    page = open_page(shop)
    card = ask(page, QUESTION["zh-CN"])

    card.get_by_test_id("add-comparison").click()
    new = picked(page, card.get_by_test_id("pill").filter(has_text="较上一期").click)

    expect(new.get_by_test_id("chip-comparison")).to_contain_text("10/1")
    expect(new.locator("th[data-name=takings__growth]")).to_be_visible()


def test_a_chip_shows_the_definition_on_hover_and_closes_with_the_keyboard(open_page, shop) -> None:
    page = open_page(shop)
    card = ask(page, QUESTION["zh-CN"])

    assert "amount" in (card.get_by_test_id("chip-metric").get_attribute("title") or "")
    chip(card, "metric").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_test_id("editor-metric")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card.get_by_test_id("editor-metric")).to_have_count(0)


def test_a_follow_up_in_words_builds_on_the_edited_plan(open_page, shop) -> None:
    page = open_page(shop)
    card = ask(page, QUESTION["zh-CN"])
    chip(card, "period").click()
    picked(page, card.get_by_test_id("pill").filter(has_text="上月").click)

    answered = ask(page, "面包数呢")

    expect(answered.get_by_test_id("chip-period")).to_contain_text("10/1")
    assert "面包数" in headline(answered)
