# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's serial console behind ``start /SP/console`` (``/HOST/console``): login, the shell of sulogin, the firmware's prompt.

Sources: the ILOM guides (``#.`` ends it), the boot examples of 817-1985, svc.startd's graph.c, a recorded boot and a recorded halt. It
stays logged in when a session ends, as a real one does. Nobody has recorded what a wrong password at sulogin says; the lab asks again.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from .. import environments
from ..power import boot_arguments

if TYPE_CHECKING:
    from ..simulation import Simulation
    from ..truth import Machine

STARTED = "Serial console started.  To stop, type #.\n"
STOPPED = "\nSerial console stopped.\n\n"
ESCAPE = "#."
END = "\x04"  # control-d
OK = "{0} ok "
SULOGIN = "Root password for system maintenance (control-d to bypass): "
MAINTENANCE = "single-user privilege assigned to /dev/console.\nEntering System Maintenance Mode\n\n"
BANNER = "Oracle Corporation\tSunOS 5.10\tGeneric Patch\tJanuary 2005\n"
WATCH = 0.05  # seconds between two looks at the machine
NO_TERMINAL = b"can't access tty"


class Console:
    """One machine's console. ``waiting``: for a login name, a password or maintenance's password."""

    def __init__(self, simulation: Simulation, machine: Machine) -> None:
        self.simulation, self.machine = simulation, machine
        self.write: Callable[[str], object] = lambda text: None
        self.shell: asyncio.subprocess.Process | None = None
        self.pumping: asyncio.Task[None] | None = None
        self.seen = ""
        self.user = ""
        self.offered: list[str] = []  # boot environments that boot -L listed and asks to choose from

    # --- what the machine is at -----------------------------------------------------------------------------------------
    def state(self) -> str:
        machine = self.machine
        if not machine.powered or machine.halted:
            return "ok" if machine.powered else "off"
        if not machine.running or not self.simulation.hosts[machine.name].awake.is_set():
            return "silent"
        return "single" if machine.single_user else "multi"

    def arrive(self, state: str, before: str) -> None:
        """What the machine prints when it comes into a state."""
        kernel = f"SunOS Release 5.10 Version {self.machine.kernel} 64-bit\n"
        if before == "silent" and state in ("single", "multi"):
            self.write(kernel + "Copyright (c) 1983, 2013, Oracle and/or its affiliates. All rights reserved.\n")
        if state == "single" and before == "multi":
            self.write("svc.startd: The system is coming down for administration.  Please wait.\nsvc.startd: Killing user processes.\n")
        elif state == "single":
            self.write(f'Booting to milestone "milestone/single-user:default".\nHostname: {self.machine.name}\n')
        elif state == "ok":
            self.write("syncing file systems... done\nProgram terminated\n")
        self.prompt(state)

    def prompt(self, state: str) -> None:
        self.user = ""
        if state == "ok":
            self.write(OK)
        elif state == "single":
            self.write("SINGLE USER MODE\n\n" + SULOGIN)
        elif state == "multi":
            self.write(f"\n{self.machine.name} console login: ")

    # --- a session --------------------------------------------------------------------------------------------------
    async def attend(self, write: Callable[[str], object], read: Callable[[], Awaitable[str | None]]) -> None:
        """Until ``#.`` or the end of the input."""
        self.write, self.seen = write, self.state()
        watching = asyncio.create_task(self.watch())
        try:
            while (line := await read()) is not None and line != ESCAPE:
                await self.typed(line)
        finally:
            watching.cancel()
            self.write = lambda text: None

    async def watch(self) -> None:
        while True:
            state = self.state()
            if state != self.seen:
                before, self.seen = self.seen, state
                await self.leave_shell()
                self.arrive(state, before)
            await asyncio.sleep(WATCH)

    def secret(self) -> bool:
        """Whether what is typed now is a password."""
        return self.shell is None and (self.state() == "single" or bool(self.user))

    async def typed(self, line: str) -> None:
        state = self.state()
        if self.shell is not None and self.shell.returncode is None:
            return await self.told(line)
        if state == "ok":
            await self.firmware(line.split())
        elif state == "single":
            await self.sulogin(line)
        elif state == "multi":
            await self.login(line)

    async def firmware(self, words: list[str]) -> None:
        if self.offered:
            self.choose(words)
        elif not words:
            self.write(OK)
        elif words == ["boot", "-L"]:
            self.list_environments()
        elif words[0] == "boot":
            try:
                boot_arguments(" ".join(words[1:]))
            except ValueError as error:
                return self.unknown(str(error))
            await self.simulation.power.boot_as(self.machine.name, " ".join(words[1:]))
        elif words == ["reset-all"]:
            await self.simulation.power.reset(self.machine.name)
        else:
            self.unknown(" ".join(words))

    def list_environments(self) -> None:
        """boot -L of a ZFS root, as recorded, but for the line that names the boot device."""
        machine, centre = self.machine, self.simulation.centre
        pool = environments.root_pool(centre, machine)
        names = list(machine.environments) or [environments.running(centre, machine)]
        if pool is None:
            return self.unknown("boot -L of a machine that does not boot from ZFS")
        self.offered = [environments.dataset(pool, name) for name in names]
        self.write("".join(f"{number} {name}\n" for number, name in enumerate(names, 1)))
        self.write(f"Select environment to boot: [ 1 - {len(names)} ]: ")

    def choose(self, words: list[str]) -> None:
        if len(words) != 1 or not words[0].isdigit() or not 0 < int(words[0]) <= len(self.offered):
            self.offered = []
            return self.unknown("a choice that is not offered")
        chosen, self.offered = self.offered[int(words[0]) - 1], []
        self.write(f"\nTo boot the selected entry, invoke:\nboot [<root-device>] -Z {chosen}\n\nProgram terminated\n{OK}")

    def unknown(self, what: str) -> None:
        self.write(f"lab: not simulated: {what}\n{OK}")

    async def sulogin(self, line: str) -> None:
        if line in ("", END):
            await self.simulation.power.leave(self.machine, "multi")
        elif line == self.machine.root_password:
            self.write("\n" + MAINTENANCE)
            await self.enter_shell()
        else:
            self.write("\nLogin incorrect\n" + SULOGIN)

    async def login(self, line: str) -> None:
        if not self.user:
            self.user = line.strip()
            self.write("Password: " if self.user else f"\n{self.machine.name} console login: ")
        elif (self.user, line) == ("root", self.machine.root_password):
            self.write("\n" + BANNER)
            await self.enter_shell()
        else:
            self.write("\nLogin incorrect\n")
            self.prompt("multi")

    # --- the shell -------------------------------------------------------------------------------------------------------
    async def enter_shell(self) -> None:
        isolation, name = self.simulation.isolation, self.machine.name
        env = {"HOME": "/root", "LOGNAME": "root", "SHELL": "/sbin/sh", "TERM": "sun", "PATH": "/usr/sbin:/usr/bin", "PS1": "# "}
        argv, env = await isolation.enter(name, ["/bin/sh", "-i"], env | {"LAB_USER": "root", "LAB_SESSION": f"console-{name}"})
        self.shell = await asyncio.create_subprocess_exec(
            *argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, cwd=isolation.root(name) / "root",
            start_new_session=True,
        )  # fmt: skip
        isolation.started(name, self.shell.pid)
        self.pumping = asyncio.create_task(self.pump(self.shell))

    async def pump(self, shell: asyncio.subprocess.Process) -> None:
        """What the shell and what runs in it print; when it has ended, what asks next."""
        assert shell.stdout is not None
        clean = self.simulation.hosts[self.machine.name].cleaner()
        while data := await shell.stdout.read(1 << 14):
            kept = [line for line in clean(data).splitlines(keepends=True) if NO_TERMINAL not in line]
            self.write(b"".join(kept).decode(errors="replace"))
        await shell.wait()
        self.shell = None
        if self.state() == "single":
            await self.simulation.power.leave(self.machine, "multi")  # the end of sulogin's shell (graph.c, single_user_thread)
        elif self.state() == "multi":
            self.prompt("multi")

    async def told(self, line: str) -> None:
        assert self.shell is not None
        assert self.shell.stdin is not None
        with contextlib.suppress(ConnectionError):
            if line == END:
                self.shell.stdin.close()
            else:
                self.shell.stdin.write(f"{line}\n".encode())
                await self.shell.stdin.drain()

    async def leave_shell(self) -> None:
        """The run level changed: who is logged in on the console is logged out."""
        if self.shell is not None and self.shell.returncode is None:
            if self.pumping is not None:
                self.pumping.cancel()
            with contextlib.suppress(ProcessLookupError):
                self.shell.kill()
        self.shell = None
