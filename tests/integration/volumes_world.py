# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Solaris 10 nodes that share LUNs and have every volume manager, with an inventory of their own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.lab.client import CHECKOUT

from .world import World, quiet

NODES = {"t4c": "127.0.42.11", "t4d": "127.0.42.12"}
GUIDS = [f"60060E8007C3F2000030C3F2000003{number:02X}" for number in range(1, 17)]
G = 1 << 30


class VolumesWorld(World):
    """Made anew for every test: a volume manager's remains on LUNs are part of what is tested."""

    def __init__(self, folder: Path) -> None:
        self.vservers: dict[str, dict[str, Any]] = {}
        super().__init__(folder)
        self.fresh_inventory()

    def _centre(self) -> Path:
        return CHECKOUT / "tests/lab/datacentres/volumes.yml"

    def fresh_inventory(self) -> None:
        shutil.rmtree(self.inventory, ignore_errors=True)
        shutil.copytree(CHECKOUT / "inventories" / "lab" / "group_vars", self.inventory / "group_vars")
        (self.inventory / "host_vars").mkdir()
        everybody = {
            "heliostat_repository": self.url,
            "heliostat_networks": {
                "management": {"type": "management", "subnet": "10.42.0.0/24", "gateway": "10.42.0.1"},
                "public": {"type": "public", "subnet": "10.43.0.0/24"},
            },
            "heliostat_luns": {
                f"lun{number:02}": {"guid": guid, "array": f"array-{1 if number % 2 else 2}"} for number, guid in enumerate(GUIDS, 1)
            },
        }
        (self.inventory / "group_vars" / "all.yml").write_text(yaml.safe_dump(everybody))
        nodes = self.inventory / "group_vars" / "nodes.yml"
        nodes.write_text(yaml.safe_dump({**yaml.safe_load(nodes.read_text()), "ansible_port": self.port}))
        hosts = {name: {"ansible_host": address} for name, address in NODES.items()}
        children = {"nodes": {"hosts": hosts}, "vservers": {"hosts": {}}}
        tree = {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}, "children": children}}
        (self.inventory / "hosts.yml").write_text(yaml.safe_dump(tree))
        for name in NODES:
            declared = {"heliostat_node": {"compute_pool": "legacy", "networks": {"management": "igb0", "public": "igb1"}}}
            (self.inventory / "host_vars" / f"{name}.yml").write_text(yaml.safe_dump(declared))

    def vserver(self, manager: str, name: str = "pay1", **changes: Any) -> dict[str, Any]:
        """Declares a vServer with its root and one data file system on a mirror; sizes in GiB."""
        data = "d11" if manager == "svm" else "ledger"
        declared: dict[str, Any] = {
            "compute_pool": "legacy",
            "brand": "native",
            "ip_type": "shared",
            "datasets": [{"name": name, "manager": manager, "layout": "mirror", "luns": ["lun01", "lun02"]}],
            "filesystems": [
                {"type": "root", "dataset": name, "size": "6G"},
                {"type": "data", "dataset": name, "name": data, "mountpoint": "/ledger", "size": "2G"},
            ],
            "networks": [{"network": "management", "address": "10.42.0.51"}],
        } | changes
        self.declare(name, declared)
        return declared


@contextmanager
def volumes_world(folder: Path) -> Iterator[VolumesWorld]:
    """A world of the test's own; whatever the test did, no alarm may have been raised."""
    with quiet(VolumesWorld(folder)) as made:
        yield made
