# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that came back after it was given up: nothing of what lives elsewhere now may run or be imported there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..commands import zoneadm, zonecfg
from ..model.command import Command, Output
from ..model.errors import CommandFailed, Refused
from ..model.plan import Plan, Step
from ..model.vserver import Dataset, VServer
from .actual import NodeActual
from .chain import DOWN
from .context import NodeContext
from .storage import driver
from .storage import look as storage

#: What gives a dataset that is here and elsewhere away without writing to it, by volume manager.
_WITHOUT_IT = {
    "zfs": "start the node without its /etc/zfs/zpool.cache",
    "svm": "start the node: it takes no disk set by itself",
    "vxvm": "start the node: it imports no group that names another host",
}


@dataclass(frozen=True, slots=True)
class Release:
    """Checks a returned node and clears away the configurations of zones that moved on. ``elsewhere`` maps vServers to their nodes.

    See ``engine/operation.py`` for what the methods are for.
    """

    elsewhere: Mapping[str, tuple[VServer, str]]
    context: NodeContext

    def look(self, actual: NodeActual | None) -> Mapping[str, Command]:
        return {} if actual else {"zones": zoneadm.list_zones(), **storage.first(self._datasets(), (), health=False)}

    def read(self, actual: NodeActual | None, outputs: Mapping[str, Output]) -> NodeActual:
        """Raises CommandFailed where zones, pools, disk sets or disk groups could not be listed."""
        listed = outputs["zones"]
        if listed.rc != 0:
            raise CommandFailed(
                f"node {self.context.node}: its zones could not be listed (exit code {listed.rc}): {listed.stderr.strip()}. It stays in "
                "quarantine."
            )
        zones = {status.name: status for status in zoneadm.parse_list(listed.stdout)}
        try:
            return storage.read_first(NodeActual(zones=zones, pools={}, complete=True), self._datasets(), (), outputs)
        except CommandFailed as error:
            raise CommandFailed(f"node {self.context.node}: {error} It stays in quarantine.") from None

    def plan(self, actual: NodeActual) -> Sequence[Plan]:
        if self.refusals(actual):
            return []
        return [self._cleared(name, actual) for name in sorted(self.elsewhere) if name in actual.zones]

    def refusals(self, actual: NodeActual) -> Mapping[str, str]:
        found = {}
        for name, (vserver, home) in sorted(self.elsewhere.items()):
            try:
                self._check(name, vserver, home, actual)
            except Refused as error:
                found[name] = str(error)
        return found

    def describe(self, actual: NodeActual) -> Mapping[str, Any]:
        return {name: actual.zones[name].state if name in actual.zones else "absent" for name in self.elsewhere}

    def predict(self, actual: NodeActual) -> Mapping[str, Any]:
        refused = self.refusals(actual)
        left = {plan.object for plan in self.plan(actual) if not plan}
        now = self.describe(actual)
        return now if refused else {name: now[name] if name in left else "absent" for name in self.elsewhere}

    def _datasets(self) -> list[Dataset]:
        return [dataset for vserver, _home in self.elsewhere.values() for dataset in vserver.datasets]

    def _check(self, name: str, vserver: VServer, home: str, actual: NodeActual) -> None:
        status = actual.zones.get(name)
        node = self.context.node
        if status is not None and status.state not in DOWN:
            raise Refused(
                f"node {node}: zone {name} is {status.state} there, and vServer {name} lives on node {home}. Halt it now "
                f"('zoneadm -z {name} halt'), and check its data on {home}. The node stays in quarantine."
            )
        held = [dataset for dataset in vserver.datasets if driver.of(dataset).here(dataset, actual)]
        if held:
            raise Refused(
                f"node {node}: dataset {held[0].name} of vServer {name} is imported there, and the vServer lives on node {home}. Do not "
                f"export it there: that writes to it. Switch the node off, check the dataset on {home}, and "
                f"{_WITHOUT_IT[held[0].manager]}. The node stays in quarantine."
            )

    def _cleared(self, name: str, actual: NodeActual) -> Plan:
        """An installed zone without its storage is left: nothing documented makes Solaris forget it without touching its zone path."""
        state = actual.zones[name].state
        home = self.elsewhere[name][1]
        if state != "configured":
            left = f"zone {name} is {state} on node {self.context.node} without its datasets; it is used again when the vServer comes back"
            return Plan(name, (), (left,))
        why = f"it lives on node {home} now"
        delete = Step(name, f"delete configuration of zone {name}", why, zonecfg.delete(name), refused_by=zoneadm.REFUSED_BY)
        return Plan(name, (delete,))
