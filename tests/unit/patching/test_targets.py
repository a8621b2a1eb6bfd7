# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node is due of its sets: every patch in exactly one class, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import PatchSet, SetVersion
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import Reference
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.targets import completed, due, merged, totals

from .catalogue import VERSION, ids, installed, reference, revision, system

STANDARD = Properties("patchinfo")
IMMEDIATE = Properties("readme", "immediate", True)
BOTH = "100001-02 100011-01"
CATALOGUE = reference(
    revision("100001-01"),
    revision("100001-02"),
    revision("100002-01", requires="100001-02"),
    revision("100003-04", by="100004-02"),
    revision("100004-02", requires="100002-01"),
    revision("100005-01", packages="SUNWfoo SUNWbar SUNWbaz SUNWqux SUNWquux"),
    revision("100006-01", conflicts="100001-02"),
    revision("100007-01", requires="100005-01"),
    revision("100008-01", requires="199999-01"),
    revision("100009-01", architectures=("sparc.sun4u",)),
    revision("100010-01", release="10_x86", architectures=("i386",)),
    revision("147441-28"),
    revision("100011-01", packages=""),
)


def patch(text: str) -> PatchId:
    return PatchId.parse(text)


def a_set(text: str, name: str = "base", version: int = 1, release: str = "10") -> PatchSet:
    return PatchSet(name, version, release, ids(text), frozen=True)


def told(wanted: str | list[PatchSet], on: System, known: Reference = CATALOGUE, **more: Any) -> Due:
    sets = [a_set(wanted)] if isinstance(wanted, str) else wanted
    asked = merged(sets)
    values = {"properties": dict.fromkeys(asked.asked_by, STANDARD), "faulty": {}, **more}
    return due("t4a", on, asked, known, **values)


def test_a_node_that_lacks_all_gets_all_in_order() -> None:
    found = told("100004-02 100002-01 100001-02", system())
    assert found.install == ids("100001-02 100002-01 100004-02")
    assert (found.installed, found.obsoleted, found.not_applicable, found.refused) == ((), {}, {}, {})
    assert (found.single_user, found.reboot, found.reconfigure, found.unknown) == (False, "none", False, ())
    assert found.asked_by == {one: (SetVersion("base", 1),) for one in ids("100001-02 100002-01 100004-02")}


def test_what_is_there_and_what_is_newer() -> None:
    found = told("100001-01 100002-01 100003-04", system("100001-02", "100002-01", "100004-02"))
    assert found.installed == ids("100002-01")
    assert found.obsoleted == {patch("100001-01"): patch("100001-02"), patch("100003-04"): patch("100004-02")}
    assert found.nothing


def test_what_an_installed_patch_says_that_it_obsoletes_is_done() -> None:
    on = system(installed("147440-01", obsoletes="100002-03 100001-02"), installed("100001-01"))
    found = told("100002-01 100001-02", on)
    assert found.obsoleted == dict.fromkeys(ids("100001-02 100002-01"), patch("147440-01"))
    lower = told("100002-05", system(installed("147440-01", obsoletes="100002-03")), reference(revision("100002-05")))
    assert lower.install == ids("100002-05")


def test_overlapping_sets_are_merged_and_who_asked_is_kept() -> None:
    sets = [a_set("100001-02", "kernel", 2), a_set("100001-01 100011-01"), a_set("100001-02", "all")]
    asked = merged(sets)
    assert asked == merged(reversed(sets)) and asked.warnings == ()
    found = told(sets, system())
    assert found.install == ids("100001-02 100011-01")
    assert found.obsoleted == {patch("100001-01"): patch("100001-02")}
    assert found.asked_by[patch("100001-02")] == (SetVersion("all", 1), SetVersion("kernel", 2))
    assert found.asked_by[patch("100001-01")] == (SetVersion("base", 1),)


