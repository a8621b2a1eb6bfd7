# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses as the truth has them: what commands made, and what booting zones brought along."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from ...call import Call
from ...truth import DataCentre, Machine, NetAddress
from .links import running


@dataclass
class Address:
    interface: str
    address: str  # with prefix
    name: str = ""  # the part after the slash of ipadm's address object; '' has none
    kind: str = "static"
    zone: str = ""  # owner of a logical interface of the global zone
    unit: int = 0
    up: bool = True
    stored: NetAddress | None = None  # where it is kept; loopback is not

    @property
    def ip(self) -> ipaddress.IPv4Interface | ipaddress.IPv6Interface:
        return ipaddress.ip_interface(self.address)


def with_prefix(address: str) -> str:
    """zonecfg lets the prefix out; the class of the address decides then."""
    if "/" in address:
        return address
    first = int(address.split(".")[0]) if "." in address else 128
    return f"{address}/{128 if ':' in address else 8 if first < 128 else 16 if first < 192 else 24}"


def kept(machine: Machine, zone: str | None) -> list[Address]:
    return [
        Address(item.link, with_prefix(item.address), item.name.partition("/")[2], item.kind, item.zone or "", item.unit, item.up, item)
        for item in machine.addresses
        if (item.zone or None) == zone
    ]


def of_call(call: Call) -> list[Address]:
    """What the caller's IP stack has, loopback excluded. In the global zone also the logical interfaces of shared-IP zones."""
    machine = call.machine
    if call.zone is not None:
        return kept(machine, call.zone)
    found = kept(machine, None)
    for zone in running(machine):
        if zone.ip_type == "shared":
            found += kept(machine, zone.name)
    return found


def interfaces(call: Call) -> list[str]:
    """IP interfaces in the order they were made, loopback excluded."""
    found = [] if call.zone is not None else list(call.machine.interfaces)
    for item in of_call(call):
        if item.interface not in found:
            found.append(item.interface)
    return found


def alive(centre: DataCentre) -> Iterator[str]:
    """Every address that answers now: strangers, machines that run, zones that run on them."""
    yield from (address.split("/")[0] for address in centre.addresses_in_use)
    for machine in centre.machines.values():
        if not (machine.powered and machine.running):
            continue
        up = {zone.name for zone in running(machine)}
        known = [item for item in kept(machine, None) if item.up]
        for name in up:
            known += kept(machine, name)
        yield from (str(item.ip.ip) for item in known)
