# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command that somebody runs on a simulated machine, and the table of the commands the lab knows.

A command family's file registers its commands::

    @command("zoneadm")
    async def zoneadm(call: Call) -> int:
        call.err("zoneadm: not simulated\n")
        return 1

It acts on ``call.machine`` and ``call.centre``, prints through ``out`` and ``err``, takes time with ``await call.sleep`` (seconds
of the lab's clock), and answers what it does not know with ``call.not_simulated(...)``, never with a made-up success.
Output reaches the caller as it is printed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .truth import DataCentre, Machine

if TYPE_CHECKING:
    from .commands.zoneadm.ground import Ground


@dataclass
class Call:
    centre: DataCentre
    machine: Machine
    argv: list[str]  # argv[0] is the command's name without its folder
    cwd: str = "/"
    stdin: bytes = b""
    env: dict[str, str] = field(default_factory=dict)
    zone: str | None = None  # the zone the caller is in; None in the global zone
    user: str = "root"
    now: Callable[[], int] = lambda: 0  # the lab's clock, epoch seconds
    write: Callable[[int, str], None] = lambda fd, text: None
    sleep: Callable[[float], Awaitable[None]] | None = None  # type: ignore[assignment]
    read_file: Callable[[str], str] = lambda path: ""  # a file of the machine, OSError as the real one
    write_file: Callable[[str, str], None] = lambda path, text: None
    run_in_zone: Callable[[str, list[str], str], Awaitable[int]] | None = None  # zlogin: zone, words of a shell line, user
    # a program in the caller's place, with its stdin and terminal: argv, added variables, folder ("": the present one)
    run: Callable[[list[str], dict[str, str], str], Awaitable[int]] | None = None
    # a prompt on stderr, a line of the caller's stdin without echo; None at its end
    ask: Callable[[str], Awaitable[str | None]] | None = None
    stop: Callable[[str], Awaitable[None]] | None = None  # the whole machine goes 'down' (no power off), 'off' or to 'reboot'
    ground: Callable[[Call], Ground] | None = None  # what zoneadm does with ZFS, where that is not simulated
    panic: Callable[[str], Awaitable[None]] | None = None  # another machine panics, by name
    shut: Callable[[str, str], Awaitable[None]] | None = None  # another machine, by name, goes 'down', 'off' or to 'reboot'
    startd: Callable[[str, str], None] | None = None  # tells the restarter of an imported service what is wanted: FMRI, verb
    save: Callable[[], None] = lambda: None  # called after the truth changed; the dispatcher also calls it at the end

    def out(self, text: str) -> None:
        self.write(1, text)

    def err(self, text: str) -> None:
        self.write(2, text)

    def not_simulated(self, what: str) -> int:
        """The honest answer to what the lab does not know."""
        self.err(f"lab: not simulated: {what}\n")
        return 125

    @property
    def args(self) -> list[str]:
        return self.argv[1:]


Handler = Callable[[Call], Awaitable[int]]
COMMANDS: dict[str, Handler] = {}


def command(*names: str) -> Callable[[Handler], Handler]:
    """Register a handler under one or more command names."""

    def register(handler: Handler) -> Handler:
        for name in names:
            if name in COMMANDS:
                raise ValueError(f"command {name} is registered twice")
            COMMANDS[name] = handler
        return handler

    return register
