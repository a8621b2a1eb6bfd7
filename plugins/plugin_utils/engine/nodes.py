# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several nodes for one operation: a round trip goes to all that are asked side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from ..model.command import At, Command, Output
from ..model.errors import NodeUnreachable
from .node_shell import NodeShell

#: Connections at work at the same time.
AT_ONCE = 16


class Shells(Protocol):
    """What an operation runs on: one node (``NodeShell``) or several (``Nodes``)."""

    @property
    def name(self) -> str: ...
    def ask(self, probes: Mapping[Any, Command]) -> Mapping[Any, Output]: ...
    def run_on(self, commands: Sequence[tuple[str, Command]]) -> Sequence[Output | NodeUnreachable]: ...


class Nodes:
    """Nodes by name, connected when they are first needed.

    One that does not answer keeps nobody from working on the others: ``ask`` leaves its answers out, ``run_on`` gives the error
    in the place of the output. Nothing is known of it then, and of the command only that it may have run.
    """

    def __init__(self, connect: Callable[[str], NodeShell], own: NodeShell | None = None) -> None:
        """``own`` is the task's node, which has the name ''; that it does not answer is the task's failure and raised."""
        self._connect = connect
        self._own = own
        self._shells: dict[str, NodeShell] = {}
        self.unreachable: dict[str, str] = {}  # node → what its last error said

    @property
    def name(self) -> str:
        return ", ".join(sorted(shell.name for shell in self._shells.values())) or "no node"

    @property
    def round_trips(self) -> int:
        return sum(shell.round_trips for shell in self._shells.values())

    def ask(self, probes: Mapping[Any, Command]) -> dict[Any, Output]:
        """The answers of all nodes that gave any; the probes' names are ``At``."""
        keys: list[At] = list(probes)
        answers = self.run_on([(key.node, probes[key]) for key in keys])
        return {key: answer for key, answer in zip(keys, answers, strict=True) if isinstance(answer, Output)}

    def run_on(self, commands: Sequence[tuple[str, Command]]) -> list[Output | NodeUnreachable]:
        """Each command on its node, in the order given; one round trip a node."""
        names = list(dict.fromkeys(node for node, _command in commands))
        parts = {name: [command for node, command in commands if node == name] for name in names}
        for name in names:  # connecting loads plugins, which is not for threads
            if name not in self._shells:
                self._shells[name] = self._own if self._own and not name else self._connect(name)
        if len(names) > 1:
            with ThreadPoolExecutor(min(AT_ONCE, len(names))) as pool:
                found = dict(zip(names, pool.map(lambda name: self._part(name, parts[name]), names), strict=True))
        else:
            found = {name: self._part(name, parts[name]) for name in names}
        queues = {name: iter(outputs) for name, outputs in found.items()}
        return [next(queues[node]) for node, _command in commands]

    def _part(self, name: str, commands: Sequence[Command]) -> Sequence[Output | NodeUnreachable]:
        try:
            outputs: Sequence[Output | NodeUnreachable] = self._shells[name].run(commands)
        except NodeUnreachable as error:
            if not name:
                raise
            self.unreachable[name] = str(error)
            return [error] * len(commands)
        self.unreachable.pop(name, None)
        return outputs
