# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory that declares exactly what ``tests.lab.generate`` makes, and a lab with it: nothing is left to do there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.lab import generate
from tests.lab.client import Lab


def inventory(nodes: int, vservers: int) -> dict[str, Any]:
    """The whole inventory as plain data: groups nodes and vservers, networks, LUN names, every declaration."""
    machines = {f"n{number:03}": number for number in range(1, nodes + 1)}
    luns: dict[str, str] = {}
    declared: dict[str, Any] = {}
    for node, number in machines.items():
        for vid in range(1, vservers + 1):
            zone, _, guid = generate.vserver(number, vid)
            name = zone["name"]
            luns[f"lun_{name}"] = guid
            declared[name] = {"heliostat_vserver": _declaration(name, number, vid), "home": node}
    return {
        "all": {
            "vars": {
                "heliostat_networks": {
                    "public": {"type": "public", "subnet": "10.64.0.0/12", "gateway": generate.PUBLIC_GATEWAY},
                    "backup": {"type": "backup", "subnet": "10.80.0.0/12"},
                },
                "heliostat_luns": luns,
            },
            "children": {
                "nodes": {"hosts": {name: _node(number) for name, number in machines.items()}},
                "vservers": {"hosts": declared},
            },
        }
    }


def _declaration(name: str, number: int, vid: int) -> dict[str, Any]:
    addresses = [anet["allowed-address"].partition("/")[0] for anet in generate.anets(number, vid)]
    return {
        "compute_pool": f"pool{(number - 1) // 4:02}",
        "datasets": [{"name": name, "luns": [f"lun_{name}"]}],
        "filesystems": [{"type": "root", "dataset": name}, {"type": "data", "dataset": name, "mountpoint": "/data", "size": "5G"}],
        "networks": [{"network": network, "address": address} for network, address in zip(("public", "backup"), addresses, strict=True)],
        "resources": {"memory": "4G", "cpu_shares": generate.CPU_SHARES},
    }


def _node(number: int) -> dict[str, Any]:
    links = {"public": "net1", "backup": "net2"}
    return {
        "ansible_host": generate.node(number)["address"],
        "heliostat_node": {"compute_pool": f"pool{(number - 1) // 4:02}", "networks": links},
    }


@dataclass(frozen=True, slots=True)
class Estate:
    """A running lab and the folder with its inventory, ``hosts.yml`` and the repository."""

    lab: Lab
    folder: Path
    nodes: int
    vservers: int


@contextmanager
def running(
    folder: Path, nodes: int, vservers: int, python: bool = False, more: Callable[[dict[str, Any], dict[str, Any]], None] | None = None
) -> Iterator[Estate]:
    """The lab with its inventory; stopped afterwards. ``python`` puts an interpreter on the nodes, for others' modules; ``more`` adds to
    the data centre and to the inventory."""
    folder.mkdir(parents=True)
    centre = generate.centre(nodes, vservers) | {"python": python}
    data = inventory(nodes, vservers)
    if more is not None:
        more(centre, data)
    (folder / "centre.yml").write_text(yaml.dump(centre, Dumper=yaml.CSafeDumper, sort_keys=False))
    with Lab.start(folder / "centre.yml", folder / "lab") as lab:
        lab.clock(jump=600)  # the zones' services are up
        data["all"]["vars"]["heliostat_repository"] = f"sqlite:///{folder}/repository.db"
        data["all"]["children"]["nodes"]["vars"] = {
            "ansible_port": json.loads((lab.state / "lab.json").read_text())["port"],
            "ansible_user": "root",
            "ansible_ssh_private_key_file": f"{lab.state}/id_ed25519",
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={lab.state}/known_hosts -o IdentitiesOnly=yes",
            "ansible_python_interpreter": "/usr/bin/python3",
        }
        (folder / "hosts.yml").write_text(yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False))
        yield Estate(lab, folder, nodes, vservers)


def write_wanted(estate: Estate) -> None:
    """The same desired state as others' playbooks want it: a list a node, the configuration as ``zonecfg export`` shows it."""
    folder = estate.folder / "wanted"
    folder.mkdir(exist_ok=True)
    for number in range(1, estate.nodes + 1):
        node = f"n{number:03}"
        names = [generate.vserver(number, vid)[0]["name"] for vid in range(1, estate.vservers + 1)]
        script = "; ".join(f"echo ==; zonecfg -z {name} export" for name in names)
        exports = estate.lab.ssh(node, script).stdout.split("==\n")[1:]
        wanted = [
            {
                "name": name,
                "zonepath": f"/zones/{name}",
                "device": f"c0t{generate.vserver(number, vid)[2]}d0",
                "quota": generate.QUOTA,
                "configuration": export.strip(),
            }
            for vid, (name, export) in enumerate(zip(names, exports, strict=True), 1)
        ]
        (folder / f"{node}.yml").write_text(yaml.dump({"wanted": wanted}, Dumper=yaml.CSafeDumper, sort_keys=False))
