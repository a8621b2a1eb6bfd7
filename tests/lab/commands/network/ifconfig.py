# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ifconfig(1M): all interfaces or one; on Solaris 10 also plumb, addresses, logical interfaces, up and down.

Flags as recorded: Solaris 11 adds PHYSRUNNING. Lines below an interface start with a tab; a logical interface of a zone says ``zone NAME``.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ...call import Call
from ...truth import Ipmp, NetAddress
from ..honest import simulated
from ..options import Refused, Unknown
from . import ipmp
from .addresses import interfaces, of_call, with_prefix
from .links import Link, find, running

UP, BROADCAST, LOOPBACK, RUNNING, MULTICAST = 0x1, 0x2, 0x8, 0x40, 0x800
V4, V6, VIRTUAL, PHYSRUNNING = 0x1000000, 0x2000000, 0x2000000000, 0x100000000000
NOFAILOVER, FAILED, STANDBY, INACTIVE, OFFLINE, IPMP = 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80000000, 0x8000000000
NAMES = ((UP, "UP"), (BROADCAST, "BROADCAST"), (LOOPBACK, "LOOPBACK"), (RUNNING, "RUNNING"), (MULTICAST, "MULTICAST"))


@dataclass(frozen=True)
class Logical:
    """One block of the output."""

    interface: str
    unit: int
    address: str  # '' is unset
    up: bool
    zone: str
    index: int

    @property
    def name(self) -> str:
        return f"{self.interface}:{self.unit}" if self.unit else self.interface


def version(address: str) -> int:
    return ipaddress.ip_interface(address).version if address else 4


def loopbacks(call: Call) -> list[Logical]:
    """lo0 of the caller, and in the global zone one logical interface a running shared-IP zone. Zones see their own as lo0:N."""
    shared = [zone for zone in running(call.machine) if zone.ip_type == "shared"]
    found = [Logical("lo0", 0, "127.0.0.1/8", True, "", 1)]
    if call.zone is not None:
        units = [unit for unit, zone in enumerate(shared, start=1) if zone.name == call.zone]
        return [Logical("lo0", units[0], "127.0.0.1/8", True, "", 1)] if units else found
    return found + [Logical("lo0", unit, "127.0.0.1/8", True, zone.name, 1) for unit, zone in enumerate(shared, start=1)]


def blocks(call: Call) -> list[Logical]:
    found = loopbacks(call)
    addresses = of_call(call)
    v6: list[Logical] = []
    for index, name in enumerate(interfaces(call), start=2):
        own = [item for item in addresses if item.interface == name and ipmp.carrier(call, name) == name]
        mine = own + [item for item in addresses if item.interface != name and ipmp.carrier(call, item.interface) == name]
        units: dict[int, int] = {}
        if not any(item.ip.version == 4 and item.unit == 0 and not item.zone for item in own) and call.zone is None:
            found.append(Logical(name, 0, "", False, "", index))
            units[4] = 1
        for item in mine:
            number = item.ip.version
            unit = max(item.unit if item in own else 0, units.get(number, 0))
            units[number] = unit + 1
            block = Logical(name, unit, item.address, item.up, item.zone if call.zone is None else "", index)
            (found if number == 4 else v6).append(block)
    if not any(zone.name == call.zone and zone.ip_type == "shared" for zone in call.machine.zones.values()):
        v6.insert(0, Logical("lo0", 0, "::1/128", True, "", 1))
    return found + (v6 if call.machine.release != "s10" or len(v6) > 1 else [])


def flags(call: Call, block: Logical, link: Link | None) -> str:
    loop = block.interface == "lo0"
    bits = (UP if block.up else 0) | MULTICAST | (LOOPBACK if loop else BROADCAST if version(block.address) == 4 else 0)
    carrier = loop or link is None or link.state in ("up", "unknown")
    above = ipmp.own_interface(call.machine, block.interface)
    if above is not None:
        carrier = bool(ipmp.usable(call, above))
    bits |= RUNNING if carrier else 0
    words = [word for bit, word in NAMES if bits & bit]
    bits |= V4 if version(block.address) == 4 else V6
    words.append(f"IPv{version(block.address)}")
    if loop:
        bits |= VIRTUAL
        words.append("VIRTUAL")
    elif call.machine.release != "s10" and carrier:
        bits |= PHYSRUNNING
        words.append("PHYSRUNNING")
    group = ipmp.group_of(call.machine, block.interface)
    for bit, word in () if group is None else of_member(call, group, block):
        bits |= bit
        words.append(word)
    if above is not None:
        bits |= IPMP
        words.insert(words.index(f"IPv{version(block.address)}") + 1, "IPMP")
    return f"{bits:x}<{','.join(words)}>"


