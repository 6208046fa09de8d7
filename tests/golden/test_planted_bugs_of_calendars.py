"""Planted compiler bugs in own calendars, partitions, grains under a day and compared running values."""

from dataclasses import replace

import pytest

import semantic_layer.compiler.calendars as calendars
import semantic_layer.compiler.moving as moving
import semantic_layer.compiler.nodes as nodes
import semantic_layer.compiler.own_offsets as own_offsets
import semantic_layer.compiler.periods as periods
import semantic_layer.compiler.running as running
import semantic_layer.compiler.scans as scans
import semantic_layer.compiler.scope as scope
import semantic_layer.compiler.shifts as shifts
import semantic_layer.compiler.spine as spine
from semantic_layer.fiscal import WeekYears
from semantic_layer.period import Grain, Period

BUGS = {}


def bug(function):
    BUGS[function.__name__] = function
    return function


@bug
def partitions_are_not_matched(patch):
    patch.setattr(scope.Scope, "_same_partition", lambda *given: [])


@bug
def only_times_are_partitions(patch):
    real = scope.Scope._same_partition
    patch.setattr(scope.Scope, "_same_partition", lambda *given: real(*given)[:1])


@bug
def a_calendar_is_joined_inside(patch):
    real = calendars.calendar_join
    patch.setattr(scope, "calendar_join", lambda *given: real(*given, side=""))


@bug
def a_calendar_is_met_by_the_moment(patch):
    patch.setattr(calendars, "truncated", lambda time, grain, calendar: time)


@bug
def a_calendar_serves_any_time_of_the_model(patch):
    real = scope.Scope._in_calendar

    def shared(self, name, located, sql):
        found = next(iter(self.calendars.values()), None)
        if found is not None:
            self.calendars.setdefault((located, "fiscal_days"), found)
        return real(self, name, located, sql)

    patch.setattr(scope.Scope, "_in_calendar", shared)


@bug
def the_53rd_week_is_forgotten(patch):
    real = WeekYears._of_year
    patch.setattr(
        WeekYears,
        "_of_year",
        lambda self, unit, year: real(self, unit, Period.of(year.start, year.start + 364 * scans.ONE_DAY)),
    )


@bug
def a_running_retail_month_is_compared_with_a_whole_one(patch):
    real = own_offsets._like_for_like
    patch.setattr(own_offsets, "_like_for_like", lambda *given: real(*given)[:1])


@bug
def a_retail_week_is_compared_by_calendar_date(patch):
    real = own_offsets.plus
    patch.setattr(
        own_offsets, "plus", lambda node, count, grain: real(node, -371 if count == -364 else count, grain)
    )


@bug
def an_offset_by_calendar_is_forgotten(patch):
    patch.setattr(own_offsets, "step_of", lambda move, main, grain: None)


@bug
def a_clamped_day_counts_for_each_later_one(patch):
    real = periods.periods_of

    def repeated(*given):
        made = real(*given)
        made.before[-1][1].set("distinct", None)
        return made

    patch.setattr(moving, "periods_of", repeated)


@bug
def hours_of_the_calendar_end_at_midnight(patch):
    real = spine.ends
    patch.setattr(
        spine,
        "ends",
        lambda period, grain, calendar: (
            (real(period, grain, calendar)[0],) * 2
            if grain.order < Grain.DAY.order
            else real(period, grain, calendar)
        ),
    )


@bug
def a_window_of_hours_is_taken_in_days(patch):
    real = running._step
    patch.setattr(
        running, "_step", lambda *given: max(real(*given), Grain.DAY, key=lambda grain: grain.order)
    )


@bug
def a_running_value_is_compared_with_itself(patch):
    real = running._by_bucket
    patch.setattr(
        running,
        "_by_bucket",
        lambda plan, fact, spec, key, period, reading: real(
            plan, replace(fact, moves=()), spec, key, period, reading
        ),
    )


@bug
def a_running_comparison_is_not_like_for_like(patch):
    real = shifts.bucketed

    def whole(moves, main, grain, calendar):
        found = real(moves, main, grain, calendar)
        return replace(found, end=found.end + 31 * scans.ONE_DAY)

    patch.setattr(moving, "bucketed", whole)


@bug
def a_calendar_bucket_is_a_day(patch):
    patch.setattr(running, "calendar_bucket", lambda grain, alias, today: nodes.column("day", alias))


@bug
def hours_are_cut_to_days(patch):
    patch.setattr(spine, "bucket", lambda grain: nodes.cast(nodes.column("day", "calendar"), "DATE"))


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught_by_a_golden_case(name, golden, monkeypatch):
    likely = [case for case in golden.cases() if case.file in ("calendars", "partitions", "time")]
    with monkeypatch.context() as patch, golden.fresh_memory():
        BUGS[name](patch)
        assert any(golden.catches(case) for case in likely), f"no golden case notices: {name}"
