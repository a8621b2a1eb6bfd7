# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vServers of one node as one operation: one look at all of them, a plan for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..commands import files, job, ping, zoneadm, zonecfg
from ..model.command import Command, Output
from ..model.errors import CommandFailed, HeliostatError
from ..model.plan import Plan
from ..model.vserver import Dataset, VServer
from ..model.zone import ZoneConfig, ZoneStatus
from . import changing, installing, live_resources, milestone, vserver
from .actual import NodeActual, ZonePath
from .change import given_back
from .context import NodeContext
from .describe import described, predicted
from .storage import look
from .vserver import Wanted


@dataclass(frozen=True, slots=True)
class VServers:
    """Deploys, changes, stops and removes. See ``engine/operation.py`` for what the methods are for."""

    wanted: Sequence[Wanted]
    context: NodeContext

    def look(self, actual: NodeActual | None) -> Mapping[str, Command]:
        if actual is None:
            return self._first_look()
        return {} if actual.complete else self._second_look(actual)

    def read(self, actual: NodeActual | None, outputs: Mapping[str, Output]) -> NodeActual:
        if actual is None:
            known = self._read_first(outputs)
            return known if self._second_look(known) else replace(known, complete=True)
        return self._read_second(actual, outputs)

    def plan(self, actual: NodeActual) -> Sequence[Plan]:
        plans = (self._attempt(wanted, actual) for wanted in self.wanted)
        return [plan for plan in plans if isinstance(plan, Plan)]

    def refusals(self, actual: NodeActual) -> Mapping[str, str]:
        attempts = ((wanted.vserver.name, self._attempt(wanted, actual)) for wanted in self.wanted)
        return {name: str(error) for name, error in attempts if isinstance(error, HeliostatError)}

    def describe(self, actual: NodeActual) -> Mapping[str, Any]:
        return {wanted.vserver.name: described(wanted, actual) for wanted in self.wanted}

    def predict(self, actual: NodeActual) -> Mapping[str, Any]:
        refused = self.refusals(actual)
        return {
            name: described(wanted, actual) if name in refused else predicted(wanted, actual, self.context)
            for wanted in self.wanted
            if (name := wanted.vserver.name)
        }

    def _attempt(self, wanted: Wanted, actual: NodeActual) -> Plan | HeliostatError:
        try:
            return vserver.plan(wanted, actual, self.context)
        except HeliostatError as error:
            return error

    def _first_look(self) -> dict[str, Command]:
        probes = {"jobs": job.known(), "zones": zoneadm.list_zones()}
        probes |= look.first(self._datasets(), self._names(), health=bool(self._staying())) | look.held(self._examined())
        probes |= live_resources.probes(self._staying())
        probes |= changing.first_look(self._staying(), self.context)
        for wanted in self.wanted:
            name = wanted.vserver.name
            probes[f"config {name}"] = zonecfg.export(name)
            if wanted.state == "running":
                probes[f"milestone {name}"] = milestone.probe(name, wanted.vserver.brand, self.context)
            if installing.needs_sysidcfg(wanted.vserver):
                probes[f"identity {name}"] = files.existing(*_identity(wanted))
        return probes

    def _read_first(self, outputs: Mapping[str, Output]) -> NodeActual:
        _must_succeed(outputs, "zones")
        zones = {status.name: status for status in zoneadm.parse_list(outputs["zones"].stdout)}
        configs = {}
        milestones = {}
        maintenance = {}
        unconfigured = set()
        for wanted in self.wanted:
            name = wanted.vserver.name
            exported = outputs[f"config {name}"]
            if not zonecfg.parse_not_configured(exported):
                _must_succeed(outputs, f"config {name}")
                configs[name] = completed(zonecfg.parse_export(exported.stdout, zone=name), zones.get(name))
            if (name in configs) != (name in zones):
                one, other = ("zonecfg", "zoneadm list") if name in configs else ("zoneadm list", "zonecfg")
                raise CommandFailed(f"vServer {name}: {one} knows the zone and {other} does not. Look at the node. Nothing was changed.")
            if f"milestone {name}" in outputs and name in zones and zones[name].state == "running":
                brand = wanted.vserver.brand
                milestones[name] = milestone.reader(brand)(outputs[f"milestone {name}"])
                maintenance[name] = milestone.in_maintenance(outputs[f"milestone {name}"], brand)
            if f"identity {name}" in outputs:
                marker, sysidcfg = _identity(wanted)
                found = files.parse_existing(outputs[f"identity {name}"])
                if marker in found and sysidcfg not in found:
                    unconfigured.add(name)
        running, ended = job.parse_known(outputs["jobs"])
        actual = NodeActual(
            zones=zones,
            pools={},
            configs=configs,
            milestones=milestones,
            maintenance=maintenance,
            unconfigured=frozenset(unconfigured),
            jobs=running,
            ended_jobs=ended,
            resources=live_resources.read(outputs),
        )
        users = {name: one.vserver.name for one in self.wanted for name in look.names_of(one.vserver.filesystems, ())}
        actual = look.read_first(changing.read_first(actual, outputs), self._datasets(), self._names(), outputs, users)
        return look.read_held(actual, self._examined(), outputs)

    def _datasets(self) -> list[Dataset]:
        """Of all vServers, each once: what they are to have, and what they are no longer to have."""
        mine = [dataset for wanted in self.wanted for dataset in wanted.vserver.datasets]
        return list(dict.fromkeys([*mine, *self._leaving()]))

    def _names(self) -> list[str]:
        return [name for wanted in self.wanted for name in look.names_of(wanted.vserver.filesystems, sorted(wanted.destroy))]

    def _staying(self) -> list[VServer]:
        return [one.vserver for one in self.wanted if one.state not in ("absent", "detached") and not one.run_only]

    def _leaving(self) -> list[Dataset]:
        found: list[Dataset] = []
        for wanted in self.wanted:
            if wanted.state in ("absent", "detached") or wanted.moves:
                found += wanted.vserver.datasets
            elif not wanted.run_only:
                found += given_back.undeclared(wanted.vserver, wanted.former)
        return found

    def _examined(self) -> list[Dataset]:
        """Of which all that lies on them is looked at: those that go away, and pools that an interrupted installation may take along."""
        pools = [one for wanted in self.wanted for one in wanted.vserver.datasets if one.rootzpool and not wanted.run_only]
        return list(dict.fromkeys([*self._leaving(), *pools]))

    def _needed(self) -> list[Dataset]:
        """What is to be here when all is done, and what is to be destroyed."""
        found: list[Dataset] = []
        for wanted in self.wanted:
            leaves = wanted.state in ("absent", "detached")
            found += [one for one in wanted.vserver.datasets if not leaves or one.name in wanted.destroy]
        return found

    def _second_look(self, actual: NodeActual) -> dict[str, Command]:
        """Only what a plan for something missing depends on."""
        if actual.zonepaths is not None:
            return look.third(self._needed(), actual)
        probes = look.second(self._needed(), actual)
        for wanted in self.wanted:
            if wanted.state in ("absent", "detached"):
                continue
            name = wanted.vserver.name
            status = actual.zones.get(name)
            if status is None or status.state in ("configured", "incomplete", "unavailable"):
                probes[f"zonepath {name}"] = files.listing(wanted.vserver.zonepath)
            if status is None and not wanted.moves:  # one that moves answers itself
                for attachment in wanted.vserver.networks:
                    address = str(attachment.address.ip)
                    probes[f"ping {address}"] = ping.probe(address)
            if not (wanted.run_only or wanted.moves) and (status is None or status.state in ("configured", "incomplete")):
                probes |= {f"source {path}": files.file_at(path) for path in installing.sources(wanted.vserver)}
            if not wanted.run_only:
                probes |= changing.probes(wanted.vserver, wanted.apply, actual, self.context, stops=wanted.stops)
        return probes

    def _read_second(self, actual: NodeActual, outputs: Mapping[str, Output]) -> NodeActual:
        if actual.zonepaths is not None:
            return replace(look.read_third(actual, outputs), complete=True)
        zonepaths = {}
        for key, output in outputs.items():
            kind, _blank, name = key.partition(" ")
            if kind == "zonepath":
                found = files.parse_listing(output, name)
                if found:
                    zonepaths[name] = ZonePath(*found)
        actual = changing.read_second(actual, outputs)
        actual = look.read_second(actual, outputs)
        actual = replace(
            actual,
            zonepaths=zonepaths,
            unreadable={
                key.removeprefix("source "): why
                for key, output in outputs.items()
                if key.startswith("source ") and (why := files.parse_no_file(output))
            },
            answering=frozenset(
                key.removeprefix("ping ") for key, output in outputs.items() if key.startswith("ping ") and ping.answers(output)
            ),
        )
        return replace(actual, complete=not look.third(self._needed(), actual))


def completed(config: ZoneConfig, status: ZoneStatus | None) -> ZoneConfig:
    """The configuration with what an export may leave out as a default, and zoneadm tells."""
    if status is None:
        return config
    told = {"zonepath": status.path, "brand": status.brand, "ip-type": status.ip_type}
    missing = {key: value for key, value in told.items() if value and (key != "brand" or value != "native")}
    return ZoneConfig({**missing, **config.properties}, config.resources)


def _identity(wanted: Wanted) -> tuple[str, str]:
    """The mark of a system without identity, and the file that will give it one."""
    etc = f"{wanted.vserver.zonepath}/root/etc"
    return f"{etc}/.UNCONFIGURED", f"{etc}/sysidcfg"


def _must_succeed(outputs: Mapping[str, Output], *names: str) -> None:
    for name in names:
        output = outputs[name]
        if output.rc != 0:
            raise CommandFailed(
                f"looking at {name} failed with exit code {output.rc}: {(output.stderr or output.stdout).strip()}. Nothing was changed."
            )
