"""The card in a real browser, over hand-written answers: every part, both languages, laptop and phone."""

import json
import re

import pytest
from chat_page import ask, cards, drawn, headline, press, rows, sql_of
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BOSS = {"zh-CN": "这周哪个渠道最有效?", "en-US": "Which channel worked best this week?"}
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_an_answer_has_headline_chips_chart_table_advice_and_sql(open_page, written, locale) -> None:
    page = open_page(written, locale)

    card = ask(page, BOSS[locale])

    assert headline(card).startswith(
        {"zh-CN": "本周(11/17–11/19", "en-US": "Xiaohongshu worked best"}[locale]
    )
    expect(card.get_by_test_id("hero")).to_have_text("2.84")
    expect(card.get_by_test_id("chip-period")).to_contain_text(
        {"zh-CN": "本周", "en-US": "this week"}[locale]
    )
    chart = drawn(card)
    assert chart["traces"] == [{"type": "bar", "points": 6}]
    assert chart["marks"] >= 5
    assert chart["label"] == {"zh-CN": "投产比,按投放渠道", "en-US": "ROAS by ad channel"}[locale]
    assert len(rows(card)) == 6
    expect(card.get_by_test_id("suggestion")).to_have_count(1)
    expect(card.get_by_test_id("warning")).to_have_count(1)
    assert "attributed_revenue / NULLIF(spend, 0) AS roas" in sql_of(card)


def test_the_surface_speaks_the_browser_s_language_and_the_answer_the_question_s(open_page, written) -> None:
    page = open_page(written, "zh-CN")

    expect(page.locator("#starters button").first).to_have_text(BOSS["zh-CN"])
    card = ask(page, BOSS["en-US"])

    expect(card).to_have_attribute("lang", "en-US")


def test_a_starter_is_answered(open_page, written) -> None:
    page = open_page(written, "en-US")

    card = press(page, page.locator("#starters button:not([disabled])").first)

    assert headline(card).startswith("Xiaohongshu")


def test_a_follow_up_button_runs_its_plan_and_shows_its_question(open_page, written) -> None:
    page = open_page(written)
    first = ask(page, BOSS["zh-CN"])

    second = press(page, first.get_by_test_id("choice").nth(2))

    assert headline(second)
    expect(page.locator("[data-step-type=user_message]").last).to_have_text("只看新客")


@pytest.mark.parametrize(
    ("question", "outcome", "words"),
    [
        ("渠道成本", "clarify", "「成本」指的是哪一个?"),
        ("clarify the cost", "clarify", "Which cost do you mean?"),
        ("毛利多少", "refuse", "毛利我现在答不了:缺商品成本和达人佣金,猜一个会误导您。"),
        ("let it fail", "error", "The data file orders.parquet is missing."),
    ],
)
def test_other_outcomes_are_cards_of_their_own(open_page, written, question, outcome, words) -> None:
    card = ask(open_page(written), question)

    expect(card).to_have_attribute("data-outcome", outcome)
    assert headline(card) == words


def test_an_option_of_a_clarification_is_computed_at_once(open_page, written) -> None:
    page = open_page(written)
    asked_back = ask(page, "渠道成本")

    card = press(page, asked_back.get_by_test_id("choice").first)

    expect(card).to_have_attribute("data-outcome", "answer")


def test_a_refusal_names_what_is_missing_and_what_can_be_asked(open_page, written) -> None:
    card = ask(open_page(written), "毛利多少")

    expect(card.get_by_test_id("missing").locator("code")).to_have_text(["product_cost", "commission"])
    expect(card.get_by_test_id("choice")).to_have_text(["本周退后投产比", "本周费比"])


def test_the_table_sorts_by_raw_values_with_nulls_last(open_page, written) -> None:
    card = ask(open_page(written), BOSS["zh-CN"])

    card.locator("th[data-name=spend] button").click()
    spent = [row[4] for row in rows(card)]
    card.locator("th[data-name=roas] button").click()
    card.locator("th[data-name=roas] button").click()
    worst_first = [row[1] for row in rows(card)]

    assert spent == ["412,500", "268,900", "186,000", "97,300", "88,120", "0"]
    assert worst_first == ["0.87", "1.42", "1.96", "2.31", "2.84", "–"]


def test_the_csv_holds_labels_and_unrounded_numbers(open_page, written) -> None:
    page = open_page(written)
    card = ask(page, BOSS["zh-CN"])

    with page.expect_download() as download:
        card.get_by_test_id("download-csv").click()
    content = download.value.path().read_bytes().decode("utf-8-sig").splitlines()

    assert content[0] == "投放渠道,投产比,投产比(上周同期),较上周同期,投放花费"
    assert content[1] == "小红书聚光,2.84,2.61,0.0881,186000"
    assert content[6] == "短信,,,,0"


