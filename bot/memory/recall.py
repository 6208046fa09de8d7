"""Finds what a person has approved: in the app database, else in the workspace's own files.

A question from the command line must start fast, so an SQLite file is read with the standard library alone; any other
database goes through `bot.store`.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.approvals import Approval, folded
from bot.plan import AnswerablePlan

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.settings import Settings
    from semantic_layer.workspace import SemanticLayer

_COLUMNS = "question, plan, approved_by, approved_at"


@dataclass(frozen=True, slots=True)
class Kept:
    """One approved pair as it is stored; `plan` is JSON."""

    question: str
    plan: Mapping[str, Any]
    by: str | None = None
    at: str | None = None


class Memory:
    """What was approved for one workspace; asked like a function, it gives the approval of a question."""

    def __init__(self, layer: SemanticLayer, settings: Settings, store: Engine | None = None) -> None:
        """Take the workspace; `store` is the app database where a server has it open."""
        self._layer = layer
        self._settings = settings
        self._store = store

    def use(self, layer: SemanticLayer) -> None:
        """Read the files of another opening of the workspace from now on."""
        self._layer = layer

    def __call__(self, question: str) -> Approval | None:
        """Return what was approved for exactly these words (width, case, spaces and a final mark aside)."""
        asked = folded(question)
        for kept in self._stored("AND folded = ?", asked):
            return Approval(read_plan(kept.plan), kept.by, kept.at)
        for one in self._layer.verified:
            if asked in map(folded, (one.question, *one.paraphrases)):
                at = one.approved_at.isoformat() if one.approved_at else None
                return Approval(read_plan(one.plan), one.approved_by, at)
        return None

    def pairs(self) -> list[Kept]:
        """Return every approved pair, the newest first, those of the workspace's files last."""
        found = self.stored()
        for one in self._layer.verified:
            at = one.approved_at.isoformat() if one.approved_at else None
            found += [
                Kept(words, one.plan, one.approved_by, at) for words in (one.question, *one.paraphrases)
            ]
        return found

    def stored(self) -> list[Kept]:
        """Return the pairs of the app database, the newest first."""
        return list(self._stored("ORDER BY approved_at DESC, id"))

    def examples(self) -> list[tuple[str, Mapping[str, object]]]:
        """Return every pair as a question and its plan."""
        return [(kept.question, kept.plan) for kept in self.pairs()]

    def _stored(self, clause: str, *values: str) -> Iterator[Kept]:
        workspace = str(self._settings.workspace)
        if self._settings.database_url is None and self._store is None:
            yield from _from_file(self._settings.state_dir / FILE, clause, (workspace, *values))
            return
        from bot.store.database import database_url, open_store
        from bot.store.verified import find_verified, list_verified

        if self._store is None:
            self._store = open_store(database_url(self._settings))
        if values:
            only = find_verified(self._store, workspace, values[0])
            found = [only] if only is not None else []
        else:
            found = list_verified(self._store, workspace)
        for one in found:
            yield Kept(one.question, one.plan.model_dump(mode="json"), one.approved_by, one.approved_at)


FILE = "app.sqlite"  # as bot.store.database names it; a test holds the two together


def _from_file(path: Path, clause: str, values: tuple[str, ...]) -> list[Kept]:
    """Return rows of the SQLite file; none where there is no file or no table yet, or where it cannot be read."""
    if not path.is_file():
        return []
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{path.as_posix()}?mode=ro", uri=True, timeout=2)
        ) as opened:
            rows = opened.execute(
                f"SELECT {_COLUMNS} FROM verified_questions WHERE workspace = ? {clause}",
                values,
            ).fetchall()
    except sqlite3.Error:
        return []
    return [Kept(question, json.loads(plan), by, at) for question, plan, by, at in rows]


def read_plan(written: Mapping[str, Any]) -> AnswerablePlan:
    """Return a stored plan.

    Raises:
        pydantic.ValidationError: it is no plan of this version.
    """
    from pydantic import TypeAdapter

    from bot.plan import MetadataPlan, MetricPlan, ToolPlan

    adapter: TypeAdapter[AnswerablePlan] = TypeAdapter(MetricPlan | ToolPlan | MetadataPlan)
    return adapter.validate_python(dict(written))
