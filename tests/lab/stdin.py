# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which simulated commands read their standard input to its end before they act, by their arguments.

A command not named here leaves its input alone, as the real one does, for whatever runs after it. zlogin, sudo, su and pfexec are
not here: the program they start reads the input itself.
"""

from __future__ import annotations

from collections.abc import Callable


def zonecfg(args: list[str]) -> bool:
    """``-f -``, or no subcommand at all."""
    if "-f" in args:
        return args[args.index("-f") + 1 :][:1] == ["-"]
    rest = list(args)
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in ("-z", "-R", "-u") else rest[1:]
    return not rest


def svccfg(args: list[str]) -> bool:
    if "-f" in args:
        return args[args.index("-f") + 1 :][:1] == ["-"]
    rest = list(args)
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] == "-s" else rest[1:]
    return not rest


READERS: dict[str, Callable[[list[str]], bool]] = {
    "zonecfg": zonecfg,
    "svccfg": svccfg,
    "zoneadm": lambda args: "attach" in args and args[-2:] == ["-n", "-"],
    "zfs": lambda args: args[:1] in (["receive"], ["recv"]),
    "format": lambda args: True,
    "fmthard": lambda args: "-" in args,
    "crontab": lambda args: args == [] or args == ["-"],
}


def reads_stdin(name: str, args: list[str]) -> bool:
    reader = READERS.get(name)
    return reader is not None and reader(args)
