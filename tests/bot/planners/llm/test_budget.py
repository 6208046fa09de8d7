"""What a question and a day may cost, in calls, tokens, seconds and money; kept where a restart forgives nothing."""

import json
from datetime import date

import pytest

from bot.endpoint import Allowance, Price
from bot.planners.llm.budget import Limits, Usage
from bot.planners.llm.purse import NO_LIMITS, Purse
from bot.settings import Endpoint, Settings, SettingsError, read_settings
from bot.store.database import database_url, open_store
from bot.store.model_usage import Used, add_used, list_used, used_on

HARD = "how shiny were the lanterns by hub last month"
FEBRUARY = {"start": "2026-02-01", "end": "2026-03-01"}
PLAN = {"kind": "metric", "metrics": ["zarn"], "group_by": [{"dimension": "hub"}], "period": FEBRUARY}
SAID = [("shiny were the lanterns", "zarn"), ("how", "filler")]
PRICE = Price(2.0, 8.0, "CNY")
MONDAY, TUESDAY = date(2026, 3, 16), date(2026, 3, 17)


@pytest.fixture
def good(wire):
    return wire.propose(PLAN, readings=SAID)


@pytest.fixture
def purse(tmp_path):
    """A purse over a file: `purse(per_day, day)` opens it anew, as another process would."""
    settings = Settings(tmp_path, is_demo=False, state_dir=tmp_path)

    def opened(per_day=NO_LIMITS, day=MONDAY):
        endpoint = Endpoint("http://localhost", "m", "k", price=PRICE, per_day=per_day)
        return Purse(endpoint, lambda: open_store(database_url(settings)), lambda: day)

    return opened


def used(calls=2, tokens_in=1_000, tokens_out=500):
    return Usage(Limits(), calls=calls, tokens_in=tokens_in, tokens_out=tokens_out, price=PRICE)


def test_tokens_cost_what_the_price_says():
    # 1,000 in at 2 and 500 out at 8 a million: 0.002 + 0.004
    assert used().money == pytest.approx(0.006)


def test_usage_adds_up_per_user_and_day(tmp_path):
    engine = open_store(f"sqlite:///{tmp_path / 'app.sqlite'}")
    for user, day in (
        ("ann", "2026-03-16"),
        ("ann", "2026-03-16"),
        ("bob", "2026-03-16"),
        ("ann", "2026-03-17"),
    ):
        add_used(engine, Used(user, day, "CNY", 1, 2, 1_000, 500, 1.5, 0.006))
    mine = used_on(engine, "ann", "2026-03-16", "CNY")
    assert (mine.questions, mine.calls, mine.tokens, mine.seconds) == (2, 4, 3_000, 3.0)
    assert mine.money == pytest.approx(0.012)
    assert used_on(engine, "ann", "2026-03-16", "USD").money == 0
    assert [(one.day, one.user) for one in list_used(engine)] == [
        ("2026-03-17", "ann"),
        ("2026-03-16", "ann"),
        ("2026-03-16", "bob"),
    ]
    engine.dispose()


@pytest.mark.parametrize(
    "limit",
    [Allowance(calls=2), Allowance(tokens=1_500), Allowance(money=0.006)],
    ids=["calls", "tokens", "money"],
)
def test_a_spent_day_is_closed_also_after_a_restart(purse, limit):
    before = purse(limit)
    assert before.today("ann").refused is None
    before.add("ann", used())
    assert purse(limit).today("ann").refused == "day"
    assert purse(limit).today("bob").refused is None
    assert purse(limit, TUESDAY).today("ann").refused is None


def test_a_question_may_use_no_more_than_is_left_of_the_day(purse):
    limit = Allowance(calls=5, tokens=4_000, money=0.01)
    opened = purse(limit)
    opened.add("ann", used())
    limits = Limits.of(Endpoint("http://localhost", "m", "k"), opened.today("ann").left)
    assert (limits.calls, limits.tokens) == (3, 2_500)
    assert limits.money == pytest.approx(0.004)
    assert limits.seconds == 30.0


def test_a_purse_that_cannot_be_opened_closes_where_a_day_is_limited(tmp_path):
    settings = Settings(tmp_path, is_demo=False, state_dir=tmp_path, database_url="mysql://x/y")

    def refused(per_day):
        endpoint = Endpoint("http://localhost", "m", "k", per_day=per_day)
        return Purse(endpoint, lambda: open_store(database_url(settings)), lambda: MONDAY).today("a").refused

    assert refused(Allowance(calls=5)) == "purse"
    assert refused(Allowance()) is None


