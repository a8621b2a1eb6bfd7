# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that zoneadm asks of ZFS beyond looking at the truth. This is the simulated ZFS; a machine with a real one brings its own."""

from __future__ import annotations

from ...call import Call
from ...truth import SharedPool, ZfsDataset, Zone
from ..zfs import change, mounting, space
from ..zfs import dataset as tree


class Ground:
    def __init__(self, call: Call) -> None:
        self.call = call

    def make(self, pool: SharedPool, name: str, settings: dict[str, str], mount: bool = True) -> ZfsDataset:
        """A new file system. Raises Refused as zfs create fails."""
        return change.make(self.call, pool, name, settings, mount)

    def remove(self, pool: SharedPool, dataset: ZfsDataset) -> None:
        """Unmount and destroy. Raises Refused."""
        change.remove(self.call, pool, dataset)

    def emptied(self, dataset: ZfsDataset) -> None:
        """All files of a file system were removed."""
        dataset.used = change.EMPTY

    def unmount(self, pool: SharedPool, dataset: ZfsDataset) -> None:
        """Raises Refused."""
        mounting.unmount(self.call, pool, dataset)

    def claim(self, pool: SharedPool, dataset: ZfsDataset, size: int) -> bool:
        """Room for a zone's files: False when there is none."""
        return space.claim(self.call.centre, self.call.machine, pool, dataset, size)

    def written(self, dataset: ZfsDataset) -> None:
        """A zone's files are complete: on a real machine that took longer than ZFS keeps anything in memory."""

    def occupy(self, zone: Zone) -> None:
        """The zone is ready. Solaris 11 mounts its boot environment."""
        self._root_mounted(zone, True)

    def leave(self, zone: Zone) -> None:
        """The zone is halted."""
        self._root_mounted(zone, False)

    def _root_mounted(self, zone: Zone, mounted: bool) -> None:
        from . import environments

        chosen = environments.active(self.call, zone) if zone.brand == "solaris" else None
        if chosen is not None:
            pool, root = chosen
            for each in [root, *tree.descendants(pool, root.name)]:
                each.mounted = mounted if each.type == "filesystem" else None


def of(call: Call) -> Ground:
    return Ground(call) if call.ground is None else call.ground(call)
