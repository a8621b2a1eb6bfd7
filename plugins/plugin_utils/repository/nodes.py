# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes: what a discovery found, and what is decided about them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, or_, select, update
from sqlalchemy.orm import aliased

from ..model.errors import InvalidDefinition, Refused
from ..model.node import NodeFacts
from .luns import record_luns, show_luns
from .plain import from_plain, to_plain
from .records import LATER, NodeRecord
from .rows import add_event, add_row, now, pool_id
from .schema import (
    Address,
    Build,
    ComputePool,
    Disk,
    Link,
    LunVisibility,
    NetworkType,
    Node,
    NodeNetwork,
    PatchTarget,
    PatchTargetNode,
    VServer,
    VServerMove,
)

_NO_HOSTID = ("", "0", "00000000")
_LINK = "name kind mtu state over device speed mac vlan zone"
_ADDRESS = "interface address name state kind zone mac flags"
_MEASURED = {"disks": ("paths", "all_paths"), "links": ("state", "speed"), "addresses": ("state", "flags"), "groups": ("state", "unusable")}


def lasting(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of plain ``facts`` counts as a change when it differs.

    Left out: what moves by itself (states, flags, path counts), what belongs to a vServer (its zone, its pools, and links and
    addresses of it), and the order in which a command listed things.
    """
    kept = dict(facts)
    for part, measured in _MEASURED.items():
        items = [item for item in facts.get(part, ()) if not item.get("zone")]
        kept[part] = sorted(([(key, item[key]) for key in sorted(item) if key not in measured] for item in items), key=repr)
    kept["brands"] = sorted(facts.get("brands", ()))
    for part in ("zones", "pools"):
        kept.pop(part, None)
    return kept


def record_node(
    connection: Connection,
    name: str,
    facts: NodeFacts,
    compute_pool: str | None,
    networks: Mapping[str, str],
    address: str,
    base_units: int | None = None,
) -> bool:
    """Add or update a node; True when something that counts as a change differs (see ``lasting``)."""
    _check_names(connection, name, facts.hostid, networks)
    plain = to_plain(facts)
    row = connection.execute(_nodes().where(Node.name == name).with_for_update(of=Node)).one_or_none()
    before = None if row is None else dict(_networks(connection, row.id).get(row.name, {}))
    if row is not None and row.compute_pool != compute_pool:
        _refuse_pool_change(connection, row, compute_pool)
    at = now()
    values = {
        "compute_pool_id": None if compute_pool is None else pool_id(connection, compute_pool),
        "state": "registered",
        "address": address,
        "base_units": base_units,
        "kind": "gdom" if facts.is_guest else "physical",
        "carried_by_id": _carrier(connection, name, facts),
        "facts": plain,
        "discovered": at,
        **_columns(facts),
    }
    if row is None:
        node_id = add_row(connection, Node, {"name": name, "created": at, "changed": at, **values})
        _write_parts(connection, node_id, facts, networks)
        _take_guests(connection, node_id, facts)
        return True
    wanted = (compute_pool, address, base_units, "registered", dict(networks))
    same = (row.compute_pool, row.address, row.base_units, row.state, before) == wanted
    changed = not same or lasting(row.facts) != lasting(plain)
    connection.execute(update(Node).where(Node.id == row.id).values(changed=at if changed else row.changed, **values))
    if changed or row.facts != plain:
        for part in (NodeNetwork, Link, Address, Disk, LunVisibility):
            connection.execute(delete(part).where(part.node_id == row.id))
        _write_parts(connection, row.id, facts, networks)
    _take_guests(connection, row.id, facts)
    return changed


def _check_names(connection: Connection, name: str, hostid: str, networks: Mapping[str, str]) -> None:
    if pool := connection.execute(select(ComputePool.name).join(VServer).where(VServer.name == name)).scalar():
        raise Refused(f"node {name}: a vServer of compute pool {pool} has this name. Inventory names are unique: rename one of them.")
    if hostid not in _NO_HOSTID:
        twin = connection.execute(select(Node.name).where(Node.hostid == hostid, Node.name != name)).scalar()
        if twin:
            raise Refused(
                f"node {name}: its hostid {hostid} is that of node {twin}. If it is the same machine under a new name, forget {twin} first "
                "(heliostat.vdc.node state=absent); if not, give one of them another hostid: pools are imported by hostid."
            )
    known = set(connection.execute(select(NetworkType.name)).scalars())
    if unknown := sorted(set(networks) - known):
        raise InvalidDefinition(f"node {name}: network type {', '.join(unknown)} is not one of {', '.join(sorted(known))}.")


def _carrier(connection: Connection, name: str, facts: NodeFacts) -> int | None:
    """The node that carries a guest domain, where it is registered and no other is like it."""
    if not facts.is_guest:
        return None
    told = connection.execute(select(Node.id, Node.facts).where(Node.name != name)).all()
    carriers = [row.id for row in told if from_plain(NodeFacts, row.facts).carries(facts)]
    return carriers[0] if len(carriers) == 1 else None


def _take_guests(connection: Connection, node_id: int, facts: NodeFacts) -> None:
    """Guest domains that were registered before the node that carries them."""
    if facts.domain is None or not facts.domain.control:
        return
    for row in connection.execute(select(Node.id, Node.facts).where(Node.kind == "gdom", Node.carried_by_id.is_(None))).all():
        if facts.carries(from_plain(NodeFacts, row.facts)):
            connection.execute(update(Node).where(Node.id == row.id).values(carried_by_id=node_id))


def _refuse_pool_change(connection: Connection, row: Row[Node, str, str, str], compute_pool: str | None) -> None:
    living = connection.execute(select(VServer.name).where(VServer.node_id == row.id).order_by(VServer.name)).scalars().all()
    if living:
        raise Refused(
            f"node {row.name}: it is in compute pool {row.compute_pool} and carries {', '.join(living)}; it cannot go to "
            f"{compute_pool or 'no pool'}. Evacuate it first."
        )


def _columns(facts: NodeFacts) -> dict[str, Any]:
    release = facts.release
    return {
        "hostname": facts.hostname,
        "release": release.family,
        "release_description": release.description,
        "release_update": release.update,
        "release_version": release.version,
        "architecture": release.architecture,
        "model": facts.model,
        "cpus": facts.cpus,
        "cores": facts.cores,
        "chips": facts.chips,
        "memory": facts.memory,
        "hostid": facts.hostid,
        "brands": list(facts.brands),
    }


def _write_parts(connection: Connection, node_id: int, facts: NodeFacts, networks: Mapping[str, str]) -> None:
    show_luns(connection, node_id, facts.disks, record_luns(connection, facts.disks))
    disks = {
        disk.device: {"device": disk.device, "size": disk.size, "vendor": disk.vendor, "product": disk.product}
        for disk in facts.disks
        if not disk.guid
    }
    links = {link.name: _named(link, _LINK) for link in facts.links}
    addresses = [
        {"position": position, "ipmp_group": found.group, **_named(found, _ADDRESS)} for position, found in enumerate(facts.addresses)
    ]
    types = [{"type": type_, "link": link} for type_, link in networks.items()]
    for table, rows in ((Disk, disks.values()), (Link, links.values()), (Address, addresses), (NodeNetwork, types)):
        if rows:
            connection.execute(insert(table), [{"node_id": node_id, **row} for row in rows])


def _named(value: object, names: str) -> dict[str, Any]:
    return {name: to_plain(getattr(value, name)) for name in names.split()}


@functools.cache
def _nodes() -> Select[Node, str, str, str]:
    carrier = aliased(Node)
    return (
        select(Node, ComputePool.name.label("compute_pool"), carrier.name.label("carried_by"), Build.name.label("build"))
        .outerjoin(ComputePool, ComputePool.id == Node.compute_pool_id)
        .outerjoin(carrier, carrier.id == Node.carried_by_id)
        .outerjoin(Build, Build.id == Node.build_id)
    )


def _networks(connection: Connection, node_id: int | None = None) -> dict[str, dict[str, str]]:
    query = select(Node.name, NodeNetwork.type, NodeNetwork.link).join(NodeNetwork, NodeNetwork.node_id == Node.id)
    found: dict[str, dict[str, str]] = {}
    for name, type_, link in connection.execute(query if node_id is None else query.where(Node.id == node_id)):
        found.setdefault(name, {})[type_] = link
    return found


def nodes(connection: Connection, compute_pool: str | None = None, name: str | None = None) -> list[NodeRecord]:
    """Nodes in the order of their names, those of one compute pool or all."""
    query = _nodes().order_by(Node.name)
    if compute_pool is not None:
        query = query.where(ComputePool.name == compute_pool)
    if name is not None:
        query = query.where(Node.name == name)
    networks = _networks(connection)
    return [_record(row, networks.get(row.name, {})) for row in connection.execute(query)]


def _record(row: Row[Node, str, str, str], networks: Mapping[str, str]) -> NodeRecord:
    return NodeRecord(
        name=row.name,
        kind=row.kind,
        state=row.state,
        compute_pool=row.compute_pool,
        carried_by=row.carried_by,
        address=row.address,
        facts=from_plain(NodeFacts, row.facts),
        networks=networks,
        build=row.build,
        base_units=row.base_units,
        maintenance=row.maintenance,
        quarantine=row.quarantine,
        flag_reason=row.flag_reason,
        discovered=row.discovered,
    )


def forget_node(connection: Connection, name: str) -> bool:
    """Remove a node; False when it is not there. Refused while vServers or guest domains are recorded on it, or a patch target has it."""
    node_id = connection.execute(select(Node.id).where(Node.name == name)).scalar()
    if node_id is None:
        return False
    living = connection.execute(select(VServer.name).where(VServer.node_id == node_id).order_by(VServer.name)).scalars().all()
    if living:
        raise Refused(f"node {name}: vServers {', '.join(living)} live there. Evacuate or remove them, then forget the node.")
    ways = select(VServer.name).join(VServerMove, VServerMove.vserver_id == VServer.id)
    ways = ways.where(or_(VServerMove.source_id == node_id, VServerMove.target_id == node_id)).order_by(VServer.name)
    if moving := connection.execute(ways).scalars().all():
        raise Refused(f"node {name}: vServers {', '.join(moving)} are on their way from or to it. Let them arrive, then forget the node.")
    carried = connection.execute(select(Node.name).where(Node.carried_by_id == node_id).order_by(Node.name)).scalars().all()
    if carried:
        raise Refused(f"node {name}: it carries the guest domains {', '.join(carried)}. Migrate or remove them, then forget the node.")
    targets = select(PatchTarget.name).join(PatchTargetNode, PatchTargetNode.patch_target_id == PatchTarget.id)
    targets = targets.where(PatchTargetNode.node_id == node_id).order_by(PatchTarget.name)
    if named := connection.execute(targets).scalars().all():
        raise Refused(f"node {name}: patch targets {', '.join(named)} have it. Declare them without it, then forget the node.")
    connection.execute(delete(Node).where(Node.id == node_id))
    add_event(connection, "repository", "info", f"node {name}", f"Node {name} was forgotten.")
    return True


def flag_node(connection: Connection, name: str, maintenance: bool | None, quarantine: bool | None, reason: str, ended: str = "") -> bool:
    """Set or clear the flags that keep work off a node; None leaves one as it is. True when a flag or the reasons changed.

    A further reason is kept behind the earlier ones, until it has ``ended`` or no flag is left; when each came is told by the events.
    """
    columns = (Node.id, Node.maintenance, Node.quarantine, Node.flag_reason)
    row = connection.execute(select(*columns).where(Node.name == name).with_for_update()).one_or_none()
    if row is None:
        raise Refused(f"node {name} is not in the repository. Register it with heliostat.vdc.node state=registered.")
    wanted = (row.maintenance if maintenance is None else maintenance, row.quarantine if quarantine is None else quarantine)
    reasons = LATER.join(part for part in _parts(row.flag_reason, reason) if part != ended) if any(wanted) else ""
    if (*wanted, reasons) == (row.maintenance, row.quarantine, row.flag_reason):
        return False
    values = {"maintenance": wanted[0], "quarantine": wanted[1], "flag_reason": reasons, "changed": now()}
    connection.execute(update(Node).where(Node.id == row.id).values(**values))
    text = f"Node {name}: maintenance {'on' if wanted[0] else 'off'}, quarantine {'on' if wanted[1] else 'off'}. {reason}".strip()
    add_event(connection, "repository", "warning" if any(wanted) else "info", f"node {name}", text)
    return True


def _parts(reasons: str, reason: str) -> list[str]:
    return list(dict.fromkeys(part for part in (*reasons.split(LATER), *reason.split(LATER)) if part))
