"""Every mistake in YAML is said with file, line, key, what exists and the mend, in both languages."""

from __future__ import annotations

import json

import pytest

from semantic_layer.loader import Loaded, load_text

MODEL = """\
models:
  - name: orders
    agg_time_dimension: ordered_at
    columns:
      - {name: order_id, entity: primary}
      - {name: customer_id, entity: {type: foreign, name: customer}}
      - {name: ordered_at, dimension: time, granularity: day}
      - {name: channel, dimension: categorical}
    metrics:
      - {name: gmv, agg: sum, expr: amount}
      - {name: orders, agg: count}
"""


def problems(text: str) -> list[tuple[int | None, str | None, str | None]]:
    return [(error.line, error.key, error.code) for error in load_text(text).problems.sorted_errors()]


def only(text: str) -> tuple[int | None, str, str]:
    """The place and the English words of the one problem."""
    errors = load_text(text).problems.sorted_errors()
    assert len(errors) == 1, [error.message.en for error in errors]
    return errors[0].line, errors[0].message.en, errors[0].mend.en


def test_the_model_of_these_tests_is_sound() -> None:
    assert problems(MODEL) == []


def test_a_misspelt_key_names_the_nearest_one() -> None:
    line, message, mend = only(MODEL + "      - {name: aov, agg: avg, expr: amount, sinonyms: [basket]}\n")
    assert (line, message) == (12, "The key 'sinonyms' is not known here.")
    assert mend == "Nearest: synonyms."


def test_a_misspelt_section_names_the_nearest_one() -> None:
    line, message, mend = only(MODEL + "metrcs:\n  - {name: x}\n")
    assert (line, message) == (12, "The key 'metrcs' is not known at the top level.")
    assert mend.startswith("Nearest: metrics")


def test_a_key_written_one_level_too_deep_is_said_to_belong_above() -> None:
    text = MODEL.replace("dimension: time, granularity: day", "dimension: {type: time, granularity: day}")
    mends = [error.mend.en for error in load_text(text).problems.sorted_errors()]
    assert "granularity belongs one level up (to column), not inside dimension." in mends


def test_a_wrong_type_says_what_is_expected() -> None:
    line, message, mend = only(MODEL + "      - {name: aov, agg: avg, expr: amount, maturity_days: many}\n")
    assert (line, message) == (12, "'many' has the wrong type; a whole number is expected.")
    assert mend == "Write a whole number."


def test_a_value_outside_the_list_names_the_nearest_and_all() -> None:
    _, message, mend = only(MODEL + "      - {name: aov, agg: summ, expr: amount}\n")
    assert message == "'summ' is not allowed here."
    assert mend.startswith("Did you mean sum? Choose one of: sum, count,")


def test_a_missing_name_is_said_at_its_entry() -> None:
    assert problems(MODEL + "metrics:\n  - {type: ratio, numerator: gmv, denominator: orders}\n") == [
        (13, "name", "missing_key")
    ]


def test_a_duplicate_key_names_the_first_line() -> None:
    line, message, _ = only("name: a\nlocale: zh-CN\nname: b\n")
    assert (line, message) == (3, "The key 'name' is written twice (first on line 1).")


def test_two_metrics_of_one_name_are_refused() -> None:
    line, message, _ = only(MODEL + "      - {name: gmv, agg: sum, expr: paid}\n")
    assert (line, message) == (12, "The metric 'gmv' is declared twice (first in askgrowth.yml:10).")


def test_an_unknown_metric_names_the_nearest() -> None:
    line, message, mend = only(
        MODEL + "metrics:\n  - name: aov\n    type: ratio\n    numerator: gvm\n    denominator: orders\n"
    )
    assert (line, message, mend) == (16 - 1, "There is no metric named 'gvm'.", "Nearest: gmv.")


def test_metrics_in_a_circle_are_refused_once_with_the_circle() -> None:
    text = MODEL + (
        "metrics:\n  - {name: a, type: derived, expr: b + 1}\n  - {name: b, type: derived, expr: c}\n"
        "  - {name: c, type: derived, expr: a * 2}\n  - {name: d, type: ratio, numerator: a, denominator: gmv}\n"
    )
    line, message, _ = only(text)
    assert (line, message) == (13, "Metrics refer to each other in a circle: a → b → c → a.")


def test_a_metric_of_itself_is_a_circle() -> None:
    assert [
        code for *_, code in problems(MODEL + "metrics:\n  - {name: a, type: derived, expr: a + 1}\n")
    ] == ["cycle"]


def test_an_entity_with_two_types_in_one_model_is_refused() -> None:
    text = MODEL.replace(
        "      - {name: channel",
        "      - {name: o2, entity: {type: foreign, name: order_id}}\n      - {name: channel",
    )
    line, message, _ = only(text)
    assert (line, message) == (
        8,
        "The entity 'order_id' of the model orders has two types: primary and foreign.",
    )


