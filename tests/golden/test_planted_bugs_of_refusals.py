"""Mutations that forget a check: a function of the compiler whose `raise` statements do nothing."""

import ast
import inspect
import textwrap
from types import CodeType, FunctionType

import pytest

import semantic_layer.compiler.compile as compile_stage
import semantic_layer.compiler.keys as keys
import semantic_layer.compiler.metrics as metrics
import semantic_layer.compiler.names as names
import semantic_layer.compiler.other as other
import semantic_layer.compiler.own_offsets as own_offsets
import semantic_layer.compiler.paths as paths
import semantic_layer.compiler.predicates as predicates
import semantic_layer.compiler.scans as scans
import semantic_layer.compiler.scope as scope
import semantic_layer.compiler.transforms as transforms
import semantic_layer.expression as expression


class _Silent(ast.NodeTransformer):
    """Every `raise` becomes `pass`; the message is not even made."""

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        return ast.copy_location(ast.Pass(), node)


def unchecked(function: FunctionType) -> CodeType:
    """The code of a function without its `raise` statements."""
    tree = _Silent().visit(ast.parse(textwrap.dedent(inspect.getsource(function))))
    tree.body[0].decorator_list = []
    scope_of = dict(function.__globals__)
    exec(compile(ast.fix_missing_locations(tree), inspect.getfile(function), "exec"), scope_of)
    return scope_of[function.__name__].__code__


def bug(*functions):
    """A bug that silences these checks; the memory of parsed expressions is left out, so that nothing of it stays."""

    def plant(patch):
        patch.setattr(expression, "_parsed", expression._parsed.__wrapped__)
        for function in functions:
            patch.setattr(function, "__code__", unchecked(function))

    return plant


BUGS = {
    "an_empty_query_is_run": bug(compile_stage._check_names),
    "a_metric_that_nobody_declared_is_looked_for": bug(compile_stage._check_names, metrics.metric_of),
    "a_calendar_that_nobody_declared_is_taken": bug(keys._key),
    "a_name_that_nobody_declared_is_a_column": bug(names._resolve),
    "a_rest_of_anything_is_summed": bug(other.top_members),
    "the_first_of_two_paths_is_taken": bug(paths._locate),
    "a_calendar_compares_by_any_rule": bug(own_offsets.custom_periods),
    "a_word_is_a_number": bug(predicates._number),
    "a_model_without_time_is_not_cut": bug(scans._time_conditions),
    "a_day_has_hours": bug(scope.Scope.require_grain),
    "shares_of_anything_add_up": bug(transforms._require_additive),
    "a_conversion_accumulates": bug(metrics._conversion),
    "a_calendar_that_is_a_table_rolls": bug(transforms._bucket_number),
    "a_condition_may_read_tables": bug(expression._check),
    "buyers_are_counted_once_per_channel": lambda patch: patch.setattr(
        transforms,
        "_splits_what_is_counted",
        lambda setting, metric, share: transforms.has_daily_values(metric),
    ),
    "buyers_have_no_country_of_their_own": lambda patch: patch.setattr(
        transforms, "_splits_what_is_counted", lambda setting, metric, share: False
    ),
}


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught_by_a_golden_case(name, golden, monkeypatch):
    with monkeypatch.context() as patch, golden.fresh_memory():
        BUGS[name](patch)
        assert any(golden.notices(case) for case in golden.cases()), f"no golden case notices: {name}"
