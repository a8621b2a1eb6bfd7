# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line of a listing."""

from __future__ import annotations

from typing import NamedTuple

from ..model.patching.patch import PatchId
from ..model.patching.reference import Revision
from .analysis import Standing


class Entry(NamedTuple):
    """A line. ``installed`` is the highest revision that is there, ``current`` what the reference has (None: nothing). ``recommended`` and
    ``security`` are ``R`` and ``S`` by the reference, ``r`` and ``s`` by the selection, else empty. ``withdrawn``: of what is installed,
    else of what would be. ``age`` is in days. ``required_by``: it is listed for that patch only. ``notes`` are doubts; what is ``refused``
    is listed, and not to be installed. What another maker installed has its name as ``number`` and no revision."""

    number: str
    standing: Standing
    installed: int | None
    current: Revision | None
    recommended: str = ""
    security: str = ""
    withdrawn: bool = False
    age: int | None = None
    required_by: str = ""
    notes: tuple[str, ...] = ()
    refused: str = ""

    @property
    def id(self) -> PatchId | None:
        """The patch in the revision that the line is about."""
        if self.current is not None:
            return self.current.id
        return None if self.installed is None else PatchId(self.number, self.installed)
