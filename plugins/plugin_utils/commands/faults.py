# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diagnosed faults: fmadm faulty and fmdump of fmd(1M).

Format: fmadm(1M), fmdump(1M). ``fmadm faulty`` prints a row TIME, EVENT-ID, MSG-ID, SEVERITY a fault, then labelled
paragraphs whose labels are padded before a colon; continuation lines are indented. Labels differ from release to release
(Problem class or Fault class), so all are kept as printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tables import lines, refuse

_ROW = re.compile(
    r"(?P<time>[A-Z][a-z]{2} +[0-9]{1,2} [0-9:.]+(?: [0-9]{4})?) +(?P<uuid>[0-9a-f]{8}-[0-9a-f-]{27}) +(?P<msgid>[A-Z0-9]+(?:-[A-Z0-9]+)+)"
    r"(?: +(?P<rest>\S+(?: +\S+)*))?\s*\Z"
)
_LABEL = re.compile(r"(?P<label>[A-Z][A-Za-z_ ]*?)\s*: ?(?P<value>.*)\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """``values``: label → lines. ``time``, ``uuid``, ``message``, ``severity`` are '' in a detail without its row."""

    time: str = ""
    uuid: str = ""
    message: str = ""
    severity: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)

    def said(self, *labels: str) -> str:
        """The first line under the first of these labels that is there, '' without any."""
        return next((lines_[0] for label in labels if (lines_ := self.values.get(label))), "")

    @property
    def url(self) -> str:
        match = re.search(r"https?://[^\s)]+?(?=[.,]?(?:[\s)]|\Z))", " ".join(" ".join(value) for value in self.values.values()))
        return match[0] if match else ""


def parse_faulty(text: str) -> tuple[Fault, ...]:
    """``fmadm faulty``: faults in the order printed; nothing printed is no fault."""
    found: list[Fault] = []
    label = ""
    for line in text.splitlines():
        if not line.strip() or not set(line) - {"-", " "} or line.split()[:2] == ["TIME", "EVENT-ID"]:
            continue
        if (row := _ROW.match(line)) is not None:
            found.append(Fault(row["time"], row["uuid"], row["msgid"], row["rest"] or ""))
            label = ""
        elif (match := _LABEL.match(line)) is not None:
            found = found or [Fault()]
            label = match["label"].strip()
            found[-1].values.setdefault(label, []).extend([match["value"].strip()] if match["value"].strip() else [])
        elif line.startswith(" ") and label:
            found[-1].values[label].append(line.strip())
        else:
            refuse("fmadm faulty", line)
    return tuple(found)


def parse_log(text: str) -> tuple[Fault, ...]:
    """``fmdump``: TIME UUID SUNW-MSG-ID [EVENT], a fault a row."""
    found = []
    for line in lines(text):
        if line.split()[:2] == ["TIME", "UUID"]:
            continue
        row = _ROW.match(line)
        if row is None:
            refuse("fmdump", line, "is not time, UUID and message")
        found.append(Fault(row["time"], row["uuid"], row["msgid"], row["rest"] or ""))
    return tuple(found)


def parse_console(text: str) -> dict[str, str]:
    """The message fmd writes to the console and syslog: SUNW-MSG-ID, TYPE, SEVERITY, PLATFORM, HOSTNAME, EVENT-ID, DESC …"""
    found: dict[str, str] = {}
    key = ""
    for line in lines(text):
        body = re.sub(r"^.*?\]\s*(?=(?:SUNW-)?[A-Z-]+: )", "", line)
        if match := re.match(r"(?:SUNW-MSG-ID|EVENT-TIME|PLATFORM): ", body):
            for part in re.split(r", (?=[A-Z-]+: )", body):
                name, _colon, value = part.partition(": ")
                found[name] = value.strip()
            key = ""
        elif match := re.match(r"(SOURCE|EVENT-ID|DESC|AUTO-RESPONSE|IMPACT|REC-ACTION|FRU-LOCATION): (.*)", body):
            key = match[1] if match[1] != "SOURCE" else ""
            said = [body] if key else re.split(r", (?=REV: )", body)
            found |= {name: value for name, _colon, value in (part.partition(": ") for part in said)}
        elif key:
            found[key] = f"{found[key]} {body.strip()}"
        else:
            refuse("fmd", line)
    if "SUNW-MSG-ID" not in found:
        refuse("fmd", text[:80], "has no SUNW-MSG-ID")
    return found
