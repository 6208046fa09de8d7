"""Growth suggestions in the chat: accepted, rejected with a reason, opened again, asked why and about; on the demo."""

import pytest
from chat_page import SLOW, ask, headline, press
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ASKED = {"zh-CN": "这周哪个渠道最有效?", "en-US": "Which channel worked best this week?"}
WORDS = {
    "zh-CN": ("八成把握", "太贵了", "已否决", "已采纳", "不是实验"),
    "en-US": ("80 % sure", "too dear", "Rejected", "Accepted", "no experiment"),
}
LATER = {
    "zh-CN": ("让我加投小红书,效果呢?", "小红书", "还在执行"),
    "en-US": ("you suggested spending more on Xiaohongshu, how did it go?", "Xiaohongshu", "it still runs"),
}


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_advice_is_rejected_with_a_reason_accepted_and_asked_why(open_page, demo, locale) -> None:
    sure, reason, rejected, accepted, means = WORDS[locale]
    page = open_page(demo, locale)
    card = ask(page, ASKED[locale])
    advice = card.get_by_test_id("suggestion").first
    expect(advice.locator(".ag-effect-value")).to_contain_text(sure)
    deciding = advice.get_by_test_id("decide")

    advice.get_by_test_id("reject").click()
    expect(advice.get_by_test_id("reject-now")).to_be_disabled()  # not without a reason
    advice.get_by_test_id("reason").fill(reason)
    advice.get_by_test_id("reject-now").click()
    expect(deciding).to_have_attribute("data-decision", "rejected", timeout=SLOW)
    expect(deciding).to_contain_text(rejected)
    advice.get_by_test_id("reopen").click()
    expect(deciding).to_have_attribute("data-decision", "open", timeout=SLOW)
    advice.get_by_test_id("accept").click()
    expect(deciding).to_have_attribute("data-decision", "accepted", timeout=SLOW)
    expect(deciding).to_contain_text(accepted)
    advice.get_by_test_id("reopen").click()  # the demo's state is shared: left as it was
    expect(deciding).to_have_attribute("data-decision", "open", timeout=SLOW)

    advice.get_by_test_id("suggestion-why").click()
    expect(advice.get_by_test_id("reasons")).to_contain_text(means)
    data = press(page, advice.get_by_test_id("why-data"))
    expect(data).to_have_attribute("data-outcome", "answer")
    expect(data.get_by_test_id("chip-metric")).to_be_visible()
    advice.get_by_test_id("suggestion-test").click()
    expect(advice.get_by_test_id("test-plan")).to_be_visible()


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_accepted_advice_is_answered_from_the_ledger_when_it_is_asked_about(open_page, demo, locale) -> None:
    question, channel, runs = LATER[locale]
    page = open_page(demo, locale)
    advice = ask(page, ASKED[locale]).get_by_test_id("suggestion").filter(has_text=channel).first
    advice.get_by_test_id("accept").click()
    deciding = advice.get_by_test_id("decide")
    expect(deciding).to_have_attribute("data-decision", "accepted", timeout=SLOW)

    said = headline(ask(page, question))
    advice.get_by_test_id("reopen").click()  # the demo's state is shared: left as it was
    expect(deciding).to_have_attribute("data-decision", "open", timeout=SLOW)

    assert channel in said
    assert runs in said


def test_the_other_tables_of_an_analysis_are_folded_below_its_first(open_page, demo) -> None:
    page = open_page(demo)
    card = ask(page, "上周支付金额为什么变化")
    expect(card.get_by_test_id("data-further-0")).to_have_count(0)

    card.get_by_test_id("further-toggle").click()

    expect(card.get_by_test_id("data-further-0").locator("tbody tr").first).to_be_visible()
    assert card.get_by_test_id("hero").inner_text()[0] in "+−"
