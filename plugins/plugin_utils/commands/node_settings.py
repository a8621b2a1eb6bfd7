# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the machine that are no file: ``eeprom``, ``dumpadm``, ``isainfo -v``, ``netadm list``, ``prtvtoc``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tables import integer, lines, refuse, worded


def parse_eeprom(text: str) -> dict[str, str | None]:
    """``eeprom``: variable → value; None for ``data not available``."""
    found: dict[str, str | None] = {}
    for line in lines(text):
        absent = re.fullmatch(r"([\w?#-]+): data not available\.", line)
        match = re.fullmatch(r"([\w?#-]+)=(.*)", line)
        if absent:
            found[absent[1]] = None
        elif match:
            found[match[1]] = match[2]
        else:
            refuse("eeprom", line)
    return found


@dataclass(frozen=True, slots=True)
class Dump:
    """``dumpadm``: ``enabled`` is savecore at boot; ``device`` without its remark, which is ``dedicated`` or ``swap``."""

    content: str
    device: str
    remark: str
    directory: str
    enabled: bool
    compressed: bool | None


def parse_dumpadm(text: str) -> Dump:
    """``dumpadm``: labels and values."""
    facts = {}
    for line in lines(text):
        label, separator, value = line.partition(":")
        if not separator:
            refuse("dumpadm", line)
        facts[label.strip()] = value.strip()
    device = re.fullmatch(r"(\S+)(?: \((\w+)\))?", facts.get("Dump device", ""))
    if not device or facts.get("Savecore enabled") not in ("yes", "no"):
        refuse("dumpadm", text.strip())
    packed = facts.get("Save compressed")
    return Dump(
        facts.get("Dump content", ""),
        device[1],
        device[2] or "",
        facts.get("Savecore directory", ""),
        facts["Savecore enabled"] == "yes",
        None if packed is None else packed == "on",
    )


def parse_isainfo(text: str) -> dict[str, str]:
    """``isainfo -v``: width (``64-bit``) → instruction set."""
    found = {}
    for line in lines(text):
        match = re.fullmatch(r"([0-9]+-bit) (\S+) applications", line)
        if match:
            found[match[1]] = match[2]
        elif not found or not line[:1].isspace():
            refuse("isainfo -v", line)
    return found


def parse_netadm(text: str) -> list[dict[str, str]]:
    """``netadm list``: TYPE PROFILE STATE. While DefaultFixed is not online, dladm and ipadm settings do not last."""
    return worded("netadm list", text, needs=("TYPE", "PROFILE", "STATE"))


@dataclass(frozen=True, slots=True)
class Vtoc:
    """``prtvtoc``: dimensions by their words, partitions by number with tag, flags, first, count, last."""

    dimensions: dict[str, int]
    partitions: dict[int, dict[str, int | str]]


def parse_vtoc(text: str) -> Vtoc:
    """Comment lines start with ``*``; sectors are counted, their size is a dimension."""
    dimensions: dict[str, int] = {}
    partitions: dict[int, dict[str, int | str]] = {}
    for line in lines(text):
        dimension = re.fullmatch(r"\*\s+([0-9]+) ([a-z]+(?:[ /][a-z]+)*)", line)
        words = line.split()
        if dimension:
            dimensions[dimension[2]] = int(dimension[1])
        elif line.startswith("*"):
            continue
        elif len(words) in (6, 7):
            first, count, last = (integer("prtvtoc", line, word) for word in words[3:6])
            if last != first + count - 1:
                refuse("prtvtoc", line, "does not add up")
            tag = integer("prtvtoc", line, words[1])
            row: dict[str, int | str] = {
                "tag": tag,
                "flags": words[2],
                "first": first,
                "count": count,
                "last": last,
                "mount": (words[6:] or [""])[0],
            }
            partitions[integer("prtvtoc", line, words[0])] = row
        else:
            refuse("prtvtoc", line)
    return Vtoc(dimensions, partitions)
