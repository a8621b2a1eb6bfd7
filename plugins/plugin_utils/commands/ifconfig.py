# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP interfaces as ``ifconfig -a`` prints them on every release (ifconfig(1M)): the only form of Solaris 10.

A stanza starts with ``NAME: flags=HEX<WORDS> mtu N index N``; IPv4 and IPv6 of one interface are stanzas of their own.
``zone NAME`` below it tells a shared-IP zone's address, ``groupname`` an IPMP group.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from netaddr import IPAddress

from ..model.command import Command, Output
from ..model.errors import ParseError
from ..model.network import Address, IpmpGroup
from .tables import lines, refuse

_HEAD = re.compile(
    r"(?P<name>[A-Za-z][\w./]*(?::[0-9]+)?): flags=(?P<bits>[0-9a-f]+)<(?P<flags>[^>]*)>"
    r"(?: metric [0-9]+)? mtu (?P<mtu>[0-9]+)(?: index (?P<index>[0-9]+))?"
)
_INET = re.compile(
    r"inet (?P<address>[0-9.]+)(?: --> (?P<peer>[0-9.]+))? netmask (?P<netmask>[0-9a-f]+)(?: broadcast (?P<broadcast>[0-9.]+))?"
)
_INET6 = re.compile(r"inet6 (?P<address>[0-9a-fA-F:.]+)/(?P<prefix>[0-9]+)(?: --> (?P<peer>[0-9a-fA-F:.]+))?")
_TUNNEL = re.compile(r"inet6? tunnel src (?P<src>\S+)(?:\s+tunnel dst (?P<dst>\S+))?")
_WORD = re.compile(r"(?P<label>zone|groupname|ether|ipib|usesrc|srcof|token) (?P<value>\S.*)")
_REMARK = re.compile(r"tunnel (?:security settings|hop limit|encapsulation limit)\b.*")


@dataclass(frozen=True, slots=True)
class Interface:
    """One stanza. ``netmask`` is eight hexadecimal digits or '' (IPv6: see ``prefix``)."""

    name: str
    flags: tuple[str, ...]
    mtu: int
    index: int | None = None
    address: str = ""
    prefix: int | None = None
    netmask: str = ""
    broadcast: str = ""
    peer: str = ""
    mac: str = ""
    group: str | None = None
    zone: str | None = None
    tunnel_src: str = ""
    tunnel_dst: str = ""
    more: tuple[str, ...] = ()  # further addresses of the stanza with their prefix


def probes() -> dict[str, Command]:
    return {"ifconfig": Command.of("ifconfig", "-a")}


def add_logical(interface: str, address: str, zone: str) -> Command:
    """A further address (with prefix) on the interface, up, in a running shared-IP zone. Lasts until the zone halts."""
    return Command.of("ifconfig", interface, "addif", address, "broadcast", "+", "zone", zone, "up")


def remove_logical(interface: str, address: str) -> Command:
    """``address`` without prefix."""
    return Command.of("ifconfig", interface, "removeif", address)


def prefix_of(netmask: str) -> int:
    """Prefix length of a netmask printed as hexadecimal digits without 0x (``fffffe00``; ``0`` for none)."""
    mask = IPAddress(int(netmask, 16), 4)
    if not mask.is_netmask() and int(mask) != 0:
        refuse("ifconfig", netmask, "is not a netmask without holes")
    return mask.netmask_bits() if int(mask) else 0


def parse_interfaces(text: str) -> tuple[Interface, ...]:
    """Every stanza in the order printed."""
    stanzas: list[tuple[re.Match[str], dict[str, str], list[str]]] = []
    for line in lines(text):
        head = _HEAD.fullmatch(line)
        if head:
            stanzas.append((head, {}, []))
        elif not stanzas or not line[0].isspace():
            refuse("ifconfig", line)
        else:
            _detail(line.strip(), stanzas[-1][1], stanzas[-1][2])
    return tuple(_interface(*stanza) for stanza in stanzas)


