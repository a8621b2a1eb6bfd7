# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Live Upgrade asks a node, and what it understood: boot environments, what is in ours, the root pool, the zones' roots."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...commands import df, job, live_upgrade, mount, patch_folder, patch_notes, patchadd, zoneadm, zonecfg, zonecfg_parse
from ...commands.live_upgrade import BootEnvironment
from ...commands.mount import Mount
from ...model.command import Command, File, Output
from ...model.errors import CommandFailed
from ...model.patching.patch import PatchId
from ...model.patching.system import Installed
from ...model.zone import ZoneStatus
from ...patching.proof import Zone, half
from . import proving, zone_patches
from .seen import Has, has

#: Where the boot time is noted at which a boot environment was made the next one.
FOLDER = "/var/tmp/heliostat-live-upgrade"
_NOTE = f"""\
umask 077
mkdir -p {FOLDER} && {job.BOOT_TIME} >{FOLDER}/.new && mv {FOLDER}/.new "{FOLDER}/$1\""""
#: In front of a boot environment's name, in its own FOLDER: which one ran when it was made the next one. No name begins with a dot.
_FORMER = ".former."
#: What ``leave`` writes: ``Ran``.
_RAN = ".ran"
#: /var/tmp is each boot environment's own (lucreate(1M): what is not shared is copied), so it is written where it will be read.
_ORIGIN = f"""\
umask 077
former=`lucurr` && test -n "$former" || exit 1
lumount "$1" >/dev/null || exit 1
d=/.alt.$1{FOLDER}
mkdir -p $d && echo "$former" >$d/.new && mv $d/.new "$d/{_FORMER}$1"
rc=$?
test -n "$2" || rm -f $d/{_RAN} || rc=1
luumount "$1" || exit 1
exit $rc"""
_LEAVE = f"""\
umask 077
left=`lucurr` && test -n "$left" || exit 1
lumount "$1" >/dev/null || exit 1
rc=0
for d in /.alt.$1{FOLDER} {FOLDER}; do
  mkdir -p $d && echo "$left $1" >$d/.new && cat "$2" >>$d/.new && mv $d/.new $d/{_RAN} || rc=1
done
luumount "$1" || exit 1
exit $rc"""
_FORGET = f"""\
rm -f {FOLDER}/{_RAN} || exit 1
test -n "$1" || exit 0
lumount "$1" >/dev/null || exit 1
rm -f /.alt.$1{FOLDER}/{_RAN}
rc=$?
luumount "$1" || exit 1
exit $rc"""


def name_of(label: str) -> str:
    """A boot environment's name for a target or patch sets with their versions; long ones end with a digest instead."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", label)
    name = f"hl-{plain}"
    if plain == label and live_upgrade.valid_name(name):
        return name
    return f"{name[:21]}-{hashlib.sha256(label.encode()).hexdigest()[:8]}"


def created(name: str) -> str:
    return f"lu-create-{name}"


def patched(name: str) -> str:
    return f"lu-patch-{name}"


@dataclass(frozen=True, slots=True)
class Seen:
    """``environments`` in lustatus' order. ``own`` are the patches of the running one, ``inside`` those of ours without what was cut off,
    None where that is not there, runs itself, or is at work. ``free``: bytes of the root pool. ``tried``: the node's boot time when ours
    was last made the next one and a reboot asked for; 0 for never. ``depot``: what patches there change. ``cut_off``: patches of the
    running one whose installation did not come to its end → where ('' is the global zone). ``inside_zones``: what its native zones have.
    ``ran``: None where nobody began to leave one for another, or that is over. ``index``: zones that ours has, None where that is not
    known.
    """

    name: str
    root: bool
    environments: tuple[BootEnvironment, ...]
    own: Has
    zones: Mapping[str, ZoneStatus]
    mounts: tuple[Mount, ...]
    free: int
    boot: int
    sparc: bool
    depot: Mapping[PatchId, frozenset[str]]
    jobs: frozenset[str] = frozenset()
    tried: int = 0
    ran: Ran | None = None
    cut_off: Mapping[PatchId, tuple[str, ...]] = field(default_factory=dict)
    inside_zones: Mapping[str, Zone] = field(default_factory=dict)
    inside: Has | None = None
    index: frozenset[str] | None = None
    delegated: frozenset[str] = field(default=frozenset())
    complete: bool = False

    @property
    def ours(self) -> BootEnvironment | None:
        return next((one for one in self.environments if one.name == self.name), None)

    @property
    def running(self) -> str:
        """The running boot environment's name, '' where Live Upgrade was never used."""
        return next((one.name for one in self.environments if one.active), "")

    @property
    def runs(self) -> bool:
        return self.running == self.name

    @property
    def working(self) -> str:
        """The job of ours that runs."""
        return next((name for name in (created(self.name), patched(self.name)) if name in self.jobs), "")

    @property
    def pool(self) -> str:
        """The root pool, '' where the root is no ZFS file system."""
        device = self.holder("/").device
        return "" if device.startswith("/") else device.partition("/")[0]

    def holder(self, path: str) -> Mount:
        """The mounted file system that a path is in."""
        above = [one for one in self.mounts if path == one.path or path.startswith(one.path.rstrip("/") + "/")]
        return max(above, key=lambda one: len(one.path))

    def applies(self, patch: PatchId) -> bool:
        """Whether a package is installed that it changes; said too of one that is not in the depot, or has no package there."""
        changes = self.depot.get(patch)
        return not changes or self.own.packages is None or bool(changes & self.own.packages)

    def patches(self) -> Has | None:
        """Of our boot environment, whether it runs or not."""
        return self.sound if self.runs else self.inside

    @property
    def sound(self) -> Has:
        """The patches of the running one without those that were cut off in its global zone."""
        return replace(self.own, patches={patch: packages for patch, packages in self.own.patches.items() if "" not in self.where(patch)})

    def where(self, patch: PatchId) -> tuple[str, ...]:
        """Where its installation was cut off; nowhere for one that showrev does not list."""
        return self.cut_off.get(patch, ()) if patch in self.own.patches else ()

    def lacking(self, patch: PatchId) -> tuple[str, ...]:
        """The zones that have a package which the patch went into in the global zone, and not the patch."""
        packages = self.own.patches.get(patch)
        return half(Installed(patch, packages=packages), self.inside_zones) if packages is not None else ()


