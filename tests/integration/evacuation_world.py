# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Four nodes that see the same LUNs, with an inventory of their own: one carries twenty vServers, two a master and its slave. What was
deployed once is kept, and every test starts from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from tests.lab.client import CHECKOUT, Lab

from .world import SPEED, Row, Run, World

#: In the order of their names; each has 64 GiB, of which 57 are for vServers.
NODES = ("m1", "m2", "m3", "m4")
POOL = "estate"
CROWD = tuple(f"v{number:02}" for number in range(1, 21))
#: Where each lives, and what its declaration has beside LUN and address.
HOMES = {**dict.fromkeys(CROWD, "m1"), "own1": "m2", "shop1": "m3", "base1": "m4", "lone1": "m4"}
MORE: dict[str, dict[str, Any]] = {
    "v01": {"category": "critical"},
    "v02": {"category": "critical", "priority": 80},
    "v03": {"category": "important"},
    "v20": {"category": "best_effort"},
    "shop1": {"depends_on": ["base1"]},
}
NAMES = tuple(HOMES)
#: A LUN that nobody uses.
SPARE = "next1"


def guid(name: str) -> str:
    return f"60060E8007C3F2000030C3F20000{0x500 + (*NAMES, SPARE).index(name):04X}"


class EvacuationWorld(World):
    def _centre(self) -> Path:
        machine = yaml.safe_load((CHECKOUT / "tests/lab/datacentres/demo.yml").read_text())["machines"]["t8a"]
        machines = {}
        for number, name in enumerate(NODES, 1):
            disk = {"device": f"c0t5000CCA0257{number}1000d0", "size": "1200G", "product": "H101812SFSUN1.2T", "serial": f"0012{number}70X"}
            nics = [
                {"device": f"i40e{port}", "mac": f"00:10:e0:d2:b{number}:{10 + port}", "vanity": f"net{port}", "speed": 10000}
                for port in (0, 1)
            ]
            machines[name] = {
                **machine,
                "hostid": f"86d2b{number}10",
                "serial": f"AK0041283{number}",
                "memory": "64G",
                "address": f"127.0.46.1{number}",
                "sp": {**machine["sp"], "address": f"127.0.46.11{number}"},
                "disks": [disk],
                "rpool": [disk["device"]],
                "nics": nics,
                "addresses": [{"link": "net0", "address": f"10.46.0.1{number}/24", "name": "net0/v4"}],
            }
        lun = {"size": "20G", "array": "array-1", "visible_to": list(NODES), "guids": [guid(name) for name in (*NAMES, SPARE)]}
        path = self.folder / "centre.yml"
        path.write_text(yaml.safe_dump({"port": 2222, "speed": 20, "machines": machines, "luns": [lun]}, sort_keys=False))
        return path

    def fresh_inventory(self) -> None:
        shutil.rmtree(self.inventory, ignore_errors=True)
        shutil.copytree(CHECKOUT / "inventories" / "lab" / "group_vars", self.inventory / "group_vars")
        (self.inventory / "host_vars").mkdir()
        self.everybody: dict[str, Any] = {
            "heliostat_repository": self.url,
            "heliostat_networks": {"management": {"type": "management", "subnet": "10.46.0.0/24", "gateway": "10.46.0.1"}},
            "heliostat_luns": {name: guid(name) for name in (*NAMES, SPARE)},
        }
        self.also()
        for group in ("nodes", "service_processors"):
            path = self.inventory / "group_vars" / f"{group}.yml"
            path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "ansible_port": self.port}))
        hosts = {name: {"ansible_host": f"127.0.46.1{number}"} for number, name in enumerate(NODES, 1)}
        processors = {f"{name}-sp": {"ansible_host": f"127.0.46.11{number}"} for number, name in enumerate(NODES, 1)}
        children = {
            "nodes": {"hosts": hosts},
            "vservers": {"hosts": {name: {} for name in NAMES}},
            "service_processors": {"hosts": processors},
        }
        tree = {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}, "children": children}}
        (self.inventory / "hosts.yml").write_text(yaml.safe_dump(tree))
        for name in NODES:
            self.declare_node(name)
        for number, name in enumerate(NAMES):
            declared = {
                "compute_pool": POOL,
                "datasets": [{"name": name, "luns": [name]}],
                "filesystems": [{"type": "root", "dataset": name}],
                "networks": [{"network": "management", "address": f"10.46.0.{51 + number}"}],
                "resources": {"memory": "2G"},
            } | MORE.get(name, {})
            (self.inventory / "host_vars" / f"{name}.yml").write_text(yaml.safe_dump({"heliostat_vserver": declared}))

    def declare_node(self, name: str, **more: Any) -> None:
        declared = {"compute_pool": POOL, "networks": {"management": "net0"}, "service_processor": f"{name}-sp", **more}
        (self.inventory / "host_vars" / f"{name}.yml").write_text(yaml.safe_dump({"heliostat_node": declared}))

    def change(self, name: str, **options: Any) -> None:
        """Parts of a vServer's declaration."""
        path = self.inventory / "host_vars" / f"{name}.yml"
        path.write_text(yaml.safe_dump({"heliostat_vserver": {**self.declared(name), **options}}))

    def also(self, **variables: Any) -> None:
        """Further variables of all hosts (affinities, frozen ones)."""
        (self.inventory / "group_vars" / "all.yml").write_text(yaml.safe_dump({**self.everybody, **variables}))

    def deployed(self) -> None:
        """Everything of ``HOMES`` runs; kept, to begin every test with."""
        plays = []
        for node in ("m4", "m1", "m2", "m3"):  # the master of shop1 before it
            names = [name for name, home in HOMES.items() if home == node]
            tasks = [{"heliostat.vdc.vservers": {"names": names, "state": "running"}}]
            plays.append({"hosts": node, "gather_facts": False, "tasks": tasks})
        path = self.folder / "deploy.yml"
        path.write_text(yaml.safe_dump(plays, sort_keys=False))
        run = self.play(str(path))
        assert run.rc == 0, run.output
        with open_repository(self.url) as repository:
            repository.backup(self.registered)
        self.lab.stop()
        shutil.copytree(self.state, self.folder / "kept", symlinks=True)
        self._up()

    def reset(self) -> None:
        """As it was when everything had been deployed."""
        self.lab.stop()
        shutil.rmtree(self.state)
        shutil.copytree(self.folder / "kept", self.state, symlinks=True)
        self._up()
        for name in self.repository_file.parent.glob("*"):
            name.unlink()
        shutil.copy(self.registered, self.repository_file)

    def _up(self) -> None:
        self.lab = Lab.start(centre=self.folder / "centre.yml", state_dir=self.state)
        self.lab.clock(speed=SPEED)
        self.port = json.loads((self.state / "lab.json").read_text())["port"]
        self.fresh_inventory()
        self.began = self.mark()

    # --- what tests ask ---------------------------------------------------------------------------------------------
    def evacuate(self, node: str, *words: str, **variables: Any) -> Run:
        return self._run("node_evacuate", node, words, variables)

    def bring_back(self, node: str, *words: str, **variables: Any) -> Run:
        return self._run("node_maintenance", node, words, {"state": "absent", **variables})

    def agree(self, node: str, **variables: Any) -> Run:
        return self._run("evacuation_plan", node, (), variables)

    def _run(self, playbook: str, node: str, words: Sequence[str], variables: Mapping[str, Any]) -> Run:
        given = {f"heliostat_{key}": value for key, value in variables.items()}
        return self.play(f"heliostat.vdc.{playbook}", *words, variables={"heliostat_node_name": node, **given})

    def running(self) -> dict[str, list[str]]:
        """vServer → the nodes on which its zone runs."""
        found: dict[str, list[str]] = {name: [] for name in NAMES}
        for node, machine in self.lab.truth()["machines"].items():
            for name, zone in machine["zones"].items():
                if zone["state"] == "running" and machine["powered"]:
                    found[name].append(node)
        return found

    def at(self, node: str) -> list[str]:
        return sorted(name for name, nodes in self.running().items() if node in nodes)

    def at_home(self) -> bool:
        return self.running() == {name: [node] for name, node in HOMES.items()}

    def remembered(self) -> dict[str, str | None]:
        with self.repository() as repository:
            assert repository.locks() == []
            return {record.name: record.node for record in repository.vservers()}


def moves(row: Row) -> dict[str, str]:
    """vServer → node, of all waves of a plan."""
    return {name: node for wave in row.result["evacuation"]["waves"] for name, node in wave["moves"].items()}
