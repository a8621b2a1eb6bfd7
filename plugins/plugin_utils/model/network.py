# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: what the data centre declares, and what links and addresses a node shows. Address arithmetic is netaddr's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from netaddr import IPAddress, IPNetwork

from .errors import InvalidDefinition

NetworkType = Literal["management", "public", "backup"]
NETWORK_TYPES: tuple[NetworkType, ...] = ("management", "public", "backup")


@dataclass(frozen=True, slots=True)
class Network:
    """A declared network. ``vlan`` is None for an untagged one."""

    name: str
    type: NetworkType
    subnet: IPNetwork
    gateway: IPAddress | None = None
    vlan: int | None = None

    @property
    def edges(self) -> tuple[IPAddress, ...]:
        """The addresses that no host has: none in a subnet of one or two addresses (RFC 3021)."""
        return (self.subnet[0], self.subnet[-1]) if self.subnet.size > 2 else ()

    def interface(self, address: str) -> IPNetwork:
        """``address`` with this network's prefix; refused when it is outside, the network's own, or the gateway's."""
        host = IPAddress(address.split("/")[0])
        if host not in self.subnet:
            raise InvalidDefinition(f"address {address} is outside network {self.name} ({self.subnet}). Choose a free one of the subnet.")
        if host in self.edges or host == self.gateway:
            raise InvalidDefinition(
                f"address {address} is the network, broadcast or gateway address of network {self.name} ({self.subnet})."
            )
        return IPNetwork(f"{host}/{self.subnet.prefixlen}")


@dataclass(frozen=True, slots=True)
class Link:
    """A data link of a node. ``kind`` is the class: phys, vnic, aggr, vlan, etherstub ...; ``over`` what it lies on."""

    name: str
    kind: str = "phys"
    mtu: int | None = None
    state: str = ""
    over: tuple[str, ...] = ()
    device: str = ""
    speed: int | None = None  # Mb/s
    mac: str = ""
    vlan: int | None = None
    zone: str | None = None  # the zone a link name such as 'web1/net0' belongs to


@dataclass(frozen=True, slots=True)
class Address:
    """An address configured on a node. ``zone`` is set for a shared-IP zone's logical interface."""

    interface: str
    address: str  # with prefix, or '' where none is assigned (DHCP without a lease)
    name: str = ""  # ipadm's address object
    state: str = ""
    kind: str = ""
    zone: str | None = None
    group: str | None = None  # IPMP group
    mac: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IpmpGroup:
    """IP interfaces of a node that stand in for each other.

    ``interface`` is the one of Solaris 11 that has their addresses; '' on Solaris 10, where those lie on the members. ``state``: ok,
    degraded, failed, addrless; ``unusable`` are the members that carry nothing now.
    """

    name: str
    members: tuple[str, ...]
    interface: str = ""
    state: str = "ok"
    unusable: tuple[str, ...] = ()
