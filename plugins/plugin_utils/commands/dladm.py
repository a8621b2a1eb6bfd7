# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data links: dladm(1M) of Solaris 11 and illumos. Solaris 10's own dialect is in ``dladm_s10``.

``-p -o`` prints fields joined with ``:``, escaped with a backslash; the tables for people are parted by blanks.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model.command import Command, Output
from ..model.errors import ParseError
from ..model.network import Link
from . import dladm_s10
from .tables import integer, none, parsable, worded

LINK = ("link", "class", "mtu", "state", "over")
PHYS = ("link", "speed", "device")
ADDRESS = ("link", "address")
VNIC = ("link", "speed", "macaddress")
VLAN = ("link", "vid")


def _show(what: str, columns: tuple[str, ...], *options: str) -> Command:
    return Command.of("dladm", what, *options, "-p", "-o", ",".join(columns))


def probes() -> dict[str, Command]:
    """For every release: Solaris 10 refuses ``-o``, Solaris 11 refuses show-dev; each answer is read where it came."""
    return {
        "dladm-link": _show("show-link", LINK),
        "dladm-phys": _show("show-phys", PHYS),
        "dladm-address": _show("show-phys", ADDRESS, "-m"),
        "dladm-vnic": _show("show-vnic", VNIC),
        "dladm-vnic-vid": _show("show-vnic", VLAN),
        "dladm-vlan": _show("show-vlan", VLAN),
        **dladm_s10.probes(),
    }


def parse_links(outputs: Mapping[str, Output]) -> tuple[Link, ...]:
    """Links of the node and, on Solaris 11, those of its running zones (``web1/net0``), in the order printed."""
    listed = outputs["dladm-link"]
    if listed.rc != 0:
        if listed.missing or outputs["dladm-link-s10"].rc != 0:
            raise ParseError(f"dladm show-link failed with exit code {listed.rc}: {listed.stderr.strip() or 'no message'}")
        return dladm_s10.parse_links(outputs)
    speeds: dict[str, str] = {}
    macs: dict[str, str] = {}
    devices: dict[str, str] = {}
    vlans: dict[str, str] = {}
    for row in _rows(outputs, "dladm-phys", PHYS):
        speeds[row["link"]], devices[row["link"]] = row["speed"], row["device"]
    for row in _rows(outputs, "dladm-address", ADDRESS):
        macs.setdefault(row["link"], row["address"])
    for row in _rows(outputs, "dladm-vnic", VNIC):
        speeds[row["link"]], macs[row["link"]] = row["speed"], row["macaddress"]
    for name in ("dladm-vnic-vid", "dladm-vlan"):
        vlans.update({row["link"]: row["vid"] for row in _rows(outputs, name, VLAN)})
    found = []
    for row in parsable("dladm show-link", listed.stdout, LINK):
        link = row["link"]
        zone = link.rpartition("/")[0]
        found.append(
            Link(
                link,
                kind=row["class"],
                mtu=_number(row["mtu"]),
                state=row["state"],
                over=tuple(none(row["over"]).split()),
                device=none(devices.get(link, "")),
                speed=_number(speeds.get(link, "")),
                mac=none(macs.get(link, "")),
                vlan=_number(vlans.get(link, "")) or None,
                zone=zone or None,
            )
        )
    return tuple(found)


def _rows(outputs: Mapping[str, Output], name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of a probe that only adds to the links: a release that refuses it (usage, unknown field) adds nothing."""
    output = outputs[name]
    return parsable(f"dladm ({name})", output.stdout, columns) if output.rc == 0 else []


def _number(cell: str) -> int | None:
    return int(cell) if cell.isdigit() else None


def parse_table(text: str, command: str = "dladm") -> list[dict[str, str]]:
    """A table for people (show-link, show-phys, show-vnic, show-aggr, show-vlan ...): column name in capitals → cell.

    ``--`` becomes ''. OVER and POSSIBLE, always last where present, may hold several words.
    """
    header = text.strip().partition("\n")[0].split()
    rest = header[-1] if header and header[-1] in ("OVER", "PORTS", "POSSIBLE") else None
    return [{name: none(cell) for name, cell in row.items()} for row in worded(command, text, rest=rest)]


def parse_statistics(text: str) -> list[dict[str, int | str]]:
    """``show-link -s``: rows of counters; the first is the total since boot, the others one interval each."""
    rows: list[dict[str, int | str]] = []
    for row in worded("dladm show-link -s", text, needs=("LINK", "IPACKETS", "RBYTES")):
        rows.append({name: cell if name == "LINK" else integer("dladm show-link -s", str(row), cell) for name, cell in row.items()})
    return rows
