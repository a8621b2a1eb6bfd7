# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool(1M): the command itself; each subcommand family has its own file.

Messages and exit codes from the public OpenSolaris and illumos sources of zpool, libzfs and libdiskmgt, the Solaris ZFS
administration guides, and recorded output. Spares, separate logs and caches are not simulated.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...call import Call, command
from ..options import BadOption, Refused, Unknown
from . import create, importing, listing, repair, status, versions

Subcommand = Callable[[Call, list[str]], Awaitable[int]]

SUBCOMMANDS: dict[str, Subcommand] = {
    "create": create.create,
    "destroy": create.destroy,
    "add": create.add,
    "import": importing.import_,
    "export": importing.export,
    "list": listing.list_,
    "get": listing.get,
    "set": listing.set_,
    "status": status.status,
    "history": listing.history,
    "upgrade": versions.upgrade,
    "attach": repair.attach,
    "detach": repair.detach,
    "replace": repair.replace,
    "online": repair.online,
    "offline": repair.offline,
    "clear": repair.clear,
    "scrub": repair.scrub,
}
READING = ("list", "get", "status", "history", "upgrade", "import")
IN_ZONE = ("list", "get", "status")


@command("zpool")
async def zpool(call: Call) -> int:
    if not call.args:
        call.err("missing command\nusage: zpool command args ...\n")
        return 2
    name, args = call.args[0], call.args[1:]
    line = " ".join(call.argv)
    if name in ("iostat", "remove", "split", "monitor", "label", "help"):
        return call.not_simulated(line)
    if name not in SUBCOMMANDS:
        call.err(f"unrecognized command '{name}'\nusage: zpool command args ...\n")
        return 2
    if call.zone is not None and (call.machine.release != "s10" or name not in IN_ZONE):
        return call.not_simulated(f"{line} in a zone")
    try:
        if call.user != "root" and name not in READING:
            return _unprivileged(call, name, args)
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


def _unprivileged(call: Call, name: str, args: list[str]) -> int:
    """libzfs's message for EPERM: ``cannot <do> '<pool>': permission denied``."""
    target = next((word for word in args if not word.startswith("-")), "")
    if name in ("create", "destroy", "export", "scrub"):
        call.err(f"cannot {name} '{target}': permission denied\n")
        return 1
    return call.not_simulated(f"zpool {name} as {call.user}")
