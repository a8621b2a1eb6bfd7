# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers: their declaration, their node, their life-cycle state; and the rules that keep two of them apart."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Row, delete, insert, select, update

from ..model.errors import InvalidDefinition, Refused
from ..model.vserver import VServer as Declaration
from . import datasets, dependencies
from .luns import lun_ids, owners
from .plain import from_plain, to_plain
from .records import LIFECYCLE_STATES, MOVABLE_STATES, VServerRecord
from .rows import add_event, add_row, network_ids, now, pool_id
from .schema import ComputePool, Dataset, DatasetLun, Filesystem, Network, Node, ResourceControl, VServer, VServerNetwork


def record_vserver(connection: Connection, declared: Declaration, node: str | None, state: str | None) -> bool:
    """Add or update a vServer; True when declaration, node or state differ. State None keeps it (``defined`` at first)."""
    name = declared.name
    row = _row(connection, name)
    state = state or ("defined" if row is None else row.state)
    _check_state(name, state, node)
    _check_name(connection, declared, row, node)
    plain = to_plain(declared)
    if row is not None and (row.declared, row.node, row.state) == (plain, node, state):
        return False
    at, pool = now(), pool_id(connection, declared.compute_pool)
    values = {
        "compute_pool_id": pool,
        "node_id": None if node is None else _node_id(connection, declared, node),
        "brand": declared.brand,
        "ip_type": declared.ip_type,
        "state": state,
        "category": declared.category,
        "priority": declared.priority,
        "autoboot": declared.autoboot,
        "base_units": declared.resources.base_units,
        "declared": plain,
        "changed": at,
    }
    if row is None:
        vserver_id = add_row(connection, VServer, {"name": name, "created": at, **values})
        _write_parts(connection, vserver_id, pool, declared)
        dependencies.write(connection, vserver_id, declared)
        return True
    connection.execute(update(VServer).where(VServer.id == row.id).values(**values))
    if row.declared != plain:
        known = datasets.times(connection, row.id)
        for part in (Filesystem, Dataset, VServerNetwork, ResourceControl):
            connection.execute(delete(part).where(part.vserver_id == row.id))
        _write_parts(connection, row.id, pool, declared)
        datasets.keep(connection, row.id, known)
        dependencies.write(connection, row.id, declared)
    return True


def _row(connection: Connection, name: str) -> Row[VServer, str, str] | None:
    query = (
        select(VServer, ComputePool.name.label("compute_pool"), Node.name.label("node"))
        .join(ComputePool, ComputePool.id == VServer.compute_pool_id)
        .outerjoin(Node, Node.id == VServer.node_id)
    )
    return connection.execute(query.where(VServer.name == name).with_for_update(of=VServer)).one_or_none()


def _check_state(name: str, state: str, node: str | None) -> None:
    if state not in LIFECYCLE_STATES:
        raise Refused(
            f"vServer {name}: {state!r} is not a life-cycle state ({', '.join(LIFECYCLE_STATES)}). Run states are measured, not stored."
        )
    if node is None and state in ("installed", "activated"):
        raise Refused(f"vServer {name}: it cannot be {state} without a node. Place it first.")


def _check_name(connection: Connection, declared: Declaration, row: Row[VServer, str, str] | None, node: str | None) -> None:
    name = declared.name
    if row is None:
        if connection.execute(select(Node.id).where(Node.name == name)).scalar() is not None:
            raise Refused(f"vServer {name}: a node has this name. Inventory names are unique: rename the vServer.")
        return
    if row.compute_pool != declared.compute_pool:
        raise Refused(
            f"vServer {name}: a vServer of this name is in compute pool {row.compute_pool} (node {row.node or 'none'}, state {row.state}); "
            f"{declared.compute_pool} cannot have another one. Rename one of them, or remove the first."
        )
    if node is not None and row.node not in (None, node) and row.state not in MOVABLE_STATES:
        raise Refused(
            f"vServer {name}: it is {row.state} on node {row.node}; it cannot be on {node} as well. Detach it from {row.node} first."
        )


def _node_id(connection: Connection, declared: Declaration, node: str) -> int:
    query = select(Node.id, ComputePool.name).outerjoin(ComputePool, ComputePool.id == Node.compute_pool_id).where(Node.name == node)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise Refused(
            f"vServer {declared.name}: node {node} is not in the repository. Register it with heliostat.vdc.node state=registered."
        )
    node_id, pool = found
    if pool != declared.compute_pool:
        raise Refused(
            f"vServer {declared.name} belongs to compute pool {declared.compute_pool}, node {node} to {pool or 'none'}. "
            "Choose a node of its pool."
        )
    return int(node_id)


def _write_parts(connection: Connection, vserver_id: int, pool: int, declared: Declaration) -> None:
    keys = _write_datasets(connection, vserver_id, pool, declared)
    _write_networks(connection, vserver_id, declared)
    filesystems = []
    for position, filesystem in enumerate(declared.filesystems):
        if filesystem.dataset and filesystem.dataset not in keys:
            raise InvalidDefinition(
                f"vServer {declared.name}: file system {filesystem.mountpoint or filesystem.type} is on dataset {filesystem.dataset}, "
                f"which it does not declare (it has {', '.join(sorted(keys)) or 'none'})."
            )
        row = {"vserver_id": vserver_id, "position": position, "dataset_id": keys.get(filesystem.dataset or "")}
        filesystems.append(row | {name: getattr(filesystem, name) for name in ("type", "name", "mountpoint", "source", "size")})
        filesystems[-1]["options"] = list(filesystem.options)
    if filesystems:
        connection.execute(insert(Filesystem), filesystems)
    controls = [
        {"vserver_id": vserver_id, "name": name, "value": value}
        for name, value in to_plain(declared.resources).items()
        if isinstance(value, (int, float))  # words (a scheduling class) stand in the declaration only
    ]
    if controls:
        connection.execute(insert(ResourceControl), controls)


