# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One patch goes into one place: what /usr/lib/patch/patchadd does, package by package. Texts and exit codes of the published script.

It dies with its machine or when it is killed: the packages that are done stay patched, and its mark stays. Another run, as the script has
it, then installs all packages again. Whether pdo of Solaris 10 lets such a patch through is not known; the lab's does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ... import faults
from ...call import Call
from ...truth import Alarm
from ..honest import written
from ..system.svr4_database import base
from ..zfs import files
from .archive import Archive, Part
from .choosing import at_least, number, provider, satisfied
from .places import Place

CHECK_SECONDS = 4.0  # of the lab's clock: looking at what is installed, the dry run
PACKAGE_SECONDS = 3.0  # pkgadd of one package, and one more for each ten megabytes of it
KILOBYTES_A_SECOND = 10240.0
TERMINATED = "\nPatchadd is terminating.\n"

Say = Callable[[str], None]


def provider_of(archive: Archive, other: Archive) -> bool:
    """Whether the other one requires this one, too."""
    return any(provider(need, [archive]) is not None for need in other.requires)


class Applying:
    """``keep``: save what is replaced. ``forced``: -u, so one that is there goes in again. ``together``: what pdo approved with it;
    that two of these may require each other is not known, the lab lets them."""

    def __init__(
        self, call: Call, archive: Archive, place: Place, keep: bool, forced: bool, say: Say, together: Sequence[Archive] = ()
    ) -> None:
        self.call, self.archive, self.place = call, archive, place
        self.keep, self.forced, self.say, self.together = keep, forced, say, together
        self.sleep = call.sleep

    async def run(self) -> int:
        """The script's exit code."""
        archive, place = self.archive, self.place
        self.say("Checking installed patches...\n")
        await self.sleep(CHECK_SECONDS)
        refused = self.refused()
        if refused:
            return refused
        again = any(patch.id == archive.id for patch in place.patches())
        if "prepatch" in archive.scripts:
            self.say("Executing prepatch script...\n")
            if archive.scripts["prepatch"]:
                self.say(f"The prepatch script exited with return code {archive.scripts['prepatch']}.\n{TERMINATED}")
                return 15
        self.say("Verifying sufficient filesystem capacity (dry run method)...\n")
        full = self.full()
        if full:
            return full
        parts = [part for part in archive.parts if place.has(part)]
        self.say("Installing patch packages...\n")
        place.mark(archive.id, True)
        for part in parts:
            await self.sleep(PACKAGE_SECONDS + archive.kilobytes / KILOBYTES_A_SECOND / len(archive.parts))
            if part.broken or self.strikes(part):
                return self.failed(part)
            place.put(archive, part.name, self.keep)
            self.call.save()
        place.keep_scripts(archive)
        place.fill(self.call.centre, archive.kilobytes if self.keep else 0)
        place.write_log(archive.id, f"Installation of {archive.id}, {written(self.call.now(), '%b %e %H:%M:%S %Y')}\n")
        self.say(f"\nPatch {archive.id} has been successfully installed.\nSee {place.log(archive.id)} for details\n")
        failed = self.postpatch()
        place.mark(archive.id, False)
        if failed:
            return 16
        self.say("\nPatch packages installed:\n" + "".join(f"  {name}\n" for name in dict.fromkeys(part.name for part in parts)) + "\n")
        self.remember(again)
        return 0

    # --- what the script looks at first --------------------------------------------------------------------------------
    def refused(self) -> int:
        """Its own tests, for what pdo did not see: later revisions, what is incompatible, requirements."""
        archive, patches = self.archive, self.place.patches()
        if any(base(one.id) == base(archive.id) and number(one.id) > number(archive.id) for one in patches):
            self.say(f"A later version of {base(archive.id)} has already been installed\n{TERMINATED}")
            return 35
        there = any(one.id == archive.id for one in patches)
        if there and not self.forced and not self.place.interrupted(archive.id):
            self.say(f"Patch {archive.id} has already been applied.\nSee patchadd(1M) for instructions.\n{TERMINATED}")
            return 2
        older = next((one for one in patches if one.id != archive.id and any(at_least(old, archive.id) for old in one.obsoletes)), None)
        if older is not None:
            self.say(f"This patch is obsoleted by patch {older.id} which has already\nbeen applied to this system.\n{TERMINATED}")
            return 6
        clash = [one.id for one in patches if any(at_least(one.id, bad) for bad in archive.incompatibles)]
        clash += [one.id for one in patches if any(at_least(archive.id, bad) for bad in one.incompatibles)]
        if clash:
            self.say(
                f"ERROR: This patch is incompatible with patch {clash[0]}\nwhich has already been applied to the system.\n{TERMINATED}"
            )
            return 24
        circle = [one for one in self.together if provider_of(archive, one)]
        unmet = [need for need in archive.requires if not satisfied(need, patches) and provider(need, circle) is None]
        if unmet:
            one = f"ERROR: This patch requires patch {unmet[0]}\nwhich has not been applied to the system.\n"
            more = f"ERROR: This patch requires the following patches\nwhich have not been applied to the system:\n     {' '.join(unmet)}\n"
            self.say((one if len(unmet) == 1 else more) + TERMINATED)
            return 25
        return 0

    def full(self) -> int:
        """No room to save what is replaced, of which the script wants three times as much as the patch has, or none for the patch. The
        fault disk_full of ``/var/sadm`` is the first, of ``/var`` or the root pool the second."""
        centre, name, needed = self.call.centre, self.call.machine.name, self.archive.kilobytes
        free = self.place.free(centre)
        if self.keep and (faults.disk_full(centre, name, "/var/sadm") or needed * 3 + 10 > free):
            text = f"Insufficient space in {self.place.root}/var/sadm/pkg to save old files.\n"
            text += f"Space required in kilobytes:  {needed * 3 + 10}\nSpace available in kilobytes:  {free}\n"
            self.say(text + TERMINATED)
            return 4
        if any(faults.disk_full(centre, name, where) for where in ("/var", "rpool")) or needed > free:
            text = f"Not enough space in /var to apply patch. /var has {free} Kbytes available\n/var needs {needed} Kbytes free.\n"
            self.say(text + TERMINATED)
            return 18
        return 0

    def strikes(self, part: Part) -> bool:
        """A fault of this patch in this zone ('global' for the global one)."""
        last = [one for one in self.archive.parts if self.place.has(one)][-1]
        return part is last and faults.patch_fails(self.call.centre, self.call.machine.name, self.place.zone or "global", self.archive.id)

    # --- afterwards --------------------------------------------------------------------------------------------------
    def failed(self, part: Part) -> int:
        """pkgadd did not install a package: the others are put back."""
        log = f"/tmp/log.{self.archive.id}"
        self.say(f"Pkgadd of {part.folder} package failed with error code 1.\nSee {log} for reason for failure.\nBacking out patch:\n")
        self.place.drop(self.archive.id)
        self.place.mark(self.archive.id, False)
        files.write(self.call.machine, f"{self.place.root}{log}", f"pkgadd: ERROR: installation of <{part.folder}> failed.\n")
        self.say(TERMINATED)
        self.call.save()
        return 5

    def postpatch(self) -> bool:
        if "postpatch" not in self.archive.scripts:
            return False
        self.say("Executing postpatch script...\n")
        code = self.archive.scripts["postpatch"]
        if not code:
            return False
        self.say(f"The postpatch script exited with return code {code}.\nBacking out patch:\n")
        self.place.drop(self.archive.id)
        files.write(
            self.call.machine, f"{self.place.root}/tmp/log.{self.archive.id}", f"The postpatch script exited with return code {code}.\n"
        )
        self.say(f"See /tmp/log.{self.archive.id} for more details.\n{TERMINATED}")
        self.call.save()
        return True

    def remember(self, again: bool) -> None:
        """What the machine owes for it, and alarms for what operators must never do to a system that runs."""
        call, archive, place = self.call, self.archive, self.place
        patching, key = place.patching, f"{place.zone} {archive.id}".strip()
        patching.installed[key] = patching.installed.get(key, 0) + 1
        live = place.holder is call.machine
        if live:
            for kind, text in self.wrong(again):
                call.centre.alarms.append(Alarm(kind, text, call.now()))
        if not place.zone:
            words = [word for word in archive.properties if word.startswith(("reboot", "reconfig"))]
            if words or archive.deferred:
                patching.reboots[archive.id] = words
            patching.unconfigured += [archive.id] if any(word.startswith("reconfig") for word in words) else []
            if archive.kernel:
                patching.kernel = f"Generic_{archive.id}"
        call.save()

    def wrong(self, again: bool) -> list[tuple[str, str]]:
        machine, one = self.call.machine, self.archive.id
        found = []
        if self.archive.single_user and not machine.single_user:
            found.append(("single_user_patch", f"{one} wants single user and went in on {machine.name} in multi-user"))
        waiting = [patch for patch, words in machine.patching.reboots.items() if any(word.endswith("immediate") for word in words)]
        if waiting:
            found.append(
                ("patch_before_reboot", f"{one} went in on {machine.name}, which has to boot first because of {', '.join(waiting)}")
            )
        if again and machine.patching.installed.get(one, 0) > 1:
            found.append(("patch_twice", f"{one} went in twice on {machine.name}"))
        return found
