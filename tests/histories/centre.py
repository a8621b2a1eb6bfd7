# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data centre of the histories: three nodes of Solaris 11 and two of Solaris 10, each group with LUNs of its own; and its inventory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.lab.client import CHECKOUT

SOLARIS_11 = ("t8a", "t8b", "t5a")
SOLARIS_10 = ("t4c", "t4d")
NODES = SOLARIS_11 + SOLARIS_10
POOLS = {"production": SOLARIS_11, "legacy": SOLARIS_10}
GUIDS = {
    "production": [f"60060E8007C3F2000030C3F2000004{number:02X}" for number in range(1, 17)],
    "legacy": [f"60060E8007C3F2000030C3F2000005{number:02X}" for number in range(1, 17)],
}
LUNS = {guid: f"{pool[0]}{number:02}" for pool, guids in GUIDS.items() for number, guid in enumerate(guids, 1)}
NETWORKS = {
    "management": {"type": "management", "subnet": "10.40.0.0/24", "gateway": "10.40.0.1"},
    "public": {"type": "public", "subnet": "10.41.0.0/24"},
    "customers": {"type": "public", "subnet": "10.43.20.0/24", "vlan": 120},
    "backup": {"type": "backup", "subnet": "10.42.0.0/24"},
}


def write(path: Path) -> None:
    """The data-centre file, from the machines of the lab's own."""
    machines: dict[str, Any] = {}
    for file in ("demo.yml", "volumes.yml"):
        known = yaml.safe_load((CHECKOUT / "tests/lab/datacentres" / file).read_text())["machines"]
        machines |= {name: machine for name, machine in known.items() if name in NODES}
    for number, name in enumerate(SOLARIS_10, 14):  # on the networks of the others
        places = {"igb0": f"10.40.0.{number}/24", "igb1": f"10.41.0.{number}/24"}
        machines[name]["hostid"] = "86" + machines[name]["nics"][0]["mac"].replace(":", "")[6:]  # as every SPARC's
        machines[name]["addresses"] = [{"link": link, "address": place} for link, place in places.items()]
    luns = [
        {"size": "20G", "array": f"array-{half + 1}", "visible_to": list(POOLS[pool]), "guids": guids[half::2]}
        for pool, guids in GUIDS.items()
        for half in (0, 1)
    ]
    text = {"port": 2222, "speed": 20, "machines": machines, "luns": luns, "addresses_in_use": ["10.40.0.1"]}
    path.write_text(yaml.safe_dump(text, sort_keys=False))


def hosts() -> dict[str, dict[str, Any]]:
    """The inventory's hosts but the vServers."""
    found: dict[str, dict[str, Any]] = {"localhost": {}}
    for pool, names in POOLS.items():
        links = ("net0", "net1", "net2") if pool == "production" else ("igb0", "igb1", "igb2")
        for name in names:
            node = {
                "service_processor": f"{name}-sp",
                "compute_pool": pool,
                "networks": dict(zip(("management", "public", "backup"), links, strict=True)),
                "base_units": 1000,
            }
            found[name] = {"ansible_host": name, "ansible_connection": "laboratory", "heliostat_node": node}
            found[f"{name}-sp"] = {"ansible_host": f"{name}-sp", "ansible_connection": "laboratory"}
    return found
