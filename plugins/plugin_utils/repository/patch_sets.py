# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patch sets, version by version, and patch targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ..model.errors import Refused
from ..model.patching.patch import PatchId
from ..model.patching.patch_set import PatchSet, PatchTarget, SetVersion
from . import schema
from .rows import add_row, storable
from .schema import Node, PatchResult, PatchSetGone, PatchSetPatch, PatchTargetNode, PatchTargetSet


def sets(connection: Connection, name: str | None) -> list[PatchSet]:
    """By name and version."""
    table = schema.PatchSet.__table__
    query, inside = select(table).order_by(table.c.name, table.c.version), select(PatchSetPatch.__table__).order_by(PatchSetPatch.position)
    if name is not None:
        query = query.where(table.c.name == name)
        inside = inside.where(PatchSetPatch.patch_set_id.in_(select(table.c.id).where(table.c.name == name)))
    patches: dict[int, list[PatchId]] = {}
    for row in connection.execute(inside):
        patches.setdefault(row.patch_set_id, []).append(PatchId(row.number, row.revision))
    return [
        PatchSet(
            row.name, row.version, row.release, tuple(patches.get(row.id, ())), row.frozen, row.baseline, row.reference, row.description
        )
        for row in connection.execute(query)
    ]


def gone(connection: Connection, name: str) -> int:
    """The highest version of a set that was taken away, 0 where none was."""
    return connection.execute(select(PatchSetGone.version).where(PatchSetGone.name == name)).scalar() or 0


def record_set(connection: Connection, wanted: PatchSet) -> bool:
    wanted = replace(wanted, description=storable(wanted.description))
    if len(set(wanted.patches)) < len(wanted.patches):
        raise Refused(f"patch set {wanted.key} names a patch twice.")
    key = _set_id(connection, wanted.key)
    known = next((one for one in sets(connection, wanted.name) if one.version == wanted.version), None)
    if known == wanted:
        return False
    if known and known.frozen:
        raise Refused(f"patch set {wanted.key} is frozen and stays as it is. Make the next version of it.")
    values: dict[str, Any] = {"release": wanted.release, "frozen": wanted.frozen, "baseline": wanted.baseline}
    values |= {"reference": wanted.reference, "description": wanted.description}
    if key is None:
        if wanted.version <= (last := gone(connection, wanted.name)):
            raise Refused(f"patch set {wanted.key} would not be a new version: numbers up to {last} were given before.")
        key = add_row(connection, schema.PatchSet, {"name": wanted.name, "version": wanted.version, **values})
    else:
        connection.execute(update(schema.PatchSet).where(schema.PatchSet.id == key).values(**values))
        connection.execute(delete(PatchSetPatch).where(PatchSetPatch.patch_set_id == key))
    rows = [
        {"patch_set_id": key, "position": position, "number": patch.number, "revision": patch.revision}
        for position, patch in enumerate(wanted.patches)
    ]
    if rows:
        connection.execute(insert(PatchSetPatch), rows)
    return True


def forget_set(connection: Connection, name: str, version: int) -> bool:
    wanted = SetVersion(name, version)
    key = _set_id(connection, wanted)
    if key is None:
        return False
    of_targets = select(schema.PatchTarget.name).join(PatchTargetSet).where(PatchTargetSet.patch_set_id == key)
    if targets := sorted(connection.execute(of_targets).scalars()):
        raise Refused(f"patch set {wanted} belongs to targets: {', '.join(targets)}. Take it out of them first.")
    of_nodes = select(Node.name).join(PatchResult, PatchResult.node_id == Node.id).where(PatchResult.patch_set_id == key).distinct()
    if nodes := sorted(connection.execute(of_nodes).scalars()):
        raise Refused(f"patch set {wanted} is kept: it was rolled out to {', '.join(nodes)}.")
    connection.execute(delete(schema.PatchSet).where(schema.PatchSet.id == key))
    if version > gone(connection, name):
        connection.execute(delete(PatchSetGone).where(PatchSetGone.name == name))
        connection.execute(insert(PatchSetGone).values(name=name, version=version))
    return True


