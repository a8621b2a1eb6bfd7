# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Swap space: ``swap -l`` and ``swap -s`` (swap(1M)). Devices in blocks of 512 bytes, the summary in kilobytes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tables import lines, refuse

_ROW = re.compile(r"(?P<path>\S+)\s+(?P<device>[0-9]+,[0-9]+|-)\s+(?P<low>[0-9]+)\s+(?P<blocks>[0-9]+)\s+(?P<free>[0-9]+)(?:\s+\S+)?")
_SUMMARY = re.compile(
    r"total: (?P<allocated>[0-9]+)k bytes allocated \+ (?P<reserved>[0-9]+)k reserved = "
    r"(?P<used>[0-9]+)k used, (?P<available>[0-9]+)k available"
)
_IN_USE = re.compile(r"(?P<device>/\S+) (?:is|overlaps with) (?P<reason>.+?)(?:\. Please see .*|\.)?")


@dataclass(frozen=True, slots=True)
class SwapDevice:
    """One device or file; sizes in blocks of 512 bytes as printed. ``device`` is major,minor or '-'."""

    path: str
    device: str
    low: int
    blocks: int
    free: int


@dataclass(frozen=True, slots=True)
class SwapSummary:
    """``swap -s`` in kilobytes."""

    allocated: int
    reserved: int
    used: int
    available: int


def parse_devices(text: str) -> tuple[SwapDevice, ...]:
    """``swap -l``; the heading is translated in some locales, so the first line is only required to be no row."""
    rows = lines(text)
    if rows == ["No swap devices configured"] or not rows:
        return ()
    if _ROW.fullmatch(rows[0]) or len(rows[0].split()) < 5 or rows[0].split()[0] != "swapfile":
        refuse("swap -l", rows[0], "is not its heading")
    found = []
    for line in rows[1:]:
        match = _ROW.fullmatch(line)
        if not match:
            refuse("swap -l", line)
        found.append(SwapDevice(match["path"], match["device"], int(match["low"]), int(match["blocks"]), int(match["free"])))
    return tuple(found)


def parse_summary(text: str) -> SwapSummary:
    """``swap -s``: one line; allocated and reserved must add up to used."""
    match = _SUMMARY.fullmatch(text.strip())
    if not match:
        refuse("swap -s", text.strip())
    summary = SwapSummary(*(int(match[name]) for name in ("allocated", "reserved", "used", "available")))
    if summary.allocated + summary.reserved != summary.used:
        refuse("swap -s", text.strip(), "does not add up")
    return summary


def refusal(text: str) -> tuple[str, str] | None:
    """Device and reason when ``swap -a`` said why it did not add; None where it said nothing (it is silent on success)."""
    if not text.strip():
        return None
    match = _IN_USE.fullmatch(text.strip())
    if not match:
        refuse("swap -a", text.strip())
    return match["device"], match["reason"].rstrip(" -")
