# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishers of an image: ``pkg publisher`` as a table, as tab-separated values, and in detail (pkg(1))."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tables import lines, refuse

_ROW = re.compile(
    r"(?P<name>\S+)(?: \((?P<notes>[a-z, -]+)\))?"
    r"(?:\s+(?P<type>origin|mirror)\s+(?P<status>online|offline)\s+(?:(?P<proxied>[FT])\s+)?(?P<location>\S+))?"
)
_NOTES = frozenset({"non-sticky", "syspub", "disabled", "preferred"})
_TSV = ("PUBLISHER", "STICKY", "SYSPUB", "ENABLED", "TYPE", "STATUS", "URI", "PROXY")
_LABELLED = re.compile(r"\s*(?P<label>[A-Z][\w. ]*?):(?: (?P<value>.*))?")


@dataclass(frozen=True, slots=True)
class Origin:
    """One row: a publisher with one of its origins or mirrors; ``kind`` and ``location`` '' for one without any."""

    publisher: str
    kind: str = ""
    status: str = ""
    location: str = ""
    proxied: bool = False
    sticky: bool = True
    syspub: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Detail:
    """``pkg publisher NAME``. ``facts`` are its labels; origins, mirrors and certificates may come several times."""

    publisher: str
    origins: tuple[str, ...]
    mirrors: tuple[str, ...]
    facts: dict[str, str]
    enabled: bool


def parse_table(text: str) -> tuple[Origin, ...]:
    """``pkg publisher`` for people, with or without its heading."""
    found = []
    for number, line in enumerate(lines(text)):
        if number == 0 and line.split()[:3] == ["PUBLISHER", "TYPE", "STATUS"]:
            continue
        match = _ROW.fullmatch(line)
        notes = frozenset(note.strip() for note in match["notes"].split(",")) if match and match["notes"] else frozenset()
        if not match or notes - _NOTES:
            refuse("pkg publisher", line)
        found.append(
            Origin(
                match["name"],
                match["type"] or "",
                match["status"] or "",
                match["location"] or "",
                proxied=match["proxied"] == "T",
                sticky="non-sticky" not in notes,
                syspub="syspub" in notes,
                enabled="disabled" not in notes,
            )
        )
    return tuple(found)


def parse_tsv(text: str) -> tuple[Origin, ...]:
    """``pkg publisher -F tsv``: eight columns, named in the first line; added columns are tolerated."""
    rows = [line for line in text.splitlines() if line.strip()]
    if not rows or tuple(rows[0].split("\t"))[: len(_TSV)] != _TSV:
        refuse("pkg publisher -F tsv", rows[0] if rows else "", "is not its heading")
    found = []
    for line in rows[1:]:
        cells = line.split("\t")
        if len(cells) < len(_TSV) or any(cells[number] not in ("true", "false") for number in (1, 2, 3)):
            refuse("pkg publisher -F tsv", line)
        name, sticky, syspub, enabled, kind, status, uri, proxy = cells[:8]
        found.append(
            Origin(
                name,
                kind.strip("-"),
                status.strip("-"),
                "" if uri == "-" else uri,
                proxy not in ("-", ""),
                sticky == "true",
                syspub == "true",
                enabled == "true",
            )
        )
    return tuple(found)


def parse_details(text: str) -> tuple[Detail, ...]:
    """``pkg publisher NAME ...``: blocks that start with ``Publisher:``; ``None`` stands for nothing."""
    blocks: list[tuple[str, list[str], list[str], dict[str, str]]] = []
    for line in lines(text):
        match = _LABELLED.fullmatch(line)
        if not match:
            refuse("pkg publisher", line)
        label, value = match["label"], (match["value"] or "").strip()
        value = "" if value == "None" else value
        if label == "Publisher":
            blocks.append((value, [], [], {}))
        elif not blocks:
            refuse("pkg publisher", line, "stands before any Publisher")
        elif label == "Origin URI":
            blocks[-1][1].append(value)
        elif label == "Mirror URI":
            blocks[-1][2].append(value)
        else:
            blocks[-1][3].setdefault(label, value)
    for name, _origins, _mirrors, facts in blocks:
        if facts.get("Enabled") not in ("Yes", "No"):
            refuse("pkg publisher", name, "is neither enabled nor disabled")
    return tuple(Detail(name, tuple(origins), tuple(mirrors), facts, facts["Enabled"] == "Yes") for name, origins, mirrors, facts in blocks)


def parse_changed(text: str) -> dict[str, tuple[str, ...]]:
    """``pkg set-publisher -p``: ``added`` and ``updated`` publishers; nothing printed is nothing told, and an error is refused."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if match := re.match(r"\s+(Added|Updated) publisher\(s\): (.+)\Z", line):
            found[match[1].lower()] = tuple(name.strip() for name in match[2].split(","))
        elif line.strip() and line.strip() not in ("pkg set-publisher:", "pkg unset-publisher:"):
            refuse("pkg set-publisher", line)
    return found
