# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The product's own operations on hosts with a real ZFS: datasets as they are, and the steps of file systems by themselves."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import files, zfs
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import operation
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.apply import Clock
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.node_shell import Connection, NodeShell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.actual import NodeActual, ZonePath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.context import NodeContext
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage import zfs_filesystem as filesystem
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.storage.datasets import Datasets
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.plan import Plan, Step
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.release import Release
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset, Filesystem, Layout, VServer

from .zfs_hosts import LUNS, ZfsHost

CLOCK = Clock(time.monotonic, time.sleep)


@dataclass
class Journal:
    """What was done, as the operator reads it."""

    steps: list[str] = field(default_factory=list)

    def started(self, step: Step) -> None:
        self.steps.append(step.what)

    def ended(self, step: Step, output: Output, seconds: float) -> None:
        assert seconds >= 0


@dataclass
class Cut:
    """A connection that is lost at its round trip number ``at``: before anything reached the host, or after all of it ran there."""

    host: ZfsHost
    at: int
    ran: bool
    trips: int = 0

    def run(self, script: str) -> tuple[int, str, str]:
        self.trips += 1
        if self.trips != self.at:
            return self.host.run(script)
        if self.ran:
            self.host.run(script)
        return 255, "", "Connection closed"


SURROUNDINGS = NodeContext("any", Release("s10", "Oracle Solaris 10", "sparc", 11), {}, {})


@dataclass(frozen=True)
class Run:
    """A run's report and what the engine did for it."""

    report: operation.Report[NodeActual]
    steps: list[str]
    trips: int


def dataset(name: str = "web1", luns: Sequence[int] = (1, 2), layout: Layout = "mirror") -> Dataset:
    return Dataset(name, tuple(LUNS[number - 1] for number in luns), layout)


def context(host: ZfsHost) -> NodeContext:
    return NodeContext(host.name, Release("s10", "Oracle Solaris 10", "sparc", 11), {}, {})


def run(asked: operation.Operation[NodeActual], host: ZfsHost, *, check: bool = False, by: Connection | None = None) -> Run:
    node, journal = NodeShell(host.name, by or host), Journal()
    report = operation.run(asked, node, CLOCK, journal, lambda *_: None, check=check)
    return Run(report, journal.steps, node.round_trips)


def datasets(
    host: ZfsHost,
    wanted: Dataset,
    state: Literal["present", "exported", "absent"] = "present",
    *,
    destroy: str = "",
    check: bool = False,
    by: Connection | None = None,
) -> Run:
    return run(Datasets(wanted, state, wanted.name, destroy, context(host)), host, check=check, by=by)


@dataclass(frozen=True)
class Filesystems:
    """The file systems of one vServer as ``lifecycle/vservers.py`` looks at them and plans them, without its zone."""

    vserver: VServer

    def look(self, actual: NodeActual | None) -> Mapping[str, Command]:
        if actual is not None:
            return {}
        names = [entry.zfs for entry in self.vserver.filesystems]
        return {"zfs": zfs.get(filesystem.PROPERTIES, *names), "path": files.listing(self.vserver.zonepath)}

    def read(self, actual: NodeActual | None, outputs: Mapping[str, Output]) -> NodeActual:
        found = zfs.parse_get(outputs["zfs"].stdout)
        names = {entry.zfs for entry in self.vserver.filesystems}
        assert zfs.absent(outputs["zfs"]) == names - set(found)
        have = files.parse_listing(outputs["path"], self.vserver.zonepath)
        paths = {} if have is None else {self.vserver.name: ZonePath(*have)}
        return NodeActual(zones={}, pools={}, zfs=found, zonepaths=paths, complete=True)

    def plan(self, actual: NodeActual) -> Sequence[Plan]:
        made = self._attempt(actual)
        return [made] if isinstance(made, Plan) else []

    def refusals(self, actual: NodeActual) -> Mapping[str, str]:
        made = self._attempt(actual)
        return {self.vserver.name: str(made)} if isinstance(made, Refused) else {}

    def describe(self, actual: NodeActual) -> Mapping[str, Any]:
        return {name: {key: found.value for key, found in each.properties.items()} for name, each in actual.zfs.items()}

    def predict(self, actual: NodeActual) -> Mapping[str, Any]:
        return self.describe(actual)

    def _attempt(self, actual: NodeActual) -> Plan | Refused:
        try:
            made = [filesystem.present(entry, self.vserver, actual, SURROUNDINGS) for entry in self.vserver.filesystems]
            steps = tuple(step for found, _warnings in made for step in found)
            return Plan(self.vserver.name, steps, tuple(warning for _steps, warnings in made for warning in warnings))
        except Refused as error:
            return error


def vserver(root: int | None = None, data: int | None = None, name: str = "web1") -> VServer:
    """A vServer with a root and a data file system of these sizes in bytes."""
    filesystems = (Filesystem("root", name, "zone", size=root), Filesystem("data", name, "srv", "/srv", size=data))
    return VServer(name, "production", "native", (dataset(name),), filesystems, ())


def filesystems(host: ZfsHost, wanted: VServer, *, by: Connection | None = None) -> Run:
    return run(Filesystems(wanted), host, by=by)
