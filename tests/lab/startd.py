# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svc.startd(1M) for services that were imported from a manifest: their methods run as real processes on the machine.

What is started, when it is stopped and what a failure leads to: published sources of startd (method.c, restarter.c, 2009) and recorded
service logs. A contract is a pipe that every process of the service inherits: it is empty when nobody holds the pipe any more, so a
program that closes descriptors it does not know leaves its contract. Not played: "restarting too quickly".
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from . import filesystem
from .commands.smf import repository
from .manifests import Definition, Method
from .truth import Machine, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from .simulation import Simulation

FAULTS = 3  # failures of a method until the service goes to maintenance
FINAL = (95, 96, 99, 100)  # exit codes of smf_method(5) after which nothing is tried again
WATCH = 0.1  # seconds between two looks at what a service waits for


class Contract:
    """The processes of a service, by the pipe that they hold."""

    def __init__(self) -> None:
        self.empty = asyncio.Event()
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.inode = os.fstat(self.reader).st_ino
        asyncio.get_running_loop().add_reader(self.reader, self.readable)

    def given(self) -> None:
        """The first process has it; the lab's own end is closed."""
        os.close(self.writer)
        self.writer = -1

    def readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            if not os.read(self.reader, 4096):
                self.close()

    def close(self) -> None:
        if self.reader != -1:
            asyncio.get_running_loop().remove_reader(self.reader)
            os.close(self.reader)
            self.reader = -1
        if self.writer != -1:
            self.given()
        self.empty.set()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Signals every process that holds the pipe."""
        mark = f"pipe:[{self.inode}]"
        for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
            with contextlib.suppress(OSError):
                if os.readlink(descriptor) == mark and int(descriptor.parts[2]) != os.getpid():
                    os.kill(int(descriptor.parts[2]), number)


class Keeper:
    """One service of a machine: brings it to where the administrator wants it, one method at a time."""

    def __init__(self, startd: Startd, machine: Machine, fmri: str) -> None:
        self.startd, self.simulation, self.machine, self.fmri = startd, startd.simulation, machine, fmri
        self.contract: Contract | None = None
        self.orders: set[str] = set()
        self.wake = asyncio.Event()
        self.wake.set()
        self.over = False
        self.task = asyncio.create_task(self.run())

    @property
    def service(self) -> Service:
        return self.machine.services[self.fmri]

    @property
    def definition(self) -> Definition:
        found = self.service.definition
        assert found is not None
        return found

    @property
    def lives(self) -> bool:
        return self.simulation.isolation.alive(self.machine.name)

    def end(self) -> None:
        """With the machine, or the service."""
        self.over = True
        self.task.cancel()
        if self.contract is not None:
            self.contract.close()

    def told(self, verb: str) -> None:
        self.orders.add(verb)
        self.wake.set()

    async def run(self) -> None:
        while not self.over:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), WATCH if self.service.state == "offline" else None)
            self.wake.clear()
            while not self.over and await self.step():
                continue

    async def step(self) -> bool:
        """One move; False when there is nothing to do."""
        service, wanted = self.service, repository.enabled(self.service)
        if service.state == "maintenance":
            if self.orders & {"clear", "disable"}:
                self.orders.clear()
                self.settle("offline" if wanted else "disabled")
                return True
            self.orders.clear()
            return False
        if service.state in ("online", "degraded"):
            return await self.online(wanted)
        self.orders.clear()
        if not wanted:
            if service.state != "disabled":
                self.settle("disabled")
            return False
        if service.state != "offline":
            self.note("Enabled.")
            self.settle("offline")
        if repository.unsatisfied(self.machine.services, self.fmri):
            return False
        await self.start()
        return True

    async def online(self, wanted: bool) -> bool:
        if not wanted:
            await self.stop("disabled", "service disabled")
            return True
        if "restart" in self.orders:
            self.orders.discard("restart")
            await self.stop("offline", "service restarting")
            return True
        if self.contract is not None and self.contract.empty.is_set() and self.lives:
            await self.stop("offline", "all processes in service exited")
            return True
        if "refresh" in self.orders:
            self.orders.discard("refresh")
            if "refresh" in self.definition.methods:
                self.note("Rereading configuration.")
                await self.method("refresh", None)
            return True
        self.orders.clear()
        return False

    def settle(self, state: str, following: str = "-") -> None:
        """A state, and what it is on its way to."""
        if self.over:
            return
        service = self.service
        if service.state != state:
            service.state, service.since = state, self.simulation.clock.now()
        service.next_state, service.due = following, sys.maxsize
        self.simulation.changed(self.machine.name)

    async def start(self) -> None:
        self.settle("offline", "online")
        transient = self.definition.duration == "transient"
        for _ in range(FAULTS):
            contract = Contract()
            try:
                rc = await self.method("start", contract)
            except BaseException:
                contract.close()
                raise
            if rc == 0 and not self.over:
                if transient:
                    contract.close()
                else:
                    self.contract = contract
                    self.watch(contract)
                self.settle("online")
                return
            contract.kill()
            contract.close()
            if rc in FINAL:
                break
        self.settle("maintenance")

    def watch(self, contract: Contract) -> None:
        async def emptied() -> None:
            await contract.empty.wait()
            if self.lives:  # else the machine goes, and the service with it
                self.wake.set()

        self.startd.later(self.machine.name, emptied())

    async def stop(self, then: str, why: str) -> None:
        """The stop method, then the contract has until the method's time-out to empty; else it is killed and that is a failure."""
        self.orders.clear()
        self.note(f"Stopping because {why}.")
        self.settle(self.service.state, then)
        contract, method = self.contract, self.definition.methods["stop"]
        began, failed = time.monotonic(), True
        for _ in range(FAULTS):
            rc = await self.method("stop", contract)
            failed = rc != 0
            if not failed or rc in FINAL:
                break
        if contract is not None and not failed and not contract.empty.is_set():
            left = None if method.timeout == 0 else max(0.0, method.timeout - (time.monotonic() - began))
            try:
                await asyncio.wait_for(contract.empty.wait(), left)
            except TimeoutError:
                failed = True
        if contract is not None and not contract.empty.is_set():
            contract.kill()
            await contract.empty.wait()
        self.contract = None
        self.settle("maintenance" if failed else then)

    async def method(self, name: str, contract: Contract | None) -> int:
        """Runs a method to its end: its exit code. ``contract`` is what its processes are put in (start), or killed by (``:kill``)."""
        if self.over:
            raise asyncio.CancelledError  # wait_for may have swallowed it
        method = self.definition.methods[name]
        self.note(f'Executing {name} method ("{method.command}").')
        words = method.command.split()
        if words[0] == ":true":
            rc = 0
        elif words[0] == ":kill":
            number = signal.Signals[f"SIG{words[1].lstrip('-')}"] if len(words) > 1 else signal.SIGTERM
            if contract is not None:
                contract.kill(number)
            rc = 0
        else:
            rc = await self.process(name, method, contract if name == "start" else None)
        self.note(f'Method "{name}" exited with status {rc}.')
        return rc

    async def process(self, name: str, method: Method, contract: Contract | None) -> int:
        env = {
            "PATH": "/usr/sbin:/usr/bin",
            "SMF_FMRI": self.fmri,
            "SMF_METHOD": name,
            "SMF_RESTARTER": RESTARTER,
            "SMF_ZONENAME": "global",
        }
        line = f"cd {method.folder} && exec {method.command}"
        argv, env = await self.simulation.isolation.enter(self.machine.name, ["/bin/sh", "-c", line], env | method.environment)
        with self.log_file().open("ab") as log:
            child = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=env,
                start_new_session=True,
                pass_fds=() if contract is None else (contract.writer,),
            )
        self.simulation.isolation.started(self.machine.name, child.pid)
        if contract is not None:
            contract.given()
        try:
            return await asyncio.wait_for(child.wait(), method.timeout or None) & 255
        except TimeoutError:
            self.note(f"Method or service exit timed out.  Killing contract of method {name}.")
            (contract or self.contract or Contract()).kill()
            child.kill()
            await child.wait()
            return 1

    def log_file(self) -> Path:
        path = filesystem.resolve(self.machine, repository.log_file(self.fmri))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def note(self, text: str) -> None:
        moment = time.strftime("%b %e %H:%M:%S", time.gmtime(self.simulation.clock.now()))
        with self.log_file().open("a") as log:
            log.write(f"[ {moment} {text} ]\n")


