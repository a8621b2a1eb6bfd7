# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cross-reference of patches: what is printed is read, field by field; what is not so is counted and shown, never guessed."""

from __future__ import annotations

import gzip
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import patchdiag
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import UNDATED, Reference, Revision
from tests.benchmarks.patching_data import catalogue

HEAD = "## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF Feb/10/11 ##\n##\n## More is said here.\n"
LINE = (
    "146363|01|Jan/04/11|R|S| |  |10|sparc;sparc.sun4v;119757-19;|SUNWsmbaS:11.10.0,REV=2005.01.08.05.16;150009-01;|SunOS 5.10: Samba patch"
)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def read(*lines: str, head: str = HEAD, end: str = "\n") -> Reference:
    return patchdiag.parse((head + "\n".join(lines) + end).encode())


def only(line: str) -> Revision:
    found = read(line)
    assert not found.malformed
    ((revision,),) = found.revisions.values()
    return revision


def test_a_line() -> None:
    assert only(LINE) == Revision(
        PatchId("146363", 1), date(2011, 1, 4), "SunOS 5.10: Samba patch", "10", True, True, False, False,
        ("sparc", "sparc.sun4v"), (PatchId("119757", 19),), (("SUNWsmbaS", "11.10.0,REV=2005.01.08.05.16"),), (PatchId("150009", 1),),
    )  # fmt: skip
    assert read(LINE).as_of == date(2011, 2, 10)


def test_revisions_stand_in_order_whatever_the_file_does() -> None:
    found = read(LINE.replace("|01|", "|12|"), LINE, LINE.replace("146363", "100287"), LINE.replace("|01|", "|02|"))
    assert list(found.revisions) == ["100287", "146363"]
    assert [one.id.revision for one in found.revisions["146363"]] == [1, 2, 12]
    assert found.of(PatchId("146363", 2)) is not None
    assert found.of(PatchId("146363", 3)) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [("Oct/31/91", date(1991, 10, 31)), ("Jan/01/70", date(1970, 1, 1)), ("Dec/31/99", date(1999, 12, 31)),
     ("Feb/29/00", date(2000, 2, 29)),
     ("Mar/01/69", date(2069, 3, 1)), ("Aug/27/07", date(2007, 8, 27)), ("", UNDATED)],
)  # fmt: skip
def test_dates(text: str, day: date) -> None:
    assert only(LINE.replace("Jan/04/11", text)).released == day


@pytest.mark.parametrize(
    ("synopsis", "by"),
    [
        ("Obsoleted by: 120011-14 SunOS 5.10: kernel patch", "120011-14"),
        ("Obsoleted by : 110258-01 VxVM 3.0.4: driver patch", "110258-01"),
        ("Obsoleted by 110256-01: VxVM 3.0.4: driver patch", "110256-01"),
        ("OBSOLETED by 110257-01: VxVM 3.0.4: driver patch", "110257-01"),
        ("OBSOLETED by: 106542  SunOS 5.7_x86: mmu", "106542-01"),
        ("OBSOLETED by 100394", "100394-01"),
        ("OBSOLETED by 108363 and 108289", "108363-01"),
        ("Obsoleted by: 109212-02 OBSOLETED by WITHDRAWN", "109212-02"),
        ("WITHDRAWN Obsoleted by: 106513-07 RM 6.1.1", "106513-07"),
        ("WITHDRAWN PATCH Obsoleted by: 103901-08 OpenWindows", "103901-08"),
        ("WITHDRAWN PATCH Obsolete by: <INTEGRATION> SunOS 5.5.1", None),
        ("OBSOLETED by WITHDRAWN", None),
        ("Obsoleted by: 1200", None),
        ("Obsoleted by: 120011-1", None),
        ("SunOS 5.10: patchadd says obsoleted by 120011-14", None),
        ("SunOS 5.10: kernel patch", None),
    ],
)
def test_what_takes_its_place(synopsis: str, by: str | None) -> None:
    found = only(LINE.replace("SunOS 5.10: Samba patch", synopsis).replace("|R|S| |", "| | |O|"))
    assert found.obsolete
    assert found.obsoleted_by == (PatchId.parse(by) if by else None)


