# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's control socket: one JSON object a line asks, one answers ({"ok": value} or {"error": text})."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from .load import change
from .store import build
from .truth import DataCentre, Fault, Load, Machine

if TYPE_CHECKING:
    from .simulation import Simulation

LIMIT = 64 * 1024 * 1024


class Control:
    """Every method ``do_NAME`` is a request NAME; its arguments are the other members of the object."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.server: asyncio.Server | None = None

    async def start(self) -> None:
        path = self.simulation.state / "control"
        path.unlink(missing_ok=True)
        # a socket's path may be short only: bound by its name from within the folder
        self.server = await asyncio.start_unix_server(self.connected, path=relative(str(path)), limit=LIMIT)
        path.chmod(0o600)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                writer.write((json.dumps(await self.answer(line), default=vars) + "\n").encode())
                await writer.drain()
        writer.close()

    async def answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            method: Callable[..., Awaitable[Any]] | None = getattr(self, "do_" + request.pop("do"), None)
            if method is None:
                raise ValueError("no such request")
            return {"ok": await method(**request)}
        except (ValueError, TypeError, KeyError, OSError, AttributeError) as error:
            return {"error": f"{type(error).__name__}: {error}" if not isinstance(error, ValueError) else str(error)}

    async def do_status(self) -> dict[str, Any]:
        simulation = self.simulation
        machines = [
            {
                "name": machine.name,
                "address": f"{machine.address}:{simulation.port}",
                "model": machine.model,
                "release": machine.release,
                "state": state_of(machine, not simulation.hosts[machine.name].awake.is_set()),
                "zones": f"{sum(zone.state == 'running' for zone in machine.zones.values())}/{len(machine.zones)}",
                "pools": len(machine.imported),
                "sp": machine.sp or "-",
                "quarantined": machine.quarantined,
            }
            for machine in simulation.centre.machines.values()
        ]
        processors = [
            {"name": sp.name, "address": f"{sp.address}:{simulation.port}", "type": "ilom"} for sp in simulation.processors.values()
        ]
        return {
            "machines": machines,
            "processors": processors,
            "alarms": len(simulation.centre.alarms),
            "faults": len(simulation.centre.faults),
            "isolation": simulation.isolation.mode,
            "time": simulation.clock.now(),
            "speed": simulation.centre.speed,
            "broken": simulation.broken,
        }

    async def do_truth(self, machine: str | None = None) -> Any:
        """The whole data centre or one machine, as plain data."""
        centre = self.simulation.centre
        return asdict(centre if machine is None else self.simulation.power.machine(machine))

    async def do_patch(self, path: list[str], value: Any) -> None:
        """Set one value of the truth: ``path`` leads through fields, keys and list positions; a typed value is built where
        the truth has one. Setting null at a dictionary's key removes it."""
        target: Any = self.simulation.centre
        kind: Any = DataCentre
        for step in path[:-1]:
            kind = member(kind, step)
            target = target[int(step)] if isinstance(target, list) else target[step] if isinstance(target, dict) else getattr(target, step)
        value = None if value is None else build(member(kind, path[-1]), value)
        last = path[-1]
        if isinstance(target, dict):
            if value is None:
                target.pop(last)
            else:
                target[last] = value
        elif isinstance(target, list):
            target[int(last)] = value
        else:
            setattr(target, last, value)
        self.simulation.changed(path[1] if path[0] == "machines" and len(path) > 1 else None)

    async def do_load(self, name: str, cpu: float | None = None, memory: int | None = None) -> Any:
        """What a machine or zone uses from now on; what is not given stays. Answers all loads."""
        simulation = self.simulation
        if cpu is not None or memory is not None:
            known = simulation.centre.loads.get(name, Load())
            load = Load(known.cpu if cpu is None else cpu, known.memory if memory is None else memory)
            change(simulation.centre, name, load, simulation.clock.now())
            simulation.changed()
        return {one: asdict(load) for one, load in simulation.centre.loads.items()}

    async def do_fault_add(self, **fields: Any) -> None:
        await self.simulation.add_fault(build(Fault, fields))

    async def do_fault_list(self) -> Any:
        return [asdict(fault) for fault in self.simulation.centre.faults]

    async def do_fault_clear(self) -> None:
        await self.simulation.clear_faults()

    async def do_alarms(self) -> Any:
        return [asdict(alarm) for alarm in self.simulation.centre.alarms]

    async def do_alarms_clear(self) -> None:
        self.simulation.centre.alarms = []
        self.simulation.changed()

    async def do_power(self, machine: str, action: str, wait: bool = False, arguments: str = "") -> str:
        """on, off, reset, panic, boot (with ``arguments``, as at the firmware's prompt) or status; with ``wait`` until the OS is up."""
        power = self.simulation.power
        known = power.machine(machine)
        if action in ("on", "off", "reset", "panic"):
            await getattr(power, action)(machine)
        elif action == "boot":
            await power.boot_as(machine, arguments)
        elif action != "status":
            raise ValueError(f"power: {action!r} is not one of on, off, reset, panic, boot, status")
        if wait and machine in power.booting:
            await asyncio.wait([power.booting[machine]])  # it may also be lost on the way
        return state_of(known, not self.simulation.hosts[machine].awake.is_set())

    async def do_clock(self, speed: float | None = None, jump: float | None = None) -> int:
        """Sets the speed, jumps by seconds; answers the lab's time."""
        if speed is not None:
            self.simulation.clock.set_speed(speed)
        if jump is not None:
            self.simulation.clock.jump(jump)
        return self.simulation.clock.now()

    async def do_execs(self) -> dict[str, int]:
        """ssh sessions (exec and shell) per machine since the lab started."""
        return {name: self.simulation.round_trips.get(name, 0) for name in self.simulation.centre.machines}

    async def do_stop(self) -> None:
        self.simulation.stopping.set()


def member(kind: Any, step: str) -> Any:
    """The type of a field, of a dictionary's values or of a list's items. Raises ValueError where there is none."""
    if get_origin(kind) in (list, dict):
        return get_args(kind)[-1]
    hints = get_type_hints(kind) if isinstance(kind, type) else {}
    if kind is not Any and step not in hints:
        raise ValueError(f"{getattr(kind, '__name__', kind)} has no {step}")
    return hints.get(step, Any)


def state_of(machine: Machine, hung: bool) -> str:
    if not machine.powered:
        return "off"
    if not machine.running:
        return "halted" if machine.halted else "booting"
    return "hung" if hung else "running"


def relative(path: str) -> str:
    """The shorter of a path and the same path from here: the kernel takes 107 characters."""
    return min(path, os.path.relpath(path), key=len)