def _write_datasets(connection: Connection, vserver_id: int, pool: int, declared: Declaration) -> dict[str, int]:
    guids = [guid for dataset in declared.datasets for guid in dataset.luns]
    if len(set(guids)) < len(guids):
        twice = sorted({guid for guid in guids if guids.count(guid) > 1})
        raise InvalidDefinition(f"vServer {declared.name}: LUN {', '.join(twice)} is declared more than once.")
    if used := owners(connection, guids):  # its own are already removed
        guid, owner = sorted(used.items())[0]
        raise Refused(
            f"vServer {declared.name}: LUN {guid} is used by {owner}. Declare another LUN, or remove {owner.split('/')[0]} first."
        )
    ids, keys = lun_ids(connection, guids), {}
    for dataset in declared.datasets:
        clash = select(VServer.name).join(Dataset, Dataset.vserver_id == VServer.id)
        other = connection.execute(clash.where(Dataset.compute_pool_id == pool, Dataset.name == dataset.name)).scalar()
        if other:
            raise Refused(
                f"vServer {declared.name}: dataset {dataset.name} is also that of vServer {other} in compute pool {declared.compute_pool}; "
                "both could not be on one node. Rename one of them."
            )
        values = {
            "name": dataset.name,
            "compute_pool_id": pool,
            "vserver_id": vserver_id,
            "manager": dataset.manager,
            "layout": dataset.layout,
        }
        keys[dataset.name] = add_row(connection, Dataset, values)
        rows = [{"dataset_id": keys[dataset.name], "position": position, "lun_id": ids[guid]} for position, guid in enumerate(dataset.luns)]
        if rows:
            connection.execute(insert(DatasetLun), rows)
    return keys


def _write_networks(connection: Connection, vserver_id: int, declared: Declaration) -> None:
    ids = network_ids(connection, [leg.network for leg in declared.networks])
    for position, leg in enumerate(declared.networks):
        address = str(leg.address.ip)
        taken = (
            select(VServer.name)
            .join(VServerNetwork, VServerNetwork.vserver_id == VServer.id)
            .where(VServerNetwork.network_id == ids[leg.network], VServerNetwork.address == address)
        )
        if other := connection.execute(taken).scalar():
            raise Refused(
                f"vServer {declared.name}: address {address} of network {leg.network} is used by vServer {other}. Choose a free address."
            )
        row = {
            "vserver_id": vserver_id,
            "position": position,
            "network_id": ids[leg.network],
            "address": address,
            "prefix": leg.address.prefixlen,
        }
        connection.execute(insert(VServerNetwork).values(**row))


def set_vserver_state(connection: Connection, name: str, state: str) -> bool:
    """Change the life-cycle state; True when it was another one."""
    row = _row(connection, name)
    if row is None:
        raise Refused(f"vServer {name} is not in the repository. Define it first.")
    _check_state(name, state, row.node)
    if row.state == state:
        return False
    connection.execute(update(VServer).where(VServer.id == row.id).values(state=state, changed=now()))
    return True


def vservers(
    connection: Connection, node: str | None = None, compute_pool: str | None = None, names: Sequence[str] | None = None
) -> list[VServerRecord]:
    """vServers in the order of their names: of a node, of a compute pool, of the names, or all."""
    query = (
        select(VServer, ComputePool.name.label("compute_pool"), Node.name.label("node"))
        .join(ComputePool, ComputePool.id == VServer.compute_pool_id)
        .outerjoin(Node, Node.id == VServer.node_id)
        .order_by(VServer.name)
    )
    for column, wanted in ((Node.name, node), (ComputePool.name, compute_pool)):
        if wanted is not None:
            query = query.where(column == wanted)
    if names is not None:
        query = query.where(VServer.name.in_(names))
    return [_record(row) for row in connection.execute(query)]


def _record(row: Row[VServer, str, str]) -> VServerRecord:
    return VServerRecord(
        name=row.name,
        compute_pool=row.compute_pool,
        node=row.node,
        state=row.state,
        declared=from_plain(Declaration, row.declared),
        base_units=row.base_units,
        maintenance=row.maintenance,
        quarantine=row.quarantine,
        flag_reason=row.flag_reason,
        created=row.created,
        changed=row.changed,
    )


def forget_vserver(connection: Connection, name: str) -> bool:
    """Remove a vServer with its datasets from the repository; its LUNs are free then. False when it is not there.

    Raises Refused while others depend on it.
    """
    dependencies.check_unneeded(connection, name)
    if connection.execute(delete(VServer).where(VServer.name == name)).rowcount == 0:
        return False
    add_event(connection, "repository", "info", f"vserver {name}", f"vServer {name} was forgotten.")
    return True


def record_network(connection: Connection, name: str, type: str, subnet: str, gateway: str, vlan: int | None) -> bool:
    """Add or update a declared network; True when it differs."""
    values = {"type": type, "subnet": subnet, "gateway": gateway, "vlan": vlan}
    key = network_ids(connection, [name])[name]
    row = connection.execute(select(Network.type, Network.subnet, Network.gateway, Network.vlan).where(Network.id == key)).one()
    if row._asdict() == values:
        return False
    connection.execute(update(Network).where(Network.id == key).values(**values))
    return True
