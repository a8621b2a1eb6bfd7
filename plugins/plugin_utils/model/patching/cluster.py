# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster as one of its nodes sees it, whichever framework it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Framework = Literal["solaris_cluster", "vcs"]


@dataclass(frozen=True, slots=True)
class Votes:
    """Solaris Cluster's quorum. ``nodes``: the votes that each node has now; those of quorum devices are in ``present`` alone."""

    needed: int
    present: int
    possible: int
    nodes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Group:
    """A resource group (Solaris Cluster) or service group (VCS): what it is on each of its nodes, in lower case.

    ``suspended``: nobody moves it by itself. ``parallel``: online on several nodes at once.
    """

    name: str
    states: Mapping[str, str]
    suspended: bool = False

    @property
    def online(self) -> tuple[str, ...]:
        return tuple(node for node, state in self.states.items() if state.startswith("online"))

    @property
    def parallel(self) -> bool:
        return len(self.online) > 1


@dataclass(frozen=True, slots=True)
class Cluster:
    """``member``: the node that was asked takes part now; one that does not knows nothing of the others.

    ``nodes``: those that are configured, and whether each is up. ``frozen``: those to which VCS moves nothing. ``votes`` is None for VCS,
    which has no quorum; ``connected`` is how many nodes its membership layer sees, 0 where that is not asked.
    ``commit``: Solaris Cluster wants ``scversions -c``; None where that is not known.
    """

    framework: Framework
    name: str
    node: str
    member: bool
    nodes: Mapping[str, bool] = field(default_factory=dict)
    frozen: frozenset[str] = frozenset()
    votes: Votes | None = None
    connected: int = 0
    groups: tuple[Group, ...] = ()
    commit: bool | None = None

    @property
    def others(self) -> tuple[str, ...]:
        """The other nodes that are up."""
        return tuple(name for name, up in self.nodes.items() if up and name != self.node)

    def carries(self, node: str) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if node in group.online)
