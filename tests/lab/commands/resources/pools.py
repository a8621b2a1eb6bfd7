# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pooladm(1M) without arguments: the pools and processor sets that are active. Layout of a recorded Solaris 11.1 answer.

Beside the default ones there are those that zones with dedicated CPUs make; which properties these show is not recorded, beyond
the ones that every set has and their being temporary (libpool(3LIB)).
"""

from __future__ import annotations

from ...call import Call
from ...truth import Zone
from ..honest import simulated
from ..options import Refused, Unknown
from ..smf import repository
from .limits import POOLS, wanted_cpus


@simulated("pooladm")
async def pooladm(call: Call) -> int:
    if call.args or call.zone is not None:
        raise Unknown()
    if repository.of_caller(call)[POOLS].state != "online":
        raise Refused("pooladm: couldn't open pools state file: Facility is not active")
    own = [zone for zone in call.machine.zones.values() if zone.processor_set]
    taken = {cpu for zone in own for cpu in zone.processor_set}
    call.out(
        "\nsystem default\n\tstring\tsystem.comment \n\tint\tsystem.version 1\n\tboolean\tsystem.bind-default true\n"
        "\tstring\tsystem.poold.objectives wt-load\n"
    )
    _pool(call, "pool_default", 0, "pset_default")
    for number, zone in enumerate(own, 1):
        _pool(call, f"SUNWtmp_{zone.name}", number, f"SUNWtmp_{zone.name}", _importance(zone))
    for number, zone in enumerate(own, 1):
        _set(call, f"SUNWtmp_{zone.name}", number, zone.processor_set, wanted_cpus(zone))
    _set(call, "pset_default", -1, [cpu for cpu in range(call.machine.threads) if cpu not in taken], None)
    return 0


def _importance(zone: Zone) -> str:
    found = [item.get("importance") for item in zone.config.get("resources", []) if item.get("kind") == "dedicated-cpu"]
    return str(found[0] or 1) if found else "1"


def _pool(call: Call, name: str, number: int, pset: str, importance: str = "1") -> None:
    call.out(f"\n\tpool {name}\n\t\tint\tpool.sys_id {number}\n\t\tboolean\tpool.active true\n")
    call.out(f"\t\tboolean\tpool.default {'false' if number else 'true'}\n")
    call.out("\t\tboolean\tpool.temporary true\n" if number else "")
    call.out(f"\t\tint\tpool.importance {importance}\n\t\tstring\tpool.comment \n\t\tpset\t{pset}\n")


def _set(call: Call, name: str, number: int, cpus: list[int], limits: tuple[int, int] | None) -> None:
    least, most = limits or (1, 65536)
    default = "true" if number < 0 else "false"
    call.out(f"\n\tpset {name}\n\t\tint\tpset.sys_id {number}\n\t\tboolean\tpset.default {default}\n")
    call.out("" if number < 0 else "\t\tboolean\tpset.temporary true\n")
    call.out(f"\t\tuint\tpset.min {least}\n\t\tuint\tpset.max {most}\n\t\tstring\tpset.units population\n\t\tuint\tpset.load 0\n")
    call.out(f"\t\tuint\tpset.size {len(cpus)}\n\t\tstring\tpset.comment \n")
    for cpu in cpus:
        call.out(f"\n\t\tcpu\n\t\t\tint\tcpu.sys_id {cpu}\n\t\t\tstring\tcpu.comment \n\t\t\tstring\tcpu.status on-line\n")
