# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node as it was discovered."""

from __future__ import annotations

from dataclasses import dataclass

from .network import Address, IpmpGroup, Link
from .release import Release
from .storage import Disk


@dataclass(frozen=True, slots=True)
class Domain:
    """A logical domain of OVM Server for SPARC as it says of itself. ``control``: it is the control domain of its machine.

    ``control_domain`` is the host name of the control domain's Solaris, ``chassis`` the machine's serial number.
    """

    name: str
    control: bool
    control_domain: str = ""
    uuid: str = ""
    chassis: str = ""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What discovery found. ``cpus`` are virtual processors (hardware threads), ``memory`` is bytes, ``zones`` names of its zones.

    ``pools`` are names of the ZFS pools that it has imported, ``groups`` its IPMP groups.
    ``domain`` is None where nothing says that it is a logical domain.
    """

    hostname: str
    release: Release
    model: str
    cpus: int
    memory: int
    hostid: str
    disks: tuple[Disk, ...] = ()
    links: tuple[Link, ...] = ()
    addresses: tuple[Address, ...] = ()
    brands: tuple[str, ...] = ()
    cores: int | None = None
    chips: int | None = None
    zones: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    groups: tuple[IpmpGroup, ...] = ()
    domain: Domain | None = None

    @property
    def is_guest(self) -> bool:
        """Whether another node's machine carries it."""
        return self.domain is not None and not self.domain.control

    def shares_machine(self, other: NodeFacts) -> bool:
        """Whether both are domains of one machine: they lose their power together."""
        return self.domain is not None and other.domain is not None and self.domain.chassis == other.domain.chassis != ""

    def carries(self, guest: NodeFacts) -> bool:
        """Whether this is the control domain of the guest's machine: by the name that the guest gives it, and the chassis of both."""
        mine, its = self.domain, guest.domain
        if mine is None or its is None or not mine.control or its.control:
            return False
        return self.hostname == its.control_domain and mine.chassis == its.chassis != ""
