# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node is due of its patch sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .archive import Properties, Reboot
from .patch import PatchId
from .patch_set import SetVersion


@dataclass(frozen=True, slots=True)
class Due:
    """Every patch that the node's sets ask for is in exactly one of the first five.

    ``install`` is in order: each after what it requires, or as they were ``named``. ``installed`` are there in that revision.
    ``obsoleted`` are not needed: by the patch that does their work, on the node or in the sets; a higher revision of the same is one.
    ``not_applicable`` and ``refused`` say why. A refused patch keeps nobody from the others, except for those that require it: these are
    refused too.

    ``properties`` are those of ``install``, and of the ``installed`` ones of which an archive tells. ``unknown`` are those of ``install``
    of which none tells: they count as single user with a reboot.
    ``single_user_for``, ``reboot_for``: the patches that are the reason. ``notes``: doubts about a patch that is installed all the same.
    ``asked_by``: which sets asked for each patch, also for those that a higher revision took the place of.
    """

    node: str
    install: tuple[PatchId, ...] = ()
    installed: tuple[PatchId, ...] = ()
    obsoleted: Mapping[PatchId, PatchId] = field(default_factory=dict)
    not_applicable: Mapping[PatchId, str] = field(default_factory=dict)
    refused: Mapping[PatchId, str] = field(default_factory=dict)
    single_user: bool = False
    reboot: Reboot = "none"
    reconfigure: bool = False
    single_user_for: tuple[PatchId, ...] = ()
    reboot_for: tuple[PatchId, ...] = ()
    unknown: tuple[PatchId, ...] = ()
    properties: Mapping[PatchId, Properties] = field(default_factory=dict)
    notes: Mapping[PatchId, str] = field(default_factory=dict)
    asked_by: Mapping[PatchId, tuple[SetVersion, ...]] = field(default_factory=dict)

    @property
    def named(self) -> bool:
        """No set asked for them: a person named patches, and of what these require nothing is known."""
        return not self.asked_by

    @property
    def nothing(self) -> bool:
        """The node needs no patch of these sets."""
        return not self.install and not self.refused
