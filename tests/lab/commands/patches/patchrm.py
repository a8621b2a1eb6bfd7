# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""patchrm(1M): ``patchrm [-f] [-G] [-B folder] [-t] [-R root] PATCH``.

The lines around the zones and of a patch that is backed out are recorded, also ``Patch ID does not exist.``; its refusals and their exit
codes are those of the published script (2 not applied, 3 not root, 4 nothing saved, 6 obsoleted by another patch, 8 no patch id, 9 and 10
scripts, 12 what was saved has been moved, 14 interrupted, 15 required by another one). Zones come first, the global zone last.

-G, and every patchrm inside a zone, is for that zone alone (manual page); 817-1592 has it that patchrm cannot take a patch from the global
zone only. Where a zone has the patch too, the two do not agree and -G is not simulated, nor the refusal for packages with
SUNW_PKG_ALLZONES=true, whose words nobody wrote down.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ... import filesystem
from ...call import Call
from ...patching import Patch
from ..honest import S10, simulated
from ..options import Refused, Unknown, parse
from ..system.svr4_database import base
from . import archive
from .applying import Say
from .choosing import at_least, number
from .places import SAVED, Place, alone, at_root, running
from .places import zones as patched
from .zones import MOUNT_SECONDS, NONE, at_once

LOADING_SECONDS = 6.0  # of the lab's clock
BACKOUT_SECONDS = 6.0
TERMINATED = "\nPatchrm is terminating.\n"


def backed_out(call: Call, place: Place) -> bool:
    """Whether a non-global zone is to be looked at, too."""
    return call.zone is None and place.holder is not None and any(patched(place.machine, place.root))


@simulated("patchrm", on=S10)
async def patchrm(call: Call) -> int:
    if call.user != "root":
        raise Refused("You must be root to execute this script.\n", 3)
    flags, words = parse(call.args, "fGtB:C:R:S:")
    letters, given = {letter for letter, _ in flags}, dict(flags)
    if letters & {"f", "C", "S"} or len(words) > 1 or {"R", "G"} <= letters:
        raise Unknown("-f, -C, -S, several patches, -G with -R")
    if "B" in given and not filesystem.resolve(call.machine, given["B"]).is_dir():
        raise Refused(f"Specified backout directory {given['B']} cannot be found.\n", 1)
    if not words:
        raise Refused("No patch number was specified.\n", 1)
    name = words[0]
    if not archive.ID.match(name):
        raise Refused(f"Invalid patch id format: {name}.\n", 8)
    place = replace(at_root(call, given["R"]) if "R" in given else running(call), backout=given.get("B", ""))
    with alone(place):
        return await work(call, name, place, "G" in letters or call.zone is not None)


async def work(call: Call, name: str, place: Place, only: bool) -> int:
    """``only``: the zone of the caller."""
    call.out("Validating patches...\n\nLoading patches installed on the system...\n\n")
    await call.sleep(LOADING_SECONDS)
    call.out("Done!\n\n")
    patch = next((one for one in place.patches() if one.id == name), None)
    if patch is None:
        raise Refused(f"Patch {name} does not exist.\n", 2)
    call.out("Checking patches that you specified for removal.\n\nDone!\n\n")
    if only and any(known.all_zones for known in packages(place) if known.name in patch.packages) and any(patched(call.machine)):
        raise Unknown(f"the words of the refusal of {name} for one zone alone: its packages are in all zones")
    having = [zone.name for zone, inner in patched(call.machine) if any(one.id == name for one in inner.patches())]
    if only and call.zone is None and having:
        raise Unknown(f"-G with {name}, which zones have too ({', '.join(having)})")
    call.out(f"Approved patches will be removed in this order:\n\n{name}\n\n")
    if only or not backed_out(call, place):
        return await Backout(call, patch, place).run()
    return await everywhere(call, patch, place)


def packages(place: Place) -> list[archive.Part]:
    return [
        archive.Part(name, name, known.architecture, known.version, name.startswith("SUNW")) for name, known in place.inventory().items()
    ]


async def everywhere(call: Call, patch: Patch, place: Place) -> int:
    zones = list(patched(place.machine, place.root))
    call.out("Preparing checklist for non-global zone check...\n\nChecking non-global zones...\n\n\n")
    call.out(f"This patch passes non-global zone check.\n{patch.id}\n\n\nSummary for zones:\n\n")
    for zone, _ in zones:
        call.out(f"Zone {zone.name}\n\nRejected patches:\n{NONE[0]}Patches that passed the dependency check:\n{NONE[0]}\n\n")
    call.out("Removing patches from non-global zones\n\n")
    codes: list[int] = []
    gate = asyncio.Semaphore(at_once(call, place))

    async def one_zone(name: str, halted: bool, inner: Place) -> None:
        said = [f"Removing patches from zone {name}\n"]
        known = next((one for one in inner.patches() if one.id == patch.id), None)
        async with gate:
            if known is not None:
                await call.sleep(MOUNT_SECONDS if halted else 0)
                said.append(f"Removing patch {patch.id}...\n\n")
                codes.append(await Backout(call, known, inner, said.append).run())
                said.append("Done!\n")
        call.out("".join(said) + "\n")

    await asyncio.gather(*(one_zone(zone.name, zone.state == "installed", inner) for zone, inner in zones))
    call.out(f"Removing patches from global zone\nRemoving patch {patch.id}...\n\n")
    codes.append(await Backout(call, patch, place).run())
    call.out("Done!\n\n")
    return next((code for code in codes if code), 0)


