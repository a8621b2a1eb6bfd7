# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches for the global zone only (patchadd -G)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Notes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.policy import Policy
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.rollout import Known, RollOut
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

from .test_rollout import ALONE, STANDARD, batch, due, outcome, refusal, seen

ALIKE = replace(STANDARD, all_zones=True)


def argv(zones: str, wanted: str = "global", **zone: str) -> list[str]:
    """The commands of the plan that call patchadd. ``zone``: name → state or brand."""
    asked = due(p120001_02=STANDARD, p120012_07=ALONE)
    known = seen(zones=zones, depot=asked)
    more = {name: ZoneStatus(name, word, f"/zones/{name}") for name, word in zone.items()}
    known = replace(known, zones={**known.zones, **more})
    roll_out = RollOut("n", asked, Policy("/d", zones=wanted), Steps("n", "/d", global_only=wanted == "global"))  # type: ignore[arg-type]
    (call,) = [step.command for plan in roll_out.plan(Known(known)) for step in plan.steps if "patchadd" in step.command.argv]
    return [str(word) for word in call.argv]


def test_the_option_is_given_where_there_are_zones() -> None:
    assert "-G" in argv("db")
    assert "-G" in argv("off-")
    assert "-G" not in argv("db", "all")
    assert "-G" not in argv("")
    assert "-G" not in argv("", planned="configured")


def test_a_zone_that_comes_later_is_warned_of() -> None:
    wanted = due(p120001_02=STANDARD)

    def warned(known: Seen, zones: str) -> list[str]:
        roll_out = RollOut("n", wanted, Policy("/d", zones=zones), Steps("n", "/d"))  # type: ignore[arg-type]
        return [said for plan in roll_out.plan(Known(known)) for said in plan.warnings if "gz-only-packages" in said]

    assert len(warned(seen(zones="db", depot=wanted), "global")) == 1
    assert warned(seen("120001-02", zones="db", depot=wanted), "global") == warned(seen(depot=wanted), "global") == []
    assert warned(seen(zones="db", depot=wanted), "all") == []


@pytest.mark.parametrize("zones", ["db", "off-"])
def test_packages_of_all_zones_are_refused_before_anything_is_touched(zones: str) -> None:
    wanted = due(p120001_02=STANDARD, p120002_01=ALIKE, p120003_05=ALIKE)
    said = refusal(wanted, seen(zones=zones, depot=wanted), zones="global")
    assert said == (
        "node n: 120002-01, 120003-05 are for packages that all zones have alike (SUNW_PKG_ALLZONES=true), and patchadd -G (zones: global) "
        "takes none of those. Install them with zones: all, or zones: detach. Nothing was done."
    )
    one = due(p120002_01=ALIKE)
    assert "120002-01 is for packages" in refusal(one, seen(zones=zones, depot=one), zones="global")
    assert refusal(wanted, seen(zones=zones, depot=wanted)) == ""
    assert refusal(wanted, seen(depot=wanted), zones="global") == ""
    assert refusal(wanted, seen("120001-02 120002-01 120003-05", zones=zones, depot=wanted), zones="global") == ""


def test_a_zone_that_patchadd_leaves_as_it_is_says_what_to_do() -> None:
    """The global zone has it, so patchadd has nothing to do."""
    known = seen("120001-02", zones="db")
    bare = replace(known.own, patches={}, packages=frozenset({"SUNWcsr"}))
    log = "Requested patch 120001-02 is already installed on the system.\n"
    known = replace(known, inside={"db": bare}, notes=Notes((), batches=(batch("120001-02", rc="2", log=log),)))
    wanted = due(p120001_02=STANDARD)
    state, why = outcome(known, wanted, "120001-02")
    assert state == "failed"
    said = "install it inside the zone (zlogin, patchadd), in the global zone patchadd takes it for installed"
    assert why == f"zone db lacks it: {said}"
    assert outcome(known, wanted, "120001-02", zones="global") == ("installed", "")
