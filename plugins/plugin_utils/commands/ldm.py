# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logical domains: ldm list, ldm list -p, list-spconfig, and the blocks of list -l, list -o, list-bindings, list-devices.

Format: ldm(1M) of Logical Domains 1.1 to Oracle VM Server for SPARC 3.x. In the table cells hold no blanks but the last,
UPTIME; UTIL, NORM and UPTIME are missing for a domain that is not active, CONS to MEMORY for one without resources. Parsable output has
``KIND|name=value|…`` a line below ``VERSION``; values are plain numbers there (bytes, seconds).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import ParseError
from .tables import lines, refuse

_STATES = (
    "inactive",
    "binding",
    "bound",
    "unbinding",
    "starting",
    "active",
    "stopping",
    "suspended",
    "resuming",
    "suspending",
    "transition",
)
_COLUMNS = ("NAME", "STATE", "FLAGS", "CONS", "VCPU", "MEMORY", "UTIL", "UPTIME")
_TITLE = re.compile(r"[A-Z][A-Z0-9_ -]*\Z")


@dataclass(frozen=True, slots=True)
class Domain:
    """A row of ``ldm list``. Memory and uptime as printed, '' where the row has none; utilisations are per cent."""

    name: str
    state: str
    flags: str
    console: str = ""
    vcpus: int | None = None
    memory: str = ""
    utilisation: float | None = None
    normalised: float | None = None
    uptime: str = ""

    @property
    def control(self) -> bool:
        """The fourth flag (ldm(1M), list-domain): this is the control domain."""
        return self.flags[3:4] == "c"

    @property
    def io_service(self) -> bool:
        """The fifth flag: a virtual I/O service domain."""
        return self.flags[4:5] == "v"


@dataclass(frozen=True, slots=True)
class Block:
    """A titled block of a detailed list: ``titles`` of its columns (empty without a header) and its lines as printed."""

    name: str
    titles: tuple[str, ...]
    rows: tuple[str, ...]

    def cells(self) -> tuple[dict[str, str], ...]:
        """Rows by column; a bracketed CPUSET is one cell. Cells that a row lacks at its end are ''."""
        found = []
        for row in self.rows:
            words = re.findall(r"\([^)]*\)|\S+", row)
            if len(words) > len(self.titles):
                refuse("ldm list", row, f"has {len(words)} cells under {' '.join(self.titles)}")
            found.append(dict(zip(self.titles, [*words, *[""] * (len(self.titles) - len(words))], strict=True)))
        return tuple(found)


def list_domains() -> list[Command]:
    """Every domain of the machine, parsable; /usr/sbin/ldm on Solaris 11, the package's own folder on Solaris 10."""
    return [Command.of(ldm, "list", "-p", ok=(0, 127)) for ldm in ("ldm", "/opt/SUNWldm/bin/ldm")]


