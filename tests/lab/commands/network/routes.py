# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""route(1M) and netstat -rn: routes of the subnets follow from the addresses, static ones are kept."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ...call import Call
from ...truth import Route
from ..honest import simulated
from ..options import Refused, Unknown
from .addresses import interfaces, of_call


@dataclass(frozen=True)
class Entry:
    destination: str
    gateway: str
    flags: str
    interface: str


def leaving_by(call: Call, gateway: str) -> str:
    """The interface whose subnet holds the gateway; '' when none does."""
    ip = ipaddress.ip_address(gateway)
    return next((item.interface for item in of_call(call) if item.up and ip in item.ip.network), "")


def network_name(route: Route) -> str:
    return route.destination if route.destination == "default" else str(ipaddress.ip_interface(route.destination).network.network_address)


def entries(call: Call, number: int) -> list[Entry]:
    """Of one address family, in netstat's order: default first, then by destination."""
    found = []
    for route in call.machine.routes if call.zone is None else []:
        if ipaddress.ip_address(route.gateway).version == number:
            found.append(Entry(network_name(route), route.gateway, "UG", leaving_by(call, route.gateway)))
    for item in of_call(call):
        if item.up and item.ip.version == number:
            network = item.ip.network
            found.append(Entry(str(network.network_address) if number == 4 else str(network), str(item.ip.ip), "U", item.interface))
    found.append(Entry("127.0.0.1", "127.0.0.1", "UH", "lo0") if number == 4 else Entry("::1", "::1", "UH", "lo0"))
    unique = {(entry.destination, entry.gateway): entry for entry in found}
    return sorted(unique.values(), key=lambda entry: (entry.destination != "default", entry.destination))


def table(call: Call, number: int) -> str:
    if number == 4:
        text = "\nRouting Table: IPv4\n  Destination           Gateway           Flags  Ref     Use     Interface \n"
        text += "-------------------- -------------------- ----- ----- ---------- --------- \n"
        for entry in entries(call, 4):
            text += f"{entry.destination:<20} {entry.gateway:<20} {entry.flags:<5} {1:5} {0:10} {entry.interface:<9} \n"
        return text
    text = "\nRouting Table: IPv6\n  Destination/Mask            Gateway                   Flags Ref   Use    If   \n"
    text += "--------------------------- --------------------------- ----- --- ------- ----- \n"
    for entry in entries(call, 6):
        text += f"{entry.destination:<27} {entry.gateway:<27} {entry.flags:<5} {1:3} {0:7} {entry.interface:<5} \n"
    return text


@simulated("netstat")
async def netstat(call: Call) -> int:
    words = list(call.args)
    families: tuple[int, ...] = (4, 6)
    if "-f" in words:
        at = words.index("-f")
        name = words[at + 1] if at + 1 < len(words) else ""
        if name not in ("inet", "inet6"):
            raise Unknown()
        families = (4,) if name == "inet" else (6,)
        del words[at : at + 2]
    if sorted("".join(word.lstrip("-") for word in words)) != ["n", "r"]:
        raise Unknown("connections and counters")
    call.out("".join(table(call, number) for number in families))
    return 0


def persistent(call: Call) -> int:
    known = [route for route in call.machine.routes if route.persistent] if call.zone is None else []
    if not known:
        call.out("No persistent routes are defined\n")
    for route in known:
        call.out(f"persistent: route add {route.destination} {route.gateway}\n")
    return 0


def get(call: Call, name: str) -> int:
    """``route -n get default|ADDRESS``."""
    if name == "default":
        found = next((entry for entry in entries(call, 4) if entry.destination == "default"), None)
        mask = "default"
    else:
        interface = leaving_by(call, name)
        own = next((item for item in of_call(call) if item.interface == interface and ipaddress.ip_address(name) in item.ip.network), None)
        if own is not None:
            network = own.ip.network
            return about(call, name, str(network.network_address), str(network.netmask), str(own.ip.ip), interface, "<UP,DONE>")
        found = next((entry for entry in entries(call, 4) if entry.destination == "default"), None)
        mask = "default"
    if found is None:
        raise Refused(
            f"route: writing to routing socket: no such process\nget host {name}: not in table"
            if name != "default"
            else "default: not in table"
        )
    return about(call, name, "default", mask, found.gateway, found.interface, "<UP,GATEWAY,DONE,STATIC>")


def about(call: Call, name: str, destination: str, mask: str, gateway: str, interface: str, flags: str) -> int:
    known = interfaces(call)
    index = known.index(interface) + 2 if interface in known else 1
    call.out(f"   route to: {name}\ndestination: {destination}\n       mask: {mask}\n    gateway: {gateway}\n")
    call.out(f"  interface: {interface} index {index}\n      flags: {flags}\n")
    call.out(" recvpipe  sendpipe  ssthresh    rtt,ms rttvar,ms  hopcount      mtu     expire\n")
    call.out("       0         0         0         0         0         0      1500         0 \n")
    return 0


def destination_of(words: list[str]) -> str:
    """``default``, ``NET/PREFIX`` or ``-net NET/PREFIX`` off the front of ``words``."""
    if words[:1] in (["-net"], ["-inet"]):
        words.pop(0)
    text = words.pop(0) if words else ""
    if text == "default":
        return text
    if "/" not in text:
        raise Unknown("host routes")
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise Refused(f"{text}: bad value") from None


def change(call: Call, verb: str, words: list[str], kept: bool) -> int:
    if call.user != "root":
        raise Refused(f"{verb} net: insufficient privileges" if call.machine.release != "s10" else "must be root to alter routing table")
    destination = destination_of(words)
    if len(words) != 1:
        raise Unknown()
    gateway = words[0]
    what = f"{verb} net {destination}: gateway {gateway}"
    try:
        inside = leaving_by(call, gateway)
    except ValueError:
        raise Unknown("gateways by name") from None
    known = next((route for route in call.machine.routes if (route.destination, route.gateway) == (destination, gateway)), None)
    if verb == "add":
        if not inside:
            raise Refused(f"{what}: Network is unreachable", 128)
        if known is not None:
            raise Refused(f"{what}: entry exists", 17)
        call.machine.routes.append(Route(destination, gateway, kept))
    else:
        if known is None:
            raise Refused(f"{what}: not in table", 3)
        call.machine.routes.remove(known)
    call.out(f"{what}\n")
    if kept:
        call.out(f"{verb} persistent net {destination}: gateway {gateway}\n")
    return 0


@simulated("route")
async def route(call: Call) -> int:
    words = list(call.args)
    options = ""
    while words and words[0].startswith("-"):
        options += words.pop(0)[1:]
    if set(options) - set("pnvq") or not words:
        raise Unknown()
    verb = words.pop(0)
    if verb == "show" and "p" in options and not words:
        return persistent(call)
    if verb == "get" and len(words) == 1:
        try:
            return get(call, words[0])
        except ValueError:
            raise Unknown("host names") from None
    if verb in ("add", "delete") and call.zone is None:
        return change(call, verb, words, "p" in options)
    raise Unknown()
