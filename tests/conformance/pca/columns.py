# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PCA's columns: our listings printed in them, and its own read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import UNDATED, Reference
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.entry import Entry

from .command import Asked

TODAY: Final = date(2012, 6, 1)
#: What PCA counts for a patch without a date, and for one that its file does not know.
_NEVER: Final = date(1971, 1, 1)
UNKNOWN: Final = "NOT FOUND IN CROSS REFERENCE FILE!"
#: What stands for a place of the format when a printed line is read. Digits of an other maker's patch count down from 999999.
_READ: Final = {
    "p": r"[ 0-9]{6}", "i": r"..", "e": r"[<=>]", "c": r"..", "r": r"[Rr-]", "s": r"[Ss-]", "b": r"[B-]", "a": r" *-?[0-9]+",
    "d": r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "o": r".{17,}?", "y": r".*", "n": r" *[0-9]+", "t": r" *[0-9]+",
}  # fmt: skip
_HEADS: Final = {
    "p": "Patch ", "i": "IR", "e": " ", "c": "CR", "r": "R", "s": "S", "b": "B", "a": "Age", "y": "Synopsis", "d": "Date      ",
    "o": "Operating System ", "n": "Cnt", "t": "Tot",
}  # fmt: skip


class Row(NamedTuple):
    """A line and its number; ``age`` is not capped."""

    number: str
    text: str
    age: int = 0


@dataclass
class Printed:
    """What PCA printed. ``rest`` is what is none of the others."""

    using: str = ""
    host: str = ""
    title: str = ""
    heads: str = ""
    rows: list[Row] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)


def read(text: str, asked_format: str) -> Printed:
    """Standard output, then standard error after a line that names it."""
    found, lines = Printed(), text.splitlines()
    marker = next((place for place, line in enumerate(lines) if re.fullmatch(r"\W*(?:standard error|stderr)\W*", line, re.I)), len(lines))
    found.stderr = [line for line in lines[marker + 1 :] if line.strip()]
    row, heads = _pattern(asked_format), heading(asked_format)
    for line in lines[:marker]:
        match = row.fullmatch(line)
        if line.startswith("Using ") and not found.using:
            found.using = line
        elif line.startswith("Host: ") and not found.host:
            found.host = line
        elif line.startswith("List: ") and not found.title:
            found.title = line
        elif line in heads:
            found.heads += f"{line}\n"
        elif match:
            found.rows.append(Row(match.groupdict().get("p", "").strip(), line))
        elif line.strip():
            found.rest.append(line)
    return found


def _pattern(shape: str) -> re.Pattern[str]:
    text, seen = "", set[str]()
    for part in re.split(r"(%[piecrsbadoynt])", shape):
        letter = part[1:] if re.fullmatch(r"%[piecrsbadoynt]", part) else ""
        if letter:
            text += f"(?:{_READ[letter]})" if letter in seen else f"(?P<{letter}>{_READ[letter]})"
            seen.add(letter)
        else:
            text += re.escape(part)
    return re.compile(text)


def heading(shape: str) -> tuple[str, str]:
    """The two lines above a listing."""
    names, dashes = shape, shape
    for letter, name in _HEADS.items():
        names = names.replace(f"%{letter}", name)
        if letter != "y":
            dashes = dashes.replace(f"%{letter}", "-" * len(name))
    return names, dashes.replace("%y", "-" * (78 - (len(dashes) - 2)))


def age(released: date | None) -> int:
    """None: of what the reference does not know."""
    return (TODAY - (_NEVER if released in (None, UNDATED) else released)).days


def rows(entries: Sequence[Entry], shape: str, foreign: Sequence[str] = ()) -> list[Row]:
    """``foreign``: other makers' patches; PCA gives them numbers from 999999 down."""
    names = {name: f"{999999 - place}" for place, name in enumerate(sorted(foreign))}
    found = []
    for place, entry in enumerate(entries, 1):
        current = entry.current
        other = names.get(entry.number)
        there = "01" if other else "--" if entry.installed is None else f"{entry.installed:02}"
        offered = "01" if other else "--" if current is None else f"{current.id.revision:02}"
        bare = ["00" if one == "--" else one for one in (there, offered)]
        released = _NEVER if current is None or current.released == UNDATED else current.released
        number = other or entry.number.removeprefix("IDR")
        values: Mapping[str, str] = {
            "p": f"{number:>6}",
            "i": there,
            "e": "<" if bare[0] < bare[1] else "=" if bare[0] == bare[1] else ">",
            "c": offered,
            "r": entry.recommended or "-",
            "s": entry.security or "-",
            "b": "B" if entry.withdrawn else "-",
            "a": f"{min(age(current.released if current else None), 999):3}",
            "d": released.isoformat(),
            "o": f"{(current.release if current else '').replace('Trusted_Solaris', 'TS'):17}",
            "y": entry.number if other else current.synopsis if current else UNKNOWN,
            "n": f"{place:3}",
            "t": f"{len(entries):3}",
        }
        text = re.sub(r"%([piecrsbadoynt])", lambda match, values=values: values[match[1]], shape)
        found.append(Row(number, text, age(current.released if current else None)))
    return found


def print_all(asked: Asked, system: System, reference: Reference, listed: Iterable[Row]) -> Printed:
    """What PCA would print of the same."""
    found = list(listed)
    if not asked.header:
        return Printed(rows=found)
    of = f"{'-minimal' if asked.selection.minimal else ''} ({len(found)}/{sum(row.age for row in found)})"
    return Printed(
        f"Using {asked.reference}/patchdiag.xref from {reference.as_of:%b/%d/%y}",
        f"Host: {system.host} (SunOS {system.release}/{system.kernel}/{system.architecture}/{system.machine})",
        f"List: {' '.join(asked.operands)}{of}",
        "".join(f"{line}\n" for line in heading(asked.format)) if found else "",
        found,
    )
