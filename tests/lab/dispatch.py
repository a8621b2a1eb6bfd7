# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers the stubs: one TCP connection is one simulated command from its start to its exit code."""

from __future__ import annotations

import asyncio
import contextlib
import time
import traceback
from typing import TYPE_CHECKING

from . import faults, filesystem, inside, privileges
from .call import COMMANDS, Call
from .stdin import reads_stdin
from .truth import Machine

if TYPE_CHECKING:
    from .simulation import Simulation

LIMIT = 8 * 1024 * 1024
#: What the lab knows of a Solaris 8 or 9 system in a zone.
OF_OLD_ZONES = ("uname", "hostid", "hostname", "who", "arch", "mach", "pagesize", "id", "init")
ENV = ("HOME", "PATH", "LANG", "LC_ALL", "TZ", "TERM")


class Dispatcher:
    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.tokens: dict[str, str] = {}
        self.stdin: dict[str, asyncio.Future[bytes]] = {}
        self.count = 0
        self.port = 0
        self.server: asyncio.Server | None = None

    async def start(self) -> None:
        self.server = await asyncio.start_server(self.connected, "127.0.0.1", 0, limit=LIMIT)
        self.port = self.server.sockets[0].getsockname()[1]

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):
            token, second = await field(reader), await field(reader)
            if token not in self.tokens:
                return writer.close()
            if second == "stdin":
                waiting = self.stdin.pop(await field(reader), None)
                data = await reader.read(-1)
                if waiting and not waiting.done():
                    waiting.set_result(data)
            else:
                fields = [await field(reader) for _ in range(12 + int(second))]
                await Conversation(self, self.tokens[token], reader, writer, fields).run()
        writer.close()


