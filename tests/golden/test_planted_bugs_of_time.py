"""Planted compiler bugs in periods, order and the richer metrics.

Each must be caught by at least one golden case, or the cases prove nothing. A bug is a patch of one stage. The
catalog's memo is cleared around it, since stages remember what they found.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlglot import exp

import semantic_layer.compiler.buckets as buckets
import semantic_layer.compiler.compile as compile_module
import semantic_layer.compiler.conversions as conversions
import semantic_layer.compiler.filters as filters
import semantic_layer.compiler.finish as finish
import semantic_layer.compiler.metrics as metrics
import semantic_layer.compiler.moving as moving
import semantic_layer.compiler.nodes as nodes
import semantic_layer.compiler.running as running
import semantic_layer.compiler.scans as scans
import semantic_layer.compiler.shifts as shifts
import semantic_layer.compiler.transforms as transforms
import semantic_layer.compiler.variants as variants

BUGS = {}


def bug(function):
    BUGS[function.__name__] = function
    return function


@bug
def the_period_includes_its_end(patch):
    real = scans.time_limits
    patch.setattr(scans, "time_limits", lambda s, start, end: real(s, start, end + timedelta(days=1)))


@bug
def the_period_starts_a_day_late(patch):
    real = scans.time_limits
    patch.setattr(
        scans, "time_limits", lambda s, start, end: real(s, start and start + timedelta(days=1), end)
    )


@bug
def rows_after_today_are_read(patch):
    patch.setattr(compile_module, "ONE_DAY", timedelta(days=4000))
    patch.setattr(scans, "ONE_DAY", timedelta(days=4000))


@bug
def weeks_always_begin_on_monday(patch):
    patch.setattr(buckets, "_origin", lambda grain, calendar: (0, buckets.Grain.DAY))


@bug
def a_comparison_shows_the_same_period(patch):
    patch.setattr(scans, "moved_period", lambda moves, main, calendar: main)


@bug
def a_running_month_is_compared_with_a_whole_one(patch):
    real = shifts.comparison_period
    patch.setattr(shifts, "comparison_period", lambda main, kind, **given: real(_whole(main), kind, **given))


def _whole(period):
    return type(period)(period.start, period.requested_end, period.requested_end)


@bug
def a_running_bucket_is_compared_with_a_whole_one(patch):
    real = shifts.bucketed

    def whole(moves, main, grain, calendar):
        found = real(moves, main, grain, calendar)
        return replace(found, end=found.end + timedelta(days=31))

    patch.setattr(moving, "bucketed", whole)


@bug
def weeks_are_compared_by_364_days(patch):
    patch.setattr(
        shifts.Step,
        "_iso_sql",
        lambda self, bucket, span, calendar: buckets.plus(bucket, -364, buckets.Grain.DAY),
    )


@bug
def days_of_a_leap_year_are_moved_as_rows(patch):
    def rows(steps, grain):
        if any(step.iso_year or step.start_of for step in steps):
            return real(steps, grain)
        return shifts.Through(sum(step.days for step in steps), sum(step.months for step in steps))

    real = shifts._through_rows
    patch.setattr(shifts, "_through_rows", rows)


@bug
def an_offset_is_forgotten(patch):
    patch.setattr(metrics, "_moves", lambda part: ())


@bug
def an_offset_is_taken_twice(patch):
    real = metrics._moves
    patch.setattr(metrics, "_moves", lambda part: real(part) * 2)


@bug
def nulls_come_first(patch):
    real = finish.ordering
    patch.setattr(finish, "ordering", lambda order, plan: [_nulls_first(part) for part in real(order, plan)])


def _nulls_first(part):
    part.set("nulls_first", True)
    return part


@bug
def ties_are_left_to_chance(patch):
    def only(order, plan):
        kept = real(order, plan)[: len(order)]
        back = [exp.Ordered(this=nodes.column(key.column), desc=True, nulls_first=False) for key in plan.keys]
        return kept + back

    real = finish.ordering
    patch.setattr(finish, "ordering", only)


@bug
def a_share_is_of_what_is_shown(patch):
    real = finish.limited

    def early(stages, select, columns, order, limit):
        if limit is None or not stages.ctes:
            return real(stages, select, columns, order, limit)
        name, inner = stages.ctes[-1]
        if name == "metrics":
            sort = [exp.Ordered(this=nodes.column("revenue"), desc=True, nulls_first=False)]
            inner.set("order", exp.Order(expressions=sort))
            inner.set("limit", exp.Limit(expression=nodes.number(limit.n)))
        return real(stages, select, columns, order, limit)

    patch.setattr(compile_module, "limited", early)


@bug
def a_rolling_mean_counts_rows(patch):
    patch.setattr(transforms, "truncate", lambda day, *rest: day - timedelta(days=400))


@bug
def totals_sum_the_rows(patch):
    real = compile_module._compiled

    def summed(index, query, context, keys, time_keys, period):
        made = real(index, query, context, keys or time_keys, time_keys, period)
        if keys:
            return made
        sums = ", ".join(f"SUM({name})" for name in query.metrics)
        return replace(made, sql=f"SELECT {sums} FROM ({made.sql})")

    patch.setattr(compile_module, "_compiled", summed)


@bug
def a_running_value_forgets_what_was_before_the_period(patch):
    patch.setattr(running, "_lookback", lambda spec, day, reading, **_where: day)


@bug
def a_window_is_a_day_too_long(patch):
    real = running._in_window

    def longer(spec, of_row, days, reading):
        if spec.window is not None:
            spec = replace(spec, window=replace(spec.window, count=spec.window.count + 1))
        return real(spec, of_row, days, reading)

    patch.setattr(running, "_in_window", longer)


@bug
def distinct_counts_of_days_are_added(patch):
    patch.setitem(running._OF_PARTS, "count_distinct", exp.Sum)


@bug
def a_larger_bucket_takes_the_last_day(patch):
    patch.setitem(running._PICK, "first", exp.ArgMax)


@bug
def balances_are_summed_over_time(patch):
    real = metrics._simple

    def additive(plan, metric, spec, use):
        return real(plan, metric, replace(spec, non_additive=None), use)

    patch.setattr(metrics, "_simple", additive)


@bug
def the_latest_day_ignores_its_groups(patch):
    real = variants._latest
    patch.setattr(
        variants,
        "_latest",
        lambda plan, fact, variant, reading: real(
            plan, fact, replace(variant, rule=replace(variant.rule, group_by=())), reading
        ),
    )


@bug
def the_calendar_is_left_out(patch):
    patch.setattr(variants, "_on_spine", lambda plan, fact, key, made, reading: made)


@bug
def nulls_are_not_filled(patch):
    real = metrics._simple
    patch.setattr(
        metrics,
        "_simple",
        lambda plan, metric, spec, use: real(plan, metric, replace(spec, fill_nulls_with=None), use),
    )


@bug
def a_conversion_counts_for_every_visit_before_it(patch):
    real = conversions._found

    def all_pairs(plan, spec, base, events, properties, column):
        made = real(plan, spec, base, events, properties, column)
        made.set("expressions", [*made.expressions[:-1], nodes.aliased(nodes.number(1), "nearest")])
        return made

    patch.setattr(conversions, "_found", all_pairs)


@bug
def a_conversion_may_come_at_any_time(patch):
    real = conversions._found
    patch.setattr(
        conversions, "_found", lambda plan, spec, *rest: real(plan, replace(spec, window=None), *rest)
    )


@bug
def constant_properties_are_ignored(patch):
    real = conversions._found
    patch.setattr(
        conversions,
        "_found",
        lambda plan, spec, base, events, properties, column: real(plan, spec, base, events, [], column),
    )


@bug
def a_metric_filter_reads_the_period_only(patch):
    real = filters.metric_per_entity
    patch.setattr(
        filters,
        "metric_per_entity",
        lambda index, context, metric, entities: real(
            index, replace(context, today=context.today.replace(year=2025, month=1, day=1)), metric, entities
        ),
    )


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught_by_a_golden_case(name, golden, monkeypatch):
    with monkeypatch.context() as patch, golden.fresh_memory():
        BUGS[name](patch)
        assert any(golden.catches(case) for case in golden.cases()), f"no golden case notices: {name}"