def test_the_chart_downloads_as_a_picture(open_page, written) -> None:
    page = open_page(written)
    card = ask(page, BOSS["zh-CN"])
    drawn(card)

    with page.expect_download() as download:
        card.get_by_test_id("download-png").click()

    assert download.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_trend_can_be_seen_as_bars(open_page, written) -> None:
    card = ask(open_page(written), "最近 12 周")
    before = drawn(card)["traces"][0]["type"]

    card.get_by_test_id("chart-bar").click()

    assert (before, drawn(card)["traces"][0]["type"]) == ("scatter", "bar")


def test_the_analyst_sees_sql_and_sources_open(open_page, written) -> None:
    page = open_page(written, fresh=True)
    page.click("#chat-profiles")
    page.click("[data-test='select-item:analyst']")

    card = ask(page, BOSS["zh-CN"])

    expect(card.get_by_test_id("sql")).to_be_visible()
    expect(card.get_by_test_id("definition")).to_contain_text("归因支付金额 ÷ 投放花费")
    assert page.get_by_text("AS attributed_revenue,").count() == 1  # the statement is shown once


def test_the_boss_opens_the_sources_with_one_click(open_page, written) -> None:
    card = ask(open_page(written), BOSS["zh-CN"])
    expect(card.get_by_test_id("sql")).to_have_count(0)

    card.get_by_test_id("details-toggle").click()

    expect(card.get_by_test_id("details")).to_contain_text("2023-06-01 – 2025-11-19")


def test_a_phone_shows_headline_advice_and_chart_first_with_folded_chips(open_page, written) -> None:
    page = open_page(written, size=PHONE)
    card = ask(page, BOSS["zh-CN"])
    drawn(card)

    tops = [
        card.get_by_test_id(part).bounding_box()["y"]
        for part in ("headline", "suggestions", "chart", "table")
    ]

    assert tops == sorted(tops)
    expect(card.get_by_test_id("chip-metric")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    card.locator(".ag-chips-toggle").click()
    expect(card.get_by_test_id("chip-metric")).to_be_visible()


def test_the_chart_follows_the_dark_theme(open_page, written) -> None:
    page = open_page(written, scheme="dark")
    card = ask(page, BOSS["zh-CN"])
    drawn(card)

    ink = card.get_by_test_id("plot").evaluate("node => node._fullLayout.font.color")
    paper = page.evaluate("getComputedStyle(document.querySelector('.ag-card')).backgroundColor")

    assert _light(ink) > 150 > _light(paper)


def _light(colour: str) -> float:
    if colour.startswith("#"):
        return sum(int(colour[at : at + 2], 16) for at in (1, 3, 5)) / 3
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3


def test_a_question_can_be_stopped_and_the_next_one_is_answered(open_page, written) -> None:
    page = open_page(written)
    page.click("#chat-input")
    page.keyboard.type("慢慢算")
    page.click("#chat-submit:not([disabled])")

    page.locator("#stop-button").click()

    expect(page.locator("[data-step-type=assistant_message]").last).to_have_text("已停止。这次没有给出数字。")
    assert headline(ask(page, BOSS["zh-CN"]))


@pytest.mark.parametrize(
    ("locale", "question", "line"),
    [("zh-CN", "慢慢算", "正在算:第"), ("en-US", "slow please", "Working: Part")],
)
def test_a_long_question_says_what_is_being_done_until_the_answer_is_there(
    open_page, written, locale, question, line
) -> None:
    page = open_page(written, locale)
    page.click("#chat-input")
    page.keyboard.type(question)
    page.click("#chat-submit:not([disabled])")

    step = page.locator("[data-step-type=tool]")
    expect(step).to_contain_text(line)
    expect(step).to_contain_text("%")

    expect(cards(page)).to_have_count(1, timeout=30_000)
    expect(step).to_have_count(0)


def test_settings_change_language_and_number_style(open_page, written) -> None:
    page = open_page(written, "en-US", fresh=True)
    page.click("#chat-settings-open-modal")
    page.click("#language")
    page.get_by_role("option", name="English").click()
    page.click("#confirm")

    card = ask(page, BOSS["zh-CN"])

    assert headline(card).startswith("Xiaohongshu")


def test_a_tampered_plan_is_refused_politely(open_page, written) -> None:
    page = open_page(written, fresh=True)
    bodies: list[dict[str, object]] = []

    def tamper(route) -> None:
        body = json.loads(route.request.post_data)
        body["action"]["payload"]["plan"] = {"kind": "metric", "sql": "DROP TABLE users"}
        bodies.append(body)
        route.continue_(post_data=json.dumps(body))

    page.route("**/project/action", tamper)
    card = press(page, ask(page, BOSS["zh-CN"]).get_by_test_id("choice").first)

    assert bodies
    expect(card).to_have_attribute("data-outcome", "error")
    assert cards(page).count() == 2
