# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What patches nodes were seen to have, and what became of each the last time that it was worked on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, true

from ..model.errors import Refused, RepositoryError
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import SetVersion
from ..model.patching.result import PatchResult
from . import schema
from .patch_sets import set_ids
from .rows import now, storable
from .schema import Node, NodePatch

#: Characters of a log that are kept: the end, where errors are.
TAIL = 8192
_AT_ONCE = 500


def installed(connection: Connection, nodes: Collection[str] | None) -> dict[str, Mapping[PatchId, datetime]]:
    query = select(Node.name, NodePatch.number, NodePatch.revision, NodePatch.since).join(Node, Node.id == NodePatch.node_id)
    found: dict[str, dict[PatchId, datetime]] = {}
    for row in connection.execute(query.where(_among(nodes)).order_by(Node.name, NodePatch.number, NodePatch.revision)):
        if nodes is None or row.name in nodes:
            found.setdefault(row.name, {})[PatchId(row.number, row.revision)] = row.since
    return dict(found)


def _among(nodes: Collection[str] | None) -> ColumnElement[bool]:
    """The database leaves out the other nodes where it is a few; of many the caller picks."""
    return true() if nodes is None or len(nodes) > _AT_ONCE else Node.name.in_(nodes)


def note_installed(connection: Connection, node: str, patches: frozenset[PatchId]) -> tuple[list[PatchId], list[PatchId]]:
    key = _node_ids(connection, [node])[node]
    of_it = select(NodePatch.number, NodePatch.revision).where(NodePatch.node_id == key)
    known = {PatchId(row.number, row.revision) for row in connection.execute(of_it)}
    came, went = sorted(patches - known), sorted(known - patches)
    for patch in went:
        of_patch = (NodePatch.node_id == key, NodePatch.number == patch.number, NodePatch.revision == patch.revision)
        connection.execute(delete(NodePatch).where(*of_patch))
    at = now()
    if came:
        rows = [{"node_id": key, "number": patch.number, "revision": patch.revision, "since": at} for patch in came]
        connection.execute(insert(NodePatch), rows)
    return came, went


def results(connection: Connection, nodes: Collection[str] | None, set_name: str | None = None) -> list[PatchResult]:
    table = schema.PatchResult.__table__
    query = (
        select(Node.name.label("node"), table, schema.PatchSet.name.label("set_name"), schema.PatchSet.version)
        .join(Node, Node.id == table.c.node_id)
        .outerjoin(schema.PatchSet, schema.PatchSet.id == table.c.patch_set_id)
        .order_by(Node.name, table.c.number, table.c.revision)
    )
    if set_name is not None:
        query = query.where(schema.PatchSet.name == set_name)
    return [
        PatchResult(
            row.node,
            PatchId(row.number, row.revision),
            row.state,
            row.at,
            row.reason,
            row.log,
            row.booted,
            None if row.set_name is None else SetVersion(row.set_name, row.version),
            row.journal_id,
            row.global_only,
        )
        for row in connection.execute(query.where(_among(nodes)))
        if nodes is None or row.node in nodes
    ]


def note_results(connection: Connection, given: Sequence[PatchResult]) -> bool:
    ids = _node_ids(connection, sorted({one.node for one in given}))
    sets = set_ids(connection, {one.set for one in given if one.set is not None})
    wanted = {(one.node, one.patch): _stored(one, sets) for one in given}
    known = {(one.node, one.patch): one for one in results(connection, frozenset(ids))}
    news = [key for key, one in wanted.items() if key not in known or replace(known[key], at=one.at) != one]
    _delete(connection, [(ids[node], patch) for node, patch in wanted])
    rows = [
        {
            "node_id": ids[one.node],
            "number": one.patch.number,
            "revision": one.patch.revision,
            "state": one.state,
            "reason": one.reason,
            "log": one.log,
            "at": one.at,
            "booted": one.booted,
            "journal_id": one.journal,
            "patch_set_id": None if one.set is None else sets[one.set],
            "global_only": one.global_only,
        }
        for one in wanted.values()
    ]
    if rows:
        connection.execute(insert(schema.PatchResult), rows)
    return bool(news)


def _delete(connection: Connection, which: Sequence[tuple[int, PatchId]]) -> None:
    table = schema.PatchResult
    of_it = (table.node_id == bindparam("of_node"), table.number == bindparam("of_number"), table.revision == bindparam("of_revision"))
    rows = [{"of_node": node, "of_number": patch.number, "of_revision": patch.revision} for node, patch in which]
    if rows:
        connection.execute(delete(table).where(*of_it), rows)


def _stored(one: PatchResult, sets: Mapping[SetVersion, int]) -> PatchResult:
    if one.set is not None and one.set not in sets:
        raise RepositoryError(f"patch {one.patch} on {one.node}: there is no patch set {one.set} in the repository.")
    return replace(one, reason=storable(one.reason), log=storable(one.log)[-TAIL:])


def _node_ids(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(names), _AT_ONCE):
        query = select(Node.name, Node.id).where(Node.name.in_(names[start : start + _AT_ONCE]))
        found |= {row.name: row.id for row in connection.execute(query)}
    if missing := [name for name in names if name not in found]:
        raise Refused(f"node {', '.join(missing)} is not in the repository. Register it with heliostat.vdc.node state=registered.")
    return found
