# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""patchadd and patchrm on a node where Live Upgrade is at work, or has made another boot environment the next one."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.live_upgrade import BootEnvironment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.patch_notes import Batch, Notes
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching import refusal
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.phases import phases
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.policy import Policy
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.rollout import Known, RollOut
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has, Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

PATCH = PatchId.parse("120001-02")
STANDARD = Properties("patchinfo")
ALONE = Properties("patchinfo", "after", single_user=True)
ROOM = dict.fromkeys(("/", "/var/sadm", "/var/tmp"), ("/", 1 << 40))
NODE = Seen(True, Has({}), {}, "3", 100, frozenset({PATCH}), Notes(), room=ROOM, complete=True)
OLD, NEXT = BootEnvironment("old", True, True, False, False, ""), BootEnvironment("hl-june", True, False, True, False, "")
ANOTHER = replace(NODE, environments=(OLD, NEXT))
SAME = replace(NODE, environments=(replace(OLD, on_reboot=True), replace(NEXT, on_reboot=False)))
UPGRADED = replace(NODE, upgrading=("lu-create-hl-june",))


def roll_out(properties: Properties) -> RollOut:
    return RollOut("n", Due("n", (PATCH,), properties={PATCH: properties}), Policy("/d"), Steps("n", "/d"))


def why(known: Seen, properties: Properties) -> str:
    return roll_out(properties).refusals(Known(known)).get("n", "")


def test_what_reboots_is_refused_while_another_environment_is_the_next() -> None:
    assert why(ANOTHER, ALONE) == (
        "node n: boot environment hl-june is the next to be booted, and the patches are those of the running one, old. "
        "Boot it first (init 6), or keep what runs (luactivate old). Nothing was done."
    )
    assert not any(roll_out(ALONE).plan(Known(ANOTHER)))
    for known in (NODE, SAME):
        assert why(known, ALONE) == ""
    assert why(ANOTHER, STANDARD) == ""
    (plan,) = roll_out(STANDARD).plan(Known(ANOTHER))
    assert "hl-june is the next to be booted, and has nothing of what goes into the running one" in plan.warnings[0]
    assert roll_out(STANDARD).plan(Known(SAME))[0].warnings == ()


def test_nothing_is_begun_while_live_upgrade_works() -> None:
    for properties in (STANDARD, ALONE):
        assert "Live Upgrade of an earlier run works on it (job lu-create-hl-june)" in why(UPGRADED, properties)
        assert not any(roll_out(properties).plan(Known(UPGRADED)))


def test_back_outs_and_reboots_for_what_is_there_too() -> None:
    todo = phases((PATCH,), {PATCH: ALONE})
    for known, said in ((ANOTHER, "is the next to be booted"), (UPGRADED, "job lu-create-hl-june")):
        assert said in refusal.of_backout("n", known, todo, {PATCH: ALONE}, Policy(""))
        waiting = replace(known, own=Has({PATCH: ("SUNWcsr",)}), notes=Notes(batches=(Batch(1, (PATCH,), 100, True, False, "0", ""),)))
        assert said in why(waiting, ALONE)