def targets(connection: Connection, name: str | None) -> list[PatchTarget]:
    """By name; nodes by name, sets in their order."""
    table = schema.PatchTarget.__table__
    query = select(table).order_by(table.c.name)
    of_nodes = select(PatchTargetNode.patch_target_id, Node.name).join(Node, Node.id == PatchTargetNode.node_id).order_by(Node.name)
    of_sets = (
        select(PatchTargetSet.patch_target_id, schema.PatchSet.name, schema.PatchSet.version)
        .join(schema.PatchSet, schema.PatchSet.id == PatchTargetSet.patch_set_id)
        .order_by(PatchTargetSet.position)
    )
    nodes: dict[int, list[str]] = {}
    for row in connection.execute(of_nodes):
        nodes.setdefault(row.patch_target_id, []).append(row.name)
    versions: dict[int, list[SetVersion]] = {}
    for part in connection.execute(of_sets):
        versions.setdefault(part.patch_target_id, []).append(SetVersion(part.name, part.version))
    return [
        PatchTarget(row.name, tuple(sorted(nodes.get(row.id, ()))), tuple(versions.get(row.id, ())), row.description)
        for row in connection.execute(query if name is None else query.where(table.c.name == name))
    ]


def record_target(connection: Connection, wanted: PatchTarget) -> bool:
    wanted = replace(
        wanted, nodes=tuple(sorted(set(wanted.nodes))), sets=tuple(dict.fromkeys(wanted.sets)), description=storable(wanted.description)
    )
    if next(iter(targets(connection, wanted.name)), None) == wanted:
        return False
    nodes, versions = _node_ids(connection, wanted), _set_ids(connection, wanted)
    key = connection.execute(select(schema.PatchTarget.id).where(schema.PatchTarget.name == wanted.name).with_for_update()).scalar()
    if key is None:
        key = add_row(connection, schema.PatchTarget, {"name": wanted.name, "description": wanted.description})
    else:
        connection.execute(update(schema.PatchTarget).where(schema.PatchTarget.id == key).values(description=wanted.description))
        connection.execute(delete(PatchTargetNode).where(PatchTargetNode.patch_target_id == key))
        connection.execute(delete(PatchTargetSet).where(PatchTargetSet.patch_target_id == key))
    if nodes:
        connection.execute(insert(PatchTargetNode), [{"patch_target_id": key, "node_id": node} for node in nodes])
    if versions:
        rows = [{"patch_target_id": key, "patch_set_id": one, "position": position} for position, one in enumerate(versions)]
        connection.execute(insert(PatchTargetSet), rows)
    return True


def forget_target(connection: Connection, name: str) -> bool:
    return bool(connection.execute(delete(schema.PatchTarget).where(schema.PatchTarget.name == name)).rowcount)


def set_ids(connection: Connection, wanted: Iterable[SetVersion]) -> dict[SetVersion, int]:
    """Keys of set versions; what is not there is left out."""
    names = sorted({one.name for one in wanted})
    query = select(schema.PatchSet.id, schema.PatchSet.name, schema.PatchSet.version).where(schema.PatchSet.name.in_(names))
    return {SetVersion(row.name, row.version): row.id for row in connection.execute(query)} if names else {}


def _set_id(connection: Connection, key: SetVersion) -> int | None:
    table = schema.PatchSet
    return connection.execute(select(table.id).where(table.name == key.name, table.version == key.version).with_for_update()).scalar()


def _set_ids(connection: Connection, target: PatchTarget) -> list[int]:
    known = set_ids(connection, target.sets)
    if missing := [str(one) for one in target.sets if one not in known]:
        raise Refused(f"patch target {target.name}: there is no patch set {', '.join(missing)}. Make it with heliostat.vdc.patch_set.")
    return [known[one] for one in target.sets]


def _node_ids(connection: Connection, target: PatchTarget) -> list[int]:
    rows = {row.name: row.id for row in connection.execute(select(Node.name, Node.id))}
    if missing := [name for name in target.nodes if name not in rows]:
        raise Refused(
            f"patch target {target.name}: these nodes are not in the repository: {', '.join(missing)}. "
            "Register them with heliostat.vdc.node state=registered."
        )
    return [rows[name] for name in target.nodes]
