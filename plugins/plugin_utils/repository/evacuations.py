# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes are emptied for maintenance, and what goes back to them: a killed evacuation is continued from it, and so is the return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select, update

from ..model.errors import Refused
from .records import EvacuationRecord
from .rows import now
from .schema import Evacuation, Node


def evacuations(connection: Connection) -> dict[str, EvacuationRecord]:
    """Node → its evacuation that has not been undone."""
    query = select(Node.name, Evacuation).join(Evacuation, Evacuation.node_id == Node.id).order_by(Node.name)
    return {
        row.name: EvacuationRecord(row.name, row.begun_by, row.began, dict(row.homes), frozenset(row.ran))
        for row in connection.execute(query)
    }


def note(connection: Connection, node: str, by: str, homes: Mapping[str, str], ran: Iterable[str]) -> bool:
    """Adds to a node's evacuation, which begins with the first note: vServers with the node that each returns to, and those that are to run
    when all is done. Where one returns to is what was noted first. True when something was added."""
    node_id = connection.execute(select(Node.id).where(Node.name == node).with_for_update()).scalar()
    if node_id is None:
        raise Refused(f"node {node} is not in the repository. Register it with heliostat.vdc.node state=registered.")
    known = evacuations(connection).get(node)
    if known is None:
        values = {"node_id": node_id, "begun_by": by, "began": now(), "homes": dict(homes), "ran": sorted(ran)}
        connection.execute(insert(Evacuation).values(**values))
        return True
    wanted = {**homes, **known.homes}, sorted({*known.ran, *ran})
    if wanted == (dict(known.homes), sorted(known.ran)):
        return False
    connection.execute(update(Evacuation).where(Evacuation.node_id == node_id).values(homes=wanted[0], ran=wanted[1]))
    return True


def settle(connection: Connection, node: str, ran: Iterable[str]) -> bool:
    """A run has come to its end: only these are still to run. True when that is news."""
    known = evacuations(connection).get(node)
    if known is None or known.ran == frozenset(ran):
        return False
    ids = select(Node.id).where(Node.name == node)
    connection.execute(update(Evacuation).where(Evacuation.node_id.in_(ids)).values(ran=sorted(ran)))
    return True


def end(connection: Connection, node: str) -> bool:
    """Nothing goes back to the node any more."""
    ids = select(Node.id).where(Node.name == node)
    return bool(connection.execute(delete(Evacuation).where(Evacuation.node_id.in_(ids))).rowcount)
