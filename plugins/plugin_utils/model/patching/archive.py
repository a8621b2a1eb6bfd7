# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a patch's archive says of how it goes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .patch import PatchId

#: ``after``: the patch works only then; ``immediate``: nothing else may be done before.
Reboot = Literal["none", "after", "immediate"]


@dataclass(frozen=True, slots=True)
class Properties:
    """``reconfigure``: the reboot is to be one with /reconfigure. ``deferred``: files are exchanged at the next boot (SUNW_PATCH_SAFEMODE).
    ``all_zones``: it changes packages that are alike in every zone. ``source``: where that was read; '' means that nothing is known."""

    source: Literal["patchinfo", "readme", ""] = ""
    reboot: Reboot = "none"
    reconfigure: bool = False
    single_user: bool = False
    deferred: bool = False
    all_zones: bool = False

    @property
    def standard(self) -> bool:
        """Goes in while everything runs, and needs no reboot. Of what nothing is known, that is not said."""
        return bool(self.source) and self.reboot == "none" and not self.single_user and not self.deferred


@dataclass(frozen=True, slots=True)
class Archive:
    """A patch in a depot: a folder on the controller. ``file`` is its name there: ``119254-42.zip``, ``.jar``, ``.tar.Z``, or an unpacked
    ``119254-42``.

    ``size`` is in bytes; ``checksum`` is the SHA-256 of an archive, '' of a folder. ``problem`` says why it cannot be used.
    """

    id: PatchId
    depot: str
    file: str
    size: int
    checksum: str
    properties: Properties = Properties()
    problem: str = ""
