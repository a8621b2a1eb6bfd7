# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a proof asks a node beside its packages and patches: the patches of its zones, and when it was booted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...commands import job, patch_notes, patchadd, pkginfo_files, svr4, zlogin, zoneadm
from ...model.command import Command, Output
from ...model.errors import CommandFailed, ParseError
from ...model.patching.patch import PatchId
from ...model.patching.system import System
from ...model.zone import ZoneStatus
from ...patching.proof import Seen, Zone

LOOK = {"zones": zoneadm.list_zones(), "boot": Command.of(*job.BOOT_TIME.split()), "marks": patchadd.marked([""])}


def zones(answers: Mapping[str, Output]) -> dict[str, ZoneStatus]:
    """Those that patchadd in the global zone patches: installed, and of the node's own brand. Raises CommandFailed, ParseError."""
    for name in LOOK:
        if answers[name].rc != 0:
            raise CommandFailed(f"it did not tell its {name} (exit code {answers[name].rc}): {answers[name].stderr.strip()[:200]}")
    listed = zoneadm.parse_list(answers["zones"].stdout)
    return {one.name: one for one in listed if one.name != "global" and one.brand == "native" and one.state != "configured"}


def inside(found: Mapping[str, ZoneStatus]) -> dict[str, Command]:
    """What is asked of the zones: those that run themselves, of others their files. Nothing is booted for a report."""
    probes: dict[str, Command] = {}
    for name, one in found.items():
        if one.state == "running":
            probes[f"patches {name}"] = zlogin.run_in(name, Command.of("showrev", "-p"))
            probes[f"packages {name}"] = zlogin.run_in(name, Command.of("pkginfo"))
        elif one.state in ("installed", "ready"):
            probes[f"files {name}"] = pkginfo_files.read(f"{one.path}/root")
    if found:
        probes["marks"] = patchadd.marked([f"{one.path}/root" for one in found.values()])
    return probes


def read(system: System, answers: Mapping[str, Output], found: Mapping[str, ZoneStatus], told: Mapping[str, Output]) -> Seen:
    """``told`` are the answers to ``inside``. Raises ParseError."""
    return Seen(
        system.patches,
        {name: _zone(one, told) for name, one in found.items()},
        patch_notes.boot_time(answers["boot"].stdout),
        cut_off=_cut_off([answers["marks"], *([told["marks"]] if "marks" in told else [])], found),
    )


def _cut_off(marks: Sequence[Output], found: Mapping[str, ZoneStatus]) -> dict[PatchId, tuple[str, ...]]:
    names = {"": ""} | {f"{one.path}/root": name for name, one in found.items()}
    where: dict[PatchId, tuple[str, ...]] = {}
    for patch, root in (row for output in marks for row in patchadd.parse_marked(output.stdout)):
        where[patch] = (*where.get(patch, ()), names[root])
    return where


def _zone(one: ZoneStatus, told: Mapping[str, Output]) -> Zone:
    own = [told[key] for key in (f"patches {one.name}", f"packages {one.name}", f"files {one.name}") if key in told]
    if not own:
        return Zone(unknown="the node did not answer" if one.state in ("running", "installed", "ready") else f"it is {one.state}")
    failed = next((output for output in own if output.rc != 0), None)
    if failed is not None:
        return Zone(unknown=(failed.stderr.strip() or f"exit code {failed.rc}")[:200])
    try:
        if len(own) == 1:
            return Zone(*pkginfo_files.parse(own[0].stdout))
        installed, _others = svr4.installed(own[0].stdout)
    except ParseError as error:
        return Zone(unknown=str(error))
    return Zone(installed, frozenset(words[1] for line in own[1].stdout.splitlines() if len(words := line.split()) > 1))
