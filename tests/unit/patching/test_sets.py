# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into a patch set, and what is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError, Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import UNDATED, Malformed
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.sets import as_of, by_hand, choose, ordered
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.succession import heirs, successor

from .catalogue import ids, reference, revision, system

EARLY, LATE = date(2009, 1, 1), date(2012, 1, 1)
CATALOGUE = reference(
    revision("100001-01", released=EARLY),
    revision("100001-02"),
    revision("100001-03", released=LATE),
    revision("100002-01", requires="100001-02"),
    revision("100003-04", by="100004-02"),
    revision("100004-02", requires="100002-01"),
    revision("100005-01", withdrawn=True),
    revision("100006-01", conflicts="100001-02"),
    revision("100007-07", release="10_x86", architectures=("i386",)),
    revision("100008-01", release="8_9_10", architectures=("sparc", "sparc.sun4v")),
    revision("100009-01", release="Unbundled", architectures=("i386",)),
    revision("100010-01", released=LATE),
    revision("100011-01", requires="100012-01"),
    revision("100012-01", requires="100011-01"),
    revision("100013-01", requires="199999-01"),
    revision("100014-01", released=UNDATED),
    revision("119254-60", packages="SUNWswmt"),
    revision("150001-01", requires="100005-01"),
    malformed=(Malformed(7, "100020|03||R| | |  |10|sparc;|SUNWckr:1;|no date", "the date is missing"),),
)


def hand(*words: str, release: str = "10", youngest: date | None = None) -> tuple[str, ...]:
    return tuple(str(one) for one in by_hand(words, CATALOGUE, release, youngest))


def chosen(named: str = "", analysed: str = "", **more: object) -> tuple[str, ...]:
    return tuple(str(one) for one in choose(ids(named), ids(analysed), CATALOGUE, "10", **more).patches)  # type: ignore[arg-type]


def test_a_number_is_its_current_revision_of_that_age() -> None:
    assert hand("100001", "100002-01") == ("100001-03", "100002-01")
    assert hand("100001", youngest=date(2011, 1, 1)) == ("100001-02",)
    assert hand("100001", youngest=EARLY) == ("100001-01",)
    assert hand("100008", "100003-04") == ("100008-01", "100003-04")


@pytest.mark.parametrize(
    ("words", "release", "youngest", "why"),
    [
        (["100005-01"], "10", None, "100005-01 is withdrawn"),
        (["100005"], "10", None, "100005-01 is withdrawn, and 100005 has no other revision"),
        (["100003"], "10", None, "100003-04 is obsolete: 100004-02 does its work"),
        (["100007-07"], "10", None, "100007-07 is for release 10_x86, not for 10"),
        (["100001-02"], "10_x86", None, "100001-02 is for release 10, not for 10_x86"),
        (["100008-01"], "10_x86", None, "100008-01 is for release 8_9_10, not for 10_x86"),
        (["100009-01"], "10", None, "100009-01 is for architecture i386, not for 10"),
        (["100001-99"], "10", None, "100001-99 is not in the reference of 2012-06-01, which knows 100001-01, 100001-02, 100001-03"),
        (["190000"], "10", None, "190000 is not in the reference of 2012-06-01"),
        (["100020-03"], "10", None, "100020-03 stands in line 7 of the reference, which cannot be read: the date is missing"),
        (["100020"], "10", None, "100020 stands in line 7 of the reference, which cannot be read: the date is missing"),
        (["100001-03"], "10", date(2011, 1, 1), "100001-03 is of 2012-01-01, younger than the baseline of 2011-01-01"),
        (
            ["100010"],
            "10",
            date(2011, 1, 1),
            "100010 has no revision that is old enough: 100010-01 is of 2012-01-01, younger than the baseline of 2011-01-01",
        ),
        (["100014-01"], "10", LATE, "100014-01 has no date in the reference, and the baseline is 2012-01-01"),
        (["100014"], "10", LATE, "100014 has no revision that is old enough: 100014-01 has no date in the reference"),
        (["100001-01", "100001-02"], "10", None, "100001 is named in two revisions, 100001-01 and 100001-02"),
        (["100005-01", "100007"], "10", None, "100005-01 is withdrawn; 100007-07 is for release 10_x86"),
    ],
)
def test_what_cannot_be_is_refused_by_name(words: list[str], release: str, youngest: date | None, why: str) -> None:
    with pytest.raises(Refused) as refused:
        by_hand(words, CATALOGUE, release, youngest)
    assert why in str(refused.value)


