# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clusters do when nodes come and go: membership, quorum votes, groups that move.

Solaris Cluster (System Administration Guide 820-4679, Concepts Guide): a node has one vote, a quorum device one less than its nodes;
more than half of all votes are needed. Members that lose them panic. A booting node waits until there is a quorum, and may count a
device only if its key was on it when the cluster last had members (amnesia). A node that was booted with ``-x`` is no member.
VCS has no votes: its engine starts when a member runs, or when all systems are there (gabconfig -c -nN), and a boot does not wait for it.

Not established: how long a real cluster needs to move a group, which depends on what the group carries.
"""

from __future__ import annotations

from .clusters import Cluster, QuorumDevice, ResourceGroup
from .truth import DataCentre, Machine, Service

SWITCH = 10.0  # seconds that a group needs to move
PATIENCE = 60  # seconds that a group may be online nowhere before it is an outage


def of(centre: DataCentre, machine: Machine) -> Cluster | None:
    return centre.clusters.get(machine.suncluster or machine.vcs or "")


def needed(cluster: Cluster) -> int:
    return possible(cluster) // 2 + 1


def possible(cluster: Cluster) -> int:
    return len(cluster.nodes) + sum(device.votes for device in cluster.devices)


def present(cluster: Cluster) -> int:
    """The votes of the members and of the devices that they hold."""
    return len(cluster.members) + sum(lent(cluster, device) for device in cluster.devices)


def lent(cluster: Cluster, device: QuorumDevice) -> int:
    """The votes that a device gives to the members."""
    return 0 if device.failed or not set(device.nodes) & set(cluster.members) else device.votes


def arrive(centre: DataCentre, node: str, now: int) -> bool:
    """A node's kernel comes up and wants to join. False: it has to wait (Solaris Cluster), or its engine does not start (VCS)."""
    machine = centre.machines[node]
    cluster = of(centre, machine)
    if cluster is None or machine.outside or node in cluster.members:
        return True
    if node not in cluster.waiting:
        cluster.waiting.append(node)
    if cluster.members or node in cluster.seeded:
        _join(cluster, [node])
    elif _may_form(cluster):
        _join(cluster, list(cluster.waiting))
    else:
        return False
    fail_over(centre, cluster, now)
    return True


def _may_form(cluster: Cluster) -> bool:
    if cluster.kind == "vcs":
        return set(cluster.waiting) >= set(cluster.nodes)
    there = set(cluster.waiting)
    own = sum(device.votes for device in cluster.devices if not device.failed and there & set(device.keys or device.nodes))
    return len(there) + own >= needed(cluster)


def _join(cluster: Cluster, nodes: list[str]) -> None:
    cluster.members = [node for node in cluster.nodes if node in cluster.members or node in nodes]
    cluster.waiting = [node for node in cluster.waiting if node not in nodes]
    cluster.expelled = [node for node in cluster.expelled if node not in nodes]
    cluster.asked = [node for node in cluster.asked if node not in nodes]
    for node in nodes:
        if cluster.kind == "vcs" and node not in cluster.seeded:
            cluster.seeded.append(node)
        cluster.states.pop(node, None)
        if cluster.frozen.get(node) is False:
            del cluster.frozen[node]  # it was frozen for this run of the engine only
    _reserve(cluster)


def _reserve(cluster: Cluster) -> None:
    """Members take the keys of those who are gone off the devices."""
    for device in [one for one in cluster.devices if not one.failed]:
        held = [node for node in device.nodes if node in cluster.members]
        device.keys = held or device.keys


def depart(centre: DataCentre, node: str, now: int, orderly: bool = False, hung: bool = False) -> list[str]:
    """A node's kernel is gone, or nobody hears of it any more. The answer: nodes that panic because their cluster lost its quorum."""
    cluster = of(centre, centre.machines[node])
    if cluster is None:
        return []
    cluster.waiting = [name for name in cluster.waiting if name != node]
    cluster.seeded = [name for name in cluster.seeded if name != node]
    if not hung:
        cluster.expelled = [name for name in cluster.expelled if name != node]
    if node not in cluster.members:
        return []
    if hung and len(cluster.members) > 1:
        cluster.expelled.append(node)
    cluster.members.remove(node)
    cluster.states[node] = "EXITED" if orderly else "FAULTED"
    for group in cluster.groups.values():
        if group.online == node or group.to == node:
            place(centre, cluster, group, "", now)
    if cluster.kind == "suncluster" and cluster.members and present(cluster) < needed(cluster):
        panicking, cluster.members = cluster.members, []
        cluster.events.append(["quorum_lost", f"cluster {cluster.name} lost its quorum when {node} left: {', '.join(panicking)} panicked"])
        for group in cluster.groups.values():
            place(centre, cluster, group, "", now)
        return panicking
    if cluster.members:
        _reserve(cluster)
        fail_over(centre, cluster, now)
    return []


