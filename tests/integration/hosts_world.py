# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two management servers and two nodes that run Linux and systemd (tests/hosts), and playbooks run over them as over the lab."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from tests.hosts.estate import Hosts
from tests.lab.client import CHECKOUT

from .forked import ForkServer
from .world import Run, World

MONITORS, NODES = ("ms1", "ms2"), ("n1", "n2")
#: States that somebody is called for.
ALARMING = {"suspect", "probing", "unreachable", "fencing", "fenced", "unknown", "quarantined"}


class HostsWorld(World):
    """The runs of World, on other machines. The controller is the build host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inventory = folder / "inventory.yml"
        self.url = f"sqlite:///{folder / 'repository.db'}"
        self.cache = folder / "cache"
        self._control_paths = tempfile.mkdtemp(prefix="hl")
        self._runs = 0
        self.keys = [self._key(1)]
        self.hosts = Hosts(folder / "hosts", (*MONITORS, *NODES))
        self.write()
        open_repository(self.url, create=True).close()
        self.programs = ForkServer(self.environment(), CHECKOUT)
        self.hosts.start()

    def stop(self) -> None:
        self.programs.stop()
        self.hosts.stop()
        shutil.rmtree(self._control_paths)

    # --- what is declared ------------------------------------------------------------------------------------------
    @staticmethod
    def _key(number: int) -> dict[str, Any]:
        return {"id": number, "key": secrets.token_hex(32)}

    def new_key(self) -> int:
        """A key before the others; of these only the newest stays declared. Its number."""
        self.keys = [self._key(self.keys[0]["id"] + 1), self.keys[0]]
        self.write()
        return int(self.keys[0]["id"])

    def write(self, **variables: Any) -> None:
        """The inventory, with further variables of all hosts."""
        common = {
            "ansible_ssh_common_args": f"-F {self.hosts.ssh_config}",
            "heliostat_repository": self.url,
            "heliostat_heartbeat_build_host": "builder",
            "heliostat_heartbeat_cache": str(self.cache),
            "heliostat_heartbeat_cflags": "-O0",
            "heliostat_heartbeat_make": "make -j2",
            "heliostat_heartbeat_keys": self.keys,
        }
        local = {"ansible_connection": "local"}
        monitors = {name: {"heliostat_monitor": {"id": number, "paths": self._paths(name)}} for number, name in enumerate(MONITORS, 1)}
        nodes = {
            name: {"heliostat_heartbeat": {"id": number, "paths": self._paths(name), "self_fence": {"by": "none"}}}
            for number, name in enumerate(NODES, 1)
        }
        hosts = {"localhost": local, "builder": local, **monitors, **nodes}
        self.inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": {**common, **variables}}}, sort_keys=False))

    def _paths(self, name: str) -> dict[str, str]:
        return dict(zip(("management", "public"), self.hosts.addresses(name), strict=True))

    def heartbeat(self, playbook: str, *words: str, **variables: Any) -> Run:
        return self.play(f"heliostat.vdc.heartbeat_{playbook}", *words, variables=variables)

    # --- what is -----------------------------------------------------------------------------------------------------
    def status(self, monitor: str, word: str = "status") -> list[dict[str, Any]]:
        """What the monitor's own client shows."""
        said = self.hosts.run(monitor, f"/opt/heliostat/bin/heliostat-heartbeat --json {word}").stdout
        return [json.loads(line) for line in said.splitlines()]

    def heard(self) -> bool:
        """Every monitor hears every node."""
        shown = [self.status(monitor)[:-1] for monitor in MONITORS]
        return all(len(nodes) == len(NODES) and {node["state"] for node in nodes} == {"alive"} for nodes in shown)

    def events(self, monitor: str) -> list[dict[str, Any]]:
        said = self.hosts.run(monitor, "cat /var/lib/heliostat/monitor/journal").stdout
        return [json.loads(line) for line in said.splitlines()]

    def alarms(self) -> list[dict[str, Any]]:
        """Events of a node that somebody is called for, and of a verdict, since the first start."""
        found = [event for monitor in MONITORS for event in self.events(monitor)]
        return [event for event in found if event["event"] == "verdict" or (event["event"] == "state" and event["to"] in ALARMING)]

    def key_numbers(self, name: str) -> list[int]:
        said = self.hosts.run(name, "cut -d' ' -f2 /etc/heliostat/*.keys").stdout
        return [int(word) for word in said.split()]

    def left(self, name: str) -> list[str]:
        """What the role put there."""
        places = "/etc/heliostat /opt/heliostat /var/lib/heliostat /etc/systemd/system/heliostat* /var/tmp/heliostat*"
        said = self.hosts.run(name, f"find {places} -type f 2>/dev/null; true").stdout
        return sorted(said.split())