def test_what_is_no_patch_id_is_said() -> None:
    with pytest.raises(ParseError, match="'kernel' is no patch id"):
        by_hand(["kernel"], CATALOGUE, "10")


def test_prerequisites_go_first_and_the_patch_utilities_before_all() -> None:
    assert chosen("100004-02 100002-01 100001-02 119254-60") == ("119254-60", "100001-02", "100002-01", "100004-02")


def test_a_lacking_prerequisite_is_named_or_added() -> None:
    with pytest.raises(Refused) as refused:
        choose(ids("100004-02"), (), CATALOGUE, "10")
    assert str(refused.value) == "100004-02 requires 100002-01, which is not in the set. add_requirements adds what is lacking."
    found = choose(ids("100004-02"), (), CATALOGUE, "10", add=True)
    assert found.patches == ids("100001-03 100002-01 100004-02")
    assert found.added == dict(zip(ids("100002-01 100001-03"), ids("100004-02 100002-01"), strict=True))


def test_a_lower_revision_gives_way_to_the_required_one() -> None:
    with pytest.raises(Refused, match="100002-01 requires 100001-02"):
        choose(ids("100002-01 100001-01"), (), CATALOGUE, "10")
    found = choose(ids("100002-01 100001-01"), (), CATALOGUE, "10", add=True)
    assert found.patches == ids("100001-03 100002-01")
    assert found.warnings == ("100001-01 gives way to 100001-03, which 100002-01 requires",)


def test_a_prerequisite_that_every_system_has_need_not_be_in_the_set() -> None:
    assert chosen("100002-01", systems=[system("100001-02"), system("100001-03")]) == ("100002-01",)
    assert chosen("100002-01", systems=[system(packages="SUNWother")]) == ("100002-01",)
    with pytest.raises(Refused, match="100002-01 requires 100001-02"):
        choose(ids("100002-01"), (), CATALOGUE, "10", systems=[system("100001-02"), system()])


@pytest.mark.parametrize(
    ("named", "youngest", "why"),
    [
        ("150001-01", None, "150001-01 requires 100005-01, which is withdrawn as 100005-01."),
        ("100002-01", EARLY, "100002-01"),
    ],
)
def test_a_prerequisite_that_cannot_be_added_is_refused(named: str, youngest: date | None, why: str) -> None:
    young = reference(revision("100002-01", requires="100001-02", released=EARLY), revision("100001-02", released=LATE))
    with pytest.raises(Refused) as refused:
        choose(ids(named), (), CATALOGUE if youngest is None else young, "10", youngest=youngest, add=True)
    assert why in str(refused.value)
    if youngest:
        assert "requires 100001-02, which is younger than the baseline of 2009-01-01" in str(refused.value)


def test_a_prerequisite_of_which_the_reference_tells_nothing_is_a_warning() -> None:
    found = choose(ids("100013-01"), (), CATALOGUE, "10")
    assert found.warnings == ("100013-01 requires 199999-01, of which the reference tells nothing: a node has to have it",)


def test_rings_are_cut_and_each_is_there_once() -> None:
    assert sorted(chosen("100011-01 100012-01")) == ["100011-01", "100012-01"]
    assert sorted(chosen("100011-01", add=True)) == ["100011-01", "100012-01"]


def test_conflicts_inside_a_set_are_refused_with_both_names() -> None:
    with pytest.raises(Refused, match="100001-03 and 100006-01 do not go together"):
        choose(ids("100001-03 100006-01"), (), CATALOGUE, "10")
    assert sorted(chosen("100001-01 100006-01")) == ["100001-01", "100006-01"], "a lower revision is none of those named"


