"""Every handler of the chat with the browser test that fails without it: the table of README.md, and its proof.

`python tests/e2e/handlers.py` starts each test against a server that has the handler taken out (without.py) and
says which tests failed, as they must; names as arguments choose some. `--table` prints the table.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from semantic_layer.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WITHOUT = "CHAT_WITHOUT"
UNOPENED = 'waiting for locator("#welcome-screen'


@dataclass(frozen=True)
class Component:
    """A part of the card: it draws nothing."""

    name: str


@dataclass(frozen=True)
class Source:
    """A piece of the browser's code, taken out of a file."""

    file: str
    old: str
    new: str = ""


@dataclass(frozen=True)
class Entry:
    """What a card asks the server for: the key is not served."""

    key: str
    table: str = "LOOKS"
    module: str = "bot.ui.looks"


@dataclass(frozen=True)
class Function:
    """A function or method of the server: it does nothing."""

    module: str
    name: str
    gives: object = None
    is_async: bool = False


@dataclass(frozen=True)
class Route:
    """A page or address: it is not served."""

    path: str


@dataclass(frozen=True)
class Handler:
    """One handler: the sentence it stands for, how it is taken out, the test that must fail."""

    name: str
    what: str
    how: Component | Source | Entry | Function | Route
    test: str


def _call(name: str, gives: object = None) -> Function:
    """Return one of Chainlit's callbacks."""
    return Function("bot.ui.app", f"Handlers.{name}", gives, is_async=True)


CARD = "test_card.py::test_an_answer_has_headline_chips_chart_table_advice_and_sql[zh-CN]"
WHY = "test_sources.py::test_why_by_week_compared_and_one_audience_are_offered_from_the_plan_and_run[zh-CN-kinds0]"
ADVICE = "test_advice.py::test_advice_is_rejected_with_a_reason_accepted_and_asked_why[zh-CN]"
FRESH = "test_sources.py::test_freshness_version_and_timings_are_one_click_away[zh-CN-words0]"
FILE = "test_own_data.py::test_a_dropped_file_is_proposed_confirmed_with_changes_and_asked_at_once[en-US]"
TAKEN = (
    "test_own_data.py::"
    "test_orders_in_a_file_s_cells_and_names_change_nothing_and_the_data_can_be_taken_away[en-US]"
)
LEAVES = "test_own_data.py::test_an_answer_leaves_as_a_file_that_stands_alone[en-US-takings by counter]"
REOPENS = "test_history.py::test_a_thread_reopens_after_a_restart_with_chart_buttons_and_feedback"
LONG = (
    "test_card.py::"
    "test_a_long_question_says_what_is_being_done_until_the_answer_is_there[en-US-slow please-Working: Part]"
)
MCP = "test_following.py::test_mcp_answers_beside_the_chat_under_the_same_tokens"
METRICS = (
    "test_catalog.py::"
    "test_metrics_are_listed_and_found_in_the_reader_s_language[en-US-Metrics-takings-loav-loaves]"
)
MARKS = "test_answers.py::test_events_are_marked_and_a_bucket_that_is_not_over_is_drawn_apart[zh-CN]"
MODEL = "test_model.py::test_a_hard_question_is_answered_with_a_summary_and_says_what_the_model_cost[en-US]"

