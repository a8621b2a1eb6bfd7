# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What machines and zones use: set by the data-centre file (``loads:``) or while the lab runs, told by kstat, zonestat, prstat and ldm.

A zone's load is its own: it uses it wherever a zone of its name runs, and nothing while none does. What a zone used before it was halted
counts with the machine's counter up to the last reading only; a jump of the lab's clock is time that the machine worked.
"""

from __future__ import annotations

from .truth import DataCentre, Load, Machine, Zone

#: Part of a machine's memory that its kernel takes.
KERNEL = 32


def running(machine: Machine) -> list[Zone]:
    return [zone for zone in machine.zones.values() if zone.state == "running"]


def of_zone(centre: DataCentre, name: str) -> Load:
    return centre.loads.get(name, Load())


def zone_cpu(centre: DataCentre, machine: Machine, name: str) -> float:
    """Every zone gets its part of what the machine has when more is wanted than that."""
    wanted = sum(of_zone(centre, zone.name).cpu for zone in running(machine)) + of_zone(centre, machine.name).cpu
    return of_zone(centre, name).cpu * min(1.0, machine.threads / wanted if wanted else 1.0)


def cpu(centre: DataCentre, machine: Machine) -> float:
    """CPUs at work."""
    wanted = sum(of_zone(centre, zone.name).cpu for zone in running(machine)) + of_zone(centre, machine.name).cpu
    return min(wanted, float(machine.threads))


def memory(centre: DataCentre, machine: Machine) -> int:
    """Bytes in use: the kernel's, the global zone's and the zones'."""
    zones = sum(of_zone(centre, zone.name).memory for zone in running(machine))
    return min(machine.memory // KERNEL + of_zone(centre, machine.name).memory + zones, machine.memory)


def settle(centre: DataCentre, machine: Machine, now: int) -> float:
    """Seconds of CPU time since the boot, up to now."""
    if machine.busy_at < machine.boot_time:
        machine.busy, machine.busy_at = 0.0, machine.boot_time
    machine.busy += cpu(centre, machine) * max(0, now - machine.busy_at)
    machine.busy_at = now
    return machine.busy


def change(centre: DataCentre, name: str, load: Load, now: int) -> None:
    """From now on ``name``, a machine or a zone, has this load; until now it had the old one."""
    for machine in centre.machines.values():
        settle(centre, machine, now)
    centre.loads[name] = load
