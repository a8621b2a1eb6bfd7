# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Heartbeat 3 with two nodes and two ucast paths, without resources."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from . import lines
from .engine import Engine
from .hosts import PATHS, Hosts
from .lines import Word
from .watch import Watch

PROGRAM = "/usr/libexec/heartbeat/heartbeat"


class Heartbeat(Engine):
    name = "Heartbeat 3"
    hosts = ("n1", "n3")
    observer = "n1"
    programs = (PROGRAM,)

    def __init__(self, setting: str, timers: str, patience: float) -> None:
        self.setting, self.timers, self.patience = setting, timers, patience

    def parse(self, line: str) -> list[Word]:
        return lines.heartbeat(line)

    def prepare(self, hosts: Hosts) -> Mapping[str, Mapping[str, Path]]:
        ways = "".join(f"ucast path{path} {hosts.address(name, path)}\n" for path in PATHS for name in hosts.names)
        nodes = "".join(f"node {name}\n" for name in hosts.names)
        binds = {}
        for name in hosts.names:
            etc, state, log = (hosts.folder / name / part for part in ("etc", "lib", "log"))
            for folder in (etc, log, *(state / part for part in ("api", "cores/root", "cores/hacluster", "cores/nobody", "ccm", "ckpt"))):
                folder.mkdir(parents=True)
            for path in (state, *state.rglob("*")):
                shutil.chown(path, "hacluster", "haclient")
            for part in ("harc", "rc.d", "resource.d"):
                source = Path("/etc/ha.d", part)
                shutil.copytree(source, etc / part) if source.is_dir() else shutil.copy(source, etc / part)
            (etc / "ha.cf").write_text(f"logfile /var/log/ha-log\n{self.timers}udpport 694\n{ways}auto_failback off\n{nodes}")
            (etc / "authkeys").write_text("auth 1\n1 sha1 secret\n")
            (etc / "authkeys").chmod(0o600)
            (etc / "haresources").write_text("")
            binds[name] = {"/etc/ha.d": etc, "/var/lib/heartbeat": state, "/var/log": log}
        return binds

    def start(self, hosts: Hosts, name: str, watch: Watch) -> None:
        hosts.call(
            name, "install", "-d", "-o", "hacluster", "-g", "haclient", "/run/heartbeat", "/run/heartbeat/ccm", "/run/heartbeat/dopd"
        )
        log = hosts.folder / name / "log" / "ha-log"
        if name == self.observer:
            watch.follow_file(log)
        process = hosts.spawn(name, [PROGRAM, "-f"])
        assert process.stdout is not None
        watch.follow(process.stdout, parse=False)


def settings() -> list[Heartbeat]:
    return [
        Heartbeat("defaults (keepalive 2, deadtime 30)", "keepalive 2\nwarntime 10\ndeadtime 30\ninitdead 120\n", 60),
        Heartbeat("keepalive 200ms, deadtime 1", "keepalive 200ms\nwarntime 500ms\ndeadtime 1\ninitdead 10\n", 30),
    ]
