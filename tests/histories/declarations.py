# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vServers as a history declares them: every name has LUNs and addresses of its own, so that whatever is drawn is legal."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from .centre import POOLS

NAMES = {"production": ("web", "app", "git", "mon"), "legacy": ("pay", "hr")}
ALL = [name for names in NAMES.values() for name in names]
POOL = {name: pool for pool, names in NAMES.items() for name in names}
LUNS_EACH = 4
LAYOUTS = {"single": 1, "mirror": 2, "stripe": 2, "stripe_of_mirrors": 4}


def luns(name: str) -> list[str]:
    """The LUNs that belong to this name."""
    pool = POOL[name]
    first = NAMES[pool].index(name) * LUNS_EACH + 1
    return [f"{pool[0]}{number:02}" for number in range(first, first + LUNS_EACH)]


def address(name: str, network: str) -> str:
    subnet = {"management": "10.40.0", "public": "10.41.0", "customers": "10.43.20", "backup": "10.42.0"}[network]
    return f"{subnet}.{50 + ALL.index(name)}"


@st.composite
def vservers(draw: st.DrawFn, name: str, others: Sequence[str]) -> dict[str, Any]:
    """heliostat_vserver of ``name``, which may depend on one of ``others``."""
    pool = POOL[name]
    manager = draw(st.sampled_from(["zfs", "zfs", "svm", "vxvm"])) if pool == "legacy" else "zfs"
    layouts = {"zfs": ["single", "mirror", "stripe", "stripe_of_mirrors"]}.get(manager, ["mirror"])
    layout = draw(st.sampled_from(layouts))
    own = luns(name)
    datasets: list[dict[str, Any]] = [{"name": name, "layout": layout, "luns": own[: LAYOUTS[layout]]}]
    filesystems: list[dict[str, Any]] = [{"type": "root", "dataset": name}]
    if manager != "zfs":
        datasets[0]["manager"] = manager
        filesystems[0]["size"] = "6G"
    elif LAYOUTS[layout] < LUNS_EACH and draw(st.booleans()):
        datasets.append({"name": f"{name}data", "luns": own[-1:]})
        filesystems.append({"type": "data", "dataset": f"{name}data", "mountpoint": "/u01", "size": "4G"})
    made: dict[str, Any] = {
        "compute_pool": pool,
        "brand": "solaris" if pool == "production" else "native",
        "datasets": datasets,
        "filesystems": filesystems,
        "networks": [{"network": "management", "address": address(name, "management")}],
        "resources": {"memory": draw(st.sampled_from(["1G", "2G"]))},
    }
    if manager == "zfs":  # a node takes no disk sets and groups of ours when it boots
        made["autoboot"] = draw(st.booleans())
    if pool == "legacy":
        made["ip_type"] = "shared"
    if others and draw(st.integers(0, 3)) == 3:
        made["depends_on"] = [draw(st.sampled_from(sorted(others)))]
    return made


CHANGES = ("grow", "filesystem", "network", "without network", "memory", "cap", "autoboot")


def changed(name: str, declared: dict[str, Any], what: str) -> dict[str, Any] | None:
    """The declaration with one thing changed; None where that cannot be."""
    new = copy.deepcopy(declared)
    data = [entry for entry in new["filesystems"] if entry["type"] == "data"]
    manager = new["datasets"][0].get("manager", "zfs")
    match what:
        case "grow" if data:
            data[0]["size"] = f"{int(data[0]['size'][:-1]) + 1}G"
        case "filesystem" if manager == "zfs" and not any(entry.get("mountpoint") == "/more" for entry in data):
            new["filesystems"].append({"type": "data", "dataset": name, "name": "more", "mountpoint": "/more", "size": "2G"})
        case "network" if len(new["networks"]) == 1:
            new["networks"].append({"network": "public", "address": address(name, "public")})
        case "without network" if len(new["networks"]) == 2:
            new["networks"].pop()
        case "memory":
            new["resources"]["memory"] = "3G" if declared["resources"]["memory"] != "3G" else "2G"
        case "cap" if "cpu_cap" not in new["resources"]:
            new["resources"]["cpu_cap"] = 2
        case "autoboot" if manager == "zfs":
            new["autoboot"] = not new["autoboot"]
        case _:
            return None
    return new


def has_volumes(declared: dict[str, Any]) -> bool:
    return any(dataset.get("manager", "zfs") != "zfs" for dataset in declared["datasets"])


def nodes_of(name: str) -> tuple[str, ...]:
    return POOLS[POOL[name]]
