# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any number of Solaris 10 nodes with a depot of patches, with an inventory of their own."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Archive, Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from tests.lab.client import CHECKOUT

from .world import Row, Run, World, quiet, until

DEPOT = "/export/patches"
_STANDARD = {"properties": ["standard"]}
#: What the depot has: standard ones, one that wants single user, some that want reboots, one that goes wrong, one for nobody.
PATCHES: dict[str, dict[str, Any]] = {
    "119254-66": {**_STANDARD, "packages": ["SUNWcsr"]},
    "120001-02": {**_STANDARD, "packages": ["SUNWcsr"]},
    "120002-01": {**_STANDARD, "packages": ["SUNWcsu"], "requires": ["120001-02"]},
    "120003-05": {**_STANDARD, "packages": ["SUNWcsu"]},
    "120010-03": {"properties": ["rebootafter"], "packages": ["SUNWcsr"]},
    "120011-14": {"properties": ["rebootimmediate"], "packages": ["SUNWckr"]},
    "120012-07": {"properties": ["singleuser", "rebootafter"], "packages": ["SUNWckr"]},
    "120013-01": {"properties": ["rebootafter"], "packages": ["SUNWckr"], "deferred": True},
    "120014-02": {"properties": ["singleuser", "reconfigafter"], "packages": ["SUNWckr"]},
    "120020-01": {**_STANDARD, "packages": ["SUNWcsr"], "prepatch": 3},
    "120021-01": {**_STANDARD, "packages": ["SUNWnever"]},
    "120031-01": {**_STANDARD, "packages": ["SUNWcsu"], "prebackout": 5},  # goes in, and does not want to go out
    # These go into the global zone alone, too.
    "120030-01": {**_STANDARD, "packages": [{"name": "SFWtop", "version": "1.0", "all_zones": False}]},
    "120033-02": {"properties": ["rebootafter"], "packages": [{"name": "SFWtop", "version": "1.0", "all_zones": False}]},
}


