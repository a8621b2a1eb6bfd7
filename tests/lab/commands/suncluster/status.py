# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is: clnode status, clquorum status, clresourcegroup status, cluster status -t, scstat -n -q, scversions, clinfo(1M)."""

from __future__ import annotations

from ... import membership
from ...call import Call
from ...clusters import Cluster
from ..honest import S10, simulated
from ..options import Unknown, parse
from ..system import svr4_database as database
from . import moving
from .node import group, groups_table, node, nodes_table, of, quorum_table, suncluster

PARTS = {"node": "node", "quorum": "quorum", "resourcegroup": "resourcegroup", "rg": "resourcegroup"}


@suncluster("clnode")
async def clnode(call: Call) -> int:
    if call.args[:1] == ["evacuate"]:
        return await moving.clnode_evacuate(call)
    if call.args[:1] != ["status"]:
        raise Unknown()
    names = [node(call, name) for name in call.args[1:] if name != "+"]
    call.out(nodes_table(of(call), names))
    return 0


@suncluster("clquorum", "clq")
async def clquorum(call: Call) -> int:
    if call.args not in (["status"], ["status", "+"]):
        raise Unknown()
    call.out(quorum_table(of(call)))
    return 0


@suncluster("clresourcegroup", "clrg")
async def clresourcegroup(call: Call) -> int:
    if call.args[:1] == ["switch"]:
        return await moving.clrg_switch(call)
    if call.args[:1] == ["online"]:
        return await moving.clrg_online(call)
    if call.args[:1] != ["status"]:
        raise Unknown()
    names = [name for name in call.args[1:] if name != "+"]
    call.out(groups_table([group(call, name) for name in names] or list(of(call).groups.values())))
    return 0


@suncluster("cluster")
async def cluster(call: Call) -> int:
    """``list`` (the name), ``shutdown``, ``status`` of the parts whose layout is known: all in one would need those of devices too."""
    if call.args == ["list"]:
        call.out(of(call).name + "\n")
        return 0
    if call.args[:1] == ["shutdown"]:
        return await moving.cluster_shutdown(call, call.args[1:])
    flags, rest = parse(call.args[1:], "t:")
    if call.args[:1] != ["status"] or rest or not flags:
        raise Unknown()
    wanted = [PARTS.get(part, "") for _, parts in flags for part in parts.split(",")]
    if "" in wanted:
        raise Unknown()
    known = of(call)
    texts = {"node": nodes_table(known), "quorum": quorum_table(known), "resourcegroup": groups_table(list(known.groups.values()))}
    call.out("".join(text for part, text in texts.items() if part in wanted))
    return 0


@suncluster("scstat")
async def scstat(call: Call) -> int:
    flags, rest = parse(call.args, "nq")
    letters = {letter for letter, _ in flags}
    if rest or not letters:
        raise Unknown()
    known = of(call)
    texts = {"n": _scstat_nodes(known), "q": _scstat_quorum(known)}
    call.out(("-" * 66 + "\n\n").join(text for letter, text in texts.items() if letter in letters))
    return 0


def _scstat_nodes(known: Cluster) -> str:
    text = f"-- Cluster Nodes --\n\n{'':20}Node name           Status\n{'':20}---------           ------\n"
    return text + "".join(f"  Cluster node:     {name:<20}{_word(name in known.members)}\n" for name in known.nodes) + "\n"


def _scstat_quorum(known: Cluster) -> str:
    text = "-- Quorum Summary from latest node reconfiguration --\n\n"
    text += f"  Quorum votes possible:      {membership.possible(known)}\n  Quorum votes needed:        {membership.needed(known)}\n"
    text += f"  Quorum votes present:       {membership.present(known)}\n\n\n-- Quorum Votes by Node (current status) --\n\n"
    heads = "Present Possible Status\n" + " " * 20
    text += f"{'':20}Node Name           {heads}---------           ------- -------- ------\n"
    for name in known.nodes:
        there = name in known.members
        text += f"  Node votes:       {name:<20}{int(there):<8}{1:<9}{_word(there)}\n"
    text += f"\n\n-- Quorum Votes by Device (current status) --\n\n{'':20}Device Name         {heads}"
    text += "-----------         ------- -------- ------\n"
    for device in known.devices:
        lent = membership.lent(known, device)
        text += f"  Device votes:     {f'/dev/did/rdsk/{device.name}s2':<20}{lent:<8}{device.votes:<9}{_word(lent > 0)}\n"
    return text + "\n"


def _word(there: bool) -> str:
    return "Online" if there else "Offline"


@suncluster("scversions")
async def scversions(call: Call) -> int:
    """A commit is needed when all nodes have newer software of the cluster than it runs: patches on its packages (SUNWsc...)."""
    if call.args not in ([], ["-c"]):
        raise Unknown()
    known = of(call)
    if call.args:
        if len(known.members) < len(known.nodes):
            raise Unknown("a commit while not all nodes are members")
        known.committed = sorted(set(known.committed) | common(call))
    elif common(call) - set(known.committed):
        call.out("Upgrade commit is needed.\n")
    else:
        call.out("Upgrade commit is NOT needed. All versions match.\n")
    return 0


def common(call: Call) -> set[str]:
    """Patches on packages of the cluster that every node has."""
    machines = [call.centre.machines[name] for name in of(call).nodes]
    on_each = [
        {patch.id for patch in database.patches(one) if any(name.startswith("SUNWsc") for name in patch.packages)} for one in machines
    ]
    return set.intersection(*on_each)


@simulated("clinfo", on=S10)
async def clinfo(call: Call) -> int:
    """clinfo(1M): 0 where the node was booted as part of a cluster, 1 elsewhere; -n prints its number."""
    known = call.centre.clusters.get(call.machine.suncluster or "")
    member = known is not None and call.machine.name in known.members and call.zone is None
    if call.args == ["-n"] and member and known is not None:
        call.out(f"{known.nodes.index(call.machine.name) + 1}\n")
    elif call.args:
        raise Unknown()
    return 0 if member else 1
