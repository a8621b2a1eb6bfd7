# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds of every reference and every system: numbers that require, obsolete and exclude each other in any way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import Reference, Revision
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.system import Installed, System
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.analysis import analyse
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.current import index
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.listing import Listing, listing
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.requirements import need
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.selection import GROUPS, Group, Selection, wanted

from .catalogue import VERSION, reference, system

TODAY = date(2012, 6, 1)
NUMBERS = [f"1500{number:02}" for number in range(9)]
PATCHES = st.builds(PatchId, st.sampled_from(NUMBERS), st.integers(1, 3))
FEW = st.lists(PATCHES, max_size=2, unique=True).map(tuple)
REVISIONS = st.builds(
    Revision,
    id=PATCHES,
    released=st.integers(0, 99).map(lambda days: TODAY - timedelta(days)),
    synopsis=st.sampled_from(["kernel patch", "samba patch"]),
    release=st.just("10"),
    recommended=st.booleans(),
    security=st.booleans(),
    obsolete=st.sampled_from([False, False, True]),
    withdrawn=st.sampled_from([False, False, False, True]),
    architectures=st.sampled_from([("sparc",), ("sparc",), ("sparc.sun4v",)]),
    requires=FEW,
    packages=st.sampled_from(["SUNWckr", "SUNWswmt", "SUNWother"]).map(lambda name: ((name, VERSION),)),
    conflicts=st.one_of(st.just(()), FEW),
    obsoleted_by=st.one_of(st.none(), PATCHES),
)
LINES = st.lists(REVISIONS, max_size=14, unique_by=lambda one: one.id)
THERE = st.lists(st.builds(Installed, id=PATCHES, obsoletes=FEW, incompatibles=st.one_of(st.just(()), FEW)), max_size=5)
FLAGS = st.builds(
    Selection,
    wanted=st.lists(
        st.one_of(st.builds(Group, st.sampled_from(GROUPS), st.booleans(), st.booleans()), st.sampled_from(NUMBERS)), min_size=1, max_size=3
    ).map(tuple),
    pattern=st.sampled_from(["", "samba", "!samba"]),
    ignore=st.sampled_from([(), ("150003",), ("kernel",)]),
    minimal=st.booleans(),
)


def host(patches: Sequence[Installed]) -> System:
    return system(*patches, packages="SUNWckr SUNWswmt")


def listed(lines: Sequence[Revision], there: Sequence[Installed], selection: Selection) -> Listing:
    return listing(analyse(index(reference(*lines), selection.minimal), host(there)), selection, TODAY)


@given(LINES, THERE, FLAGS, st.randoms(use_true_random=False))
def test_order_of_lines_and_of_installed_patches_means_nothing(
    lines: list[Revision], there: list[Installed], selection: Selection, chance
) -> None:
    before = listed(lines, there, selection)
    numbers = list(dict.fromkeys(one.id.number for one in lines))
    chance.shuffle(numbers)
    turned = {number: tuple(sorted((one for one in lines if one.id.number == number), key=lambda one: one.id)) for number in numbers}
    others = chance.sample(there, len(there))
    found = analyse(index(Reference(TODAY, turned), selection.minimal), host(others))
    assert listing(found, selection, TODAY) == before


@given(LINES, THERE, FLAGS)
def test_each_once_and_after_what_it_requires_but_in_a_named_ring(
    lines: list[Revision], there: list[Installed], selection: Selection
) -> None:
    found = listed(lines, there, selection)
    analysis = analyse(index(reference(*lines), selection.minimal), host(there))
    numbers = [one.number for one in found.entries]
    assert len(set(numbers)) == len(numbers)
    rings = [set(ring) for ring in found.cycles]
    for place, one in enumerate(found.entries):
        for required in one.current.requires if one.current else ():
            number = need(analysis, one.number, analysis.index.requirement(required)).number
            if number in numbers[place + 1 :]:
                assert any({number, one.number} <= ring for ring in rings) or _through(number, one.number, rings)


def _through(one: str, other: str, rings: list[set[str]]) -> bool:
    """Whether rings that touch each other lead from one number to the other."""
    reached, grown = {one}, True
    while grown:
        new = set().union(*(ring for ring in rings if ring & reached)) - reached
        reached |= new
        grown = bool(new)
    return other in reached


@given(LINES, THERE)
def test_after_all_of_it_is_installed_nothing_is_due(lines: list[Revision], there: list[Installed]) -> None:
    selection = Selection()
    first = listed(lines, there, selection)
    again = listed(lines, [*there, *(Installed(one) for one in first.install)], selection)
    assert again.install == ()
    assert {one.number for one in again.entries} <= {one.number for one in first.entries if one.refused}


@given(LINES, THERE, FLAGS, st.integers(0, 99), st.integers(0, 99))
def test_a_higher_age_lists_no_more(lines: list[Revision], there: list[Installed], selection: Selection, age: int, more: int) -> None:
    low, high = sorted((age, more))
    groups = tuple(one for one in selection.wanted if isinstance(one, Group)) or (wanted("missing"),)
    numbers = [
        {one.number for one in listed(lines, there, replace(selection, wanted=groups, minimum_age=days)).entries} for days in (low, high)
    ]
    assert numbers[1] <= numbers[0]


@given(LINES, THERE, FLAGS)
def test_two_that_conflict_are_never_both_installed(lines: list[Revision], there: list[Installed], selection: Selection) -> None:
    found = listed(lines, there, selection)
    known = {one.id: one for one in lines}
    for one in found.install:
        for other in found.install:
            assert not any(
                named.number == other.number and named.number != one.number and other.revision >= named.revision
                for named in known[one].conflicts
            )


@given(LINES, THERE)
def test_all_with_flags_lists_what_missing_does(lines: list[Revision], there: list[Installed]) -> None:
    missing, both = (listed(lines, there, Selection((Group(name, True, True),))) for name in ("missing", "all"))
    assert {one.number for one in missing.entries} <= {one.number for one in both.entries}
