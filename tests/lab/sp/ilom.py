# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh side of an ILOM service processor: login, line editing, echo. What it says is in ilom_shell."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import asyncssh

from ..ssh_server import KeyLogin, Server
from .console import Console
from .ilom_shell import PROMPT, Shell

if TYPE_CHECKING:
    from ..centre import ProcessorSettings
    from ..simulation import Simulation


class Login(KeyLogin):
    """Password (also keyboard-interactive) or the lab's key."""

    def __init__(self, processor: Processor) -> None:
        super().__init__(processor)
        self.settings = processor.settings

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username == self.settings.user and password == self.settings.password


class Processor(Server):
    """One service processor; it has power as long as nobody injects sp_dead."""

    def __init__(self, simulation: Simulation, settings: ProcessorSettings) -> None:
        super().__init__(simulation, settings.name, [settings.user])
        self.settings = settings
        self.name, self.address = settings.name, settings.address
        self.console = Console(simulation, simulation.centre.machines[settings.machine])

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
                if echo and line and not shell.hidden():
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
