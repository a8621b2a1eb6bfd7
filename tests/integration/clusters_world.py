# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's clusters (datacentres/clusters.yml) with an inventory of their own: two of Solaris Cluster, one of VCS.
All nodes can use Live Upgrade."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.archive import Archive, Properties
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId
from tests.lab.client import CHECKOUT

from .patching_world import DEPOT, PatchingWorld
from .world import Row

CENTRE = CHECKOUT / "tests/lab/datacentres/clusters.yml"
STANDARD, KERNEL, AGENT, CORE = "151100-01", "150400-65", "151101-01", "145333-15"
#: One that wants a reboot and no single user; one whose prebackout script fails.
REBOOTS, STAYS = "151102-01", "151103-01"
#: The patch utilities that Live Upgrade wants; nothing that a node has here already.
UTILITIES = "119254-90"
SINGLE_USER = Properties("patchinfo", "immediate", single_user=True)
PROPERTIES = {
    STANDARD: Properties("patchinfo"), KERNEL: SINGLE_USER, AGENT: Properties("patchinfo"), CORE: SINGLE_USER,
    REBOOTS: Properties("patchinfo", "after"), STAYS: SINGLE_USER,
}  # fmt: skip


class ClustersWorld(PatchingWorld):
    """``change`` alters the data centre's description before it starts; ``clusters``: node → what heliostat_patch_cluster says."""

    def __init__(self, folder: Path, change: Mapping[str, Any] | None = None) -> None:
        self._change = dict(change or {})
        self._data = yaml.safe_load(CENTRE.read_text())
        self.clusters = {node: name for name, one in self._data["clusters"].items() for node in one["nodes"]}
        self.booted: dict[str, int] = {}
        super().__init__(folder)

    def _centre(self) -> Path:
        self.nodes = list(self._data["machines"])
        for name in self.nodes:
            self._data["machines"][name] = {**self._data["machines"][name], **self._change}
            self._data["machines"][name]["patches"] = [*self._data["machines"][name].get("patches", []), UTILITIES]
        path = self.folder / "centre.yml"
        path.write_text(yaml.safe_dump(self._data, sort_keys=False))
        return path

    def fresh_inventory(self) -> None:
        shutil.rmtree(self.inventory, ignore_errors=True)
        shutil.copytree(CHECKOUT / "inventories" / "lab" / "group_vars", self.inventory / "group_vars")
        (self.inventory / "host_vars").mkdir()
        networks = {"management": {"type": "management", "subnet": "10.48.0.0/24", "gateway": "10.48.0.1"}}
        everybody = {"heliostat_repository": self.url, "heliostat_networks": networks, "heliostat_luns": {}}
        (self.inventory / "group_vars" / "all.yml").write_text(yaml.safe_dump(everybody))
        for group in ("nodes", "service_processors"):
            path = self.inventory / "group_vars" / f"{group}.yml"
            path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "ansible_port": self.port}))
        machines = self._data["machines"]
        hosts = {name: {"ansible_host": machines[name]["address"]} for name in self.nodes}
        processors = {f"{name}-sp": {"ansible_host": machines[name]["sp"]["address"]} for name in self.nodes}
        children = {"nodes": {"hosts": hosts}, "vservers": {"hosts": {}}, "service_processors": {"hosts": processors}}
        tree = {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}, "children": children}}
        (self.inventory / "hosts.yml").write_text(yaml.safe_dump(tree))
        for name in self.nodes:
            self.declare(name)

    def declare(self, node: str, **more: Any) -> None:
        declared = {"compute_pool": "legacy", "networks": {"management": "igb0"}, "service_processor": f"{node}-sp"}
        variables = {"heliostat_node": declared, "heliostat_patch_cluster": self.clusters[node], **more}
        (self.inventory / "host_vars" / f"{node}.yml").write_text(yaml.safe_dump(variables))

    def know_archives(self) -> None:
        found = [Archive(PatchId.parse(name), DEPOT, name, 1 << 20, "", one) for name, one in PROPERTIES.items()]
        with self.repository() as repository:
            repository.patching.keep_archives(DEPOT, found)

    def put_in(self, node: str, *patches: str) -> None:
        """By hand while everything runs, which the lab's judge has its word on."""
        self.ran(node, *(f"patchadd {DEPOT}/{patch} >/dev/null;" for patch in patches), "true")
        assert set(patches) <= self.shown(node)
        self.lab.clear_alarms()

    def take_out(self, node: str, *words: str, **args: Any) -> Row:
        return self.task(node, "patch_install", *words, state="absent", **args)

    def removed(self, node: str, patch: str) -> int:
        """How often patchrm was called for it."""
        return len([row for row in self.since(self.began, node=node) if row["argv"][0] == "patchrm" and patch in row["argv"]])

    def ran(self, node: str, *words: str) -> str:
        """What a command prints on a node."""
        done = self.lab.ssh(node, " ".join(words))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def environments(self, node: str) -> dict[str, tuple[bool, bool]]:
        """Boot environment → (runs, is the next), by lustatus."""
        rows = [line.split() for line in self.ran(node, "lustatus").splitlines()[3:]]
        return {row[0]: (row[2] == "yes", row[3] == "yes") for row in rows}

    def online(self, cluster: str) -> dict[str, str]:
        """Group → the node that it is online on, by the lab's own truth."""
        return {name: group["online"] for name, group in self.lab.truth()["clusters"][cluster]["groups"].items()}


@contextmanager
def clusters_world(folder: Path, change: Mapping[str, Any] | None = None, alarms: bool = False) -> Iterator[ClustersWorld]:
    """``alarms``: the test brings some about on purpose."""
    made = ClustersWorld(folder, change)
    try:
        made.began = made.mark()
        made.booted = {name: made.lab.truth(name)["boot_time"] for name in made.nodes}
        yield made
        raised = made.lab.alarms()
    finally:
        made.stop()
    assert alarms or raised == []
