# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The truth of clusters: Solaris Cluster and Veritas Cluster Server. What they do is in membership.py.

Nodes are machines of the data centre by name; times are seconds of the lab's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

KINDS = ("suncluster", "vcs")


@dataclass
class QuorumDevice:
    """A device that lends votes to whoever holds it: one less than the nodes that it is connected to."""

    name: str
    nodes: list[str]
    keys: list[str] = field(default_factory=list)  # whose reservation keys are on it: the members, when the membership last changed
    failed: bool = False  # nobody reaches it

    @property
    def votes(self) -> int:
        return len(self.nodes) - 1


@dataclass
class ResourceGroup:
    """A resource group of Solaris Cluster or a (failover) service group of VCS."""

    name: str
    nodes: list[str]  # the preferred one first
    services: list[str] = field(default_factory=list)  # SMF services (FMRIs) that run where the group is online
    online: str = ""  # a node, or nowhere
    wanted: bool = True  # False: taken offline on purpose
    stopped: bool = False  # VCS: its engine was stopped under it: it goes nowhere by itself
    down_since: int = 0  # since when it is online nowhere although it should be
    to: str = ""  # VCS switches in the background: to this node
    due: int = 0  # at this time


@dataclass
class Cluster:
    name: str
    kind: str  # one of KINDS
    nodes: list[str]
    version: str = ""
    devices: list[QuorumDevice] = field(default_factory=list)
    groups: dict[str, ResourceGroup] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # nodes whose boot waits until the cluster has quorum
    expelled: list[str] = field(default_factory=list)  # nodes that hung until the others gave them up: they panic when they go on
    asked: list[str] = field(default_factory=list)  # nodes that were asked to stop, all together, and are not back yet
    events: list[list[str]] = field(default_factory=list)  # [kind, text] of alarms that the judge has not raised yet
    committed: list[str] = field(default_factory=list)  # Solaris Cluster: patches on its packages when versions were last committed
    seeded: list[str] = field(default_factory=list)  # VCS: nodes whose GAB is up
    states: dict[str, str] = field(default_factory=dict)  # VCS: of systems that do not run the engine: EXITED, FAULTED
    frozen: dict[str, bool] = field(default_factory=dict)  # VCS: system: whether it stays so over a restart of the engine
    writable: bool = False  # VCS: haconf -makerw

    @property
    def announced(self) -> bool:
        """Whether the whole cluster is down because it was asked to stop: nobody is back yet."""
        return set(self.asked) == set(self.nodes)
