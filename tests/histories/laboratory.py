# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab in this very process, on a clock that moves only when somebody waits: fast, and the same every time.

Machines, commands, truth and judge are the lab's own. What is left out is the way there: no sshd, and commands that are alone in their
line are called directly instead of through a shell and a stub (``wire.py``).
"""

from __future__ import annotations

import asyncio
import copy
import gc
import shutil
import signal
from collections import deque
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from tests.lab import centre, filesystem, isolation, judge
from tests.lab.clock import Clock
from tests.lab.simulation import Simulation
from tests.lab.sp.ilom_shell import Shell
from tests.lab.truth import DataCentre, Fault, Machine

T = TypeVar("T")

START = 1_750_000_000.0  # of the virtual clock


class VirtualClock(Clock):
    """Moves by what is waited for, and not otherwise."""

    def __init__(self, data: DataCentre) -> None:
        super().__init__(data)
        self.elapsed = START

    def seconds(self) -> float:
        return self.elapsed

    def fold(self) -> None:
        """Nothing is gained: the truth is never written."""

    def jump(self, seconds: float) -> None:
        self.elapsed += seconds

    async def sleep(self, seconds: float) -> None:
        self.elapsed += max(0.0, seconds)
        await asyncio.sleep(0)


class Laboratory:
    """One data centre, brought back to its first day by ``reset``."""

    def __init__(self, state: Path, centre_file: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.simulation = Simulation(state, centre.read(centre_file), isolation.choose())
        self.simulation.clock = VirtualClock(self.simulation.centre)
        self.log: deque[dict[str, Any]] = deque(maxlen=4000)
        self._unplug()
        self.wait(self.simulation.start())
        self._first_day = copy.deepcopy(vars(self.simulation.centre))

    def _unplug(self) -> None:
        """Nobody listens on the network, nothing is written but the machines' own files."""

        async def nothing() -> None:
            return None

        simulation: Any = self.simulation
        simulation.listen = nothing
        simulation.save = simulation.save_changed = lambda: None
        simulation.write_client_files = lambda: None
        simulation.changed = lambda machine=None: judge.judge(simulation.centre, simulation.clock.now())
        simulation.log = lambda **fields: self.log.append(fields)
        for host in simulation.hosts.values():
            host.listen = nothing
        for processor in simulation.processors.values():
            processor.listen = nothing

    def wait(self, what: Coroutine[Any, Any, T]) -> T:
        """Runs the lab until this is done."""
        return self.loop.run_until_complete(what)

    def stop(self) -> None:
        self.wait(self.simulation.stop())
        gc.collect()  # ends what is left of processes that were killed
        self.wait(asyncio.sleep(0.05))
        self.loop.close()

    # --- the truth -------------------------------------------------------------------------------------------------
    @property
    def centre(self) -> DataCentre:
        return self.simulation.centre

    @property
    def machines(self) -> dict[str, Machine]:
        return self.simulation.centre.machines

    def live(self) -> Iterator[Machine]:
        return (machine for machine in self.machines.values() if machine.powered and machine.running)

    def answers(self, machine: str) -> bool:
        known = self.machines[machine]
        return known.powered and known.running

    def now(self) -> float:
        return self.simulation.clock.seconds()

    def pause(self, seconds: float) -> None:
        """The controller waits."""
        self.wait(self.simulation.clock.sleep(seconds))

    # --- what happens to it ------------------------------------------------------------------------------------------
    def power_off(self, machine: str) -> None:
        self.wait(self.simulation.power.off(machine))

    def power_on(self, machine: str) -> None:
        self.wait(self.simulation.power.on(machine, wait=True))

    def fault(self, machine: str, kind: str, **fields: Any) -> None:
        self.wait(self.simulation.add_fault(Fault(machine, kind, **fields)))

    def clear_faults(self) -> None:
        self.wait(self.simulation.clear_faults())

    def ask_processor(self, name: str, line: str) -> str:
        """What a service processor answers to one command."""
        said: list[str] = []

        async def nobody() -> str | None:
            return None

        self.wait(Shell(self.simulation.processors[name], said.append, nobody).execute(line))
        return "".join(said)

    def reset(self) -> None:
        """As on the first day: no zones, no pools on LUNs, everything up, no faults, no alarms."""
        self.clear_faults()
        simulation = self.simulation
        for name, machine in self.machines.items():
            simulation.isolation.signal_all(name, signal.SIGKILL)
            filesystem.unmount_all(machine, machine.imported)
            top = simulation.isolation.root(name)
            for folder in ("zones", "var/tmp", "etc/zones"):
                shutil.rmtree(top / folder, ignore_errors=True)
                (top / folder).mkdir()
        first = copy.deepcopy(self._first_day)
        for folder in (simulation.state / "pools").iterdir():
            if folder.name not in first["pools"]:
                shutil.rmtree(folder)
        for name, machine in first.pop("machines").items():
            vars(self.machines[name]).update(vars(machine))
        vars(self.centre).update(first)
        simulation.clock = clock = VirtualClock(self.centre)
        for host in simulation.hosts.values():
            host.awake.set()
        assert clock.now() == int(START)
        self.log.clear()
