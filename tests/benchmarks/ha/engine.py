# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine is to the benchmark, and the bed it runs in."""

from __future__ import annotations

import shutil
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

from .hosts import Hosts
from .lines import VICTIM, Word
from .watch import Watch


class Engine(ABC):
    """An engine with one setting."""

    name: str
    setting: str  # as the tables say it
    ours = False
    hosts: tuple[str, ...]
    observer: str  # the host whose word counts
    programs: tuple[str, ...] = ()
    patience: float  # seconds after which a loss is not noticed any more, and within which a start is to succeed

    @property
    def label(self) -> str:
        return f"{self.name}, {self.setting}"

    def missing(self) -> list[str]:
        return [program for program in self.programs if shutil.which(program) is None]

    @abstractmethod
    def parse(self, line: str) -> list[Word]: ...

    @abstractmethod
    def prepare(self, hosts: Hosts) -> Mapping[str, Mapping[str, Path]]:
        """Writes the configuration under ``hosts.folder``; returns what each host sees at which path."""

    @abstractmethod
    def start(self, hosts: Hosts, name: str, watch: Watch) -> None: ...

    def started(self, hosts: Hosts, watch: Watch) -> None:  # noqa: B027, most engines have nothing to do then
        """After all hosts were started and the victim was heard of."""

    def armed(self, hosts: Hosts, watch: Watch) -> None:  # noqa: B027, most engines do not fence here
        """Where it runs: made ready to fence the victim."""

    def readmitted(self, hosts: Hosts, watch: Watch, since: float) -> None:  # noqa: B027
        """After the fenced victim was started again at ``since``: until it is a member like the others."""

    def judge(self, hosts: Hosts) -> list[int]:
        """Processes that judge others on the observer: those that a pause of the judge stops."""
        return hosts.pids(self.observer)


class Bed:
    """An engine's hosts, running."""

    def __init__(self, engine: Engine, folder: Path, prefix: str, relay: Path | None = None) -> None:
        self.engine = engine
        self.watch = Watch(engine.parse)
        self.hosts = Hosts(folder, prefix, engine.hosts, relay)

    def open(self) -> None:
        binds = self.engine.prepare(self.hosts)
        self.hosts.open(binds)
        since = time.monotonic()
        for name in self.hosts.names:
            self.engine.start(self.hosts, name, self.watch)
        self._back(since)
        self.engine.started(self.hosts, self.watch)

    def _back(self, since: float) -> None:
        if self.watch.wait(Word(VICTIM, "back"), since, 60) is None:
            raise RuntimeError(f"{self.engine.label}: {VICTIM} did not join within 60 s; ended: {self.hosts.ended()}\n{self.watch.tail()}")

    def power_off(self) -> None:
        self.hosts.end(VICTIM)

    def power_on(self) -> None:
        """The victim starts again, as after a boot; its wires are whole."""
        self.hosts.heal(VICTIM)
        self.hosts.booted(VICTIM)
        since = time.monotonic()
        self.engine.start(self.hosts, VICTIM, self.watch)
        self._back(since)

    def pause_judge(self, number: int = signal.SIGSTOP) -> None:
        self.hosts.signal(self.engine.judge(self.hosts), number)

    def lost_after(self, began: float) -> float | None:
        at = self.watch.wait(Word(VICTIM, "lost"), began, self.engine.patience)
        return None if at is None else at - began

    def check(self) -> None:
        """Raises RuntimeError where a daemon of ours ended by itself."""
        if self.engine.ours and (ended := self.hosts.ended()):
            raise RuntimeError(f"{self.engine.label}: {ended}\n{self.watch.tail(60)}")

    def close(self) -> None:
        self.hosts.close()
        self.watch.close()
