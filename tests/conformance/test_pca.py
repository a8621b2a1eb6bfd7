# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that holds patch analysis against PCA: it sees what is different, and nothing is different with the recorded listings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .pca.__main__ import judged, shown
from .pca.command import NotUnderstood, Usage, parse

CORPUS = Path(os.environ.get("HELIOSTAT_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus")) / "pca"

REFERENCE = """## PATCHDIAG TOOL CROSS-REFERENCE FILE AS OF Jun/01/12 ##
150001|02|May/20/12|R| | |  |10|sparc;|SUNWabc:1.0;|first
150002|01|May/21/12| |S| |  |10|sparc;150001-01;|SUNWabc:1.0;|second
"""
LISTED = """Using ../patchdiag.xref from Jun/01/12
Host: h1 (SunOS 5.10/Generic_147440-19/sparc/sun4v)
List: missing (2/23)

Patch  IR   CR RSB Age Synopsis
------ -- - -- --- --- -------------------------------------------------------
150001 -- < 02 R--  12 first
150002 -- < 01 -S-  11 second
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "patchdiag.xref").write_text(REFERENCE)
    folder = tmp_path / "01-one"
    (folder / "out").mkdir(parents=True)
    (folder / "uname.out").write_text("SunOS h1 5.10 Generic_147440-19 sun4v sparc SUNW,T5220\n")
    (folder / "pkginfo.out").write_text("SUNWabc         Example\n              (sparc) 1.0\n")
    (folder / "showrev.out").write_text("No patches are installed\n")
    return folder


def outcome(case: Path, listed: str, command: str = "pca -f . -X .. -y -l missing", status: int = 0) -> tuple[str, list[str]]:
    (case / "out" / "01.txt").write_text(listed)
    (case / "commands.tsv").write_text(f"01.txt\texit={status}\t{command}\n")
    (found,) = judged(case.parent)
    return found.outcome, [line.strip() for line in list(shown(found))[1:]]


def test_the_same_is_agreed(case: Path) -> None:
    assert outcome(case, LISTED) == ("agreed", [])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("150002 -- < 01 -S-  11 second\n", "", "150002 is listed here only"),
        ("150002 --", "150003 --", "150003 is listed there only"),
        (" R--  12", " ---  12", "'150001 -- < 02 ---  12 first' there, '150001 -- < 02 R--  12 first' here"),
        ("(2/23)", "(2/24)", "'List: missing (2/24)' there, 'List: missing (2/23)' here"),
        ("Host: h1", "Host: h2", "'Host: h2 (SunOS 5.10/Generic_147440-19/sparc/sun4v)' there"),
        (
            "150002 -- < 01 -S-  11 second\n",
            "150002 -- < 01 -S-  11 second\n150002 -- < 01 -S-  11 second\n",
            "150002 is listed twice there",
        ),
        ("second\n", "second\nWARNING: what\n", "'WARNING: what' is printed there"),
    ],
)
def test_what_no_peculiarity_explains_is_different(case: Path, old: str, new: str, said: str) -> None:
    found, lines = outcome(case, LISTED.replace(old, new))
    assert found == "different"
    assert any(line.startswith(said) for line in lines)


def test_another_order_is_different(case: Path) -> None:
    lines = LISTED.splitlines(keepends=True)
    found, said = outcome(case, "".join([*lines[:-2], lines[-1], lines[-2]]))
    assert (found, said) == ("different", ["150002 stands before 150001 there, after it here"])


def test_another_exit_status_is_different(case: Path) -> None:
    assert outcome(case, LISTED, status=1) == ("different", ["exit status 1 there, 0 here"])


def test_a_command_that_is_not_understood_is_different(case: Path) -> None:
    assert outcome(case, LISTED, "pca -f . -X .. -L missing")[0] == "different"
    assert outcome(case, LISTED, "smpatch analyze")[0] == "different"


def test_what_both_refuse_is_agreed(case: Path) -> None:
    assert outcome(case, "", "pca -f . -X .. -y -l rubbish", 1) == ("agreed", [])
    assert outcome(case, LISTED, "pca -f . -X .. -y -l rubbish")[0] == "different"


def test_options_are_read_as_the_manual_page_says(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("150001 first\n119254-91.zip\n")
    asked = parse("PCA_MINAGE=3 pca -lyH -f. --xrefdir .. --ign 150009 --ignore=Java -p '!mail' --nodep mrs list.txt", tmp_path)
    assert asked.operands == ("mrs", "150001", "119254-91")
    assert (asked.reference, asked.system, asked.header) == ("..", ".", False)
    selection = asked.selection
    assert (selection.minimum_age, selection.ignore, selection.pattern, selection.requirements) == (3, ("150009", "Java"), "!mail", False)


@pytest.mark.parametrize(
    ("line", "status"),
    [("pca -f . --nosuch", 2), ("pca -f . --mi 3", 2), ("pca -f . --minage x", 2), ("pca -f . --stop kernel", 1), ("pca -f . 15000", 1)],
)
def test_what_pca_refuses(tmp_path: Path, line: str, status: int) -> None:
    with pytest.raises(Usage) as caught:
        parse(line, tmp_path)
    assert caught.value.status == status


def test_without_files_it_is_about_the_machine_it_ran_on(tmp_path: Path) -> None:
    with pytest.raises(NotUnderstood):
        parse("pca -l missing", tmp_path)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no recorded listings here")
def test_the_recorded_listings() -> None:
    found = list(judged(CORPUS))
    assert [(one.case, one.name, one.wrong) for one in found if one.wrong] == []
    assert {why for one in found for why in one.reasons} <= {
        "ring-listed-twice",
        "revived-by-125547",
        "conflicts-not-used",
        "named-revisions-have-no-age",
    }


def only(case: Path, line: str, *, pkginfo: str = "", showrev: str = "", reference: str = "") -> tuple[str, list[str]]:
    """The outcome where PCA lists this one line besides, and the system or the reference is another one."""
    text = (case / "pkginfo.out").read_text()
    (case / "pkginfo.out").write_text(text + pkginfo)
    if showrev:
        (case / "showrev.out").write_text(showrev)
    (case.parent / "patchdiag.xref").write_text(REFERENCE + reference)
    sum_of_ages = 23 + int(line.split()[5])
    return outcome(case, LISTED.replace("(2/23)", f"(3/{sum_of_ages})") + line)


MIXED = "150012|01|Mar/09/12| | | |  |10|sparc.sun4v;|SUNWabc:1.0;|third\n"


def test_a_name_explains_only_where_the_system_is_so(case: Path) -> None:
    line = "150012 -- < 01 ---  84 third\n"
    second = "SUNWabc.2       Example\n              (sparc.sun4v) 2.0\n"
    assert only(case, line, reference=MIXED) == (
        "different",
        ["150012 is listed there only", "'List: missing (3/107)' there, 'List: missing (2/23)' here"],
    )
    assert only(case, line, pkginfo=second, reference=MIXED)[0] == "explained"


def test_an_obsoleted_lower_revision_explains_and_the_same_one_does_not(case: Path) -> None:
    told = "Patch: 150009-01 Obsoletes: 150002-{} Requires:  Incompatibles:  Packages: SUNWabc\n"
    listed = LISTED.replace("150002 -- < 01 -S-  11 second\n", "").replace("(2/23)", "(1/12)")
    (case.parent / "patchdiag.xref").write_text(REFERENCE.replace("150002|01|", "150002|02|"))
    (case / "showrev.out").write_text(told.format("01"))
    assert outcome(case, listed)[0] == "explained"
    (case / "showrev.out").write_text(told.format("02"))
    assert outcome(case, listed) == ("agreed", [])
    (case / "showrev.out").write_text("No patches are installed\n")
    assert outcome(case, listed)[0] == "different"


def test_a_line_that_pca_passed_over_is_named_and_the_rest_compared(case: Path) -> None:
    (case / "showrev.out").write_text("strange\n")
    warned = "WARNING: Can't parse output from <./showrev.out:\n  strange\n"
    assert outcome(case, warned + LISTED)[0] == "explained"
    assert outcome(case, warned + LISTED.replace("150002 -- < 01 -S-  11 second\n", ""))[0] == "different"
