# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every command of hardware, system and network does alike: give up honestly, and not be there on a release that lacks it."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable

from ..call import Call, Handler, command
from .options import BadOption, Refused, Unknown

S10 = ("s10",)
S11 = ("s11.0", "s11.1", "s11.2", "s11.3", "s11.4")

#: Commands that only some releases have, by name; any other command is on all of them.
OFFERED: dict[str, tuple[str, ...]] = {}

#: Commands of a package that not every machine has, by name: the field of truth.Machine that says it is there, and the folder they have
#: beside the package's own ones (empty: none).
PACKAGED: dict[str, tuple[str, str]] = {}


def simulated(*names: str, on: tuple[str, ...] = ()) -> Callable[[Handler], Handler]:
    """Register a handler; an option or subcommand it does not know is answered "not simulated".

    Real commands answer a usage text there, which nobody has recorded for all of them; so the lab refuses.
    On a release outside ``on`` the name is not found, as the shell says it.
    """
    if on:
        OFFERED.update(dict.fromkeys(names, on))

    def register(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def answer(call: Call) -> int:
            line = " ".join(call.argv)
            if on and call.machine.release not in on:
                call.err(f"sh: {call.argv[0]}: not found\n")
                return 127
            try:
                return await handler(call)
            except Refused as err:
                call.err(err.text)
                return err.rc
            except BadOption:
                return call.not_simulated(line)
            except Unknown as err:
                return call.not_simulated(f"{line}: {err}" if str(err) else line)

        return command(*names)(answer)

    return register


def root_only(call: Call, text: str, rc: int = 1) -> None:
    """Raises Refused with the command's own words when the caller is not root."""
    if call.user != "root":
        raise Refused(text, rc)


def written(seconds: int, form: str) -> str:
    """A moment of the lab's clock; simulated machines live in UTC."""
    return time.strftime(form, time.gmtime(seconds))


def nodename(call: Call) -> str:
    """What uname -n says: a zone's own name is its node name until somebody changes it."""
    return call.zone or call.machine.name


def solaris10_container(call: Call) -> bool:
    """Whether the caller is in a zone of brand solaris10, which shows Solaris 10 on a Solaris 11 node."""
    zone = call.machine.zones.get(call.zone or "")
    return zone is not None and zone.brand == "solaris10"
