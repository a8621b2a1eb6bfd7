# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine's sshd and a service processor's have in common: the lab's key, open connections, a listener that can go away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import asyncssh

if TYPE_CHECKING:
    from .simulation import Simulation


class Server:
    """``users`` are the accounts that the lab's key opens."""

    def __init__(self, simulation: Simulation, name: str, users: Iterable[str]) -> None:
        self.simulation = simulation
        self.users = frozenset(users)
        self.key = simulation.host_key(name)
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self.listener: asyncssh.SSHAcceptor | asyncio.Server | None = None

    async def close_listener(self) -> None:
        if self.listener is not None:
            self.listener.close()
            self.listener = None
            await asyncio.sleep(0)

    async def drop(self) -> None:
        """Stop listening and break every connection, as when the power goes."""
        await self.close_listener()
        for connection in list(self.connections):
            connection.abort()


class KeyLogin(asyncssh.SSHServer):
    """One connection: the lab's public key, for the users the server has."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn
        self.server.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.connections.discard(self.connection)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username in self.server.users and key.public_data == self.server.simulation.client_key.public_data