async def field(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\0"))[:-1].decode(errors="surrogateescape")


class Conversation:
    """One command of one stub."""

    def __init__(
        self, dispatcher: Dispatcher, machine: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fields: list[str]
    ) -> None:
        self.dispatcher = dispatcher
        self.simulation = dispatcher.simulation
        self.machine: Machine = self.simulation.centre.machines[machine]
        self.reader, self.writer = reader, writer
        self.name, self.cwd, self.user, zone, self.session, profile_shell = fields[:6]
        if profile_shell and self.user != "root" and not zone and privileges.granted(machine, self.name):
            self.user = "root"
        self.zone = zone or None
        self.place = self.zone_root()
        self.env = {name: value for name, value in zip(ENV, fields[6:12], strict=True) if value}
        self.cwd = self.inward(self.cwd) or "/"
        self.args = [self.inward(word) for word in fields[12:]]
        self.replies: asyncio.Queue[str | None] = asyncio.Queue()

    def zone_root(self) -> str:
        """The root of the caller's zone in the machine's tree; empty in the global zone."""
        known = self.machine.zones.get(self.zone or "")
        return inside.root(known) if known is not None else ""

    def inward(self, text: str) -> str:
        """A path or text of the caller, as the caller means it."""
        if self.place and self.simulation.isolation.mode == "paths":
            text = text.replace(str(filesystem.resolve(self.machine, self.place)), "")
        return self.simulation.isolation.inward(self.machine.name, text)

    async def run(self) -> None:
        started, clock = time.monotonic(), self.simulation.clock.now()
        work = asyncio.create_task(self.work())
        listener = asyncio.create_task(self.listen(work))
        rc = 137  # the caller was killed
        try:
            rc = await work
            self.writer.write(f"x {rc & 255}\n".encode())
            await self.writer.drain()
        except (asyncio.CancelledError, ConnectionError):
            rc = 137
        finally:
            listener.cancel()
            self.simulation.log(
                kind="command",
                machine=self.machine.name,
                time=clock,
                argv=[self.name, *self.args],
                zone=self.zone,
                user=self.user,
                session=self.session,
                rc=rc,
                duration=round(time.monotonic() - started, 4),
            )
            self.simulation.changed(self.machine.name)

    async def listen(self, work: asyncio.Task[int]) -> None:
        """Collects the stub's replies; its death ends the command's work, as a kill ends a real one."""
        with contextlib.suppress(ConnectionError):
            while line := await self.reader.readline():
                self.replies.put_nowait(line.decode(errors="surrogateescape").rstrip("\n"))
        work.cancel()

    async def work(self) -> int:
        simulation, machine = self.simulation, self.machine
        await simulation.awake(machine.name)
        line = " ".join([self.name, *self.args])
        if faults.strike(simulation.centre, machine.name, line, "cut"):
            simulation.cut(machine.name, self.session)
        slow = faults.strike(simulation.centre, machine.name, line, "slow")
        if slow:
            await simulation.clock.sleep(slow.seconds)
        failing = faults.strike(simulation.centre, machine.name, line, "fail")
        if failing and not failing.after:
            self.write(2, failing.text)
            return failing.rc
        rc = await self.answer()
        if failing:
            self.write(2, failing.text)
            return failing.rc
        return rc

    async def answer(self) -> int:
        simulation, machine = self.simulation, self.machine
        storage = simulation.storage[machine.name]
        handler = storage.handler(self.name) or COMMANDS.get(self.name)
        stdin = await self.read_stdin() if handler and reads_stdin(self.name, self.args) else b""
        call = Call(
            simulation.centre,
            machine,
            [self.name, *self.args],
            cwd=self.cwd,
            stdin=stdin,
            env=self.env,
            zone=self.zone,
            user=self.user,
            now=simulation.clock.now,
            write=self.write,
            sleep=simulation.clock.sleep,
            read_file=lambda path: self.inward(filesystem.read_file(machine, self.place + path)),
            write_file=lambda path, text: filesystem.write_file(machine, self.place + path, text),
            run_in_zone=self.run_in_zone,
            run=self.start_program,
            ask=self.ask,
            stop=lambda how: simulation.power.leave(machine, how),
            ground=storage.ground,
            panic=simulation.power.panic,
            shut=lambda name, how: simulation.power.leave(simulation.power.machine(name), how),
            startd=simulation.startd.teller(machine),
            save=lambda: simulation.changed(machine.name),
        )
        if handler is None:
            return call.not_simulated(self.name)
        inside = machine.zones.get(self.zone or "")
        if inside is not None and inside.brand in ("solaris8", "solaris9") and self.name not in OF_OLD_ZONES:
            return call.not_simulated(f"{self.name} in a {inside.brand} zone")
        try:
            return await handler(call)
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception as error:
            traceback.print_exc()
            self.write(2, f"lab: defect in the simulation of {self.name}: {type(error).__name__}: {error}\n")
            return 125

    def write(self, fd: int, text: str) -> None:
        if text and not self.writer.is_closing():
            data = text.encode(errors="surrogateescape").replace(b"\0", b"")
            self.writer.write(f"{fd} {len(data)}\n".encode() + data)

    async def read_stdin(self) -> bytes:
        self.dispatcher.count += 1
        key = str(self.dispatcher.count)
        waiting = self.dispatcher.stdin[key] = asyncio.get_running_loop().create_future()
        self.writer.write(f"i {key}\n".encode())
        data = await waiting
        if self.simulation.isolation.mode == "paths":
            data = data.replace(str(self.simulation.isolation.root(self.machine.name)).encode(), b"")
        return data

    async def ask(self, prompt: str) -> str | None:
        """A line of the caller's stdin, read without echo after a prompt on stderr; None at its end."""
        data = prompt.encode()
        self.writer.write(f"p {len(data)}\n".encode() + data)
        reply = await self.replies.get()
        return reply[2:] if reply and reply.startswith("l ") else None

    async def start_program(self, argv: list[str], env: dict[str, str], cwd: str, outward: bool = True) -> int:
        """Run a program in the caller's place: its stdin, stdout, terminal. ``env`` is added; empty ``cwd`` stays here. Without
        ``outward`` the words are the host's already."""
        move = self.simulation.isolation.outward
        name = self.machine.name
        pairs = [f"{key}={value if key.startswith('LAB_') else move(name, value)}" for key, value in env.items()]
        rewritten = outward and self.simulation.isolation.mode == "paths"
        words = [move(name, word) for word in [cwd, *argv]] if rewritten else [cwd, *argv]
        items = [words[0], *pairs, *words[1:]]
        payload = b"".join(item.encode(errors="surrogateescape") + b"\0" for item in items)
        self.writer.write(f"r {len(pairs)} {len(argv)}\n".encode() + payload)
        reply = await self.replies.get()
        return int(reply or 137)

    async def run_in_zone(self, zone: str, argv: list[str], user: str) -> int:
        """zlogin: the words joined as a shell line, as a user in the zone's root, with the caller's stdin."""
        known = self.machine.zones[zone]
        env = inside.environment(self.machine, known, user, self.session, self.env.get("TERM", ""))
        line = "".join(word + " " for word in argv)
        try:
            words, folder = inside.program(self.simulation.isolation, self.machine, known, ["/bin/sh", "-c", line], env)
        except OSError as error:
            self.write(2, f"lab: not simulated: a zone without files ({error})\n")
            return 125
        return await self.start_program(words, {}, folder, outward=False)
