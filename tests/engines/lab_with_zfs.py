# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Solaris 10 nodes of the lab that share LUNs: their ZFS is simulated, or a real one each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.integration.world import SPEED, Row, World
from tests.lab.client import CHECKOUT

NODES = {"s10a": "127.0.40.31", "s10b": "127.0.40.32"}
PROCESSORS = {"s10a-sp": "127.0.40.131", "s10b-sp": "127.0.40.132"}
HOSTIDS = {"s10a": "042f4d31", "s10b": "042f4d32"}
SHARED = tuple(f"60060E8007C3F2000030C3F2000005{number:02X}" for number in range(1, 9))
GUESTS = ("ledger", "archive")

_WIPE = """for z in `zoneadm list -cp | cut -d: -f2`; do
  test $z = global || { zoneadm -z $z halt; zoneadm -z $z uninstall -F; zonecfg -z $z delete -F; }
done >/dev/null 2>&1
for p in `zpool list -H -o name`; do zpool destroy $p || exit 1; done
rm -rf /var/tmp/heliostat* /zones/*
"""
#: What nobody has imported any more.
_WIPE_REST = """for p in `zpool import 2>/dev/null | sed -n 's/^ *pool: //p'`; do zpool import -f $p && zpool destroy $p || exit 1; done
"""


def machine(name: str, storage: str) -> dict[str, Any]:
    """A T4-1 that boots from UFS, so that all its pools are vServers'."""
    demo = yaml.safe_load((CHECKOUT / "tests/lab/datacentres/demo.yml").read_text())["machines"]["t4a"]
    last = NODES[name].rpartition(".")[2]
    own = {"hostid": HOSTIDS[name], "address": NODES[name], "serial": f"AK000577{last}", "storage": storage}
    ending = int(HOSTIDS[name].zfill(8)[2:], 16)  # a SPARC machine's host id and first MAC address end alike
    for number, nic in enumerate(demo["nics"]):
        nic["mac"] = "00:21:28:" + (ending + number).to_bytes(3, "big").hex(":")
    addresses = [{"link": "igb0", "address": f"10.40.0.{last}/24"}, {"link": "igb1", "address": f"10.41.0.{last}/24"}]
    kept = {key: value for key, value in demo.items() if key != "rpool"}
    return {**kept, **own, "addresses": addresses, "sp": {**demo["sp"], "address": PROCESSORS[f"{name}-sp"]}}


def guest(number: int, name: str) -> dict[str, Any]:
    """The second has a data file system too."""
    data = [{"type": "data", "dataset": name, "mountpoint": "/data", "size": "2G"}] if number else []
    return {
        "compute_pool": "legacy",
        "brand": "native",
        "ip_type": "shared",
        "datasets": [{"name": name, "layout": "mirror", "luns": list(SHARED[2 * number : 2 * number + 2])}],
        "filesystems": [{"type": "root", "dataset": name, "size": "4G"}, *data],
        "networks": [{"network": "management", "address": f"10.40.0.{71 + number}"}],
        "resources": {"memory": "2G"},
    }


def durable(command: str, path: str) -> str:
    """A shell line that writes a command's output and waits for it to be on the disks. While the file is open: zfs-fuse has nothing
    to write for one that was closed and opened again."""
    return f"{{ {command}; sync {path}; }} >{path}"


