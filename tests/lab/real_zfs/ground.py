# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What zoneadm gets from a real ZFS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..call import Call
from ..commands.options import Refused
from ..commands.zoneadm.ground import Ground
from ..truth import SharedPool, ZfsDataset, Zone

if TYPE_CHECKING:
    from . import RealStorage


class RealGround(Ground):
    def __init__(self, call: Call, storage: RealStorage) -> None:
        super().__init__(call)
        self.storage = storage

    def make(self, pool: SharedPool, name: str, settings: dict[str, str], mount: bool = True) -> ZfsDataset:
        words = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
        self._zfs("create", *words, name)
        return pool.datasets[name]

    def remove(self, pool: SharedPool, dataset: ZfsDataset) -> None:
        self._zfs("destroy", dataset.name)

    def emptied(self, dataset: ZfsDataset) -> None:
        """ZFS sees to it."""

    def unmount(self, pool: SharedPool, dataset: ZfsDataset) -> None:
        self._zfs("unmount", dataset.name)

    def claim(self, pool: SharedPool, dataset: ZfsDataset, size: int) -> bool:
        """Only what is really written takes room."""
        return True

    def written(self, dataset: ZfsDataset) -> None:
        """Any change of a property waits until all before it is on the disks; this one leaves no trace."""
        self._zfs("inherit", "lab:written", dataset.name)

    def occupy(self, zone: Zone) -> None:
        """The lab holds the zone path open, as the zone's processes would: the file system is busy."""
        self.storage.hold(zone)

    def leave(self, zone: Zone) -> None:
        self.storage.release(zone)

    def _zfs(self, *words: str) -> None:
        rc, _, err = self.storage.run(["zfs", *words])
        if rc:
            raise Refused(err)
