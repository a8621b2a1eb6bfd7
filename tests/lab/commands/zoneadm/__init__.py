# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zoneadm(1M). Messages, state rules and exit codes from the public OpenSolaris and illumos sources and recorded output.

Exit codes: 0, 1 error, 2 usage.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...call import Call, command
from ...truth import Zone
from ..options import BadOption, Refused, Unknown, parse
from . import attach, copying, install, listing, live, migrate, moving, rules, running

Subcommand = Callable[[Call, Zone, list[str]], Awaitable[int]]

SUBCOMMANDS: dict[str, Subcommand] = {
    "verify": moving.verify_zone,
    "install": install.install,
    "uninstall": moving.uninstall,
    "boot": running.boot,
    "ready": running.ready,
    "halt": running.halt,
    "shutdown": running.shutdown,
    "reboot": running.reboot,
    "attach": attach.attach,
    "detach": moving.detach,
    "mark": moving.mark,
    "apply": live.apply,
    "clone": copying.clone,
    "move": copying.move,
    "migrate": migrate.migrate,
}
UNSIMULATED = ("mount", "unmount", "suspend", "help", "savecore", "evacuate")
ELEVEN_ONLY = ("shutdown", "apply", "migrate")
USAGE = "usage:\tzoneadm help\n\tzoneadm [-z <zone>] list\n\tzoneadm -z <zone> <subcommand>\n"


@command("zoneadm")
async def zoneadm(call: Call) -> int:
    line = " ".join(call.argv)
    try:
        options, rest = parse(call.args, "u:z:R:")
        flags = dict(options)
        if "u" in flags or "R" in flags:
            return call.not_simulated("zoneadm -u, -R")
        if not rest:
            raise Refused(USAGE, 2)
        verb, args = rest[0], rest[1:]
        target = flags.get("z")
        of_manifest = verb == "attach" and "-n" in args and call.machine.release == "s10"  # no zone need be configured
        if target is not None and not of_manifest and not _exists(call, target):
            raise Refused(f"zoneadm: {target}: No such zone configured")
        if verb == "list":
            return await listing.list_(call, target, args)
        if verb in UNSIMULATED:
            return call.not_simulated(line)
        if verb not in SUBCOMMANDS or (verb in ELEVEN_ONLY and call.machine.release == "s10"):
            return _usage(call)
        if target is None and not of_manifest:
            raise Refused(f"usage:\tzoneadm -z <zone> {verb}", 2)
        name = target or ""
        rules.who(call, verb, name)
        return await SUBCOMMANDS[verb](call, call.machine.zones.get(name) or Zone(name, brand="native"), args)
    except BadOption as err:
        call.err(f"zoneadm: option requires an argument -- {err.letter}\n" if err.missing else f"zoneadm: illegal option -- {err.letter}\n")
        return _usage(call)
    except Refused as err:
        call.err(err.text)
        return err.rc
    except Unknown as err:
        return call.not_simulated(str(err) or line)


def _usage(call: Call) -> int:
    call.err(USAGE)
    return 2


def _exists(call: Call, name: str) -> bool:
    if call.zone is not None:
        return name == call.zone
    return name == "global" or name in call.machine.zones