def test_a_cumulative_metric_over_a_model_without_time_is_refused() -> None:
    text = (
        "models:\n  - name: stock\n    columns: [{name: sku, entity: primary}]\n"
        "    metrics: [{name: units, agg: sum}]\n"
        "metrics:\n  - {name: running, type: cumulative, input_metric: units}\n"
    )
    line, message, mend = only(text)
    assert line == 6
    assert message == "'running' needs a time, but the model stock of 'units' has no time dimension."
    assert "agg_time_dimension" in mend


def test_a_filter_on_an_unknown_name_lists_what_is_near() -> None:
    line, message, mend = only(MODEL + "      - {name: x, agg: count, filter: \"chanel = 'a'\"}\n")
    assert (line, message) == (12, "'chanel' in the condition is not a dimension.")
    assert mend.startswith("Nearest: channel")


def test_a_filter_on_a_plain_column_says_to_declare_it() -> None:
    text = MODEL.replace("    metrics:", "      - {name: status}\n    metrics:", 1)
    _, _, mend = only(text + "      - {name: x, agg: count, filter: \"status = 'paid'\"}\n")
    assert mend == "The column is not declared as a dimension; add dimension: categorical to it."


@pytest.mark.parametrize(
    "sql",
    [
        "1; DROP TABLE orders",
        "(SELECT max(amount) FROM orders)",
        "read_text('/etc/passwd')",
        "amount -- x\n; DELETE FROM orders",
        "getenv('HOME')",
        "sum(amount)",
    ],
)
def test_sql_beyond_one_scalar_expression_is_refused(sql: str) -> None:
    text = (
        MODEL
        + f"      - name: x\n        agg: sum\n        expr: |\n          {sql.replace(chr(10), chr(10) + ' ' * 10)}\n"
    )
    assert [code for *_, code in problems(text)] == ["invalid_expression"]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("models:\n\t- name: x\n", 2, "yaml_syntax"),
        ("name: 'open\n", 2, "yaml_syntax"),
        ("a: [1, 2\nb: 3\n", 2, "yaml_syntax"),
        ("name: a: b\n", 1, "yaml_syntax"),
        ("name: *nowhere\n", 1, "yaml_syntax"),
        ("name: !!python/object/apply:os.system [id]\n", 1, None),
        ("- a\n- b\n", 1, "invalid_workspace"),
        ("just text\n", 1, "invalid_workspace"),
    ],
)
def test_broken_yaml_is_said_in_words_with_its_line(text: str, line: int, code: str | None) -> None:
    found = problems(text)
    assert found
    assert all(at is not None and abs(at - line) <= 1 for at, _, _ in found)
    assert code is None or found[0][2] == code
    assert not any(
        "yaml." in e.message.en or "pydantic" in e.message.en for e in load_text(text).problems.errors
    )


def test_an_alias_that_repeats_itself_without_end_is_refused() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(8)
    )
    assert "too_large" in [code for *_, code in problems(bomb)]


@pytest.mark.parametrize(
    "text",
    [
        "models: " + "[" * 100_000,
        "models: " + "{a: " * 3_000 + "1" + "}" * 3_000,
        "\n".join(" " * depth + "a:" for depth in range(2_000)),
        "- " * 20_000,
        "models: &a [*a]",
        "a: &a {k: 1}\n"
        + "".join(
            f"a{i + 1}: &a{i + 1}\n  <<: [{', '.join(['*a' + str(i or '')] * 10)}]\n" for i in range(9)
        ),
    ],
    ids=["flow lists", "flow mappings", "block mappings", "block lists", "itself", "merges of merges"],
)
def test_what_nests_or_grows_without_end_is_refused_in_words(text: str) -> None:
    assert "too_large" in [code for *_, code in problems(text)]


@pytest.mark.parametrize("text", ['name: "a\\0b"', "name: a\x07b", "version: 1\nname: a\x00b"])
def test_a_control_character_is_said_with_its_line(text: str) -> None:
    assert [(line, code) for line, _, code in problems(text)] == [(text.count("\n") + 1, "control_character")]


def test_a_tab_is_said_to_be_a_tab() -> None:
    assert "tab character" in load_text("models:\n\t- name: x\n").problems.errors[0].message.en


@pytest.mark.parametrize("number", ["1.0e+999", "9" * 5_000, ".inf", ".nan"])
def test_a_number_that_is_no_number_is_refused_at_its_key(number: str) -> None:
    text = MODEL + f"      - {{name: x, agg: sum, expr: amount, fill_nulls_with: {number}}}\n"
    assert [code for *_, code in problems(text)] == ["wrong_value"]


def test_a_comma_in_a_braced_text_is_said_to_need_quotes() -> None:
    _, message, mend = only("name: {zh: 退款前,按下单日, en: before refunds}\n")
    assert message == "A comma inside the braces cut the text: '按下单日' became a key."
    assert mend.startswith("Quote the text")


