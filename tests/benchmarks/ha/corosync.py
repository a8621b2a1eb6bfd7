# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Corosync 3 with three nodes and two links by knet: the membership is what it declares."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from . import lines
from .engine import Engine
from .hosts import PATHS, Hosts
from .lines import Word
from .watch import Watch


class Corosync(Engine):
    name = "Corosync 3"
    hosts: tuple[str, ...] = ("n1", "n2", "n3")
    members: tuple[str, ...] = ("n1", "n2", "n3")
    observer = "n1"
    programs: tuple[str, ...] = ("corosync",)
    patience = 30

    def __init__(self, setting: str, totem: str = "") -> None:
        self.setting, self.totem = setting, totem

    def parse(self, line: str) -> list[Word]:
        return lines.corosync(line)

    def prepare(self, hosts: Hosts) -> Mapping[str, Mapping[str, Path]]:
        nodes = ""
        for number, name in enumerate(self.members, 1):
            links = "".join(f"    ring{path - 1}_addr: {hosts.address(name, path)}\n" for path in PATHS)
            nodes += f"  node {{\n    name: {name}\n    nodeid: {number}\n{links}  }}\n"
        text = (
            "totem {\n  version: 2\n  cluster_name: bench\n  transport: knet\n  crypto_cipher: aes256\n  crypto_hash: sha256\n"
            f"{self.totem}}}\nquorum {{\n  provider: corosync_votequorum\n}}\n"
            f"logging {{\n  to_stderr: yes\n  to_syslog: no\n  timestamp: off\n}}\nnodelist {{\n{nodes}}}\n"
        )
        key = secrets.token_bytes(256)
        binds = {}
        for name in self.members:
            etc, state, log = (hosts.folder / name / part for part in ("etc", "lib", "log"))
            for folder in (etc, state, log / "corosync"):
                folder.mkdir(parents=True)
            (etc / "corosync.conf").write_text(text)
            (etc / "authkey").write_bytes(key)
            (etc / "authkey").chmod(0o400)
            binds[name] = {"/etc/corosync": etc, "/var/lib/corosync": state, "/var/log": log}
        return binds

    def start(self, hosts: Hosts, name: str, watch: Watch) -> None:
        process = hosts.spawn(name, ["corosync", "-f"])
        assert process.stdout is not None
        watch.follow(process.stdout, parse=name == self.observer)


def settings() -> list[Corosync]:
    return [
        Corosync("defaults (token 3000 + 650 for each node over two)"),
        Corosync("token 1000, the default before 3.1", "  token: 1000\n"),
        Corosync("token 300, not documented as safe", "  token: 300\n  token_coefficient: 0\n"),
    ]
