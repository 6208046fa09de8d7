"""dbt's YAML into ours: what is carried over means the same, and what cannot be is switched off and said."""

from pathlib import Path

import pytest
import yaml

from semantic_layer.errors import DataError
from semantic_layer.importing import import_source
from semantic_layer.importing.saving import save
from semantic_layer.loader import load
from semantic_layer.loader.versions import canonical

DBT = Path(__file__).parents[1] / "loader" / "dbt"

PROJECT = """
semantic_model:
  name: bookings
  model: ref('fct_bookings')
  defaults: {agg_time_dimension: ds}
  entities:
    - {name: booking, type: primary, expr: booking_id}
    - {name: guest, type: foreign, expr: guest_id}
  dimensions:
    - {name: ds, type: time, type_params: {time_granularity: millisecond}}
    - {name: size, type: categorical, expr: "CASE WHEN nights > 3 THEN 'long' ELSE 'short' END"}
  measures:
    - {name: nights, agg: sum}
    - {name: p99, agg: percentile, expr: nights, agg_params: {percentile: 0.99, use_approximate_percentile: true}}
---
metric:
  name: long_nights
  type: simple
  type_params: {measure: {name: nights, filter: "{{ Dimension('booking__size') }} = 'long'"}}
---
metric: {name: slow, type: simple, type_params: {measure: p99}, time_granularity: week}
---
metric: {name: odd, type: simple, type_params: {measure: nights}, filter: "{{ Dimension('booking__sise') }} = 'long'"}
---
metric: {name: of_odd, type: derived, type_params: {expr: odd * 2, metrics: [odd]}}
---
metric:
  name: strange_window
  type: cumulative
  type_params: {measure: nights, cumulative_type_params: {window: 2 fortnights}}
---
saved_query: {name: kept, query_params: {metrics: [slow]}}
"""


@pytest.fixture
def imported(tmp_path):
    source = tmp_path / "dbt.yml"
    source.write_text(PROJECT, encoding="utf-8")
    return import_source(source)


def test_a_filter_in_jinja_becomes_a_plain_one(imported):
    (metric,) = [
        m for m in imported.files["models/bookings.yml"]["models"][0]["metrics"] if m["name"] == "long_nights"
    ]
    assert metric["filter"] == "booking__size = 'long'"


@pytest.mark.parametrize("name", ["odd", "of_odd", "strange_window"])
def test_a_metric_that_would_lose_something_is_switched_off_and_named(imported, name):
    assert name in imported.disabled
    (off,) = [m for m in imported.files["models/disabled.yml"]["metrics"] if m["name"] == name]
    assert off["config"]["enabled"] is False
    (loss,) = [loss for loss in imported.losses if loss.owner == name]
    assert loss.kind == "disabled"
    assert loss.line > 0


def test_the_reason_names_what_is_missing(imported):
    reasons = {loss.owner: loss.why.en for loss in imported.losses if loss.kind == "disabled"}
    assert "booking__sise" in reasons["odd"]
    assert "2 fortnights" in reasons["strange_window"]


def test_what_is_computed_otherwise_and_what_is_left_out_is_said(imported):
    said = {(loss.kind, loss.key) for loss in imported.losses if loss.kind != "disabled"}
    assert said == {
        ("changed", "use_approximate_percentile"),
        ("dropped", "time_granularity"),
        ("dropped", "saved_queries"),
    }


