"""The language model in the chat, over a scripted server: its summary, its cost, where it differs from the rules."""

import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from chat_page import SLOW, ask, headline, press, rows
from chat_server import HERE, Server, product_server
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

OCTOBER = {"start": "2025-10-01", "end": "2025-11-01"}
PLAN = {"kind": "metric", "metrics": ["takings"], "group_by": [{"dimension": "counter"}], "period": OCTOBER}
FINER = {**PLAN, "group_by": [{"dimension": "counter"}, {"dimension": "metric_time", "grain": "week"}]}
HARD = {"zh-CN": "10月各柜台有多红火", "en-US": "how crusty were the counters in October by counter"}
READ = {
    "zh-CN": [("有多红火", "takings")],
    "en-US": [("crusty were the counters", "takings"), ("how", "filler")],
}
SUMMARY = {"zh-CN": "{r1c0}最高,为{r1c1}。", "en-US": "{r1c0} leads with {r1c1}."}
SURE = "takings by counter in October"


@pytest.fixture(scope="module")
def wire() -> ModuleType:
    path = HERE.parent / "bot/planners/llm/endpoint.py"  # the scripted server of the planner's own tests
    spec = importlib.util.spec_from_file_location("scripted_endpoint", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def endpoint(wire: ModuleType) -> Iterator[object]:
    with wire.serving() as served:
        served.script("m", wire.text(""))
        yield served


@pytest.fixture(scope="module")
def server(endpoint, tmp_path_factory, project_root) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("model")
    model = {"BASE_URL": endpoint.url, "MODEL": "m", "API_KEY": "sk-none", "PRICE": "2/8 CNY", "PROSE": "1"}
    started = product_server(
        folder, project_root, HERE / "shop", folder / "state",
        {f"ASKGROWTH_LLM_{name}": value for name, value in model.items()},
    )  # fmt: skip
    yield started
    started.stop()


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_a_hard_question_is_answered_with_a_summary_and_says_what_the_model_cost(
    open_page, server, endpoint, wire, locale
) -> None:
    page = open_page(server, locale)
    endpoint.script("m", wire.propose(PLAN, readings=READ[locale]), wire.text(SUMMARY[locale]))

    card = ask(page, HARD[locale])

    expect(card.get_by_test_id("summary")).to_contain_text(rows(card)[0][1])  # a cell, filled in by us
    read_by = card.get_by_test_id("read-by")
    for words in {"zh-CN": ("语言模型", "2 次调用", "令牌", "秒", "CNY")}.get(
        locale, ("language model", "2 calls", "tokens", " s, ", "CNY")
    ):
        expect(read_by).to_contain_text(words)
    card.get_by_test_id("details-toggle").click()
    expect(card.get_by_test_id("sources")).to_contain_text("tokens")


def test_a_summary_with_a_planted_figure_is_left_out_and_that_is_said(
    open_page, server, endpoint, wire
) -> None:
    page = open_page(server, "en-US")
    endpoint.script("m", wire.text("{r1c0} has 12,345."))

    card = ask(page, SURE)

    expect(card.get_by_test_id("summary")).to_have_count(0)
    expect(card.get_by_test_id("read-by")).to_contain_text("did not pass the checks")
    expect(card).not_to_contain_text("12,345")


def test_where_rules_and_model_differ_the_reader_chooses(open_page, server, endpoint, wire) -> None:
    page = open_page(server, "en-US", fresh=True)
    choose_planner(page, "The model")
    endpoint.script("m", wire.propose(FINER), wire.text(""))

    card = ask(page, SURE)

    expect(card).to_have_attribute("data-outcome", "clarify")
    assert "language model read this differently" in headline(card)
    expect(card.get_by_test_id("read-by")).to_contain_text("read it differently")
    chosen = press(page, card.get_by_test_id("choice").first)
    expect(chosen.get_by_test_id("chip-metric")).to_contain_text("takings")


def test_where_the_model_fails_the_rules_answer_and_that_is_said(open_page, server, endpoint, wire) -> None:
    page = open_page(server, "en-US", fresh=True)
    choose_planner(page, "The model")
    endpoint.script("m", wire.Wire(401, b"{}"))

    card = ask(page, SURE)

    expect(card).to_have_attribute("data-outcome", "answer")
    expect(card.get_by_test_id("read-by")).to_contain_text("the endpoint refused the key")


def choose_planner(page: Page, name: str) -> None:
    page.click("#chat-settings-open-modal")
    page.click("#planner")
    page.get_by_role("option", name=name, exact=True).click()
    page.click("#confirm")
    page.wait_for_selector("#confirm", state="detached", timeout=SLOW)
