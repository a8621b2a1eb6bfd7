# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes and neighbours: ``netstat -rn``, ``route -p show``, ``route get``, ``arp -an`` (S10, S11 and illumos alike)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command
from .tables import lines, refuse, ruled

_V4 = re.compile(
    r"(?P<destination>\S+)\s+(?P<gateway>\S+)\s+(?P<flags>[A-Z]+)\s+(?P<ref>[0-9]+)\s+(?P<use>[0-9]+)(?:\s+(?P<interface>\S+))?"
)
_RULE = re.compile(r"[\s-]*---[\s-]*")


@dataclass(frozen=True, slots=True)
class Route:
    """A line of ``netstat -rn``. ``interface`` is '' where the kernel has not chosen one (default routes of Solaris 11)."""

    family: str  # IPv4 or IPv6
    destination: str
    gateway: str
    flags: str
    interface: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A line of ``arp -an``; ``mac`` is '' while it is being asked for."""

    device: str
    address: str
    mask: str
    flags: str
    mac: str


def table() -> Command:
    return Command.of("netstat", "-rn")


def persistent() -> Command:
    return Command.of("route", "-p", "show")


def neighbours() -> Command:
    return Command.of("arp", "-an")


def parse_table(text: str) -> tuple[Route, ...]:
    """``netstat -rn``: one table a family, each with a heading and a rule of dashes."""
    found = []
    family = ""
    ready = False
    for line in lines(text):
        title = re.fullmatch(r"Routing Table: (IPv[46])", line.strip())
        if title:
            family, ready = title[1], False
        elif family and _RULE.fullmatch(line):
            ready = True
        elif ready and (match := _V4.fullmatch(line.strip())):
            found.append(Route(family, match["destination"], match["gateway"], match["flags"], match["interface"] or ""))
        elif not family or ready or not line.split()[0].startswith("Destination"):
            refuse("netstat -rn", line)
    return tuple(found)


def parse_persistent(text: str) -> tuple[tuple[str, str], ...]:
    """``route -p show``: destination and gateway of each persistent route; options between them are refused."""
    found = []
    for line in lines(text):
        if line.strip() == "No persistent routes are defined":
            return ()
        match = re.fullmatch(r"persistent: route add (?:-(?:net|host|inet) )?(\S+) (\S+)", line)
        if not match:
            refuse("route -p show", line)
        found.append((match[1], match[2]))
    return tuple(found)


def parse_get(text: str) -> dict[str, str]:
    """``route get``: labels above the line of metrics; ``interface`` may be followed by ``index N``."""
    facts = {}
    for line in lines(text):
        label, separator, value = line.partition(":")
        if not separator:
            break
        facts[label.strip()] = value.strip()
    if "gateway" not in facts and "interface" not in facts:
        refuse("route get", text.strip(), "names neither gateway nor interface")
    return facts


def parse_neighbours(text: str) -> tuple[Neighbour, ...]:
    """``arp -an``: columns lie under a rule of dashes, as the flags may be missing."""
    rows = lines(text)
    rules = [number for number, line in enumerate(rows) if _RULE.fullmatch(line)]
    if len(rules) != 1 or rows[rules[0] - 1].split()[:1] != ["Device"]:
        refuse("arp -an", rows[0] if rows else "", "is not its heading")
    found = []
    for line in rows[rules[0] + 1 :]:
        cells = ruled("arp -an", rows[rules[0]], line)
        if (
            len(cells) != 5
            or not re.fullmatch(r"[A-Za-z]*", cells[3])
            or not re.fullmatch(r"([0-9a-f]{1,2}(:[0-9a-f]{1,2}){5})?", cells[4])
        ):
            refuse("arp -an", line)
        found.append(Neighbour(*cells))
    return tuple(found)
