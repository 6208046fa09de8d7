"""The answer of executed plans: what each gives, put together in one."""

from __future__ import annotations

from dataclasses import replace

from bot.answer import Answer, Provenance
from bot.answer import Planner as PlannerName
from bot.compose.definitions import metric_definitions
from bot.compose.interpretation import completed
from bot.compose.premise import corrected
from bot.compose.sides import against_each_other
from bot.compose.warnings import not_understood
from bot.execution import Execution, Outcome
from bot.plan import plan_hash
from bot.planners.base import Planned


def assembled(
    asked: Execution, draft: Answer, planned: Planned, outcomes: list[Outcome], planner: PlannerName
) -> Answer:
    """Return the answer of executed plans; of several, the first gives chart and follow-ups."""
    first = outcomes[0]
    names = tuple(name for outcome in outcomes for name in outcome.metrics)
    unread = not_understood(planned.not_understood)
    # The reading of a period from words brings its own note on a period that is not over.
    read_period = any(slot.slot == "period" and slot.words for slot in planned.slots)
    running = [] if read_period else [note for outcome in outcomes for note in outcome.running]
    readings = tuple(dict.fromkeys([*planned.notes, *running]))
    warnings = [*([unread] if unread else []), *readings]
    for outcome in outcomes:
        warnings += outcome.warnings
    periods = dict.fromkeys(used for outcome in outcomes for used in outcome.periods)
    views = [outcome.view for outcome in outcomes if outcome.view is not None]
    sides = against_each_other(views, asked.scene(names)) if len(views) == len(outcomes) else None
    return replace(
        draft,
        outcome="answer",
        planner=planner,
        plan=first.part.plan,
        parts=tuple(outcome.part for outcome in outcomes),
        headline=corrected(
            [sides.said] if sides else [one.headline for one in outcomes], planned.premise, first.findings
        ),
        periods=tuple(periods),
        interpretation=completed(planned.slots, first.slots),
        # A finding of one side names no side: beside the other's it would be anybody's.
        findings=() if sides else tuple(finding for outcome in outcomes for finding in outcome.findings),
        suggestions=tuple(one for outcome in outcomes for one in outcome.suggestions),
        chart=sides.chart if sides else first.chart,
        together=sides.table if sides else None,
        warnings=tuple(dict.fromkeys(warnings)),
        readings=readings,
        follow_ups=asked.next_questions(planned.alternatives, first.follow_ups),
        provenance=_provenance(asked, planned, outcomes, names, planner),
    )


def _provenance(
    asked: Execution,
    planned: Planned,
    outcomes: list[Outcome],
    names: tuple[str, ...],
    planner: PlannerName,
) -> Provenance:
    scene = asked.scene(names)
    beside = [
        {"purpose": purpose, "sql": sql} for outcome in outcomes for purpose, sql in outcome.side_queries
    ]
    return Provenance(
        planner=planner,
        why=planned.why,
        plan_hash=plan_hash(outcomes[0].part.plan),
        metrics=metric_definitions(scene.catalog, names),
        rows_read=sum(outcome.part.table.row_count for outcome in outcomes if outcome.part.table is not None),
        data_version=asked.layer.data_version,
        data_start=scene.data_start,
        data_end=scene.data_end,
        not_understood=planned.not_understood,
        extra={
            **planned.extra,
            **({"side_queries": beside} if beside else {}),
            **({"rollups": list(asked.rollups)} if asked.rollups else {}),
        },
    )
