# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One dataset by itself as an operation: present, exported, or destroyed by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ...commands import zoneadm, zonecfg
from ...model.command import Command, Output
from ...model.errors import CommandFailed, HeliostatError, Refused
from ...model.plan import Plan, Step
from ...model.vserver import Dataset
from ...model.zone import ZoneConfig
from ..actual import NodeActual
from ..context import NodeContext
from . import driver, look, sharing


@dataclass(frozen=True, slots=True)
class Datasets:
    """See ``engine/operation.py`` for what the methods are for.

    ``owner`` is the vServer the LUNs belong to, or the dataset itself; ``vserver`` is that vServer ('': none was named); ``declared``
    are the file systems (DATASET/NAME) that may be destroyed with it; ``holders`` as ``sharing.check_nobodys`` has them.
    """

    wanted: Dataset
    state: Literal["present", "exported", "absent"]
    owner: str
    destroy: str
    context: NodeContext
    declared: frozenset[str] = frozenset()
    vserver: str = ""
    holders: Mapping[str, str] = field(default_factory=dict)

    def look(self, actual: NodeActual | None) -> Mapping[str, Command]:
        if actual is None:
            probes = look.first([self.wanted], (), health=self.state == "present")
            return probes if self.state == "present" else {"zones": zoneadm.list_zones(), **probes, **look.held([self.wanted])}
        if actual.complete:
            return self._configurations(actual)
        return look.third(self._needed, actual) if actual.disks is not None else look.second(self._needed, actual)

    def _configurations(self, actual: NodeActual) -> dict[str, Command]:
        """Of every zone that may use what goes away."""
        if self.state == "present" or not driver.of(self.wanted).here(self.wanted, actual):
            return {}
        zones = [name for name in actual.zones if name not in ("global", self.vserver)]
        return {f"config {name}": zonecfg.export(name) for name in zones if name not in actual.configs}

    @property
    def _needed(self) -> list[Dataset]:
        doomed = self.state == "absent" and self.destroy == self.wanted.name
        return [self.wanted] if self.state == "present" or doomed else []

    def read(self, actual: NodeActual | None, outputs: Mapping[str, Output]) -> NodeActual:
        if actual is None:
            found = look.read_first(NodeActual(zones={}, pools={}), [self.wanted], (), outputs)
            if "zones" in outputs:
                found = look.read_held(replace(found, zones=_zones(outputs["zones"])), [self.wanted], outputs)
            return replace(found, complete=not look.second(self._needed, found))
        if actual.complete:
            return replace(actual, configs={name.removeprefix("config "): _config(name, output) for name, output in outputs.items()})
        if actual.disks is not None:
            return replace(look.read_third(actual, outputs), complete=True)
        found = look.read_second(actual, outputs)
        return replace(found, complete=not look.third(self._needed, found))

    def plan(self, actual: NodeActual) -> Sequence[Plan]:
        made = self._attempt(actual)
        return [made] if isinstance(made, Plan) else []

    def refusals(self, actual: NodeActual) -> Mapping[str, str]:
        made = self._attempt(actual)
        return {self.wanted.name: str(made)} if isinstance(made, HeliostatError) else {}

    def describe(self, actual: NodeActual) -> Mapping[str, Any]:
        return {self.wanted.name: driver.of(self.wanted).described(self.wanted, actual)}

    def predict(self, actual: NodeActual) -> Mapping[str, Any]:
        if self.refusals(actual):
            return self.describe(actual)
        if self.state != "present":
            return {self.wanted.name: None}
        return {self.wanted.name: driver.of(self.wanted).predicted(self.wanted, actual)}

    def _attempt(self, actual: NodeActual) -> Plan | HeliostatError:
        name = self.wanted.name
        try:
            if self.state == "present":
                steps, warnings = driver.present(self.wanted, self.owner, actual, self.context)
                offered = driver.of(self.wanted).offers(self.wanted, actual)
                unseen = offered and self.wanted.manager != "zfs"  # volumes may have to be started
                return Plan(name, self._mine(steps), tuple(warnings), again=unseen)
            steps = self._gone(actual)
        except HeliostatError as error:
            return error
        importing = tuple(step for step in steps if step.what.startswith("import "))
        if importing:
            warning = f"dataset {name}: what may be destroyed depends on what lies there; it is planned after the import"
            return Plan(name, self._mine(importing), (warning,), again=True)
        return Plan(name, self._mine(steps))

    def _gone(self, actual: NodeActual) -> list[Step]:
        name, doomed = self.wanted.name, self.state == "absent"
        if doomed and self.destroy != name and driver.of(self.wanted).here(self.wanted, actual):
            raise Refused(f"dataset {name}: state absent destroys all its data. Say so with destroy: {name}, or export it instead.")
        sharing.check_nobodys(self.wanted, self.vserver, self.holders, actual, self.context)
        sharing.check(self.wanted, self.vserver, self.declared, actual, self.context, doomed=doomed)
        act = driver.destroyed if doomed else driver.exported
        return act(self.wanted, self.owner, actual, self.context)

    def _mine(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        return tuple(replace(step, object=self.wanted.name) for step in steps)


def _config(probe: str, output: Output) -> ZoneConfig:
    if output.rc != 0:
        zone = probe.removeprefix("config ")
        raise CommandFailed(f"'zonecfg -z {zone} export' failed with exit code {output.rc}: {output.stderr.strip()}. Nothing was changed.")
    return zonecfg.parse_export(output.stdout)


def _zones(output: Output) -> dict[str, Any]:
    """A node that has no zoneadm has no zones."""
    if output.missing:
        return {}
    if output.rc != 0:
        raise CommandFailed(f"'zoneadm list -cp' failed with exit code {output.rc}: {output.stderr.strip()}. Nothing was changed.")
    return {status.name: status for status in zoneadm.parse_list(output.stdout)}
