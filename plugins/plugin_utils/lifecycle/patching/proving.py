# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a proof asks a node beside its packages and patches: the patches of its zones, and when it was booted."""

from __future__ import annotations

from collections.abc import Mapping

from ...commands import job, patch_notes, patchadd, zoneadm
from ...model.command import Command, Output
from ...model.errors import CommandFailed, HeliostatError
from ...model.patching.system import System
from ...model.zone import ZoneStatus
from ...patching.proof import Seen, Zone
from . import zone_patches

LOOK = {"zones": zoneadm.list_zones(), "boot": Command.of(*job.BOOT_TIME.split()), "marks": patchadd.marked([""])}


def zones(answers: Mapping[str, Output]) -> dict[str, ZoneStatus]:
    """Those that patchadd in the global zone patches: installed, and of the node's own brand. Raises CommandFailed, ParseError."""
    for name in LOOK:
        if answers[name].rc != 0:
            raise CommandFailed(f"it did not tell its {name} (exit code {answers[name].rc}): {answers[name].stderr.strip()[:200]}")
    listed = zoneadm.parse_list(answers["zones"].stdout)
    return {one.name: one for one in listed if one.name != "global" and one.brand == "native" and one.state != "configured"}


def inside(found: Mapping[str, ZoneStatus]) -> dict[str, Command]:
    """What is asked of the zones, for ``read``."""
    if not found:
        return {}
    return {**zone_patches.look(found.values()), "marks": patchadd.marked([zone_patches.root(one) for one in found.values()])}


def read(system: System, answers: Mapping[str, Output], found: Mapping[str, ZoneStatus], told: Mapping[str, Output]) -> Seen:
    """``told`` are the answers to ``inside``. Raises ParseError."""
    return Seen(
        system.patches,
        {name: zone(one, told) for name, one in found.items()},
        patch_notes.boot_time(answers["boot"].stdout),
        cut_off=zone_patches.cut_off([answers["marks"], *([told["marks"]] if "marks" in told else [])], found.values()),
    )


def zone(one: ZoneStatus, told: Mapping[str, Output]) -> Zone:
    """Of the answers to ``zone_patches.look``. One that did not tell says why."""
    try:
        inside = zone_patches.read(one.name, told)
    except HeliostatError as error:
        return Zone(unknown=str(error))
    if inside is None:
        return Zone(unknown="the node did not answer" if one.state in zone_patches.WITH_FILES else f"it is {one.state}")
    return Zone(*inside)
