# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""lumount(1M), luumount(1M), luactivate(1M)."""

from __future__ import annotations

from ... import environments
from ...call import Call
from ..honest import S10, simulated
from ..options import Unknown, parse
from .status import known, ready

STARS = "*" * 70
ACTIVATED = """A Live Upgrade Sync operation will be performed on startup of boot environment <{name}>.


{stars}

The target boot environment has been activated. It will be used when you 
reboot. NOTE: You MUST NOT USE the reboot, halt, or uadmin commands. You 
MUST USE either the init or the shutdown command when you reboot. If you 
do not use either init or shutdown, the system will not boot using the 
target BE.

{stars}

In case of a failure while booting to the target BE, the following process 
needs to be followed to fallback to the currently working boot environment:

1. Enter the PROM monitor (ok prompt).

2. Boot the machine to Single User mode using a different boot device 
(like the Solaris Install CD or Network). Examples:

     At the PROM monitor (ok prompt):
     For boot to Solaris CD:  boot cdrom -s
     For boot to network:     boot net -s

3. Mount the Current boot environment root slice to some directory (like 
/mnt). You can use the following command to mount:

     mount -Fzfs /dev/dsk/{disk} /mnt

4. Run <luactivate> utility with out any arguments from the current boot 
environment root slice, as shown below:

     /mnt/sbin/luactivate

5. luactivate, activates the previous working boot environment and 
indicates the result.

6. Exit Single User mode and reboot the machine.

{stars}

Modifying boot archive service

Activation of boot environment <{name}> successful.
"""  # noqa: W291 - blanks at the end of lines as recorded


@simulated("lumount", on=S10)
async def lumount(call: Call) -> int:
    """Prints where: /.alt.NAME, or the mount point that was given."""
    ready(call)
    words = [word for word in call.args if word != "-n"]
    if len(words) not in (1, 2):
        raise Unknown()
    one = known(call, words[0])
    point = words[1] if len(words) == 2 else f"/.alt.{one.name}"
    if one.mounted or one.name == call.machine.environment or not one.complete or point.count("/") != 1:
        raise Unknown(f"the refusal to mount {one.name} at {point}")
    environments.mount(call.machine, one.name, point)
    call.out(point + "\n")
    return 0


@simulated("luumount", on=S10)
async def luumount(call: Call) -> int:
    """By name, or by mount point with -m; -f forces."""
    ready(call)
    flags, names = parse(call.args, "fn:m:")
    options = dict(flags)
    names += [options[letter] for letter in ("n", "m") if letter in options]
    found = [one for one in call.machine.environments.values() if one.mounted and [one.mounted if "m" in options else one.name] == names]
    if len(found) != 1:
        raise Unknown(f"the refusal to unmount {' '.join(names)}")
    environments.unmount(call.machine, found[0].name)
    return 0


@simulated("luactivate", on=S10)
async def luactivate(call: Call) -> int:
    """Without a name: which one boots next. The pool's bootfs changes at shutdown (environments.py)."""
    pool = ready(call)
    if not call.args:
        call.out(call.machine.activated + "\n")
        return 0
    words = [word for word in call.args if word != "-n"]
    if len(words) != 1 or call.machine.architecture != "sparc":
        raise Unknown()
    one = known(call, words[0])
    if one.mounted or not one.complete or one.name == call.machine.activated:
        raise Unknown(f"the refusal to activate {one.name}")
    call.machine.activated = one.name
    call.out(ACTIVATED.format(name=one.name, disk=environments.first_disk(pool), stars=STARS))
    environments.write_lutab(call.centre, call.machine)
    return 0