def test_the_same_set_twice_is_said() -> None:
    same = a_set("100001-02")
    assert merged([same, same]).warnings == ("patch set base version 1 is there twice: once is enough",)
    both = merged([same, a_set("100001-01", version=2)])
    assert both.warnings == ("patch set base is there in versions 1 and 2: a node gets the highest revision of each patch",)


@pytest.mark.parametrize(
    ("wanted", "on", "why"),
    [
        ("100005-01", system(), "changes packages of which none is installed: SUNWfoo, SUNWbar, SUNWbaz and 2 more"),
        ("100009-01", system(), "is for sparc.sun4u, the node has SUNWckr for sparc"),
        ("100010-01", system(), "is for release 10_x86, not for 10"),
        ("100001-02", system(release="5.11"), "is for Solaris 10, the node runs SunOS 5.11"),
        ("100001-02", system(architecture="i386"), "is asked for by sets for 10"),
    ],
)
def test_what_does_not_apply_says_why(wanted: str, on: System, why: str) -> None:
    found = told(wanted, on)
    assert (found.not_applicable, found.install, found.nothing) == ({patch(wanted): why}, (), True)


def test_another_version_of_a_package_does_not_count() -> None:
    other = reference(revision("100001-01"), revision("100002-01", packages="SUNWckr SUNWfoo"))
    on = system(packages="SUNWckr")
    on.packages["SUNWckr"] = (on.packages["SUNWckr"][0]._replace(version="11.10.0,REV=2006"),)  # type: ignore[index]
    found = told("100001-01", on, other)
    assert found.not_applicable == {patch("100001-01"): f"is for SUNWckr {VERSION}, the node has 11.10.0,REV=2006"}


@pytest.mark.parametrize(
    ("wanted", "there", "refused"),
    [
        ("100006-01", ["100001-02"], {"100006-01": "does not go with 100001-02, which is installed"}),
        ("100001-02", [installed("100006-01", incompatibles="100001-02")], {"100001-02": "does not go with 100006-01, which is installed"}),
        (
            "147441-28",
            [installed("IDR148363-26", incompatibles="147441-27")],
            {
                "147441-28": "does not go with IDR148363-26, which is installed, an interim relief: "
                "it has to be removed first, or one for the new revision asked for"
            },
        ),
        ("100002-01", [], {"100002-01": "requires 100001-02, which the node lacks and no set has"}),
        ("100002-01", ["100001-01"], {"100002-01": "requires 100001-02, which the node lacks and no set has"}),
        ("100008-01", [], {"100008-01": "requires 199999-01, which the node lacks and no set has"}),
        ("100777-01", [], {"100777-01": "is not in the reference"}),
        (
            "100006-01 100001-02",
            [],
            {
                "100006-01": "does not go with 100001-02, which base version 1 asks for",
                "100001-02": "does not go with 100006-01, which base version 1 asks for",
            },
        ),
    ],
)
def test_what_is_refused_says_why(wanted: str, there: list[Any], refused: dict[str, str]) -> None:
    found = told(wanted, system(*there))
    assert {str(one): why for one, why in found.refused.items()} == refused
    assert (found.install, found.nothing) == ((), False)


def test_an_unusable_archive_refuses_the_patch_and_who_requires_it() -> None:
    faulty = {patch("100001-02"): "archive 100001-02.zip is damaged", patch("100005-01"): "no depot has its archive"}
    found = told("100001-02 100002-01 100004-02 100011-01 100005-01", system(), faulty=faulty)
    assert found.install == ids("100011-01")
    assert found.refused == {
        patch("100001-02"): "archive 100001-02.zip is damaged",
        patch("100002-01"): "requires 100001-02, which is refused",
        patch("100004-02"): "requires 100002-01, which is refused",
    }
    assert list(found.not_applicable) == [patch("100005-01")], "what does not apply needs no archive"


def test_a_lower_revision_does_not_go_in_unsaid_for_one_that_is_refused() -> None:
    sets = [a_set("100001-02"), a_set("100001-01", "old")]
    found = told(sets, system(), faulty={patch("100001-02"): "no depot has its archive"})
    assert found.refused[patch("100001-01")] == "gives way to 100001-02, which is refused"
    assert found.install == ()


