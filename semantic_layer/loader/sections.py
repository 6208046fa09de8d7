"""The documents of a workspace as typed entries by section; every entry keeps the place it was written at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from semantic_layer.spec.analyses import AnalysisSpec
from semantic_layer.spec.base import Spec
from semantic_layer.spec.dbt_models import Measure
from semantic_layer.spec.document import Marked
from semantic_layer.spec.metric import MetricSpec
from semantic_layer.spec.model import ColumnSpec, ConformedSpec, ModelSpec
from semantic_layer.spec.vocabulary import (
    AccessSpec,
    ConceptSpec,
    EventSpec,
    FiscalCalendarSpec,
    RollupSpec,
    SegmentSpec,
    TestSpec,
    VerifiedSpec,
)
from semantic_layer.spec.watching import AlertSpec, JobSpec
from semantic_layer.spec.workspace_file import WorkspaceSpec

S = TypeVar("S", bound=Spec)


@dataclass(frozen=True, slots=True)
class Entry(Generic[S]):
    """One validated entry and the marked mapping it was read from."""

    spec: S
    raw: Marked


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """A metric, and the model it was written in (None at the top level)."""

    spec: MetricSpec
    raw: Marked
    model: str | None


@dataclass(slots=True)
class Sections:
    """Everything a workspace declares, read but not yet resolved.

    `broken` holds the names of entries that could not be read, so that a reference to one is not reported
    as a second problem.
    """

    settings: WorkspaceSpec = field(default_factory=WorkspaceSpec)
    settings_raw: Marked | None = None
    models: list[Entry[ModelSpec]] = field(default_factory=list)
    columns: dict[str, list[Entry[ColumnSpec]]] = field(default_factory=dict)  # by model
    conformed: list[Entry[ConformedSpec]] = field(default_factory=list)
    metrics: list[MetricEntry] = field(default_factory=list)
    concepts: list[Entry[ConceptSpec]] = field(default_factory=list)
    segments: list[Entry[SegmentSpec]] = field(default_factory=list)
    events: list[Entry[EventSpec]] = field(default_factory=list)
    fiscal: list[Entry[FiscalCalendarSpec]] = field(default_factory=list)
    verified: list[Entry[VerifiedSpec]] = field(default_factory=list)
    rollups: list[Entry[RollupSpec]] = field(default_factory=list)
    tests: list[Entry[TestSpec]] = field(default_factory=list)
    alerts: list[Entry[AlertSpec]] = field(default_factory=list)
    jobs: list[Entry[JobSpec]] = field(default_factory=list)
    analyses: list[tuple[str, Entry[AnalysisSpec]]] = field(default_factory=list)
    access: Entry[AccessSpec] | None = None
    measures: dict[str, Measure] = field(default_factory=dict)  # of dbt's older shape
    relations: dict[str, str] = field(default_factory=dict)  # model -> schema.table, of a compiled manifest
    older_metrics: list[Marked] = field(default_factory=list)
    unread_metrics: list[Marked] = field(default_factory=list)  # those that are not valid as written
    unread_models: list[Marked] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
