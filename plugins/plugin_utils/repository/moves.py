# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of moves: a vServer that has left one node and may not have reached the other. A killed run is continued from it."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from sqlalchemy import Connection, Select, delete, insert, select, update
from sqlalchemy.orm import aliased

from ..model.errors import Refused
from .records import MoveRecord
from .rows import now
from .schema import Node, VServer, VServerMove


@functools.cache
def _moves() -> Select[str, VServerMove, str, str]:
    source, target = aliased(Node), aliased(Node)
    return (
        select(VServer.name, VServerMove, source.name.label("source"), target.name.label("target"))
        .join(VServerMove, VServerMove.vserver_id == VServer.id)
        .join(source, source.id == VServerMove.source_id)
        .join(target, target.id == VServerMove.target_id)
        .order_by(VServer.name)
    )


def moves(connection: Connection, names: Sequence[str] | None = None) -> dict[str, MoveRecord]:
    """vServer → its unfinished move."""
    query = _moves() if names is None else _moves().where(VServer.name.in_(names))
    return {
        row.name: MoveRecord(row.name, row.source, row.target, row.running, row.proof, row.begun_by, row.began)
        for row in connection.execute(query)
    }


def begin(connection: Connection, name: str, source: str, target: str, running: bool, proof: str, by: str) -> bool:
    """Writes down that a vServer leaves ``source`` for ``target``; a new target replaces the old one. True when it changed."""
    known = moves(connection, [name]).get(name)
    if known is not None and (known.source, known.target, known.proof) == (source, target, proof):
        return False
    vserver = connection.execute(select(VServer.id).where(VServer.name == name)).scalar()
    if vserver is None:
        raise Refused(f"vServer {name} is not in the repository. Register its node, or place it first.")
    ids = {row.name: row.id for row in connection.execute(select(Node.name, Node.id).where(Node.name.in_([source, target])))}
    for node in (source, target):
        if node not in ids:
            raise Refused(f"vServer {name}: node {node} is not in the repository. Register it with heliostat.vdc.node state=registered.")
    connection.execute(delete(VServerMove).where(VServerMove.vserver_id == vserver))
    values = {"vserver_id": vserver, "source_id": ids[source], "target_id": ids[target], "running": running, "proof": proof}
    connection.execute(insert(VServerMove).values(**values, begun_by=by, began=known.began if known else now()))
    return True


def end(connection: Connection, name: str, node: str, state: str) -> None:
    """The vServer has arrived on ``node``: from now on it lives there."""
    vserver = connection.execute(select(VServer.id).where(VServer.name == name)).scalar_one()
    node_id = connection.execute(select(Node.id).where(Node.name == node)).scalar_one()
    connection.execute(update(VServer).where(VServer.id == vserver).values(node_id=node_id, state=state, changed=now()))
    connection.execute(delete(VServerMove).where(VServerMove.vserver_id == vserver))
