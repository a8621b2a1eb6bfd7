# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that is told every call beforehand: an unexpected, a missing and a left-over one each fail the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.apply import Clock
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.node_shell import NodeShell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Step

Round = list[tuple[Command, Output]]


class ScriptedConnection:
    """Each round is one round trip: the commands that must come, in order, and what each answers."""

    def __init__(self, rounds: list[Round]) -> None:
        self.rounds = rounds
        self.asked = 0

    def marker(self) -> str:
        return f"MARK{self.asked}"

    def run(self, script: str) -> tuple[int, str, str]:
        assert self.asked < len(self.rounds), f"unexpected round trip {self.asked + 1}:\n{script}"
        expected = self.rounds[self.asked]
        marker = self.marker()
        wanted = shell.render([command for command, _ in expected], marker)
        assert script == wanted, f"round trip {self.asked + 1} differs.\n--- expected\n{wanted}--- sent\n{script}"
        self.asked += 1
        stdout = f"{marker}\n" + "".join(f"{output.stdout}\n{marker} {index} {output.rc}\n" for index, (_, output) in enumerate(expected))
        stderr = f"{marker}\n" + "".join(f"{output.stderr}\n{marker} {index}\n" for index, (_, output) in enumerate(expected))
        return 0, stdout, stderr


@contextmanager
def scripted(*rounds: Round) -> Iterator[NodeShell]:
    """A node that expects exactly these round trips."""
    connection = ScriptedConnection(list(rounds))
    yield NodeShell("n1", connection, connection.marker)
    assert connection.asked == len(connection.rounds), f"{len(connection.rounds) - connection.asked} round trips were never made"


class Record:
    """A journal that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def started(self, step: Step) -> None:
        self.lines.append(f"started {step.what}")

    def ended(self, step: Step, output: Output, seconds: float) -> None:
        self.lines.append(f"ended {step.what} {output.rc}")


def clock() -> Clock:
    """Time that passes only by sleeping."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return Clock(lambda: now[0], sleep)


def silent(name: str, what: str, log: str, seconds: float) -> None:
    """Progress nobody looks at."""
