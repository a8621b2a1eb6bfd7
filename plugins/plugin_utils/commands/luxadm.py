# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fibre Channel: ``luxadm display`` of a disk and ``luxadm -e port`` (luxadm(1M))."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .tables import lines, refuse


@dataclass(frozen=True, slots=True)
class Display:
    """Properties of one disk, and its paths: each with Controller, Device Address, Host controller port WWN ... ."""

    disk: str
    properties: Mapping[str, str]
    paths: tuple[Mapping[str, str], ...]


def parse_display(text: str) -> tuple[Display, ...]:
    """``luxadm display /dev/rdsk/…``: blocks that start with ``DEVICE PROPERTIES for disk:``."""
    blocks: list[tuple[str, dict[str, str], list[dict[str, str]]]] = []
    in_paths = False
    for line in lines(text):
        head = re.fullmatch(r"DEVICE PROPERTIES for disk: (\S+)", line.strip())
        if head:
            blocks.append((head[1], {}, []))
            in_paths = False
            continue
        if not blocks:
            refuse("luxadm display", line)
        _disk, properties, paths = blocks[-1]
        stripped = line.strip()
        if stripped == "Path(s):":
            in_paths = True
        elif in_paths and stripped.startswith("/dev/"):
            paths.append({"device": stripped})
        elif in_paths and stripped.startswith("/devices/") and paths:
            paths[-1]["physical"] = stripped
        elif in_paths and paths:
            match = re.fullmatch(r"(Controller|Device Address|Host controller port WWN|Class|State)\s+(\S+)", stripped)
            if not match:
                refuse("luxadm display", line)
            paths[-1][match[1]] = match[2]
        else:
            match = re.fullmatch(r"([A-Z][\w ]*):\s*(.*)", stripped)
            if not match or match[1] in properties:
                refuse("luxadm display", line)
            properties[match[1]] = match[2]
    return tuple(Display(disk, properties, tuple(paths)) for disk, properties, paths in blocks)


def parse_ports(text: str) -> dict[str, bool]:
    """``luxadm -e port``: physical path of each port → connected."""
    ports = {}
    for line in lines(text):
        match = re.fullmatch(r"(/devices/\S+)\s+(NOT CONNECTED|CONNECTED)", line)
        if not match:
            refuse("luxadm -e port", line)
        ports[match[1]] = match[2] == "CONNECTED"
    return ports
