# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that asks about its Solaris Cluster, and what the tables say."""

from __future__ import annotations

import functools
from collections.abc import Callable

from ... import membership
from ...call import Call, Handler
from ...clusters import Cluster, ResourceGroup
from ..honest import PACKAGED, simulated
from ..options import Unknown


def suncluster(*names: str) -> Callable[[Handler], Handler]:
    """Register a command of /usr/cluster/bin; on other machines it is not there. All but clinfo(1M) want root and a member."""
    PACKAGED.update(dict.fromkeys(names, ("suncluster", "")))

    def register(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def answer(call: Call) -> int:
            if call.machine.suncluster is None:
                call.err(f"sh: {call.argv[0]}: not found\n")
                return 127
            if call.user != "root" or call.zone is not None:
                raise Unknown("not as root in the global zone")
            if call.machine.name not in of(call).members:
                raise Unknown("on a node that is not in cluster mode")
            membership.settle(call.centre, call.now())
            return await handler(call)

        return simulated(*names)(answer)

    return register


def of(call: Call) -> Cluster:
    return call.centre.clusters[call.machine.suncluster or ""]


def node(call: Call, name: str) -> str:
    """A node of the cluster, by name or number."""
    nodes = of(call).nodes
    if name.isdigit() and 0 < int(name) <= len(nodes):
        return nodes[int(name) - 1]
    if name not in nodes:
        raise Unknown(f"the refusal of node {name}")
    return name


def group(call: Call, name: str) -> ResourceGroup:
    known = of(call).groups.get(name)
    if known is None:
        raise Unknown(f"the refusal of resource group {name}")
    return known


def table(heads: list[str], widths: list[int], rows: list[list[str]]) -> str:
    """Columns as wide as the released programs print them, wider where a name needs it."""
    cells = [heads, ["-" * len(head) for head in heads], *rows]
    widths = [max(width, *(len(row[place]) + 3 for row in cells)) for place, width in enumerate(widths)]
    return "".join("".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in cells)


def online(there: bool) -> str:
    return "Online" if there else "Offline"


def nodes_table(cluster: Cluster, names: list[str] | None = None) -> str:
    rows = [[name, online(name in cluster.members)] for name in names or cluster.nodes]
    return "\n=== Cluster Nodes ===\n\n--- Node Status ---\n\n" + table(["Node Name", "Status"], [54, 6], rows) + "\n"


def quorum_table(cluster: Cluster) -> str:
    votes = [str(number) for number in (membership.needed(cluster), membership.present(cluster), membership.possible(cluster))]
    text = "\n=== Cluster Quorum ===\n\n--- Quorum Votes Summary ---\n\n"
    for needed, present, possible in (("Needed", "Present", "Possible"), ("------", "-------", "--------"), votes):
        text += f"{'':12}{needed:<9}{present:<10}{possible}\n"
    heads = ["Present", "Possible", "Status"]
    rows = [[name, str(int(name in cluster.members)), "1", online(name in cluster.members)] for name in cluster.nodes]
    text += "\n\n--- Quorum Votes by Node ---\n\n" + table(["Node Name", *heads], [15, 13, 14, 6], rows)
    if cluster.devices:
        rows = []
        for device in cluster.devices:
            lent = membership.lent(cluster, device)
            rows.append([device.name, str(lent), str(device.votes), online(lent > 0)])
        text += "\n\n--- Quorum Votes by Device ---\n\n" + table(["Device Name", *heads], [17, 13, 14, 6], rows)
    return text + "\n"


def groups_table(groups: list[ResourceGroup]) -> str:
    text = "\n=== Cluster Resource Groups ===\n\n"
    rows: list[list[str]] = []
    for one in groups:
        rows += [[one.name if place == 0 else "", name, "No", online(name == one.online)] for place, name in enumerate(one.nodes)]
        rows.append([""] * 4)
    return text + table(["Group Name", "Node Name", "Suspended", "Status"], [16, 18, 15, 6], rows)
