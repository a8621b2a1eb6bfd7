# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""lustatus(1M), lucurr(1M), and what every command of Live Upgrade asks first."""

from __future__ import annotations

from ... import environments
from ...call import Call
from ...truth import BootEnvironment, SharedPool
from ..honest import S10, simulated
from ..options import Unknown
from ..system import svr4_database as database

LEAST = 34  # revision of the Live Upgrade patch
PATCH = {"sparc": "121430", "i386": "121431"}


def ready(call: Call) -> SharedPool:
    """The root pool of a machine that can use Live Upgrade, whose present boot environment has its record."""
    if call.user != "root" or call.zone is not None:
        raise Unknown("not as root in the global zone")
    pool = environments.root_pool(call.centre, call.machine)
    if pool is None:
        raise Unknown("a machine that does not boot from ZFS")
    environments.begin(call.centre, call.machine)
    return pool


def current_patch(call: Call) -> None:
    """lucreate and luupgrade want the patch of Live Upgrade itself."""
    wanted = PATCH[call.machine.architecture]
    known = [patch.id for patch in database.patches(call.machine) if patch.id.startswith(wanted)]
    if not any(int(database.revision(patch)) >= LEAST for patch in known):
        raise Unknown(f"Live Upgrade without patch {wanted}-{LEAST} or higher")


def known(call: Call, name: str) -> BootEnvironment:
    found = call.machine.environments.get(name)
    if found is None:
        raise Unknown(f"the refusal of boot environment {name}")
    return found


@simulated("lustatus", on=S10)
async def lustatus(call: Call) -> int:
    ready(call)
    chosen = [known(call, name) for name in call.args] or list(call.machine.environments.values())
    heads = (("Boot Environment", "Is", "Active", "Active", "Can", "Copy"), ("Name", "Complete", "Now", "On Reboot", "Delete", "Status"))
    rules = tuple("-" * width for width in (26, 8, 6, 9, 6, 10))
    rows = [heads[0], heads[1], rules]
    for one in chosen:
        now, next_time = one.name == call.machine.environment, one.name == call.machine.activated
        rows.append((one.name, yes(one.complete), yes(now), yes(next_time), yes(not now and not next_time), "-"))
    call.out("".join(f"{a:<26} {b:<8} {c:<6} {d:<9} {e:<6} {f:<10}\n" for a, b, c, d, e, f in rows))
    return 0


def yes(true: bool) -> str:
    return "yes" if true else "no"


@simulated("lucurr", on=S10)
async def lucurr(call: Call) -> int:
    if call.args:
        raise Unknown()
    ready(call)
    call.out(call.machine.environment + "\n")
    return 0
