"""What YAML means: names, dimensions, metrics and words in the catalog."""

from __future__ import annotations

import sys
from datetime import date

from semantic_layer.catalog import Catalog, Concept, DerivedMetric, RatioMetric, SimpleMetric, Window
from semantic_layer.loader import load_text
from semantic_layer.period import Grain
from semantic_layer.text import Text, Words

SHOP = """\
dimensions:
  - name: channel
    label: {zh: 渠道, en: channel}
    synonyms: [来源, source]
    values: {douyin: {label: {zh: 抖音, en: Douyin}, synonyms: [TikTok China]}, 7: seven, web: {zh: 网页, en: web}}
models:
  - name: orders
    agg_time_dimension: ordered_at
    columns:
      - {name: order_id, entity: primary}
      - {name: customer_id, entity: {type: foreign, name: customer}}
      - {name: ordered_at, dimension: time, granularity: hour}
      - {name: source, dimension: {type: categorical, conformed: channel}}
      - {name: status, dimension: categorical}
    metrics:
      - {name: gmv, agg: sum, expr: amount}
      - {name: orders, agg: count}
      - {name: paid, agg: sum, expr: amount, filter: "status = 'paid'"}
  - name: ads
    columns:
      - {name: day, dimension: time, granularity: day}
      - {name: channel, dimension: {type: categorical, conformed: channel}}
      - {name: status, dimension: categorical}
    metrics:
      - {name: spend, agg: sum}
  - name: customers
    columns:
      - {name: customer_id, entity: {type: primary, name: customer}}
      - {name: country, dimension: categorical}
"""


def catalog(text: str) -> Catalog:
    loaded = load_text(text)
    assert [(e.line, e.message.en) for e in loaded.problems.errors] == []
    return loaded.catalog


def test_a_unique_column_is_named_by_itself_and_accepts_its_qualified_spellings() -> None:
    found = catalog(SHOP)
    assert found.dimensions["country"].bindings[0].model == "customers"
    assert {
        found.spellings[s]
        for s in ("country", "customer__country", "customers__country", "customers.country")
    } == {"country"}


def test_a_column_of_two_models_is_named_with_the_entity_or_the_model_in_front() -> None:
    found = catalog(SHOP)
    assert "status" not in found.spellings
    assert [name for name in found.dimensions if name.endswith("status")] == [
        "order_id__status",
        "ads__status",
    ]


def test_a_conformed_dimension_lives_in_every_model_that_says_so() -> None:
    channel = catalog(SHOP).dimensions["channel"]
    assert channel.conformed
    assert [(b.model, b.expr) for b in channel.bindings] == [("orders", "source"), ("ads", "channel")]
    assert channel.synonyms == Words(zh=("来源",), en=("source",))
    assert [(v.code, v.label.en) for v in channel.values] == [
        ("douyin", "Douyin"),
        (7, "seven"),
        ("web", "web"),
    ]


def test_an_entity_is_a_dimension_of_its_own_name_wherever_its_key_is() -> None:
    customer = catalog(SHOP).dimensions["customer"]
    assert [(b.model, b.expr) for b in customer.bindings] == [
        ("orders", "customer_id"),
        ("customers", "customer_id"),
    ]
    assert not customer.index_values


def test_a_model_with_one_time_dimension_counts_at_it() -> None:
    found = catalog(SHOP)
    assert found.models["ads"].agg_time_dimension == "day"
    assert found.dimensions["ordered_at"].grain is Grain.HOUR


def test_a_count_without_an_expression_counts_rows_and_a_sum_takes_the_column_of_its_name() -> None:
    found = catalog(SHOP)
    assert isinstance(found.metrics["orders"].type, SimpleMetric)
    assert found.metrics["orders"].type.expr == "1"
    assert isinstance(found.metrics["spend"].type, SimpleMetric)
    assert found.metrics["spend"].type.expr == "spend"


def test_a_filter_inside_a_model_means_the_model_s_own_column() -> None:
    assert [f.sql for f in catalog(SHOP).metrics["paid"].filters] == ["order_id__status = 'paid'"]


def test_jinja_in_filters_becomes_plain_names() -> None:
    text = SHOP + (
        "metrics:\n  - name: big\n    type: ratio\n    numerator:\n      name: gmv\n      filter:\n"
        "        - \"{{ Dimension('customer__country') }} = 'CN'\"\n"
        "        - \"{{ TimeDimension('metric_time', 'WEEK') }} >= '2025-01-06'\"\n"
        "        - \"{{ Dimension('ordered_at').grain('day') }} < '2025-02-01'\"\n"
        "        - \"{{ Entity('customer') }} is not null\"\n"
        "        - \"{{ Metric('orders', group_by=['customer']) }} > 3\"\n"
        "    denominator: gmv\n"
    )
    kind = catalog(text).metrics["big"].type
    assert isinstance(kind, RatioMetric)
    assert [f.sql for f in kind.numerator.filters] == [
        "customer__country = 'CN'",
        "metric_time__week >= '2025-01-06'",
        "ordered_at__day < '2025-02-01'",
        "customer is not null",
        "metric('orders', 'customer') > 3",
    ]


def test_a_derived_metric_without_inputs_takes_the_metrics_of_its_expression() -> None:
    kind = (
        catalog(SHOP + "metrics:\n  - {name: net, type: derived, expr: gmv - spend * 2}\n")
        .metrics["net"]
        .type
    )
    assert isinstance(kind, DerivedMetric)
    assert [item.metric for item in kind.inputs] == ["gmv", "spend"]


