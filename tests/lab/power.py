# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power and boot of simulated machines: what is lost when a machine stops, and what comes back when it boots."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from . import environments, faults, filesystem, membership, runlevels, tree
from .call import Call
from .commands.options import Refused, Unknown
from .commands.resources import limits
from .commands.smf import repository
from .commands.ufs import boot as devices
from .commands.vxvm import importing
from .commands.zoneadm import running
from .truth import Alarm, Machine, Service

if TYPE_CHECKING:
    from .simulation import Simulation

BOOT_SECONDS = 60.0  # of the lab's clock, from power on to sshd
PANIC_SECONDS = 30.0  # crash dump before the boot
ZONES = "svc:/system/zones:default"
WATCH = 0.05  # seconds between two looks at what svc:/system/zones waits for


def boot_arguments(said: str) -> tuple[bool, bool, str]:
    """What a boot was told, as at the firmware's prompt: ``-s`` single user, ``-x`` no part of a cluster (together ``-sx``), ``-r``
    reconfigure, ``-Z rpool/ROOT/NAME`` another boot environment. The answer: single user, outside, the environment. Raises ValueError."""
    words, environment = said.split(), ""
    if "-Z" in words[:-1]:
        place = words.index("-Z")
        environment = words[place + 1].rpartition("/")[2]
        del words[place : place + 2]
    letters = "".join(word.removeprefix("-") for word in words)
    if not all(word.startswith("-") for word in words) or not set(letters) <= set("sxr"):
        raise ValueError(f"boot {said}: not simulated")
    return "s" in letters, "x" in letters, environment


def zones_down(call: Call) -> None:
    """What the configuration files say of a zone whose kernel is gone: installed."""
    for zone in call.machine.zones.values():
        if zone.state in ("ready", "running", "shutting_down", "down"):
            running.gone(call, zone)


def boot_zones(call: Call) -> list[str]:
    """svc:/system/zones boots the zones whose autoboot is true; returns their names. Zone paths must be there."""
    machine = call.machine
    service = machine.services.get(ZONES, Service())
    booted = []
    if service.enabled:
        running.storage_missing(call)
    for zone in machine.zones.values():
        wanted = str(zone.config.get("autoboot", "false")) == "true"
        if not (service.enabled and wanted and zone.state == "installed"):
            continue
        if filesystem.configured() and zone.zonepath and not filesystem.resolve(machine, f"{zone.zonepath}/root").is_dir():
            continue  # its pool did not come back
        if limits.too_few_cpus(machine, zone):
            continue  # zoneadmd cannot make its pool
        try:
            running.make_ready(call, zone)
        except (Refused, Unknown):
            continue  # a file system it wants is not there
        running.start(call, zone)
        booted.append(zone.name)
    return booted


def declared_running(call: Call) -> None:
    """Zones that a data-centre file declares running get what a boot gives: addresses, services."""
    for zone in call.machine.zones.values():
        if zone.state == "running" and not zone.services:
            number, since = zone.zone_id, zone.boot_time
            running.make_ready(call, zone)
            running.start(call, zone)
            zone.zone_id, zone.boot_time = number or zone.zone_id, since or zone.boot_time


