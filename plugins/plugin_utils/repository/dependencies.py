# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which vServer depends on which, as it was declared."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.orm import aliased

from ..model.dependencies import Dependencies
from ..model.errors import Refused
from ..model.vserver import VServer as Declaration
from .schema import VServer, VServerDependency


def masters(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Slave → its masters, for every vServer that has any."""
    slave, master = aliased(VServer), aliased(VServer)
    query = (
        select(slave.name.label("slave"), master.name.label("master"))
        .select_from(VServerDependency)
        .join(slave, slave.id == VServerDependency.slave_id)
        .join(master, master.id == VServerDependency.master_id)
        .order_by(slave.name, master.name)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(query):
        found[row.slave] = (*found.get(row.slave, ()), row.master)
    return found


def write(connection: Connection, slave: int, declared: Declaration) -> None:
    """Replaces the masters of a vServer. Raises Refused for one that is not known, InvalidDefinition for a cycle."""
    connection.execute(delete(VServerDependency).where(VServerDependency.slave_id == slave))
    if not declared.depends_on:
        return
    query = select(VServer.name, VServer.id).where(VServer.name.in_(declared.depends_on))
    ids = {row.name: row.id for row in connection.execute(query)}
    unknown = [name for name in declared.depends_on if name not in ids]
    if unknown:
        raise Refused(
            f"vServer {declared.name} depends on {unknown[0]}, which is not in the repository. "
            f"Place {unknown[0]} first, or correct depends_on."
        )
    connection.execute(insert(VServerDependency), [{"slave_id": slave, "master_id": ids[name]} for name in declared.depends_on])
    Dependencies(masters(connection))


def check_unneeded(connection: Connection, name: str) -> None:
    """Raises Refused where others depend on the vServer."""
    slaves = [slave for slave, found in masters(connection).items() if name in found]
    if slaves:
        raise Refused(f"vServer {name}: {', '.join(slaves)} depends on it. Remove it from depends_on there, or remove {slaves[0]} first.")