def test_windows_are_read_in_short_and_in_words() -> None:
    text = SHOP + "".join(
        f"{'metrics:' if i == 0 else ''}\n  - {{name: c{i}, type: cumulative, input_metric: gmv, window: {w}}}"
        for i, w in enumerate(["7d", "7 days", "1 week", "12h", "3mo"])
    )
    found = catalog(text)
    assert [found.metrics[f"c{i}"].type.window for i in range(5)] == [  # type: ignore[union-attr]
        Window(7, Grain.DAY),
        Window(7, Grain.DAY),
        Window(1, Grain.WEEK),
        Window(12, Grain.HOUR),
        Window(3, Grain.MONTH),
    ]


def test_a_percentile_of_95_is_the_95th() -> None:
    text = SHOP.replace(
        "      - {name: spend, agg: sum}", "      - {name: p, agg: percentile, percentile: 95, expr: x}"
    )
    kind = catalog(text).metrics["p"].type
    assert isinstance(kind, SimpleMetric)
    assert kind.percentile == 0.95


def test_a_version_changes_with_the_definition_and_with_nothing_else() -> None:
    version = catalog(SHOP).metrics["paid"].version
    assert catalog("\n\n" + SHOP).metrics["paid"].version == version
    assert (
        catalog(SHOP.replace("{name: paid,", "{name: paid, label: Paid,")).metrics["paid"].version == version
    )
    assert catalog(SHOP.replace("'paid'", "'sent'")).metrics["paid"].version != version


def test_a_version_changes_with_the_metric_underneath() -> None:
    text = SHOP + "metrics:\n  - {name: aov, type: ratio, numerator: gmv, denominator: orders}\n"
    changed = text.replace("{name: gmv, agg: sum, expr: amount}", "{name: gmv, agg: sum, expr: paid_amount}")
    assert catalog(text).metrics["aov"].version != catalog(changed).metrics["aov"].version


def test_a_concept_may_stand_for_one_of_several_dimensions() -> None:
    text = (
        SHOP
        + "concepts:\n  - {name: where, words: {zh: [渠道商], en: [where]}, dimension: channel, also: [country]}\n"
    )
    assert catalog(text).concepts == (
        Concept("where", Words(zh=("渠道商",), en=("where",)), dimension="channel", also=("country",)),
    )


def test_event_dates_are_half_open_however_they_are_written() -> None:
    text = (
        "calendars:\n  - name: e\n    label: E\n    years:\n      2023: 2023-11-11\n"
        "      2024: {first: 2024-11-10, last: 2024-11-11}\n      2025: 2025-11-10/2025-11-12\n"
        "      2026: {start: 2026-11-10, end: 2026-11-12}\n"
    )
    assert catalog(text).events[0].years == (
        (2023, date(2023, 11, 11), date(2023, 11, 12)),
        (2024, date(2024, 11, 10), date(2024, 11, 12)),
        (2025, date(2025, 11, 10), date(2025, 11, 12)),
        (2026, date(2026, 11, 10), date(2026, 11, 12)),
    )


def test_a_plain_label_reads_the_same_in_both_languages_and_none_is_the_name() -> None:
    text = SHOP + "metrics:\n  - {name: a_b, type: ratio, numerator: gmv, denominator: orders}\n"
    assert catalog(text).metrics["a_b"].label == Text.same("a b")
    assert catalog(text.replace("a_b, type", "a_b, label: ROI, type")).metrics["a_b"].label == Text.same(
        "ROI"
    )


def test_a_column_named_like_an_sql_keyword_or_in_chinese_is_quoted() -> None:
    text = (
        "models:\n  - name: t\n    columns:\n      - {name: order, dimension: {type: categorical, name: sort}}\n"
        "      - {name: 渠道, dimension: {type: categorical, name: channel}}\n"
    )
    found = catalog(text)
    assert [found.dimensions[n].bindings[0].expr for n in ("sort", "channel")] == ['"order"', '"渠道"']


def test_several_documents_in_one_file_are_one_workspace() -> None:
    first, second = SHOP.split("models:", 1)
    assert set(catalog(f"{first}---\nversion: 2\nmodels:{second}").metrics) == set(catalog(SHOP).metrics)


def test_yes_and_007_stay_texts() -> None:
    text = (
        "models:\n  - name: t\n    columns:\n      - name: c\n        dimension: categorical\n"
        "        values: {yes: Y, 007: J, 2: two, true: T}\n"
    )
    assert [value.code for value in catalog(text).dimensions["c"].values] == ["yes", "007", 2, True]


def many_metrics(count: int) -> str:
    lines = [SHOP, "metrics:"]
    for n in range(count // 2):
        simple = f"name: m{n}, type: simple, model: orders, agg: sum, expr: a{n} - b"
        lines.append(
            f"  - {{{simple}, label: {{zh: 指标{n}, en: metric {n}}}, filter: \"channel = 'c{n}'\"}}"
        )
        ratio = f"name: r{n}, type: ratio, numerator: m{n}, denominator: orders"
        lines.append(f"  - {{{ratio}, synonyms: {{zh: [率{n}], en: [rate {n}]}}}}")
    return "\n".join(lines)


def calls_to_load(text: str) -> int:
    """How many Python functions loading calls: work, free of any clock."""
    count = 0

    def seen(_frame: object, event: str, _value: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(seen)
    try:
        catalog(text)
    finally:
        sys.setprofile(None)
    return count


def test_two_thousand_metrics_load_with_work_in_proportion() -> None:
    assert len(catalog(many_metrics(2000)).metrics) == 2004
    assert calls_to_load(many_metrics(800)) < 10 * calls_to_load(many_metrics(100))
