# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""By which way a node gets its patches: patchadd on what runs or Live Upgrade, and either as a node of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..commands import live_upgrade as commands
from ..lifecycle.patching import cluster_node, environment, live_upgrade, policy, switching
from ..lifecycle.patching.backing_out import BackOut
from ..lifecycle.patching.cluster import Visit
from ..lifecycle.patching.cluster_node import ClusterNode
from ..lifecycle.patching.live_upgrade import LiveUpgrade
from ..lifecycle.patching.rollout import RollOut
from ..lifecycle.patching.steps import Steps
from ..model.errors import InvalidDefinition
from ..model.patching.due import Due
from ..model.patching.patch import PatchId
from .action import HeliostatAction

OPTIONS: dict[str, Any] = {
    "method": {"type": "str", "choices": ["patchadd", "live_upgrade"], "default": "patchadd"},
    "environment": {"type": "str"},
    "environment_minimum": {"type": "list", "elements": "str"},
    "other_pools": {"type": "bool", "default": False},
}
#: Host variables: the cluster that a node is of; patches of a cluster's own software that may go in node by node; whether to commit.
CLUSTER, ROLLING, COMMIT = "heliostat_patch_cluster", "heliostat_patch_cluster_rolling", "heliostat_patch_cluster_commit"


def upgrading(args: Mapping[str, Any], due: Due, chosen: policy.Policy, steps: Steps, warned: tuple[str, ...]) -> LiveUpgrade:
    """By Live Upgrade. Raises InvalidDefinition."""
    if args["zones"] != "all" or args["zones_at_once"]:
        raise InvalidDefinition("method: live_upgrade copies zones with the system: zones and zones_at_once are for method: patchadd.")
    if not args["backout"]:
        raise InvalidDefinition(
            "backout: false is for method: patchadd. Live Upgrade keeps what patches replace, in the copy too. Nothing was done."
        )
    name = args["environment"] or _name(due)
    if not commands.valid_name(name):
        raise InvalidDefinition(
            f"environment: {name!r} is no boot environment's name: at most 30 letters, digits, and - _ . behind the first."
        )
    minimum = args["environment_minimum"]
    kept = sum(chosen.sizes.get(patch, 0) for patch in due.install)
    wanted = live_upgrade.Policy(
        name=name,
        depot=chosen.depot,
        minimum=None if minimum is None else tuple(PatchId.parse(str(word)) for word in minimum),
        room=kept * 2 + chosen.headroom,  # what is replaced stays in the other boot environment, and its copy in /var/sadm
        reboots=chosen.reboots,
        other_pools=args["other_pools"],
        order=chosen.order,
        deadline=steps.batch,
        needed=chosen.needed,
        elsewhere=chosen.elsewhere,
    )
    return LiveUpgrade(steps.node, due, wanted, steps, warned)


def _name(due: Due) -> str:
    """Of the sets' versions, so that another version gets another boot environment."""
    versions = sorted({one for asked in due.asked_by.values() for one in asked})
    if not versions:
        raise InvalidDefinition(
            "method: live_upgrade wants a name for the boot environment where patches are named one by one (environment)."
        )
    return environment.name_of("_".join(f"{one.name}-{one.version}" for one in versions))


def in_cluster(action: HeliostatAction, patching: RollOut | LiveUpgrade, due: Due) -> ClusterNode[Any]:
    """The same, as a node of its cluster, if it is one. Raises InvalidDefinition, ParseError for what is no patch id."""
    node = patching.node
    declared = _variables(action, node)
    name = declared.get(CLUSTER) or ""
    rolling = declared.get(ROLLING) or []
    if not isinstance(name, str) or not isinstance(rolling, list) or not isinstance(declared.get(COMMIT, False), bool):
        raise InvalidDefinition(f"node {node}: {CLUSTER} is a name, {ROLLING} a list of patches, {COMMIT} true or false.")
    out = isinstance(patching, BackOut)
    return ClusterNode(
        patching,
        Visit(node, name, out=out),
        patching.steps,
        commit=declared.get(COMMIT, False),
        disturbs=switching.disturbs if isinstance(patching, LiveUpgrade) else cluster_node.at_once,
        depot=patching.policy.depot,
        patches=due.install,
        rolling=frozenset(PatchId.parse(str(word)) for word in rolling),
        changes=patching.changes if isinstance(patching, BackOut) else None,
    )


def lock_of(action: HeliostatAction, node: str) -> list[str]:
    """What keeps two runs from taking two nodes of a cluster at the same time."""
    name = _variables(action, node).get(CLUSTER)
    return [f"cluster {name}"] if name else []


def _variables(action: HeliostatAction, node: str) -> dict[str, Any]:
    found = action.vars.get("hostvars", {}).get(node, {})
    return {name: action.resolved(found[name]) for name in (CLUSTER, ROLLING, COMMIT) if name in found}


def seen(actual: Any) -> Any:
    """What is known of the node itself; None where it did not answer."""
    return (actual.inner if isinstance(actual, cluster_node.Known) else actual).seen