def test_every_answer_says_what_it_cost_and_what_the_day_has_cost(pipeline, server, good):
    asked = pipeline(server.script("m", good), price=PRICE)
    first, second = (asked.ask(HARD, planner="llm", user=None).provenance.extra for _ in range(2))
    assert first["cost"] == pytest.approx((first["tokens_in"] * 2 + first["tokens_out"] * 8) / 1e6, abs=1e-6)
    assert first["currency"] == "CNY"
    assert second["today"]["calls"] == 2
    assert second["today"]["tokens"] == 2 * (first["tokens_in"] + first["tokens_out"])


def test_a_spent_day_leaves_the_rules_answer_and_sends_nothing(pipeline, server, good):
    asked = pipeline(server.script("m", good), per_day=Allowance(calls=1))
    assert asked.ask(HARD, planner="llm").planner == "llm"
    answer = asked.ask(HARD, planner="llm")
    assert answer.provenance.extra["fallback"] == "day"
    assert "今天" in answer.provenance.why.zh
    assert len(server.requests) == 1


def test_the_money_of_a_question_is_limited(pipeline, server, wire):
    looks = wire.calls(("search_catalog", {"words": "zarn"}))
    asked = pipeline(server.script("m", looks), price=Price(1_000, 1_000), per_question=Allowance(money=0.5))
    answer = asked.ask(HARD, planner="llm")
    assert answer.provenance.extra["fallback"] == "money"
    assert len(server.requests) == 1


def test_a_question_of_the_rules_says_that_it_cost_nothing(pipeline, server, good):
    extra = pipeline(server.script("m", good), price=PRICE).ask("zarn by hub last month").provenance.extra
    assert (extra["calls"], extra["tokens_in"], extra["cost"]) == (0, 0, 0)


def test_prices_and_allowances_are_read_from_the_environment():
    found = read_settings(
        environ={
            "ASKGROWTH_LLM_BASE_URL": "http://localhost/v1",
            "ASKGROWTH_LLM_MODEL": "m",
            "ASKGROWTH_LLM_PRICE": "2 / 8.5 usd",
            "ASKGROWTH_LLM_PER_QUESTION": "calls=3",
            "ASKGROWTH_LLM_PER_DAY": "tokens=500000, money=5",
        }
    ).endpoint
    assert found.price == Price(2.0, 8.5, "USD")
    assert found.per_question == Allowance(calls=3, tokens=20_000)
    assert found.per_day == Allowance(tokens=500_000, money=5.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PRICE", "cheap"), ("PER_DAY", "tokens=many"), ("PER_DAY", "beers=3"), ("PER_QUESTION", "calls=-1"),
     ("PER_DAY", "money=5")],
)  # fmt: skip
def test_a_price_or_allowance_that_cannot_be_used_is_said(name, value):
    environ = {"ASKGROWTH_LLM_BASE_URL": "x", "ASKGROWTH_LLM_MODEL": "m", f"ASKGROWTH_LLM_{name}": value}
    with pytest.raises(SettingsError, match="ASKGROWTH_LLM_P"):
        read_settings(environ=environ)


# ---- traces


def test_every_question_leaves_one_record_in_the_file_without_secret_or_row(pipeline, server, good, tmp_path):
    asked = pipeline(server.script("m", good), traced=True)
    asked.ask(HARD, planner="llm")
    asked.ask("zarn by hub last month, my key is sk-abcdefghijklmnop")
    lines = (tmp_path / "traces" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert (first["question"], first["planner"], first["tried"][0]["verdict"]) == (HARD, "llm", "accepted")
    assert first["tokens_in"] > 0
    assert first["plan_ms"] > 0
    assert second["planner"] == "rules"
    assert "sk-" not in "".join(lines)
    rows = asked.ask("zarn by hub last month").parts[0].table.rows
    assert all(str(row[0]) not in lines[0] for row in rows)


def test_a_record_is_a_span_where_a_collector_is_named(server, wire):
    from bot.planners.llm.trace import Trace

    got = server.script("otlp", wire.Wire(200, b"{}"))
    trace = Trace(otlp_endpoint=server.url.replace("/v1", "/v1/traces"))
    trace.write({"event": "model_planner", "planner": got, "tried": [{"verdict": "accepted"}]})
    trace.flush()
    assert server.spans
    assert b"askgrowth.plan" in server.spans[0]
    assert b"askgrowth.tried" in server.spans[0]


# ---- stop


def test_a_question_is_stopped_while_the_model_thinks(pipeline, server, wire):
    import threading

    from tools.progress import Watch

    steps = []
    watch = Watch(lambda step: (steps.append(step.label.en), threading.Timer(0.2, watch.cancel).start()))
    answer = pipeline(server.script("m", wire.Wire(wait=20.0))).ask(HARD, planner="llm", progress=watch)
    assert (answer.outcome, answer.error.code) == ("error", "cancelled")
    assert steps == ["asking the language model"]
