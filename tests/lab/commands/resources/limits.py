# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a zone's kernel holds of its resource controls: copied from the configuration when it is readied, changed by prctl and rcapadm.

System limits and their flags: resource_controls(5), and the kernel's registrations as published for OpenSolaris. zone.cpu-shares is
the only one that every zone has (1). A dedicated-cpu resource makes a temporary pool SUNWtmp_ZONE that takes as many CPUs as it may,
one staying with everybody else; pools and rcapd are enabled with the first zone that needs them (libzonecfg).
"""

from __future__ import annotations

from typing import Any

from ...call import Call
from ...truth import Machine, Zone
from ..options import Unknown
from ..smf import repository

SHARES = "zone.cpu-shares"
_BYTES, _MANY = (1 << 64) - 1, (1 << 31) - 1
#: control -> system limit, its flag, its action; in the order in which prctl walks them.
SYSTEM: dict[str, tuple[int, str, str]] = {
    "zone.max-swap": (_BYTES, "max", "deny"),
    "zone.max-locked-memory": (_BYTES, "max", "deny"),
    "zone.max-shm-memory": (_BYTES, "max", "deny"),
    "zone.max-shm-ids": (1 << 24, "max", "deny"),
    "zone.max-sem-ids": (1 << 24, "max", "deny"),
    "zone.max-msg-ids": (1 << 24, "max", "deny"),
    "zone.max-processes": (_MANY, "max", "deny"),
    "zone.max-lwps": (_MANY, "max", "deny"),
    "zone.cpu-cap": ((1 << 32) - 1, "inf", "deny"),
    SHARES: (65535, "max", "none"),
}
RCAP, POOLS = "svc:/system/rcap:default", "svc:/system/pools:default"


def known(machine: Machine) -> list[str]:
    return [name for name in SYSTEM if machine.release != "s10" or name != "zone.max-processes"]


def _resources(zone: Zone, kind: str) -> list[dict[str, Any]]:
    from ..zoneadm.config import resources

    return resources(zone, kind)


def wanted_cpus(zone: Zone) -> tuple[int, int] | None:
    for item in _resources(zone, "dedicated-cpu"):
        least, most = item["ncpus"]
        return int(least), int(most)
    return None


def free_cpus(machine: Machine, but: Zone) -> list[int]:
    """CPUs of the default set that another one may take; one stays there."""
    taken = {cpu for zone in machine.zones.values() if zone is not but for cpu in zone.processor_set}
    return [cpu for cpu in range(machine.threads) if cpu not in taken][1:]


def too_few_cpus(machine: Machine, zone: Zone) -> bool:
    """Whether the zone's temporary pool cannot be made, so that the zone does not boot."""
    wanted = wanted_cpus(zone)
    return wanted is not None and wanted[0] > len(free_cpus(machine, zone))


def check(call: Call, zone: Zone) -> None:
    """What stops a zone from being readied. The text of it is not known."""
    if too_few_cpus(call.machine, zone):
        raise Unknown(f"zone {zone.name}: dedicated CPUs that the machine does not have")
    if zone.config.get("pool"):
        raise Unknown(f"zone {zone.name}: a resource pool by name")


def warning(call: Call, zone: Zone) -> list[str]:
    """Lines of zoneadmd when shares are set and the fair share scheduler is not the one that counts."""
    rctls = {str(item.get("name")) for item in _resources(zone, "rctl")}
    if SHARES not in rctls or "FSS" in (call.machine.default_class, zone.config.get("scheduling-class")):
        return []
    section = "8" if call.machine.release == "s11.4" else "1M"
    return [
        f"WARNING: The {SHARES} rctl is set but",
        "FSS is not the default scheduling class for",
        "this zone.  FSS will be used for processes",
        "in the zone but to get the full benefit of FSS,",
        "it should be the default scheduling class.",
        f"See dispadmin({section}) for more details.",
    ]


def copied(call: Call, zone: Zone) -> None:
    """The zone is readied: its kernel gets what the configuration says."""
    zone.limits = {SHARES: [[1, "none"]]}
    for item in _resources(zone, "rctl"):
        values = [[int(limit), action] for _privilege, limit, action in item.get("value", [])]
        if item.get("name") in SYSTEM and values:
            zone.limits[str(item["name"])] = sorted(values)
    caps = [item["physical"] for item in _resources(zone, "capped-memory") if item.get("physical")]
    zone.memory_cap = int(caps[0]) if caps else 0
    wanted = wanted_cpus(zone)
    zone.processor_set = free_cpus(call.machine, zone)[-wanted[1] :] if wanted else []
    services = repository.of_caller(call, "global")
    for fmri, needed in ((RCAP, bool(zone.memory_cap)), (POOLS, wanted is not None)):
        if needed and fmri in services and not services[fmri].enabled:
            services[fmri].enabled, services[fmri].state, services[fmri].next_state = True, "online", "-"
            services[fmri].since = call.now()


def dropped(zone: Zone) -> None:
    zone.limits, zone.memory_cap, zone.processor_set = {}, 0, []
