# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources of an existing zone as the option ``resources`` that would declare them."""

from __future__ import annotations

from typing import Any

from ..commands.zonecfg_canonical import canonical
from ..model.errors import InvalidDefinition
from ..model.zone import ZoneConfig

#: Path of a limit in a configuration → option.
_LIMITS = {
    "capped-memory.physical": "memory",
    "capped-memory.swap": "swap",
    "capped-memory.locked": "locked",
    "cpu-shares": "cpu_shares",
    "max-lwps": "max_lwps",
    "max-processes": "max_processes",
    "max-shm-memory": "max_shm_memory",
    "max-shm-ids": "max_shm_ids",
    "max-sem-ids": "max_sem_ids",
    "max-msg-ids": "max_msg_ids",
}
#: Global properties that are said here: those of resources, and the limits that a release shows as properties.
PROPERTIES = frozenset({"pool", "scheduling-class", *(path for path in _LIMITS if "." not in path)})
#: Kinds of resources that are said here.
KINDS = frozenset({"capped-memory", "capped-cpu", "dedicated-cpu", "rctl"})


def variables(config: ZoneConfig, problems: list[str]) -> dict[str, Any]:
    """``{}`` or ``{"resources": {...}}``. What no option can say is added to ``problems``.

    Shares stay shares: that they once were base units cannot be seen.
    """
    try:
        known = canonical(config)
    except InvalidDefinition as error:
        problems.append(str(error))
        return {}
    found: dict[str, Any] = {}
    for path, limit in known.limits.items():
        if path == "capped-cpu.ncpus":
            found["cpu_cap"] = int(limit.canonical) / 100
        else:
            found[_LIMITS[path]] = int(limit.canonical)
    for (kind, _keys), resource in known.resources.items():
        if kind == "rctl":
            problems.append(f"resource control {resource.properties['name']}")
        elif kind == "dedicated-cpu":
            found["dedicated_cpus"] = str(resource.properties.get("ncpus", ""))
            if (importance := str(resource.properties.get("importance", "1"))) != "1":
                found["importance"] = int(importance)
            problems += [f"dedicated-cpu with {key}" for key in sorted(set(resource.properties) - {"ncpus", "importance"})]
    options = {"pool": "pool", "scheduling-class": "scheduling_class"}
    found |= {option: known.properties[key] for key, option in options.items() if known.properties.get(key)}
    return {"resources": found} if found else {}
