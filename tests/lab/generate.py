# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a data-centre file of any size for benchmarks: N Solaris 11.4 nodes, each with M vServers running on pools of their own.

``python -m tests.lab.generate --nodes 50 --vservers 20 > big.yml``; the same numbers give the same file.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from typing import Any

import yaml

RELEASE = (
    "                           Oracle Solaris 11.4 SPARC\n"
    "  Copyright (c) 1983, 2024, Oracle and/or its affiliates.\n"
    "                            Assembled 24 January 2024\n"
)
BOOTED = 1767600000
PUBLIC_GATEWAY = "10.79.255.254"
MEMORY, CPU_SHARES, QUOTA = 4 << 30, 20, 5 << 30


def node(number: int) -> dict[str, Any]:
    """One machine, number from 1: 127.41.x.y and 10.41.x.y."""
    high, low = divmod(number, 250)
    disks = [f"c0t5000CCA0{number:06X}{side:02X}d0" for side in (1, 2)]
    return {
        "model": "SPARC T8-1",
        "release": "s11.4",
        "architecture": "sparc",
        "release_text": RELEASE,
        "kernel": "11.4.66.164.1",
        "hostid": f"86{number:06x}",
        "serial": f"AK{number:08d}",
        "chips": 1,
        "cores": 32,
        "threads": 256,
        "mhz": 5067,
        "cpu": "SPARC-M8",
        "memory": "512G",
        "address": f"127.41.{high}.{low + 1}",
        "disks": [{"device": device, "size": "1200G", "serial": f"{number:06d}{side}"} for side, device in enumerate(disks)],
        "rpool": disks,
        "nics": [
            {"device": f"i40e{port}", "vanity": f"net{port}", "mac": f"00:10:e0:{high:02x}:{low:02x}:{port:02x}", "speed": 10000}
            for port in range(4)
        ],
        "addresses": [{"link": "net0", "address": f"10.41.{high}.{low + 1}/16", "name": "net0/v4"}],
        "brands": ["solaris", "solaris10", "solaris-kz"],
    }


def anets(number: int, vid: int) -> list[dict[str, str]]:
    """The zone's two networks: public on the node's second port, backup on its third."""
    high, low = divmod(number, 250)
    both = (("public", 64, {"defrouter": PUBLIC_GATEWAY}), ("backup", 80, {}))
    return [
        {
            "kind": "anet",
            "linkname": f"net{position}",
            "lower-link": f"net{position + 1}",
            "allowed-address": f"10.{network + high}.{low}.{vid}/12",
            "configure-allowed-address": "true",
            **more,
        }
        for position, (_, network, more) in enumerate(both)
    ]


def vserver(number: int, vid: int) -> tuple[dict[str, Any], dict[str, Any], str]:
    """(zone, pool, LUN guid) of a running vServer: its pool holds its zone path and one file system of data."""
    name = f"v{number:03d}{vid:03d}"
    guid = f"60060E8007C3F2000031C3F2{number:04X}{vid:04X}"
    zonepath = f"/zones/{name}"
    resources = [
        {"kind": "fs", "dir": "/data", "special": f"{name}/data", "type": "zfs"},
        *anets(number, vid),
        {"kind": "capped-memory", "physical": str(MEMORY)},
        {"kind": "rctl", "name": "zone.cpu-shares", "value": [["privileged", str(CPU_SHARES), "none"]]},
    ]
    config = {"zonepath": zonepath, "brand": "solaris", "autoboot": "false", "ip-type": "exclusive", "resources": resources}
    zone = {
        "name": name,
        "state": "running",
        "zonepath": zonepath,
        "brand": "solaris",
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
        "config": config,
        "zone_id": vid,
        "boot_time": BOOTED,
    }
    datasets = {
        name: {"properties": {"mountpoint": "none"}},
        f"{name}/zone": {"properties": {"mountpoint": zonepath}},
        f"{name}/data": {"properties": {"mountpoint": "legacy", "quota": str(QUOTA)}},
    }
    return zone, {"name": name, "tree": [["disk", [guid]]], "version": 44, "datasets": datasets}, guid


def centre(nodes: int, vservers: int) -> dict[str, Any]:
    """The whole file as plain data."""
    names = [f"n{number:03d}" for number in range(1, nodes + 1)]
    machines = {name: node(number) for number, name in enumerate(names, 1)}
    luns, pools = [], []
    for number, name in enumerate(names, 1):
        zones, guids = {}, []
        for vid in range(1, vservers + 1):
            zone, pool, guid = vserver(number, vid)
            zones[zone["name"]] = zone
            pools.append(pool | {"imported_by": name})
            guids.append(guid)
        machines[name] |= {"zones": zones, "next_zone_id": vservers + 1}
        partner = names[number % nodes]
        luns.append({"size": "20G", "visible_to": sorted({name, partner}), "guids": guids})
    return {"port": 2222, "speed": 20, "machines": machines, "luns": luns, "pools": pools}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.lab.generate", description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, required=True)
    parser.add_argument("--vservers", type=int, required=True, help="per node")
    arguments = parser.parse_args()
    yaml.safe_dump(centre(arguments.nodes, arguments.vservers), sys.stdout, sort_keys=False)


if __name__ == "__main__":
    main()
