# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ILOM, the service processor of SPARC T and M5 and later and of x86 machines: what its command line prints.

Format: ILOM 2.0 to 4.0. ``show TARGET`` prints the target's path and its sections Targets, Properties and Commands, each with
indented entries; a property's value may go on over further lines, deeper still. Power is changed with start, stop and reset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from ..model.errors import ParseError

PowerResult = Literal["starting", "stopping", "reset", "already-started", "already-stopped", "failed"]
_SECTIONS = ("Targets", "Properties", "Commands")
_PROPERTY = re.compile(r"(?P<indent>\s+)(?P<name>[\w.()-]+) = ?(?P<value>.*)\Z")
_UNREADABLE = ("(Cannot show property)", "(none)", "(not set)")
_ECHO = re.compile(r"(?:->\s*)+(?:(?:show|start|stop|reset|set)\b.*)?\Z")


@dataclass(slots=True)
class Shown:
    """One target. ``properties`` as printed, lines of a longer value parted by newlines; a section not asked for is empty."""

    target: str
    targets: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """A property's value; None where it is not there, or the service processor does not tell it."""
        value = self.properties.get(name)
        return None if value is None or value in _UNREADABLE else value

    @property
    def powered(self) -> bool | None:
        """``power_state``; None when it is neither On nor Off: not known, and never taken as off."""
        return {"on": True, "off": False}.get(self.properties.get("power_state", "").lower())


def parse_show(text: str) -> tuple[Shown, ...]:
    """Targets in the order printed (``-level all`` prints several). Prompts and the echoed command are passed over.

    ILOM 4.0 prints some properties twice (``state`` of /SP/network): allowed while both say the same.
    """
    found: list[Shown] = []
    section, last, depth = "", "", 0
    for line in text.splitlines():
        body = line.strip()
        if not body or _ECHO.fullmatch(body):
            continue
        property_ = _PROPERTY.match(line)
        indent = len(line) - len(line.lstrip())
        if re.fullmatch(r"/\S*", body) and section in ("", *_SECTIONS) and indent <= 2:
            found.append(Shown(body))
            section, last = "", ""
        elif body.removesuffix(":") in _SECTIONS and body.endswith(":") and found:
            section, last = body[:-1], ""
        elif section == "Properties" and last and indent > depth + 2:
            found[-1].properties[last] += f"\n{body}"
        elif (
            section == "Properties"
            and property_
            and found[-1].properties.get(property_["name"], property_["value"].strip()) == property_["value"].strip()
        ):
            last, depth = property_["name"], indent
            found[-1].properties[last] = property_["value"].strip()
        elif section in ("Targets", "Commands") and indent and " (" in f"{body} (" and len(body.split("(")[0].split()) == 1:
            (found[-1].targets if section == "Targets" else found[-1].commands).append(body.split()[0])
        else:
            raise ParseError(f"ILOM show: not a line this parser knows: {line!r}")
    if not found:
        raise ParseError(f"ILOM show: no target in {text[:80]!r}")
    return tuple(found)


def parse_power(text: str) -> PowerResult:
    """What became of start, stop or reset. A failure said anywhere wins; a text that says nothing known is refused.

    ``failed`` is no statement about the power: ask for ``power_state``.
    """
    if re.search(r"\bfailed\b|^(?:start|stop|reset): (?!Target already)", text, re.MULTILINE | re.IGNORECASE):
        return "failed"
    if already := re.search(r"^(?:start|stop|reset): Target already (started|stopped)\s*$", text, re.MULTILINE):
        return "already-started" if already[1] == "started" else "already-stopped"
    if re.search(r"^Performing (?:hard |graceful )?reset on /\S+\s*$", text, re.MULTILINE):
        return "reset"
    if doing := re.search(r"^(Starting|Stopping) /\S+(?: immediately)?\s*$", text, re.MULTILINE):
        return "starting" if doing[1] == "Starting" else "stopping"
    raise ParseError(f"ILOM: says neither that it starts, stops, resets nor that it failed: {text[:120]!r}")


def parse_version(text: str) -> dict[str, str]:
    """``version``: ``firmware``, ``build``, ``date`` and ``filesystem`` of the service processor."""
    names = {"SP firmware build number": "build", "SP firmware date": "date", "SP filesystem version": "filesystem"}
    found: dict[str, str] = {}
    for line in text.splitlines():
        label, colon, value = (part.strip() for part in line.partition(":"))
        if colon and label in names:
            found[names[label]] = value
        elif match := re.fullmatch(r"SP firmware ([0-9][\w.]*)", line.strip()):
            found["firmware"] = match[1]
        elif line.strip() and not _ECHO.fullmatch(line.strip()) and line.strip() != "-> version":
            raise ParseError(f"ILOM version: not a line this parser knows: {line!r}")
    if "firmware" not in found:
        raise ParseError(f"ILOM version: no firmware in {text[:80]!r}")
    return found


def invalid_command(text: str) -> str | None:
    """The word of ``Invalid command 'x'``: this is not the service processor the caller thinks, or not that release."""
    match = re.search(r"^Invalid command '([^']*)'", text, re.MULTILINE)
    return match[1] if match else None
