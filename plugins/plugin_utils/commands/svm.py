# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Solaris Volume Manager: ``metastat``, ``metastat -c``, ``metaset``, ``metadb`` (metastat(1M), metaset(1M), metadb(1M))."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tables import integer, lines, refuse

_HEAD = re.compile(
    r"(?P<name>[\w./-]+): (?P<type>Mirror|Submirror|Concat/Stripe|RAID|Soft Partition|Hot spare pool|Trans)\b(?: of (?P<of>\S+))?(?:.*)"
)
_POOL = re.compile(r"(?P<name>(?:[\w.-]+/)?hsp\w+): (?:is empty|[0-9]+ hot spares?)")
_SIZE = re.compile(r"(?P<blocks>[0-9]+) blocks(?: \((?P<text>[0-9.]+ [KMGT]B)\))?")
_SHORT = re.compile(r"\s*(?P<name>[\w./-]+)\s+(?P<type>[a-zA-Z])\s+(?P<size>[0-9.]+[KMGT]B)\s*(?P<parts>.*)")
_PART = re.compile(r"(?P<part>/?\w[\w./-]*)(?:\s+\((?P<state>[^()]+)\))?")
_SECTIONS = {("Host", "Owner"), ("Drive", "Dbase"), ("Driv", "Dbase"), ("Mediator", "Host(s)")}
_REPLICA = re.compile(r"(?P<flags>[A-Za-z ]*?)\s+(?P<first>[0-9]+|unknown)\s+(?P<count>[0-9]+|unknown)\s+(?P<device>/dev/\S+)")


