# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node as something that answers commands."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ..model.command import Command, Output
from ..model.errors import NodeUnreachable
from . import shell

#: Longest script of one round trip: the shell holds the whole of it in memory before it runs anything.
LONGEST = 500_000


class Connection(Protocol):
    """Whatever runs a shell script on the node: Ansible's connection with its become, or a test's script."""

    def run(self, script: str) -> tuple[int, str, str]: ...


class NodeShell:
    """Runs commands on one node and counts the round trips."""

    def __init__(self, name: str, connection: Connection, marker: Callable[[], str] = lambda: "H" + secrets.token_hex(12)) -> None:
        self.name = name
        self.round_trips = 0
        self._connection = connection
        self._marker = marker

    def run(self, commands: Sequence[Command]) -> list[Output]:
        """All commands in one round trip (more only when the script would grow too long).

        Raises NodeUnreachable when the answer is not complete: what the missing commands did is then unknown.
        """
        outputs: list[Output] = []
        for chunk in _chunks(commands):
            marker = self._marker()
            self.round_trips += 1
            code, stdout, stderr = self._connection.run(shell.render(chunk, marker))
            try:
                answered = shell.split(stdout, stderr, marker, len(chunk))
            except NodeUnreachable as error:
                raise NodeUnreachable(f"node {self.name}: {error}") from None
            if len(answered) < len(chunk):
                raise NodeUnreachable(
                    f"node {self.name}: the connection ended (exit {code}) during '{shell.show(chunk[len(answered)])}', "
                    f"after {len(answered)} of {len(chunk)} "
                    "commands. What the command did is unknown: run again, the plan is made from what is there."
                )
            outputs.extend(answered)
        return outputs

    def ask(self, probes: Mapping[Any, Command]) -> dict[Any, Output]:
        """The named probes in one round trip."""
        return dict(zip(probes, self.run(tuple(probes.values())), strict=True))

    def run_on(self, commands: Sequence[tuple[str, Command]]) -> list[Output]:
        """As ``nodes.Nodes`` does it, where there is one node only."""
        return self.run([command for _node, command in commands])


def _chunks(commands: Sequence[Command]) -> list[list[Command]]:
    chunks: list[list[Command]] = []
    length = LONGEST
    for command in commands:
        size = len(shell.render([command], "H" * 25))
        if length + size > LONGEST:
            chunks.append([])
            length = 0
        chunks[-1].append(command)
        length += size
    return chunks
