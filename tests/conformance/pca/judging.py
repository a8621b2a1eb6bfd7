# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One listing of PCA held against ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patchdiag, svr4
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import Reference
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.analysis import Analysis, analyse
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.current import index
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.listing import Listing, listing
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import Selection

from . import columns, installing, peculiarities
from .columns import TODAY, Printed, Row
from .command import Asked, NotUnderstood, Usage, parse
from .peculiarities import Both


@dataclass
class Judged:
    """``reasons``: peculiarity → the lines that it explains. ``wrong``: what nothing explains."""

    case: str
    name: str
    command: str
    reasons: dict[str, list[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        return "different" if self.wrong else "explained" if self.reasons else "agreed"

    def because(self, why: str, line: str) -> None:
        self.reasons.setdefault(why, []).append(line)


def judge(case: Path, name: str, status: int, command: str, text: str) -> Judged:
    found = Judged(case.name, name, command)
    try:
        asked = parse(command, case)
        reference, system = _reference(case / asked.reference / "patchdiag.xref"), read_system(case, asked.system, passed_over(text))
    except NotUnderstood as error:
        found.wrong.append(str(error))
        return found
    except (Usage, ParseError, OSError) as error:
        expected = error.status if isinstance(error, Usage) else 1
        if status == 0 and str(error).startswith("uname -a:") and re.search(r"^List: \S+ \(0/0\)$", text, re.M):
            found.because("other-systems", str(error))
        elif status != expected:
            found.wrong.append(f"refused here ({error}), there it ended with {status}")
        return found
    theirs = columns.read(text, asked.format)
    if status == 1 and reference.unread and any("Can't parse input" in line for line in theirs.stderr):
        found.because("malformed-line-ends-it", reference.malformed[0].text)
        return found
    analysis = analyse(index(reference, asked.selection.minimal), system)
    ours = listing(analysis, _listed(asked), TODAY)
    _compare(found, asked, analysis, ours, theirs, status, case)
    return found


def passed_over(text: str) -> list[str]:
    """Lines of showrev -p that PCA says it cannot read, and goes on without."""
    return [line.strip() for line in re.findall(r"^WARNING: Can't parse output from .*:\n  (.*)$", text, re.M)]


def _listed(asked: Asked) -> Selection:
    """--noreboot is for installing: it changes no listing (manual page)."""
    return Selection(**{name: getattr(asked.selection, name) for name in Selection.__slots__} | {"without_reboot": False})


def _reference(path: Path) -> Reference:
    return patchdiag.parse(path.read_bytes())


def read_system(case: Path, prefix: str, without: Sequence[str] = ()) -> System:
    """``-f``: a folder, the beginning of three file names, or a folder of Explorer; ``without`` lines of showrev -p.

    Raises OSError, ParseError.
    """
    explorer = case / prefix / "sysconfig"
    if (explorer / "uname-a.out").is_file():
        packages = explorer.parent / "patch+pkg"
        files = [explorer / "uname-a.out", packages / "pkginfo-l.out", packages / "showrev-p.out"]
    else:
        start = f"{case / prefix}/" if (case / prefix / "uname.out").is_file() else f"{case}/{prefix}"
        files = [Path(f"{start}{name}.out") for name in ("uname", "pkginfo", "showrev")]
    uname, pkginfo, showrev = (path.read_text() for path in files)
    showrev = "".join(line for line in showrev.splitlines(keepends=True) if line.strip() not in without)
    if " 5.11 " in uname:  # PCA takes no packages nor patches from Solaris 11
        pkginfo, showrev = "", "No patches are installed\n"
    return svr4.system(uname, pkginfo, showrev)


def _compare(found: Judged, asked: Asked, analysis: Analysis, ours: Listing, theirs: Printed, status: int, case: Path) -> None:
    mine = columns.print_all(
        asked, analysis.system, analysis.index.reference, columns.rows(ours.entries, asked.format, analysis.system.foreign)
    )
    _rows(found, asked, analysis, ours, mine.rows, theirs.rows)
    for name in ("using", "host", "heads"):
        if getattr(mine, name) != getattr(theirs, name) and not (name == "heads" and found.reasons and not (mine.rows and theirs.rows)):
            found.wrong.append(f"{getattr(theirs, name).strip()!r} there, {getattr(mine, name).strip()!r} here")
    _list_line(found, asked, analysis, mine, theirs)
    for one in ours.entries:
        if "conflicts with" in one.refused or "is refused" in one.refused:
            found.because("conflicts-not-used", one.refused)
    rest = list(theirs.rest)
    for line in passed_over("\n".join(rest)):
        rest = [one for one in rest if one.strip() != line and not one.startswith("WARNING: Can't parse output from")]
        found.because("unreadable-patch-passed-over", line)
    if asked.selection.minimal and " ".join(asked.operands) not in ("mr", "missingr"):
        for line in [line for line in rest if line.startswith("WARNING: Using --minimal")]:
            rest.remove(line)
            found.because("minimal-warns", line)
    expected = 0
    if asked.install:
        explained, wrong = installing.judge(asked, case, rest, status)
        for patch, why in explained.items():
            found.because(why, patch)
        found.wrong += wrong
        rest, expected = [], status
    for line in theirs.stderr:
        if "Unknown patch-id" in line and any(one.current is None and one.installed is None for one in ours.entries):
            found.because("unknown-operand", line)
            expected = 1
        elif re.search(r" at \S+ line [0-9]+|, <\w+> (?:line|chunk) ", line):
            found.because("perl-warns", line)
        else:
            rest.append(line)
    found.wrong += [f"{line!r} is printed there" for line in rest]
    if status != expected:
        found.wrong.append(f"exit status {status} there, {expected} here")


def _list_line(found: Judged, asked: Asked, analysis: Analysis, mine: Printed, theirs: Printed) -> None:
    if mine.title == theirs.title:
        return
    ages = {}
    for row in theirs.rows:
        one = analysis.current(row.number)
        ages[row.number] = columns.age(None if one is None else one.released)
    printed = columns.print_all(
        asked, analysis.system, analysis.index.reference, [row._replace(age=ages[row.number]) for row in theirs.rows]
    ).title
    zero = re.sub(r"/-?[0-9]+\)$", "/0)", printed)
    if asked.selection.revisions and theirs.title == zero:
        found.because("named-revisions-have-no-age", theirs.title)
    elif theirs.title != printed or not found.reasons:
        found.wrong.append(f"{theirs.title!r} there, {mine.title!r} here")


def _rows(found: Judged, asked: Asked, analysis: Analysis, ours: Listing, mine: Sequence[Row], theirs: Sequence[Row]) -> None:
    if [row.text for row in mine] == [row.text for row in theirs]:
        return
    both = Both(asked, analysis, ours, [row.number for row in theirs])
    kept: dict[str, Row] = {}
    for row in theirs:
        if row.number in kept:
            _why(found, peculiarities.twice(both, row.number), f"{row.number} is listed twice there", row.number)
            del kept[row.number]  # the last one counts
        kept[row.number] = row
    both = Both(asked, analysis, ours, list(kept))
    here = {row.number: row for row in mine}
    _explain(found, [one for one in kept if one not in here], lambda number, known: peculiarities.only_theirs(both, number, known), "there")
    _explain(found, [one for one in here if one not in kept], lambda number, known: peculiarities.only_ours(both, number, known), "here")
    common = [number for number in here if number in kept]
    plain = {row.number: row for row in _plain(asked, analysis)}
    for number in common:
        if here[number].text != kept[number].text:
            why = peculiarities.other_text(both, here[number], kept[number], plain.get(number))
            _why(found, why, f"{kept[number].text!r} there, {here[number].text!r} here", number)
    place = {number: position for position, number in enumerate(number for number in kept if number in here)}
    for one, other in combinations(common, 2):
        if place[one] > place[other]:
            why = peculiarities.moved(both, other, one)
            _why(found, why, f"{other} stands before {one} there, after it here", f"{other} before {one}")


def _plain(asked: Asked, analysis: Analysis) -> Iterator[Row]:
    """Our lines for the current revisions of patches that were named with another."""
    numbers = tuple(sorted({one.number for one in asked.selection.wanted if isinstance(one, PatchId)}))
    if numbers:
        yield from columns.rows(listing(analysis, Selection(numbers, requirements=False), TODAY).entries, asked.format)


def _explain(found: Judged, numbers: Sequence[str], reason: Callable[[str, Mapping[str, str]], str], where: str) -> None:
    """Until no reason is found any more: one that is explained can be the reason of the next."""
    left, explained = list(numbers), dict[str, str]()
    while True:
        new = {number: why for number in left if (why := reason(number, explained))}
        if not new:
            break
        explained |= new
        left = [number for number in left if number not in new]
    for number, why in explained.items():
        while why.startswith("required by "):
            why = explained[why.removeprefix("required by ")]
        found.because(why, number)
    found.wrong += [f"{number} is listed {where} only" for number in left]


def _why(found: Judged, why: str, wrong: str, line: str) -> None:
    if why:
        found.because(why, line)
    else:
        found.wrong.append(wrong)
