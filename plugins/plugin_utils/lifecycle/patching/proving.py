# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a proof asks a node beside its packages and patches: the patches of its zones, and when it was booted."""

from __future__ import annotations

from collections.abc import Mapping

from ...commands import job, patch_notes, svr4, zlogin, zoneadm
from ...model.command import Command, Output
from ...model.errors import CommandFailed, ParseError
from ...model.patching.system import System
from ...model.zone import ZoneStatus
from ...patching.proof import Seen, Zone

LOOK = {"zones": zoneadm.list_zones(), "boot": Command.of(*job.BOOT_TIME.split())}


def zones(answers: Mapping[str, Output]) -> dict[str, ZoneStatus]:
    """Those that patchadd in the global zone patches: installed, and of the node's own brand. Raises CommandFailed, ParseError."""
    for name in LOOK:
        if answers[name].rc != 0:
            raise CommandFailed(f"it did not tell its {name} (exit code {answers[name].rc}): {answers[name].stderr.strip()[:200]}")
    listed = zoneadm.parse_list(answers["zones"].stdout)
    return {one.name: one for one in listed if one.name != "global" and one.brand == "native" and one.state != "configured"}


def inside(found: Mapping[str, ZoneStatus]) -> dict[str, Command]:
    """What is asked in the zones that run: nothing is booted for a report."""
    asked = {"patches": Command.of("showrev", "-p"), "packages": Command.of("pkginfo")}
    running = [name for name, one in found.items() if one.state == "running"]
    return {f"{probe} {name}": zlogin.run_in(name, command) for name in running for probe, command in asked.items()}


def read(system: System, answers: Mapping[str, Output], found: Mapping[str, ZoneStatus], told: Mapping[str, Output]) -> Seen:
    """``told`` are the answers to ``inside``. Raises ParseError."""
    return Seen(
        system.patches,
        {name: _zone(one, told) for name, one in found.items()},
        patch_notes.boot_time(answers["boot"].stdout),
    )


def _zone(one: ZoneStatus, told: Mapping[str, Output]) -> Zone:
    patches, packages = told.get(f"patches {one.name}"), told.get(f"packages {one.name}")
    if patches is None or packages is None:
        return Zone(unknown=f"it is {one.state}" if one.state != "running" else "the node did not answer")
    for output in (patches, packages):
        if output.rc != 0:
            return Zone(unknown=(output.stderr.strip() or f"exit code {output.rc}")[:200])
    try:
        installed, _others = svr4.installed(patches.stdout)
    except ParseError as error:
        return Zone(unknown=str(error))
    names = frozenset(words[1] for line in packages.stdout.splitlines() if len(words := line.split()) > 1)
    return Zone(installed, names)