def test_who_is_not_obsolete_is_obsoleted_by_nobody() -> None:
    assert only(LINE.replace("SunOS", "Obsoleted by: 120011-14 SunOS")).obsoleted_by is None


@pytest.mark.parametrize(
    ("flags", "synopsis", "withdrawn"),
    [("  ", "x", False), ("Y ", "x", False), (" B", "x", True), ("YB", "x", True), ("  ", "WITHDRAWN PATCH x", True),
     ("  ", "OBSOLETED by WITHDRAWN", True), ("  ", "how patches are withdrawn", False)],
)  # fmt: skip
def test_withdrawn(flags: str, synopsis: str, withdrawn: bool) -> None:
    assert only(f"146363|01|Jan/04/11| | | |{flags}|Unbundled|||{synopsis}").withdrawn is withdrawn


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (LINE.replace("|10|", "|"), "it has 10 fields, not 11"),
        (LINE + "|more", "it has 12 fields, not 11"),
        (LINE[:40], "it has 9 fields"),
        ("<html>", "it has 1 fields"),
        (LINE.replace("146363", "14636"), "'14636-01' is no patch id"),
        (LINE.replace("|01|", "|1|"), "'146363-1' is no patch id"),
        (LINE.replace("146363", "IDR146363"), "is no patch id"),
        (LINE.replace("Jan", "jan"), "'jan/04/11' is no date such as"),
        (LINE.replace("Jan/04/11", "Feb/30/11"), "'Feb/30/11' is no date: day is out of range"),
        (LINE.replace("Jan/04/11", "2011-01-04"), "is no date such as"),
        (LINE.replace("|R|", "|r|"), "the flag for recommended is 'r'"),
        (LINE.replace("|S|", "|  |"), "the flag for security is '  '"),
        (LINE.replace("| |  |10", "|X|  |10"), "the flag for obsolete is 'X'"),
        (LINE.replace("|  |10", "|B |10"), "the flags for the year 2000 and bad are 'B '"),
        (LINE.replace("|10|", "||"), "the operating system is ''"),
        (LINE.replace("119757-19;", "119757-19"), "the list of architectures and requirements does not end with ';'"),
        (LINE.replace("119757-19", "119757"), "'119757' is neither an architecture nor a patch id"),
        (LINE.replace("150009-01;|", "150009-01|"), "the list of packages does not end with ';'"),
        (LINE.replace("150009-01", "SUNWabc"), "'SUNWabc' is neither a package with its version nor a patch id"),
        (LINE.replace("150009-01", "SUNWabc:"), "'SUNWabc:' is neither"),
        (LINE.replace("sparc;", ";"), "'' is neither an architecture"),
        (LINE.replace("Samba", "Zamba"), "146363-01 stands in another line too"),
    ],
)
def test_lines_that_are_none(line: str, why: str) -> None:
    """They are counted and shown with their number; the others are read."""
    found = read(LINE, line, LINE.replace("146363", "146364"))
    (bad,) = found.malformed
    assert (bad.line, bad.text, found.unread) == (5, line[:200], 1)
    assert why in bad.why
    assert list(found.revisions) == ["146363", "146364"]
    assert found.revisions["146363"] == (only(LINE),)


def test_a_line_twice_is_one() -> None:
    assert read(LINE, LINE).unread == 0


def test_a_file_that_was_cut_off() -> None:
    found = read(LINE, LINE.replace("146363", "146364"), end="")
    assert [(one.line, one.why) for one in found.malformed] == [(5, "the file ends within this line")]
    assert list(found.revisions) == ["146363"]


def test_not_all_malformed_lines_are_kept() -> None:
    found = read(LINE, *(["x" * 999] * 1500))
    assert (len(found.malformed), len(found.malformed[0].text), found.unread) == (1000, 200, 1500)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no line is '## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF Mon/DD/YY ##'"),
        (b"<html>\n<body>Sign in</body>\n", "line 1 is '<html>' and no '## PATCHDIAG"),
        (LINE.encode(), "line 1 is '146363|01|Jan/04/11"),
        (HEAD.replace("Feb/10/11", "yesterday").encode() + LINE.encode() + b"\n", "'yesterday' is no date such as Feb/10/11"),
        (HEAD.encode(), "it has no patch"),
        (HEAD.encode() + b"x\ny\n", "it has no patch: 2 lines could not be read. The first: it has 1 fields, not 11."),
        (gzip.compress(HEAD.encode(), mtime=0), "it is compressed by gzip. Unpack it."),
        (b"\x1f\x9d\x90abc", "compressed by compress"),
        (b"PK\x03\x04abc", "a zip archive"),
        (HEAD.encode() + LINE.encode() + b"\x00\n", "it is no text: byte"),
    ],
)
def test_files_that_are_no_cross_reference(content: bytes, said: str) -> None:
    with pytest.raises(ParseError) as error:
        patchdiag.parse(content)
    assert said in str(error.value)