@dataclass(slots=True)
class Metadevice:
    """One block of ``metastat``. ``size_blocks`` are blocks of 512 bytes; ``facts`` all labels as printed.

    ``submirrors`` by name with their state; ``slices`` the rows of its component table (device, start, dbase, state), of a
    hot spare pool its spares (device, state, blocks); ``extents`` of a soft partition as first block and count.
    """

    name: str
    type: str
    of: str = ""
    state: str = ""
    size_blocks: int | None = None
    size: str = ""
    submirrors: dict[str, str] = field(default_factory=dict)
    slices: list[dict[str, str | int]] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    extents: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of ``metastat -c``; ``parts`` with the state in brackets after each, '' where it has none."""

    name: str
    type: str
    size: str
    parts: dict[str, str]


def parse_summary(text: str) -> tuple[Summary, ...]:
    """``metastat -c``: name, type letter, size, components; nesting is told by indentation only and not kept."""
    found = []
    for line in lines(text):
        match = _SHORT.fullmatch(line)
        if not match or not match["parts"]:
            refuse("metastat -c", line)
        parts: dict[str, str] = {}
        rest = match["parts"].strip()
        while rest:
            part = _PART.match(rest)
            if not part:
                refuse("metastat -c", line, f"has {rest!r} after its components")
            parts[part["part"]] = part["state"] or ""
            rest = rest[part.end() :].strip()
        found.append(Summary(match["name"], match["type"], match["size"], parts))
    return tuple(found)


def parse_status(text: str) -> tuple[Metadevice, ...]:
    """``metastat``: blocks ``NAME: TYPE``; the table of device ids at the end is not read."""
    found: list[Metadevice] = []
    columns: list[str] = []
    submirror = ""
    original = False
    for line in lines(text):
        head = _HEAD.fullmatch(line)
        if line.startswith("Device Relocation Information"):
            break
        pool = _POOL.fullmatch(line)
        if pool:
            found.append(Metadevice(pool["name"], "Hot spare pool"))
            columns, submirror, original = [], "", False
            continue
        if head:
            found.append(Metadevice(head["name"], head["type"], head["of"] or ""))
            columns, submirror, original = [], "", False
            continue
        if not found:
            refuse("metastat", line)
        device = found[-1]
        stripped = line.strip()
        part = re.fullmatch(r"Submirror [0-9]+: (\S+)", stripped)
        label, separator, value = (word.strip() for word in stripped.partition(":"))
        if part:
            submirror = part[1]
            device.submirrors[submirror] = ""
        elif stripped.startswith("Device ") and "Start Block" in stripped:
            columns = stripped.replace("Start Block", "Start").replace("Hot Spare", "Spare").split()
        elif stripped.split() in (["Device", "Status", "Length"], ["Device", "Status", "Length", "Reloc"]):
            columns = stripped.split()
        elif stripped.split() == ["Extent", "Start", "Block", "Block", "count"]:
            columns = ["Extent"]
        elif columns == ["Extent"] and not separator:
            words = stripped.split()
            if len(words) != 3 or words[0] != str(len(device.extents)):
                refuse("metastat", line, "is not the next extent, its start and its length")
            device.extents.append((integer("metastat", line, words[1]), integer("metastat", line, words[2])))
        elif columns[1:2] == ["Status"] and not separator:
            device.slices.append(_spare(line))
        elif columns and not separator:
            device.slices.append(_slice(line, columns))
        elif re.fullmatch(r"Stripe [0-9]+:.*|(?:Original device|Concatenated Devices):", stripped):
            original = not stripped.startswith("Stripe")
            columns = []
        elif not separator:
            refuse("metastat", line)
        elif label == "State" and submirror and not device.submirrors[submirror]:
            device.submirrors[submirror] = value
        elif label == "Size" and not original:
            size = _SIZE.fullmatch(value)
            if not size:
                refuse("metastat", line)
            device.size_blocks, device.size = int(size["blocks"]), size["text"] or ""
        elif label == "State" and not device.state:
            device.state = value
        elif label not in device.facts:
            device.facts[label] = value
        elif not original:
            refuse("metastat", line, "comes twice for one metadevice")
    return tuple(found)


def _spare(line: str) -> dict[str, str | int]:
    match = re.fullmatch(r"\s*(?P<device>\S+)\s+(?P<state>\S+(?: \S+)*)\s+(?P<blocks>[0-9]+) blocks(?:\s+(?P<reloc>Yes|No))?", line)
    if not match:
        refuse("metastat", line, "is not a hot spare, its status and its length")
    return {"device": match["device"], "state": match["state"], "blocks": int(match["blocks"])}


def _slice(line: str, columns: list[str]) -> dict[str, str | int]:
    words = [word.replace("_", " ") if word == "Last_Erred" else word for word in line.replace("Last Erred", "Last_Erred").split()]
    wanted = [name for name in columns if name != "Spare"]
    if len(words) not in (len(wanted), len(columns)):
        refuse("metastat", line, f"does not fit the columns {', '.join(columns)}")
    row: dict[str, str | int] = {name.lower(): word for name, word in zip(columns, words, strict=False)}
    if any(row.get(name, "No") not in ("Yes", "No") for name in ("dbase", "reloc")):
        refuse("metastat", line, "has neither Yes nor No where one is expected")
    row["start"] = integer("metastat", line, words[columns.index("Start")])
    return row


@dataclass(frozen=True, slots=True)
class DiskSet:
    """``metaset -s NAME``: hosts with whether they own it, drives with whether they hold a replica."""

    name: str
    number: int
    hosts: dict[str, bool]
    drives: dict[str, bool]


def parse_sets(text: str) -> tuple[DiskSet, ...]:
    """``metaset``: one block a set; mediator hosts are not read."""
    found: list[DiskSet] = []
    section = ""
    for line in lines(text):
        head = re.fullmatch(r"(?:Multi-owner )?Set name = (\S+), Set number = ([0-9]+)(?:, .*)?", line)
        words = line.split()
        if head:
            found.append(DiskSet(head[1], int(head[2]), {}, {}))
            section = ""
        elif found and tuple(words[:2]) in _SECTIONS and not line[0].isspace():
            section = "Drive" if words[0].startswith("Driv") else words[0]
        elif section == "Host" and words[1:] in ([], ["Yes"], ["No"], ["Yes", "(auto)"], ["No", "(auto)"]):
            found[-1].hosts[words[0]] = words[1:2] == ["Yes"]
        elif section == "Drive" and len(words) == 2 and words[1] in ("Yes", "No"):
            found[-1].drives[words[0]] = words[1] == "Yes"
        elif section != "Mediator":
            refuse("metaset", line)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Replica:
    """A state database replica; capital letters among the flags are errors."""

    device: str
    flags: str
    first: int | None
    count: int | None


def parse_replicas(text: str) -> tuple[Replica, ...]:
    """``metadb`` or ``metadb -i`` (whose legend is left out)."""
    rows = lines(text)
    if rows and not rows[0].strip().startswith("flags"):
        refuse("metadb", rows[0], "is not its heading")
    found = []
    for line in rows[1:]:
        match = _REPLICA.fullmatch(line)
        if match:
            first, count = (int(match[name]) if match[name].isdigit() else None for name in ("first", "count"))
            found.append(Replica(match["device"], "".join(match["flags"].split()), first, count))
        elif not re.fullmatch(r"[A-Za-z] - \S.*", line):
            refuse("metadb", line)
    return tuple(found)
