# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A generated cross-reference of patches, and what systems print that have some of them. The same seed gives the same text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

AS_OF = date(2012, 6, 1)
#: Release of the reference → ARCH and the build's date in VERSION. Of a real file about half of the lines are for these two.
PLATFORMS = {"10": ("sparc", "11.10.0,REV=2005.01.21.15.53"), "10_x86": ("i386", "11.10.0,REV=2005.01.21.16.34")}
OTHERS = ("9", "9_x86", "8", "8_x86", "7", "Unbundled")
PACKAGES = 3000
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True)
class Line:
    """A revision as it is printed."""

    number: int
    revision: int
    released: date
    release: str
    packages: tuple[str, ...]
    requires: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    flags: tuple[str, str, str, str] = (" ", " ", " ", "  ")
    synopsis: str = ""

    @property
    def id(self) -> str:
        return f"{self.number}-{self.revision:02}"

    def text(self) -> str:
        architecture, version = PLATFORMS.get(self.release, ("sparc", "1.0"))
        needs = "".join(f"{one};" for one in (architecture, *self.requires))
        contents = "".join(f"{name}:{version};" for name in self.packages) + "".join(f"{one};" for one in self.conflicts)
        fields = (f"{self.number}", f"{self.revision:02}", dated(self.released), *self.flags, self.release, needs, contents, self.synopsis)
        return "|".join(fields)


@dataclass(frozen=True)
class Catalogue:
    """All lines, and by release the lines that are neither obsolete nor bad."""

    lines: tuple[Line, ...]
    usable: dict[str, list[Line]] = field(default_factory=dict)

    def text(self) -> str:
        """The file."""
        head = f"## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF {dated(AS_OF)} ##\n##\n"
        return head + "".join(f"{one.text()}\n" for one in self.lines)


@dataclass(frozen=True)
class Printed:
    """What a system prints: ``uname -a``, ``pkginfo -x``, ``showrev -p``."""

    uname: str
    pkginfo: str
    showrev: str


def dated(day: date) -> str:
    return f"{_MONTHS[day.month - 1]}/{day.day:02}/{day.year % 100:02}"


def catalogue(lines: int, seed: int = 1) -> Catalogue:
    """A reference of so many lines: patches of one to four revisions that require earlier ones, some obsoleted, withdrawn, in conflict."""
    rng = random.Random(seed)
    made: list[Line] = []
    usable: dict[str, list[Line]] = {}
    places: dict[str, int] = {}
    number = 118000
    while len(made) < lines:
        number += 1
        release = rng.choice((*PLATFORMS, *PLATFORMS, *PLATFORMS, *OTHERS))
        earlier = usable.setdefault(release, [])
        packages = tuple(sorted({f"SUNWp{rng.randrange(PACKAGES):04}" for _ in range(rng.choice((1, 1, 2, 3, 6)))}))
        requires = tuple(sorted({one.id for one in rng.sample(earlier, min(len(earlier), rng.choice((0, 0, 1, 2, 5))))}))
        conflicts = (rng.choice(earlier).id,) if earlier and rng.random() < 0.01 else ()
        known = rng.choice(("R", " ", " ", " ")), rng.choice(("S", " ", " ", " "))
        released = date(2005, 2, 1) + timedelta(days=rng.randrange(2600))
        revisions = min(rng.choice((1, 1, 2, 4)), lines - len(made))
        first = rng.randrange(1, 60)
        for place in range(revisions):
            revision = first + place
            bad = "O" if place < revisions - 1 else " ", " B" if rng.random() < 0.01 else "  "
            synopsis = f"SunOS 5.{release}: generated patch"
            if bad[0] == "O":
                synopsis = f"Obsoleted by: {number}-{revision + 1:02} {synopsis}"
            if bad[1] == " B":
                synopsis = f"WITHDRAWN PATCH {synopsis}"
            day = released + timedelta(days=30 * place)
            made.append(Line(number, revision, day, release, packages, requires, conflicts, (*known, *bad), synopsis))
        if made[-1].flags[3] == "  ":
            if earlier and rng.random() < 0.05:
                _obsolete(made, earlier, places, rng, made[-1])
            earlier.append(made[-1])
            places[made[-1].id] = len(made) - 1
    return Catalogue(tuple(made), usable)


def _obsolete(made: list[Line], earlier: list[Line], places: dict[str, int], rng: random.Random, by: Line) -> None:
    """An earlier patch becomes obsolete: ``by`` takes its place."""
    gone = earlier.pop(rng.randrange(len(earlier)))
    flags = (gone.flags[0], gone.flags[1], "O", gone.flags[3])
    made[places[gone.id]] = replace(gone, flags=flags, synopsis=f"Obsoleted by: {by.id} {gone.synopsis}")


def systems(known: Catalogue, count: int, seed: int = 1) -> Iterator[Printed]:
    """So many systems, SPARC and x86, each with a fifth of the packages and with most patches of some day in the past."""
    rng = random.Random(seed)
    for index in range(count):
        release = "10" if rng.random() < 0.7 else "10_x86"
        architecture, version = PLATFORMS[release]
        packages = sorted(rng.sample(range(PACKAGES), PACKAGES // 5))
        names = {f"SUNWp{one:04}" for one in packages}
        day = AS_OF - timedelta(days=rng.randrange(30, 1500))
        patches = [one for one in known.usable.get(release, ()) if one.released < day and names & set(one.packages) and rng.random() < 0.7]
        machine, platform = ("sun4v", "SUNW,SPARC-Enterprise-T5220") if release == "10" else ("i86pc", "i86pc")
        yield Printed(
            f"SunOS sys{index:04} 5.10 Generic_147440-19 {machine} {architecture} {platform}\n",
            "".join(f"SUNWp{one:04}       Generated package {one}\n              ({architecture}) {version}\n" for one in packages),
            "".join(_shown(one, names) for one in patches) or "No patches are installed\n",
        )


def _shown(one: Line, names: set[str]) -> str:
    inside = ", ".join(name for name in one.packages if name in names)
    return f"Patch: {one.id} Obsoletes:  Requires: {', '.join(one.requires)} Incompatibles: {', '.join(one.conflicts)} Packages: {inside}\n"