def look(seen: Seen | None, name: str, depot: str, patches: Sequence[PatchId]) -> dict[str, Command]:
    """The first look asks the node; the second mounts our boot environment for a moment, and asks the zones for their configuration and
    patches."""
    if seen is None:
        return {
            "jobs": job.known(),  # first: a job that ends while this is asked has left its traces in what is asked later
            "id": Command.of("id"),
            "environments": live_upgrade.status(),
            "patches": Command.of("showrev", "-p"),
            "marks": patchadd.marked([""]),
            "zones": zoneadm.list_zones(),
            "mounts": mount.mounted(),
            "room": df.kilobytes("/"),
            "boot": Command.of(*job.BOOT_TIME.split()),
            "architecture": Command.of("uname", "-p"),
            "depot": patch_folder.packages(depot, patches),
            "packages": Command.of("pkginfo"),
            "tried": Command.of("cat", f"{FOLDER}/{name}"),
            "ran": ran(),
        }
    return {} if seen.complete else _second(seen)


def _second(seen: Seen) -> dict[str, Command]:
    ours = seen.ours
    probes = {f"zone {name}": zonecfg.export(name) for name, zone in seen.zones.items() if zone.state != "configured"}
    if zones := _native(seen):
        probes |= zone_patches.look(zones)
        probes["marks of zones"] = patchadd.marked([zone_patches.root(zone) for zone in zones])
    if ours is not None and ours.complete and not ours.active and not ours.copy and not seen.working:
        root = f"{seen.pool}/ROOT/{seen.name}"
        if any(one.device == root for one in seen.mounts):  # what was cut off left it so: our look at .alt, luupgrade at /a
            probes["free"] = live_upgrade.unmount(seen.name)
        probes["mount"] = live_upgrade.mount(seen.name)
        probes["inside"] = live_upgrade.installed(seen.name)
        probes["index"] = live_upgrade.zones(seen.name)
        probes["marks"] = patchadd.marked([live_upgrade.mount_point(seen.name)])
        probes["unmount"] = live_upgrade.unmount(seen.name)
    return probes


def _native(seen: Seen) -> list[ZoneStatus]:
    """Those that patchadd in the global zone patches."""
    return [zone for zone in seen.zones.values() if zone.brand == "native" and zone.state in zone_patches.WITH_FILES]


def read(seen: Seen | None, outputs: Mapping[str, Output], name: str, depot: str) -> Seen:
    """Raises CommandFailed or ParseError where the node did not tell."""
    if seen is None:
        return _first(outputs, name, depot)
    delegated = set()
    for zone in seen.zones:
        if f"zone {zone}" in outputs:
            config = zonecfg_parse.parse_export(said(f"zonecfg -z {zone} export", outputs[f"zone {zone}"]), zone=zone)
            delegated |= {zone} if config.of_kind("dataset") else set()
    inside = index = None
    if "inside" in outputs:
        index = live_upgrade.parse_zones(outputs["index"])
        where = said(f"lumount {name}", outputs["mount"]).split()
        if where != [live_upgrade.mount_point(name)]:
            raise CommandFailed(f"lumount {name} mounted at {' '.join(where)!r}, not at {live_upgrade.mount_point(name)}")
        inside = has(said(f"showrev -p -R {where[0]}", outputs["inside"]))
        half_in = {patch for patch, _root in patchadd.parse_marked(outputs["marks"].stdout)}
        inside = replace(inside, patches={patch: packages for patch, packages in inside.patches.items() if patch not in half_in})
        said(f"luumount {name}", outputs["unmount"])
    zones, cut_off = _native(seen), dict(seen.cut_off)
    if zones:
        for patch, places in zone_patches.cut_off([outputs["marks of zones"]], zones).items():
            cut_off[patch] = (*cut_off.get(patch, ()), *places)
    in_zones = {zone.name: proving.zone(zone, outputs) for zone in zones}
    known = replace(seen, inside=inside, index=index, complete=True)
    return replace(known, inside_zones=in_zones, cut_off=cut_off, delegated=frozenset(delegated))


