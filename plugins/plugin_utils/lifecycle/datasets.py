# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One dataset by itself as an operation: present, exported, or destroyed by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..commands import disks, zpool
from ..model.command import Command, Output
from ..model.errors import CommandFailed, HeliostatError, Refused
from ..model.plan import Plan
from ..model.vserver import Dataset
from . import dataset
from .actual import NodeActual
from .context import NodeContext


@dataclass(frozen=True, slots=True)
class Datasets:
    """See ``engine/operation.py`` for what the methods are for. ``owner`` is the vServer the LUNs belong to, or the dataset itself."""

    wanted: Dataset
    state: Literal["present", "exported", "absent"]
    owner: str
    destroy: str
    context: NodeContext

    def look(self, actual: NodeActual | None) -> Mapping[str, Command]:
        if actual is None:
            return {"pools": zpool.status()}
        doomed = self.state == "absent" and self.destroy == self.wanted.name
        if actual.complete or self.wanted.name in actual.pools or not (self.state == "present" or doomed):
            return {}
        return {"importable": zpool.importable()} | {f"disks {key}": command for key, command in disks.probes().items()}

    def read(self, actual: NodeActual | None, outputs: Mapping[str, Output]) -> NodeActual:
        if actual is None:
            output = outputs["pools"]
            if output.rc != 0:
                raise CommandFailed(f"'zpool status' failed with exit code {output.rc}: {output.stderr.strip()}. Nothing was changed.")
            return NodeActual(zones={}, pools={pool.name: pool for pool in zpool.parse_status(output.stdout)})
        known = {key.removeprefix("disks "): output for key, output in outputs.items() if key.startswith("disks ")}
        found = {disk.guid: disk for disk in disks.parse(known) if disk.guid}
        return replace(actual, importable=dataset.offered(outputs["importable"]), disks=found, complete=True)

    def plan(self, actual: NodeActual) -> Sequence[Plan]:
        made = self._attempt(actual)
        return [made] if isinstance(made, Plan) else []

    def refusals(self, actual: NodeActual) -> Mapping[str, str]:
        made = self._attempt(actual)
        return {self.wanted.name: str(made)} if isinstance(made, HeliostatError) else {}

    def describe(self, actual: NodeActual) -> Mapping[str, Any]:
        pool = actual.pools.get(self.wanted.name)
        if pool is None:
            return {self.wanted.name: None}
        return {self.wanted.name: {"layout": dataset.layout(pool), "luns": dataset.members(pool.vdevs, actual), "state": pool.state}}

    def predict(self, actual: NodeActual) -> Mapping[str, Any]:
        if self.refusals(actual):
            return self.describe(actual)
        if self.state != "present":
            return {self.wanted.name: None}
        if self.wanted.name in actual.pools:
            return self.describe(actual)
        offered = {pool.name: pool.state for pool in actual.importable or ()}
        state = offered.get(self.wanted.name, "ONLINE")
        return {self.wanted.name: {"layout": self.wanted.layout, "luns": list(self.wanted.luns), "state": state}}

    def _attempt(self, actual: NodeActual) -> Plan | HeliostatError:
        name = self.wanted.name
        try:
            if self.state == "present":
                steps, warnings = dataset.present(self.wanted, self.owner, actual, self.context)
                return Plan(name, tuple(replace(step, object=name) for step in steps), tuple(warnings))
            if self.state == "exported":
                return Plan(name, tuple(dataset.exported(self.wanted, name, actual)))
            if name in actual.pools and self.destroy != name:
                raise Refused(f"dataset {name}: state absent destroys all its data. Say so with destroy: {name}, or export it instead.")
            return Plan(name, tuple(dataset.destroyed(self.wanted, name, actual, self.context)))
        except HeliostatError as error:
            return error
