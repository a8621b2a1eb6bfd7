# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""getent(1M) over the machine's own files."""

from __future__ import annotations

from ...call import Call
from ..honest import simulated
from ..options import Unknown

KEYS = {"passwd": ("/etc/passwd", (0, 2)), "group": ("/etc/group", (0, 2))}


def host_lines(call: Call) -> list[list[str]]:
    return [line.split("#")[0].split() for line in call.read_file("/etc/hosts").splitlines() if line.split("#")[0].strip()]


@simulated("getent")
async def getent(call: Call) -> int:
    """Exit codes of the manual page: 0 found, 2 a key was not found."""
    if not call.args or call.args[0].startswith("-"):
        raise Unknown()
    database, keys = call.args[0], call.args[1:]
    rc = 0
    if database in KEYS:
        path, positions = KEYS[database]
        lines = [line for line in call.read_file(path).splitlines() if line]
        for key in keys:
            found = [line for line in lines if key in (line.split(":")[positions[0]], line.split(":")[positions[1]])]
            call.out("".join(f"{line}\n" for line in found[:1]))
            rc = rc if found else 2
        if not keys:
            call.out("".join(f"{line}\n" for line in lines))
        return rc
    if database in ("hosts", "ipnodes"):
        for key in keys:
            known = [words for words in host_lines(call) if key in words and (":" not in words[0] or database == "ipnodes")]
            for words in known[:1]:
                call.out("\t".join([words[0], " ".join(words[1:])]) + "\n")
            rc = rc if known else 2
        if keys:
            return rc
    raise Unknown()
