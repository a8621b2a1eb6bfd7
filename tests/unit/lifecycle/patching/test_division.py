# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the patches of a node are divided: calls of patchadd, in single user or not, and their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.phases import before_others, phases
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch_set import SetVersion
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.reference import Reference
from ansible_collections.heliostat.vdc.plugins.plugin_utils.patching.sets import ordered

from .test_rollout import AFTER, ALONE, AT_ONCE, DEFERRED, RECONFIGURE, STANDARD, due, ids, seen, whats

WAYS: list[tuple[dict[str, Properties], list[tuple[str, bool, bool, bool]]]] = [
    ({"p120001_02": STANDARD, "p120002_01": STANDARD}, [("120001-02 120002-01", False, False, False)]),
    ({"p120001_02": STANDARD, "p119254_66": STANDARD}, [("119254-66", False, False, False), ("120001-02", False, False, False)]),
    ({"p120001_02": STANDARD, "p120002_01": AFTER}, [("120001-02 120002-01", True, True, True)]),
    ({"p120001_02": AT_ONCE, "p120002_01": STANDARD}, [("120001-02", True, True, True), ("120002-01", False, False, False)]),
    ({"p120001_02": Properties()}, [("120001-02", True, True, True)]),
]


@pytest.mark.parametrize(("known", "expected"), WAYS)
def test_division(known: dict[str, Properties], expected: list[tuple[str, bool, bool, bool]]) -> None:
    """Patches, single user, reboot, zones down."""
    wanted = due(**known)
    found = phases(wanted.install, wanted.properties, first=before_others(wanted))
    assert [(" ".join(map(str, one.patches)), one.single_user, one.reboot, one.halted) for one in found] == expected


def test_only_who_asks_goes_to_single_user_where_that_is_said() -> None:
    wanted = due(p120001_02=AFTER)
    (phase,) = phases(wanted.install, wanted.properties, "asked")
    assert (phase.single_user, phase.reboot, phase.halted) == (False, True, False)
    wanted = due(p120001_02=DEFERRED)
    (phase,) = phases(wanted.install, wanted.properties, "asked")
    assert (phase.single_user, phase.reboot, phase.halted) == (False, True, True)


kinds = st.sampled_from([STANDARD, AFTER, AT_ONCE, ALONE, RECONFIGURE, DEFERRED, Properties()])


@given(st.lists(kinds, max_size=12), st.randoms(), st.sampled_from(["non_standard", "asked"]))
def test_no_patch_is_lost_or_doubled_and_nothing_follows_one_that_wants_a_reboot_at_once(
    known: list[Properties], mix: Any, alone: Any
) -> None:
    """Named in any order; patchadd orders what one call has by number."""
    properties = {PatchId(f"{119250 + number:06}", 1): one for number, one in enumerate(known)}
    named = list(properties)
    mix.shuffle(named)
    utilities = before_others(Due("n", tuple(named)))
    assert {one.number for one in utilities} == {"119254", "119255"} & {one.number for one in named}
    found = phases(named, properties, alone, first=utilities, by_number=True)
    went = [patch for phase in found for patch in phase.patches]
    assert sorted(went) == sorted(properties)
    assert set(went[: len(utilities)]) == utilities
    assert [one for one in went if one not in utilities] == [one for one in named if one not in utilities]
    for phase in found:
        assert phase.patches
        assert utilities.issuperset(phase.patches) or utilities.isdisjoint(phase.patches)
        assert all(properties[patch].reboot != "immediate" for patch in sorted(phase.patches)[:-1])
        assert phase.reboot == any(not properties[patch].standard for patch in phase.patches)
        assert phase.single_user >= any(properties[patch].single_user or not properties[patch].source for patch in phase.patches)


numbers = st.integers(119250, 119260).map(lambda number: PatchId(str(number), 1))
rows = st.tuples(numbers, kinds, st.lists(st.integers(0, 8), max_size=3))


@settings(max_examples=1000)
@given(st.lists(rows, max_size=9, unique_by=lambda row: row[0]))
def test_of_sets_nothing_goes_in_before_what_it_requires(known: list[tuple[PatchId, Properties, list[int]]]) -> None:
    """Each requires some of those that were drawn before it. patchadd orders what one call has by number and after what it requires."""
    needs = {patch: [known[one][0] for one in required if one < place] for place, (patch, _kind, required) in enumerate(known)}
    properties = {patch: kind for patch, kind, _required in known}
    reference = Reference(date(2026, 1, 1), {})
    order = ordered(needs, reference, needs)
    first = before_others(Due("n", order, asked_by=dict.fromkeys(order, (SetVersion("s", 1),))))
    found = phases(order, properties, first=first, by_number=True)
    call = {patch: number for number, phase in enumerate(found) for patch in phase.patches}
    assert call.keys() == needs.keys()
    assert all(call[one] <= call[patch] for patch, required in needs.items() for one in required)
    for phase in found:
        assert all(properties[patch].reboot != "immediate" for patch in ordered(phase.patches, reference, needs)[:-1])


def test_of_sets_too_an_immediate_one_is_in_no_call_with_a_higher_number() -> None:
    """120009 goes in early since 120001 requires it. That one is in a later call, so patchadd orders the first one by number alone."""
    order = ids("120009-01 120005-01 120007-01 120001-01")
    properties = dict.fromkeys(order, STANDARD) | dict.fromkeys(ids("120005-01"), AT_ONCE)
    found = phases(order, properties, by_number=True)
    assert [" ".join(map(str, one.patches)) for one in found] == ["120009-01", "120005-01", "120007-01 120001-01"]
    assert len(phases(order, properties)) == 2, "patchrm goes by the order that it is given"


def test_what_the_patch_utilities_require_goes_in_with_them() -> None:
    """As a SunAlert cluster's README has it: 120720-01 before 119255-06."""
    order = ids("121133-02 119254-90 150001-01")
    by_sets = Due("n", order, properties=dict.fromkeys(order, STANDARD), asked_by=dict.fromkeys(order, (SetVersion("s", 1),)))
    assert whats(by_sets, seen(depot=by_sets))[1:] == ["install 121133-02, 119254-90", "install 150001-01"]
    named = replace(by_sets, asked_by={})
    assert whats(named, seen(depot=named))[1:] == ["install 119254-90", "install 121133-02, 150001-01"]


def test_a_zone_gets_the_patch_utilities_first_that_the_node_has() -> None:
    order = ids("120001-02")
    by_sets = Due("n", order, ids("119250-01 119254-66"), properties={}, asked_by=dict.fromkeys(order, (SetVersion("s", 1),)))
    by_sets = replace(by_sets, properties=dict.fromkeys((*order, *by_sets.installed), STANDARD))
    known = seen("119250-01 119254-66", zones="web", depot=by_sets)
    known = replace(known, depot=known.depot | {*by_sets.installed}, inside={"web": Has({}, packages=frozenset({"SUNWcsr"}))})
    assert whats(by_sets, known)[1:] == ["install 119254-66", "install 120001-02, 119250-01"]


def test_one_that_wants_a_reboot_at_once_is_the_last_of_its_call_in_the_order_of_patchadd() -> None:
    wanted = due(p120012_07=STANDARD, p120001_02=AT_ONCE, p120003_05=STANDARD, p120010_03=AT_ONCE)
    assert [one for one in whats(wanted, seen(depot=wanted)) if one.startswith("install")] == [
        "install 120012-07",
        "install 120001-02 in single user, then a reboot",
        "install 120003-05, 120010-03 in single user, then a reboot",
    ]