class Power:
    """Switches machines; every change of power goes through here."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.booting: dict[str, asyncio.Task[None]] = {}
        self.leaving: dict[str, asyncio.Task[None]] = {}
        self.said: dict[str, str] = {}  # what the next boot is told, by machine (boot_arguments)
        self.falling: set[asyncio.Task[None]] = set()

    def machine(self, name: str) -> Machine:
        """Raises ValueError for an unknown machine."""
        if name not in self.simulation.centre.machines:
            raise ValueError(f"no machine {name!r}")
        return self.simulation.centre.machines[name]

    def call(self, machine: Machine) -> Call:
        """The kernel's and the boot scripts' own hand on the machine; it prints nowhere."""
        simulation = self.simulation
        return Call(
            simulation.centre,
            machine,
            ["init"],
            now=simulation.clock.now,
            sleep=simulation.clock.sleep,
            read_file=lambda path: simulation.isolation.inward(machine.name, filesystem.read_file(machine, path)),
            ground=simulation.storage[machine.name].ground,
            startd=simulation.startd.teller(machine),
            save=lambda: simulation.changed(machine.name),
        )

    async def stop_now(self, machine: Machine, orderly: bool = False) -> None:
        """The kernel is gone at once: processes, connections, zones. ``orderly``: what it had to write it has written."""
        task = self.booting.pop(machine.name, None)
        if task and task is not asyncio.current_task():
            task.cancel()
        leaving = self.leaving.pop(machine.name, None)
        if leaving and leaving is not asyncio.current_task():
            leaving.cancel()
        machine.running = machine.halted = False
        self.said.pop(machine.name, None)
        self.simulation.startd.gone(machine)
        self.simulation.clear_fault(machine.name, "hang")
        await self.simulation.hosts[machine.name].drop()
        self.simulation.hosts[machine.name].awake.set()
        self.simulation.isolation.signal_all(machine.name, signal.SIGKILL)
        devices.down(self.simulation.centre, machine, orderly)
        zones_down(self.call(machine))
        self.simulation.storage[machine.name].down(orderly)
        environments.kernel_gone(machine)
        await self.leave_cluster(machine, orderly=orderly)
        self.simulation.changed(machine.name)
        if machine.powered:
            for guest in self.guests(machine):
                await self.hang(guest.name)  # its disks and its network are the control domain's

    async def leave_cluster(self, machine: Machine, orderly: bool = False, hung: bool = False) -> None:
        """Those whom a node's end costs the quorum panic."""
        for name in membership.depart(self.simulation.centre, machine.name, self.simulation.clock.now(), orderly, hung):
            await self.panic(name)

    def guests(self, machine: Machine) -> list[Machine]:
        return [one for one in self.simulation.centre.machines.values() if one.guest_of == machine.name]

    async def off(self, name: str, orderly: bool = False) -> None:
        """A machine takes its guest domains with it, orderly or not."""
        machine = self.machine(name)
        machine.powered = False
        await self.stop_now(machine, orderly)
        for guest in self.guests(machine):
            await self.off(guest.name)

    def orderly_off(self, machine: Machine, seconds: float) -> None:
        """The OS is asked to shut down and the power goes when it has; one that hangs never does."""

        async def wait() -> None:
            await self.simulation.clock.sleep(seconds)
            await self.simulation.awake(machine.name)
            environments.shut_down(self.simulation.centre, machine)
            await self.off(machine.name, orderly=True)

        self.leaving[machine.name] = asyncio.create_task(wait())

    async def leave(self, machine: Machine, how: str) -> None:
        """shutdown, halt, reboot: the machine goes 'down' (to the firmware, power stays on), 'off' or to 'reboot', of which the boot's
        arguments may follow, or to 'single' or 'multi' user. It goes as a task of its own, since the command that asks ends with it."""
        how, _, said = how.partition(" ")

        async def go() -> None:
            if how in ("single", "multi"):
                return await (runlevels.to_single_user if how == "single" else runlevels.to_multi_user)(self, machine)
            await self.stop_now(machine, orderly=True)
            if how == "off":
                machine.powered = False
            elif how == "down":
                machine.halted = True
            else:
                self.said[machine.name] = said
                self.start_boot(machine, BOOT_SECONDS)
            self.simulation.changed(machine.name)

        if how not in ("down", "off", "reboot", "single", "multi"):
            raise ValueError(f"a machine goes down, off, to reboot, to single or to multi user, not {how!r}")
        self.leaving[machine.name] = asyncio.create_task(go())

    async def on(self, name: str, wait: bool = False) -> None:
        """Guest domains come up with their machine: its configuration was saved while they were active. Raises ValueError for one
        whose machine is off."""
        machine = self.machine(name)
        if machine.powered:
            return
        if machine.guest_of and not self.machine(machine.guest_of).powered:
            raise ValueError(f"{name} is a guest domain of {machine.guest_of}, which is off")
        machine.powered = True
        self.start_boot(machine, BOOT_SECONDS)
        for guest in self.guests(machine):
            await self.on(guest.name)
        if wait:
            await self.booting[name]

    def start_boot(self, machine: Machine, seconds: float) -> None:
        self.booting[machine.name] = asyncio.create_task(self.boot(machine, seconds))
        self.simulation.changed(machine.name)

    async def boot(self, machine: Machine, seconds: float) -> None:
        await self.simulation.clock.sleep(seconds)
        await self.come_up(machine)
        self.booting.pop(machine.name, None)

    async def come_up(self, machine: Machine) -> None:
        """The OS is up: pools of the cache, zones with autoboot, sshd. A guest domain has neither disks nor network before its control
        domain is up, and goes on when it is."""
        while machine.guest_of and not self.machine(machine.guest_of).running:
            await self.simulation.clock.sleep(1.0)
        said = self.said.pop(machine.name, "")
        machine.single_user, machine.outside, chosen = boot_arguments(said)
        while faults.lasting(self.simulation.centre, machine.name, "never_up"):
            await self.simulation.clock.sleep(1.0)
        machine.single_user = machine.single_user or faults.lasting(self.simulation.centre, machine.name, "boots_single") is not None
        due = environments.to_boot(self.simulation.centre, machine, chosen)
        if faults.boot_fails(self.simulation.centre, machine.name, due):
            machine.halted = True  # the firmware's prompt, where a person can choose another one
            return self.simulation.changed(machine.name)
        environments.boot(self.simulation.centre, machine, chosen)
        while not membership.arrive(self.simulation.centre, machine.name, self.simulation.clock.now()) and machine.suncluster:
            await self.simulation.clock.sleep(1.0)  # "waiting for quorum": nobody can log in
        simulation, now = self.simulation, self.simulation.clock.now()
        machine.running, machine.boot_time, machine.next_zone_id = True, now, 1
        if machine.quarantined:
            simulation.centre.alarms.append(Alarm("quarantine_boot", f"{machine.name} is quarantined and booted", now))
        for service in machine.services.values():
            service.since = now
        await simulation.storage[machine.name].boot()
        importing.boot(simulation.centre, machine)
        devices.up(self.call(machine))
        tree.new_boot(simulation.state, machine, simulation.isolation.mode == "namespaces")
        runlevels.booted(self, machine, said)
        membership.booted(simulation.centre, machine.name, now)
        if not machine.single_user:
            simulation.startd.boot(machine)
        booted = [] if machine.single_user else self.boot_zones(machine)
        await simulation.hosts[machine.name].listen()
        simulation.log(kind="boot", machine=machine.name, time=now, argv=[], zones=booted)
        simulation.changed(machine.name)
        for guest in self.guests(machine):
            if not simulation.hosts[guest.name].awake.is_set():
                await self.resume(guest.name)

    def boot_zones(self, machine: Machine) -> list[str]:
        """At once, or when what svc:/system/zones was made to wait for is online."""
        zones = machine.services.get(ZONES)
        if zones is None or not zones.enabled or not repository.unsatisfied(machine.services, ZONES):
            return boot_zones(self.call(machine))
        simulation = self.simulation
        zones.state, zones.next_state, zones.since = "offline", "-", simulation.clock.now()

        async def wait() -> None:
            while repository.unsatisfied(machine.services, ZONES):
                await asyncio.sleep(WATCH)
            zones.state, zones.since = "online", simulation.clock.now()
            booted = boot_zones(self.call(machine))
            simulation.log(kind="zones", machine=machine.name, time=simulation.clock.now(), argv=[], zones=booted)
            simulation.changed(machine.name)

        simulation.startd.later(machine.name, wait())
        return []

    def fell(self, name: str, how: str) -> None:
        """A process of the machine had its kernel stop, at once and without sync: 'reboot' or 'off'."""

        async def fall() -> None:
            machine = self.machine(name)
            self.simulation.log(kind="fell", machine=name, time=self.simulation.clock.now(), argv=[how])
            if how == "off":
                await self.off(name)
            elif machine.powered and machine.running:
                await self.stop_now(machine)
                self.start_boot(machine, BOOT_SECONDS)

        task = asyncio.ensure_future(fall())
        self.falling.add(task)
        task.add_done_callback(self.falling.discard)

    async def reset(self, name: str) -> None:
        """Power cycle. Raises ValueError when the machine is off."""
        machine = self.machine(name)
        if not machine.powered:
            raise ValueError(f"{name} is off")
        await self.stop_now(machine)
        self.start_boot(machine, BOOT_SECONDS)
        for guest in self.guests(machine):
            if guest.powered:
                await self.reset(guest.name)

    async def boot_as(self, name: str, said: str) -> None:
        """A person at the firmware's prompt types ``boot`` and the arguments; a machine that runs or boots is broken off first.
        Raises ValueError."""
        boot_arguments(said)
        await self.reset(name)
        self.said[name] = said

    async def panic(self, name: str) -> None:
        machine = self.machine(name)
        if machine.powered and machine.running:
            await self.stop_now(machine)
            self.start_boot(machine, PANIC_SECONDS + BOOT_SECONDS)

    async def hang(self, name: str) -> None:
        machine = self.machine(name)
        if machine.powered and machine.running:
            await self.simulation.hosts[name].hang()
            self.simulation.isolation.signal_all(name, signal.SIGSTOP)
            await self.leave_cluster(machine, hung=True)

    async def resume(self, name: str) -> None:
        """The end of a hang."""
        machine = self.machine(name)
        served = not machine.guest_of or self.machine(machine.guest_of).running
        if machine.powered and machine.running and served and not faults.lasting(self.simulation.centre, name, "hang"):
            self.simulation.isolation.signal_all(name, signal.SIGCONT)
            self.simulation.hosts[name].awake.set()
            await self.simulation.hosts[name].listen()
            cluster = membership.of(self.simulation.centre, machine)
            if cluster is not None and name in cluster.expelled:
                await self.panic(name)  # it learns that the others go on without it
