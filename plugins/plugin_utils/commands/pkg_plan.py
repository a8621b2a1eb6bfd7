# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``pkg install|update|uninstall`` plan or did: the text for people, ``--parsable=0``, and ``pkg history`` (pkg(1)).

Exit codes: 0 done, 1 failed, 4 nothing to do. Progress lines (``Planning: …``) go to stdout where it is no terminal.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from ..model.errors import ParseError
from .pkg import fmri
from .tables import lines, refuse

_PROGRESS = re.compile(
    r"\s*(?:Startup|Planning|Download|Actions|Finalize|Refreshing catalog .*|Caching catalogs|Retrieving catalog .*)(?:: .*| \.\.\..*)?"
)
_NOTHING = re.compile(r"No updates (?:available|necessary) for this image\.?")
_COUNTS = {
    "Packages to install": "install",
    "Packages to update": "update",
    "Packages to remove": "remove",
    "Packages to change": "change",
    "Packages to fix": "fix",
    "Mediators to change": "mediators",
    "Services to change": "services",
    "Variants/Facets to change": "variants",
    "Editable files to change": "editables",
}
_FLAGS = {
    "Create boot environment": "boot_environment",
    "Activate boot environment": "activate",
    "Create backup boot environment": "backup",
    "Rebuild boot archive": "boot_archive",
}
_SIZES = {"Estimated space available": "available", "Estimated space to be consumed": "consumed"}
_CHANGE = re.compile(r"    (?P<old>\S+) -> (?P<new>\S+)")
_HISTORY = re.compile(
    r"(?P<start>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8})\s+(?P<operation>[a-z-]+)"
    r"(?:\s+(?P<client>\S.*?))??\s+(?P<outcome>Succeeded|Failed|Canceled|Ignored|Nothing to do|Unknown)(?: \((?P<reason>.*)\))?"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A package's change; ``old`` '' for a new package, ``new`` '' for a removed one."""

    publisher: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan. ``counts`` by install, update, remove ...; None for what the text does not say."""

    changed: bool
    counts: dict[str, int] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    boot_environment: bool | None = None
    activate: bool | None = None
    backup: bool | None = None
    boot_archive: bool | None = None
    available: str = ""
    consumed: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of ``pkg history``; ``client`` '' where the column was not asked for."""

    start: str
    operation: str
    outcome: str
    client: str = ""
    reason: str = ""


def parse_plan(text: str) -> Planned:
    """The text of ``-n`` or ``-nv``, or of the operation itself up to where it starts to work."""
    counts: dict[str, int] = {}
    flags: dict[str, bool] = {}
    sizes: dict[str, str] = {}
    changes: list[Change] = []
    publisher = name = section = ""
    said = False
    for line in lines(text):
        label, separator, value = (part.strip() for part in line.partition(":"))
        if section == "Changed packages":
            match = _CHANGE.fullmatch(line)
            if match and name:
                changes.append(Change(publisher, name, *("" if end == "None" else end for end in (match["old"], match["new"]))))
                continue
            if re.fullmatch(r"  \S+", line) and publisher:
                name = line.strip()
                continue
            if re.fullmatch(r"\S+", line) and not separator:
                publisher, name = line, ""
                continue
        if _NOTHING.fullmatch(line.strip()):
            return Planned(changed=False)
        if separator and label in _COUNTS and re.fullmatch(r"[0-9]+", value):
            counts[_COUNTS[label]], said = int(value), True
        elif separator and label in _FLAGS and value in ("Yes", "No"):
            flags[_FLAGS[label]] = value == "Yes"
        elif separator and label in _SIZES:
            sizes[_SIZES[label]] = value
        elif separator and not value and line == line.lstrip():
            section = label
        elif not section and not _PROGRESS.fullmatch(line):
            refuse("pkg", line)
    if not said:
        raise ParseError(f"pkg: neither a plan nor 'No updates' in its output: {text.strip()[:200]!r}")
    return Planned(
        changed=any(counts.values()),
        counts=counts,
        changes=tuple(changes),
        boot_environment=flags.get("boot_environment"),
        activate=flags.get("activate"),
        backup=flags.get("backup"),
        boot_archive=flags.get("boot_archive"),
        available=sizes.get("available", ""),
        consumed=sizes.get("consumed", ""),
    )


def parse_parsable(text: str) -> Planned:
    """``--parsable=0``: one line of JSON, version 0."""
    start = text.find("{")
    try:
        plan = json.loads(text[start:].strip().splitlines()[0]) if start >= 0 else None
    except ValueError:
        plan = None
    if not isinstance(plan, dict) or plan.get("version") != 0:
        refuse("pkg --parsable=0", text.strip()[:200], "is not a plan of version 0")
    try:
        changes = [_parsed_change(old, new) for old, new in plan["change-packages"]]
        changes += [_parsed_change("", new) for new in plan["add-packages"]]
        changes += [_parsed_change(old, "") for old in plan["remove-packages"]]
        counts = {"install": len(plan["add-packages"]), "update": len(plan["change-packages"]), "remove": len(plan["remove-packages"])}
        return Planned(
            changed=bool(changes),
            counts=counts,
            changes=tuple(changes),
            boot_environment=bool(plan["create-new-be"]),
            activate=bool(plan["activate-be"]),
            backup=bool(plan["create-backup-be"]),
            boot_archive=bool(plan["boot-archive-rebuild"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ParseError(f"pkg --parsable=0: its plan lacks {error}") from error


def _parsed_change(old: str, new: str) -> Change:
    publisher, name, _version = fmri(new or old)
    return Change(publisher, name, fmri(old)[2].text if old else "", fmri(new)[2].text if new else "")


def parse_history(text: str) -> tuple[Operation, ...]:
    """``pkg history`` with or without -H, or with ``-o start,operation[,client],outcome``."""
    found = []
    for number, line in enumerate(lines(text)):
        match = _HISTORY.fullmatch(line)
        if match:
            found.append(Operation(match["start"], match["operation"], match["outcome"], match["client"] or "", match["reason"] or ""))
        elif number or line.split()[:2] != ["START", "OPERATION"]:
            refuse("pkg history", line)
    return tuple(found)
