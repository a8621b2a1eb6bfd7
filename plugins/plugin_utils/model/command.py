# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent to a node and what comes back: plain values, made by ``commands/``, run by ``engine/``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class At(NamedTuple):
    """The name of a probe that goes to a certain node, where an operation asks several. A plain name goes to its own node."""

    node: str
    probe: str


@dataclass(frozen=True, slots=True)
class File:
    """A word of an argument list that is a file: the engine writes it on the node, its path takes the word's place.

    The file lives in a private directory, mode 0600, and is removed when the command (or the job) has ended.
    """

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Command:
    """One command as an argument list. Nothing here is quoted: that is ``engine/shell.py``'s work alone.

    ``ok`` are the exit codes that mean success. ``secrets`` are strings masked wherever the command is shown or kept.
    """

    argv: tuple[str | File, ...]
    stdin: str = ""
    ok: frozenset[int] = field(default=frozenset({0}))
    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, *argv: str | File, ok: tuple[int, ...] = (0,), stdin: str = "", secrets: tuple[str, ...] = ()) -> Command:
        return cls(tuple(argv), stdin=stdin, ok=frozenset(ok), secrets=secrets)


@dataclass(frozen=True, slots=True)
class Output:
    """What one command gave. A command the node does not have gives exit code 127, as the shell says it."""

    rc: int
    stdout: str = ""
    stderr: str = ""

    @property
    def missing(self) -> bool:
        """The shell did not find the command: the node lacks this capability (which is not a failure)."""
        return self.rc == 127
