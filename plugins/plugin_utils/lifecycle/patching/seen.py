# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a roll-out of patches asks a node, and what it understood: patches of every zone, room, run level, how far an earlier run came."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...commands import df, files, job, live_upgrade, patch_batch, patch_notes, patchadd, pdo_conf, psrinfo, run_level, smf, svr4, zoneadm
from ...commands.live_upgrade import BootEnvironment
from ...commands.patch_notes import Notes
from ...model.command import Command, Output
from ...model.errors import CommandFailed, HeliostatError, ParseError
from ...model.patching.patch import PatchId
from ...model.patching.system import Installed
from ...model.zone import ZoneStatus
from ...patching.half import covers
from . import zone_patches

#: The job of a batch while everything runs. There is one at a time.
JOB = "patching"
#: Jobs of Live Upgrade (``environment.py``), which copies what runs.
_UPGRADES = "lu-"
#: States of processors that run threads (psrinfo(1M)); a ``no-intr`` one takes no interrupts.
_ON_LINE = ("on-line", "no-intr")


@dataclass(frozen=True, slots=True)
class Has:
    """The patches of a zone, and what they went into or obsolete. ``packages`` is None where that was not asked."""

    patches: Mapping[PatchId, tuple[str, ...]]
    obsoletes: frozenset[PatchId] = frozenset()
    packages: frozenset[str] | None = None

    def has(self, patch: PatchId) -> bool:
        """It is there, a later revision is, or one that obsoletes it."""
        return covers((*self.patches, *self.obsoletes), patch)


@dataclass(frozen=True, slots=True)
class Seen:
    """``zones`` are the non-global ones. ``inside``: zone → its patches, None where they could not be asked. ``cpus`` are those on line.
    ``reconfigures``: its next boot does, whoever asks for it. ``remote``: the depot is of another host, and not there in single user.
    ``environments``: of Live Upgrade, with its jobs that run (``upgrading``).
    ``room``: path → (mount, free bytes). ``cut_off``: patches whose installation did not come to its end → where ('' is the global zone).
    """

    root: bool
    own: Has
    zones: Mapping[str, ZoneStatus]
    level: str
    boot: int
    depot: frozenset[PatchId]
    notes: Notes
    at_work: bool = False
    upgrading: tuple[str, ...] = ()
    environments: tuple[BootEnvironment, ...] = ()
    ailing: tuple[str, ...] = ()
    pdo: str | None = None
    cpus: int = 1
    no_lofs: bool = False
    reconfigures: bool = False
    remote: bool = False
    room: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    inside: Mapping[str, Has | None] = field(default_factory=dict)
    cut_off: Mapping[PatchId, tuple[str, ...]] = field(default_factory=dict)
    complete: bool = False

    @property
    def native(self) -> Mapping[str, ZoneStatus]:
        return {name: zone for name, zone in self.zones.items() if zone.brand == "native"}

    @property
    def running(self) -> tuple[str, ...]:
        return tuple(name for name, zone in self.zones.items() if zone.state == "running")

    @property
    def next_environment(self) -> str:
        """Which one is booted next, where that is not the running one; '' else."""
        return next((one.name for one in self.environments if one.on_reboot and not one.active), "")

    @property
    def with_files(self) -> Sequence[ZoneStatus]:
        return [zone for zone in self.native.values() if zone.state in zone_patches.WITH_FILES]


def look(seen: Seen | None, depot: str, patches: Sequence[PatchId]) -> dict[str, Command]:
    """The first look asks the node, the second the zones that it has."""
    if seen is None:
        return {
            "jobs": job.known(),  # these two first: what ends while this is asked has left its traces in what is asked later
            "notes": patch_notes.read(),
            "id": Command.of("id"),
            "patches": Command.of("showrev", "-p"),
            "zones": zoneadm.list_zones(),
            "level": run_level.probe(),
            "boot": Command.of(*job.BOOT_TIME.split()),
            "depot": files.existing(*(f"{depot}/{patch}" for patch in patches)) if patches and depot else Command.of("true"),
            "marks": patchadd.marked([""]),
            "services": smf.states([]),
            "pdo": pdo_conf.read(),
            "cpus": Command.of("psrinfo"),
            "reconfigure": files.existing(patch_batch.RECONFIGURE),
            "system": Command.of("cat", "/etc/system", ok=(0, 1, 2)),
            "room": df.kilobytes("/", "/var/sadm", "/var/tmp"),
            "environments": live_upgrade.used(),
            "mounted": df.kilobytes(depot or "/"),
        }
    if seen.complete:
        return {}
    return _zones_look(seen)