HANDLERS = (
    # 1. the answer card
    Handler("headline", "1 headline with the number big", Component("Headline"), CARD),
    Handler("chips", "1 how I read it", Component("Chips"), CARD),
    Handler(
        "hover", "1 definition on hover", Source("elements/", "title={hint}"),
        "test_edit.py::test_a_chip_shows_the_definition_on_hover_and_closes_with_the_keyboard",
    ),
    Handler(
        "choices", "1 chips: what a part may become", Entry("options"),
        "test_edit.py::test_another_metric_is_found_by_its_name_and_computed",
    ),
    Handler(
        "edit", "1 chips: a part changed, run without a model", _call("edited"),
        "test_edit.py::test_another_metric_is_found_by_its_name_and_computed",
    ),
    Handler(
        "values", "1 chips: values of a filter", Entry("values"),
        "test_edit.py::test_values_are_picked_from_what_is_stored_and_lifted_again",
    ),
    Handler("chart", "1 chart", Component("Chart"), CARD),
    Handler(
        "kind", "1 chart type switched", Source("elements/", "onClick={() => setKind(one.kind)}"),
        "test_card.py::test_a_trend_can_be_seen_as_bars",
    ),
    Handler(
        "events", "1 period marks for holidays and events", Function("bot.charts.lines", "event_names", []), MARKS,
    ),
    Handler("partial", "1 partial periods drawn apart", Function("bot.charts.lines", "_running_note", []), MARKS),
    Handler(
        "sort", "1 table sortable", Source("elements/", "onClick={() => by(at)}"),
        "test_card.py::test_the_table_sorts_by_raw_values_with_nulls_last",
    ),
    Handler(
        "totals", "1 table with totals", Entry("totals"),
        "test_reading.py::test_the_table_ends_with_totals_computed_by_the_database",
    ),
    Handler(
        "csv", "1 table as CSV", Source("elements/", 'icon={Download} onClick={download}', "icon={Download}"),
        "test_card.py::test_the_csv_holds_labels_and_unrounded_numbers",
    ),
    Handler("findings", "1 findings and warnings", Component("Findings"), CARD),
    Handler("suggestions", "1 growth suggestions as cards", Component("Suggestions"), CARD),
    Handler("decide", "1 suggestions: accept, reject with a reason", Entry("decide"), ADVICE),
    Handler("why", "1 suggestions: ask why", Entry("why"), ADVICE),
    Handler(
        "next", "1 follow-ups: a button runs its plan", _call("chosen"),
        "test_card.py::test_a_follow_up_button_runs_its_plan_and_shows_its_question",
    ),
    Handler(
        "computed", "1 follow-ups computed from the plan", Function("bot.execution", "Execution._follow_ups", ()), WHY,
    ),
    Handler("after", "1 follow-ups of an analysis", Function("bot.execution", "tool_follow_ups", ()), WHY),
    Handler(
        "further", "1 further tables of an analysis", Component("Further"),
        "test_advice.py::test_the_other_tables_of_an_analysis_are_folded_below_its_first",
    ),
    Handler("details", "1 SQL, freshness, timings one click away", Component("Details"), FRESH),
    Handler("lineage", "1 lineage as a picture", Entry("tree"), FRESH),
    Handler(
        "reconcile", "1 reconciliation with another system's numbers", Entry("reconcile"),
        "test_sources.py::test_a_number_stands_beside_the_one_another_system_reports",
    ),
    # 2. the analyst's bench
    Handler(
        "bench", "2 SQL edited and run, difference of values", Entry("sql"),
        "test_bench.py::test_a_changed_statement_shows_what_differs_value_by_value",
    ),
    Handler(
        "rows", "2 explain this number down to rows", Entry("rows"),
        "test_bench.py::test_a_number_is_taken_apart_into_the_rows_that_give_it",
    ),
    Handler(
        "workbook", "2 Excel with definition, SQL, plan hash, data version", Entry("workbook"),
        "test_bench.py::test_a_workbook_holds_numbers_definition_plan_and_data_version",
    ),
    Handler(
        "verify", "2 save as verified question; badge", Entry("verify"),
        "test_bench.py::test_a_saved_question_is_served_with_a_badge_from_then_on",
    ),
    # 3. clarify and refuse
    Handler(
        "notice", "3 clarify and refuse as cards", Component("Notice"),
        "test_card.py::test_other_outcomes_are_cards_of_their_own[clarify the cost-clarify-Which cost do you mean?]",
    ),
    Handler(
        "options", "3 options as buttons", Component("Choices"),
        "test_card.py::test_a_refusal_names_what_is_missing_and_what_can_be_asked",
    ),
    Handler(
        "needs", "3 what data would be needed", Source("elements/", "{notice.needs ?", "{null && notice.needs ?"),
        "test_reading.py::test_a_refusal_says_what_data_an_answer_would_need"
        "[en-US-gross margin by counter in October-I need a table that holds it]",
    ),
    # 4. profiles, settings, starters, catalog
    Handler(
        "profiles", "4 profiles", _call("profiles", []), "test_card.py::test_the_analyst_sees_sql_and_sources_open",
    ),
    Handler(
        "settings", "4 settings", Function("bot.ui.app", "_send_settings", is_async=True),
        "test_card.py::test_settings_change_language_and_number_style",
    ),
    Handler(
        "offered", "4 settings offered again after a lost connection", _call("offered"),
        "test_faults.py::test_settings_are_offered_although_the_first_connection_is_lost_before_they_arrive",
    ),
    Handler(
        "writing", "4 currency and number style", Function("bot.ui.app", "_setting"),
        "test_reading.py::test_number_style_and_currency_hold_for_sentence_and_large_number",
    ),
    Handler("starters", "4 starters", _call("starters", []), "test_card.py::test_a_starter_is_answered"),
    Handler("catalog", "4 catalog page", Route("/catalog"), METRICS),
    Handler("search", "4 catalog: search", Source("catalog.js", "search.addEventListener('input', filter);"), METRICS),
    Handler(
        "who", "4 catalog: who may see it", Function("bot.ui.catalog_page", "who", Text(zh="–", en="–")), METRICS,
    ),
    Handler(
        "spark", "4 catalog: last values", Route("/catalog/recent"),
        "test_catalog.py::test_a_metric_shows_its_recent_values_and_its_tree",
    ),
    Handler(
        "bar", "4 the bar in one language",
        Source("askgrowth.js", "if (said.textContent !== text) said.textContent = text;"), METRICS,
    ),
    # 5. bring your own data
    Handler("files", "5 a dropped file is read", Function("bot.ui.app", "files_of", []), FILE),
    Handler("confirm", "5 columns confirmed or changed", Entry("confirm_data", "OWN_LOOKS"), FILE),
    Handler("listed", "5 own data listed", Route("/data"), TAKEN),
    Handler("removed", "5 own data taken away", Route("/data/remove"), TAKEN),
    Handler(
        "forget", "5 own data taken away from the card", Entry("forget_data", "OWN_LOOKS"),
        "test_own_data.py::test_the_card_of_a_file_takes_it_away_again",
    ),
    # 6. history, feedback, login
    Handler("resumed", "6 threads reopen", _call("resumed"), REOPENS),
    Handler("feedback", "6 thumbs with a reason", Function("bot.ui.ratings", "rate"), REOPENS),
    Handler(
        "login", "6 passwords asked", Function("bot.ui.access", "require_passwords"),
        "test_history.py::test_with_users_a_password_is_asked_and_threads_are_private",
    ),
    Handler(
        "proxy", "6 login by a proxy's header", Function("bot.ui.access", "believe_header"),
        "test_login.py::test_whom_the_proxy_names_is_signed_in_without_a_page_in_between",
    ),
    Handler(
        "expiry", "6 sessions expire, also in an open window", Function("bot.ui.sign_out", "end_with_sign_in"),
        "test_login.py::test_an_open_window_is_told_and_closed_when_its_sign_in_ends",
    ),
    # 7. long work
    Handler(
        "first", "7 the answer before advice that takes long", Function("bot.ui.first_words", "FirstWords.hear"),
        "test_first_words.py::test_the_answer_is_read_while_its_advice_is_worked_out[zh-CN]",
    ),
    Handler("progress", "7 progress with steps", Function("bot.ui.working", "Working.hear"), LONG),
    Handler(
        "stop", "7 stop", _call("stopped"),
        "test_card.py::test_a_question_can_be_stopped_and_the_next_one_is_answered",
    ),
    # 8. share
    Handler("document", "8 export as HTML and Markdown", Function("bot.ui.app", "document", {}), LEAVES),
    Handler(
        "thread", "8 export of a thread",
        Source("elements/", "save('html', [...window.AskGrowthPlans.values()])", "null"), LEAVES,
    ),
    Handler(
        "png", "8 chart as PNG", Source("elements/", "icon={ImageIcon} onClick={download}", "icon={ImageIcon}"),
        "test_card.py::test_the_chart_downloads_as_a_picture",
    ),
    Handler(
        "link", "8 deep links", Function("bot.ui.app", "opened_link"),
        "test_own_data.py::test_a_link_asks_the_same_plan_again_in_a_new_conversation",
    ),
    # 9. the same brain elsewhere
    Handler("api", "9 HTTP interface", Function("bot.api.service", "Service.query", {}), MCP),
    Handler("mcp", "9 MCP beside the chat", Function("bot.mcp.http", "TokenGate.__call__", is_async=True), MCP),
    Handler(
        "follow", "9 changed YAML on every face", Function("bot.reloading", "Reloader.look"),
        "test_following.py::test_a_renamed_metric_is_known_everywhere_without_a_restart[zh-CN]",
    ),
    Handler(
        "broken", "9 broken YAML is said on every face", Function("bot.reloading", "not_used"),
        "test_following.py::test_broken_yaml_keeps_the_last_valid_version_and_every_face_says_so[zh-CN]",
    ),
    # what goes wrong around a conversation
    Handler(
        "windows", "two browsers on one account", Function("bot.ui.threads", "show_in_all_windows"),
        "test_faults.py::test_a_question_asked_in_one_browser_appears_with_its_answer_in_the_other",
    ),
    Handler(
        "back", "a lost network in mid-answer", Function("bot.ui.threads", "catch_up"),
        "test_faults.py::test_a_lost_network_in_mid_answer_is_made_good_when_it_is_back",
    ),
    Handler(
        "presses", "a button pressed while the connection comes back", Function("bot.ui.presses", "lose_no_press"),
        "test_reconnecting.py::test_a_button_pressed_before_the_connection_is_back_is_carried_out[the server restarts]",
    ),
    Handler(
        "held", "a store that is locked, read-only or full", Function("bot.ui.keeping", "Keeper.tell", is_async=True),
        "test_faults.py::test_a_read_only_store_holds_the_conversation_and_saves_it_later[zh-CN]",
    ),
    # 10. accessibility, dark mode, no other host
    Handler(
        "dark", "10 dark mode", Source("elements/", "dark ? shown.dark : shown.light", "shown.light"),
        "test_card.py::test_the_chart_follows_the_dark_theme",
    ),
    Handler(
        "escape", "10 keyboard: Escape",
        Source("elements/", "if (event.key === 'Escape') { event.stopPropagation(); leave(); }"),
        "test_access.py::test_escape_leaves_what_was_opened_and_gives_the_focus_back",
    ),
    Handler(
        "phone", "10 a phone's order", Source("elements/", "narrow ? PHONE : DESK", "DESK"),
        "test_access.py::test_a_phone_reads_headline_advice_chart_and_the_rest_below",
    ),
    Handler(
        "motion", "10 less motion", Source("askgrowth.css", "prefers-reduced-motion", "prefers-nothing"),
        "test_access.py::test_less_motion_is_respected",
    ),
    Handler(
        "outside", "10 no request to another host", Function("bot.ui.patches", "strip_outside_requests"),
        "test_access.py::test_no_page_asks_another_machine_for_anything[/-zh-CN]",
    ),
    # the model planner in the chat
    Handler(
        "summary", "the model's summary", Source("elements/", "{props.summary ?", "{null && props.summary ?"), MODEL,
    ),
    Handler("cost", "the model's part and what it cost", Component("ReadBy"), MODEL),
)  # fmt: skip


