# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own daemons: a monitor on the management server m, an agent on each of three nodes, two paths."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from . import lines, processor
from .engine import Engine
from .hosts import PATHS, Hosts
from .lines import VICTIM, Word
from .watch import Watch

SOURCES = Path(__file__).resolve().parents[3] / "roles" / "heartbeat" / "files"


def built(folder: Path) -> Path:
    """Builds the daemons and the relay into ``folder``."""
    for words in (
        ["make", "-s", "-j2", "-C", str(SOURCES), "CC=gcc", f"BUILD={folder}"],
        ["gcc", "-O2", "-D_GNU_SOURCE", "-o", str(folder / "relay"), str(Path(__file__).with_name("relay.c"))],
    ):
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr}")
    return folder


def node_key(master: bytes, node: int) -> bytes:
    """What a node holds of a master key (src/wire/seal.h)."""
    return hmac.digest(master, b"heliostat node" + node.to_bytes(4, "big"), hashlib.sha256)


def write_secret(file: Path, secret: bytes) -> None:
    file.write_text(f"key 1 {secret.hex()}\n")
    file.chmod(0o600)


class Daemons(Engine):
    name = "heliostat"
    ours = True
    hosts = ("m", "n1", "n2", "n3")
    observer = "m"
    patience = 15

    def __init__(self, setting: str, build: Path, profile: str = "default", fencing: bool = False) -> None:
        self.setting, self.build, self.profile, self.fencing = setting, build, profile, fencing

    def parse(self, line: str) -> list[Word]:
        return lines.ours(line)

    def prepare(self, hosts: Hosts) -> Mapping[str, Mapping[str, Path]]:
        folder, master = hosts.folder, secrets.token_bytes(32)
        write_secret(folder / "masters", master)
        text = [
            f"id 1\nprofile {self.profile}\nkeys {folder}/masters\nstate {folder}/state\ncontrol {folder}/control\njournal {folder}/journal"
        ]
        text += [f"metrics {folder}/metrics.prom\nacting votes\nmass 50 10s"]  # one node of three is more than the usual share
        text += [f"listen {path} {hosts.address('m', path)}:4790" for path in PATHS]
        for number, name in enumerate(hosts.names[1:], 1):
            text += [f"node {number} {name}", f"probe {name} icmp {hosts.address(name, 1)}"]
            self._agent(hosts, number, name, master)
        if self.fencing:
            agent, address = processor.prepare(folder, hosts.address("m", 1)), hosts.address("m", 1)
            words = {**processor.words(address), "password": f"@{processor.password(folder)}"}
            text.append(f"fence {VICTIM} 1 power {agent} " + " ".join(f"{name}={value}" for name, value in words.items()))
        (folder / "monitor.conf").write_text("\n".join(text) + "\n")
        return {}

    def _agent(self, hosts: Hosts, number: int, name: str, master: bytes) -> None:
        folder = hosts.folder
        write_secret(folder / f"{name}.key", node_key(master, number))
        ways = " ".join(f"path {path} {hosts.address('m', path)}:4790" for path in PATHS)
        text = [f"node {number} {name}", f"profile {self.profile}", f"keys {folder}/{name}.key", "run-directory /run/heliostat"]
        text += [f"monitor 1 {ways}", "self-fence none"]  # nobody's machine is stopped by a benchmark
        text += [f"path {path} path{path} {hosts.address(name, path)}:4791" for path in PATHS]
        (folder / f"{name}.conf").write_text("\n".join(text) + "\n")

    def start(self, hosts: Hosts, name: str, watch: Watch) -> None:
        kind = "monitor" if name == "m" else "agent"
        words = [
            str(self.build / f"heliostat-{kind}"),
            "--config",
            f"{hosts.folder}/{'monitor' if name == 'm' else name}.conf",
            "--foreground",
        ]
        process = hosts.spawn(name, words)
        if name == "m" and self.fencing:
            processor.start(hosts, name, watch)
        assert process.stdout is not None
        watch.follow(process.stdout, parse=name == "m")

    def armed(self, hosts: Hosts, watch: Watch) -> None:
        time.sleep(3)  # the nodes' votes
        self.order(hosts, "arm")

    def readmitted(self, hosts: Hosts, watch: Watch, since: float) -> None:
        """What was fenced is in quarantine until a person releases it."""
        if watch.wait(Word(VICTIM, "quarantined"), since, 20) is None:
            raise RuntimeError(f"{self.label}: {VICTIM} came back and was not quarantined\n{watch.tail()}")
        self.order(hosts, "release", VICTIM)
        if watch.wait(Word(VICTIM, "back"), since, 20) is None:
            raise RuntimeError(f"{self.label}: {VICTIM} was released and is not alive\n{watch.tail()}")

    def order(self, hosts: Hosts, *words: str) -> str:
        return hosts.call("m", str(self.build / "heliostat-heartbeat"), "--socket", f"{hosts.folder}/control", *words)


def settings(build: Path) -> list[Daemons]:
    return [Daemons("defaults", build), Daemons("profile fast", build, "fast")]
