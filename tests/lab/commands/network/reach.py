# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who answers: ping(1M), arp(1M)."""

from __future__ import annotations

import ipaddress

from ...call import Call
from ..honest import simulated
from ..options import Refused, Unknown, parse
from ..system.accounts import host_lines
from .addresses import alive, of_call
from .links import find

TIMEOUT = 20


def address_of(call: Call, name: str) -> str:
    """A literal address, a name of /etc/hosts, or the name of a machine (its first address)."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        known = {word: words[0] for words in reversed(host_lines(call)) for word in words[1:]}
    except OSError:
        known = {}
    if name in known:
        return known[name]
    machine = call.centre.machines.get(name)
    if machine is not None and machine.addresses:
        return machine.addresses[0].address.split("/")[0]
    raise Refused(f"ping: unknown host {name}")


@simulated("ping")
async def ping(call: Call) -> int:
    """``ping HOST [TIMEOUT]``: 0 and ``is alive``, 1 and ``no answer from`` when the timeout (20 s) is over."""
    flags, words = parse(call.args, "nA:")
    if set(flags) - {("n", ""), ("A", "inet"), ("A", "inet6")} or not 1 <= len(words) <= 2:
        raise Unknown()
    name = words[0]
    timeout = words[1] if len(words) > 1 else str(TIMEOUT)
    if not timeout.isdigit():
        raise Unknown()
    address = address_of(call, name)
    mine = {str(item.ip.ip) for item in of_call(call)} | {"127.0.0.1", "::1"}
    if address in mine or address in set(alive(call.centre)):
        call.out(f"{name} is alive\n")
        return 0
    if call.sleep is not None:
        await call.sleep(float(timeout))
    call.out(f"no answer from {name}\n")
    return 1


@simulated("arp")
async def arp(call: Call) -> int:
    """``arp -an``: only the machine's own entries; the lab keeps no cache of neighbours."""
    if call.args not in (["-an"], ["-a", "-n"]):
        raise Unknown()
    call.out("\n\nNet to Media Table: IPv4\nDevice   IP Address               Mask      Flags      Phys Addr\n")
    call.out("------ -------------------- --------------- -------- ---------------\n")
    for item in of_call(call):
        link = find(call, item.interface)
        if item.ip.version == 4 and link is not None and link.mac:
            octets = ":".join(f"{int(octet, 16):02x}" for octet in link.mac.split(":"))
            call.out(f"{item.interface:<6} {item.ip.ip!s:<20} 255.255.255.255 {'SPLA':<8} {octets}\n")
    for name in dict.fromkeys(item.interface for item in of_call(call) if item.ip.version == 4):
        call.out(f"{name:<6} {'224.0.0.0':<20} {'240.0.0.0':<15} {'SM':<8} 01:00:5e:00:00:00\n")
    return 0
