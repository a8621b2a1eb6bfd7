# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""patchrm(1M) of Solaris 10: its command line, its exit codes, and what it prints of each patch.

As with patchadd, what is installed afterwards is told by ``showrev -p`` alone. The sentences are those of a recorded run with zones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..model.command import Command
from ..model.patching.patch import ID, PatchId

#: The list in /usr/lib/patch/patchrm, as an administrator published it.
CODES: Mapping[int, str] = {
    0: "no error",
    1: "usage error",
    2: "the patch is not applied",
    3: "it was not run as root",
    4: "there are no saved files to restore",
    5: "pkgrm failed",
    6: "the patch is obsoleted by one that is installed",
    7: "the saved files could not be restored",
    8: "the patch's id has a bad format",
    9: "the patch's prebackout script failed",
    10: "the patch's postbackout script failed",
    11: "it was suspended because of administrative defaults",
    12: "the backout data cannot be found",
    13: "the relative directory cannot be found",
    14: "patchadd was interrupted: run patchadd again",
    15: "another installed patch requires it",
    16: "no safe temporary directory could be made",
    17: "it needs Solaris 2.6 or later",
    18: "what is known of the patch could not be read",
    19: "the lock file is not to be had",
    20: "there is not enough space to unpack the saved files",
    21: "pkginfo could not be copied to the spooled package",
}

Word = Literal["removed", "not_installed", "no_backout", "required", "obsoleted", "failed"]
_WORDS: Mapping[int, Word] = {0: "removed", 2: "not_installed", 4: "no_backout", 6: "obsoleted", 12: "no_backout", 15: "required"}


@dataclass(frozen=True, slots=True)
class Told:
    """What was printed of one patch. ``zone`` is '' for the global zone."""

    patch: PatchId
    word: Word
    why: str = ""
    zone: str = ""


#: One after the other: what one leaves in keeps nobody from the others, patchrm refuses those that hang on it by itself. Never forced
#: (-f): that removes what others are built upon. From all zones that have it: whether -G can leave it in some, the manual page (it has the
#: option) and Oracle's guide 817-1592 (it cannot) do not agree.
_SEVERAL = """\
for patch
do
  patchrm -t $patch
  echo "heliostat: patchrm of $patch ended with $?"
done"""
_ENDED = re.compile(r"heliostat: patchrm of (?P<id>\S+) ended with (?P<code>[0-9]+)\Z")


def several(patches: Sequence[PatchId]) -> Command:
    """In this order; ``codes`` reads how each ended."""
    return Command.of("/bin/sh", "-c", _SEVERAL, "patchrm", *(str(patch) for patch in patches))


def codes(text: str) -> dict[PatchId, int]:
    """Of what ``several`` printed: exit codes by patch. One that was cut off has none."""
    found = (_ENDED.match(line) for line in text.splitlines())
    return {PatchId.parse(one["id"]): int(one["code"]) for one in found if one}


def meaning(code: int) -> str:
    """The exit code in words; a code above 128 is the shell's word for a signal."""
    if code > 128:
        return f"patchrm was ended by signal {code - 128}"
    return CODES.get(code, "a code that nobody has written down")


def word(code: int) -> Word:
    """What an exit code says of the patch."""
    return _WORDS.get(code, "failed")


_ID = rf"(?P<id>{ID})"
_LINES: tuple[tuple[re.Pattern[str], Word], ...] = (
    (re.compile(rf"\s*Patch {_ID} has been backed out\."), "removed"),
    (re.compile(rf"\s*Patch {_ID} has not been applied\b(?P<why>.*)"), "not_installed"),
    (re.compile(rf"\s*Patch {_ID} does not exist\."), "not_installed"),
    (re.compile(rf"\s*Patch {_ID} is required (?:to be installed )?by (?P<why>.+)"), "required"),
    (re.compile(rf"\s*Patch {_ID} was installed without backing up the original files(?P<why>.*)"), "no_backout"),
    (re.compile(rf"\s*Patch {_ID} (?:has been|is|was) obsoleted by (?:patch )?(?P<why>\S+?)\.?\s*\Z"), "obsoleted"),
)  # fmt: skip
_ZONE = re.compile(r"Removing patches from (?:global zone|zone (?P<zone>[-_.A-Za-z0-9]+))\s*\Z")


def parse(text: str) -> tuple[Told, ...]:
    """What a run said of patches, in the order in which it said it; lines that say nothing of a patch are passed over."""
    found: list[Told] = []
    zone = ""
    for line in text.splitlines():
        if place := _ZONE.match(line):
            zone = place["zone"] or ""
            continue
        for pattern, said in _LINES:
            if match := pattern.match(line):
                found.append(Told(PatchId.parse(match["id"]), said, (match.groupdict().get("why") or "").strip(" .:"), zone))
                break
    return tuple(dict.fromkeys(found))
