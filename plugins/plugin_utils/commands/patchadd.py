# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""patchadd(1M) of Solaris 10: its command lines, its exit codes, the words for what it prints (``patchadd_output.py`` reads it)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..model.command import Command
from ..model.patching.patch import PatchId

Word = Literal["installed", "already", "obsoleted", "no_package", "requires", "incompatible", "failed"]

#: The list in /usr/lib/patch/patchadd, as several administrators published it. 14 is not used.
CODES: Mapping[int, str] = {
    0: "no error",
    1: "usage error, or at least one of several patches did not go in",
    2: "the patch is already applied",
    3: "it was not run as root",
    4: "the original files could not be saved",
    5: "pkgadd failed",
    6: "the patch is obsoleted by one that is installed",
    7: "a package directory of the patch is invalid",
    8: "a package that the patch changes is not installed",
    9: "pkgadd cannot be used",
    10: "a package did not pass its validation",
    11: "the root template could not be patched",
    12: "a script of the patch was ended by a signal",
    13: "the patch holds a symbolic link",
    15: "the patch's prepatch script failed",
    16: "the patch's postpatch script failed",
    17: "option -d differs from an earlier revision's",
    18: "there is not enough space in a file system that the patch changes",
    19: "INST_RELEASE is not there",
    20: "a direct instance patch is required",
    21: "the manager lacks required patches",
    22: "a progressive instance patch is required",
    23: "a restricted patch is applied to the package",
    24: "an incompatible patch is applied",
    25: "a required patch is not applied",
    26: "the backout data cannot be found",
    27: "the relative directory cannot be found",
    28: "a pkginfo file is corrupt or missing",
    29: "the patch's id has a bad format",
    30: "the dry run failed",
    31: "the path given with -C is invalid",
    32: "it needs Solaris 2.6 or later",
    33: "the patch's file has a bad format or is not there",
    34: "the spool directory is wrong",
    35: "a later revision is already installed",
    36: "no safe temporary directory could be made",
    37: "the directory for backout data is illegal",
    38: "a prepatch or postpatch script could not be executed",
    39: "a compressed patch could not be unpacked",
    40: "the patch could not be downloaded",
    41: "the patch's signature is wrong",
}
#: There is nothing that the patch could change. 2, 6 and 35 mean that it is there, or what does its work, which showrev tells.
NO_PACKAGE = 8


#: While a patch goes in, patchadd has a mark of it there (the published script). One that stays behind is that of a patch that was cut off:
#: ``showrev -p`` lists it by the packages that were done.
MARKS = "/var/sadm/.patchRec"


_MARKED = f"""\
for d
do
  if cd "$d{MARKS}" 2>/dev/null; then
    for f in .[0-9I]*; do if test -f "$f"; then echo "$f $d"; fi; done
  fi
done
exit 0"""


def marked(roots: Sequence[str]) -> Command:
    """Output: ``parse_marked``. ``roots``: '' is the running system, else where the files of another one are."""
    return Command.of("/bin/sh", "-c", _MARKED, "marked", *roots)


def parse_marked(text: str) -> tuple[tuple[PatchId, str], ...]:
    """Patches that were cut off, each with its root. Raises ParseError."""
    rows = (line.partition(" ") for line in text.splitlines())
    return tuple((PatchId.parse(name.removeprefix(".")), root) for name, _blank, root in rows)


@dataclass(frozen=True, slots=True)
class Told:
    """What was printed of one patch; ``patch`` is None where it does not say of which. ``zone`` is '' for the global zone, and where it is
    said of the system as a whole.
    """

    patch: PatchId | None
    word: Word
    why: str = ""
    zone: str = ""


def several(depot: str, patches: Sequence[PatchId], *, global_only: bool = False, backout: bool = True) -> Command:
    """Patches that lie unpacked in the folder ``depot``; patchadd puts them into order and rejects what does not go by itself.

    Only 0 (all went in) and 1 are to be relied upon as its exit codes then.
    """
    return Command.of("patchadd", *_options(global_only, backout), "-M", depot, *(str(patch) for patch in patches))


def one(depot: str, patch: PatchId, *, global_only: bool = False, backout: bool = True) -> Command:
    """A single patch, with the exit codes of ``CODES`` (-t)."""
    return Command.of("patchadd", "-t", *_options(global_only, backout), f"{depot}/{patch}")


def _options(global_only: bool, backout: bool) -> list[str]:
    return (["-G"] if global_only else []) + ([] if backout else ["-d"])


def meaning(code: int) -> str:
    """The exit code in words; a code above 128 is the shell's word for a signal."""
    if code > 128:
        return f"patchadd was ended by signal {code - 128}"
    return CODES.get(code, "a code that nobody has written down")
