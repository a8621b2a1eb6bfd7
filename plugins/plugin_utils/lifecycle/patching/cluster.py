# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster's node that is to be patched: what must hold before, how it is emptied, what must hold again afterwards.

That no two nodes of a cluster are patched at the same time is the business of ``patching/waves.py``; here each node is looked at alone.
The ways are those of the Sun Cluster System Administration Guide (chapter "Patching") and the VCS administrator's guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...commands import job, sun_cluster, vcs
from ...model.command import Command, Output
from ...model.errors import CommandFailed
from ...model.patching.cluster import Cluster, Framework, Group
from ...model.patching.patch import PatchId
from ...model.plan import Step, Wait
from .cluster_waits import MOVED, SPARED, Member, Moved, Online, Spared, engine, states, unsettled

#: Packages that make up the frameworks: Sun Cluster Software Installation Guide 3.2, VCS 5.x installation guide for Solaris.
FRAMEWORK = frozenset({
    "SUNWscr", "SUNWscu", "SUNWsczr", "SUNWsczu", "SUNWscsckr", "SUNWscsck", "SUNWscrif", "SUNWscderby", "SUNWsctelemetry", "SUNWscgds",
    "SUNWscdev", "SUNWscsal", "SUNWscsam", "SUNWscvm", "SUNWscrtlh", "SUNWscmasa", "SUNWscmd", "SUNWscnmr", "SUNWscnmu",
    "VRTSllt", "VRTSgab", "VRTSvxfen", "VRTSamf", "VRTSvcs", "VRTSvcsag", "VRTSperl",
})  # fmt: skip
#: How long groups may take to move, and a node to become a member again.
MOVING = 1800.0
#: How long VCS may take to stop on a node that carries nothing any more.
STOPPING = 600.0
#: Of a probe that may not be answered yet.
_ANY = frozenset(range(256))
_BOOT = Command.of(*job.BOOT_TIME.split())


@dataclass(frozen=True, slots=True)
class Visit:
    """A node that is to be patched. ``cluster`` is what the inventory says it belongs to, '' for none.

    ``rebooting``: it is going to leave its cluster for a while. ``framework`` are those of its patches that change the cluster's own
    software and of which nobody said that their README lets them go in node by node. ``out``: its patches are taken out.
    """

    node: str
    cluster: str = ""
    rebooting: bool = False
    framework: tuple[PatchId, ...] = ()
    out: bool = False

    @property
    def nothing(self) -> str:
        """What is said where it ended before the first patch."""
        return "Nothing was taken out" if self.out else "Nothing was patched"


def look(outputs: Mapping[Any, Output] | None = None) -> dict[str, Command]:
    """What to ask, given the answers so far: first whether the node is in a cluster at all, then about that."""
    if outputs is None:
        return {"mode": sun_cluster.mode(), "summary": vcs.summary(), "uname": Command.of("uname", "-n"), "boot": _BOOT}
    if outputs.keys() & {"nodes", "membership"}:
        return {}
    if sun_cluster.member(outputs["mode"]):
        return {
            "cluster": sun_cluster.clusters(), "nodes": sun_cluster.nodes(), "quorum": sun_cluster.quorum(),
            "groups": sun_cluster.groups(), "versions": sun_cluster.versions(), "still": _BOOT,
        }  # fmt: skip
    if not outputs["summary"].missing and vcs.runs(outputs["summary"]):
        return {"attributes": vcs.attributes(), "here": vcs.here(), "membership": vcs.membership(), "still": _BOOT}
    return {}


def rebooted(outputs: Mapping[Any, Output]) -> bool:
    """Between two questions: what was said before says nothing of what runs now."""
    return "still" in outputs and outputs["still"].stdout != outputs["boot"].stdout


