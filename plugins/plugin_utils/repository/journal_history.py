# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the journal tells of the past: how long steps took, what was moved lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from .schema import Journal, JournalStep

_CHUNK = 500  # SQLite limits the parameters of one statement
_MOVES = ("vserver migration", "vserver recovery")


def durations(connection: Connection, objects: Sequence[str], beginnings: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """Object → step (without its node) → seconds, the youngest first, of operations that succeeded and of steps that begin so."""
    wanted = or_(*(JournalStep.what.startswith(beginning, autoescape=True) for beginning in beginnings))
    found: dict[str, dict[str, list[float]]] = {name: {} for name in objects}
    for start in range(0, len(objects), _CHUNK):
        query = (
            select(JournalStep.object, JournalStep.what, JournalStep.seconds)
            .join(Journal, Journal.id == JournalStep.journal_id)
            .where(JournalStep.object.in_(objects[start : start + _CHUNK]), Journal.outcome == "done", wanted)
            .order_by(JournalStep.journal_id.desc(), JournalStep.position)
        )
        for row in connection.execute(query):
            found[row.object].setdefault(row.what.partition(" (node ")[0], []).append(row.seconds)
    return found


def moved_since(connection: Connection, since: datetime) -> dict[str, datetime]:
    """vServer → when it last began to move, also where that failed, was broken off or still goes on."""
    query = (
        select(Journal.object, func.max(Journal.started).label("last"))
        .where(Journal.operation.in_(_MOVES), Journal.started >= since)
        .group_by(Journal.object)
        .order_by(Journal.object)
    )
    return {row.object: row.last for row in connection.execute(query)}
