"""Alerts in the app database: those made by chat, where each stands, and what it has told."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, delete, select

from bot.alerts.judging import State
from bot.jobs.clock import stamp
from bot.store.job_schema import alert_events, alert_states
from bot.store.job_schema import alerts as table
from bot.store.upsert import upsert
from semantic_layer.errors import UnknownNameError
from semantic_layer.loader.watching import rule_of
from semantic_layer.spec.watching import AlertSpec
from semantic_layer.text import Text
from semantic_layer.watching import AlertRule

if TYPE_CHECKING:
    from semantic_layer.workspace import SemanticLayer

ALERT = Text(zh="预警", en="alert")


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert with where it came from: the YAML (no owner) or somebody's words in the chat."""

    rule: AlertRule
    owner: str | None = None
    question: str | None = None
    in_yaml: bool = True
    paused: bool = False


def all_alerts(layer: SemanticLayer, engine: Engine, workspace: str) -> list[Alert]:
    """Return the alerts of YAML and chat, those of the YAML first. One whose names are gone is left out."""
    paused = _paused(engine, workspace)
    found = [Alert(rule, paused=rule.name in paused) for rule in layer.watching.alerts]
    with engine.connect() as connection:
        rows = connection.execute(
            select(table).where(table.c.workspace == workspace).order_by(table.c.created_at, table.c.name)
        )
        for row in rows.mappings():
            rule = read_rule(json.loads(row["definition"]), layer)
            if rule is not None:
                found.append(
                    Alert(rule, row["owner"], row["question"], in_yaml=False, paused=rule.name in paused)
                )
    return found


def read_rule(definition: Mapping[str, Any], layer: SemanticLayer) -> AlertRule | None:
    """Return an alert written as in the YAML, None where it no longer fits the workspace."""
    try:
        spec = AlertSpec.model_validate(dict(definition))
    except ValidationError:
        return None
    catalog = layer.catalog
    wanted = [spec.metric, spec.minimum.metric if spec.minimum else None]
    if any(name is not None and name not in catalog.metrics for name in wanted):
        return None
    if spec.by is not None and spec.by not in catalog.dimensions and spec.by not in catalog.spellings:
        return None
    return rule_of(spec, catalog.metrics) if all(name in catalog.segments for name in spec.segment) else None


def alert_called(alerts: list[Alert], name: str) -> Alert:
    """Return the alert called `name`.

    Raises:
        UnknownNameError: there is none.
    """
    by_name = {one.rule.name: one for one in alerts}
    if name not in by_name:
        raise UnknownNameError(ALERT, name, by_name)
    return by_name[name]


def save_alert(
    engine: Engine,
    workspace: str,
    definition: Mapping[str, Any],
    owner: str | None,
    question: str,
    now: datetime,
) -> None:
    """Keep an alert made by chat; one of the same name is replaced."""
    values = {
        "id": uuid.uuid4().hex,
        "workspace": workspace,
        "name": definition["name"],
        "definition": json.dumps(definition, ensure_ascii=False),
        "created_at": stamp(now),
        "owner": owner,
        "question": question,
    }
    with engine.begin() as connection:
        connection.execute(upsert(connection, table, values, key=("workspace", "name"), keep=("id",)))
        _forget(connection, workspace, definition["name"])


def delete_alert(engine: Engine, workspace: str, name: str) -> bool:
    """Delete an alert made by chat; whether there was one. Those of the YAML are deleted there."""
    with engine.begin() as connection:
        mine = table.c.workspace == workspace, table.c.name == name
        done = connection.execute(delete(table).where(*mine)).rowcount > 0
        if done:
            _forget(connection, workspace, name)
    return done


def _forget(connection: Connection, workspace: str, name: str) -> None:
    connection.execute(
        delete(alert_states).where(alert_states.c.workspace == workspace, alert_states.c.alert == name)
    )


def pause_alert(engine: Engine, workspace: str, name: str, *, paused: bool) -> None:
    """Pause an alert or let it look again; it is at rest afterwards."""
    with engine.begin() as connection:
        states, _ = _stored(connection, workspace, name)
        rest = {member: replace(state, bad=False, silent=False) for member, state in states.items()}
        write_states(connection, workspace, name, rest, paused=paused)


def states_of(engine: Engine, workspace: str, name: str) -> dict[str, State]:
    """Return where an alert stands, by member ("" without `by`); what was never looked at is not there."""
    with engine.connect() as connection:
        return _stored(connection, workspace, name)[0]


def _stored(connection: Connection, workspace: str, name: str) -> tuple[dict[str, State], bool]:
    asked = select(alert_states.c.state).where(
        alert_states.c.workspace == workspace, alert_states.c.alert == name
    )
    written = connection.execute(asked).scalar()
    if written is None:
        return {}, False
    content = json.loads(written)
    members = content.get("members", {"": content})
    return {member: _state(one) for member, one in members.items()}, bool(content.get("paused"))


def _state(content: Mapping[str, Any]) -> State:
    days = {
        key: date.fromisoformat(content[key]) if content.get(key) else None
        for key in ("since", "told", "judged")
    }
    return State(content["bad"], content["silent"], **days)


def _paused(engine: Engine, workspace: str) -> set[str]:
    asked = select(alert_states.c.alert, alert_states.c.state).where(alert_states.c.workspace == workspace)
    with engine.connect() as connection:
        return {row.alert for row in connection.execute(asked) if json.loads(row.state).get("paused")}


def write_states(
    connection: Connection,
    workspace: str,
    name: str,
    states: Mapping[str, State],
    *,
    paused: bool | None = None,
) -> None:
    """Write where an alert stands by member, within a transaction; `paused` None leaves that as it is."""
    members = {
        member: {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in asdict(state).items()
        }
        for member, state in states.items()
    }
    if paused is None:
        paused = _stored(connection, workspace, name)[1]
    written = json.dumps({"members": members, "paused": paused})
    values = {"workspace": workspace, "alert": name, "state": written}
    connection.execute(upsert(connection, alert_states, values, key=("workspace", "alert")))


def write_event(
    connection: Connection, workspace: str, name: str, day: date, kind: str, said: Text, now: datetime
) -> None:
    """Note what an alert has told on a day, within a transaction; the same is noted once."""
    values = {
        "id": uuid.uuid4().hex, "workspace": workspace, "alert": name, "day": day.isoformat(), "kind": kind,
        "statement_zh": said.zh, "statement_en": said.en, "created_at": stamp(now),
    }  # fmt: skip
    key = ("workspace", "alert", "day", "kind")
    connection.execute(upsert(connection, alert_events, values, key=key, keep=tuple(values)))


def events_of(engine: Engine, workspace: str, limit: int = 50) -> list[tuple[str, str, str, Text]]:
    """Return (day, alert, kind, sentence) of what was told, the newest first."""
    asked = (
        select(alert_events)
        .where(alert_events.c.workspace == workspace)
        .order_by(alert_events.c.day.desc(), alert_events.c.alert)
        .limit(limit)
    )
    with engine.connect() as connection:
        return [
            (row["day"], row["alert"], row["kind"], Text(zh=row["statement_zh"], en=row["statement_en"]))
            for row in connection.execute(asked).mappings()
        ]
