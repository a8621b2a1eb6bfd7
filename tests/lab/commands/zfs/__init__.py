# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zfs(1M): the command itself; each subcommand family has its own file.

Messages and exit codes from the public OpenSolaris and illumos sources of zfs and libzfs and the zfs(1M) manual pages.
Inside a zone on Solaris 11 delegated data sets appear under alias pools, which nobody has described exactly enough: not simulated.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...call import Call, command
from ..options import BadOption, Refused, Unknown
from . import change, listing, mounting, settings

Subcommand = Callable[[Call, list[str]], Awaitable[int]]

SUBCOMMANDS: dict[str, Subcommand] = {
    "create": change.create,
    "destroy": change.destroy,
    "rename": change.rename,
    "snapshot": change.snapshot,
    "list": listing.list_,
    "get": settings.get,
    "set": settings.set_,
    "inherit": settings.inherit,
    "mount": mounting.mount_command,
    "unmount": mounting.unmount_command,
    "umount": mounting.unmount_command,
}
KNOWN_ELSEWHERE = frozenset(
    ["clone", "promote", "rollback", "send", "receive", "recv", "upgrade", "share", "unshare", "allow", "unallow", "hold"]
) | {"holds", "release", "userspace", "groupspace", "diff", "key", "help"}


@command("zfs")
async def zfs(call: Call) -> int:
    if not call.args:
        call.err("missing command\n")
        call.err("usage: zfs command args ...\n")
        return 2
    name, args = call.args[0], call.args[1:]
    line = " ".join(call.argv)
    if name in KNOWN_ELSEWHERE:
        return call.not_simulated(line)
    if name not in SUBCOMMANDS:
        call.err(f"unrecognized command '{name}'\n")
        call.err("usage: zfs command args ...\n")
        return 2
    if call.zone is not None and call.machine.release != "s10":
        return call.not_simulated(f"{line} in a Solaris 11 zone")
    try:
        return await SUBCOMMANDS[name](call, args)
    except BadOption as err:
        call.err(f"missing argument for '{err.letter}' option\n" if err.missing else f"invalid option '{err.letter}'\n")
        call.err(f"usage:\n\t{name} ...\n")
        return 2
    except Refused as err:
        call.err(err.text)
        return err.rc
    except Unknown as err:
        return call.not_simulated(str(err) or line)
