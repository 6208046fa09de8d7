"""Planted compiler bugs in offsets of hours and of the buckets of own calendars, in conversions, in models by month."""

from dataclasses import replace
from datetime import timedelta

import pytest

import semantic_layer.compiler.conversions as conversions
import semantic_layer.compiler.metrics as metrics
import semantic_layer.compiler.moving as moving
import semantic_layer.compiler.nodes as nodes
import semantic_layer.compiler.own_offsets as own_offsets
import semantic_layer.compiler.running as running
import semantic_layer.compiler.shifts as shifts
import semantic_layer.compiler.steps as steps
import semantic_layer.compiler.transforms as transforms
from semantic_layer.period import Grain

BUGS = {}


def bug(function):
    BUGS[function.__name__] = function
    return function


@bug
def an_offset_of_hours_is_forgotten(patch):
    patch.setattr(steps, "plus_seconds", lambda node, seconds: node)


@bug
def an_hour_is_a_minute(patch):
    patch.setattr(steps, "_SECONDS", {Grain.SECOND: 1, Grain.MINUTE: 60, Grain.HOUR: 60})


@bug
def the_rows_of_moved_hours_end_with_the_period(patch):
    real = shifts.bucketed

    def late(moves, main, grain, calendar):
        found = real(moves, main, grain, calendar)
        return (
            replace(found, start=main.start) if found.through_rows and found.through_rows.seconds else found
        )

    patch.setattr(moving, "bucketed", late)


@bug
def a_period_moved_by_hours_stays(patch):
    patch.setattr(shifts, "length", lambda window: timedelta(0))


@bug
def a_running_value_moved_by_hours_goes_by_days(patch):
    patch.setattr(running, "_step", lambda *given: Grain.DAY)


@bug
def hours_shown_by_day_are_moved_as_days(patch):
    real = moving.by_days_where_needed
    patch.setattr(moving, "by_days_where_needed", lambda *given: replace(real(*given), fine=Grain.DAY))


@bug
def buckets_of_a_calendar_go_by_name(patch):
    real = own_offsets._by_bucket

    def by_name(days):
        made = real(days)
        number = made.expressions[-1].this
        number.args["order"].expressions[0].set("this", nodes.column("bucket", days))
        return made

    patch.setattr(own_offsets, "_by_bucket", by_name)


@bug
def one_bucket_back_is_two(patch):
    real = metrics._moves

    def twice(part):
        return tuple(
            replace(move, window=replace(move.window, count=1)) if move.window is not None else move
            for move in real(part)
        )

    patch.setattr(metrics, "_moves", twice)


@bug
def days_of_a_bucket_are_not_counted_from_its_start(patch):
    real = own_offsets._same_place

    def anywhere(places, day, count, joins):
        found = real(places, day, count, joins)
        joins[-1].set("on", joins[-1].args["on"].this)
        return found

    patch.setattr(own_offsets, "_same_place", anywhere)


@bug
def a_bucket_that_the_period_cuts_is_taken_whole(patch):
    patch.setattr(own_offsets, "_like_for_like", lambda *given: [])


@bug
def conditions_on_the_time_are_forgotten_beside_own_calendars(patch):
    real = own_offsets._counterparts
    patch.setattr(
        own_offsets,
        "_counterparts",
        lambda shown, *rest, **more: real((*shown[:2], type(shown[2])()), *rest, **more),
    )


@bug
def an_offset_before_an_offset_by_calendar_is_forgotten(patch):
    patch.setattr(own_offsets, "step_of", lambda *given: None)


@bug
def a_calendar_offset_needs_no_time(patch):
    patch.setattr(shifts, "_needs_time", lambda: KeyError("time"))


@bug
def the_filter_of_a_conversion_is_forgotten(patch):
    real = conversions._events

    def unfiltered(plan, spec, *rest):
        return real(plan, replace(spec, conversion=replace(spec.conversion, filters=())), *rest)

    patch.setattr(conversions, "_events", unfiltered)


@bug
def the_filter_of_a_conversion_metric_is_forgotten(patch):
    real = conversions._events

    def unfiltered(plan, spec, metric, *rest):
        return real(plan, spec, replace(metric, filters=()), *rest)

    patch.setattr(conversions, "_events", unfiltered)


@bug
def a_conversion_counts_events_whatever_is_asked(patch):
    real = conversions.aggregate
    patch.setattr(conversions, "aggregate", lambda spec, *rest: real(replace(spec, agg="count"), *rest))


@bug
def only_the_first_constant_property_counts(patch):
    real = conversions._found
    patch.setattr(
        conversions,
        "_found",
        lambda plan, spec, base, events, properties, column: real(
            plan, spec, base, events, properties[:1], column
        ),
    )


@bug
def conversions_are_not_moved(patch):
    real = metrics._conversion
    patch.setattr(
        metrics,
        "_conversion",
        lambda plan, metric, spec, use: real(plan, metric, spec, replace(use, moves=())),
    )


@bug
def a_model_by_month_has_no_running_value(patch):
    real = running.locate
    patch.setattr(running, "locate", lambda *given: replace(real(*given), grain=Grain.DAY))


@bug
def buckets_of_a_calendar_roll_by_rows(patch):
    real = transforms._rolling

    def by_rows(setting, metric, transform):
        column, value = real(setting, metric, transform)
        for window in value.find_all(transforms.exp.Window):
            window.args["spec"].set("kind", "ROWS")
        return column, value

    patch.setattr(transforms, "_rolling", by_rows)


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught_by_a_golden_case(name, golden, monkeypatch):
    cases = [case for case in golden.cases() if case.file in ("moved", "conversions", "calendars")]
    with monkeypatch.context() as patch, golden.fresh_memory():
        BUGS[name](patch)
        assert any(golden.notices(case) for case in cases), f"no golden case notices: {name}"