class PatchingWorld(World):
    """``nodes`` are t4p01, t4p02 …; each has a service processor."""

    def __init__(self, folder: Path, nodes: int = 1, *, nfs: bool = False) -> None:
        self.nfs = nfs
        self.nodes = [f"t4p{number:02}" for number in range(1, nodes + 1)]
        super().__init__(folder)
        self.fresh_inventory()
        self.know_archives()

    def _centre(self) -> Path:
        data = yaml.safe_load((CHECKOUT / "tests/lab/datacentres/volumes.yml").read_text())
        template = data["machines"]["t4c"]
        for name in ("vxvm", "replicas", "brands"):
            template.pop(name)
        machines = {}
        for number, name in enumerate(self.nodes, 1):
            text = (
                yaml.safe_dump(template)
                .replace("127.0.42.11\n", f"127.0.46.{10 + number}\n")
                .replace("127.0.42.111", f"127.0.46.{110 + number}")
            )
            machine = yaml.safe_load(re.sub(r"10\.(4[23])\.0\.11/", rf"10.\1.0.{10 + number}/", text))
            machine["packages"] = {**machine.get("packages", {}), "SFWtop": "1.0"}
            machine |= {"hostid": f"862f5{number:03x}", "serial": f"AK0009{number:04}"}
            for nic in machine["nics"]:
                nic["mac"] = nic["mac"].replace("2f:4e", f"30:{number:02x}")
            machines[name] = machine
        data |= {
            "machines": machines,
            "luns": {},
            "patch_depot": {"path": DEPOT, "nfs": self.nfs, "patches": [{"id": one, **rest} for one, rest in PATCHES.items()]},
        }
        path = self.folder / "centre.yml"
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return path

    def fresh_inventory(self) -> None:
        shutil.rmtree(self.inventory, ignore_errors=True)
        shutil.copytree(CHECKOUT / "inventories" / "lab" / "group_vars", self.inventory / "group_vars")
        (self.inventory / "host_vars").mkdir()
        networks = {"management": {"type": "management", "subnet": "10.42.0.0/24", "gateway": "10.42.0.1"}}
        everybody = {"heliostat_repository": self.url, "heliostat_networks": networks, "heliostat_luns": {}}
        (self.inventory / "group_vars" / "all.yml").write_text(yaml.safe_dump(everybody))
        for group in ("nodes", "service_processors"):
            path = self.inventory / "group_vars" / f"{group}.yml"
            path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "ansible_port": self.port}))
        hosts = {name: {"ansible_host": f"127.0.46.{10 + number}"} for number, name in enumerate(self.nodes, 1)}
        processors = {f"{name}-sp": {"ansible_host": f"127.0.46.{110 + number}"} for number, name in enumerate(self.nodes, 1)}
        children = {"nodes": {"hosts": hosts}, "vservers": {"hosts": {}}, "service_processors": {"hosts": processors}}
        tree = {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}, "children": children}}
        (self.inventory / "hosts.yml").write_text(yaml.safe_dump(tree))
        for name in self.nodes:
            declared = {"compute_pool": "legacy", "networks": {"management": "igb0"}, "service_processor": f"{name}-sp"}
            (self.inventory / "host_vars" / f"{name}.yml").write_text(yaml.safe_dump({"heliostat_node": declared}))

    def know_archives(self) -> None:
        """As ``patch_reference`` keeps what it read of a depot."""
        found = [Archive(PatchId.parse(name), DEPOT, name, 1 << 20, "", _properties(fields)) for name, fields in PATCHES.items()]
        with self.repository() as repository:
            repository.patching.keep_archives(DEPOT, found)

    def zone(self, node: str, name: str) -> dict[str, Any] | None:
        return self.lab.truth(node)["zones"].get(name)

    def make_zone(self, node: str, name: str, *, running: bool = True, autoboot: bool = False) -> None:
        """A native zone on the root pool, made as a person would."""
        script = f"""set -e
mkdir -p /zones/{name}; chmod 700 /zones/{name}
zonecfg -z {name} 'create -b; set zonepath=/zones/{name}; set autoboot={str(autoboot).lower()}'
zoneadm -z {name} install >/dev/null
rm -f /zones/{name}/root/etc/.UNCONFIGURED
"""
        done = self.lab.ssh(node, "/bin/sh", stdin=script + (f"zoneadm -z {name} boot\n" if running else ""))
        assert done.returncode == 0, done.stdout + done.stderr

    def install(self, node: str, *words: str, **args: Any) -> Row:
        return self.task(node, "patch_install", *words, depot=DEPOT, **args)

    def shown(self, node: str, zone: str = "") -> set[str]:
        """The ids that ``showrev -p`` lists on a node, or in a zone of it."""
        done = self.lab.ssh(node, f"zlogin {zone} showrev -p" if zone else "showrev -p")
        assert done.returncode == 0, done.stderr
        return {line.split()[1] for line in done.stdout.splitlines() if line.startswith("Patch: ")}

    def nothing_left(self, node: str, state: str, patches: Sequence[str]) -> None:
        """No notes and no jobs there; the repository has these results, nothing unfinished, no lock and no maintenance."""
        assert not (self.root(node) / "var/tmp/heliostat-patching").exists()
        assert not any((self.root(node) / "var/tmp/heliostat-jobs").glob("*"))
        with self.repository() as repository:
            assert {str(one.patch): one.state for one in repository.patching.results([node])} == dict.fromkeys(patches, state)
            assert repository.unfinished(node) == []
            assert repository.locks() == []
            record = repository.node(node)
            assert (record.maintenance, record.flag_reason) == (False, "")

    def kill_in(self, node: str, book: str, pattern: str) -> None:
        """Starts a run and kills its controller in the middle of the first command like this; '' is after the notes were written."""
        if pattern:
            self.lab.fault(node, "slow", match=pattern, seconds=400.0, times=1)
        run = self.start(book)
        if pattern:
            until(lambda: not self.lab.faults(), f"{pattern} never ran")
        else:
            until(lambda: (self.root(node) / "var/tmp/heliostat-patching/ran").exists(), "nothing was noted")
        run.kill()
        time.sleep(0.2)

    def applied(self, node: str, patch: str) -> int:
        """How often patchadd was called for it."""
        rows = [row for row in self.since(self.began, node=node) if row["argv"][0].endswith("patchadd")]
        return len([row for row in rows if any(word.endswith(patch) for word in row["argv"])])

    def many_nodes(self, book: str, *words: str) -> Run:
        return self.play(book, *words)


def _properties(fields: dict[str, Any]) -> Properties:
    words = fields["properties"]
    kind = next((word for word in words if word.startswith(("reboot", "reconfig"))), "")
    reboot = "immediate" if kind.endswith("immediate") else "after" if kind else "none"
    alone = "singleuser" in words
    alike = any(isinstance(one, str) or one.get("all_zones", True) for one in fields["packages"])
    return Properties("patchinfo", reboot, kind.startswith("reconfig"), alone, fields.get("deferred", False), alike)  # type: ignore[arg-type]


@contextmanager
def patching_world(folder: Path, nodes: int = 1, *, nfs: bool = False) -> Iterator[PatchingWorld]:
    """A world of the test's own; whatever the test did, no alarm may have been raised."""
    with quiet(PatchingWorld(folder, nodes, nfs=nfs)) as made:
        made.began = made.mark()
        yield made


def states(row: Row) -> dict[str, str]:
    """Patch → its state in a result."""
    return {name: one["state"] for name, one in row.result["patches"].items()}


def whats(row: Row, words: Sequence[str]) -> list[str]:
    return [step for step in row.steps if any(word in step for word in words)]