def read(outputs: Mapping[Any, Output]) -> Cluster | None:
    """Of all answers. None for a node that is not booted as part of a cluster and has no VCS. Raises CommandFailed, ParseError."""
    here = outputs["uname"].stdout.strip()
    if sun_cluster.member(outputs["mode"]):
        return _solaris_cluster(here, outputs)
    if outputs["summary"].missing:
        return None
    if not vcs.runs(outputs["summary"]):
        return Cluster("vcs", "", here, member=False)
    if outputs["here"].rc == 0 and outputs["here"].stdout.strip():
        here = outputs["here"].stdout.strip()
    summary = vcs.parse_summary(outputs["summary"].stdout)
    ports = vcs.parse_membership(_said("gabconfig -a", outputs["membership"]))
    return Cluster(
        "vcs", vcs.parse_name(_said("haclus -display", outputs["attributes"])), here,
        member=summary.systems.get(here) == "RUNNING",
        nodes={name: state == "RUNNING" for name, state in summary.systems.items()},
        frozen=summary.frozen, connected=min(len(ports.get(port, "")) for port in ("a", "h")), groups=summary.groups,
    )  # fmt: skip


def _solaris_cluster(here: str, outputs: Mapping[Any, Output]) -> Cluster:
    if outputs["nodes"].missing:
        raise CommandFailed(
            f"node {here} is a member of a cluster and has no clnode: Sun Cluster before 3.2 is not supported. "
            "Patch it by hand as its System Administration Guide says (scswitch -S, boot -sx)."
        )
    nodes = sun_cluster.parse_nodes(_said("clnode status", outputs["nodes"]))
    return Cluster(
        "solaris_cluster", sun_cluster.parse_name(_said("cluster list", outputs["cluster"])), here,
        member=nodes.get(here, False), nodes=nodes,
        votes=sun_cluster.parse_quorum(_said("clquorum status", outputs["quorum"])),
        groups=sun_cluster.parse_groups(_said("clresourcegroup status", outputs["groups"])),
        commit=sun_cluster.parse_versions(_said("scversions", outputs["versions"])),
    )  # fmt: skip


def _said(command: str, output: Output) -> str:
    if output.rc != 0:
        raise CommandFailed(f"{command} ended with {output.rc}: {(output.stderr or output.stdout).strip()}")
    return output.stdout


def refused(visit: Visit, cluster: Cluster | None) -> str:
    """Why the node must not be patched now; '' where it may. ``cluster`` is what was read on it."""
    node = visit.node
    if cluster is not None and not visit.cluster:
        of = f" {cluster.name}" if cluster.name else ""
        return (
            f"node {node} belongs to a cluster{of}, and the inventory does not say so: other nodes of it could be patched at the same "
            "time. Set heliostat_patch_cluster to the cluster's name on all its nodes. Nothing was done."
        )
    if not visit.cluster:
        return ""
    if visit.framework:
        return _whole_cluster(visit, cluster.framework if cluster else "solaris_cluster")
    if cluster is None or not cluster.member:
        return _outside(visit)
    if cluster.name != visit.cluster:
        return (
            f"node {node} belongs to cluster {cluster.name}, not to {visit.cluster} as heliostat_patch_cluster says. Nodes of one cluster "
            "must have the same name there, or they could be patched at the same time. Nothing was done."
        )
    return _leaving(node, cluster) if visit.rebooting else ""


def _outside(visit: Visit) -> str:
    """A node that left its cluster for its patches takes nobody's quorum when it reboots: it only comes back."""
    if visit.rebooting:
        return ""
    return (
        f"node {visit.node} is no member of cluster {visit.cluster} now. See why (clnode status or hastatus -sum on another node) "
        "and bring it back: nothing is done on it while it is out, unless patches are on their way that want a reboot."
    )