def of_member(call: Call, group: Ipmp, block: Logical) -> list[tuple[int, str]]:
    """What a member's flags say beside; a failed one of Solaris 10 whose addresses have gone keeps an unset one that stays."""
    name = block.interface
    state = ipmp.member_state(call, group, name)
    found = [(STANDBY, "STANDBY")] if name in group.standby else []
    found += [(INACTIVE, "INACTIVE")] if state == "ok" and name not in ipmp.active(call, group) else []
    found += [(NOFAILOVER, "NOFAILOVER")] if group.interface or (state != "ok" and not block.address) else []
    return found + {"failed": [(FAILED, "FAILED")], "offline": [(OFFLINE, "OFFLINE")]}.get(state, [])


def show(call: Call, block: Logical) -> str:
    link = find(call, block.interface)
    mtu = (8232 if version(block.address) == 4 else 8252) if block.interface == "lo0" else link.mtu if link else 1500
    text = f"{block.name}: flags={flags(call, block, link)} mtu {mtu} index {block.index}\n"
    if block.zone:
        text += f"\tzone {block.zone}\n"
    if not block.address:
        text += "\tinet 0.0.0.0 netmask 0 \n"
    elif version(block.address) == 6:
        text += f"\tinet6 {block.address} \n"
    else:
        network = ipaddress.IPv4Interface(block.address)
        text += f"\tinet {network.ip} netmask {int(network.netmask):08x} "
        text += "\n" if block.interface == "lo0" else f"broadcast {network.network.broadcast_address}\n"
    group = ipmp.group_of(call.machine, block.interface) or ipmp.own_interface(call.machine, block.interface)
    if group is not None and not block.unit:
        text += f"\tgroupname {group.name}\n"
    if link is not None and not block.unit and call.user == "root" and link.mac:
        text += f"\tether {link.mac} \n"
    return text


def named(call: Call, name: str) -> Logical:
    found = next((block for block in blocks(call) if block.name == name), None)
    if found is None:
        raise Refused(f"ifconfig: status: SIOCGLIFFLAGS: {name}: no such interface")
    return found


def plumb(call: Call, name: str) -> int:
    link = find(call, name)
    if link is None:
        raise Refused(f"ifconfig: plumb: {name}: no such interface")
    if name in interfaces(call):
        raise Refused(f"ifconfig: SIOCSLIFNAME for ip: {name}: already exists")
    call.machine.interfaces = [*interfaces(call), name]
    return 0


def unplumb(call: Call, name: str) -> int:
    if name not in interfaces(call):
        raise Refused(f"ifconfig: unplumb: SIOCGLIFFLAGS: {name}: no such interface")
    if any(item.zone for item in of_call(call) if item.interface == name):
        raise Unknown("an interface that a running zone uses")
    call.machine.interfaces = [each for each in call.machine.interfaces if each != name]
    call.machine.addresses = [item for item in call.machine.addresses if item.link != name or item.zone]
    return 0


def take_address(words: list[str]) -> str:
    """``ADDRESS[/PREFIX] [netmask MASK] [broadcast +|ADDRESS]`` off the front of ``words``."""
    text = words.pop(0)
    try:
        if words[:1] == ["netmask"]:
            mask = words[1]
            text = f"{text.split('/')[0]}/{ipaddress.IPv4Address(int(mask, 16)) if mask.startswith('0x') else mask}"
            del words[:2]
        result = str(ipaddress.IPv4Interface(with_prefix(text)))
    except (ValueError, IndexError):
        raise Refused(f"ifconfig: {text}: bad address") from None
    if words[:1] == ["broadcast"]:
        del words[:2]
    return result


