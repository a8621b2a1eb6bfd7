# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pacemaker on Corosync's three nodes, for what fencing takes: the third is fenced by the service processor on a host of its own."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from . import lines, processor
from .corosync import Corosync
from .hosts import Hosts
from .lines import VICTIM, Word
from .watch import Watch

STATE = Path("var/lib/pacemaker")
# Whoever is left decides; the first election is not to wait for twenty seconds.
CONFIGURATION = """\
<configuration>
  <crm_config><cluster_property_set id="options">
    <nvpair id="o1" name="stonith-enabled" value="true"/><nvpair id="o2" name="stonith-action" value="off"/>
    <nvpair id="o3" name="dc-deadtime" value="5s"/>
  </cluster_property_set></crm_config>
  <resources>
    <primitive id="f-{victim}" class="stonith" type="fence_ipmilan"><instance_attributes id="words">
      <nvpair id="w0" name="pcmk_host_list" value="{victim}"/>{words}
    </instance_attributes></primitive>
  </resources>
  <constraints><rsc_location id="elsewhere" rsc="f-{victim}" node="{victim}" score="-INFINITY"/></constraints>
</configuration>
"""


class Pacemaker(Corosync):
    name = "Pacemaker"
    hosts: tuple[str, ...] = ("n1", "n2", "n3", "sp")
    programs = ("corosync", "pacemakerd", "cibadmin")

    def parse(self, line: str) -> list[Word]:
        return lines.corosync(line) + lines.pacemaker(line)

    def prepare(self, hosts: Hosts) -> Mapping[str, Mapping[str, Path]]:
        binds = {name: dict(of) for name, of in super().prepare(hosts).items()}
        address = hosts.address("sp", 1)
        agent = processor.prepare(hosts.folder, address)
        for name in self.members:
            state = hosts.folder / name / "pacemaker"
            for part in ("blackbox", "cib", "cores", "pengine"):
                (state / part).mkdir(parents=True)
                shutil.chown(state / part, "hacluster", "haclient")
            (hosts.folder / name / "log" / "pacemaker").mkdir()
            shutil.chown(hosts.folder / name / "log" / "pacemaker", "hacluster", "haclient")
            binds[name] |= {f"/{STATE}": state, str(processor.REAL): agent}
        return binds

    def start(self, hosts: Hosts, name: str, watch: Watch) -> None:
        if name == "sp":
            processor.start(hosts, name, watch)
            return
        super().start(hosts, name, watch)
        limit = time.monotonic() + 20
        while True:
            try:
                hosts.call(name, "corosync-cmapctl", "-g", "runtime.config.totem.token")
                break
            except RuntimeError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.1)
        if name == self.observer:
            watch.follow_file(hosts.folder / name / "log" / "pacemaker" / "pacemaker.log")
        process = hosts.spawn(name, ["env", "PCMK_logfile=/var/log/pacemaker/pacemaker.log", "pacemakerd"])
        assert process.stdout is not None
        watch.follow(process.stdout, parse=False)

    def armed(self, hosts: Hosts, watch: Watch) -> None:
        words = processor.words(hosts.address("sp", 1))
        pairs = "".join(f'<nvpair id="w-{name}" name="{name}" value="{value}"/>' for name, value in words.items())
        text = CONFIGURATION.format(victim=VICTIM, words=pairs)
        self._until(watch, lambda: hosts.call("n1", "cibadmin", "--modify", "--allow-create", "--xml-text", text), 60)
        self._until(
            watch,
            lambda: self._expect(hosts, "is running on", "timeout", "20", "crm_resource", "--resource", f"f-{VICTIM}", "--locate"),
            60,
        )
        self.readmitted(hosts, watch, 0)

    def readmitted(self, hosts: Hosts, watch: Watch, since: float) -> None:
        """Until all three are its members again."""
        self._until(watch, lambda: self._expect(hosts, VICTIM, "timeout", "5", "crm_node", "--partition"), 60)
        self._until(watch, lambda: self._expect(hosts, "S_NOT_DC", "timeout", "5", "crmadmin", "--status", VICTIM), 60)
        time.sleep(2)

    @staticmethod
    def _expect(hosts: Hosts, said: str, *words: str) -> None:
        if said not in (answer := hosts.call("n1", *words)):
            raise RuntimeError(f"{' '.join(words)}: {answer}")

    @staticmethod
    def _until(watch: Watch, act: Callable[[], object], seconds: float) -> None:
        limit = time.monotonic() + seconds
        while True:
            try:
                act()
                return
            except RuntimeError as error:
                if time.monotonic() > limit:
                    raise RuntimeError(f"{error}\n{watch.tail(60)}") from error
                time.sleep(0.5)


def settings() -> list[Pacemaker]:
    return [Pacemaker("defaults"), Pacemaker("token 1000", "  token: 1000\n")]
