# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nodes and compute pools have, what of it is promised, and whether each node, chassis or rack could be lost (N+1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .estate import DIMENSIONS, HEADROOM, Estate, Occupant
from .explain import Answer, explain
from .problem import CATEGORIES
from .rules import Host
from .solve import Placement
from .survival import Survival, domains, without


@dataclass(frozen=True, slots=True)
class Amount:
    """One dimension: bytes of memory, CPUs to dedicate, base units. ``headroom`` is left to the global zone; ``free`` is below 0 where more
    is promised than there is. ``capacity`` is None for base units of a node that is not rated."""

    capacity: float | None
    headroom: float
    committed: float

    @property
    def free(self) -> float | None:
        return None if self.capacity is None else self.capacity - self.headroom - self.committed


@dataclass(frozen=True, slots=True)
class Room:
    """A node, or all nodes of a compute pool that may be used. ``blocked``: why nothing may come to it."""

    name: str
    compute_pool: str | None
    amounts: Mapping[str, Amount]
    vservers: int
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """What is lost at once: a node with the guest domains that it carries, or all nodes of a failure domain with theirs.

    ``barred``: domains of the same machine that live on; recovery goes to them only by a person's choice.
    """

    level: str
    name: str
    nodes: tuple[str, ...]
    barred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """If that is lost now: vServer → its new home, and those that have none, what matters most first, with reasons and what would help."""

    failure: Failure
    homes: Mapping[str, str]
    homeless: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Report:
    """``assumed``: vServers that declare no memory, counted with 1 GiB. ``without_node``: those that live nowhere that is known."""

    nodes: tuple[Room, ...]
    pools: tuple[Room, ...]
    proofs: tuple[Proof, ...]
    assumed: tuple[str, ...]
    without_node: tuple[str, ...]


def report(estate: Estate, levels: Collection[str] | None = None) -> Report:
    """``levels`` of failure domains to look at, of which ``node`` is one (None: every level that is declared)."""
    hosts = sorted(estate.hosts, key=lambda host: host.name)
    living: dict[str, list[Occupant]] = {host.name: [] for host in hosts}
    lost = []
    for occupant in estate.occupants:
        if occupant.node in living:
            living[occupant.node].append(occupant)
        else:
            lost.append(occupant.vserver.name)
    nodes = [_room(host, living[host.name], estate) for host in hosts]
    assumed = sorted(one.vserver.name for one in estate.occupants if one.vserver.resources.memory is None)
    return Report(tuple(nodes), tuple(_pools(nodes)), tuple(proofs(estate, levels)), tuple(assumed), tuple(sorted(lost)))


def failures(estate: Estate, levels: Collection[str] | None = None) -> list[Failure]:
    """Each node with its guest domains, then each failure domain, level by level. Unless its level is asked for, a domain whose loss is
    that of one of its nodes is not said twice."""
    problem = estate.problem()
    declared = sorted({level for target in problem.targets for level in target.domains} - {"node"})
    found: list[Failure] = []
    for level in ["node", *declared] if levels is None else dict.fromkeys(levels):
        for name, nodes in domains(problem, level).items():
            one = failure(estate.hosts, level, name, nodes)
            if levels is not None or level == "node" or all(one.nodes != other.nodes for other in found if other.level == "node"):
                found.append(one)
    return found


def proofs(estate: Estate, levels: Collection[str] | None = None) -> Iterator[Proof]:
    """For each failure, everything else staying where it is. Raises InvalidDefinition for affinities that contradict each other."""
    problem = estate.problem()
    survival = Survival(problem)
    now = {item.name: item.home for item in problem.items if item.home}
    for one in failures(estate, levels):
        loss = survival.loss(one.nodes, one.barred)
        homeless: Mapping[str, Answer] = {}
        if loss.homeless:
            homes = {name: node for name, node in now.items() if node not in one.nodes} | dict(loss.homes)
            left = without(problem, one.nodes, one.barred)
            homeless = explain(left, Placement(homes, loss.homeless, loss.peak), loss.homeless)
        yield Proof(one, loss.homes, homeless)


def homeless_of(found: Report, category: str, vservers: Mapping[str, str]) -> dict[str, list[str]]:
    """Failure, in words, → vServers of at least this category that would have no home. ``vservers``: name → category."""
    worst = CATEGORIES.index(category)
    hurt = {
        f"{proof.failure.level} {proof.failure.name}": [name for name in proof.homeless if CATEGORIES.index(vservers[name]) <= worst]
        for proof in found.proofs
    }
    return {lost: names for lost, names in hurt.items() if names}


def failure(hosts: Sequence[Host], level: str, name: str, nodes: Sequence[str]) -> Failure:
    """The loss of these nodes, with all that goes with it."""
    struck = [host for host in hosts if host.name in nodes]
    carried = [host for host in hosts if any(one.facts.carries(host.facts) for one in struck)]
    lost = {host.name for host in (*struck, *carried)}
    peers = {host.name for host in hosts if any(host.facts.shares_machine(one.facts) for one in struck)} - lost
    return Failure(level, name, tuple(sorted(lost)), tuple(sorted(peers)))


def _room(host: Host, living: Sequence[Occupant], estate: Estate) -> Room:
    sizes = [item.size for item in estate.items(living)]
    committed = [sum(size[index] for size in sizes) for index in range(len(DIMENSIONS))]
    memory = host.facts.memory
    has = ((memory, memory - int(memory * (1 - HEADROOM))), (host.facts.cpus, 1), (host.base_units, 0))
    amounts = {name: Amount(capacity, headroom, used) for name, (capacity, headroom), used in zip(DIMENSIONS, has, committed, strict=True)}
    return Room(host.name, host.compute_pool, amounts, len(living), host.blocked)


def _pools(nodes: Sequence[Room]) -> Iterator[Room]:
    """Sums over the nodes that may be used; base units over those that are rated."""
    for pool in sorted({node.compute_pool for node in nodes if node.compute_pool}):
        there = [node for node in nodes if node.compute_pool == pool and not node.blocked]
        amounts = {}
        for name in DIMENSIONS:
            rated = [node.amounts[name] for node in there if node.amounts[name].capacity is not None]
            capacity = sum(one.capacity or 0 for one in rated) if rated else None
            amounts[name] = Amount(capacity, sum(one.headroom for one in rated), sum(node.amounts[name].committed for node in there))
        yield Room(pool, pool, amounts, sum(node.vservers for node in there))
