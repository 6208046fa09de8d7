"""Planted compiler bugs in names, joins, filters and access.

Each must be caught by at least one golden case, or the cases prove nothing. A bug is a patch of one stage. The
catalog's memo is cleared around it, since stages remember what they found.
"""

from dataclasses import replace

import pytest
from sqlglot import exp

import semantic_layer.compiler.finish as finish
import semantic_layer.compiler.joining as joining
import semantic_layer.compiler.measures as measures
import semantic_layer.compiler.metrics as metrics
import semantic_layer.compiler.names as names
import semantic_layer.compiler.nodes as nodes
import semantic_layer.compiler.paths as paths
import semantic_layer.compiler.predicates as predicates
import semantic_layer.compiler.scans as scans
import semantic_layer.compiler.scope as scope
from semantic_layer.compiler.facts import Fact, Plan
from semantic_layer.compiler.index import CatalogIndex

BUGS = {}


def bug(function):
    BUGS[function.__name__] = function
    return function


@bug
def facts_meet_by_left_join(patch):
    real = joining.met

    def left(ctes, keys):
        origin, joins, columns = real(ctes, keys)
        for join in joins:
            if join.args.get("side") == "FULL":
                join.set("side", "LEFT")
                join.set("kind", None)
        return origin, joins, columns

    patch.setattr(finish, "met", left)


@bug
def keys_meet_by_plain_equality(patch):
    patch.setattr(joining.exp, "NullSafeEQ", exp.EQ)


@bug
def only_the_first_fact_gives_the_keys(patch):
    patch.setattr(joining, "_key", lambda ctes, key: nodes.column(key, ctes[0]))


@bug
def divisions_are_not_guarded(patch):
    def unguarded(numerator, denominator):
        zero = exp.Coalesce(
            this=exp.Nullif(this=denominator, expression=nodes.number(0)), expressions=[nodes.number(1)]
        )
        return exp.Div(this=nodes.bracketed(numerator), expression=zero, typed=False, safe=False)

    patch.setattr(nodes, "divided", unguarded)


@bug
def a_ratio_is_averaged_over_rows(patch):
    real = metrics._simple

    def average(plan, metric, spec, use):
        if metric.name in ("revenue", "spend"):
            spec = replace(spec, agg="avg")
        return real(plan, metric, spec, use)

    patch.setattr(metrics, "_simple", average)


@bug
def joins_drop_rows_without_a_match(patch):
    real = scope.Scope._alias

    def inner(self, path):
        alias = real(self, path)
        for join in self.joins:
            join.set("side", None)
        return alias

    patch.setattr(scope.Scope, "_alias", inner)


@bug
def joins_may_multiply_rows(patch):
    def everywhere(index: CatalogIndex, model, name):
        found = dict(index.hops)
        for at, hops in index.fanning.items():
            found[at] = (*found[at], *hops)
        return real(replace_hops(index, found), model, name)

    def replace_hops(index, hops):
        return CatalogIndex(
            index.catalog, index.entities, hops, index.fanning, index.entity_names, index.taken
        )

    real = paths._locate
    patch.setattr(paths, "_locate", everywhere)


@bug
def the_first_of_several_paths_is_taken(patch):
    real = paths._here
    seen = {}

    def first_only(index, path, model, name):
        found = real(index, path, model, name)
        key = (name.spelling, len(path))
        if found is not None and seen.setdefault(key, path) != path:
            return None
        return found

    patch.setattr(paths, "_here", first_only)


@bug
def a_path_prefix_is_ignored(patch):
    patch.setattr(paths, "_passes", lambda path, own, prefix: True)


@bug
def a_role_is_mistaken_for_the_other(patch):
    real = scope.Scope._alias

    def shared(self, path):
        same_model = [known for known in self.aliases if path and known and known[-1].model == path[-1].model]
        return self.aliases[same_model[0]] if same_model else real(self, path)

    patch.setattr(scope.Scope, "_alias", shared)


@bug
def metric_filters_are_forgotten(patch):
    patch.setattr(metrics, "_simple", _without_filters(metrics._simple))


def _without_filters(real):
    return lambda plan, metric, spec, use: real(plan, metric, spec, replace(use, filters=()))


@bug
def a_metric_filter_narrows_every_metric_of_the_scan(patch):
    def everything(self: Fact):
        return tuple(dict.fromkeys(sql for measure in self.measures.values() for sql in measure.filters))

    patch.setattr(Fact, "common_filters", everything)


@bug
def measures_that_differ_by_filter_share_a_column(patch):
    real = Plan.measure

    def unfiltered(self, metric, spec, use, variant=None):
        return real(self, metric, spec, replace(use, filters=()), variant)

    patch.setattr(Plan, "measure", unfiltered)


@bug
def not_equal_drops_nulls(patch):
    patch.setitem(predicates._COMPARISONS, "!=", exp.NEQ)


@bug
def not_in_drops_nulls(patch):
    patch.setattr(predicates, "_or_null", lambda test, left: test)


@bug
def wildcards_are_not_escaped(patch):
    patch.setattr(predicates, "_escaped", lambda condition: str(condition.values[0]))


@bug
def alternatives_are_not_put_in_brackets(patch):
    def bare(parts):
        result = None
        for part in parts:
            result = part if result is None else exp.And(this=result, expression=part)
        return result

    patch.setattr(nodes, "conjunction", bare)


@bug
def segments_are_forgotten(patch):
    real = scans.query_conditions
    patch.setattr(
        scans,
        "query_conditions",
        lambda s, query, *rest: real(s, query.model_copy(update={"segments": ()}), *rest),
    )


@bug
def a_count_of_distinct_counts_rows(patch):
    real = measures._call
    patch.setattr(
        measures,
        "_call",
        lambda spec, value: real(replace(spec, agg="count") if spec.agg == "count_distinct" else spec, value),
    )


@bug
def a_discrete_percentile_is_interpolated(patch):
    real = measures._percentile
    patch.setattr(measures, "_percentile", lambda spec, value: real(replace(spec, discrete=False), value))


@bug
def row_filters_miss_joined_tables(patch):
    patch.setattr(scope.Scope, "_joined", lambda self, model, alias: scope.relation(model, alias))


@bug
def hidden_dimensions_are_found(patch):
    real = names._resolve
    patch.setattr(names, "_resolve", lambda index, spelling, hidden: real(index, spelling, frozenset()))


@bug
def masked_values_are_shown(patch):
    patch.setattr(scope.Scope, "_is_masked", lambda self, name: False)


@bug
def metric_filters_see_what_the_user_sees(patch):
    patch.setattr(predicates, "filter_sql", _as_user)
    patch.setattr(scans, "filter_sql", _as_user)


def _as_user(of_scan, sql):
    return predicates._expression(of_scan, predicates.parse_expression(sql), of_scan.filtered)


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught_by_a_golden_case(name, golden, monkeypatch):
    with monkeypatch.context() as patch, golden.fresh_memory():
        BUGS[name](patch)
        assert any(golden.catches(case) for case in golden.cases()), f"no golden case notices: {name}"
