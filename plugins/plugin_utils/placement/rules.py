# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a vServer from a node whatever else is there, as far as the repository knows it: one function a rule, and all rules over a
whole estate at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model import brands
from ..model.network import Network, NetworkType
from ..model.node import NodeFacts
from ..model.release import Release
from ..model.vserver import Brand, VServer
from .levels import misfit


@dataclass(frozen=True, slots=True)
class Host:
    """A node as the rules see it. ``blocked``: why nothing may come to it (quarantine, maintenance)."""

    name: str
    compute_pool: str | None
    facts: NodeFacts
    links: Mapping[NetworkType, str]
    blocked: str = ""
    base_units: int | None = None


#: Where what is known of software is kept, beside the numbers of the rules.
_SOFTWARE = -1


def against(vserver: VServer, host: Host, networks: Mapping[str, Network]) -> Iterator[str]:
    """All of it, each as the end of the sentence 'node … '."""
    for rule in _RULES:
        for need in rule.needs(vserver, networks):
            if (reason := rule.reason(need, host)) is not None:
                yield reason


@dataclass(frozen=True, slots=True)
class _Rule:
    """``needs`` are what a vServer asks of its node, many vServers the same; ``reason``: why a node does not meet one of them."""

    needs: Callable[[VServer, Mapping[str, Network]], Sequence[Hashable]]
    reason: Callable[[Any, Host], str | None]


@dataclass
class EstateRules:
    """``Rules`` for vServers and for guest domains with theirs. ``vservers``: object → those that go with it. ``software``: vServer → the
    release of the node whose software it has; with ``upgrade`` attaching may bring it to a later level. ``barred``: vServer → node → why
    that one is no target for it whatever the rules say.

    What many objects need is looked for once: a thousand nodes and twenty thousand vServers take a second.
    """

    hosts: Sequence[Host]
    vservers: Mapping[str, Sequence[VServer]]
    networks: Mapping[str, Network]
    software: Mapping[str, Release] = field(default_factory=dict)
    upgrade: bool = False
    barred: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _known: dict[tuple[int, Hashable], int] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _by_name: dict[str, Host] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({host.name: host for host in self.hosts})
        for number, host in enumerate(self.hosts):
            for guid in (disk.guid for disk in host.facts.disks if disk.guid):
                self._seen[guid] = self._seen.get(guid, 0) | 1 << number

    def allowed(self, item: str) -> int:
        mask = (1 << len(self.hosts)) - 1
        for vserver in self.vservers[item]:
            for number, rule in enumerate(_RULES):
                for need in rule.needs(vserver, self.networks):
                    mask &= self._seen.get(str(need), 0) if rule is _LUNS else self._meeting(number, need)
            if (have := self.software.get(vserver.name)) is not None:
                mask &= self._taking(vserver.brand, have)
            if vserver.name in self.barred:
                mask &= ~sum(1 << index for index, host in enumerate(self.hosts) if host.name in self.barred[vserver.name])
        return mask

    def reason(self, item: str, target: str) -> str | None:
        host = self._by_name[target]
        for vserver in self.vservers[item]:
            barred = self.barred.get(vserver.name, {}).get(target)
            found = barred or next(against(vserver, host, self.networks), None) or self._misfit(vserver, host)
            if found is not None:
                return found if vserver.name == item else f"{found} (for vServer {vserver.name} in it)"
        return None

    def _misfit(self, vserver: VServer, host: Host) -> str | None:
        have = self.software.get(vserver.name)
        return None if have is None else misfit(vserver.brand, have, host.facts.release, upgrade=self.upgrade)

    def _taking(self, brand: Brand, have: Release) -> int:
        known = self._known.get((_SOFTWARE, (brand, have)))
        if known is None:
            fits = (misfit(brand, have, host.facts.release, upgrade=self.upgrade) is None for host in self.hosts)
            known = sum(1 << index for index, fit in enumerate(fits) if fit)
            self._known[_SOFTWARE, (brand, have)] = known
        return known

    def _meeting(self, number: int, need: Hashable) -> int:
        known = self._known.get((number, need))
        if known is None:
            reason = _RULES[number].reason
            known = sum(1 << index for index, host in enumerate(self.hosts) if reason(need, host) is None)
            self._known[number, need] = known
        return known


def _outside_pool(need: Any, host: Host) -> str | None:
    return f"is in compute pool {host.compute_pool}, not {need}" if host.compute_pool != need else None


def _blocked(_need: Any, host: Host) -> str | None:
    return f"is blocked: {host.blocked}" if host.blocked else None


def _brand(need: Any, host: Host) -> str | None:
    return brands.shortfall(need, host.facts.release, host.facts.brands)


def _unseen(need: Any, host: Host) -> str | None:
    return None if any(disk.guid == need for disk in host.facts.disks) else f"does not see LUN {need}"


def _unlinked(need: Any, host: Host) -> str | None:
    kind, link = need
    if kind is None:
        return f"is not known to have a link for network {link}, which is not declared"
    link = link or host.links.get(kind)
    if not link:
        return f"has no link for network type {kind}"
    groups = {name for group in host.facts.groups for name in (group.name, group.interface)}
    if link not in groups and all(present.name != link for present in host.facts.links):
        return f"has no link {link}, which its networks name for {kind}"
    return None


def _unrated(need: Any, host: Host) -> str | None:
    return f"has no rating in base units, {need} are owned" if host.base_units is None else None


def _links(vserver: VServer, networks: Mapping[str, Network]) -> Sequence[Hashable]:
    """What lives somewhere may be on a network that the inventory has no more: nothing is known of that one."""
    return [(networks[one.network].type, one.link) if one.network in networks else (None, one.network) for one in vserver.networks]


_LUNS = _Rule(lambda vserver, _networks: [guid for dataset in vserver.datasets for guid in dataset.luns], _unseen)
_RULES = (
    _Rule(lambda vserver, _networks: [vserver.compute_pool], _outside_pool),
    _Rule(lambda _vserver, _networks: [None], _blocked),
    _Rule(lambda vserver, _networks: [vserver.brand], _brand),
    _LUNS,
    _Rule(_links, _unlinked),
    _Rule(lambda vserver, _networks: [] if vserver.resources.base_units is None else [vserver.resources.base_units], _unrated),
)
