"""Every fault of the list ends as it says, within its seconds; the docs hold the table that was found."""

import importlib.util
import time
from pathlib import Path

import pytest

from bot.plan import MetricPlan

HERE = Path(__file__).parent
PAGE = HERE.parents[3] / "docs" / "model-planner.md"
BEGIN, END = "<!-- faults: tests/bot/planners/llm/test_fault_table.py -->", "<!-- end of faults -->"


def _faults():
    spec = importlib.util.spec_from_file_location("llm_tests_faults", HERE / "faults.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _wire():
    spec = importlib.util.spec_from_file_location("llm_tests_wire", HERE / "endpoint.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


faults = _faults()
LISTED = faults.listed(_wire())


@pytest.fixture(scope="module")
def warmed(wire):
    """The list over the module that serves it."""
    return faults.listed(wire)


@pytest.mark.parametrize("name", LISTED)
def test_a_fault_ends_as_the_table_says(ask, server, warmed, rules_alone, name):
    replies, outcome, options = warmed[name]
    options = dict(options)
    if options.pop("tls", False):
        server.url = server.url.replace("http://", "https://")
    started = time.monotonic()
    planned = ask(faults.HARD, server.script("m", *replies), **options)
    assert time.monotonic() - started < 60.0  # the server would hold us for ever
    if planned.planner == "rules":
        assert planned.plan == rules_alone(faults.HARD).plan
        assert faults.rules(planned.extra["fallback"]) == outcome
    else:
        assert isinstance(planned.plan, MetricPlan)
        assert outcome == faults.ANSWERED


def test_the_docs_hold_the_table():
    lines = ["| fault | outcome |", "|---|---|", *(f"| {name} | {LISTED[name][1]} |" for name in LISTED)]
    block = "\n".join([BEGIN, *lines, END]).replace("<tool_call>", "`<tool_call>`")
    assert block in PAGE.read_text("utf-8"), f"put this into docs/model-planner.md:\n{block}"


@pytest.mark.parametrize(
    "reason", ["key", "address", "connection", "certificate", "refused_request", "seconds"]
)
def test_a_reason_that_an_operator_can_mend_names_the_setting(reason):
    from bot.planners.llm.outcomes import fallback_why

    said = fallback_why(reason)
    assert "ASKGROWTH_LLM_" in said.en or "certificate" in said.en
    assert "请检查" in said.zh or "可" in said.zh