def test_lines_with_carriage_returns_and_names_in_latin_1() -> None:
    found = patchdiag.parse((HEAD + LINE.replace("Samba", "Jürgen") + "\n").replace("\n", "\r\n").encode("iso-8859-1"))
    assert found.revisions["146363"][0].synopsis == "SunOS 5.10: Jürgen patch"


IDS = st.builds(PatchId, st.integers(100000, 999999).map(str), st.integers(0, 99))
NAMES = st.from_regex(r"SUNW[a-z]{1,6}", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,3}){1,2}(,REV=[0-9.]{1,12})?", fullmatch=True)
REVISIONS = st.builds(
    Revision,
    IDS,
    st.dates(date(1970, 1, 2), date(2069, 12, 31)),
    st.from_regex(r"SunOS 5\.[0-9]+: [a-zäß;:/.,'<>() -]{0,40}[a-z]", fullmatch=True),
    st.sampled_from(["10", "10_x86", "9", "8_9_10", "2.5.1", "Unbundled"]),
    *(st.booleans(),) * 2,
    st.just(False),
    st.booleans(),
    st.lists(st.sampled_from(["sparc", "i386", "all", "sparc.sun4v"]), unique=True).map(tuple),
    st.lists(IDS).map(tuple),
    st.lists(st.tuples(NAMES, VERSIONS)).map(tuple),
    st.lists(IDS).map(tuple),
)


def render(one: Revision) -> str:
    day = f"{MONTHS[one.released.month - 1]}/{one.released.day:02}/{one.released.year % 100:02}"
    flags = "R" if one.recommended else " ", "S" if one.security else " ", "O" if one.obsolete else " ", " B" if one.withdrawn else "  "
    needs = "".join(f"{item};" for item in (*one.architectures, *one.requires))
    contents = "".join(f"{name}:{version};" for name, version in one.packages) + "".join(f"{item};" for item in one.conflicts)
    return "|".join((one.id.number, f"{one.id.revision:02}", day, *flags, one.release, needs, contents, one.synopsis))


@given(st.lists(REVISIONS, min_size=1, unique_by=lambda one: one.id))
@settings(deadline=None, max_examples=60)
def test_what_is_printed_is_read(revisions: list[Revision]) -> None:
    found = read(*map(render, revisions))
    assert found.unread == 0
    assert sorted((one for many in found.revisions.values() for one in many), key=lambda one: one.id) == sorted(
        revisions, key=lambda one: one.id
    )


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_a_garbled_line_is_refused_or_says_what_it_says(data: st.DataObject) -> None:
    """One byte is another one, is gone or was added: never an error, and never a change of a line next to it."""
    place = data.draw(st.integers(0, len(LINE) - 1))
    byte = data.draw(st.sampled_from("|;:-/ 0O9RSBx#é\t"))
    kind = data.draw(st.sampled_from(("other", "gone", "added")))
    garbled = LINE[:place] + {"other": byte, "gone": "", "added": byte + LINE[place]}[kind] + LINE[place + 1 :]
    other = LINE.replace("146363", "999999")
    found = read(garbled, other)
    assert found.of(PatchId("999999", 1)) == only(other)
    assert found.unread <= 1
    if found.unread == 0 and not garbled.startswith("#"):
        assert len(found.revisions) == 2


def test_thirty_thousand_lines_within_two_seconds() -> None:
    """On a quiet machine it takes 0.8; the limit is for one that is not."""
    content = catalogue(30_000).text().encode()
    start = time.process_time()
    found = patchdiag.parse(content)
    assert time.process_time() - start < 2
    assert (sum(map(len, found.revisions.values())), found.unread) == (30_000, 0)
