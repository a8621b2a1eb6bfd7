# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""patchadd(1M). ``patchadd [-adun] [-G] [-B folder] [-t] PATCH ... | -M folder [PATCH ... | list] [-R root]``, ``patchadd -p [-R root]``.

With one patch the exit code is that of its script, or of the reason why it is not tried; with several, or -M, it is 1 when not every one
went in, unless -t asks for the old codes (then the first failing one). With zones -t promises no more than 0 or not 0 (manual page).

-G in the global zone, and every patchadd inside a zone, is for that zone alone: "an error and no action" where any package of a patch has
SUNW_PKG_ALLZONES=true (817-1592, patchadd -G and the pkginfo variable). The words are those of pkgadd (OpenSolaris, svr4pkg); that patchadd
prints them, and ends with 1, is not known.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace

from ... import filesystem
from ...call import Call
from ..honest import S10, simulated
from ..options import Refused, Unknown, parse
from ..system import svr4, svr4_database
from . import zones
from .applying import Applying
from .archive import Archive, Damaged, read
from .choosing import Choice, choose
from .places import Place, alone, at_root, running

LOADING_SECONDS = 6.0  # of the lab's clock
A_LINE = 8  # patches in a line of the approved ones


@dataclass(frozen=True)
class Wish:
    """What the command line asks for. ``several``: more than one patch, or -M."""

    patches: tuple[str, ...]  # folders
    several: bool
    letters: frozenset[str]
    root: str
    backout: str

    @property
    def keep(self) -> bool:
        return "d" not in self.letters


def listed(call: Call, top: str, words: list[str]) -> list[str]:
    """-M: every patch of the folder, the patches named, or those that a file in the folder lists. Raises Refused (published script)."""
    where = filesystem.resolve(call.machine, inside(call, top))
    if not where.is_dir():
        raise Refused(f"The patch directory {top} cannot be found on this system.\n", 1)
    if not words:
        return sorted(f"{top}/{entry.name}" for entry in where.iterdir() if entry.is_dir())
    names: list[str] = []
    for word in words:
        if (where / word).is_file() or (word.startswith("/") and filesystem.resolve(call.machine, inside(call, word)).is_file()):
            path = where / word if (where / word).is_file() else filesystem.resolve(call.machine, inside(call, word))
            rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
            if any(len(row) > 1 for row in rows):
                raise Refused(f"Only one patch per line is allowed in the file\n{word}.\n", 33)
            names += [row[0] for row in rows]
        elif (where / word).is_dir():
            names.append(word)
        else:
            raise Refused(f"The file {word} cannot be found in {top}.\n", 33)
    return [f"{top}/{name}" for name in dict.fromkeys(names)]


def inside(call: Call, path: str) -> str:
    """The caller's path as the machine has it."""
    absolute = posixpath.normpath(posixpath.join(call.cwd, path))
    zone = call.machine.zones.get(call.zone or "")
    return f"{zone.zonepath}/root{absolute}" if zone is not None else absolute


def wish(call: Call) -> Wish:
    flags, words = parse(call.args, "adunGtpB:M:R:C:S:k:P:x:")
    letters, given = frozenset(letter for letter, _ in flags), dict(flags)
    if letters & {"C", "S", "k", "P", "x"}:
        raise Unknown("net install images, services, signed patches")
    if {"d", "B"} <= letters:
        raise Refused("The -d option and the -B option are mutually exclusive.\n", 1)
    if "B" in letters and not filesystem.resolve(call.machine, inside(call, given["B"])).is_dir():
        raise Refused(f"Specified backout directory {given['B']} cannot be found.\n", 26)
    if "p" in letters or "M" in letters:
        patches = [] if "p" in letters else listed(call, given["M"], words)
    else:
        patches = words
        if not words:
            raise Refused(f"No patch directory specified.\n{USAGE}", 1)
    if {"R", "G"} <= letters:
        raise Unknown("-G with -R")
    return Wish(tuple(patches), "M" in letters or len(patches) > 1, letters, given.get("R", ""), given.get("B", ""))


USAGE = """
   Usage: patchadd [-dun] [-G] [-B backout_dir] [-k keystore] [-P passwd] [-t]
            [-x proxy] {patch} | {-M patch_location [patch_list]}
            [-C net_install_image | -R client_root_path | -S service]
          patchadd -p
            [-C net_install_image | -R client_root_path | -S service]

"""


@simulated("patchadd", on=S10)
async def patchadd(call: Call) -> int:
    if call.user != "root":
        raise Refused("You must be root to execute this script.\n", 3)
    asked = wish(call)
    if "p" in asked.letters:
        place = at_root(call, asked.root) if asked.root else None
        call.out(svr4.patch_lines(svr4.installed(call)[1] if place is None else place.patches()))
        return 0
    place = at_root(call, asked.root) if asked.root else running(call)
    with alone(place):
        return await work(call, asked, place)


