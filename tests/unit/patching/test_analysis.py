# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a system has and lacks by a reference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import Revision
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Package, System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.analysis import Analysis, analyse
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.current import index

from .catalogue import VERSION, installed, reference, revision, system


def looked(*revisions: Revision, on: System | None = None, minimal: bool = False) -> Analysis:
    return analyse(index(reference(*revisions), minimal), on or system())


@pytest.mark.parametrize(
    ("revisions", "current"),
    [
        ([revision("150001-01"), revision("150001-02")], 2),
        ([revision("150001-01"), revision("150001-02", obsolete=True)], 1),
        ([revision("150001-01"), revision("150001-02", withdrawn=True)], 1),
        ([revision("150001-01", obsolete=True), revision("150001-02", withdrawn=True)], 2),
        ([revision("150001-01", withdrawn=True), revision("150001-02")], 2),
    ],
)
def test_the_highest_revision_that_is_neither_obsolete_nor_withdrawn_counts(revisions: list[Revision], current: int) -> None:
    found = looked(*revisions).current("150001")
    assert found
    assert found.id.revision == current


def test_recommended_is_inherited_and_handed_on_and_security_is_not() -> None:
    found = looked(
        revision("150001-01", recommended=True, security=True),
        revision("150001-02"),
        revision("150002-01", recommended=True, by="150003-01"),
        revision("150003-02", by="150004-01"),
        revision("150004-01"),
        revision("150005-01"),
    )
    assert [number for number in found.index.current if found.recommended(number)] == ["150001", "150002", "150003", "150004"]
    current = found.current("150001")
    assert current
    assert not current.security


def test_recommended_of_a_higher_withdrawn_revision_is_not_inherited() -> None:
    assert not looked(revision("150001-01"), revision("150001-02", recommended=True, withdrawn=True)).recommended("150001")


def test_who_obsoletes_a_recommended_patch_on_the_system_is_recommended() -> None:
    found = looked(revision("150001-01", recommended=True), revision("150002-01"), on=system(installed("150002-01", "150001-01")))
    assert found.recommended("150002")


@pytest.mark.parametrize(
    ("there", "standing"),
    [
        ((), "missing"),
        (("150001-01",), "missing"),
        (("150001-02",), "installed"),
        (("150001-02", "150001-01"), "installed"),
        (("150001-03",), "newer"),
        ((installed("150009-01", "150001-02"),), "obsoleted"),
        ((installed("150009-01", "150001-03"),), "obsoleted"),
        # the work of revision 01 is not that of 02
        ((installed("150009-01", "150001-01"),), "missing"),
    ],
)
def test_where_a_patch_stands(there: tuple[str, ...], standing: str) -> None:
    assert looked(revision("150001-02"), on=system(*there)).standing("150001") == standing


@pytest.mark.parametrize(
    ("one", "standing"),
    [
        (revision("150001-01", by="150002-01"), "obsoleted"),
        (revision("150001-01", withdrawn=True), "withdrawn"),
        (revision("150001-01", packages="SUNWother"), "not_applicable"),
        (revision("150001-01", architectures=("sparc.sun4v",)), "not_applicable"),
        (revision("150001-01", architectures=("all",)), "not_applicable"),
        (replace(revision("150001-01"), packages=(("SUNWckr", "11.9.0"),)), "not_applicable"),
        (revision("150007-01"), "unlisted"),
    ],
)
def test_what_is_not_missing(one: Revision, standing: str) -> None:
    found = looked(one)
    assert found.standing("150001") == standing
    assert "150001" not in found.missing


def test_version_and_architecture_are_of_one_instance() -> None:
    """SUNWckr (sparc) in the version of the patch, and SUNWckr.2 of the patch's architecture in another version."""
    instances = {"SUNWckr": (Package("sparc", VERSION), Package("sparc.sun4v", "2.0"))}
    found = looked(revision("150001-01", architectures=("sparc.sun4v",)), on=replace(system(), packages=instances))
    assert found.standing("150001") == "not_applicable"


@pytest.mark.parametrize(
    ("there", "withdrawn"),
    [
        (("150001-01",), ["150001-01"]),
        (("150001-02",), []),
        (("150001-01", "150001-02"), []),
        (("150001-01", "150002-05"), []),
        (("150001-01", "150002-04"), ["150001-01"]),
        (("150001-01", installed("150003-01", "150001-01")), []),
    ],
)
def test_installed_and_withdrawn(there: tuple[str, ...], withdrawn: list[str]) -> None:
    revisions = [revision("150001-01", withdrawn=True, by="150002-05"), revision("150001-02"), revision("150002-05")]
    assert [str(one) for one in looked(*revisions, on=system(*there)).withdrawn] == withdrawn


def test_an_interim_relief_is_not_the_patch_of_its_number() -> None:
    found = looked(revision("148363-01"), on=system("IDR148363-26"))
    assert found.standing("148363") == "missing"
    assert found.standing("IDR148363") == "unlisted"


@pytest.mark.parametrize(
    ("there", "has"),
    [
        ((), None),
        (("150001-01",), None),
        (("150001-02",), "150001-02"),
        (("150001-07",), "150001-07"),
        (("150002-03",), "150002-03"),
        (("150002-02",), None),
        ((installed("150009-01", "150001-02"),), "150009-01"),
        ((installed("150009-01", "150001-01"),), None),
    ],
)
def test_what_meets_a_requirement(there: tuple[str, ...], has: str | None) -> None:
    found = looked(revision("150001-02", by="150002-03"), revision("150002-03"), on=system(*there))
    met = found.has(PatchId.parse("150001-02"))
    assert (str(met) if met else None) == has


def test_minimal_is_the_highest_revision_that_itself_is_recommended() -> None:
    revisions = [
        revision("150001-01", recommended=True, by="150001-02"),
        revision("150001-02", recommended=True, by="150001-03"),
        revision("150001-03"),
        revision("150002-02", recommended=True, by="150003-01"),
        revision("150003-01"),
        revision("150004-01", recommended=True, withdrawn=True),
    ]
    found = looked(*revisions, minimal=True)
    assert {number: one.revision.id.revision for number, one in found.index.current.items()} == {
        "150001": 2,
        "150002": 2,
        "150003": 1,
        "150004": 1,
    }
    assert found.missing == {"150001", "150002", "150003"}
    # what is not obsolete here hands nothing on
    assert not found.recommended("150003")


def test_a_ring_of_obsoletions_ends() -> None:
    found = looked(revision("150001-01", by="150002-01", recommended=True), revision("150002-01", by="150001-01"))
    assert found.missing == frozenset()
    assert found.recommended("150002")


def test_an_obsolete_revision_that_names_nobody_has_the_successor_of_a_lower_one() -> None:
    found = looked(revision("150001-01", by="150002-01"), revision("150001-02", obsolete=True), revision("150002-01"))
    assert found.obsoleted_by("150001") == PatchId("150002", 1)