def table() -> str:
    """Return the table of README.md."""
    lines = ["| item of the issue | taken out | fails |", "|---|---|---|"]
    for one in HANDLERS:
        test = one.test.replace("|", "\\|")
        lines.append(f"| {one.what} | {_said(one.how)} | `{test}` |")
    return "\n".join(lines) + "\n"


def _said(how: Component | Source | Entry | Function | Route) -> str:
    if isinstance(how, Component):
        return f"card part `{how.name}`"
    if isinstance(how, Source):
        file = "card" if how.file == "elements/" else how.file
        return f"{file}: `{how.old}`".replace("|", "\\|")
    if isinstance(how, Entry):
        return f"`{how.table}[{how.key!r}]`"
    return f"`{how.path}`" if isinstance(how, Route) else f"`{how.module}.{how.name}`"


def fails_without(one: Handler, state: str) -> tuple[bool, float]:
    """Return whether the test fails with the handler taken out, and how long that took."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", "-x", "--no-header", f"tests/e2e/{one.test}"],
        cwd=ROOT,
        env={**os.environ, WITHOUT: one.name, "CHAT_STATE": state},
        capture_output=True,
        text=True,
        check=False,
    )
    # A server that does not start, or a page that does not open in time on a busy machine, is no proof.
    unopened = [] if one.name == "starters" else [UNOPENED]
    amiss = ["the server did not say it was ready", "assert self.process.poll() is None", *unopened]
    proved = done.returncode == 1 and not any(words in done.stdout for words in amiss)
    return proved, time.monotonic() - begun


def main(names: list[str]) -> int:
    """Prove some or all, and return 0 where every test failed as it must."""
    with tempfile.TemporaryDirectory() as made:
        return _prove(names, os.environ.get("CHAT_STATE") or made)


def _prove(names: list[str], state: str) -> int:
    wrong = []
    for one in HANDLERS:
        if names and one.name not in names:
            continue
        proved, seconds = fails_without(one, state)
        wrong += [] if proved else [one.name]
        said = "fails, as it must" if proved else "DOES NOT FAIL    "
        print(f"{said}  {seconds:5.1f} s  {one.name}: {one.what}", flush=True)
    print(f"{len(wrong)} without proof: {', '.join(wrong)}" if wrong else "every one is proved")
    return 1 if wrong else 0


if __name__ == "__main__":
    if "--table" in sys.argv:
        sys.stdout.write(table())
    else:
        sys.exit(main(sys.argv[1:]))
