# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""keepalived: one VRRP instance between two nodes over the first path (an instance knows one interface)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from . import lines
from .engine import Engine
from .hosts import Hosts
from .lines import VICTIM, Word
from .watch import Watch


class Keepalived(Engine):
    name = "keepalived"
    hosts = ("n1", "n3")
    observer = "n1"
    programs = ("keepalived",)
    patience = 30

    def __init__(self, setting: str, advert: str, version: int) -> None:
        self.setting, self.advert, self.version = setting, advert, version

    def parse(self, line: str) -> list[Word]:
        return lines.keepalived(line)

    def prepare(self, hosts: Hosts) -> Mapping[str, Mapping[str, Path]]:
        for name in hosts.names:
            (hosts.folder / f"{name}.conf").write_text(
                f"global_defs {{\n  router_id {name}\n  vrrp_version {self.version}\n}}\n"
                "vrrp_instance v {\n  state BACKUP\n  interface path1\n"
                f"  virtual_router_id 51\n  priority {120 if name == VICTIM else 110}\n  advert_int {self.advert}\n"
                "  virtual_ipaddress {\n    10.71.0.100/24\n  }\n}\n"
            )
        return {}

    def start(self, hosts: Hosts, name: str, watch: Watch) -> None:
        words = ["keepalived", "--dont-fork", "--log-console", "--log-detail", "--vrrp", "--use-file", str(hosts.folder / f"{name}.conf")]
        process = hosts.spawn(name, words)
        assert process.stdout is not None
        watch.follow(process.stdout, parse=name == self.observer)

    def started(self, hosts: Hosts, watch: Watch) -> None:
        """Both begin as backups; before three of its adverts' times are over nobody is the master."""
        time.sleep(5)


def settings() -> list[Keepalived]:
    return [Keepalived("defaults (advert_int 1)", "1", 2), Keepalived("advert_int 0.1, VRRP 3", "0.1", 3)]
