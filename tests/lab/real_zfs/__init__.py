# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's pools in a real ZFS (zfs-fuse), one instance a machine; the machines share the LUNs' files.

The truth repeats what the ZFS of each machine says, after every command that may change something and after every boot: so zoneadm, format
and the judge need not know. A pool is imported where its ZFS says so.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import filesystem
from ..call import Call, Handler
from ..judge import live
from ..storage import Storage
from ..truth import Alarm, Fault, Machine, SharedPool, Zone
from . import mounts, report, wording
from .ground import RealGround
from .host import RealHost

if TYPE_CHECKING:
    from ..simulation import Simulation

READING = {"zpool": ("get", "history", "iostat", "list", "status"), "zfs": ("get", "list")}
ATTEMPTS = 50  # of what a dying process or an unmount lets go of a little later


class RealStorage(Storage):
    def __init__(self, simulation: Simulation, machine: Machine) -> None:
        super().__init__(simulation, machine)
        self.host: RealHost | None = None
        self.held: dict[str, int] = {}

    # --- what the lab asks ------------------------------------------------------------------------------------------
    def handler(self, name: str) -> Handler | None:
        return self.answer if name in READING else None

    def ground(self, call: Call) -> RealGround:
        return RealGround(call, self)

    async def start(self, first: bool) -> None:
        await self.boot()

    async def boot(self) -> None:
        if self.host is None:
            root, state = filesystem.root(self.machine), self.simulation.state
            mounts.share(root)
            self.host = RealHost(
                self.machine.name, int(self.machine.hostid, 16), state / "zfs", state / "luns", mounts.shared_folders(root), "unchanged"
            )
        await self.simulation.isolation.start(self.machine.name)  # before its mounts: they come to it, and are not copied and locked
        self.host.boot(self.visible())
        learn(self.simulation)
        for zone in self.machine.zones.values():
            if zone.zone_id is not None:
                self.hold(zone)  # it ran when the lab was stopped

    def down(self, orderly: bool) -> None:
        for zone in self.machine.zones.values():
            self.release(zone)
        if self.host is None:
            return
        if orderly and self.host.up:
            self.host.run(f"for i in `seq {ATTEMPTS}`; do timeout 10 zfs unmount -a >/dev/null 2>&1 && exit; sleep 0.02; done")
        self.host.crash()
        mounts.drop_dead(filesystem.root(self.machine))

    def end(self) -> None:
        self.down(orderly=True)

    def check(self, fault: Fault) -> None:
        lun = self.simulation.centre.luns.get(fault.text)
        if fault.kind == "lun_gone" and lun is not None and lun.pool in self.machine.imported and live(self.machine):
            raise ValueError(f"not simulated: a LUN that the real ZFS of {self.machine.name} has open cannot be taken from it")
        if fault.kind == "disk_full":
            raise ValueError("not simulated: a real pool is full when it is full")

    # --- LUNs and zones ---------------------------------------------------------------------------------------------
    def visible(self) -> dict[str, str]:
        """Device name → file of the LUNs that the machine sees; the files are made."""
        found = {}
        for lun in self.simulation.centre.luns.values():
            if self.machine.name in lun.visible_to and not lun.gone:
                file = self.simulation.state / "luns" / lun.guid
                file.parent.mkdir(exist_ok=True)
                if not file.exists():
                    with file.open("wb") as made:
                        made.truncate(lun.size)
                found[f"c0t{lun.guid.upper()}d0"] = lun.guid
        return found

    def hold(self, zone: Zone) -> None:
        if zone.name not in self.held:
            path = filesystem.resolve(self.machine, zone.zonepath)
            self.held[zone.name] = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def release(self, zone: Zone) -> None:
        if zone.name in self.held:
            os.close(self.held.pop(zone.name))

    # --- commands ---------------------------------------------------------------------------------------------------
    async def answer(self, call: Call) -> int:
        line = " ".join(call.argv)
        if call.zone is not None:
            return call.not_simulated(f"{line} in a zone, with a real ZFS")
        reading = call.args[:1] and call.args[0] in READING[call.argv[0]]
        if call.user != "root" and not reading:
            return call.not_simulated(f"{line} as {call.user}, with a real ZFS")
        # killing the command does not take back what it asked the kernel for
        rc, out, err = await asyncio.shield(asyncio.create_task(self._work(list(call.argv), not reading)))
        call.out(out)
        call.err(err)
        return rc

    async def _work(self, argv: list[str], changing: bool) -> tuple[int, str, str]:
        host = self.host
        assert host is not None
        if changing:
            host.show(self.visible())
        try:
            rc, out, err = await asyncio.to_thread(host.words, wording.given(argv))
            for _ in range(ATTEMPTS):  # the kernel tells FUSE of an unmount after it has ended
                if rc == 0 or not wording.not_yet_let_go(err):
                    break
                await asyncio.sleep(0.05)
                rc, out, err = await asyncio.to_thread(host.words, wording.given(argv))
        except subprocess.TimeoutExpired:
            return 125, "", f"lab: not simulated: the real {argv[0]} does not answer\n"
        if changing:
            self._follow(argv, rc)
        return self._told(rc, out, err)

    def run(self, argv: list[str]) -> tuple[int, str, str]:
        """For the lab itself: a command that changes something, to its end. Raises subprocess.TimeoutExpired."""
        assert self.host is not None
        rc, out, err = self.host.words(wording.given(argv))
        self._follow(argv, rc)
        return self._told(rc, out, err)

    def _told(self, rc: int, out: str, err: str) -> tuple[int, str, str]:
        hidden = [f"{name} at {point}" for name, point in self._unseen()]
        if hidden:
            return 125, "", f"lab: not simulated: {', '.join(hidden)}: the machine cannot see what a real ZFS mounts there\n"
        return rc, wording.printed(out), wording.printed(err)

    def _unseen(self) -> Iterator[tuple[str, str]]:
        """Mounted file systems outside the machine's folders."""
        if self.host is None or not self.host.up:
            return
        tops = {path.name for path in mounts.shared_folders(filesystem.root(self.machine))}
        for guid in self.machine.imported:
            pool = self.simulation.centre.pools[guid]
            for name, dataset in pool.datasets.items():
                point = filesystem.mountpoint_of(pool, name)
                if dataset.mounted and point is not None and point.split("/")[1] not in tops:
                    yield name, point

    def _follow(self, argv: list[str], rc: int) -> None:
        """The truth after a command: what the ZFS of every machine says, and what became of a pool that nobody has any more."""
        centre = self.simulation.centre
        before = {centre.pools[guid].name: guid for guid in self.machine.imported}
        learn(self.simulation)
        if argv[0] == "zpool" and rc == 0:
            for name in argv[2:]:
                if name in before and before[name] not in self.machine.imported and argv[1] in ("destroy", "export"):
                    gone = centre.pools[before[name]]
                    gone.exported = True
                    if argv[1] == "destroy":
                        forget(self.simulation, gone)