def _first(outputs: Mapping[str, Output], name: str, depot: str) -> Seen:
    running, _ended = job.parse_known(outputs["jobs"])
    (room,) = df.parse(said("df -k /", outputs["room"]))
    known = Seen(
        name,
        root=outputs["id"].stdout.startswith("uid=0("),
        environments=live_upgrade.parse_status(outputs["environments"]),
        own=has(said("showrev -p", outputs["patches"]), said("pkginfo", outputs["packages"])),
        zones={one.name: one for one in zoneadm.parse_list(said("zoneadm list", outputs["zones"])) if one.name != "global"},
        mounts=mount.parse(said("mount", outputs["mounts"])),
        free=int(room.available) * 1024,
        boot=patch_notes.boot_time(said("kstat", outputs["boot"])),
        sparc=said("uname -p", outputs["architecture"]).strip() == "sparc",
        depot=patch_folder.parse(outputs["depot"], depot),
        jobs=running,
        tried=patch_notes.boot_time(outputs["tried"].stdout) if outputs["tried"].rc == 0 else 0,
        cut_off=zone_patches.cut_off([outputs["marks"]], ()),
    )
    known = replace(known, ran=parse_ran(outputs["ran"], known.running, known.boot))
    return known if _second(known) else replace(known, complete=True)


def said(command: str, output: Output) -> str:
    """What a command printed. Raises CommandFailed where it failed."""
    if output.rc != 0:
        raise CommandFailed(f"'{command}' ended with {output.rc}: {(output.stderr or output.stdout).strip()}")
    return output.stdout


def forget(name: str) -> Command:
    return Command.of("rm", "-f", f"{FOLDER}/{name}")


def note(name: str) -> Command:
    """Writes down in which boot the boot environment was made the next one."""
    return Command.of("/bin/sh", "-c", _NOTE, "note", name)


def note_origin(name: str, *, keep: bool) -> Command:
    """Writes into a boot environment which one ran when it was made the next one: the way back leads there. ``keep``: what is noted there
    of zones counts yet. Otherwise it is of a boot that came to nothing, and somebody may have halted them since."""
    return Command.of("/bin/sh", "-c", _ORIGIN, "origin", name, *(["keep"] if keep else []))


def origin(name: str) -> Command:
    """The name that ``note_origin`` wrote, asked while that boot environment runs."""
    return Command.of("cat", f"{FOLDER}/{_FORMER}{name}")


@dataclass(frozen=True, slots=True)
class Ran:
    """Which zones ran when one boot environment was to be ``left`` for another, in the boot that began at ``boot``."""

    left: str
    to: str
    boot: int
    zones: tuple[str, ...]

    def counts(self, running: str, boot: int) -> bool:
        """In the one that was to be booted until it is forgotten there; in the one that was to be left within the same boot only."""
        return running == self.to or (running == self.left and boot == self.boot)

    def without(self, elsewhere: Collection[str]) -> Ran:
        """vServers that live on other nodes now are not booted here."""
        return replace(self, zones=tuple(zone for zone in self.zones if zone not in elsewhere))


def leave(to: str, boot: int, zones: Sequence[str]) -> Command:
    """Writes into the running boot environment and into ``to`` which zones ran when the one was left for the other, so that they run again
    whichever is up."""
    text = "".join(f"{word}\n" for word in (boot, *zones))
    return Command.of("/bin/sh", "-c", _LEAVE, "leave", to, File("ran", text))


def ran() -> Command:
    """What ``leave`` wrote. Output: ``parse_ran``."""
    return Command.of("cat", f"{FOLDER}/{_RAN}")


def parse_ran(output: Output, running: str, boot: int) -> Ran | None:
    """None where nothing is noted that counts now. ``running``: which boot environment runs, since ``boot``."""
    words = output.stdout.split() if output.rc == 0 else []
    if len(words) < 3 or not words[2].isdigit():
        return None
    noted = Ran(words[0], words[1], int(words[2]), tuple(words[3:]))
    return noted if noted.counts(running, boot) else None


def forget_ran(other: str = "") -> Command:
    """In the running boot environment, and in ``other``."""
    return Command.of("/bin/sh", "-c", _FORGET, "forget", *([other] if other else []))
