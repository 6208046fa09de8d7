"""A reader's own files in one conversation: read, proposed, confirmed, then asked instead of the workspace.

Each conversation has a folder of its own below the state folder; nothing leaves the machine, nobody else asks it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.onboarding.first_questions import first_questions
from bot.onboarding.propose import Proposal, propose
from bot.onboarding.roles import ROLES, Guess, Role
from bot.ui.own_list import Brought, brought, folder_of, note, take_away
from semantic_layer.errors import DataError, SpecProblemsError
from semantic_layer.text import Locale, Text

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.settings import Settings
    from bot.ui.backend import Backend

Json = dict[str, object]
FOLDER = "own"
STATE = "state"
MOST_OPEN = 50
QUESTIONS = 4
GONE = Text(zh="这份提案已经不在了。", en="This proposal is gone.")
FORGOTTEN = Text(zh="已删除,这台服务器上不再有它们。", en="Deleted; nothing of them is left on this server.")
DROP_AGAIN = Text(zh="把文件再拖进来一次。", en="Drop the file once more.")


class _Edit(BaseModel):
    """One column as confirmed on the card."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str = Field(max_length=100)
    column: str = Field(max_length=100)
    role: Role
    zh: str = Field(min_length=1, max_length=60)
    en: str = Field(min_length=1, max_length=60)


_EDITS: TypeAdapter[list[_Edit]] = TypeAdapter(list[_Edit])


@dataclass(frozen=True, slots=True)
class _Waiting:
    proposal: Proposal
    folder: Path
    conversation: str
    user: str | None