def _detail(line: str, facts: dict[str, str], more: list[str]) -> None:
    """Add what one indented line says."""
    if match := _TUNNEL.fullmatch(line):
        facts.update(tunnel_src=match["src"], tunnel_dst=match["dst"] or "")
    elif match := _INET.fullmatch(line) or _INET6.fullmatch(line):
        found = {name: value for name, value in match.groupdict().items() if value is not None}
        prefix = found.get("prefix", "") or str(prefix_of(found["netmask"]))
        if "address" in facts:
            more.append(f"{found['address']}/{prefix}")
        else:
            facts.update(found, prefix=prefix)
    elif match := _WORD.fullmatch(line):
        if match["label"] in facts:
            refuse("ifconfig", line, "comes twice in one stanza")
        facts[match["label"]] = match["value"]
    elif not _REMARK.fullmatch(line):
        refuse("ifconfig", line)


def _interface(head: re.Match[str], facts: Mapping[str, str], more: list[str]) -> Interface:
    return Interface(
        head["name"],
        flags=tuple(flag for flag in head["flags"].split(",") if flag),
        mtu=int(head["mtu"]),
        index=int(head["index"]) if head["index"] else None,
        address=facts.get("address", ""),
        prefix=int(facts["prefix"]) if "prefix" in facts else None,
        netmask=facts.get("netmask", ""),
        broadcast=facts.get("broadcast", ""),
        peer=facts.get("peer", ""),
        mac=facts.get("ether", ""),
        group=facts.get("groupname"),
        zone=facts.get("zone"),
        tunnel_src=facts.get("tunnel_src", ""),
        tunnel_dst=facts.get("tunnel_dst", ""),
        more=tuple(more),
    )


def addresses(interfaces: tuple[Interface, ...]) -> tuple[Address, ...]:
    """Addresses of the stanzas: ``interface`` is the physical name, ``name`` the logical one (``e1000g0:1``).

    A logical interface inherits group and MAC from its physical one. 0.0.0.0 and :: are no address.
    """
    groups = {one.name: one.group for one in interfaces if one.group}
    macs = {one.name: one.mac for one in interfaces if one.mac}
    found = []
    for one in interfaces:
        physical = one.name.partition(":")[0]
        own = f"{one.address}/{one.prefix}" if one.address not in ("", "0.0.0.0", "::") else ""
        for address in (own, *one.more):
            found.append(
                Address(
                    physical,
                    address,
                    name=one.name,
                    state="ok" if "UP" in one.flags else "down",
                    kind="dhcp" if "DHCP" in one.flags else "addrconf" if "ADDRCONF" in one.flags else "static",
                    zone=one.zone,
                    group=one.group or groups.get(physical),
                    mac=one.mac or macs.get(physical, ""),
                    flags=one.flags,
                )
            )
    return tuple(found)


def groups(interfaces: tuple[Interface, ...]) -> tuple[IpmpGroup, ...]:
    """The IPMP groups of Solaris 10: interfaces with a ``groupname``. One that has failed, is offline or has no link is not usable."""
    members: dict[str, dict[str, bool]] = {}
    for one in interfaces:
        if one.group and ":" not in one.name and "IPMP" not in one.flags:
            usable = "RUNNING" in one.flags and not {"FAILED", "OFFLINE"} & set(one.flags)
            group = members.setdefault(one.group, {})
            group[one.name] = usable and group.get(one.name, True)  # its IPv6 may be shown beside
    return tuple(
        IpmpGroup(
            name,
            tuple(sorted(found)),
            state="ok" if all(found.values()) else "degraded" if any(found.values()) else "failed",
            unusable=tuple(sorted(one for one, usable in found.items() if not usable)),
        )
        for name, found in sorted(members.items())
    )


def parse_group_list(outputs: Mapping[str, Output]) -> tuple[IpmpGroup, ...]:
    """The groups from the answer to ``probes()``."""
    output = outputs["ifconfig"]
    if output.rc != 0:
        raise ParseError(f"ifconfig -a failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    return groups(parse_interfaces(output.stdout))


def parse(outputs: Mapping[str, Output]) -> tuple[Address, ...]:
    """Addresses from the answer to ``probes()``."""
    output = outputs["ifconfig"]
    if output.rc != 0:
        raise ParseError(f"ifconfig -a failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    return addresses(parse_interfaces(output.stdout))
