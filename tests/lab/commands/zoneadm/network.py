# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of a zone while it is ready or running."""

from __future__ import annotations

from typing import Any

from ...call import Call
from ...truth import Machine, NetAddress, Zone
from ..network import links
from ..options import Refused, Unknown
from .config import resources
from .rules import daemon, named


def plain(address: str) -> str:
    return address.partition("/")[0]


def plumbed(machine: Machine) -> set[str]:
    """Interfaces with IP in the global zone."""
    return {one.link for one in machine.addresses if one.zone is None} | set(machine.interfaces)


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [str(part) for part in value] if isinstance(value, list | tuple) else []


def lower_link(call: Call, zone: Zone) -> None:
    """An anet needs its lower link. What zoneadmd says when it is missing has not been seen anywhere."""
    known = {nic.device for nic in call.machine.nics} | {nic.vanity for nic in call.machine.nics} | set(call.machine.links)
    for item in resources(zone, "anet"):
        lower = str(item.get("lower-link", "auto"))
        if lower != "auto" and lower not in known:
            raise Unknown(f"boot of zone {zone.name} whose lower-link {lower} does not exist")
        link = links.find(call, lower)
        if link is not None and links.no_vnic_over(call, link):
            raise Unknown(f"boot of zone {zone.name} over {lower}, a vnet without a free alternate MAC address")


def up(call: Call, zone: Zone) -> None:
    """Plumb the zone's addresses. Raises Refused when a shared address is in use by another zone; it has none then."""
    lower_link(call, zone)
    try:
        plumb(call, zone, resources(zone, "net"))
    except Refused:
        down(call, zone)
        raise
    for item in resources(zone, "anet"):
        link = str(item.get("linkname", "net0"))
        given = _list(item.get("allowed-address", ""))
        for number, text in enumerate(given):
            call.machine.addresses.append(NetAddress(link, text, f"{link}/v4{number or ''}", kind="from-gz", zone=zone.name))


def plumb(call: Call, zone: Zone, items: list[dict[str, Any]]) -> None:
    """The addresses of net resources. Raises Refused when a shared one is in use by another zone."""
    machine = call.machine
    links = {nic.device for nic in machine.nics} | {nic.vanity for nic in machine.nics} | set(machine.links)
    links |= {group.interface for group in machine.ipmp}
    for item in items:
        link, address = str(item.get("physical", "")).partition(":")[0], str(item.get("address", ""))
        if zone.ip_type == "exclusive":
            given = _list(item.get("allowed-address", ""))
            machine.addresses += [NetAddress(link, text, f"{link}/v4", kind="from-gz", zone=zone.name) for text in given[:1]]
            continue
        if zone.ip_type == "shared" and any(group.interface and link in group.members for group in machine.ipmp):
            raise Unknown(f"boot of zone {zone.name} with an address on {link}, which is below an IPMP interface")
        if link not in links & plumbed(machine) or not address:  # zoneadmd tells only syslog that it skips it
            continue
        holder = next((one for one in machine.addresses if plain(one.address) == plain(address)), None)
        if holder is not None:
            owner = holder.zone or "global"
            text = f"{link}: could not bring network interface up: address in use by zone '{owner}': Cannot assign requested address"
            raise Refused(daemon(call, zone.name, text) + "\n" + named(zone.name, "call to zoneadmd failed"))
        unit = max([one.unit for one in machine.addresses if one.link == link], default=0) + 1
        machine.addresses.append(NetAddress(link, address, unit=unit, zone=zone.name))


def withdraw(call: Call, zone: Zone, items: list[dict[str, Any]]) -> None:
    """Interfaces are taken from a running zone: a shared one with its address, an exclusive one with all that is on the link."""
    gone = set()
    for item in items:
        link = str(item.get("linkname") or item.get("physical") or "net0").partition(":")[0]
        gone |= {
            id(one)
            for one in call.machine.addresses
            if one.zone == zone.name and one.link == link
            and (zone.ip_type == "exclusive" or plain(one.address) == plain(str(item.get("address", ""))))
        }  # fmt: skip
    call.machine.addresses = [one for one in call.machine.addresses if id(one) not in gone]


def down(call: Call, zone: Zone) -> None:
    own = "static" if zone.ip_type == "shared" else "from-gz"  # what ipadm made inside an exclusive zone stays configured there
    call.machine.addresses = [one for one in call.machine.addresses if one.zone != zone.name or one.kind != own]
