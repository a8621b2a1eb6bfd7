# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All nodes and vServers in few queries and plain rows: what the inventory plugin needs, and what it can cache as JSON."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from .schema import Build, ComputePool, Network, Node, NodeNetwork, VServer, VServerNetwork

Host = dict[str, Any]


def hosts(connection: Connection) -> dict[str, dict[str, Host]]:
    """``{'nodes': {name: variables}, 'vservers': {name: variables}}``. Memory is bytes; addresses have no prefix."""
    nodes = _nodes(connection)
    return {"nodes": nodes, "vservers": _vservers(connection, nodes)}


def _nodes(connection: Connection) -> dict[str, Host]:
    names: dict[int, str] = {row.id: row.name for row in connection.execute(select(Node.id, Node.name))}
    query = (
        select(
            Node.id, Node.name, Node.kind, Node.state, ComputePool.name.label("compute_pool"), Node.carried_by_id, Node.address,
            Node.hostname, Node.release, Node.release_description, Node.release_update, Node.release_version, Node.architecture,
            Node.model, Node.cpus, Node.memory, Node.hostid, Node.brands, Build.name.label("build"),
            Build.version.label("build_version"), Node.maintenance, Node.quarantine,
        )
        .outerjoin(ComputePool, ComputePool.id == Node.compute_pool_id)
        .outerjoin(Build, Build.id == Node.build_id)
        .order_by(Node.name)
    )  # fmt: skip
    found: dict[str, Host] = {}
    for row in connection.execute(query).mappings():
        host: Host = {key: value for key, value in row.items() if key not in ("id", "name", "carried_by_id")}
        found[row["name"]] = host | {"carried_by": names.get(row["carried_by_id"] or 0), "networks": {}}
    for node_id, type_, link in connection.execute(
        select(NodeNetwork.node_id, NodeNetwork.type, NodeNetwork.link).order_by(NodeNetwork.type)
    ):
        found[names[node_id]]["networks"][type_] = link
    return found


def _vservers(connection: Connection, nodes: dict[str, Host]) -> dict[str, Host]:
    query = (
        select(
            VServer.name, VServer.state, ComputePool.name.label("compute_pool"), Node.name.label("node"), VServer.brand, VServer.ip_type,
            VServer.category, VServer.priority, VServer.autoboot, Build.name.label("build"), VServer.maintenance, VServer.quarantine,
        )
        .join(ComputePool, ComputePool.id == VServer.compute_pool_id)
        .outerjoin(Node, Node.id == VServer.node_id)
        .outerjoin(Build, Build.id == VServer.build_id)
        .order_by(VServer.name)
    )  # fmt: skip
    found: dict[str, Host] = {}
    for row in connection.execute(query).mappings():
        host: Host = {key: value for key, value in row.items() if key != "name"}
        carrier = nodes.get(host["node"] or "", {})
        found[row["name"]] = host | {"release": carrier.get("release"), "build": host["build"] or carrier.get("build"), "addresses": []}
    legs = (
        select(VServer.name, Network.name, Network.type, VServerNetwork.address)
        .join(VServerNetwork, VServerNetwork.vserver_id == VServer.id)
        .join(Network, Network.id == VServerNetwork.network_id)
        .order_by(VServerNetwork.vserver_id, VServerNetwork.position)
    )
    for name, network, type_, address in connection.execute(legs):
        found[name]["addresses"].append({"network": network, "type": type_, "address": address})
    return found
