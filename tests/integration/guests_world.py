# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two machines and a guest domain on the first, with an inventory of their own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from tests.lab.client import CHECKOUT

from .world import World

NODES = {"t8c": "127.0.44.11", "t8d": "127.0.44.12", "gd1": "127.0.44.13"}
GUIDS = [f"60060E8007C3F2000030C3F2000004{number:02X}" for number in range(1, 5)]


class GuestsWorld(World):
    def _centre(self) -> Path:
        return CHECKOUT / "tests/lab/datacentres/guests.yml"

    def fresh_inventory(self) -> None:
        shutil.rmtree(self.inventory, ignore_errors=True)
        shutil.copytree(CHECKOUT / "inventories" / "lab" / "group_vars", self.inventory / "group_vars")
        (self.inventory / "host_vars").mkdir()
        everybody = {
            "heliostat_repository": self.url,
            "heliostat_networks": {
                "management": {"type": "management", "subnet": "10.44.0.0/24", "gateway": "10.44.0.1"},
                "public": {"type": "public", "subnet": "10.45.0.0/24", "vlan": 145},
            },
            "heliostat_luns": {
                f"lun{number:02}": {"guid": guid, "array": f"array-{1 if number % 2 else 2}"} for number, guid in enumerate(GUIDS, 1)
            },
        }
        (self.inventory / "group_vars" / "all.yml").write_text(yaml.safe_dump(everybody))
        for group in ("nodes", "service_processors"):
            path = self.inventory / "group_vars" / f"{group}.yml"
            path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "ansible_port": self.port}))
        hosts = {name: {"ansible_host": address} for name, address in NODES.items()}
        processors = {f"{name}-sp": {"ansible_host": f"127.0.44.1{address.rpartition('.')[2]}"} for name, address in NODES.items()}
        del processors["gd1-sp"]
        children = {"nodes": {"hosts": hosts}, "vservers": {"hosts": {}}, "service_processors": {"hosts": processors}}
        tree = {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}, "children": children}}
        (self.inventory / "hosts.yml").write_text(yaml.safe_dump(tree))
        for name in NODES:
            declared: dict[str, Any] = {"compute_pool": "sparc", "networks": {"management": "net0", "public": "net1"}}
            if name != "gd1":
                declared["service_processor"] = f"{name}-sp"
            (self.inventory / "host_vars" / f"{name}.yml").write_text(yaml.safe_dump({"heliostat_node": declared}))
        self.declare("shop1", DECLARED)


DECLARED: dict[str, Any] = {
    "compute_pool": "sparc",
    "datasets": [
        {"name": "shop1", "layout": "mirror", "luns": ["lun01", "lun02"]},
        {"name": "shop1data", "layout": "mirror", "luns": ["lun03", "lun04"]},
    ],
    "filesystems": [
        {"type": "root", "dataset": "shop1"},
        {"type": "data", "dataset": "shop1data", "name": "orders", "mountpoint": "/orders"},
    ],
    "networks": [{"network": "management", "address": "10.44.0.51"}, {"network": "public", "address": "10.45.0.51"}],
}