RESTARTER = "svc:/system/svc/restarter:default"


class Startd:
    """Every machine's. Its services end with the machine's processes; it is told before these are killed."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.keepers: dict[tuple[str, str], Keeper] = {}
        self.waiting: dict[str, set[asyncio.Task[None]]] = {}

    def teller(self, machine: Machine) -> Callable[[str, str], None] | None:
        """For the machine's commands; None where services can have no processes."""
        if self.simulation.isolation.mode != "namespaces":
            return None
        return lambda fmri, verb: self.told(machine, fmri, verb)

    def told(self, machine: Machine, fmri: str, verb: str) -> None:
        keeper = self.keepers.get((machine.name, fmri))
        if verb == "delete":
            if keeper is not None:
                self.keepers.pop((machine.name, fmri)).end()
        elif keeper is None:
            self.keepers[machine.name, fmri] = Keeper(self, machine, fmri)
        else:
            keeper.told(verb)

    def boot(self, machine: Machine, anew: bool = True) -> None:
        """The machine is up: what is enabled starts. ``anew``: it booted; else only the lab was started again."""
        for fmri, service in machine.services.items():
            if service.definition is None:
                continue
            if anew:
                service.temporary = None
            if repository.enabled(service) or service.state != "disabled":
                service.state, service.next_state, service.since = "offline", "-", self.simulation.clock.now()
            self.keepers[machine.name, fmri] = Keeper(self, machine, fmri)

    def later(self, machine: str, work: object) -> None:
        """Something that waits, until it is done or the machine is gone."""
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        waiting = self.waiting.setdefault(machine, set())
        waiting.add(task)
        task.add_done_callback(waiting.discard)

    def gone(self, machine: Machine) -> None:
        """The kernel is gone, and with it every process."""
        for key in [key for key in self.keepers if key[0] == machine.name]:
            self.keepers.pop(key).end()
        for task in self.waiting.pop(machine.name, set()):
            task.cancel()
