# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a selection lists, in which order, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import Revision
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.analysis import analyse
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.current import index
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.listing import Listing, listing
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import Group, Selection, wanted

from .catalogue import installed, reference, revision, system

TODAY = date(2012, 6, 1)


def listed(*revisions: Revision, words: str = "missing", on: System | None = None, **filters: Any) -> Listing:
    selection = Selection(tuple(wanted(word) for word in words.split()), **filters)
    selection.check()
    return listing(analyse(index(reference(*revisions), selection.minimal), on or system()), selection, TODAY)


def ids(found: Listing) -> list[str]:
    return [str(one.id) for one in found.entries]


def test_patch_utilities_first_then_by_number_each_after_what_it_requires() -> None:
    found = listed(
        revision("119254-91", packages="SUNWckr SUNWswmt"),
        revision("118833-36", requires="150003-01"),
        revision("150001-01"),
        revision("150003-01", requires="150004-01 150002-01"),
        revision("150004-01"),
        revision("150002-01"),
    )
    assert ids(found) == ["119254-91", "150004-01", "150002-01", "150003-01", "118833-36", "150001-01"]


def test_a_ring_is_listed_once_and_named() -> None:
    ring = [revision("150001-02", "150002-01"), revision("150002-01", "150003-01"), revision("150003-01", "150001-01", security=True)]
    found = listed(*ring)
    assert ids(found) == ["150003-01", "150002-01", "150001-02"]
    assert found.cycles == (("150001", "150002", "150003"),)
    assert ids(listed(*ring, words="missings")) == ["150002-01", "150001-02", "150003-01"]


def test_a_long_chain_of_requirements() -> None:
    chain = [revision(f"{150000 + number}-01", requires=f"{150001 + number}-01") for number in range(3000)]
    found = listed(*chain, revision("153000-01"))
    assert len(found.entries) == 3001
    assert ids(found)[0] == "153000-01"


@pytest.mark.parametrize(
    ("requires", "there", "order", "note"),
    [
        ("150001-01", (), ["150002-02", "150005-01"], ""),
        ("150001-01", ("150001-01",), ["150005-01"], ""),
        ("150001-01", (installed("150008-01", "150001-01"),), ["150005-01"], ""),
        ("150005-01", (), ["150005-01"], ""),
        ("199999-01", (), ["150005-01"], "requires 199999-01, of which the reference tells nothing"),
        ("150003-01", (), ["150005-01"], "requires 150003-01, which changes no package of this system"),
        ("150004-01", (), ["150005-01"], "requires 150004-01, which is withdrawn"),
        ("150006-05", (), ["150006-02", "150005-01"], "requires 150006-05, of which the reference knows 150006-02 only"),
    ],
)
def test_requirements(requires: str, there: tuple[str, ...], order: list[str], note: str) -> None:
    revisions = [
        revision("150001-01", by="150002-01"),
        revision("150002-02"),
        revision("150003-01", packages="SUNWother"),
        revision("150004-01", withdrawn=True),
        revision("150006-02"),
        revision("150005-01", requires=requires, security=True),
    ]
    found = listed(*revisions, words="missings", on=system(*there))
    assert ids(found) == order
    assert found.entries[-1].notes == ((note,) if note else ())
    assert [one.required_by for one in found.entries] == ["150005"] * (len(order) - 1) + [""]


def test_a_requirement_need_not_be_recommended_nor_of_the_age() -> None:
    revisions = [revision("150001-01", released=date(2012, 5, 31)), revision("150002-01", requires="150001-01", recommended=True)]
    assert ids(listed(*revisions, words="missingr", minimum_age=30)) == ["150001-01", "150002-01"]
    assert ids(listed(*revisions, words="allr", minimum_age=30)) == ["150001-01", "150002-01"]
    assert ids(listed(*revisions, words="missing", requirements=False, minimum_age=30)) == ["150002-01"]