class Shared(World):
    """A world whose vServers can live on either of two nodes."""

    def __init__(self, folder: Path, storage: str) -> None:
        self.storage = storage
        self.forced_with_proof = 0
        try:
            super().__init__(folder)
        except BaseException:
            if hasattr(self, "lab"):
                self.lab.stop()
            raise

    def _centre(self) -> Path:
        data = {
            "speed": SPEED,
            "machines": {name: machine(name, self.storage) for name in NODES},
            "luns": [{"size": "20G", "array": "array-1", "visible_to": list(NODES), "guids": list(SHARED)}],
            "addresses_in_use": ["10.40.0.1"],
        }
        path = self.folder / "centre.yml"
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return path

    def fresh_inventory(self) -> None:
        shutil.rmtree(self.inventory, ignore_errors=True)
        for place in ("group_vars", "host_vars"):
            (self.inventory / place).mkdir(parents=True)
        demo = CHECKOUT / "inventories" / "lab" / "group_vars"
        nodes = yaml.safe_load((demo / "nodes.yml").read_text())
        every = yaml.safe_load((demo / "all.yml").read_text())
        self._write("hosts", {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}, "children": {
            "nodes": {"hosts": {name: {"ansible_host": address} for name, address in NODES.items()}},
            "service_processors": {"hosts": {name: {"ansible_host": address} for name, address in PROCESSORS.items()}},
            "vservers": {"hosts": {name: {} for name in GUESTS}},
        }}})  # fmt: skip
        for group in ("nodes", "service_processors"):
            self._write(f"group_vars/{group}", {**nodes, "ansible_port": self.port})
        self._write("group_vars/all", every)
        for name in NODES:
            node = {"compute_pool": "legacy", "networks": {"management": "igb0"}, "service_processor": f"{name}-sp"}
            self._write(f"host_vars/{name}", {"heliostat_node": node})
        for number, name in enumerate(GUESTS):
            self._write(f"host_vars/{name}", {"heliostat_vserver": guest(number, name)})

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        (self.inventory / f"{name}.yml").write_text(yaml.safe_dump(dict(content)))

    def reset(self) -> None:
        """Nodes that run, without vServers; LUNs without pools; a repository with the two nodes."""
        self.lab.clear_faults()
        self.fresh_inventory()
        for file in self.repository_file.parent.glob("*"):
            file.unlink()
        shutil.copy(self.registered, self.repository_file)
        for name in NODES:
            if self.lab.power(name, "status") != "running":
                self.lab.power(name, "on", wait=True)
        for name, script in [*((name, _WIPE) for name in NODES), (min(NODES), _WIPE_REST)]:
            done = self.lab.ssh(name, "/bin/sh", stdin=script)
            assert done.returncode == 0, done.stdout + done.stderr
        for lun in self.state.glob("luns/*"):  # half of a destroyed mirror that was offline still says that it is used
            size = lun.stat().st_size
            os.truncate(lun, 0)
            os.truncate(lun, size)
        truth = self.lab.truth()
        assert not truth["pools"], f"not clean: {truth['pools']}"
        assert not any(entry["zones"] for entry in truth["machines"].values())
        self.lab.patch("addresses_in_use", ["10.40.0.1"])
        self.lab.clear_alarms()
        self.begin()

    def begin(self) -> None:
        """A test begins here."""
        self.began, self.forced_with_proof = self.mark(), 0

    def left_with(self, name: str, node: str) -> bool:
        """Whether a test left the nodes well, with this vServer running on this one and nothing else anywhere."""
        truth = self.lab.truth()
        machines, pools = truth["machines"], truth["pools"].values()
        zones = {(place, zone["name"], zone["state"]) for place, machine in machines.items() for zone in machine["zones"].values()}
        well = all(machine["running"] and machine["powered"] for machine in machines.values()) and not truth["faults"] + truth["alarms"]
        states = [(pool["name"], pool["state"], pool["guid"] in machines[node]["imported"]) for pool in pools]
        return well and zones == {(node, name, "running")} and states == [(name, "ONLINE", True)]

    # --- what tests do ----------------------------------------------------------------------------------------------
    def sh(self, node: str, line: str) -> str:
        """A line on a node that must succeed: its output."""
        done = self.lab.ssh(node, line)
        assert done.returncode == 0, f"{node}: {line}: {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def vserver(self, node: str, name: str = "ledger", **args: Any) -> Row:
        return self.task(node, "vserver", name=name, **args)

    def imported(self, node: str) -> list[str]:
        """Names of the pools that a node has, asked of the node itself."""
        return self.sh(node, "zpool list -H -o name").split()

    def by_hand(self, node: str, line: str) -> str:
        """As ``sh``, for what no module does."""
        self.forced_with_proof += line.count("import -f")
        return self.sh(node, line)

    def write(self, node: str, name: str, text: str) -> None:
        """A file of a zone, on the disks before this returns."""
        self.sh(node, durable(f"echo '{text}'", self._file(name)))

    def read(self, node: str, name: str) -> str:
        return self.sh(node, f"cat {self._file(name)}").strip()

    def _file(self, name: str) -> str:
        return f"/zones/{name}/root/var/adm/kept"

    def forced(self) -> list[list[str]]:
        """Forced imports since the test began, whoever asked for them."""
        rows = [row["argv"] for row in self.since(self.began, "zpool", "import")]
        return [argv for argv in rows if any(word[:1] == "-" and set(word) & {"f", "F"} for word in argv[2:])]
