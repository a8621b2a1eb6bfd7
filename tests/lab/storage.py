# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ZFS of a machine as the rest of the lab meets it: at boot, at the end of its kernel, behind its commands.

``Storage`` is the simulated one: the truth is all there is. A machine with ``storage: real`` has ``real_zfs.RealStorage``, whose pools
live in a real ZFS; the truth then repeats what that one says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import filesystem
from .call import Call, Handler
from .commands.zoneadm.ground import Ground
from .truth import DataCentre, Fault, Machine

if TYPE_CHECKING:
    from .simulation import Simulation


class Storage:
    def __init__(self, simulation: Simulation, machine: Machine) -> None:
        self.simulation, self.machine = simulation, machine

    def handler(self, name: str) -> Handler | None:
        """The program behind a command's name, where it is another one than the lab's own."""
        return None

    def ground(self, call: Call) -> Ground:
        """What zoneadm gets."""
        return Ground(call)

    async def start(self, first: bool) -> None:
        """The lab starts and the machine runs; ``first``: as its data-centre file declares it."""
        centre = self.simulation.centre
        for guid in self.machine.imported if first else ():
            pool = centre.pools[guid]
            for name in sorted(pool.datasets):
                point = filesystem.mountpoint_of(pool, name)
                if point and point != "/" and not name.startswith("rpool"):
                    filesystem.mount(self.machine, guid, name, point)

    async def boot(self) -> None:
        """The machine's kernel comes up and imports the pools of its cache."""
        import_from_cache(self.simulation.centre, self.machine, self.simulation.clock.now())

    def down(self, orderly: bool) -> None:
        """The kernel is gone, after a shutdown or at once."""
        pools = self.simulation.centre.pools
        own = [guid for guid in self.machine.imported if guid in pools and pools[guid].last_machine == self.machine.name]
        filesystem.unmount_all(self.machine, own)

    def end(self) -> None:
        """The lab stops; the machine goes on where it was when it starts again."""

    def check(self, fault: Fault) -> None:
        """Raises ValueError on a fault that cannot strike this storage."""


def import_from_cache(centre: DataCentre, machine: Machine, now: int) -> None:
    """At boot ZFS imports the pools of its cache unless the label says that they were exported or that another host took them."""
    for guid in list(machine.imported):
        pool = centre.pools.get(guid)
        if pool is None or pool.exported or pool.last_machine != machine.name or not reachable(centre, machine, pool.tree):
            machine.imported.remove(guid)
            continue
        pool.last_time = now
        if pool.name == "rpool":
            continue  # its files are the machine's tree itself
        for name in sorted(pool.datasets):
            point = filesystem.mountpoint_of(pool, name)
            pool.datasets[name].mounted = None
            if point:
                try:
                    filesystem.mount(machine, guid, name, point)
                except OSError:  # "directory is not empty": the pool is imported all the same
                    pool.datasets[name].mounted = False


def reachable(centre: DataCentre, machine: Machine, tree: list[list[object]]) -> bool:
    """Whether every top-level vdev has what it needs: one side of a mirror, all but one of a raidz1, the disk itself."""
    for kind, disks in tree:
        assert isinstance(disks, list)
        there = sum(sees(centre, machine, disk) for disk in disks)
        needed = {"mirror": 1, "raidz1": len(disks) - 1}.get(str(kind), len(disks))
        if there < needed:
            return False
    return True


def sees(centre: DataCentre, machine: Machine, disk: str) -> bool:
    if ":" in disk:
        return disk.partition(":")[0] == machine.name
    lun = centre.luns.get(disk)
    return lun is not None and not lun.gone and machine.name in lun.visible_to