def _zones_look(seen: Seen) -> dict[str, Command]:
    zones = seen.with_files
    if not zones:
        return {}
    return {
        "room": df.kilobytes(*(zone.path for zone in zones)),
        "marks": patchadd.marked([zone_patches.root(zone) for zone in zones]),
        **zone_patches.look(zones),
    }


def read(seen: Seen | None, outputs: Mapping[str, Output], depot: str) -> Seen:
    """Raises CommandFailed or ParseError, naming the command, where the node did not tell."""
    if seen is None:
        return _first(outputs, depot)
    inside = {name: _inside(name, outputs) for name in seen.native}
    zones = seen.with_files
    if not zones:
        return replace(seen, inside=inside, complete=True)
    room = dict(seen.room) | _room(outputs["room"], [zone.path for zone in zones])
    cut_off = dict(seen.cut_off)
    for patch, where in zone_patches.cut_off([outputs["marks"]], zones).items():
        cut_off[patch] = (*cut_off.get(patch, ()), *where)
    return replace(seen, inside=inside, room=room, cut_off=cut_off, complete=True)


def _first(outputs: Mapping[str, Output], depot: str) -> Seen:
    for name in ("patches", "zones", "boot", "jobs", "services", "room"):
        if outputs[name].rc != 0:
            said = outputs[name].stderr.strip() or outputs[name].stdout.strip()
            raise CommandFailed(f"what patching depends on could not be asked ({name}, exit code {outputs[name].rc}): {said}")
    zones = {one.name: one for one in zoneadm.parse_list(outputs["zones"].stdout) if one.name != "global"}
    services = smf.parse_states(outputs["services"].stdout)
    running, _ended = job.parse_known(outputs["jobs"])
    known = Seen(
        root=outputs["id"].stdout.startswith("uid=0("),
        own=has(outputs["patches"].stdout),
        zones=zones,
        level=run_level.parse(outputs["level"]),
        boot=patch_notes.boot_time(outputs["boot"].stdout),
        depot=frozenset(_depot(outputs["depot"], depot)),
        notes=patch_notes.parse(outputs["notes"]),
        at_work=JOB in running,
        upgrading=tuple(sorted(name for name in running if name.startswith(_UPGRADES))),
        environments=live_upgrade.parse_used(outputs["environments"]),
        ailing=tuple(sorted(service.fmri for service in services if service.state == "maintenance")),
        pdo=pdo_conf.parse(outputs["pdo"]),
        cpus=sum(one.state in _ON_LINE for one in psrinfo.parse_plain(outputs["cpus"].stdout)) if outputs["cpus"].rc == 0 else 1,
        no_lofs=any(re.fullmatch(r"exclude\s*:\s*lofs", line.strip()) for line in outputs["system"].stdout.splitlines()),
        reconfigures=bool(files.parse_existing(outputs["reconfigure"])),
        remote=_remote(outputs["mounted"]),
        room=_room(outputs["room"], ["/", "/var/sadm", "/var/tmp"]),
        cut_off=zone_patches.cut_off([outputs["marks"]], ()),
    )
    return known if _zones_look(known) else replace(known, complete=True)


def has(patches: str, packages: str | None = None) -> Has:
    """Of the output of ``showrev -p`` and of ``pkginfo``. Raises ParseError."""
    found, _others = svr4.installed(patches)
    return _of(found, None if packages is None else svr4.package_names(packages))


def _inside(zone: str, outputs: Mapping[str, Output]) -> Has | None:
    try:
        told = zone_patches.read(zone, outputs)
    except HeliostatError:
        return None
    return _of(*told) if told else None


def _of(installed: Sequence[Installed], packages: frozenset[str] | None) -> Has:
    return Has({one.id: one.packages for one in installed}, frozenset(other for one in installed for other in one.obsoletes), packages)


def _depot(output: Output, depot: str) -> list[PatchId]:
    found = []
    for path in files.parse_existing(output):
        if path.startswith(f"{depot}/"):
            found.append(PatchId.parse(path.removeprefix(f"{depot}/")))
    return found


def _remote(output: Output) -> bool:
    """A file system of NFS is named ``host:/path``. A depot that df does not know has no patches either, which is said of them."""
    return output.rc == 0 and any(":" in row.device for row in df.parse(output.stdout))


def _room(output: Output, paths: Sequence[str]) -> dict[str, tuple[str, int]]:
    """df prints one line for each path that it was given, in their order."""
    rows = df.parse(output.stdout)
    if len(rows) != len(paths):
        raise ParseError(f"df -k: {len(rows)} lines for {len(paths)} paths")
    return {path: (row.mount, int(row.available) * 1024) for path, row in zip(paths, rows, strict=True)}


#: What the node says of itself after a reboot.
BACK = patch_batch.Back()
