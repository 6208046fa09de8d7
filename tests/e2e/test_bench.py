"""The analyst's bench in the browser: SQL changed and run again, numbers taken apart, workbooks, verified questions."""

import io

import pytest
from chat_page import ask, headline
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

QUESTION = "10月各柜台的营业额"


def bench(card: Locator) -> Locator:
    if card.get_by_test_id("details-toggle").get_attribute("aria-expanded") != "true":
        card.get_by_test_id("details-toggle").click()
    card.get_by_test_id("edit-sql").click()
    return card.get_by_test_id("bench")


def run(card: Locator, change) -> Locator:
    desk = bench(card)
    text = desk.get_by_test_id("sql-text")
    text.fill(change(text.input_value()))
    desk.get_by_test_id("run-sql").click()
    return desk


def october(project_root, counter: str = "") -> float:
    lines = (project_root / "tests/e2e/shop/data/sales.csv").read_text().splitlines()[1:]
    cells = [line.split(",") for line in lines]
    return sum(float(c[2]) for c in cells if c[1].startswith("2025-10") and c[0].startswith(counter))


def test_the_answer_s_own_sql_gives_the_same_rows_again(open_page, shop) -> None:
    card = ask(open_page(shop), QUESTION)

    desk = run(card, lambda sql: sql)

    expect(desk.get_by_test_id("difference")).to_have_text("和原结果完全一样。")
    expect(desk.get_by_test_id("compared-row")).to_have_count(3)


def test_a_changed_statement_shows_what_differs_value_by_value(open_page, shop, project_root) -> None:
    card = ask(open_page(shop), QUESTION)

    desk = run(card, lambda sql: sql.replace("SUM(sales.amount)", "SUM(sales.amount) * 2"))

    expect(desk.get_by_test_id("difference")).to_contain_text("3 行有变化")
    row = desk.get_by_test_id("compared-row").filter(has_text="门口")
    old = october(project_root, "door")
    expect(row).to_contain_text(f"{old * 2:,.0f}")
    expect(row.locator("s")).to_have_text(f"{old:,.0f}")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DROP TABLE sales", "SELECT"),
        ("SELECT * FROM read_csv('/etc/passwd')", "不允许"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT nothing FROM sales", "nothing"),
    ],
)
def test_what_may_not_or_cannot_run_is_said_in_words(open_page, shop, sql, words) -> None:
    card = ask(open_page(shop), QUESTION)

    desk = run(card, lambda _: sql)

    expect(desk.get_by_test_id("problem")).to_contain_text(words)


def test_a_number_is_taken_apart_into_the_rows_that_give_it(open_page, shop, project_root) -> None:
    card = ask(open_page(shop), QUESTION)

    card.locator("tbody tr").filter(has_text="门口").get_by_test_id("cell").click()

    added = card.get_by_test_id("added-up")
    expect(added).to_contain_text("31 行")  # one row per day of October
    assert float(added.get_attribute("data-raw") or 0) == pytest.approx(october(project_root, "door"))
    card.get_by_test_id("close-explained").click()
    expect(card.get_by_test_id("explained")).to_have_count(0)


def test_a_workbook_holds_numbers_definition_plan_and_data_version(open_page, shop, project_root) -> None:
    page: Page = open_page(shop)
    card = ask(page, QUESTION)
    card.get_by_test_id("details-toggle").click()

    with page.expect_download() as download:
        card.get_by_test_id("download-xlsx").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))

    assert book.sheetnames == ["数据", "口径与来源", "SQL"]
    cells = list(book["数据"].iter_rows(values_only=True))
    assert cells[0] == ("柜台", "营业额")
    assert sum(row[1] for row in cells[1:4]) == pytest.approx(october(project_root))
    about = dict(book["口径与来源"].iter_rows(values_only=True))
    assert about["问题"] == QUESTION
    assert "amount" in about["营业额"]
    assert len(about["计划指纹"]) == 64
    assert about["数据版本"]
    assert any("SUM(sales.amount)" in str(row[0]) for row in book["SQL"].iter_rows(values_only=True))


def test_a_saved_question_is_served_with_a_badge_from_then_on(open_page, shop) -> None:
    page = open_page(shop)
    question = "门口柜台10月卖得怎么样,营业额"
    card = ask(page, question)
    expect(card.get_by_test_id("verified")).to_have_count(0)
    card.get_by_test_id("details-toggle").click()
    card.get_by_test_id("save-verified").click()
    expect(card.get_by_test_id("saved")).to_contain_text("核对过的问题")

    again = ask(page, question + "?")

    expect(again.get_by_test_id("verified")).to_contain_text("已核对")
    assert headline(again) == headline(card)