def test_what_is_obsolete_is_a_warning() -> None:
    found = choose(ids("100003-04"), (), CATALOGUE, "10")
    assert (found.patches, found.warnings) == (ids("100003-04"), ("100003-04 is obsolete: 100004-02 does its work",))


def test_what_analysis_lists_and_cannot_be_is_left_out_with_the_reason() -> None:
    found = choose((), ids("100001-03 100002-01 100005-01 100007-07"), CATALOGUE, "10", youngest=date(2011, 1, 1), add=True)
    assert found.patches == ids("100001-02 100002-01")
    assert found.left_out == {
        ids("100001-03")[0]: "is of 2012-01-01, younger than the baseline of 2011-01-01",
        ids("100005-01")[0]: "is withdrawn",
        ids("100007-07")[0]: "is for release 10_x86, not for 10",
    }


def test_what_only_a_younger_patch_made_obsolete_was_not_obsolete_then() -> None:
    young = reference(revision("100003-04", by="100004-02", released=EARLY), revision("100004-02", released=LATE))
    then = as_of(young, EARLY)
    assert {one.id for kept in then.revisions.values() for one in kept} == set(ids("100003-04"))
    assert not then.revisions["100003"][0].obsolete
    assert by_hand(["100003"], young, "10", EARLY) == ids("100003-04")
    assert as_of(young, None) is young
    assert as_of(young, LATE).revisions["100003"][0].obsolete


def test_chains_of_obsoletion_are_followed_to_their_end() -> None:
    chain = reference(revision("100001-01", by="100002-01"), revision("100002-05", by="100003-01"), revision("100003-02"))
    assert heirs(chain, ids("100001-01")[0]) == ids("100001-01 100002-01 100003-01")
    assert str(successor(chain, ids("100001-01")[0]).id) == "100003-02"  # type: ignore[union-attr]
    ring = reference(revision("100001-01", by="100002-01"), revision("100002-01", by="100001-01"))
    assert heirs(ring, ids("100001-01")[0]) == ids("100001-01 100002-01")
    assert successor(ring, ids("100001-01")[0]) is not None
    assert successor(ring, ids("100009-01")[0]) is None


def test_a_chain_of_ten_thousand_is_ordered() -> None:
    many = [revision(f"{100000 + n}-01", requires=f"{100001 + n}-01" if n < 9999 else "") for n in range(10000)]
    found = ordered([one.id for one in many], reference(*many))
    assert found == tuple(one.id for one in reversed(many))


def test_who_does_the_work_only_in_a_withdrawn_revision_is_no_help_and_is_not_added_for_ever() -> None:
    known = reference(
        revision("100001-01", requires="100009-03"),
        revision("100009-03", by="100002-02"),
        revision("100002-01", requires="100009-03"),
        revision("100002-02", withdrawn=True),
    )
    with pytest.raises(Refused, match="100001-01 requires 100009-03, which is in the reference only in lower revisions"):
        choose(ids("100001-01"), (), known, "10", add=True)


YOUNG = reference(
    revision("100001-01", requires="100002-02", released=EARLY),
    revision("100002-02", released=LATE),
    revision("100003-01", requires="100001-01", released=EARLY),
    revision("100004-01", released=EARLY),
)


def test_what_analysis_listed_and_requires_what_is_too_young_is_left_out() -> None:
    why = "100001-01 requires 100002-02, which is younger than the baseline of 2009-01-01, or has no date"
    listed = ids("100001-01 100003-01 100004-01")
    for systems in ((), (system(),)):
        found = choose((), listed, YOUNG, "10", youngest=EARLY, add=True, systems=systems)
        assert found.patches == ids("100004-01")
        assert found.left_out[listed[0]] == why and set(found.left_out) == set(listed[:2])
    with pytest.raises(Refused, match="100001-01 requires 100002-02, which is younger than the baseline"):
        choose(ids("100001-01"), listed, YOUNG, "10", youngest=EARLY, add=True)
    assert choose((), listed, YOUNG, "10", youngest=EARLY, add=True, systems=(system("100002-02"),)).patches == listed