def _leaving(node: str, cluster: Cluster) -> str:
    if not cluster.others:
        return (
            f"node {node} is the only one of cluster {cluster.name} that is up: what it runs would stop. Bring another node up first. "
            "Nothing was done."
        )
    if votes := cluster.votes:
        left = votes.present - votes.nodes.get(cluster.node, votes.present)
        if left < votes.needed:
            return (
                f"node {node}: cluster {cluster.name} has {votes.present} quorum votes, and without this node {left}, which is less than "
                f"the {votes.needed} it needs: all its nodes would panic. Bring the missing nodes or quorum devices back first (clquorum "
                "status). Nothing was done."
            )
    elif cluster.connected < len(cluster.others) + 1:
        return (
            f"node {node}: of cluster {cluster.name} {len(cluster.others) + 1} systems run, and GAB's ports a and h see "
            f"{cluster.connected} (none counts in jeopardy). Look at the links (lltstat -nvv, gabconfig -a) first. Nothing was done."
        )
    stuck = [group for group in cluster.groups if unsettled(group)]
    if stuck:
        return (
            f"node {node}: groups of cluster {cluster.name} are failing or on their way: {'; '.join(map(states, stuck))}. "
            "Wait or clear them first. Nothing was done."
        )
    homeless = [group.name for group in _to_move(cluster) if not _elsewhere(group, cluster)]
    if homeless:
        return (
            f"node {node} runs {', '.join(homeless)}, and no other node of cluster {cluster.name} that is up and not frozen may run that. "
            "Nothing was done."
        )
    return ""


def _whole_cluster(visit: Visit, framework: Framework) -> str:
    ids = ", ".join(map(str, visit.framework))
    command, go = ("patchrm", "go out") if visit.out else ("patchadd", "go in")
    if framework == "vcs":
        way = f"stop VCS on all nodes (hastop -all -force), unload vxfen, gab and llt, {command} on each node, and boot them all"
    else:
        way = f"cluster shutdown -y -g 0, boot every node with boot -sx, {command} on each of them, and boot them all"
    return (
        f"node {visit.node}: {ids} change the cluster's own software, which may have to be down on all nodes. Read their README. If it "
        f"says so: {way}. If it lets them {go} node by node, name them in heliostat_patch_cluster_rolling. Nothing was done."
    )


def _to_move(cluster: Cluster) -> list[Group]:
    """What runs here and on no other node. A group that runs on several nodes ends here with the node, and goes on there."""
    return [group for group in cluster.carries(cluster.node) if not group.parallel]


def _elsewhere(group: Group, cluster: Cluster) -> list[str]:
    return [name for name in cluster.others if name in group.states and name not in cluster.frozen]


def _step(visit: Visit, what: str, why: str, command: Command, wait: Wait | None = None) -> Step:
    return Step(visit.node, what, why, command, wait=wait, node=visit.node)


def emptied(visit: Visit, cluster: Cluster | None) -> list[Step]:
    """Before the node leaves: what it runs goes to the others. Nothing for a node that stays, or that has left already."""
    if cluster is None or not (visit.rebooting and cluster.member):
        return []
    moving = _to_move(cluster)
    why = f"it is going to be rebooted; it runs {', '.join(group.name for group in moving)}" if moving else "it is going to be rebooted"
    moved = Moved(cluster.node, cluster.framework, tuple(group.name for group in moving))
    if cluster.framework == "solaris_cluster":  # device groups move too, which clresourcegroup does not show: so it runs without groups too
        wait = Wait(
            sun_cluster.groups(), moved, frozenset({MOVED}), frozenset({"moving"}), 5.0, MOVING,
            advice=f"{visit.nothing}. See clresourcegroup status; what did move stays where it is (clnode evacuate {cluster.node})",
        )  # fmt: skip
        return [_step(visit, f"evacuate cluster node {cluster.node}", why, sun_cluster.evacuate(cluster.node), wait=wait)]
    wait = Wait(
        vcs.summary(), moved, frozenset({MOVED}), frozenset({"moving"}), 5.0, MOVING,
        advice=f"{visit.nothing}. See hastatus -sum and /var/VRTSvcs/log/engine_A.log; what did move stays where it is",
    )  # fmt: skip
    steps, carrying = [], {name: len(cluster.carries(name)) for name in cluster.others}
    for group in moving:
        target = min(_elsewhere(group, cluster), key=lambda name: carrying[name])  # the first of those that carry least
        carrying[target] += 1
        steps.append(_step(visit, f"switch service group {group.name} to {target}", why, vcs.switch(group.name, target)))
    if steps:
        steps[-1] = replace(steps[-1], wait=wait)
    steps.append(_spared(visit, cluster, vcs.summary()))
    stopped = Wait(vcs.summary(), engine, frozenset({"stopped"}), frozenset({"running"}), 5.0, STOPPING, advice=visit.nothing)
    return [*steps, _step(visit, "stop VCS on this node", "it is going to be rebooted", vcs.stop_here(), wait=stopped)]


