# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks on objects: one run at a time works on a vServer or node, over all controllers."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from ..model.errors import Locked
from . import process
from .records import LockRecord
from .rows import add_event, now
from .schema import ObjectLock


def take(connection: Connection, object: str, owner: str, reason: str) -> LockRecord:
    """Lock ``object`` for this process. A lock whose process on this very host is dead is taken over, with a warning."""
    mine: dict[str, Any] = {
        "owner": owner,
        "host": process.host_name(),
        "host_identity": process.host_identity(),
        "pid": os.getpid(),
        "process_started": process.started(os.getpid()),
        "reason": reason,
        "token": secrets.token_hex(16),
        "taken": now(),
    }
    record = LockRecord(object, owner, mine["host"], mine["pid"], reason, mine["taken"], mine["token"])
    held = connection.execute(select(ObjectLock).where(ObjectLock.object == object).with_for_update()).one_or_none()
    if held is None:
        connection.execute(insert(ObjectLock).values(object=object, **mine))
        return record
    if held.host_identity != mine["host_identity"] or not process.is_dead(held.pid, held.process_started):
        raise Locked(_held(held, mine["taken"]))
    connection.execute(update(ObjectLock).where(ObjectLock.object == object).values(**mine))
    warning = (
        f"The lock on {object} of {held.owner} (process {held.pid} on {held.host}, taken {age(held.taken, mine['taken'])} ago, reason: "
        f"{held.reason}) was taken over: that process is dead. Its work may be half done; what is there is looked at again."
    )
    add_event(connection, "lock", "warning", object, warning)
    return replace(record, warning=warning)


def release(connection: Connection, lock: LockRecord) -> bool:
    """Give a lock back; False (and an event) when it was broken meanwhile, so that another run may have worked beside us."""
    if connection.execute(delete(ObjectLock).where(ObjectLock.object == lock.object, ObjectLock.token == lock.token)).rowcount:
        return True
    add_event(
        connection,
        "lock",
        "error",
        lock.object,
        f"The lock on {lock.object} was broken while {lock.owner} (process {lock.pid} on {lock.host}) held it.",
    )
    return False


def break_lock(connection: Connection, object: str) -> LockRecord | None:
    """Remove a lock, whoever has it; what it was, or None when there was none."""
    held = connection.execute(select(ObjectLock).where(ObjectLock.object == object).with_for_update()).one_or_none()
    if held is None:
        return None
    connection.execute(delete(ObjectLock).where(ObjectLock.object == object))
    text = f"The lock on {object} of {held.owner} (process {held.pid} on {held.host}, reason: {held.reason}) was broken from "
    text += f"{process.host_name()}."
    add_event(connection, "lock", "warning", object, text)
    return _record(held)


def locks(connection: Connection) -> list[LockRecord]:
    return [_record(row) for row in connection.execute(select(ObjectLock).order_by(ObjectLock.object))]


def _record(row: Row[Any]) -> LockRecord:
    return LockRecord(row.object, row.owner, row.host, row.pid, row.reason, row.taken, row.token)


def _held(held: Row[Any], at: datetime) -> str:
    return (
        f"{held.object} is locked by {held.owner} (process {held.pid} on host {held.host}) for {age(held.taken, at)}, since "
        f"{held.taken:%Y-%m-%d %H:%M:%S} UTC; reason: {held.reason}. Wait for that run. Only when it is certain that it is dead, break the "
        f"lock: heliostat.vdc.repository state=unlocked object={held.object}"
    )


def age(since: datetime, at: datetime) -> str:
    """A duration for people: ``42 s``, ``7 min``, ``3 h 5 min``, ``2 d 4 h``."""
    seconds = max(0, int((at - since).total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    minutes, hours = seconds // 60, seconds // 3600
    if minutes < 60:
        return f"{minutes} min"
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
