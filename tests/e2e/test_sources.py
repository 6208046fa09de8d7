"""What an answer stands on, one click away, and what can be asked next: each fails when its handler is removed."""

import pytest
from chat_page import SLOW, ask, headline, press
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

QUESTION = {"zh-CN": "10月各柜台的营业额", "en-US": "takings by counter in October"}


def details(card: Locator) -> Locator:
    card.get_by_test_id("details-toggle").click()
    return card.get_by_test_id("details")


def october(project_root, file: str, counter: str = "") -> float:
    lines = (project_root / f"tests/e2e/shop/data/{file}.csv").read_text().splitlines()[1:]
    cells = [line.split(",") for line in lines]
    return sum(float(c[2]) for c in cells if c[1].startswith("2025-10") and c[0].startswith(counter))


def test_a_number_stands_beside_the_one_another_system_reports(open_page, shop, project_root) -> None:
    card = ask(open_page(shop), QUESTION["zh-CN"])

    pair = details(card).get_by_test_id("pair")
    expect(pair).to_have_attribute("data-agrees", "false", timeout=SLOW)

    booked, taken = (float(one.get_attribute("data-raw")) for one in pair.locator("[data-raw]").all())
    assert booked == pytest.approx(october(project_root, "terminal"))
    assert taken == pytest.approx(october(project_root, "sales"))
    expect(pair).to_contain_text(f"+{(booked / taken - 1) * 100:.1f}%")
    online = pair.locator("tbody tr", has_text="线上")
    expect(online).to_contain_text(f"{october(project_root, 'terminal', 'online'):,.0f}")
    expect(online).to_contain_text(f"{october(project_root, 'sales', 'online'):,.0f}")


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh-CN", ("数据范围", "2025-09-01 – 2025-11-19", "数据版本", "计划指纹", "查询", " ms")),
        ("en-US", ("Data from–to", "2025-09-01 – 2025-11-19", "Data version", "Plan hash", "query", " ms")),
    ],
)
def test_freshness_version_and_timings_are_one_click_away(open_page, shop, locale, words) -> None:
    card = ask(open_page(shop, locale), QUESTION[locale])
    expect(card.get_by_test_id("sources")).to_have_count(0)

    sources = details(card).get_by_test_id("sources")

    for one in words:
        expect(sources).to_contain_text(one)
    expect(card.get_by_test_id("tree").locator("svg [data-kind=table]")).to_have_count(1)


@pytest.mark.parametrize(
    ("locale", "kinds"),
    [
        ("zh-CN", ("为什么变化", "每周的营业额", "环比", "到店")),
        ("en-US", ("Why did takings change", "by week", "compared with the previous period", "in-store")),
    ],
)
def test_why_by_week_compared_and_one_audience_are_offered_from_the_plan_and_run(
    open_page, shop, project_root, locale, kinds
) -> None:
    page = open_page(shop, locale)
    card = ask(page, QUESTION[locale])
    offered = card.get_by_test_id("choice")
    for kind in kinds:
        assert offered.filter(has_text=kind).count() >= 1, kind

    narrowed = press(page, offered.filter(has_text=kinds[3]))
    expect(narrowed.get_by_test_id("chip-segment")).to_contain_text(kinds[3])
    narrowed.get_by_test_id("totals").wait_for()
    in_store = october(project_root, "sales") - october(project_root, "sales", "online")
    expect(narrowed.get_by_test_id("totals")).to_contain_text(f"{in_store:,.0f}")

    why = press(page, offered.filter(has_text=kinds[0]))
    change = why.get_by_test_id("hero").inner_text()
    assert change[0] in "+−"
    assert change in headline(why)
    assert why.get_by_test_id("choice").count() >= 2  # an analysis says what to ask next, too
