# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of Solaris 10's ``zoneadm attach`` on packages and patches that differ between two nodes.

Two forms are known: that of the zones guide (``NAME (VERSION) version mismatch``), and that of the published sources of zoneadm
(sw_cmp.c: ``<tab>NAME: version mismatch`` with the versions on lines of their own; what only this system has is just named).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..model.errors import ParseError

_HEADINGS = {
    "These packages installed on the source system are inconsistent with this system:": "packages_inconsistent",
    "These packages installed on this system were not installed on the source system:": "packages_target_only",
    "These patches installed on the source system are inconsistent with this system:": "patches_inconsistent",
    "These patches installed on this system were not installed on the source system:": "patches_target_only",
}
_ENTRY = re.compile(r"\s*(?P<name>[^\s:(]+):?(?:\s+\((?P<version>[^)]*)\))?\s+(?P<verdict>version mismatch|(?:is |was )?not installed)\Z")
_OTHER_VERSION = re.compile(r"\s*\([^)]*\)(?: \([^)]*\))?\Z")
#: Under a heading that says it: `<tab>NAME (version)` of a package, `<tab>ID-REV` of a patch.
_ONLY_HERE = re.compile(r"\t(?P<name>[^\s:()]+)(?: \([^)]*\))?\Z")


@dataclass(frozen=True, slots=True)
class AttachReport:
    """Name → what is wrong: ``version mismatch``, ``is not installed``, ``was not installed`` or ``not installed``, as printed."""

    packages_inconsistent: dict[str, str] = field(default_factory=dict)
    packages_target_only: dict[str, str] = field(default_factory=dict)
    patches_inconsistent: dict[str, str] = field(default_factory=dict)
    patches_target_only: dict[str, str] = field(default_factory=dict)


def parse_attach_report(text: str) -> AttachReport:
    """Four lists under four headings, each of them optional; a line that is neither is refused."""
    sections: dict[str, dict[str, str]] = {name: {} for name in _HEADINGS.values()}
    current: dict[str, str] | None = None
    only_here = False
    for line in text.splitlines():
        if not line.strip():
            continue
        if line.strip() in _HEADINGS:
            current = sections[_HEADINGS[line.strip()]]
            only_here = _HEADINGS[line.strip()].endswith("_target_only")
        elif current and _OTHER_VERSION.match(line):
            continue  # the version on this system, on a line of its own after its entry
        elif current is not None and (entry := _ENTRY.match(line)):
            current[entry["name"]] = entry["verdict"]
        elif current is not None and only_here and (entry := _ONLY_HERE.match(line)):
            current[entry["name"]] = "was not installed"
        else:
            raise ParseError(f"zoneadm attach: unknown line in the report: {line!r}")
    return AttachReport(**sections)