class OwnData:
    """The files that readers brought, by conversation. Safe to use from several threads."""

    def __init__(self, settings: Settings, store: Engine) -> None:
        """Take the settings of the process and the app database."""
        self._settings, self._store = settings, store
        self._waiting: dict[str, _Waiting] = {}
        self._open: dict[tuple[str | None, str], Backend] = {}
        self._lock = Lock()

    def read(
        self, files: Sequence[tuple[str, Path]], conversation: str, user: str | None, locale: Locale
    ) -> Json:
        """Return the proposal made of uploaded files (name, where it lies) as the card shows it.

        Raises:
            DataError: a file is of another kind, too large or broken.
        """
        from bot.onboarding.reading import reading

        folder = self._place(conversation, user)
        shutil.rmtree(folder, ignore_errors=True)
        brought = folder / "brought"
        brought.mkdir(parents=True)
        paths = []
        for name, path in files:
            target = brought / Path(name).name
            shutil.copyfile(path, target)
            paths.append(target)
        try:
            with reading(paths, folder / "data") as source:
                proposal = propose(source, Text.same(Path(files[0][0]).stem))
        finally:
            shutil.rmtree(brought, ignore_errors=True)
        note(folder, conversation, [Path(name).name for name, _ in files], proposal)
        number = uuid4().hex
        with self._lock:
            self._waiting[number] = _Waiting(proposal, folder, conversation, user)
            while len(self._waiting) > MOST_OPEN:
                del self._waiting[next(iter(self._waiting))]
        return {"id": number, "key": folder.name, **_shown(proposal, locale)}

    def confirm(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Return the first questions of the workspace made of a proposal, with the card's changes.

        Raises:
            DataError: the proposal is gone or another reader's, or a change cannot be read.
        """
        with self._lock:
            waiting = self._waiting.get(str(payload.get("id")))
        if waiting is None or waiting.user != user:
            raise DataError(GONE, DROP_AGAIN, code="proposal_gone")
        from bot.onboarding.workspace import finish

        proposal = propose(
            waiting.proposal.source,
            Text.same(waiting.proposal.source.tables[0].name.replace("_", " ")),
            _edited(waiting.proposal.guesses, payload.get("columns")),
        )
        made = finish(waiting.folder, proposal, waiting.folder / STATE)
        if not made.report.ok:
            raise SpecProblemsError(made.report.problems)
        backend = self._opened(waiting.folder)
        with self._lock:
            self._open[user, waiting.conversation] = backend
        return {
            "metrics": [metric.label.at(locale) for metric in proposal.metrics],
            "questions": _questions(backend, proposal, locale),
        }

    def backend(self, conversation: str, user: str | None) -> Backend | None:
        """Return what answers in a conversation with own data, also after a restart; None where it has none."""
        key = (user, conversation)
        if key not in self._open:
            folder = self._place(conversation, user)
            if not (folder / "askgrowth.yml").is_file():
                return None
            opened = self._opened(folder)
            with self._lock:
                self._open[key] = opened
                while len(self._open) > MOST_OPEN:
                    del self._open[next(iter(self._open))]
        return self._open[key]

    def listed(self, user: str | None) -> list[Brought]:
        """Return the own data of a reader in all conversations, the newest first."""
        return brought(self._place("", user).parent)

    def remove(self, key: str, user: str | None) -> bool:
        """Take own data away for good, and return whether there were such data of this reader."""
        folder = folder_of(self._place("", user).parent, key)
        if folder is None:
            return False
        with self._lock:
            gone = [one for one in self._open if self._place(one[1], one[0]) == folder]
            closed = [self._open.pop(one) for one in gone]
            for number in [n for n, one in self._waiting.items() if one.folder == folder]:
                del self._waiting[number]
        for backend in closed:
            if backend.layer is not None:
                backend.layer.close()
        take_away(folder, self._store)
        return True

    def forget(self, payload: Json, user: str | None, locale: Locale) -> Json:
        """Take away the data of a proposal's card.

        Raises:
            DataError: they are gone already, or another reader's.
        """
        if not self.remove(str(payload.get("key")), user):
            raise DataError(GONE, DROP_AGAIN, code="proposal_gone")
        return {"said": FORGOTTEN.at(locale)}

    def _opened(self, folder: Path) -> Backend:
        from bot.ui.backend import open_backend

        # What is made of own data lies with them, so that taking them away leaves nothing behind.
        settings = replace(self._settings, workspace=folder, is_demo=False, state_dir=folder / STATE)
        return open_backend(settings, self._store)

    def _place(self, conversation: str, user: str | None) -> Path:
        whose = hashlib.sha256((user or "").encode()).hexdigest()[:16]
        name = hashlib.sha256(conversation.encode()).hexdigest()[:32]
        return self._settings.state_dir / FOLDER / whose / name


def _edited(guesses: Sequence[Guess], payload: object) -> tuple[Guess, ...]:
    """Return the guesses with the changes of the card; one for an unknown column is left out."""
    try:
        edits = {(one.table, one.column): one for one in _EDITS.validate_python(payload or [])}
    except ValidationError as error:
        raise DataError(
            Text(
                zh="有一列的名字是空的,或用途读不出来。",
                en="A column's name is empty, or its use cannot be read.",
            ),
            Text(zh="两种语言的名字都要填。", en="Fill in the names in both languages."),
            code="invalid_choice",
        ) from error
    made = []
    for guess in guesses:
        edit = edits.get((guess.table, guess.column))
        if edit is None:
            made.append(guess)
            continue
        entity = guess.entity or f"{guess.column}_key"
        why = guess.why if edit.role == guess.role else Text(zh="人工确认", en="confirmed")
        label = Text(zh=edit.zh.strip() or guess.label.zh, en=edit.en.strip() or guess.label.en)
        made.append(replace(guess, role=edit.role, label=label, entity=entity, why=why))
    return tuple(made)


def _shown(proposal: Proposal, locale: Locale) -> Json:
    roles = {(guess.table, guess.column): guess for guess in proposal.guesses}
    return {
        "roles": list(ROLES),
        "tables": [
            {
                "name": table.name,
                "origin": table.origin,
                "rows": f"{table.rows:,}",
                "columns": [
                    {
                        "table": table.name,
                        "column": column.name,
                        "header": column.header,
                        "samples": " · ".join(sample[:24] for sample in column.samples[:3]),
                        "role": (guess := roles[table.name, column.name]).role,
                        "why": guess.why.at(locale),
                        "zh": guess.label.zh,
                        "en": guess.label.en,
                    }
                    for column in table.columns
                ],
            }
            for table in proposal.source.tables
        ],
        "notes": [note.at(locale) for note in proposal.notes()],
        "metrics": [metric.label.at(locale) for metric in proposal.metrics],
    }


def _questions(backend: Backend, proposal: Proposal, locale: Locale) -> list[str]:
    from bot.pipeline import Pipeline

    layer, asker = backend.layer, backend.asker
    if layer is None or not isinstance(asker, Pipeline):
        return []
    return first_questions(
        layer, proposal.best_metrics(), locale, lambda question: asker.explain(question).outcome == "answer"
    )[:QUESTIONS]