class Backout:
    """One patch leaves one place."""

    def __init__(self, call: Call, patch: Patch, place: Place, say: Say | None = None) -> None:
        self.call, self.patch, self.place = call, patch, place
        self.say = say or call.out

    async def run(self) -> int:
        """The script's exit code."""
        call, patch, place = self.call, self.patch, self.place
        self.say("Checking installed patches...\n\n")
        await call.sleep(BACKOUT_SECONDS / 2)
        refused = self.refused()
        if refused:
            return refused
        former = self.former_kernel()
        kept = archive.scripts(filesystem.resolve(call.machine, f"{place.root}{SAVED}/{patch.id}"))
        if "prebackout" in kept:
            self.say("Executing prebackout script...\n")
        if kept.get("prebackout"):
            self.say(f"prebackout script exited with return code {kept['prebackout']}.\n{TERMINATED}")
            return 9
        self.say(f"Backing out patch {patch.id}...\n\n")
        await call.sleep(BACKOUT_SECONDS)
        place.drop(patch.id)
        place.patching.installed.pop(f"{place.zone} {patch.id}".strip(), None)
        if not place.zone:
            self.forget(former)
        call.save()
        if "postbackout" in kept:
            self.say("Executing postbackout script...\n")
        if kept.get("postbackout"):
            self.say(f"postbackout script exited with return code {kept['postbackout']}.\n{TERMINATED}")
            return 10
        self.say(f"Patch {patch.id} has been backed out.\n\n")
        return 0

    def former_kernel(self) -> str:
        """What runs after the next boot when the running kernel is the patch's; '' when it is not. Raises Unknown."""
        holder, ids = self.place.holder, [one.id for one in self.place.patches() if one.id != self.patch.id]
        if self.place.zone or holder is None or holder.kernel != f"Generic_{self.patch.id}":
            return ""
        older = sorted((one for one in ids if base(one) == base(self.patch.id)), key=number)
        if not older:
            raise Unknown(f"which kernel runs without {self.patch.id}")
        return f"Generic_{older[-1]}"

    def forget(self, former: str) -> None:
        """What the machine owed for it; a kernel that is backed out before its boot never runs."""
        patching, patch = self.place.patching, self.patch
        pending = patching.reboots.pop(patch.id, None)
        if patch.id in patching.unconfigured:
            patching.unconfigured.remove(patch.id)
        if patching.kernel == f"Generic_{patch.id}":
            patching.kernel = ""
        if former:
            patching.kernel = former
        if former or pending is not None:
            patching.reboots[patch.id] = ["rebootafter"]

    def refused(self) -> int:
        patch, others = self.patch, [one for one in self.place.patches() if one.id != self.patch.id]
        if self.place.interrupted(patch.id):
            text = f"The installation of patch {patch.id} was interrupted.\n"
            self.say(f"{text}Patchadd needs to be re-invoked to ensure proper installation of the patch.\n{TERMINATED}")
            return 14
        later = [one.id for one in others if base(one.id) == base(patch.id) and number(one.id) > number(patch.id)]
        later += [one.id for one in others if any(at_least(old, patch.id) for old in one.obsoletes)]
        if later:
            text = f"This patch was obsoleted by patch {later[0]}.\n\nPatches must be backed out in the reverse order in\n"
            self.say(f"{text}which they were installed.\n\nPatchrm exiting.\n\n")
            return 6
        needing = [one.id for one in others if any(at_least(patch.id, need) for need in one.requires)]
        if needing:
            text = f"Patch {patch.id} is required to be installed by patch {needing[0]}\n"
            self.say(f"{text}it cannot be backed out until patch {needing[0]} is backed out.\n{TERMINATED}")
            return 15
        if self.place.moved(patch):
            self.say(f"The backout archive has been moved.\nSupply the -B option to back out the patch.\n{TERMINATED}")
            return 12
        if not self.place.kept(patch):
            self.say(f"Patch {patch.id} was installed without backing up the original files.\nIt cannot be backed out.\n{TERMINATED}")
            return 4
        return 0
