# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways: networks that carry datagrams between machines and one program on the host, and that can be cut machine by machine.

Machines and the program have addresses on loopback of their own, but never speak to each other directly: what a machine sends to the
way's switch goes on to the program from a socket that is this machine's alone, and what comes back there is handed to the machine. What
a cut way is given is lost in both directions, silently. Nothing is delayed, reordered or doubled.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from . import faults
from .truth import Way

if TYPE_CHECKING:
    from .simulation import Simulation

Peer = tuple[str, int]


class Link(asyncio.DatagramProtocol):
    """The switch's socket towards the program, for one machine."""

    def __init__(self, switch: Switch, machine: str) -> None:
        self.switch, self.machine = switch, machine
        self.peer: Peer | None = None  # where the machine sent from last
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # the selector loop's is no asyncio.DatagramTransport

    def datagram_received(self, data: bytes, address: Peer) -> None:
        if address == self.switch.outside and self.peer and not self.switch.cut(self.machine):
            self.switch.send(data, self.peer)


class Switch(asyncio.DatagramProtocol):
    """A way's address, to which machines send."""

    def __init__(self, simulation: Simulation, name: str, way: Way) -> None:
        self.simulation, self.name, self.way = simulation, name, way
        self.machines = {address: machine for machine, address in way.members.items()}
        self.outside: Peer = (way.outside, 0)
        self.links: dict[str, Link] = {}
        self.transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Raises OSError when an address is taken."""
        loop = asyncio.get_running_loop()
        self.outside = (self.way.outside, self.simulation.port)
        await loop.create_datagram_endpoint(lambda: self, local_addr=(self.way.switch, self.simulation.port))
        for machine in self.way.members:
            link = self.links[machine] = Link(self, machine)
            await loop.create_datagram_endpoint(lambda link=link: link, local_addr=(self.way.switch, 0))  # type: ignore[misc]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # the selector loop's is no asyncio.DatagramTransport

    def cut(self, machine: str) -> bool:
        return faults.path_cut(self.simulation.centre, machine, self.name)

    def datagram_received(self, data: bytes, address: Peer) -> None:
        machine = self.machines.get(address[0])
        link = self.links.get(machine or "")
        if machine is None or link is None or link.transport is None or self.cut(machine):
            return
        link.peer = address
        link.transport.sendto(data, self.outside)

    def send(self, data: bytes, peer: Peer) -> None:
        if self.transport is not None:
            self.transport.sendto(data, peer)

    def close(self) -> None:
        for transport in (self.transport, *(link.transport for link in self.links.values())):
            if transport is not None:
                transport.close()
