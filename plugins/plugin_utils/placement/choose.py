# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""First form of placement: which node of its compute pool a vServer may live on, and why the others may not.

A vServer whose zone already exists on a node belongs there; where none has its zone, where its pools are. Else: a node must see every
LUN, have a link for every network's type, run a release that offers the brand, and have memory left.
Among those the one with most memory left is taken, the name deciding ties: the same input always gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..model.network import Network, NetworkType
from ..model.node import NodeFacts
from ..model.vserver import VServer
from .rules import Host, against

#: What a vServer that declares no memory is counted with, bytes.
ASSUMED_MEMORY = 1 << 30
#: Part of a node's memory that is left to its global zone.
HEADROOM = 0.10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node as placement sees it; ``committed`` is the memory promised to vServers that live there, bytes.

    ``base_units`` is its rating, ``entitled`` what of it is owned, ``dedicated`` how many CPUs are some vServer's own.
    """

    name: str
    compute_pool: str | None
    facts: NodeFacts
    links: Mapping[NetworkType, str]
    committed: int = 0
    blocked: str = ""  # quarantine, maintenance: its reason
    base_units: int | None = None
    entitled: int = 0
    dedicated: int = 0

    @property
    def host(self) -> Host:
        return Host(self.name, self.compute_pool, self.facts, self.links, self.blocked, self.base_units)


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen node (None: no node can), why, and for each other node the one rule that rejected it."""

    node: str | None
    why: str
    rejected: Mapping[str, str] = field(default_factory=dict)


def memory(vserver: VServer) -> int:
    return vserver.resources.memory or ASSUMED_MEMORY


def choose(
    vserver: VServer, candidates: Sequence[Candidate], networks: Mapping[str, Network], kept_from: Mapping[str, str] | None = None
) -> Choice:
    """Where ``vserver`` goes. ``kept_from``: nodes that an affinity forbids, with the reason."""
    owners, what = owners_of(vserver, {candidate.name: candidate.facts for candidate in candidates})
    if len(owners) > 1:
        both = " and ".join(owners)
        return Choice(None, f"{what} exists on nodes {both}: find out which is it, remove the other, discover the nodes again")
    rejected = {}
    fitting = []
    for candidate in sorted(candidates, key=lambda node: node.name):
        elsewhere = f"does not have {what}, which exists on node {owners[0]}" if owners and candidate.name not in owners else None
        reason = elsewhere or next(shortfalls(vserver, candidate, networks), None) or (kept_from or {}).get(candidate.name)
        if reason:
            rejected[candidate.name] = reason
        else:
            fitting.append(candidate)
    if not fitting:
        return Choice(None, f"no node of compute pool {vserver.compute_pool} can carry vServer {vserver.name}", rejected)
    if owners:
        return Choice(owners[0], f"{what} exists there", rejected)
    best = max(fitting, key=_free)
    for candidate in fitting:
        if candidate.name != best.name:
            rejected[candidate.name] = f"fits, but has {_free(candidate) >> 20} MiB left and {best.name} has {_free(best) >> 20} MiB"
    assumed = "" if vserver.resources.memory else " (it declares no memory, 1 GiB is assumed)"
    return Choice(best.name, f"most memory left of the nodes that can carry it: {_free(best) >> 20} MiB{assumed}", rejected)


def owners_of(vserver: VServer, nodes: Mapping[str, NodeFacts]) -> tuple[list[str], str]:
    """The nodes that have it already, and what of it: its zone, or where none has that, ZFS pools of it."""
    zones = sorted(name for name, facts in nodes.items() if vserver.name in facts.zones)
    if zones:
        return zones, "its zone"
    pools = {dataset.name for dataset in vserver.datasets if dataset.manager == "zfs"}
    return sorted(name for name, facts in nodes.items() if pools.intersection(facts.pools)), "its storage"


def taken(node: Candidate, vserver: VServer) -> Candidate:
    """The node when the vServer lives there too."""
    wanted = vserver.resources
    return replace(
        node,
        committed=node.committed + memory(vserver),
        entitled=node.entitled + (wanted.base_units or 0),
        dedicated=node.dedicated + (wanted.dedicated_cpus or (0,))[0],
    )


def _cpu_shortfalls(vserver: VServer, node: Candidate) -> Iterator[str]:
    wanted = vserver.resources
    if wanted.base_units is not None and node.base_units is not None and wanted.base_units > node.base_units - node.entitled:
        left = max(node.base_units - node.entitled, 0)
        yield f"has {left} of its {node.base_units} base units left, {wanted.base_units} are needed"
    if wanted.dedicated_cpus is not None and wanted.dedicated_cpus[0] > node.facts.cpus - 1 - node.dedicated:
        left = max(node.facts.cpus - 1 - node.dedicated, 0)
        yield f"has {left} of its {node.facts.cpus} CPUs left to dedicate, {wanted.dedicated_cpus[0]} are needed"


def _free(candidate: Candidate) -> int:
    return int(candidate.facts.memory * (1 - HEADROOM)) - candidate.committed


def shortfalls(vserver: VServer, node: Candidate, networks: Mapping[str, Network]) -> Iterator[str]:
    """All that keeps a node from carrying the vServer, one sentence each, as far as the repository knows it."""
    yield from against(vserver, node.host, networks)
    if memory(vserver) > _free(node):
        yield f"has {max(_free(node), 0) >> 20} MiB of memory left, {memory(vserver) >> 20} MiB are needed"
    yield from _cpu_shortfalls(vserver, node)
