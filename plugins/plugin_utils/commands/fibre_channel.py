# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fibre Channel adapters and attachment points: ``fcinfo hba-port`` and ``cfgadm -al`` (fcinfo(1M), cfgadm(1M))."""

from __future__ import annotations

from ..model.command import Command
from .tables import lines, refuse, worded


def adapters() -> Command:
    """Exit code 1 where the node has no adapter that fcinfo knows."""
    return Command.of("fcinfo", "hba-port", ok=(0, 1))


def parse_ports(text: str) -> dict[str, dict[str, str]]:
    """``fcinfo hba-port``: port WWN → label → value. A value may hold colons, so only the first one parts it."""
    if text.strip() in ("No Adapters Found.", "No Adapters Found"):
        return {}
    ports: dict[str, dict[str, str]] = {}
    current: dict[str, str] | None = None
    for line in lines(text):
        label, separator, value = (part.strip() for part in line.partition(":"))
        if not separator or (current is None and label != "HBA Port WWN"):
            refuse("fcinfo hba-port", line)
        if label == "HBA Port WWN":
            if value in ports:
                refuse("fcinfo hba-port", line, "comes twice")
            current = ports.setdefault(value, {})
        elif current is not None:
            if label in current:
                refuse("fcinfo hba-port", line, "comes twice for one port")
            current[label] = value
    return ports


def parse_attachments(text: str) -> list[dict[str, str]]:
    """``cfgadm -al`` (also with ``-o show_FCP_dev``): Ap_Id, Type, Receptacle, Occupant, Condition."""
    return worded("cfgadm -al", text, needs=("Ap_Id", "Type", "Receptacle", "Occupant", "Condition"))
