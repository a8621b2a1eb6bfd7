# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sshd of a simulated machine: exec and shell sessions of the ordinary OpenSSH client, by the lab's key only."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import shutil
import signal
import struct
import subprocess
import termios
from collections.abc import Callable
from typing import TYPE_CHECKING

import asyncssh

from . import faults, inside
from .ssh_server import KeyLogin, Server
from .truth import Machine

if TYPE_CHECKING:
    from .simulation import Simulation

SETSID = shutil.which("setsid") or "/usr/bin/setsid"
USERS = {"root": "/root", "operator": "/export/home/operator"}
SIGNALS = {
    name: getattr(signal, "SIG" + name)
    for name in ("ABRT", "ALRM", "FPE", "HUP", "INT", "KILL", "PIPE", "QUIT", "SEGV", "TERM", "USR1", "USR2")
}


class Host(Server):
    """A machine's network presence: listens while the OS runs, accepts and says nothing while it hangs."""

    def __init__(self, simulation: Simulation, machine: Machine) -> None:
        super().__init__(simulation, machine.name, USERS)
        self.machine, self.name = machine, machine.name
        self.sessions: dict[str, asyncssh.SSHServerConnection] = {}
        self.numbers: set[str] = set()  # of every session so far
        self.awake = asyncio.Event()
        self.awake.set()

    async def listen(self) -> None:
        """Raises OSError when the address or port is taken."""
        await self.close_listener()
        if self.machine.level == "S" or faults.unreachable(self.simulation.centre, self.name):
            return
        self.listener = await asyncssh.listen(
            self.machine.address,
            self.simulation.port,
            server_factory=lambda: KeyLogin(self),
            server_host_keys=[self.key],
            process_factory=self.session,
            encoding=None,
            reuse_address=True,
            login_timeout=30,
            keepalive_interval=0,
            line_editor=False,
            kex_algs=["curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256"],
            compression_algs=["none"],
            agent_forwarding=False,
        )

    async def hang(self) -> None:
        """Accept connections, answer nothing."""
        self.awake.clear()
        await self.close_listener()
        if faults.unreachable(self.simulation.centre, self.name):
            return

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                await reader.read(-1)
            writer.close()

        self.listener = await asyncio.start_server(silent, self.machine.address, self.simulation.port)

    def environment(self, process: asyncssh.SSHServerProcess[bytes], user: str, session: str) -> dict[str, str]:
        """The variables that Solaris' sshd sets (PATH and SUPATH of /etc/default/login), and those the client sent."""
        peer = process.get_extra_info("peername") or ("127.0.0.1", 0)
        here = process.get_extra_info("sockname") or (self.machine.address, self.simulation.port)
        env = {
            name: value for name, value in ((str(k), str(v)) for k, v in process.env.items()) if name == "LANG" or name.startswith("LC_")
        }
        env |= {
            "HOME": USERS[user],
            "USER": user,
            "LOGNAME": user,
            "SHELL": "/bin/sh",
            "TZ": os.environ.get("TZ", "UTC"),
            "MAIL": f"/var/mail/{user}",
            "PATH": "/usr/sbin:/usr/bin" if user == "root" else "/usr/bin:/bin",
            "SSH_CLIENT": f"{peer[0]} {peer[1]} {here[1]}",
            "SSH_CONNECTION": f"{peer[0]} {peer[1]} {here[0]} {here[1]}",
            "LAB_USER": user,
            "LAB_SESSION": session,
        }
        if process.term_type:
            env["TERM"] = process.term_type
            env["PS1"] = (
                ("# " if user == "root" else "$ ")
                if self.machine.release == "s10"
                else f"{user}@{self.machine.name}:\\w{'#' if user == 'root' else '$'} "
            )
        return env

    async def session(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """One exec, shell or terminal session."""
        user = str(process.get_extra_info("username"))
        self.simulation.executions += 1
        number = str(self.simulation.executions)
        self.sessions[number] = process.channel.get_connection()
        self.numbers.add(number)
        self.simulation.log(
            kind="exec",
            machine=self.machine.name,
            time=self.simulation.clock.now(),
            argv=[process.command or ""],
            user=user,
            session=number,
        )
        self.simulation.round_trips[self.machine.name] = self.simulation.round_trips.get(self.machine.name, 0) + 1
        try:
            await self.awake.wait()
            argv = ["/bin/sh", "-c", process.command] if process.command else ["/bin/sh"]
            if user != "root":
                argv = ["/bin/sh", "-c", 'cd "$HOME"; exec "$@"', "sh", *argv]
            argv, env = await self.simulation.isolation.enter(self.machine.name, argv, self.environment(process, user, number))
            home = str(self.simulation.isolation.root(self.machine.name) / USERS[user].lstrip("/"))
            if process.term_type is not None:  # a terminal without a type is one too
                rc = await Terminal(self, process).run(argv, env, home)
            else:
                rc = await self.pipes(process, argv, env, home)
            if rc < 0:
                process.exit_with_signal(signal.Signals(-rc).name.removeprefix("SIG"))
            else:
                process.exit(rc)
        except (asyncssh.Error, ConnectionError, OSError) as error:
            with contextlib.suppress(Exception):
                process.stderr.write(f"lab: {error}\n".encode())
                process.exit(125)
        finally:
            self.sessions.pop(number, None)

    def cleaner(self) -> Callable[[bytes], bytes]:
        """Paths mode: real programs print the host's paths; what the client sees is the machine's."""
        isolation = self.simulation.isolation
        if isolation.mode == "namespaces":
            return lambda data: data
        roots = [root.encode() for root in [*inside.places(self.machine), str(isolation.root(self.machine.name))]]

        def clean(data: bytes) -> bytes:
            for root in roots:
                data = data.replace(root, b"")
            return data

        return clean

    async def pipes(self, process: asyncssh.SSHServerProcess[bytes], argv: list[str], env: dict[str, str], home: str) -> int:
        """Without a terminal. As with OpenSSH the session lasts until the output is closed, also by what runs on in the background."""
        child = await asyncio.create_subprocess_exec(
            *argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=home,
            start_new_session=True,
            limit=1 << 20,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        self.simulation.isolation.started(self.machine.name, child.pid)
        feeder = asyncio.create_task(feed(process, child.stdin, child.pid))
        try:
            clean = self.cleaner()
            await asyncio.gather(pump(child.stdout, process.stdout, clean), pump(child.stderr, process.stderr, clean))
            return await child.wait()
        finally:
            feeder.cancel()
            child.stdin.close()


async def pump(source: asyncio.StreamReader, target: asyncssh.SSHWriter[bytes], clean: Callable[[bytes], bytes]) -> None:
    gone = False
    while data := await source.read(1 << 18):
        if gone:
            continue  # nobody reads any more; the program is not held up
        try:
            target.write(clean(data))
            await target.drain()
        except (asyncssh.Error, ConnectionError, OSError):
            gone = True


async def feed(process: asyncssh.SSHServerProcess[bytes], target: asyncio.StreamWriter, pid: int) -> None:
    """The client's input, and the signals it sends."""
    while True:
        try:
            data = await process.stdin.read(1 << 16)
        except asyncssh.SignalReceived as received:
            deliver(pid, received.signal)
            continue
        except (asyncssh.BreakReceived, asyncssh.TerminalSizeChanged):
            continue
        except (asyncssh.Error, ConnectionError):
            break
        if not data:
            break
        try:
            target.write(data)
            await target.drain()
        except (ConnectionError, OSError):
            break
    with contextlib.suppress(OSError):
        target.close()


def deliver(pid: int, name: str) -> None:
    if name in SIGNALS:
        with contextlib.suppress(OSError):
            os.killpg(pid, SIGNALS[name])


class Terminal:
    """A session on a pseudo terminal: closing it hangs up on what runs there."""

    def __init__(self, host: Host, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.host, self.process, self.clean = host, process, host.cleaner()
        self.master, self.slave = pty.openpty()
        self.resize(*process.term_size[:2])

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows or 24, columns or 80, 0, 0))

    async def run(self, argv: list[str], env: dict[str, str], home: str) -> int:
        child = await asyncio.create_subprocess_exec(
            SETSID, "-c", *argv, stdin=self.slave, stdout=self.slave, stderr=self.slave, env=env, cwd=home
        )
        os.close(self.slave)
        self.host.simulation.isolation.started(self.host.machine.name, child.pid)
        loop = asyncio.get_running_loop()
        closed = asyncio.Event()

        def readable() -> None:
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:  # EIO: the last process let go of the terminal
                data = b""
            if data:
                with contextlib.suppress(asyncssh.Error, OSError):
                    self.process.stdout.write(self.clean(data))
            else:
                loop.remove_reader(self.master)
                closed.set()

        loop.add_reader(self.master, readable)
        feeder = asyncio.create_task(self.feed(child.pid))
        try:
            rc = await child.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(closed.wait(), 5)  # longer only where a job in the background holds the terminal
            return rc
        finally:
            feeder.cancel()
            loop.remove_reader(self.master)
            os.close(self.master)

    async def feed(self, pid: int) -> None:
        while True:
            try:
                data = await self.process.stdin.read(1 << 16)
            except asyncssh.TerminalSizeChanged as changed:
                self.resize(changed.width, changed.height)
                continue
            except asyncssh.SignalReceived as received:
                deliver(pid, received.signal)
                continue
            except asyncssh.BreakReceived:
                continue
            except (asyncssh.Error, ConnectionError):
                data = b""
            if not data:
                break
            os.write(self.master, data)
        await self.process.wait_closed()  # the end of the input alone hangs up on nothing
        deliver(pid, "HUP")
