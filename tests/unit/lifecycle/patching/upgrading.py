# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States that Live Upgrade finds a node in, for its tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.live_upgrade import BootEnvironment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.mount import Mount
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.environment import Seen
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.live_upgrade import Known, LiveUpgrade, Policy
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.seen import Has
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.patching.steps import Steps
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.due import Due
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.zone import ZoneStatus

BE = "hl-web-2"
KERNEL, SSH = PatchId("118833", 36), PatchId("141742", 2)
READY = Has({PatchId("119254", 66): (), PatchId("121430", 37): ()})
OLD = BootEnvironment("zfsroot", True, True, True, False, "")
OURS = BootEnvironment(BE, True, False, False, True, "")
OTHER = BootEnvironment("x", True, False, True, False, "")
ROOT = Mount("/", "rpool/ROOT/zfsroot", "read/write", "")
NODE = Seen(
    BE,
    True,
    (OLD,),
    READY,
    {},
    (ROOT,),
    20 * 1024**3,
    1000,
    True,
    {KERNEL: frozenset({"SUNWckr"}), SSH: frozenset({"SUNWsshu"})},
    complete=True,
)
DONE = Has({**READY.patches, KERNEL: (), SSH: ()})

CREATE, PATCH, MOUNT, SEE, UNMOUNT = "lucreate", "luupgrade", "lumount", "showrev", "luumount"
PROVEN = [PATCH, MOUNT, SEE, UNMOUNT]
NEXT = ["origin", "luactivate"]
BOOTED = ["note", "init", "lucurr"]


def operation(**policy: object) -> LiveUpgrade:
    return LiveUpgrade("n1", Due("n1", (KERNEL, SSH)), Policy(BE, "/patches", **{"room": 4 * 1024**3, **policy}), Steps("n1", "/patches"))  # type: ignore[arg-type]


def commands_of(plans: Sequence[Plan]) -> list[str]:
    """The command of each step in a word: its program, or what a script of ours is told to do."""
    found = []
    for plan in plans:
        for step in plan.steps:
            first = str(step.command.argv[0])
            found.append(first if first != "/bin/sh" else "init" if "/sbin/init" in step.command.argv else str(step.command.argv[3]))
    return found


def words(known: Seen, **policy: object) -> list[str]:
    return commands_of(operation(**policy).plan(Known(known)))


BUILT = replace(NODE, environments=(replace(OLD, on_reboot=False), replace(OURS, on_reboot=True)), inside=DONE)
ARRIVED = replace(NODE, environments=(replace(OLD, active=False, on_reboot=False), replace(OURS, active=True, on_reboot=True)), own=DONE)
LUSTATUS = (
    "Boot Environment           Is       Active Active    Can    Copy      \n"
    "Name                       Complete Now    On Reboot Delete Status    \n"
    "-------------------------- -------- ------ --------- ------ ----------\n"
    "zfsroot                    yes      yes    yes       no     -         \n"
    f"{BE:26} yes      no     no        yes    -         \n"
)


def zone(**values: object) -> dict[str, ZoneStatus]:
    return {"web": ZoneStatus(**{"name": "web", "state": "running", "path": "/zones/web", **values})}  # type: ignore[arg-type]


def zones(**states: str) -> dict[str, ZoneStatus]:
    return {name: ZoneStatus(name, state, f"/zones/{name}") for name, state in states.items()}
