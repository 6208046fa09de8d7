"""Reading an answer one's own way: another chart, totals, number style and currency, what a refusal would need."""

import pytest
from chat_page import ask, drawn, until
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

QUESTION = "10月各柜台的营业额"


def october(project_root) -> float:
    lines = (project_root / "tests/e2e/shop/data/sales.csv").read_text().splitlines()[1:]
    return sum(float(line.split(",")[2]) for line in lines if line.split(",")[1].startswith("2025-10"))


def test_a_ranking_that_adds_up_can_be_seen_as_a_ring(open_page, shop) -> None:
    card = ask(open_page(shop), QUESTION)
    before = drawn(card)["traces"][0]["type"]

    card.get_by_test_id("chart-pie").click()
    expect(card.get_by_test_id("chart-pie")).to_have_attribute("aria-pressed", "true")

    assert before == "bar"
    until(card.page, lambda: drawn(card)["traces"][0]["type"] == "pie")


def test_the_table_ends_with_totals_computed_by_the_database(open_page, shop, project_root) -> None:
    card = ask(open_page(shop), QUESTION)

    expect(card.get_by_test_id("totals")).to_contain_text(f"{october(project_root):,.0f}")


def test_number_style_and_currency_hold_for_sentence_and_large_number(open_page, shop) -> None:
    page = open_page(shop, fresh=True)
    page.click("#chat-settings-open-modal")
    page.click("#numbers")
    page.get_by_role("option", name="K / M").click()
    page.click("#currency")
    page.get_by_role("option", name="代码").click()
    page.click("#confirm")

    card = ask(page, QUESTION)

    expect(card.get_by_test_id("hero")).to_contain_text("K CNY")
    expect(card.get_by_test_id("headline")).to_contain_text("K CNY")
    expect(card.get_by_test_id("headline")).not_to_contain_text("万")


@pytest.mark.parametrize(
    ("locale", "question", "needs"),
    [
        ("zh-CN", "10月各柜台的毛利", "需要一张含有它的表"),
        ("en-US", "gross margin by counter in October", "I need a table that holds it"),
    ],
)
def test_a_refusal_says_what_data_an_answer_would_need(open_page, shop, locale, question, needs) -> None:
    card = ask(open_page(shop, locale), question)

    expect(card).to_have_attribute("data-outcome", "refuse")
    expect(card.get_by_test_id("needs")).to_contain_text(needs)
    assert card.get_by_test_id("choice").count() >= 1
