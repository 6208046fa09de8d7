"""The page of metrics: searchable, in both languages, with recent values and the picture of what each is made of."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("locale", "title", "metric", "search", "left"),
    [("zh-CN", "指标目录", "营业额", "面包", "面包数"), ("en-US", "Metrics", "Takings", "loav", "Loaves")],
)
def test_metrics_are_listed_and_found_in_the_reader_s_language(
    open_page, shop, locale, title, metric, search, left
) -> None:
    page = open_page(shop, locale, fresh=True)
    expect(page.locator("#header a[href='/catalog']")).to_have_text(title)  # the bar speaks one language
    page.locator("#header a[href='/catalog']").click()
    page.wait_for_url("**/catalog")

    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("article")).to_have_count(3)
    expect(
        page.locator("article dd", has_text={"zh-CN": "所有人", "en-US": "everyone"}[locale])
    ).to_have_count(3)
    expect(page.locator("article h3").first).to_contain_text(metric)
    page.fill("#search", search)
    expect(page.locator("article:visible h3")).to_have_text([left])
    page.fill("#search", "nothing like it")
    expect(page.locator("#none")).to_be_visible()


def test_a_metric_shows_its_recent_values_and_its_tree(open_page, shop) -> None:
    page = open_page(shop, path="/catalog?lang=en-US", fresh=True, wait_for="article")

    spark = page.locator(".spark").first
    expect(spark).to_have_attribute("data-drawn", "true")
    assert re.search(r"¥[\d.,]+", spark.inner_text())
    line = spark.locator("path").get_attribute("d") or ""
    assert line.count("L") >= 8  # about eleven weeks of data
    page.locator("summary").first.click()
    expect(page.locator("article").first.locator("svg.ag-tree [data-kind=table]")).to_have_count(1)


def test_the_card_draws_what_its_metric_is_made_of(open_page, shop) -> None:
    from chat_page import ask

    card = ask(open_page(shop), "10月各柜台的营业额")
    card.get_by_test_id("details-toggle").click()

    tree = card.get_by_test_id("tree").locator("svg")
    expect(tree).to_be_visible()
    expect(tree).to_contain_text("销售")


def test_with_users_the_catalog_is_for_those_who_signed_in(browser, tmp_path, project_root) -> None:
    from chat_server import HERE, product_server

    from bot.store.database import FILE, open_store
    from bot.store.users import add_user

    engine = open_store(f"sqlite:///{tmp_path / 'state' / FILE}")
    add_user(engine, "li", "battery staple")
    engine.dispose()
    server = product_server(tmp_path, project_root, HERE / "shop", tmp_path / "state")
    try:
        reader = browser.new_context()
        before = reader.request.get(f"{server.url}/catalog").status
        reader.request.post(f"{server.url}/login", form={"username": "li", "password": "battery staple"})
        after = reader.request.get(f"{server.url}/catalog").status
        recent = reader.request.get(f"{server.url}/catalog/recent?metric=takings").json()
    finally:
        server.stop()

    assert (before, after) == (401, 200)
    assert recent["svg"].startswith("<svg")
