# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Multipathed LUNs: ``mpathadm list lu``, ``mpathadm show lu``, ``stmsboot -L`` (mpathadm(1M), stmsboot(1M))."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model.errors import ParseError
from .tables import lines, refuse

_COUNT = re.compile(r"\s+(?P<kind>Total|Operational) Path Count:\s+(?P<count>[0-9]+)")


@dataclass(frozen=True, slots=True)
class LogicalUnit:
    """One entry of ``mpathadm list lu``; ``name`` is a /dev/rdsk path, or a /scsi_vhci path for a LUN without one."""

    name: str
    total: int
    operational: int


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """``mpathadm show lu``: labels and values of the head, and one mapping a path, a group and a target port."""

    name: str
    head: Mapping[str, str]
    paths: tuple[Mapping[str, str], ...] = ()
    groups: tuple[Mapping[str, str], ...] = field(default=())


def parse_list(text: str) -> tuple[LogicalUnit, ...]:
    """``mpathadm list lu``; nothing printed means no multipathed LUN."""
    found: list[tuple[str, dict[str, int]]] = []
    for line in lines(text):
        match = _COUNT.fullmatch(line)
        if match and found and match["kind"] not in found[-1][1]:
            found[-1][1][match["kind"]] = int(match["count"])
        elif re.fullmatch(r"\s*/\S+", line):
            found.append((line.strip(), {}))
        else:
            refuse("mpathadm list lu", line)
    if any(set(counts) != {"Total", "Operational"} for _name, counts in found):
        raise ParseError("mpathadm list lu: a logical unit without both of its path counts")
    return tuple(LogicalUnit(name, counts["Total"], counts["Operational"]) for name, counts in found)


def parse_show(text: str) -> tuple[ShownUnit, ...]:
    """``mpathadm show lu``: blocks that start with ``Logical Unit:``, sections ``Paths:`` and ``Target Port Groups:``."""
    units: list[tuple[str, dict[str, str], list[dict[str, str]], list[dict[str, str]]]] = []
    into: dict[str, str] | None = None
    section = ""
    for line in lines(text):
        label, separator, value = (part.strip() for part in line.partition(":"))
        if not separator:
            refuse("mpathadm show lu", line)
        if label == "Logical Unit" and line[0] == label[0]:
            units.append((value, {}, [], []))
            into, section = units[-1][1], ""
            continue
        if not units or into is None:
            refuse("mpathadm show lu", line)
        if label in ("Paths", "Target Port Groups", "Target Ports") and not value:
            section = label
            continue
        if section == "Paths" and label == "Initiator Port Name":
            into = {}
            units[-1][2].append(into)
        elif section == "Target Port Groups" and label == "ID":
            into = {}
            units[-1][3].append(into)
        elif section == "Target Ports":
            if label == "Name":  # the group's ports, by their names
                into["Target Ports"] = f"{into.get('Target Ports', '')} {value}".strip()
            continue
        elif label in into:
            refuse("mpathadm show lu", line, "comes twice in one block")
        into[label] = value
    return tuple(ShownUnit(name, head, tuple(paths), tuple(groups)) for name, head, paths, groups in units)


def parse_boot_names(text: str) -> dict[str, str]:
    """``stmsboot -L``: name without multipathing → name with it."""
    rows = lines(text)
    if len(rows) < 2 or rows[0].split() != ["non-STMS", "device", "name", "STMS", "device", "name"] or set(rows[1]) != {"-"}:
        refuse("stmsboot -L", rows[0] if rows else "", "is not its heading")
    names = {}
    for line in rows[2:]:
        words = line.split()
        if len(words) != 2:
            refuse("stmsboot -L", line)
        names[words[0]] = words[1]
    return names


def paths_of(units: tuple[LogicalUnit, ...]) -> dict[str, int]:
    """Operational paths by disk name (``c0t600…d0``); units without a /dev name are left out."""
    return {disk: unit.operational for unit in units if (disk := _disk(unit))}


def totals_of(units: tuple[LogicalUnit, ...]) -> dict[str, int]:
    """Paths that there are, operational or not, by disk name."""
    return {disk: unit.total for unit in units if (disk := _disk(unit))}


def _disk(unit: LogicalUnit) -> str:
    match = re.fullmatch(r"/dev/rdsk/(\S+?d[0-9]+)(?:s[0-9]+)?", unit.name)
    return match[1] if match else ""