def forget(simulation: Simulation, pool: SharedPool) -> None:
    """A destroyed pool, unless another machine still has it imported."""
    if any(pool.guid in machine.imported for machine in simulation.centre.machines.values()):
        return
    for lun in simulation.centre.luns.values():
        if lun.pool == pool.guid:
            lun.pool = None
    simulation.centre.pools.pop(pool.guid, None)


def learn(simulation: Simulation) -> None:
    """Ask the ZFS of every machine that runs."""
    for storage in simulation.storage.values():
        if isinstance(storage, RealStorage) and storage.host is not None and storage.host.up:
            _take(simulation, storage.machine, report.parse(storage.host.run(report.SCRIPT)[1]))


def _take(simulation: Simulation, machine: Machine, pools: list[report.Pool]) -> None:
    centre, now = simulation.centre, simulation.clock.now()
    imported = []
    for found in pools:
        if not found.usable:
            continue  # named by the cache, and nothing of it can be opened
        known = centre.pools.get(found.guid)
        if known is None:
            known = centre.pools[found.guid] = SharedPool(found.guid, found.name, [], found.version)
        known.name, known.version, known.datasets, known.state = found.name, found.version, found.datasets, found.health
        known.exported = False
        if all(disk in centre.luns for _, disks in found.tree for disk in disks):
            known.tree = found.tree
        if found.guid not in machine.imported:
            known.last_machine, known.last_hostid, known.last_time = machine.name, machine.hostid, now
        for disk in (disk for _, disks in known.tree for disk in disks):
            _label(simulation, machine, disk, known)
        imported.append(found.guid)
    machine.imported = imported


def _label(simulation: Simulation, machine: Machine, disk: str, pool: SharedPool) -> None:
    """A pool's label lies on a LUN; over that of a pool which another machine uses it is lost data."""
    centre, lun = simulation.centre, simulation.centre.luns[disk]
    if lun.pool == pool.guid:
        return
    old = centre.pools.get(lun.pool or "")
    others = [other for other in centre.machines.values() if other is not machine and live(other)]
    users = [other.name for other in others if old is not None and old.guid in other.imported]
    if old is not None and users:
        text = f"{machine.name} overwrote c0t{disk}d0 of pool {old.name}, which {' and '.join(users)} has imported"
        centre.alarms.append(Alarm("lost_data", text, simulation.clock.now()))
    lun.pool = pool.guid
    if old is not None and not users and all(each.pool != old.guid for each in centre.luns.values()):
        centre.pools.pop(old.guid, None)