def change(call: Call, name: str, words: list[str]) -> int:
    """Solaris 10: what follows the interface's name, from left to right."""
    if call.user != "root":
        raise Refused(f"ifconfig: SIOCSLIFFLAGS: {name}: permission denied")
    physical, _, unit_text = name.partition(":")
    unit = int(unit_text) if unit_text.isdigit() else 0
    machine = call.machine
    while words:
        word = words[0]
        if word in ("plumb", "unplumb") and not unit:
            words.pop(0)
            (plumb if word == "plumb" else unplumb)(call, physical)
            continue
        item = stored(machine.addresses, physical, unit)
        if word == "addif":
            words.pop(0)
            if physical not in interfaces(call):
                named(call, physical)
            unit = 1 + max([other.unit for other in of_call(call) if other.interface == physical], default=0)
            added = NetAddress(physical, take_address(words), unit=unit, up=False)
            machine.addresses.append(added)
            call.out(f"Created new logical interface {physical}:{unit}\n")
            if words[:1] == ["zone"]:
                lend(call, added, words[1] if len(words) > 1 else "")
                del words[:2]
            if words[:1] == ["up"]:
                bring_up(call, added)
                words.pop(0)
        elif word == "removeif":
            address = words[1] if len(words) > 1 else ""
            del words[:2]
            gone = [
                other for other in machine.addresses if other.link == physical and other.address.split("/")[0] == address and other.unit
            ]
            if not gone:
                raise Refused(f"ifconfig: removeif: {address}: no such interface")
            machine.addresses = [other for other in machine.addresses if other not in gone]
        elif word == "group" and not unit and len(words) > 1:
            ipmp.join(call, named(call, physical).interface, words[1])
            del words[:2]
        elif word in ("standby", "-standby") and not unit and (group := ipmp.group_of(machine, physical)):
            words.pop(0)
            group.standby = [one for one in group.standby if one != physical] + ([physical] if word == "standby" else [])
        elif word in ("up", "down") and item is not None:
            words.pop(0)
            item.up = word == "up"
        elif word[:1].isdigit():
            named(call, name)
            address = take_address(words)
            if item is None:
                machine.addresses.append(NetAddress(physical, address, unit=unit, up=False))
            else:
                item.address = address
        else:
            raise Unknown(word)
    return 0


def lend(call: Call, item: NetAddress, zone: str) -> None:
    """``zone NAME``: the logical interface goes to a running shared-IP zone."""
    known = call.machine.zones.get(zone)
    if known is None or known.state != "running" or known.ip_type != "shared":
        call.machine.addresses.remove(item)
        raise Unknown(f"an interface for {zone or 'no zone'}, which is no running shared-IP zone")
    item.zone = zone


def bring_up(call: Call, item: NetAddress) -> None:
    """What happens to an address that the machine has already is not known."""
    address = item.address.split("/")[0]
    if any(other is not item and other.up and other.address.split("/")[0] == address for other in call.machine.addresses):
        raise Unknown(f"address {address} twice on one machine")
    item.up = True


def stored(addresses: list[NetAddress], link: str, unit: int) -> NetAddress | None:
    return next((item for item in addresses if item.link == link and item.unit == unit and not item.zone), None)


@simulated("ifconfig")
async def ifconfig(call: Call) -> int:
    words = list(call.args)
    if not words or (words[0].startswith("-") and words[0] not in ("-a", "-a4", "-a6")):
        raise Unknown()
    family = 0
    name = words.pop(0)
    if words[:1] in (["inet"], ["inet6"]):
        family = 6 if words.pop(0) == "inet6" else 4
    if name.startswith("-a"):
        if words:
            raise Unknown("changes of all interfaces")
        family = int(name[2:] or family)
        call.out("".join(show(call, block) for block in blocks(call) if family in (0, version(block.address))))
        return 0
    if not words:
        call.out(show(call, named(call, name)))
        return 0
    if call.machine.release != "s10" or call.zone is not None or family == 6:
        raise Unknown("changes are ipadm's on Solaris 11")
    return change(call, name, words)