def spared(visit: Visit, cluster: Cluster | None) -> list[Step]:
    """The last thing before the node leaves: hours can have gone by since it was looked at. (VCS is asked before it is stopped.)"""
    if cluster is None or not (visit.rebooting and cluster.member) or cluster.framework != "solaris_cluster":
        return []
    return [_spared(visit, cluster, sun_cluster.quorum())]


def _spared(visit: Visit, cluster: Cluster, probe: Command) -> Step:
    advice = "The node was emptied and stays a member. Bring the others back first, and run this again"
    wait = Wait(probe, Spared(cluster.node, cluster.framework), frozenset({SPARED}), frozenset(), 1.0, 60.0, advice=advice)
    return _step(visit, f"see that cluster {cluster.name} can do without node {cluster.node}", "it leaves now", probe, wait)


def joined(visit: Visit, cluster: Cluster | None) -> list[Step]:
    """After its last reboot: the node is a member again, its vote counts, and what was online in the cluster is.

    ``cluster`` is what was read before it left; None where an earlier run took it out, and nobody knows how it was.
    """
    if not visit.cluster or not visit.rebooting:
        return []
    framework = cluster.framework if cluster else "solaris_cluster"
    ran = tuple(group.name for group in cluster.groups if group.online) if cluster else ()
    votes = cluster.votes.present if cluster and cluster.votes else 0
    here = cluster.node if cluster else visit.node
    probes = {
        "solaris_cluster": (sun_cluster.quorum(), sun_cluster.groups()),
        "vcs": (vcs.summary(), vcs.summary()),
    }[framework]
    advice = (
        f"The {'back-out' if visit.out else 'roll-out'} of cluster {visit.cluster} ends here. See why on the node's console and with its "
        "cluster's commands on another node"
    )
    member = Wait(
        probes[0], Member(here, framework, votes), frozenset({"member"}), frozenset({"away", "joining"}), 5.0, MOVING, advice=advice
    )  # fmt: skip
    steps = [
        _step(
            visit,
            f"wait until node {here} is a member of cluster {visit.cluster}",
            "it was out for its patches",
            probes[0],
            member,
        )
    ]
    if ran:
        online = Wait(probes[1], Online(framework, ran), frozenset({"online"}), frozenset({"away", "moving"}), 5.0, MOVING, advice=advice)
        steps.append(_step(visit, f"wait until {', '.join(ran)} are online", "they were before", probes[1], wait=online))
    return [replace(step, command=replace(step.command, ok=_ANY)) for step in steps]


def committing(visit: Visit, cluster: Cluster | None, told: bool) -> tuple[list[Step], str]:
    """What scversions asks for: a step where the operator told us to, else a sentence for him. Never while patches are taken out: a commit
    is for what they brought.
    """
    if cluster is None or not cluster.commit or visit.out:
        return [], ""
    if told:
        return [_step(visit, "commit the cluster's new versions", "scversions says that a commit is needed", sun_cluster.commit())], ""
    return [], (
        f"cluster {cluster.name}: scversions says that an upgrade commit is needed. When all its nodes have their patches, run "
        "/usr/cluster/bin/scversions -c on one of them (it reconfigures the cluster), or this with heliostat_patch_cluster_commit: true."
    )
