# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of a pool's devices, from what the machine can reach now."""

from __future__ import annotations

from ...truth import DataCentre, Lun, Machine, SharedPool


def lun_reachable(lun: Lun | None, machine: Machine) -> bool:
    return lun is not None and not lun.gone and machine.name in lun.visible_to


def disk_state(centre: DataCentre, machine: Machine, pool: SharedPool, disk: str) -> str:
    """ONLINE, OFFLINE (by an administrator), UNAVAIL (cannot be opened), FAULTED (label belongs to another pool)."""
    if disk in pool.properties.get("offline_disks", "").split():
        return "OFFLINE"
    owner, colon, device = disk.partition(":")
    if colon:
        here = owner == machine.name and any(device in (known.device, f"{known.device}s0") for known in machine.disks)
        return "ONLINE" if here else "UNAVAIL"
    lun = centre.luns.get(disk)
    if lun is None or not lun_reachable(lun, machine):
        return "UNAVAIL"
    return "ONLINE" if lun.pool == pool.guid else "FAULTED"


def vdev_state(kind: str, states: list[str]) -> str:
    """A top-level device from the states of its disks."""
    bad = sum(state != "ONLINE" for state in states)
    if bad == 0:
        return "ONLINE"
    spare = {"mirror": len(states) - 1, "raidz1": 1, "raidz2": 2, "raidz3": 3}.get(kind, 0)
    return "DEGRADED" if bad <= spare else "UNAVAIL"


def pool_state(centre: DataCentre, machine: Machine, pool: SharedPool) -> str:
    """ONLINE, DEGRADED or UNAVAIL."""
    tops = [vdev_state(kind, [disk_state(centre, machine, pool, disk) for disk in disks]) for kind, disks in pool.tree]
    if "UNAVAIL" in tops:
        return "UNAVAIL"
    return "DEGRADED" if "DEGRADED" in tops else "ONLINE"
