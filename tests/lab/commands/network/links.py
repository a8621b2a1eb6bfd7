# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data links as the truth has them: ports, what dladm made over them, and the links running zones bring along.

An automatic VNIC (anet) of a running exclusive-IP zone shows as ``zone/name`` in the global zone and as ``name`` in the zone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from ...call import Call
from ...truth import Machine, Nic, Zone

ETHERSTUB_MTU, ETHERSTUB_SPEED = 9000, 40000


@dataclass
class Link:
    name: str
    kind: str  # phys, vnic, vlan, aggr, etherstub
    mtu: int = 1500
    state: str = "up"
    over: list[str] = field(default_factory=list)
    speed: int = 0
    duplex: str = "full"
    device: str = ""
    mac: str = ""
    mac_type: str = ""
    vid: int = 0
    zone: str = ""  # the running zone that owns it
    settings: dict[str, str] = field(default_factory=dict)  # of an aggregation
    temporary: bool = False
    alternates: list[str] = field(default_factory=list)  # of a vnet

    @property
    def shown(self) -> str:
        return f"{self.zone}/{self.name}" if self.zone else self.name


def short_mac(mac: str) -> str:
    """Solaris prints octets without leading zeros: ``0:21:28:2f:4d:8``."""
    return ":".join(f"{int(octet, 16):x}" for octet in mac.split(":"))


def random_mac(*seed: str) -> str:
    """The prefix of locally administered Solaris addresses and three octets that are always the same for the same link."""
    octets = hashlib.sha256("/".join(seed).encode()).digest()[:3]
    return "2:8:20:" + ":".join(f"{octet:x}" for octet in octets)


def port_name(machine: Machine, nic: Nic) -> str:
    return nic.device if machine.release == "s10" or not nic.vanity else nic.vanity


def resources(zone: Zone, kind: str) -> list[dict[str, str]]:
    """The zone's configured resources of a kind, as the zone commands give them."""
    from ..zoneadm.config import resources as of_zone

    return [
        {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in item.items()} for item in of_zone(zone, kind)
    ]


def running(machine: Machine) -> list[Zone]:
    return [zone for zone in machine.zones.values() if zone.zone_id is not None and zone.state in ("ready", "running", "shutting_down")]


def ports(machine: Machine) -> list[Link]:
    found = []
    for nic in machine.nics:
        up = nic.state == "up"
        found.append(Link(
            port_name(machine, nic), "phys", 1500, nic.state, speed=nic.speed if up else 0, duplex=nic.duplex if up else "unknown",
            device=nic.device, mac=short_mac(nic.mac), alternates=[short_mac(mac) for mac in nic.alternates],
        ))  # fmt: skip
    return found


def made(machine: Machine, below: dict[str, Link]) -> list[Link]:
    """What dladm made; state and speed follow from the links below. ``below`` is completed on the way."""
    found = []
    for name, entry in machine.links.items():
        kind, over = entry["class"], list(entry.get("over", []))
        under = [below[each] for each in over if each in below]
        up = any(each.state == "up" for each in under) or any(each.kind == "etherstub" for each in under)
        link = Link(
            name, kind, entry.get("mtu", 1500), "up" if up else "down", over, sum(each.speed for each in under),
            "full" if up else "unknown",
            mac=entry.get("mac", ""), mac_type=entry.get("mac_type", ""), vid=entry.get("vid", 0), settings=dict(entry.get("settings", {})),
            temporary=bool(entry.get("temporary")),
        )  # fmt: skip
        if kind == "etherstub":
            link.mtu, link.state, link.speed, link.duplex = ETHERSTUB_MTU, "unknown", ETHERSTUB_SPEED, "unknown"
        if kind in ("aggr", "vlan") and under and not link.mac:
            link.mac = under[0].mac
        below[name] = link
        found.append(link)
    return found


def lower_link(entry: dict[str, str], known: dict[str, Link]) -> str:
    """``auto`` takes an aggregation, else the first port that is up (zonecfg's anet)."""
    wanted = entry.get("lower-link", "auto")
    if wanted != "auto":
        return wanted
    choices = [link for link in known.values() if link.kind == "aggr"] + [
        link for link in known.values() if link.kind == "phys" and link.state == "up"
    ]
    return choices[0].name if choices else ""


def of_zones(machine: Machine, known: dict[str, Link]) -> list[Link]:
    """Automatic VNICs of running exclusive-IP zones, and the links given to them whole."""
    found = []
    for zone in running(machine):
        if zone.ip_type != "exclusive":
            continue
        for entry in resources(zone, "anet"):
            name, lower = entry.get("linkname", "net0"), lower_link(entry, known)
            under = known.get(lower)
            state = "up" if under and under.state in ("up", "unknown") else "down"
            wanted = entry.get("mac-address", "auto")
            if under and under.alternates and ":" not in wanted:
                taken = {link.mac for link in [*known.values(), *found]}
                wanted = next((mac for mac in under.alternates if mac not in taken), wanted)
            fixed = ":" in wanted
            vid = entry.get("vlan-id", "")
            found.append(Link(
                name, "vnic", under.mtu if under else 1500, state, [lower] if lower else [],
                under.speed if under else 0, mac=short_mac(wanted) if fixed else random_mac(machine.name, zone.name, name),
                mac_type="fixed" if fixed else "random", vid=int(vid) if vid.isdigit() else 0, zone=zone.name, temporary=True,
            ))  # fmt: skip
        for entry in resources(zone, "net"):
            given = known.get(entry.get("physical", ""))
            if given is not None:
                found.append(Link(**{**vars(given), "zone": zone.name}))
    return found


def free_alternates(call: Call, link: Link) -> list[str]:
    """Alternate MAC addresses of a vnet that no VNIC uses."""
    taken = {one.mac for one in links(call)}
    return [mac for mac in link.alternates if mac not in taken]


def no_vnic_over(call: Call, link: Link) -> bool:
    """Whether a VNIC over a guest domain's vnet cannot be: it needs an alternate MAC address that the vnet was given in the control
    domain (Solaris 11.2 guide to network virtualization; OVM Server for SPARC, "Using Virtual NICs on Virtual Networks")."""
    return bool(call.machine.guest_of) and link.kind == "phys" and not free_alternates(call, link)


def links(call: Call) -> list[Link]:
    """What the caller sees: in a zone only its own links, under their own names."""
    machine = call.machine
    found = ports(machine)
    known = {link.name: link for link in found}
    found += made(machine, known)
    own = of_zones(machine, known)
    if call.zone is not None:
        return [Link(**{**vars(link), "zone": ""}) for link in own if link.zone == call.zone]
    return found + own


def find(call: Call, name: str) -> Link | None:
    return next((link for link in links(call) if link.shown == name), None)


def users(call: Call, name: str) -> list[str]:
    """What keeps a link busy: links over it, IP interfaces on it, a running zone that owns it."""
    machine = call.machine
    held = [link.shown for link in links(call) if name in link.over]
    held += [name] if name in machine.interfaces or any(address.link == name and not address.zone for address in machine.addresses) else []
    return held + [link.zone for link in links(call) if link.zone and link.name == name and link.kind != "vnic"]
