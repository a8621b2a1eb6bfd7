# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: every operation and every command that it ran. Rows are added and closed, never changed or removed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from ..model.errors import RepositoryError
from .process import host_name
from .records import DoneRecord, EventRecord, JournalEntry, JournalStepRecord
from .rows import add_row, now, storable
from .schema import Event, Journal, JournalStep

_CHUNK = 500  # SQLite limits the parameters of one statement
TAIL = 8192  # characters of output that are kept: the end, where errors are


def begin(connection: Connection, operation: str, object: str, node: str | None, user: str) -> int:
    """Open an operation; its number."""
    values = {
        "operation": operation,
        "object": object,
        "node": node,
        "run_by": user,
        "controller": host_name(),
        "pid": os.getpid(),
        "started": now(),
        "outcome": "",
    }
    return add_row(connection, Journal, values)


def step(
    connection: Connection,
    journal_id: int,
    object: str,
    what: str,
    command: str,
    rc: int | None,
    seconds: float,
    output_tail: str,
    started: datetime | None,
    ended: datetime | None,
) -> None:
    """Add a command that was run. Without times it has ended now and began ``seconds`` before."""
    ended = ended or now()
    entry = connection.execute(select(Journal.ended).where(Journal.id == journal_id).with_for_update()).one_or_none()
    if entry is None or entry.ended is not None:
        raise RepositoryError(f"journal entry {journal_id} {'does not exist' if entry is None else 'is closed'}: no step can be added.")
    position = connection.execute(select(func.count()).where(JournalStep.journal_id == journal_id)).scalar_one()
    values = {
        "journal_id": journal_id,
        "position": position,
        "object": object,
        "what": storable(what),
        "command": storable(command),
        "rc": rc,
        "seconds": seconds,
        "output_tail": storable(output_tail)[-TAIL:],
        "started": started or ended - timedelta(seconds=seconds),
        "ended": ended,
    }
    connection.execute(insert(JournalStep).values(**values))


def end(connection: Connection, journal_id: int, outcome: str, changed: bool) -> None:
    """Close an operation, once."""
    still_open = (Journal.id == journal_id) & Journal.ended.is_(None)
    if connection.execute(update(Journal).where(still_open).values(ended=now(), outcome=storable(outcome), changed=changed)).rowcount != 1:
        raise RepositoryError(f"journal entry {journal_id} does not exist or is closed already.")


def unfinished(connection: Connection, object: str | None) -> list[JournalEntry]:
    """Operations that were begun and never closed, oldest first. Whoever holds the object's lock knows that they are dead."""
    query = select(Journal).where(Journal.ended.is_(None)).order_by(Journal.id)
    return [_entry(row) for row in connection.execute(query if object is None else query.where(Journal.object == object))]


def entries(connection: Connection, object: str | None, limit: int) -> list[JournalEntry]:
    """The youngest operations, youngest first."""
    query = select(Journal).order_by(Journal.id.desc()).limit(limit)
    return [_entry(row) for row in connection.execute(query if object is None else query.where(Journal.object == object))]


def steps(connection: Connection, journal_id: int) -> list[JournalStepRecord]:
    """The commands of an operation in their order."""
    rows = connection.execute(select(JournalStep).where(JournalStep.journal_id == journal_id).order_by(JournalStep.position))
    return [
        JournalStepRecord(row.position, row.object, row.what, row.command, row.rc, row.seconds, row.output_tail, row.started, row.ended)
        for row in rows
    ]


def done(connection: Connection, objects: Sequence[str], limit: int, beginnings: Sequence[str]) -> dict[str, list[DoneRecord]]:
    """Of each object's ``limit`` youngest operations those that succeeded, youngest first, with the steps on it that begin so.

    One statement, however many objects: their youngest are numbered by the database.
    """
    wanted = or_(*(JournalStep.what.startswith(beginning, autoescape=True) for beginning in beginnings))
    found: dict[int, tuple[str, str, list[str]]] = {}
    for start in range(0, len(objects), _CHUNK):
        age = func.row_number().over(partition_by=Journal.object, order_by=Journal.id.desc()).label("age")
        columns = (Journal.id, Journal.object, Journal.operation, Journal.outcome, age)
        entry = select(*columns).where(Journal.object.in_(objects[start : start + _CHUNK])).subquery()
        of_it = (JournalStep.journal_id == entry.c.id) & (JournalStep.object == entry.c.object) & wanted
        query = (
            select(entry.c.id, entry.c.object, entry.c.operation, JournalStep.what)
            .outerjoin_from(entry, JournalStep, of_it)
            .where(entry.c.age <= limit, entry.c.outcome == "done")
            .order_by(entry.c.id.desc(), JournalStep.position)
        )
        for row in connection.execute(query):
            _object, _operation, did = found.setdefault(row.id, (row.object, row.operation, []))
            did += [row.what] if row.what is not None else []
    records: dict[str, list[DoneRecord]] = {name: [] for name in objects}
    for name, operation, did in found.values():
        records[name].append(DoneRecord(operation, tuple(did)))
    return records


def events(connection: Connection, object: str | None, severities: Sequence[str], limit: int) -> list[EventRecord]:
    """The youngest events, youngest first."""
    query = select(Event).order_by(Event.id.desc()).limit(limit)
    if object is not None:
        query = query.where(Event.object == object)
    if severities:
        query = query.where(Event.severity.in_(severities))
    return [
        EventRecord(row.id, row.at, row.source, row.severity, row.object, row.message, row.details) for row in connection.execute(query)
    ]


def _entry(row: Row[Any]) -> JournalEntry:
    return JournalEntry(
        row.id, row.operation, row.object, row.node, row.run_by, row.controller, row.pid, row.started, row.ended, row.outcome, row.changed
    )