@pytest.mark.parametrize(
    ("filters", "order"),
    [
        ({}, ["150001-01", "150002-01", "150003-01"]),
        ({"minimum_age": 31}, ["150001-01"]),
        ({"minimum_age": 30}, ["150001-01", "150002-01"]),
        ({"maximum_age": 30}, ["150002-01", "150003-01"]),
        ({"pattern": "0002-"}, ["150002-01"]),
        ({"pattern": "!0002-"}, ["150001-01", "150003-01"]),
        ({"ignore": ("150001",)}, ["150002-01", "150003-01"]),
        ({"ignore": ("150001-01", "150002-00")}, ["150002-01", "150003-01"]),
        ({"ignore": ("5.10: 15000[13]",)}, ["150002-01"]),
        ({"stop": ("150002",)}, ["150001-01", "150002-01"]),
        ({"stop": ("150002-01",)}, ["150001-01", "150002-01"]),
        ({"stop": ("150002-02",)}, ["150001-01", "150002-01", "150003-01"]),
    ],
)
def test_filters(filters: dict[str, Any], order: list[str]) -> None:
    revisions = [
        revision("150001-01", released=date(2012, 5, 1)),
        revision("150002-01", released=date(2012, 5, 2)),
        revision("150003-01", released=date(2012, 5, 31)),
    ]
    assert ids(listed(*revisions, **filters)) == order
    if filters:
        assert ids(listed(*revisions, words="all", **filters)) == order


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("missing", ["150001-02", "150002-01"]),
        ("missingr", ["150001-02"]),
        ("ms", ["150002-01"]),
        ("mrs", ["150001-02", "150002-01"]),
        ("installed", ["150001-02", "150003-01", "160000-01"]),
        ("all", ["150001-02", "150002-01", "150003-01", "160000-01"]),
        ("total", ["150001-02", "150002-01", "150003-01", "150004-01", "150005-01", "150006-01"]),
        ("unbundled", ["150005-01"]),
        ("bad", ["150003-01"]),
        ("br", []),
        ("150004", ["150004-01"]),
        ("150004-01 150001-01", ["150004-01", "150001-01"]),
        ("150006 missings", ["150002-01", "150006-01"]),
        ("150001-01 150006", ["150001-01", "150006-01"]),
    ],
)
def test_groups_and_names(words: str, order: list[str]) -> None:
    revisions = [
        revision("150001-01", recommended=True, obsolete=True),
        revision("150001-02"),
        revision("150002-01", security=True),
        revision("150003-01", withdrawn=True),
        revision("150004-01", packages="SUNWother"),
        revision("150005-01", packages="", release="Unbundled"),
        revision("150006-01", by="150001-01"),
    ]
    assert ids(listed(*revisions, words=words, on=system("150001-01", "150003-01", "160000-01"))) == order


def test_flags_of_the_selection_are_small_letters() -> None:
    found = listed(revision("150001-01"), revision("150002-01", recommended=True), words="mr", recommended=frozenset({"150001", "150002"}))
    assert [one.recommended for one in found.entries] == ["r", "R"]


@pytest.mark.parametrize("word", ["missingx", "missingsr", "15000", "150001-1", "", "m r", "IDR1-1"])
def test_words_that_mean_nothing(word: str) -> None:
    with pytest.raises(ParseError):
        wanted(word)


@pytest.mark.parametrize("filters", [{"pattern": "("}, {"ignore": ("[",)}, {"minimum_age": -1}, {"stop": ("kernel",)}])
def test_filters_that_mean_nothing(filters: dict[str, Any]) -> None:
    with pytest.raises(ParseError):
        Selection(**filters).check()


def test_a_group_is_written_as_it_is_read() -> None:
    assert [str(wanted(word)) for word in ("m", "installedrs", "ur")] == ["missing", "installedrs", "unbundledr"]
    assert wanted("trs") == Group("total", True, True)


@pytest.mark.parametrize("order", [("150000-01", "150000-02"), ("150000-02", "150000-01")])
def test_of_two_revisions_that_conflict_the_later_one_is_named(order: tuple[str, str]) -> None:
    found = listed(revision("150002-01"), on=system(*(installed(patch, incompatibles="150002-01") for patch in order)))
    assert [one.refused for one in found.entries if one.refused] == ["150002-01 conflicts with 150000-02, which is installed"]


