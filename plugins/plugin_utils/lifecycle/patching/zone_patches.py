# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The patches and packages of a node's zones: those that run are asked themselves, of others their files. Nothing is booted for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...commands import patchadd, pkginfo_files, svr4, zlogin
from ...model.command import Command, Output
from ...model.errors import CommandFailed, ParseError
from ...model.patching.patch import PatchId
from ...model.patching.system import Installed
from ...model.zone import ZoneStatus

#: States in which a zone has files of its own that the global zone sees.
WITH_FILES = ("running", "ready", "installed")


def look(zones: Iterable[ZoneStatus]) -> dict[str, Command]:
    """The answers are for ``read``. Zones that are in other states are not asked."""
    probes: dict[str, Command] = {}
    for zone in zones:
        if zone.state == "running":
            probes[f"patches {zone.name}"] = zlogin.run_in(zone.name, Command.of("showrev", "-p"))
            probes[f"packages {zone.name}"] = zlogin.run_in(zone.name, Command.of("pkginfo"))
        elif zone.state in WITH_FILES:
            probes[f"files {zone.name}"] = pkginfo_files.read(root(zone))
    return probes


def read(zone: str, answers: Mapping[str, Output]) -> tuple[tuple[Installed, ...], frozenset[str]] | None:
    """Its patches and the names of its packages, None where it was not asked. Raises CommandFailed, ParseError."""
    own = [answers[key] for key in (f"patches {zone}", f"packages {zone}", f"files {zone}") if key in answers]
    if not own:
        return None
    for output in own:
        if output.rc != 0:
            raise CommandFailed((output.stderr.strip() or f"exit code {output.rc}")[:200])
    if len(own) == 1:
        return pkginfo_files.parse(own[0].stdout)
    installed, _others = svr4.installed(own[0].stdout)
    return installed, svr4.package_names(own[1].stdout)


def root(zone: ZoneStatus) -> str:
    return f"{zone.path}/root"


def cut_off(marks: Iterable[Output], zones: Iterable[ZoneStatus]) -> dict[PatchId, tuple[str, ...]]:
    """Patches whose installation did not come to its end → where, '' is the global zone. ``marks``: answers to ``patchadd.marked``."""
    names = {"": ""} | {root(zone): zone.name for zone in zones}
    where: dict[PatchId, tuple[str, ...]] = {}
    for patch, place in (row for output in marks for row in patchadd.parse_marked(output.stdout)):
        if place not in names:
            raise ParseError(f"marks of patchadd: {place!r} is no zone's root")
        where[patch] = (*where.get(patch, ()), names[place])
    return where