def test_the_written_workspace_loads_without_a_problem_and_means_the_same(tmp_path, imported):
    save(imported, tmp_path / "ours")
    again = load(tmp_path / "ours")
    assert again.problems.sorted_errors() == ()
    assert set(again.catalog.metrics) == {
        "long_nights",
        "slow",
        "nights",
    }  # nights: the measure itself, hidden
    assert "of_odd" in (tmp_path / "ours" / "import-report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["latest.yml", "older.yml", "semantic_manifest.json"])
def test_every_form_of_dbt_comes_back_as_it_was(tmp_path, file):
    save(import_source(DBT / file), tmp_path / "ours")
    before, after = load(DBT / file).catalog, load(tmp_path / "ours").catalog_or_raise()
    assert sorted(before.metrics) == sorted(after.metrics)
    for name, metric in before.metrics.items():
        assert canonical(metric.type) == canonical(after.metrics[name].type)
        assert canonical(metric.filters) == canonical(after.metrics[name].filters)
    assert {d: [b.expr for b in v.bindings] for d, v in before.dimensions.items()} == {
        d: [b.expr for b in v.bindings] for d, v in after.dimensions.items()
    }
    assert {n: {(e.name, e.type, e.expr) for e in m.entities} for n, m in before.models.items()} == {
        n: {(e.name, e.type, e.expr) for e in m.entities} for n, m in after.models.items()
    }


def test_schemas_of_tables_are_kept_where_asked(tmp_path):
    manifest = DBT / "semantic_manifest.json"
    text = manifest.read_text(encoding="utf-8")
    relation = yaml.safe_load(text)["semantic_models"][0]["node_relation"]
    name = yaml.safe_load(text)["semantic_models"][0]["name"]
    (model,) = import_source(manifest, schemas=True).files[f"models/{name}.yml"]["models"]
    assert model["table"] == f"{relation['schema_name']}.{relation['alias']}"


def test_nothing_is_overwritten(tmp_path, imported):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="not empty"):
        save(imported, tmp_path)


def test_what_is_no_known_format_is_refused_with_the_formats(tmp_path):
    (tmp_path / "list.csv").write_text("a,b", encoding="utf-8")
    with pytest.raises(DataError, match="no definitions"):
        import_source(tmp_path / "list.csv")
    with pytest.raises(DataError) as caught:
        import_source(tmp_path / "nowhere")
    assert "dbt" in caught.value.mend.en


LATEST = """
models:
  - name: visits
    semantic_model: true
    agg_time_dimension: seen
    columns:
      - {name: user_id, entity: {type: foreign, name: user}}
      - {name: shop_id, entity: {type: forein, name: shop}}
      - {name: seen, granularity: day, dimension: time}
    metrics:
      - {name: visits, type: simple, agg: count, expr: 1}
      - {name: sketched, type: simple, agg: hll, expr: user_id}
      - {name: conditional, type: simple, agg: count, expr: 1, filter: "{% if var('x') %} 1 {% endif %}"}
  - name: torn
    semantic_model: true
    agg_time_dimensions: day
    columns: [{name: day, granularity: day, dimension: time}]
    metrics: [{name: of_torn, type: simple, agg: count, expr: 1}]
metrics:
  - {name: both, type: cumulative, input_metric: visits, window: 3 days, grain_to_date: month}
  - {name: aliens, type: derived, expr: a, input_metrics: [{name: visits, alias: a, offset_window: 1 alien_day}]}
  - {name: of_sketched, type: ratio, numerator: sketched, denominator: visits}
"""


def test_every_metric_of_the_latest_shape_is_there_or_switched_off_with_its_reason(tmp_path):
    source = tmp_path / "models.yml"
    source.write_text(LATEST, encoding="utf-8")
    made = import_source(source)
    off = {loss.owner: loss.key for loss in made.losses if loss.kind == "disabled"}
    assert off == {
        "sketched": "agg", "conditional": "filter", "both": "metric", "aliens": "offset_window",
        "of_torn": "metric", "of_sketched": "metric",
    }  # fmt: skip
    assert set(made.disabled) == set(off)
    assert set(made.metrics) == {"visits", *off}
    assert {metric["name"] for metric in made.files["models/disabled.yml"]["metrics"]} == set(off)


def test_a_column_and_a_model_that_cannot_be_read_are_in_the_report(tmp_path):
    source = tmp_path / "models.yml"
    source.write_text(LATEST, encoding="utf-8")
    left = {
        (loss.owner, loss.key, loss.line) for loss in import_source(source).losses if loss.kind == "dropped"
    }
    assert {("visits", "type", 8), ("torn", "agg_time_dimensions", 16)} <= left
