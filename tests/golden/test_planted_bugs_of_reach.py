"""Mutations of what a query reads beyond its facts: the rest of a top list, dimensions that change, rollups."""

from dataclasses import replace

import pytest
from sqlglot import exp

import semantic_layer.compiler.compile as compile_stage
import semantic_layer.compiler.other as other
import semantic_layer.compiler.rollups as rollups
import semantic_layer.compiler.scans as scans
import semantic_layer.compiler.scope as scope
import semantic_layer.compiler.variants as variants

BUGS = {}


def bug(function):
    BUGS[function.__name__] = function
    return function


@bug
def the_rest_holds_everything(patch):
    patch.setattr(scans, "_is_outside", lambda scope, cte, name: exp.true())


@bug
def the_null_member_is_never_in_the_rest(patch):
    real = scans._is_outside

    def plain(scope, cte, name):
        test = real(scope, cte, name)
        where = test.find(exp.Where)
        same = where.this
        where.set("this", exp.NEQ(this=same.this, expression=same.expression).not_())
        return exp.And(
            this=test, expression=exp.Not(this=exp.Is(this=same.expression.copy(), expression=exp.null()))
        )

    patch.setattr(scans, "_is_outside", plain)


@bug
def an_empty_rest_is_shown(patch):
    real = other.joined_with_other

    def always(stages, top, rest, columns, order):
        final = real(stages, top, rest, columns, order)
        for union in final.statement.find_all(exp.Union):
            union.expression.set("where", None)
        return final

    patch.setattr(compile_stage, "joined_with_other", always)


@bug
def every_version_is_joined(patch):
    patch.setattr(scope.Scope, "_valid", lambda self, model, alias: [])


@bug
def a_version_without_an_end_is_never_valid(patch):
    real = scope.Scope._valid
    patch.setattr(
        scope.Scope,
        "_valid",
        lambda self, model, alias: [real(self, model, alias)[0], real(self, model, alias)[1].this],
    )


@bug
def the_day_a_version_ends_belongs_to_it(patch):
    real = scope.Scope._valid

    def closed(self, model, alias):
        start, end = real(self, model, alias)
        end.this.replace(exp.LTE(this=end.this.this.copy(), expression=end.this.expression.copy()))
        return [start, end]

    patch.setattr(scope.Scope, "_valid", closed)


@bug
def a_rollup_answers_any_bucket(patch):
    real = rollups._covers

    def any_bucket(shape, plan, name):
        return real(shape, plan, name) or name.spelling == "metric_time" or name.canonical == shape.fact.time

    patch.setattr(rollups, "_covers", any_bucket)


@bug
def a_rollup_of_months_answers_parts_of_months(patch):
    patch.setattr(rollups, "_ends_with_buckets", lambda shape, plan, fact, reading: True)


@bug
def a_rollup_shows_groups_that_the_filter_empties(patch):
    patch.setattr(rollups, "frozenset", lambda *_given: frozenset(), raising=False)


@bug
def a_rollup_is_read_that_is_not_built(patch):
    real = rollups.rollup_scan

    def always(plan, fact, reading):
        plan.context = replace(plan.context, rollups=frozenset(plan.index.catalog.rollups))
        return real(plan, fact, reading)

    patch.setattr(variants, "rollup_scan", always)


@bug
def a_rollup_ignores_row_rules_of_joined_tables(patch):
    real = rollups._shape
    patch.setattr(rollups, "_shape", lambda index, rollup: replace(real(index, rollup), joined=frozenset()))


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught_by_a_golden_case(name, golden, monkeypatch):
    with monkeypatch.context() as patch, golden.fresh_memory():
        BUGS[name](patch)
        assert any(golden.catches(case) for case in golden.cases()), f"no golden case notices: {name}"
