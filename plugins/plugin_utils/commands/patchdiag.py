# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``patchdiag.xref``, Oracle's cross-reference of patches: one line for every revision of every patch, 11 fields between ``|``.

The format is that of Oracle's note 1019527.1 and of lines of 2011 that public tools test with. A line that is not so is no patch: it is
counted and kept with the reason, and nothing is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeVar

from ..model.errors import ParseError
from ..model.patching.patch import PatchId
from ..model.patching.reference import UNDATED, Malformed, Reference, Revision

T = TypeVar("T")

#: Malformed lines that are kept, and how much of each.
KEPT, SHOWN = 1000, 200
_HEAD = re.compile(r"##\s*PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF (?P<date>\S+)")
_DATE = re.compile(r"(?P<month>[A-Z][a-z]{2})/(?P<day>[0-9]{2})/(?P<year>[0-9]{2})")
_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_ID = re.compile(r"[0-9]{6}-[0-9]{2}")
_ARCHITECTURE = re.compile(r"[A-Za-z][A-Za-z0-9_.,-]*")
_PACKAGE = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9_.+-]*):(?P<version>[^\s:]+)")
_RELEASE = re.compile(r"[A-Za-z0-9_.+-]+")
#: Spellings seen: ``Obsoleted by: 120011-14 …``, ``Obsoleted by : …``, ``Obsoleted by 110256-01: …``, ``OBSOLETED by: 106542``,
#: ``OBSOLETED by 108363 and 108289`` (the first counts), ``WITHDRAWN PATCH Obsoleted by: …``, ``WITHDRAWN Obsoleted by: …``.
_OBSOLETED = re.compile(
    r"(?:WITHDRAWN(?: PATCH)?\s+)?obsoleted?\s+by\s*:?\s*(?P<number>[0-9]{6})(?:-(?P<revision>[0-9]{2}))?(?![-0-9])", re.I
)
_WITHDRAWN = re.compile(r"(?:obsoleted?\s+by\s*:?\s*)?WITHDRAWN\b", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MAGIC = {b"\x1f\x8b": "compressed by gzip", b"\x1f\x9d": "compressed by compress", b"PK\x03\x04": "a zip archive"}


def parse(content: bytes) -> Reference:
    """The whole file. Raises ParseError where it is no text, has no head with a date, or has no patch at all."""
    text = _text(content)
    found: dict[str, dict[int, Revision]] = {}
    malformed: list[Malformed] = []
    unread = 0
    as_of: date | None = None
    reader = _Lines()
    for number, line, whole in _lines(text):
        if line.startswith("#") or not line.strip():
            head = _HEAD.match(line) if as_of is None else None
            if head:
                as_of = _date(head["date"])
            continue
        if as_of is None:
            raise ParseError(f"it is no cross-reference of patches: line {number} is {line[:60]!r} and no '{_WANTED}' stands before it.")
        try:
            if not whole:
                raise ParseError("the file ends within this line")
            revision = reader.revision(line)
            known = found.setdefault(revision.id.number, {}).setdefault(revision.id.revision, revision)
            if known != revision:
                raise ParseError(f"{revision.id} stands in another line too, which says something else")
        except ParseError as error:
            unread += 1
            if len(malformed) < KEPT:
                malformed.append(Malformed(number, line[:SHOWN], str(error)))
    if as_of is None:
        raise ParseError(f"it is no cross-reference of patches: no line is '{_WANTED}'.")
    if not found:
        raise ParseError(
            f"it has no patch: {unread} lines could not be read. The first: {malformed[0].why}." if unread else "it has no patch."
        )
    ordered = {number: tuple(found[number][revision] for revision in sorted(found[number])) for number in sorted(found)}
    return Reference(as_of, ordered, tuple(malformed), unread)


_WANTED = "## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF Mon/DD/YY ##"


def _text(content: bytes) -> str:
    for magic, words in _MAGIC.items():
        if content.startswith(magic):
            raise ParseError(f"it is {words}. Unpack it.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-1")  # names in a synopsis; every byte has a meaning there
    strange = _CONTROL.search(text)
    if strange:
        raise ParseError(f"it is no text: byte {strange.start()} is {strange[0]!r}.")
    return text


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Number, line and whether it has an end: the last one of a file that was cut off has none."""
    parts = text.split("\n")
    last = len(parts)
    for number, line in enumerate(parts, 1):
        yield number, line.removesuffix("\r"), number < last


def _date(text: str) -> date:
    """``Feb/10/11``. Years 70 to 99 are of the last century."""
    found = _DATE.fullmatch(text)
    if not found or found["month"] not in _MONTHS:
        raise ParseError(f"{text!r} is no date such as Feb/10/11")
    year = int(found["year"])
    try:
        return date(year + (1900 if year >= 70 else 2000), _MONTHS[found["month"]], int(found["day"]))
    except ValueError as error:
        raise ParseError(f"{text!r} is no date: {error}") from error


class _Lines:
    """Reads lines. Dates, ids and packages stand in thousands of them: each is made once."""

    def __init__(self) -> None:
        self._dates: dict[str, date] = {"": UNDATED}
        self._ids: dict[str, PatchId] = {}
        self._releases: dict[str, str] = {}
        self._packages: dict[str, tuple[str, str]] = {}
        self._needs: dict[str, tuple[tuple[str, ...], tuple[PatchId, ...]]] = {"": ((), ())}
        self._contents: dict[str, tuple[tuple[tuple[str, str], ...], tuple[PatchId, ...]]] = {"": ((), ())}

    def revision(self, line: str) -> Revision:
        fields = line.split("|")
        if len(fields) != 11:
            raise ParseError(f"it has {len(fields)} fields, not 11")
        number, revision, released, recommended, security, obsolete, bad, release, needs, contents, synopsis = fields
        name = f"{number}-{revision}"
        id = _once(self._ids, name, _id)
        withdrawn = _bad(bad) or _WITHDRAWN.match(synopsis) is not None
        is_obsolete = _flag("obsolete", obsolete, "O")
        release = _once(self._releases, release, _release)
        architectures, requires = _once(self._needs, needs, self._read_needs)
        packages, conflicts = _once(self._contents, contents, self._read_contents)
        return Revision(
            id,
            _once(self._dates, released, _date),
            synopsis.strip(),
            release,
            _flag("recommended", recommended, "R"),
            _flag("security", security, "S"),
            is_obsolete,
            withdrawn,
            architectures,
            requires,
            packages,
            conflicts,
            obsoleter(synopsis) if is_obsolete else None,
        )

    def _read_needs(self, field: str) -> tuple[tuple[str, ...], tuple[PatchId, ...]]:
        architectures, requires = [], []
        for item in _items("architectures and requirements", field):
            if _ID.fullmatch(item):
                requires.append(_once(self._ids, item, _id))
            elif _ARCHITECTURE.fullmatch(item):
                architectures.append(item)
            else:
                raise ParseError(f"{item!r} is neither an architecture nor a patch id")
        return tuple(architectures), tuple(requires)

    def _read_contents(self, field: str) -> tuple[tuple[tuple[str, str], ...], tuple[PatchId, ...]]:
        packages, conflicts = [], []
        for item in _items("packages", field):
            if _ID.fullmatch(item):
                conflicts.append(_once(self._ids, item, _id))
            else:
                packages.append(_once(self._packages, item, _package))
        return tuple(packages), tuple(conflicts)


def _once(known: dict[str, T], text: str, read: Callable[[str], T]) -> T:
    value = known.get(text)
    if value is None:
        value = known[text] = read(text)
    return value


def _id(text: str) -> PatchId:
    if not _ID.fullmatch(text):
        raise ParseError(f"{text!r} is no patch id")
    return PatchId(text[:6], int(text[7:]))


def _release(text: str) -> str:
    if not _RELEASE.fullmatch(text):
        raise ParseError(f"the operating system is {text!r}")
    return text


def _package(text: str) -> tuple[str, str]:
    found = _PACKAGE.fullmatch(text)
    if not found:
        raise ParseError(f"{text!r} is neither a package with its version nor a patch id")
    return found["name"], found["version"]


def _items(what: str, field: str) -> list[str]:
    # pkginfo prints an ARCH without its blanks, so a blank in the file is not part of one.
    items = field.replace(" ", "").split(";")
    if items.pop():
        raise ParseError(f"the list of {what} does not end with ';'")
    return items


def _flag(what: str, field: str, letter: str) -> bool:
    if field not in (letter, " ", ""):
        raise ParseError(f"the flag for {what} is {field!r}, neither {letter!r} nor blank")
    return field == letter


def _bad(field: str) -> bool:
    """Two characters: ``Y`` was about the year 2000, ``B`` is bad. Either is blank when not set."""
    if field not in ("  ", "Y ", " B", "YB", ""):
        raise ParseError(f"the flags for the year 2000 and bad are {field!r}")
    return field.endswith("B")


def obsoleter(synopsis: str) -> PatchId | None:
    """Which patch the synopsis says to be in the place of this one; without a revision the first is meant."""
    found = _OBSOLETED.match(synopsis.lstrip())
    return PatchId(found["number"], int(found["revision"] or 1)) if found else None
