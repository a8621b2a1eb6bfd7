# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processors: ``psrinfo``, ``psrinfo -v``, ``psrinfo -p`` and ``psrinfo -vp`` (psrinfo(1M)).

``-vp`` is said in three ways: Solaris 9 puts the model into the sentence, Solaris 10 and 11 on a line below, some
releases add a line for every core. The list of virtual processors is ``0-31``, ``0 512`` or ``0, 1, 2``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tables import integer, lines, refuse

_CHIP = re.compile(
    r"The (?:(?P<model>\S.*) )?physical processor has (?:(?P<cores>[0-9]+) cores? and )?"
    r"(?P<count>[0-9]+) virtual processors? \((?P<ids>[0-9, -]+)\)"
)
_CORE = re.compile(r"\s+The core has (?P<count>[0-9]+) virtual processors? \((?P<ids>[0-9, -]+)\)")
_MODEL = re.compile(r"\s+(?P<model>\S.*?) \((?P<about>.*\bclock (?P<mhz>[0-9]+) MHz.*)\)")
_STATUS = re.compile(r"Status of (?:virtual )?processor (?P<id>[0-9]+) as of: .+")
_SINCE = re.compile(r"\s+(?P<state>[a-z][a-z-]*) since .+\.")
_ISA = re.compile(r"\s+The (?P<isa>\S+) processor operates at (?:(?P<mhz>[0-9]+) MHz|an unknown frequency),")
_FLOATING = re.compile(r"\s+and has (?:an? .+|no) floating point(?: processor)?\.")
_PLAIN = re.compile(r"\s*(?P<id>[0-9]+)\s+(?P<state>[a-z][a-z-]*)\s+since .+")

#: States of psrinfo(1M); any other word is refused.
STATES = frozenset({"on-line", "off-line", "no-intr", "spare", "faulted", "powered-off", "disabled"})


@dataclass(frozen=True, slots=True)
class Processor:
    """A virtual processor (hardware thread). ``isa`` and ``mhz`` only from ``-v``."""

    id: int
    state: str
    isa: str = ""
    mhz: int | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A physical processor. ``cores`` is None where psrinfo does not tell cores apart."""

    ids: tuple[int, ...]
    model: str = ""
    mhz: int | None = None
    cores: int | None = None
    socket: str = ""


def parse_plain(text: str) -> tuple[Processor, ...]:
    """``psrinfo``: one line a virtual processor."""
    found = []
    for line in lines(text):
        match = _PLAIN.fullmatch(line)
        if not match or match["state"] not in STATES:
            refuse("psrinfo", line)
        found.append(Processor(int(match["id"]), match["state"]))
    return tuple(found)


def parse_verbose(text: str) -> tuple[Processor, ...]:
    """``psrinfo -v``: three or four lines a virtual processor."""
    found: list[dict[str, str | None]] = []
    for line in lines(text):
        if match := _STATUS.fullmatch(line):
            found.append({"id": match["id"]})
        elif found and (match := _SINCE.fullmatch(line)) and match["state"] in STATES and "state" not in found[-1]:
            found[-1]["state"] = match["state"]
        elif found and (match := _ISA.fullmatch(line)) and "isa" not in found[-1]:
            found[-1].update(isa=match["isa"], mhz=match["mhz"])
        elif not (found and _FLOATING.fullmatch(line)):
            refuse("psrinfo -v", line)
    for one in found:
        if "state" not in one:
            refuse("psrinfo -v", f"processor {one['id']}", "has no line with its state")
    return tuple(
        Processor(int(one["id"] or 0), one["state"] or "", one.get("isa") or "", int(mhz) if (mhz := one.get("mhz")) else None)
        for one in found
    )


def parse_chips(text: str) -> tuple[Chip, ...]:
    """``psrinfo -vp``: physical processors with their virtual ones; the counts it prints must agree with its lists."""
    blocks: list[list[str]] = []
    for line in lines(text):
        if _CHIP.fullmatch(line):
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
        else:
            refuse("psrinfo -vp", line)
    return tuple(_chip(block) for block in blocks)


def parse_count(text: str) -> int:
    """``psrinfo -p``: the number of physical processors."""
    return integer("psrinfo -p", text.strip(), text.strip())


def _chip(block: list[str]) -> Chip:
    head = _CHIP.fullmatch(block[0])
    if head is None:
        refuse("psrinfo -vp", block[0])
    ids = _ids(block[0], head["ids"], int(head["count"]))
    cores: list[int] = []
    model, mhz, socket = head["model"] or "", None, ""
    brand = False
    for line in block[1:]:
        if match := _CORE.fullmatch(line):
            cores.extend(_ids(line, match["ids"], int(match["count"])))
        elif mhz is None and (match := _MODEL.fullmatch(line)):
            model, mhz = match["model"], int(match["mhz"])
        elif model == "x86" and mhz is not None and not brand and line[0].isspace():
            model, _mark, rest = line.strip().partition(" [ Socket: ")
            model, socket, brand = model.rstrip(), rest.removesuffix("]").strip(), True
        else:
            refuse("psrinfo -vp", line)
    said = int(head["cores"]) if head["cores"] else None
    if cores and (said != sum(1 for line in block[1:] if _CORE.fullmatch(line)) or sorted(cores) != sorted(ids)):
        refuse("psrinfo -vp", block[0], "does not agree with the cores listed below it")
    return Chip(ids, model, mhz, said, socket)


def _ids(line: str, listed: str, count: int) -> tuple[int, ...]:
    ids: list[int] = []
    for word in re.split(r"[,\s]+", listed.strip()):
        match = re.fullmatch(r"([0-9]+)(?:-([0-9]+))?", word)
        if not match:
            refuse("psrinfo -vp", line, f"has {word!r} in its list of processors")
        ids.extend(range(int(match[1]), int(match[2] or match[1]) + 1))
    if len(ids) != count:
        refuse("psrinfo -vp", line, f"lists {len(ids)} processors but counts {count}")
    return tuple(ids)
