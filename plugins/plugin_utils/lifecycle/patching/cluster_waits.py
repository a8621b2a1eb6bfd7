# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a cluster's groups and nodes are on their way to, read off what its commands print: states for ``Wait``."""

from __future__ import annotations

from dataclasses import dataclass

from ...commands import sun_cluster, vcs
from ...model.command import Output
from ...model.patching.cluster import Framework, Group

MOVED = "moved"
SPARED = "spared"


def states(group: Group) -> str:
    """For people."""
    return f"{group.name} {', '.join(f'{state} on {node}' for node, state in group.states.items())}"


def unsettled(group: Group) -> bool:
    """On its way, or failing. VCS joins two words by ``|`` for both."""
    return any(word in state for state in group.states.values() for word in ("pending", "error", "fault", "|"))


@dataclass(frozen=True, slots=True)
class Moved:
    """Whether ``groups``, which ran on ``node`` alone, are online elsewhere: ``moved``, ``moving``, or what stands in the way.

    clnode evacuate comes back when all is done, so a group that is offline then stays so; hagrp -switch comes back at once.
    """

    node: str
    framework: Framework
    groups: tuple[str, ...]

    def __call__(self, output: Output) -> str:
        if output.rc != 0:
            return f"unknown: {(output.stderr or output.stdout).strip()[:120]}"
        sun = self.framework == "solaris_cluster"
        groups = sun_cluster.parse_groups(output.stdout) if sun else vcs.parse_summary(output.stdout).groups
        ours = [group for group in groups if group.name in self.groups]
        for group in ours:
            if any("error" in state or "fault" in state for state in group.states.values()):
                return states(group)
        nowhere = [group for group in ours if not group.online]
        if any(unsettled(group) or self.node in group.online for group in ours) or (nowhere and not sun):
            return "moving"
        return f"{nowhere[0].name} online nowhere" if nowhere else MOVED


@dataclass(frozen=True, slots=True)
class Member:
    """Reads clquorum status or hastatus -sum: ``member``, ``joining``, or ``away`` while the cluster's commands do not answer."""

    node: str
    framework: Framework
    votes: int = 0

    def __call__(self, output: Output) -> str:
        if output.rc != 0:
            return "away"
        if self.framework == "vcs":
            return "member" if vcs.parse_summary(output.stdout).systems.get(self.node) == "RUNNING" else "joining"
        votes = sun_cluster.parse_quorum(output.stdout)
        return "member" if votes.nodes.get(self.node) and votes.present >= max(self.votes, votes.needed) else "joining"


@dataclass(frozen=True, slots=True)
class Spared:
    """Whether the cluster can do without a node: ``spared``, or what would be lost."""

    node: str
    framework: Framework

    def __call__(self, output: Output) -> str:
        if self.framework == "vcs" and output.rc != 0 and not vcs.runs(output):
            return SPARED  # an earlier run's hastop has just come to its end: it has left
        if output.rc != 0:
            return f"unknown: {(output.stderr or output.stdout).strip()[:120]}"
        if self.framework == "vcs":
            systems = vcs.parse_summary(output.stdout).systems
            others = [name for name, state in systems.items() if state == "RUNNING" and name != self.node]
            return SPARED if others else "no other system runs"
        votes = sun_cluster.parse_quorum(output.stdout)
        left = votes.present - votes.nodes.get(self.node, votes.present)
        return SPARED if left >= votes.needed else f"{left} votes left of {votes.needed} that are needed"


@dataclass(frozen=True, slots=True)
class Online:
    """Whether all these groups are online somewhere."""

    framework: Framework
    groups: tuple[str, ...]

    def __call__(self, output: Output) -> str:
        if output.rc != 0:
            return "away"
        groups = sun_cluster.parse_groups(output.stdout) if self.framework == "solaris_cluster" else vcs.parse_summary(output.stdout).groups
        failed = [group for group in groups if group.name in self.groups and any("error" in state for state in group.states.values())]
        if failed:
            return states(failed[0])
        return "online" if set(self.groups) <= {group.name for group in groups if group.online} else "moving"


def engine(output: Output) -> str:
    """Of VCS on the node that was asked."""
    return "running" if vcs.runs(output) else "stopped"