def test_conflicts_are_refused_with_both_names_and_take_along_who_requires_them() -> None:
    revisions = [
        revision("150001-01", conflicts="150002-01"),
        revision("150002-01"),
        revision("150003-01", requires="150002-01"),
        revision("150004-01"),
        revision("150005-02", conflicts="150009-01"),
        revision("150006-01", conflicts="150009-02"),
        revision("150007-01"),
        revision("150009-01", conflicts="150007-01"),
    ]
    found = listed(*revisions, on=system(installed("150009-01", incompatibles="150004-01")))
    assert {one.number: one.refused for one in found.entries if one.refused} == {
        "150002": "150002-01 conflicts with 150001-01, which is to be installed",
        "150003": "requires 150002-01, which is refused",
        "150004": "150004-01 conflicts with 150009-01, which is installed",
        "150005": "150005-02 conflicts with 150009-01, which is installed",
        "150007": "150007-01 conflicts with 150009-01, which is installed",
    }
    assert [str(one) for one in found.install] == ["150001-01", "150006-01"]


def test_without_reboot_refuses_what_needs_one_or_is_not_known() -> None:
    revisions = [revision("150001-01"), revision("150002-01"), revision("150003-01"), revision("150004-01", requires="150002-01")]
    known = {
        PatchId("150001", 1): Properties("patchinfo"),
        PatchId("150002", 1): Properties("readme", reboot="after"),
        PatchId("150004", 1): Properties("patchinfo", single_user=True),
    }
    analysis = analyse(index(reference(*revisions)), system())
    found = listing(analysis, Selection(without_reboot=True), TODAY, known)
    assert [one.refused for one in found.entries] == [
        "",
        "needs a reboot",
        "nothing is known of whether it needs a reboot",
        "requires 150002-01, which is refused",
    ]


def test_what_is_named_by_revision_is_refused_and_ignored_as_any_other() -> None:
    """Each revision by what is known of itself."""
    revisions = [revision("150001-01"), revision("150001-02"), revision("150002-01", requires="150001-02")]
    known = {PatchId("150001", 1): Properties("patchinfo"), PatchId("150001", 2): Properties("patchinfo", reboot="after")}
    named = Selection(tuple(map(wanted, ("150001-01", "150001-02", "150002-01"))), without_reboot=True)
    found = listing(analyse(index(reference(*revisions)), system()), named, TODAY, known)
    assert [one.refused for one in found.entries] == ["", "needs a reboot", "nothing is known of whether it needs a reboot"]
    assert ids(listed(*revisions, words="150001-01 150002-01", ignore=("150001",))) == ["150002-01"]
    assert ids(listed(*revisions, words="150001-02 150001-01", ignore=("150001-01",))) == ["150001-02"]
    assert ids(listed(*revisions, words="150001-01 bad", ignore=("150001-01",))) == []
    assert ids(listed(*revisions, words="150001-01 150002-01", ignore=("5.10: 150002",))) == ["150001-01"]


@pytest.mark.parametrize(
    ("words", "filters", "names"),
    [
        ("all", {}, ["ACMEfix", "CLUSTER-01"]),
        ("installed", {"minimum_age": 30}, ["ACMEfix", "CLUSTER-01"]),
        ("installed", {"maximum_age": 30}, []),
        ("installedrs", {}, []),
        ("missing", {}, []),
        ("all", {"pattern": "!ACME"}, ["CLUSTER-01"]),
        ("all", {"ignore": ("^ACME",)}, ["CLUSTER-01"]),
        ("all", {"stop": ("150001",)}, []),
        ("total", {}, []),
    ],
)
def test_what_other_makers_installed(words: str, filters: dict[str, Any], names: list[str]) -> None:
    on = replace(system(), foreign=("CLUSTER-01", "ACMEfix"))
    found = listed(revision("150001-01"), words=words, on=on, **filters)
    assert [one.number for one in found.entries if one.notes] == names


def test_age_and_what_the_reference_does_not_know() -> None:
    found = listed(revision("150001-01"), words="all", on=system("160000-05", "IDR148363-26"))
    assert [(one.number, one.age, one.notes) for one in found.entries] == [
        ("IDR148363", None, ("is not in the reference",)),
        ("150001", 731, ()),
        ("160000", None, ("is not in the reference",)),
    ]