def stop_all(centre: DataCentre, cluster: Cluster, now: int) -> list[str]:
    """The whole cluster stops as it was asked to: groups go offline, nobody loses a quorum. The answer: who was a member."""
    members, cluster.members, cluster.asked = cluster.members, [], list(cluster.nodes)
    for node in members:
        cluster.states[node] = "EXITED"
    for group in cluster.groups.values():
        place(centre, cluster, group, "", now)
    return members


def may_carry(centre: DataCentre, cluster: Cluster, group: ResourceGroup, node: str) -> bool:
    return node in group.nodes and node in cluster.members and node not in cluster.frozen and not centre.machines[node].single_user


def next_node(centre: DataCentre, cluster: Cluster, group: ResourceGroup, but: str = "") -> str:
    """The most preferred node that can carry the group; empty where none can."""
    return next((node for node in group.nodes if node != but and may_carry(centre, cluster, group, node)), "")


def fail_over(centre: DataCentre, cluster: Cluster, now: int) -> None:
    """Groups that should be online and are nowhere go where they can."""
    for group in cluster.groups.values():
        if group.wanted and not group.stopped and not group.online and not group.to and (node := next_node(centre, cluster, group)):
            place(centre, cluster, group, node, now)


def place(centre: DataCentre, cluster: Cluster, group: ResourceGroup, node: str, now: int) -> None:
    """The group is online on ``node`` and nowhere else; empty: nowhere."""
    group.online, group.to, group.due = node, "", 0
    if node or not group.wanted or cluster.announced:
        outage(cluster, group, now)
        group.stopped = group.stopped and not node
        group.down_since = 0
    else:
        group.down_since = group.down_since or now
    for name in group.nodes:
        show(centre, group, name, now)


def show(centre: DataCentre, group: ResourceGroup, name: str, now: int) -> None:
    """The group's services on one of its nodes."""
    for service in group.services:
        here = name == group.online
        centre.machines[name].services[service] = Service("online" if here else "disabled", since=now, enabled=False, temporary=here)


def booted(centre: DataCentre, node: str, now: int) -> None:
    """The node's services run as at the end of its boot: those of its groups are the cluster's to start."""
    cluster = of(centre, centre.machines[node])
    for group in cluster.groups.values() if cluster else ():
        if node in group.nodes:
            show(centre, group, node, now)


def single_user(centre: DataCentre, node: str, now: int) -> None:
    """The node goes to single user (init s): what it carried goes elsewhere. Whether a real node stays a member is not established."""
    cluster = of(centre, centre.machines[node])
    if cluster is not None:
        for group in cluster.groups.values():
            if group.online == node:
                place(centre, cluster, group, "", now)
        fail_over(centre, cluster, now)


def multi_user(centre: DataCentre, node: str, now: int) -> None:
    cluster = of(centre, centre.machines[node])
    if cluster is not None:
        fail_over(centre, cluster, now)


def outage(cluster: Cluster, group: ResourceGroup, now: int) -> None:
    """Tells the judge of a group that was online nowhere for too long."""
    event = ["group_down", f"group {group.name} of cluster {cluster.name} was down since {group.down_since} for longer than a switch needs"]
    if group.down_since and now - group.down_since > PATIENCE and event not in cluster.events:
        cluster.events.append(event)


def settle(centre: DataCentre, now: int) -> None:
    """What time does: groups that VCS was told to switch arrive, outages become too long."""
    for cluster in centre.clusters.values():
        for group in cluster.groups.values():
            if group.to and now >= group.due:
                target = group.to if may_carry(centre, cluster, group, group.to) else next_node(centre, cluster, group)
                place(centre, cluster, group, target, group.due)  # whenever somebody looks
            outage(cluster, group, now)


def down(cluster: Cluster) -> list[str]:
    """Nodes that are no members although nobody asked the whole cluster to stop."""
    return [node for node in cluster.nodes if node not in cluster.members and node not in cluster.asked]
