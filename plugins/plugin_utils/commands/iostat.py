# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks and their error counts as ``iostat -En`` prints them (iostat(1M)): five lines a device.

Vendor, product and serial number are parted by labels, not by columns; sizes are taken from the bytes in brackets
because the decimal sign before them follows the locale. A virtual disk of a guest domain has fewer counters, and two lines: what the
driver vdc keeps (its published source) is ``Soft Errors, Transport Errors, Protocol Errors``, then Vendor, Product and Size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .tables import integer, lines, refuse

_HEAD = re.compile(
    r"(?P<device>\S+)\s+Soft Errors:\s*(?P<soft>[0-9]+)\s+(?:Hard Errors:\s*(?P<hard>[0-9]+)\s+)?Transport Errors:\s*(?P<transport>[0-9]+)"
    r"(?:\s+Protocol Errors:\s*(?P<protocol>[0-9]+))?"
)
_HEADED = ("soft", "hard", "transport", "protocol")
_SIZE = re.compile(r"Size:\s*(?P<text>[0-9][0-9.,]*[A-Za-z]*)\s*<(?P<bytes>[0-9]+)(?: bytes)?>")
_COUNTS = {
    "Media Error": "media",
    "Device Not Ready": "not_ready",
    "No Device": "no_device",
    "Recoverable": "recoverable",
    "Illegal Request": "illegal",
    "Predictive Failure Analysis": "predicted",
    "Non-Aligned Writes": "non_aligned",
}
_WORDS = ("Vendor", "Product", "Model", "Revision", "Serial No")


@dataclass(frozen=True, slots=True)
class Device:
    """``size`` is bytes, 0 for an empty removable drive. ``errors``: soft, hard, transport, media, not_ready ... ."""

    name: str
    errors: Mapping[str, int]
    vendor: str = ""
    product: str = ""
    revision: str = ""
    serial: str = ""
    size: int | None = None


def labelled(command: str, line: str, labels: tuple[str, ...]) -> dict[str, str]:
    """Values of a line ``Label: value Label: value``; the whole line must be made of known labels."""
    pattern = re.compile("(" + "|".join(re.escape(label) for label in labels) + "):")
    parts = pattern.split(line)
    if parts[0].strip() or len(parts) < 3:
        refuse(command, line)
    names = parts[1::2]
    if len(set(names)) != len(names):
        refuse(command, line, "has a label twice")
    return dict(zip(names, (value.strip().rstrip(",").strip() for value in parts[2::2]), strict=True))


def parse(text: str) -> tuple[Device, ...]:
    """``iostat -En``: every device, removable drives included."""
    blocks: list[tuple[str, dict[str, int], dict[str, str]]] = []
    for line in lines(text):
        head = _HEAD.fullmatch(line)
        if head:
            blocks.append((head["device"], {name: int(count) for name in _HEADED if (count := head[name])}, {}))
            continue
        if not blocks:
            refuse("iostat -En", line)
        _name, errors, facts = blocks[-1]
        size = _SIZE.search(line)
        if size and size.end() == len(line):
            facts["size"] = size["bytes"]
            line = line[: size.start()].rstrip()
        if not line:
            continue
        if line.startswith(("Vendor:", "Model:")):
            facts.update(labelled("iostat -En", line, _WORDS))
        else:
            for label, value in labelled("iostat -En", line, tuple(_COUNTS)).items():
                errors[_COUNTS[label]] = integer("iostat -En", line, value)
    return tuple(
        Device(
            name,
            errors,
            facts.get("Vendor", ""),
            facts.get("Product", facts.get("Model", "")),
            facts.get("Revision", ""),
            facts.get("Serial No", ""),
            int(facts["size"]) if "size" in facts else None,
        )
        for name, errors, facts in blocks
    )
