# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run levels S and 3 of a machine: what ends on the way to single user, what a boot with -s does not start, and what comes back.

From svc.startd's published graph.c: services outside the milestone are stopped; kill_user_procs() then kills who is logged in on a
terminal (killall(1M) looks into utmp) and every process of other users than root and daemon. So a process of root that has no terminal
goes on. sshd puts each connection into a process contract of its own (its published source), so the stop method of network/ssh does not
kill what was started there; the lab ends the connections all the same, since nothing serves them.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from . import faults, membership
from .commands.patches import depot
from .commands.smf import repository
from .commands.zfs import files
from .commands.zoneadm import running
from .truth import Machine

if TYPE_CHECKING:
    from .power import Power

#: What milestone/single-user needs, by the beginnings of names.
SINGLE_USER = (
    "system/svc/restarter", "milestone/single-user", "milestone/devices", "milestone/network", "milestone/sysconfig", "network/loopback",
    "network/physical", "network/initial", "network/datalink", "network/ip-interface", "system/boot-archive", "system/coreadm",
    "system/cryptosvc", "system/device/local", "system/device/fc-fabric", "system/filesystem/root", "system/filesystem/usr",
    "system/filesystem/minimal", "system/identity:node", "system/keymap", "system/manifest-import", "system/metainit", "system/picl",
    "system/scheduler", "system/sysevent",
)  # fmt: skip
LATER = ("svc:/system/zones:default",)  # power.boot_zones tells
ZONES_SECONDS = 8.0  # of the lab's clock: svc:/system/zones shuts zones down
SERVICES_SECONDS = 7.0
SSHD_SECONDS = 3.0
SSH = "svc:/network/ssh:default"
RECONFIGURE = "/reconfigure"


def needed(fmri: str) -> bool:
    return fmri.removeprefix("svc:/").startswith(SINGLE_USER)


async def to_single_user(power: Power, machine: Machine) -> None:
    """From multi-user: init s. who -r says S at once (graph.c: "make sure stop rc scripts see the new settings via who -r"), services stop
    one after the other."""
    simulation = power.simulation
    enter(power, machine, "S")
    await simulation.clock.sleep(SSHD_SECONDS)
    await simulation.hosts[machine.name].drop()
    alive = [zone for zone in machine.zones.values() if zone.state in ("ready", "running", "shutting_down", "down")]
    for zone in alive:
        zone.state = "shutting_down"
    if alive:
        await simulation.clock.sleep(ZONES_SECONDS)
    for zone in alive:
        running.gone(power.call(machine), zone)
    await simulation.clock.sleep(SERVICES_SECONDS)
    simulation.startd.gone(machine)
    services_down(machine, simulation.clock.now())
    machine.single_user = True
    membership.single_user(simulation.centre, machine.name, simulation.clock.now())
    depot.withdraw(simulation.centre, machine)
    for pid in of_others(power, machine.name):
        os.kill(pid, signal.SIGKILL)
    simulation.log(kind="run-level", machine=machine.name, time=simulation.clock.now(), argv=["S"])
    simulation.changed(machine.name)


def enter(power: Power, machine: Machine, level: str) -> None:
    """The run level is told; the services that it does not have begin to stop."""
    now = power.simulation.clock.now()
    machine.level, machine.level_since = level, now
    for fmri, service in machine.services.items():
        if level == "S" and not needed(fmri) and service.state in ("online", "degraded", "offline"):
            service.next_state, service.temporary = "disabled", False
            service.due = now + int(SSHD_SECONDS if fmri == SSH else SSHD_SECONDS + ZONES_SECONDS + SERVICES_SECONDS)
    power.simulation.changed(machine.name)


def services_down(machine: Machine, now: int) -> None:
    for fmri, service in machine.services.items():
        if not needed(fmri) and service.state not in ("disabled", "maintenance"):
            service.state, service.next_state, service.since, service.temporary = "disabled", "-", now, False


async def to_multi_user(power: Power, machine: Machine) -> None:
    """The end of the single-user shell, init 3, svcadm milestone all."""
    simulation = power.simulation
    enter(power, machine, "3")
    await simulation.clock.sleep(SERVICES_SECONDS)
    now = simulation.clock.now()
    machine.single_user = False
    for fmri, service in machine.services.items():
        if not needed(fmri) and service.temporary is False:
            service.temporary = None
            if service.enabled:
                service.state, service.next_state, service.since = "online", "-", now
    membership.multi_user(simulation.centre, machine.name, now)
    depot.provide(simulation.centre, machine)
    simulation.startd.boot(machine)
    booted = power.boot_zones(machine)
    await simulation.hosts[machine.name].listen()
    simulation.log(kind="run-level", machine=machine.name, time=now, argv=["3"], zones=booted)
    simulation.changed(machine.name)


def of_others(power: Power, name: str) -> list[int]:
    """Processes of a machine's other users than root, on the host: session and user are in their environment.

    Another lab beside this one gives its sessions the same numbers."""
    sessions, isolation = power.simulation.hosts[name].numbers, power.simulation.isolation
    found = []
    for entry in os.listdir("/proc"):
        try:
            words = Path(f"/proc/{entry}/environ").read_bytes().split(b"\0") if entry.isdigit() else []
        except OSError:
            continue
        known = dict(word.decode(errors="replace").split("=", 1) for word in words if word.startswith(b"LAB_") and b"=" in word)
        theirs = known.get("LAB_SESSION") in sessions and known.get("LAB_USER", "root") != "root"
        if theirs and isolation.holds(name, int(entry), known):
            found.append(int(entry))
    return found


def booted(power: Power, machine: Machine, said: str) -> None:
    """What a boot does to run level and patches: the services of its level, a new kernel, reboots that were due; with -r or /reconfigure
    the reconfiguration, too."""
    simulation, now, patching = power.simulation, power.simulation.clock.now(), machine.patching
    machine.level, machine.level_since = "S" if machine.single_user else "3", now
    for fmri, service in machine.services.items():
        if service.temporary is not None and service.definition is None:
            service.temporary = None  # what was temporary ends with the boot
            service.state = "online" if service.enabled else "disabled"
        elif service.state in ("maintenance", "offline") and service.enabled and service.definition is None and fmri not in LATER:
            service.state = "online"  # a boot starts it anew
    for fmri in faults.failing(simulation.centre, machine.name, "global"):
        repository.not_started(machine.services, fmri)
    if machine.single_user:
        services_down(machine, now)
        depot.withdraw(simulation.centre, machine)
    else:
        depot.provide(simulation.centre, machine)
    if patching.kernel:
        machine.kernel, patching.kernel = patching.kernel, ""
    patching.reboots.clear()
    if files.exists(machine, RECONFIGURE) or "r" in "".join(word for word in said.split() if word.startswith("-")):
        patching.unconfigured.clear()
        files.remove_file(machine, RECONFIGURE)
