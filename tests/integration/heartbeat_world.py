# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's nodes with real agents, deployed by the role and run by their SMF, and a real monitor that fences through the lab's ILOMs.

The monitor is that of ms1, a machine of the lab on which its control client and its sockets are; the process itself runs on the host,
because its fence agent needs an ssh client. Everything goes over two ways of the lab, so that any node can be cut off.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat import configuration
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.heartbeat.places import Places
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import heartbeat_declaration
from tests.lab.client import CHECKOUT

from .world import NODES, World, until

WAYS = {"management": 40, "public": 41}  # third number of a way's addresses
MASTER = "5c" * 32
LEASE, HALT = 4, 1  # seconds
HALTED = "ledger2"  # lives on t4a, a Solaris 10 node that halts it where the others power themselves off

# What every fence agent is: its order comes line by line. The power state alone counts, and only in the ILOM's own words.
FENCE_AGENT = """#!/bin/sh
while IFS= read -r line; do
  case $line in action=*) action=${line#action=} ;; ip=*) ip=${line#ip=} ;; esac
done
ask() { ssh -F "@CONFIG@" -o ConnectTimeout=5 "$ip" "$1"; }
case $action in
off) ask 'stop -force -script /SYS' ;;
status)
  case `ask 'show /SYS power_state'` in
  *'power_state = Off'*) echo 'Status: OFF'; exit 2 ;;
  *'power_state = On'*) echo 'Status: ON' ;;
  *) exit 1 ;;
  esac ;;
*) exit 1 ;;
esac
"""


class Here(Places):
    """The places of ms1's monitor, as the host names them."""

    __slots__ = ("root",)

    def __init__(self, root: Path) -> None:
        super().__init__("monitor")
        object.__setattr__(self, "root", root)

    @property
    def keys(self) -> str:
        return f"{self.root}{super().keys}"

    @property
    def state_files(self) -> dict[str, str]:
        return {keyword: f"{self.root}{path}" for keyword, path in super().state_files.items()}


