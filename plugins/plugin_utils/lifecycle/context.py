# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What planners know of the node and its surroundings beside the node's own answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..model.network import IpmpGroup, Network, NetworkType
from ..model.release import Release


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node of the compute pool as the repository knows it: its own host name (uname -n), the GUIDs of the LUNs that it sees."""

    node: str
    host: str
    luns: frozenset[str]
    release: Release


@dataclass(frozen=True, slots=True)
class NodeContext:
    """``links`` is the node's link for each type of network; ``lun_owners`` are the other vServers that the repository knows
    to use a LUN (GUID → vServer), ``plumbed`` the interfaces of the global zone (None: not known).

    ``base_units`` is the node's rating (None: it has none), ``cpus`` its virtual processors (None: not known); ``entitled`` and
    ``dedicated`` are the base units and the dedicated CPUs of the vServers at home there.

    ``groups`` are its IPMP groups as its discovery found them.

    ``brands`` are the brands of zones that it offers (None: not known). ``host`` is its own name (uname -n), '' where that is not known.

    ``candidates`` are the nodes that may carry the datasets, this one among them. ``arrays`` names the array of a LUN (by GUID)
    where that is declared. ``created`` are the datasets known to have been made: none of them is made again. ``proof`` is why the
    hosts ``dead`` (by uname -n) are known not to use a dataset any more; only from them it is taken over by force. Of pools that do
    not say who used them last: ``without`` are the nodes that could use a LUN (by GUID) and do not, or are dead, ``unknown`` is one
    that could and of which nothing is known.
    """

    node: str
    release: Release
    networks: Mapping[str, Network]
    links: Mapping[NetworkType, str]
    lun_owners: Mapping[str, str] = field(default_factory=dict)
    plumbed: frozenset[str] | None = None
    root_password_hash: str = "*NP*"
    base_units: int | None = None
    entitled: Mapping[str, int] = field(default_factory=dict)
    dedicated: Mapping[str, int] = field(default_factory=dict)
    cpus: int | None = None
    candidates: tuple[Candidate, ...] = ()
    arrays: Mapping[str, str] = field(default_factory=dict)
    created: frozenset[str] = frozenset()
    proof: str = ""
    dead: frozenset[str] = frozenset()
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    brands: frozenset[str] | None = None
    host: str = ""
    groups: tuple[IpmpGroup, ...] = ()

    def proven(self, hosts: Iterable[str]) -> bool:
        """Whether all of them are known to be dead."""
        return bool(self.proof) and set(hosts) <= self.dead
