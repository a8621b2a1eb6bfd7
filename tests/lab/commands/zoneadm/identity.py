# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a Solaris 10 system in a zone is: sysidcfg(4) at its first boot, afterwards the files that sysidnet(1M) made of it.

A system without identity has /etc/.UNCONFIGURED. Without a sysidcfg it asks on its console and waits there; sysidtool:net never ends.
"""

from __future__ import annotations

import ipaddress
import re

from ...call import Call
from ...truth import NetAddress, Zone
from ..zfs import files
from .config import resources

BRANDS = ("native", "solaris10")
MARK = "etc/.UNCONFIGURED"
INTERFACE = re.compile(r"^network_interface=(\S+)\s*\{(.*)\}\s*$", re.MULTILINE)


def forget(call: Call, zone: Zone) -> None:
    """As a new zone: no identity."""
    files.write(call.machine, f"{zone.zonepath}/root/{MARK}", "")


def of_first_boot(call: Call, zone: Zone) -> bool:
    """Takes the identity from sysidcfg. False when there is none to take: the zone waits at its console."""
    root = f"{zone.zonepath}/root"
    if zone.brand not in BRANDS or files.read(call.machine, f"{root}/{MARK}") is None:
        return True
    text = files.read(call.machine, f"{root}/etc/sysidcfg")
    if text is None:
        return False
    hosts = ["::1 localhost", "127.0.0.1 localhost"]
    for link, inside in INTERFACE.findall(text):
        words = dict(word.split("=", 1) for word in inside.split() if "=" in word)
        name = words.get("hostname", zone.name)
        if "ip_address" in words:
            hosts.append(f"{words['ip_address']} {name}")
            prefix = ipaddress.ip_network(f"{words['ip_address']}/{words['netmask']}", strict=False)
            files.write(call.machine, f"{root}/etc/hostname.{link}", f"{name}\n")
            known = files.read(call.machine, f"{root}/etc/inet/netmasks") or ""
            files.write(call.machine, f"{root}/etc/inet/netmasks", f"{known}{prefix.network_address} {prefix.netmask}\n")
            if words.get("default_route", "NONE") != "NONE":
                files.write(call.machine, f"{root}/etc/defaultrouter", f"{words['default_route']}\n")
        else:
            hosts[1] += f" {name}"
    files.write(call.machine, f"{root}/etc/hosts", "\n".join(hosts) + "\n")
    files.write(call.machine, f"{root}/etc/nodename", f"{zone.name}\n")
    files.remove_file(call.machine, f"{root}/{MARK}")
    return True


def plumb(call: Call, zone: Zone) -> None:
    """An exclusive-IP zone's own addresses on the links it was given, from /etc/hostname.LINK; they go when it halts."""
    if zone.ip_type != "exclusive" or zone.brand not in BRANDS:
        return
    machine, etc = call.machine, f"{zone.zonepath}/root/etc"
    hosts = dict(reversed(line.split()[:2]) for line in (files.read(machine, f"{etc}/hosts") or "").splitlines() if len(line.split()) == 2)
    masks = [line.split() for line in (files.read(machine, f"{etc}/inet/netmasks") or "").splitlines()]
    taken = {one.link for one in machine.addresses if one.zone == zone.name}
    for resource in resources(zone, "net"):
        link = str(resource.get("physical", ""))
        name = (files.read(machine, f"{etc}/hostname.{link}") or "").strip() if link else ""
        if not name or link in taken:
            continue
        host = ipaddress.ip_address(hosts.get(name, name))
        subnets = (ipaddress.ip_network(f"{network}/{mask}") for network, mask in masks)
        prefix = next((subnet.prefixlen for subnet in subnets if host in subnet), 24)
        machine.addresses.append(NetAddress(link, f"{host}/{prefix}", kind="from-gz", zone=zone.name))
