# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh side of an ILOM service processor: login, line editing, echo. What it says is in ilom_shell."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import asyncssh

from .ilom_shell import PROMPT, Shell

if TYPE_CHECKING:
    from ..centre import ProcessorSettings
    from ..simulation import Simulation


class Login(asyncssh.SSHServer):
    """Password (also keyboard-interactive) or the lab's key."""

    def __init__(self, processor: Processor) -> None:
        self.processor = processor

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn
        self.processor.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self.processor.connections.discard(self.connection)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == self.processor.settings.user and key.public_data == self.processor.simulation.client_key.public_data

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username == self.processor.settings.user and password == self.processor.settings.password


class Processor:
    """One service processor; it has power as long as nobody injects sp_dead."""

    def __init__(self, simulation: Simulation, settings: ProcessorSettings) -> None:
        self.simulation, self.settings = simulation, settings
        self.name, self.address = settings.name, settings.address
        self.key = simulation.host_key(settings.name)
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self.listener: asyncssh.SSHAcceptor | None = None

    async def listen(self) -> None:
        """Raises OSError when the address or port is taken."""
        await self.close_listener()
        self.listener = await asyncssh.listen(
            self.address,
            self.simulation.port,
            server_factory=lambda: Login(self),
            server_host_keys=[self.key],
            process_factory=self.session,
            encoding="utf-8",
            reuse_address=True,
        )

    async def close_listener(self) -> None:
        if self.listener is not None:
            self.listener.close()
            self.listener = None
            await asyncio.sleep(0)

    async def drop(self) -> None:
        await self.close_listener()
        for connection in list(self.connections):
            connection.abort()

    async def session(self, process: asyncssh.SSHServerProcess[str]) -> None:
        """A command of the client's command line runs alone; otherwise prompt, read, answer. Without a terminal what is read is
        echoed, as the real one does (clients split its output at their own line)."""
        echo = process.term_type is None

        async def read() -> str | None:
            while True:
                try:
                    line = await process.stdin.readline()
                except (asyncssh.TerminalSizeChanged, asyncssh.SignalReceived):
                    continue
                except (asyncssh.BreakReceived, asyncssh.Error, ConnectionError):
                    return None
                if echo and line:
                    process.stdout.write(line if line.endswith("\n") else line + "\n")
                return line.rstrip("\r\n") if line else None

        shell = Shell(self, process.stdout.write, read)
        with contextlib.suppress(asyncssh.Error, ConnectionError):
            if process.command:
                await shell.execute(process.command)
            else:
                process.stdout.write(shell.banner())
                process.stdout.write(PROMPT)
                while not shell.ended and (line := await read()) is not None:
                    await shell.execute(line)
                    if not shell.ended:
                        process.stdout.write(PROMPT)
            process.exit(0)