def states(outputs: Sequence[Output]) -> dict[str, str]:
    """Domain → state, of the answers to ``list_domains``; none where there is no Logical Domains Manager. Raises ParseError otherwise."""
    found: dict[str, str] = {}
    for output in outputs:
        if output.missing:
            continue
        if output.rc != 0:
            raise ParseError(f"ldm list -p failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
        for kind, values in parse_parsable(output.stdout)[1]:
            if kind != "DOMAIN":
                continue
            if "name" not in values or values.get("state") not in _STATES:
                refuse("ldm list -p", str(values), "has no name and known state")
            found[values["name"]] = values["state"]
    return found


def _percent(line: str, cell: str) -> float:
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?%", cell):
        refuse("ldm list", line, f"has {cell!r} where per cent is expected")
    return float(cell[:-1])


def is_header(line: str) -> bool:
    words = line.split()
    return words[:6] == list(_COLUMNS[:6]) and words[6:] in (["UTIL", "UPTIME"], ["UTIL", "NORM", "UPTIME"])


def parse_row(line: str, normalised: bool) -> Domain:
    """One domain's row; ``normalised`` when the header has NORM."""
    words = line.split(None, 8 if normalised else 7)
    if len(words) < 3 or words[1] not in _STATES or not re.fullmatch(r"[-a-zA-Z]{5,6}", words[2]):
        refuse("ldm list", line, "is not name, state, flags")
    name, state, flags, *rest = words
    if state == "inactive" and len(rest) == 2:
        rest = ["", *rest]  # never bound: it has no console yet
    if rest and (len(rest) < 3 or not rest[1].isdecimal() or not re.fullmatch(r"[0-9.]+[KMGT]?", rest[2])):
        refuse("ldm list", line, "has no console, virtual CPUs and memory")
    if not rest:
        return Domain(name, state, flags)
    utilisation = _percent(line, rest[3]) if len(rest) > 3 else None
    norm = _percent(line, rest[4]) if normalised and len(rest) > 4 else None
    uptime = " ".join(rest[5 if normalised else 4 :])
    if uptime and not re.fullmatch(r"[0-9]+[dhms](?: [0-9]+[dhms])*", uptime):
        refuse("ldm list", line, f"has {uptime!r} where an uptime is expected")
    return Domain(name, state, flags, rest[0], int(rest[1]), rest[2], utilisation, norm, uptime)


def parse_list(text: str) -> tuple[Domain, ...]:
    """``ldm list``: the domains in the order printed."""
    rows = lines(text)
    if not rows or not is_header(rows[0]):
        refuse("ldm list", rows[0] if rows else "", "is not the header NAME STATE FLAGS CONS VCPU MEMORY UTIL [NORM] UPTIME")
    return tuple(parse_row(line, "NORM" in rows[0].split()) for line in rows[1:])


def parse_parsable(text: str) -> tuple[str, tuple[tuple[str, dict[str, str]], ...]]:
    """``-p``: the format's version, and (KIND, values) a line; ``\\|`` does not occur: names hold no bar."""
    rows = lines(text)
    if not rows or not re.fullmatch(r"VERSION [0-9]+\.[0-9]+", rows[0]):
        refuse("ldm list -p", rows[0] if rows else "", "is not VERSION and a number")
    found: list[tuple[str, dict[str, str]]] = []
    for line in rows[1:]:
        kind, *fields = line.split("|")
        if kind:
            found.append((kind, {}))
        elif not found:
            refuse("ldm list -p", line, "belongs to nothing")
        for one in fields:
            name, equals, value = one.partition("=")
            if not equals and one:
                refuse("ldm list -p", line, f"has {one!r} that is not name=value")
            found[-1][1].setdefault(name, value)
    return rows[0].split()[1], tuple(found)


def parse_configurations(text: str) -> tuple[tuple[str, ...], str, str]:
    """``ldm list-spconfig``: names, the current one, the one for the next power-on ('' where none is marked)."""
    names, marked = [], {"current": "", "next poweron": ""}
    for line in lines(text):
        match = re.fullmatch(r"(\S+)((?: \[[a-z ]+\])*)", line)
        if match is None:
            refuse("ldm list-spconfig", line)
        names.append(match[1])
        for mark in re.findall(r"\[([a-z ]+)\]", match[2]):
            marked["next poweron" if mark.startswith("next") else mark] = match[1]
    return tuple(names), marked["current"], marked["next poweron"]


def parse_blocks(text: str) -> tuple[Block, ...]:
    """A detailed list: titles stand at the left in capitals, their columns and rows (or single values) are indented below.

    The rows ``NAME …`` of the table itself are blocks too, with the row as their only line.
    """
    found: list[Block] = []
    for line in lines(text):
        if is_header(line):
            found.append(Block("NAME", tuple(line.split()), ()))
        elif not line.startswith((" ", "\t")) and _TITLE.match(line):
            found.append(Block(line, (), ()))
        elif not found:
            refuse("ldm list", line, "stands below no title")
        else:
            last = found[-1]
            words = line.split()
            header = not last.rows and not last.titles and len(words) > 1 and all(re.fullmatch(r"%?[A-Z][A-Z-]*", word) for word in words)
            found[-1] = Block(last.name, tuple(words), ()) if header else Block(last.name, last.titles, (*last.rows, line.strip()))
    if not found:
        refuse("ldm list", text[:80], "has no block")
    return tuple(found)