class HeartbeatWorld(World):
    def _centre(self) -> Path:
        data = yaml.safe_load((CHECKOUT / "tests/lab/datacentres/demo.yml").read_text())
        data["machines"]["ms1"] = {
            **{key: value for key, value in data["machines"]["t8b"].items() if key not in ("sp", "rpool", "disks", "nics", "addresses")},
            "hostid": "0a280a01",
            "serial": "AK00412900",
            "address": "127.0.40.10",
        }
        data["ways"] = {
            way: {
                "switch": f"127.0.{third}.250",
                "outside": f"127.0.{third}.251",
                "members": {name: self.address(name, way) for name in NODES},
            }
            for way, third in WAYS.items()
        }
        path = self.folder / "centre.yml"
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return path

    def address(self, node: str, way: str) -> str:
        return f"127.0.{WAYS[way]}.{11 + NODES.index(node)}"

    # --- what is declared ------------------------------------------------------------------------------------------
    def beating(self, node: str) -> dict[str, Any]:
        return {
            "id": 11 + NODES.index(node),
            "paths": {way: f"{self.address(node, way)}:{self.port}" for way in WAYS},
            "self_fence": {"by": "halt_zones", "zones": [HALTED]} if node == "t4a" else {"by": "stop", "how": "power_off"},
            "gated": True,
            "lease": f"{LEASE}s",
            "halt": f"{HALT}s",
            "lease_proof": "agent",
            "user": "",
            "real_time": False,
            "lock_memory": False,
            "probes": [{"kind": "greeting", "address": f"{self.address(node, 'management')}:{self.port}"}],
            "fence": [{"agent": str(self.fence_agent), "options": {"ip": f"{node}-sp"}, "within": "10s", "attempts": 1, "settle": "2s"}],
        }

    def watching(self) -> dict[str, Any]:
        return {
            "id": 1,
            "paths": {way: f"127.0.{third}.250:{self.port}" for way, third in WAYS.items()},
            "user": "",
            "real_time": False,
            "lock_memory": False,
            "retry": "2s",
        }

    @property
    def fence_agent(self) -> Path:
        return self.folder / "fence_ilom"

    @property
    def heartbeat_keys(self) -> list[dict[str, Any]]:
        return [{"id": 1, "key": MASTER}]

    def fresh_inventory(self) -> None:
        super().fresh_inventory()
        self.fence_agent.write_text(FENCE_AGENT.replace("@CONFIG@", str(self.lab.ssh_config)))
        self.fence_agent.chmod(0o755)
        hosts = self.inventory / "host_vars"
        for node in NODES:
            path = hosts / f"{node}.yml"
            path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), "heliostat_heartbeat": self.beating(node)}))
        common = yaml.safe_load((self.inventory / "group_vars" / "nodes.yml").read_text())
        (hosts / "ms1.yml").write_text(yaml.safe_dump({**common, "ansible_host": "127.0.40.10", "heliostat_monitor": self.watching()}))
        (self.inventory / "zz_ms1.yml").write_text(yaml.safe_dump({"management_servers": {"hosts": {"ms1": {}}}}))
        everybody = self.inventory / "group_vars" / "all.yml"
        ours = {
            "heliostat_heartbeat_keys": self.heartbeat_keys,
            "heliostat_heartbeat_paths": {"management": 1, "public": 2},
            "heliostat_heartbeat_build_host": "localhost",
            "heliostat_heartbeat_cache": str(self.cache),
        }
        everybody.write_text(yaml.safe_dump({**yaml.safe_load(everybody.read_text()), **ours}))

    @property
    def cache(self) -> Path:
        """HELIOSTAT_HEARTBEAT_CACHE names one that is kept."""
        return Path(os.environ.get("HELIOSTAT_HEARTBEAT_CACHE", self.folder / "built"))

    # --- the monitor -----------------------------------------------------------------------------------------------
    def start_monitor(self) -> None:
        """With what the role built; its files are where ms1 has them."""
        built = max(self.cache.glob("linux-*"), key=lambda folder: folder.stat().st_mtime)
        root = self.root("ms1")
        places = Here(root)
        for path in (places.keys, *places.state_files.values()):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        nodes = {node: self.beating(node) for node in NODES}
        estate = heartbeat_declaration.estate(nodes, {"ms1": self.watching()}, {"management": 1, "public": 2}, self.heartbeat_keys)
        own = replace(estate.monitors["ms1"], paths={way: f"127.0.{third}.251:{self.port}" for way, third in WAYS.items()})
        Path(places.keys).touch(0o600)
        Path(places.keys).write_text(f"key 1 {MASTER}\n")
        file = self.folder / "monitor.conf"
        file.write_text(configuration.monitor(estate, own, places))
        (root / "opt/heliostat/bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(built / "heliostat-heartbeat", root / "opt/heliostat/bin")
        with (self.folder / "monitor.log").open("ab") as log:
            self.monitor = subprocess.Popen([built / "heliostat-monitor", "--config", file, "--foreground"], stdout=log, stderr=log)
        until(lambda: self.monitor.poll() is not None or Path(places.state_files["control"]).exists(), "the monitor listens", 10)
        assert self.monitor.poll() is None, (self.folder / "monitor.log").read_text()
        self.journal = Path(places.state_files["journal"])

    monitor: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        if self.monitor is not None and self.monitor.poll() is None:
            self.monitor.send_signal(signal.SIGTERM)
            try:
                self.monitor.wait(10)
            except subprocess.TimeoutExpired:
                self.monitor.kill()
                self.monitor.wait()
        super().stop()

    def say(self, *words: str) -> str:
        """A person on the management server, with the control client; what it said."""
        done = self.lab.ssh("ms1", "/opt/heliostat/bin/heliostat-heartbeat " + " ".join(words))
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def judged(self, node: str) -> dict[str, Any]:
        """What the monitor says of a node."""
        return dict(json.loads(self.say("--json", "status", node).splitlines()[0]))

    def events(self) -> list[dict[str, Any]]:
        text = self.journal.read_text() if self.journal.exists() else ""  # it is made with its first line
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def passed(self, node: str, since: int = 0) -> list[str]:
        """The states that a node came to, in their order."""
        return [one["to"] for one in self.events()[since:] if one["event"] == "state" and one["name"] == node]

    def wait_state(self, node: str, *states: str, seconds: float = 30) -> dict[str, Any]:
        """Looks into the journal, which costs the nodes nothing, then asks."""

        def there() -> bool:
            passed = self.passed(node)
            return bool(passed) and passed[-1] in states

        try:
            until(there, f"{node} is {states}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.journal.read_text()[-4000:]}") from None
        return self.judged(node)

    # --- the agents ------------------------------------------------------------------------------------------------
    def service(self, node: str, name: str = "agent") -> str:
        return str(self.lab.truth(node)["services"][f"svc:/application/heliostat/{name}:default"]["state"])

    def agents(self, node: str) -> list[str]:
        """Process numbers, on the host, of the node's agents with the letter of their state."""
        found = []
        own = (self.root(node) / "opt/heliostat/bin/heliostat-agent").stat()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                program = (process / "exe").stat()
                waits = b"--wait-lease" in (process / "cmdline").read_bytes()  # that is the gate's
                if not waits and (program.st_dev, program.st_ino) == (own.st_dev, own.st_ino):
                    found.append(f"{process.name} {(process / 'stat').read_text().rpartition(')')[2].split()[0]}")
            except OSError:
                continue
        return found

    def all_alive(self) -> None:
        """Everybody has power, is released, and beats over both paths."""
        self.lab.clear_faults()
        for node in NODES:
            if self.lab.power(node, "status") != "running":
                self.lab.power(node, "on", wait=True)
        for node in NODES:
            if self.judged(node)["state"] in ("fenced", "returned", "quarantined", "unknown"):
                self.wait_state(node, "quarantined")
                self.say("release", node)
        for node in NODES:
            self.wait_state(node, "alive")
        until(lambda: '"acting":true' in self.say("--json", "status", NODES[0]), "the monitor acts")