async def work(call: Call, asked: Wish, place: Place) -> int:
    call.out("Validating patches...\n\nLoading patches installed on the system...\n\n")
    await call.sleep(LOADING_SECONDS)
    call.out("Done!\n\nLoading patches requested to install.\n\n")
    archives, codes = load(call, asked)
    lacking = zones.lacking(place, archives) if spread(call, asked, place) else frozenset()
    choice = choose(archives, place, lacking, "u" in asked.letters)
    codes |= choice.codes
    tell(call, choice)
    if not choice.approved:
        return outcome(asked, codes)
    if "a" not in asked.letters:
        refuse_zones(call, asked, choice.approved)
    call.out("Approved patches will be installed in this order:\n\n" + in_lines([one.id for one in choice.approved]) + "\n\n")
    if "a" in asked.letters:
        return outcome(asked, codes)
    if asked.backout:
        if spread(call, asked, place) or place.root:
            raise Unknown("-B with zones or elsewhere than in /")
        place = replace(place, backout=inside(call, asked.backout))
    if not place.root and spread(call, asked, place) and zones.never_booted(place):
        raise Unknown(f"what becomes of zones that were never booted ({', '.join(zones.never_booted(place))})")
    if spread(call, asked, place):
        codes |= await zones.add(call, choice.approved, place, asked.keep, "u" in asked.letters)
    else:
        codes |= await add(call, choice.approved, place, asked)
    return outcome(asked, codes)


async def add(call: Call, archives: list[Archive], place: Place, asked: Wish) -> dict[str, int]:
    forced = "u" in asked.letters
    codes = {}
    for one in archives:
        codes[one.id] = await Applying(call, one, place, asked.keep, forced, call.out, archives).run()
        if "G" in asked.letters and call.zone is None and not codes[one.id]:
            svr4_database.keep_global(call.machine, [part.name for part in one.parts if place.has(part)])
    return codes


def load(call: Call, asked: Wish) -> tuple[list[Archive], dict[str, int]]:
    """The archives that can be read; of one that cannot, its script's words. A single one ends there."""
    archives: list[Archive] = []
    codes: dict[str, int] = {}
    for path in asked.patches:
        try:
            archives.append(read(call.machine, inside(call, path)))
        except Damaged as damage:
            if not asked.several:
                raise Refused(damage.text + "\nPatchadd is terminating.\n", damage.rc) from None
            call.err(damage.text)
            codes[posixpath.basename(path)] = damage.rc
    return archives, codes


def spread(call: Call, asked: Wish, place: Place) -> bool:
    """Whether the non-global zones are patched too."""
    return call.zone is None and place.holder is not None and "G" not in asked.letters and any(zones.of(place))


def refuse_zones(call: Call, asked: Wish, archives: list[Archive]) -> None:
    """What a system with zones does not let in (817-1592, 817-0547); nothing was changed. Raises Refused; Unknown where the words are not
    known."""
    if call.zone is not None or "G" in asked.letters:
        refuse_for_one_zone(call, archives)
    for archive in archives:
        if archive.deferred and not asked.root:
            alive = [zone.name for zone in call.machine.zones.values() if zone.state in ("ready", "running") and zone.brand == "native"]
            if alive:
                raise Unknown(f"the words of the refusal of {archive.id}, deferred activation, while zones run ({', '.join(alive)})")
            if no_lofs(call):
                raise Unknown(f"the words of the refusal of {archive.id}, deferred activation, without lofs")


def refuse_for_one_zone(call: Call, archives: list[Archive]) -> None:
    """One package that all zones have alike is enough, whether it is installed or not."""
    found = next((part.name for archive in archives for part in archive.parts if part.all_zones), None)
    if found is None:
        return
    if call.zone is not None:
        raise Refused(f"pkgadd: ERROR: The package <{found}> may only be installed by the global zone administrator\n", 1)
    if not any(zone.brand == "native" for zone in call.machine.zones.values()):
        raise Unknown(f"-G with package {found} of all zones on a system without zones")
    text = "The -G option (install packages in the global zone only)\nmay not be used with package "
    raise Refused(f"pkgadd: ERROR: {text}<{found}> because the package must be\ninstalled in all zones.\n", 1)


def no_lofs(call: Call) -> bool:
    """``exclude: lofs`` in /etc/system, which Solaris Cluster with HA-NFS may have put there."""
    try:
        lines = call.read_file("/etc/system").splitlines()
    except OSError:
        return False
    return any(line.replace(" ", "") == "exclude:lofs" for line in lines)


def tell(call: Call, choice: Choice) -> None:
    call.out("".join(f"{line}\n" for line in choice.mismatches) + ("\n" if choice.mismatches else "") + "Done!\n\n")
    call.out("".join(f"Requested patch {one} is already installed on the system.\n" for one in choice.installed))
    call.out(("\n" if choice.installed else "") + "Checking patches that you specified for installation.\n\nDone!\n\n")
    for why, lines in choice.rejected.items():
        call.out(f"\nThe following requested patches will not be installed because\n{why}\n\n")
        call.out("".join(f"{place:12} {line}\n\n" for place, line in enumerate(lines)))


def in_lines(ids: list[str]) -> str:
    rows = [ids[place : place + A_LINE] for place in range(0, len(ids), A_LINE)]
    return "".join("".join(f"{one} " for one in row) + "\n" for row in rows)


def outcome(asked: Wish, codes: dict[str, int]) -> int:
    failing = [code for code in codes.values() if code]
    if not failing:
        return 0
    return failing[0] if "t" in asked.letters or not asked.several else 1
