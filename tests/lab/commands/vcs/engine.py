# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system that asks about its VCS cluster."""

from __future__ import annotations

import functools
from collections.abc import Callable

from ... import membership
from ...call import Call, Handler
from ...clusters import Cluster, ResourceGroup
from ..honest import PACKAGED, simulated
from ..options import Refused, Unknown

NO_ENGINE = "VCS ERROR V-16-1-10600 Cannot connect to VCS engine"


def vcs(*names: str, engine: bool = True, folder: str = "") -> Callable[[Handler], Handler]:
    """Register a command of /opt/VRTSvcs/bin (or of ``folder``). ``engine``: it talks to the engine of its own system."""
    PACKAGED.update(dict.fromkeys(names, ("vcs", folder)))

    def register(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def answer(call: Call) -> int:
            if call.machine.vcs is None:
                call.err(f"sh: {call.argv[0]}: not found\n")
                return 127
            if call.user != "root" or call.zone is not None:
                raise Unknown("not as root in the global zone")
            membership.settle(call.centre, call.now())
            if engine and call.machine.name not in of(call).members:
                raise Refused(NO_ENGINE)
            return await handler(call)

        return simulated(*names)(answer)

    return register


def of(call: Call) -> Cluster:
    return call.centre.clusters[call.machine.vcs or ""]


def system(call: Call, name: str) -> str:
    if name not in of(call).nodes:
        raise Unknown(f"the refusal of system {name}")
    return name


def group(call: Call, name: str) -> ResourceGroup:
    known = of(call).groups.get(name)
    if known is None:
        raise Unknown(f"the refusal of group {name}")
    return known


def state(cluster: Cluster, name: str) -> str:
    return "RUNNING" if name in cluster.members else cluster.states.get(name, "EXITED")


def frozen(cluster: Cluster, name: str) -> int:
    return int(name in cluster.frozen)


def move(call: Call, one: ResourceGroup, name: str) -> None:
    """The engine takes the group offline and brings it online there; the command does not wait."""
    membership.place(call.centre, of(call), one, "", call.now())
    one.to, one.due = name, call.now() + int(membership.SWITCH)


def evacuate(call: Call, name: str) -> None:
    """Every group of the system goes to the next that can carry it; one that has nowhere to go stays."""
    for one in of(call).groups.values():
        target = membership.next_node(call.centre, of(call), one, but=name)
        if one.online == name and target:
            move(call, one, target)