def test_what_a_patch_of_the_sets_makes_obsolete_is_not_installed_unless_that_one_is_refused() -> None:
    wanted = "100001-02 100002-01 100003-04 100004-02"
    assert told(wanted, system()).obsoleted == {patch("100003-04"): patch("100004-02")}
    needless = told(wanted, system(), faulty={patch("100003-04"): "no depot has its archive"})
    assert (needless.refused, needless.obsoleted) == ({}, {patch("100003-04"): patch("100004-02")})
    damaged = told(wanted, system(), faulty={patch("100004-02"): "archive is damaged"})
    assert damaged.install == ids("100001-02 100002-01 100003-04")


def test_a_requirement_that_changes_nothing_on_the_node_is_a_note() -> None:
    found = told("100007-01", system())
    assert found.install == ids("100007-01")
    assert found.notes == {patch("100007-01"): "requires 100005-01, which changes no package of the node: patchadd may reject it"}
    assert told("100007-01", system(packages="SUNWckr SUNWfoo")).refused


@pytest.mark.parametrize(
    ("properties", "single_user", "reboot", "reconfigure", "for_single", "for_reboot", "unknown"),
    [
        ({}, True, "after", False, "100001-02 100011-01", "100001-02 100011-01", "100001-02 100011-01"),
        ({"100011-01": STANDARD}, True, "after", False, "100001-02", "100001-02", "100001-02"),
        ({"100001-02": STANDARD, "100011-01": STANDARD}, False, "none", False, "", "", ""),
        (
            {"100001-02": Properties("patchinfo", single_user=True), "100011-01": STANDARD},
            True,
            "after",
            False,
            "100001-02",
            "100001-02",
            "",
        ),
        ({"100001-02": IMMEDIATE, "100011-01": Properties("readme", "after")}, True, "immediate", True, BOTH, BOTH, ""),
        ({"100001-02": Properties("readme", deferred=True), "100011-01": STANDARD}, True, "after", False, "100001-02", "100001-02", ""),
    ],
)
def test_one_patch_that_is_not_standard_takes_the_node_to_single_user(
    properties: dict[str, Properties], single_user: bool, reboot: str, reconfigure: bool, for_single: str, for_reboot: str, unknown: str
) -> None:
    found = told("100001-02 100011-01", system(), properties={patch(one): value for one, value in properties.items()})
    assert (found.single_user, found.reboot, found.reconfigure) == (single_user, reboot, reconfigure)
    assert (found.single_user_for, found.reboot_for, found.unknown) == (ids(for_single), ids(for_reboot), ids(unknown))


def test_only_what_goes_in_counts_for_single_user() -> None:
    special = {patch("100001-02"): Properties("patchinfo", "immediate"), patch("100011-01"): STANDARD}
    found = told("100001-02 100011-01", system("100001-02"), properties=special)
    assert (found.install, found.single_user, found.reboot) == (ids("100011-01"), False, "none")


def test_a_frozen_set_is_installable_when_a_newer_reference_lists_only_newer_revisions() -> None:
    newer = reference(revision("100001-09"))
    assert told("100001-02", system(), newer).refused
    whole = completed(newer, CATALOGUE.revisions["100001"])
    assert told("100001-02", system(), whole).install == ids("100001-02")
    assert [one.id.revision for one in whole.revisions["100001"]] == [1, 2, 9]
    assert completed(whole, CATALOGUE.revisions["100001"]) == whole


def test_totals() -> None:
    found = [told("100001-02 100005-01", system()), told("100001-02 100005-01", system("100001-02"))]
    assert totals(found) == {
        "nodes": 2, "nothing_due": 1, "install": 1, "installed": 1, "obsoleted": 0, "not_applicable": 2, "refused": 0, "single_user": 0,
        "reboot": 0,
    }  # fmt: skip
    assert totals([])["nodes"] == 0
