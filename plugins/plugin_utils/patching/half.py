# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a zone lacks a patch that its global zone has: the patch is half installed then."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.patching.patch import PatchId


def covers(there: Iterable[PatchId], patch: PatchId) -> bool:
    """``there``: patches and what they say that they obsolete. The patch itself or a higher revision of it is among them."""
    return any(one.number == patch.number and one.revision >= patch.revision for one in there)


def lacks(patch: PatchId, instances: Iterable[str], packages: Iterable[str], there: Iterable[PatchId]) -> bool:
    """A zone that has one of its ``packages`` in common with what the patch went into, and nothing ``there`` that does its work.

    Instances (SUNWabc.2) count as their package: every zone numbers its own.
    """
    return not _names(instances).isdisjoint(_names(packages)) and not covers(there, patch)


def _names(instances: Iterable[str]) -> frozenset[str]:
    return frozenset(one.partition(".")[0] for one in instances)
