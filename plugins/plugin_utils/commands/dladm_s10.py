# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data links as dladm of Solaris 10 prints them: ``show-link``, ``show-dev``, ``show-aggr``, words with labels."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..model.command import Command, Output
from ..model.errors import ParseError
from ..model.network import Link
from .tables import lines, refuse

_LINK = re.compile(
    r"(?P<link>\S+)\s+type: (?P<type>non-vlan|vlan (?P<vlan>[0-9]+)|legacy)\s+mtu: (?P<mtu>[0-9]+)"
    r"(?:\s+(?:device: (?P<device>\S+)|aggregation: key (?P<key>[0-9]+)))?"
)
_DEVICE = re.compile(
    r"(?P<device>\S+)\s+link: (?P<link>up|down|unknown)\s+speed: (?P<speed>[0-9]+)\s+Mbps\s+duplex: (?P<duplex>full|half|unknown)"
)
_KEY = re.compile(
    r"key: (?P<key>[0-9]+) \(0x[0-9a-f]+\)\s+policy: (?P<policy>\S+)\s+address: (?P<address>[0-9a-f:]+) \((?P<how>auto|fixed)\)"
)
_PORT = re.compile(
    r"\s+(?P<device>\S+)\s+(?P<address>[0-9a-f:]+)\s+(?P<speed>[0-9]+)\s+Mbps\s+(?P<duplex>\S+)\s+(?P<link>\S+)\s+(?P<state>attached|standby|detached)"
)


def probes() -> dict[str, Command]:
    return {
        "dladm-link-s10": Command.of("dladm", "show-link"),
        "dladm-dev-s10": Command.of("dladm", "show-dev"),
        "dladm-aggr-s10": Command.of("dladm", "show-aggr"),
    }


def parse_devices(text: str) -> dict[str, dict[str, str | int]]:
    """``dladm show-dev``: device → link (up, down, unknown), speed in Mb/s, duplex."""
    found: dict[str, dict[str, str | int]] = {}
    for line in lines(text):
        match = _DEVICE.fullmatch(line)
        if not match:
            refuse("dladm show-dev", line)
        found[match["device"]] = {"link": match["link"], "speed": int(match["speed"]), "duplex": match["duplex"]}
    return found


def parse_aggregations(text: str) -> dict[int, tuple[str, ...]]:
    """``dladm show-aggr``: key → devices of the aggregation."""
    found: dict[int, tuple[str, ...]] = {}
    key = None
    for line in lines(text):
        if match := _KEY.fullmatch(line):
            key = int(match["key"])
            found[key] = ()
        elif key is not None and (match := _PORT.fullmatch(line)):
            found[key] = (*found[key], match["device"])
        elif key is None or line.split() != ["device", "address", "speed", "duplex", "link", "state"]:
            refuse("dladm show-aggr", line)
    return found


def parse_show_link(text: str) -> tuple[Link, ...]:
    """``dladm show-link``: kind is phys, vlan or aggr; ``over`` stays empty for an aggregation (show-aggr has it)."""
    found = []
    for line in lines(text):
        match = _LINK.fullmatch(line)
        if not match:
            refuse("dladm show-link", line)
        kind = "vlan" if match["vlan"] else "aggr" if match["key"] else "phys"
        found.append(
            Link(
                match["link"],
                kind=kind,
                mtu=int(match["mtu"]),
                over=(match["device"],) if kind == "vlan" and match["device"] else (),
                device=match["device"] if kind == "phys" and match["device"] else "",
                vlan=int(match["vlan"]) if match["vlan"] else None,
            )
        )
    return tuple(found)


def parse_links(outputs: Mapping[str, Output]) -> tuple[Link, ...]:
    """Links of a Solaris 10 node with the state and speed of their devices."""
    links = parse_show_link(outputs["dladm-link-s10"].stdout)
    shown = outputs["dladm-dev-s10"]
    if shown.rc != 0:
        raise ParseError(f"dladm show-dev failed with exit code {shown.rc}: {shown.stderr.strip() or 'no message'}")
    devices = parse_devices(shown.stdout)
    listed = outputs["dladm-aggr-s10"]
    aggregations = parse_aggregations(listed.stdout) if listed.rc == 0 else {}
    keys = {
        match["link"]: int(match["key"])
        for line in lines(outputs["dladm-link-s10"].stdout)
        if (match := _LINK.fullmatch(line)) and match["key"]
    }
    found = []
    for link in links:
        over = aggregations.get(keys[link.name], ()) if link.name in keys else link.over
        device = devices.get(link.device or (over[0] if link.kind == "vlan" and over else ""), {})
        speed = device.get("speed")
        found.append(
            Link(
                link.name,
                kind=link.kind,
                mtu=link.mtu,
                state=str(device.get("link", "")),
                over=over,
                device=link.device,
                speed=speed if isinstance(speed, int) else None,
                vlan=link.vlan,
            )
        )
    return tuple(found)


def parse_aggregation_statistics(text: str) -> dict[str, object]:
    """``dladm show-aggr -s``: key, totals and ports with packets and bytes; percentages are None for the total."""
    rows = lines(text)
    head = re.fullmatch(r"key:(?P<key>[0-9]+)\s+ipackets\s+rbytes\s+opackets\s+obytes\s+%ipkts\s+%opkts", rows[0] if rows else "")
    if not head:
        refuse("dladm show-aggr -s", rows[0] if rows else "", "is not its heading")
    names = ("ipackets", "rbytes", "opackets", "obytes")
    found: dict[str, dict[str, float | int | None]] = {}
    for line in rows[1:]:
        words = line.split()
        if len(words) not in (5, 7) or not all(word.isdigit() for word in words[1:5]):
            refuse("dladm show-aggr -s", line)
        shares = tuple(float(word) for word in words[5:7]) or (None, None)
        found[words[0]] = {**dict(zip(names, map(int, words[1:5]), strict=True)), "ipkts_pct": shares[0], "opkts_pct": shares[1]}
    return {"key": int(head["key"]), "rows": found}