def test_unquoted_jinja_is_said_to_need_quotes() -> None:
    text = MODEL + "      - {name: x, agg: count, filter: {{ Dimension('orders__channel') }} }\n"
    assert "unquoted_braces" in [code for *_, code in problems(text)]


def test_a_label_in_one_language_only_is_refused() -> None:
    line, message, _ = only(MODEL + "      - {name: x, agg: count, label: {zh: 订单}}\n")
    assert (line, message) == (12, "The en text is missing.")


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = (
        "locale: fr\nmodels:\n  - name: orders\n    columns:\n      - {name: day, dimension: time}\n"
        "      - {name: channel, dimension: categorical, conformed: x}\n    metrics:\n      - {name: n, agg: cnt}\n"
        "concepts:\n  - {name: best, words: [best], metric: nothing}\n"
    )
    assert [(line, code) for line, _, code in problems(text)] == [
        (1, "invalid_value"),
        (5, "invalid_value"),
        (6, "unknown_key"),
        (8, "wrong_value"),
        (10, "unknown_name"),
    ]


def test_a_broken_metric_is_not_reported_again_where_it_is_used() -> None:
    text = MODEL + (
        "      - {name: spend, agg: summ}\nmetrics:\n"
        "  - {name: roas, type: ratio, numerator: gmv, denominator: spend}\n"
    )
    assert problems(text) == [(12, "agg", "wrong_value")]


def test_a_synonym_of_two_metrics_is_a_warning() -> None:
    loaded = load_text(
        MODEL
        + "      - {name: x, agg: count, synonyms: [sales]}\n      - {name: y, agg: count, synonyms: [Sales]}\n"
    )
    assert loaded.problems.errors == []
    assert [(w.line, w.message.en) for w in loaded.problems.warnings] == [
        (13, "'sales' names several metrics: x, y.")
    ]


def test_no_message_is_of_pydantic_and_all_are_in_both_languages() -> None:
    text = (
        "week_start: 3\nfiscal_year_start: 13\ntimezone: Mars\ntoday: soon\nengine: {type: oracle}\n"
        "models: {a: 1}\nmetrics:\n  - 5\n  - {name: 指标}\n  - {name: p, agg: percentile, model: m, expr: x}\n"
        "  - {name: c, type: cumulative, input_metric: p, window: 7 moons}\n"
        "  - {name: t, type: ratio, numerator: 3, denominator: [1]}\n"
        "calendars:\n  - {name: e, label: E, years: {2025: {first: 2025-11-11, last: 2025-11-01}}}\n"
        "funnels:\n  - {name: f, model: m, entity: e, steps: [{name: a, where: x}]}\n"
        "experiments:\n  - {name: f, model: m, unit: u, variant: v, control: A, outcomes: [], allocation: {A: 3}}\n"
    )
    loaded: Loaded = load_text(text)
    assert len(loaded.problems.errors) >= 14
    for error in loaded.problems.errors:
        assert error.line is not None
        for words in (error.message.en, error.mend.en):
            assert "Input should" not in words
            assert "Field required" not in words
        assert any("一" <= letter <= "鿿" for letter in error.message.zh + error.mend.zh)


@pytest.mark.parametrize("junk", ["", "\n\n", "---\n---\n", "# only a comment\n"])
def test_an_empty_file_is_an_empty_workspace(junk: str) -> None:
    assert problems(junk) == []
    assert load_text(junk).catalog.metrics == {}


def test_an_option_without_effect_is_a_warning() -> None:
    loaded = load_text(
        MODEL
        + "metrics:\n  - {name: r, type: ratio, numerator: gmv, denominator: orders, fill_nulls_with: 0}\n"
    )
    assert [(w.line, w.message.en) for w in loaded.problems.warnings] == [
        (13, "fill_nulls_with has no effect on a ratio metric.")
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE orders",
        "SELECT 1; DROP TABLE orders",
        "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
        "SELECT * INTO copied FROM orders",
        "SELECT * FROM orders FOR UPDATE",
        "SELECT nextval('ids') AS id",
        "COPY orders TO 'orders.csv'",
        "ATTACH 'other.db'",
        "CREATE TABLE more AS SELECT 1",
        "not sql at all (",
    ],
)
def test_the_sql_of_a_model_that_does_more_than_read_is_refused_at_its_line(sql: str) -> None:
    columns = "[{name: channel, dimension: categorical}]"
    text = f"models:\n  - name: orders\n    sql: {json.dumps(sql)}\n    columns: {columns}\n"
    assert [(line, code) for line, _, code in problems(text)] == [(3, "invalid_source")]


def test_a_name_of_thousands_of_letters_does_not_fill_the_message() -> None:
    (error,) = load_text(f"{'x' * 30_000}: 1\n").problems.errors
    assert max(len(error.message.en), len(error.message.zh)) < 2_000
