# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A daemon removed from a host: told to end (it says good-bye), its service, files and keys gone. What a monitor remembers is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...commands import smf, svccfg, systemctl
from ...model.command import Command, Output
from ...model.plan import Plan, Step, Wait
from . import places, putting, services
from .look import ABSENT, CHANGES, FAILED, RUNS, STOPPED, Actual, Look, smf_word
from .places import Places

#: Seconds until it must be seen stopped. An agent may say good-bye for as long as its lease, which is not known here; what takes longer
#: than its service's method may is shown as failed before.
STOP_TIME = 900.0


@dataclass(frozen=True, slots=True)
class Removal:
    """See ``engine/operation.py`` for what the methods are for."""

    places: Places

    @property
    def _look(self) -> Look:
        """A deployment that was killed has left new files, keys among them, beside their places."""
        own = self.places
        gate = [places.GATE_UNIT_FILE] if own.daemon == "agent" else []
        kept = [*(own.program(name) for name in own.programs), own.keys]
        beside = [f"{path}.new" for path in (*kept, own.configuration, own.applied, own.manifest, own.unit_file, *gate)]
        return Look(own, (*kept, *beside), (), "")

    def look(self, actual: Actual | None) -> Mapping[str, Command]:
        return {} if actual else self._look.probes()

    def read(self, _actual: Actual | None, outputs: Mapping[str, Output]) -> Actual:
        return self._look.read(outputs)

    def refusals(self, _actual: Actual) -> Mapping[str, str]:
        return {}

    def plan(self, actual: Actual) -> Sequence[Plan]:
        steps = self._stopped_smf(actual) if actual.system == "solaris" else self._stopped_systemd(actual)
        secret = [f"{places.SECRETS}/{name}" for name in sorted(actual.secrets)] if self.places.daemon == "monitor" else []
        defined = {self.places.manifest, self.places.unit_file, places.GATE_UNIT_FILE}
        left = [path for path in (*actual.files, *secret) if path not in defined or actual.system == "solaris"]
        if left:
            steps.append(self._step("remove its files", f"{len(left)} are there", Command.of("rm", "-f", *left)))
        return [Plan(self.places.name, tuple(steps))]

    def describe(self, actual: Actual) -> Mapping[str, Any]:
        return {self.places.name: {"service": actual.service.state, "keys": list(actual.keys or ()), "files": sorted(actual.files)}}

    def predict(self, actual: Actual) -> Mapping[str, Any]:
        return {self.places.name: {"service": ABSENT, "keys": [], "files": []}}

    def _step(self, what: str, why: str, command: Command, wait: Wait | None = None) -> Step:
        return Step(self.places.name, what, why, command, wait=wait)

    def _stopped_systemd(self, actual: Actual) -> list[Step]:
        steps = []
        units = [(self.places.unit, self.places.unit_file, actual.service), (places.GATE_UNIT, places.GATE_UNIT_FILE, actual.gate)]
        for unit, path, found in units if self.places.daemon == "agent" else units[:1]:
            if found.state != ABSENT:
                steps.append(self._step(f"stop and disable {unit}", "it is to go", systemctl.disable(unit)))
            if path in actual.files:
                steps.append(self._step(f"remove {path}", "it is to go", Command.of("rm", "-f", path)))
        if steps:
            steps.append(self._step("have systemd read its units", "one is gone", systemctl.daemon_reload()))
            if actual.service.state == FAILED:
                steps.append(self._step("forget that it failed", "its unit is gone", systemctl.forget(self.places.unit)))
        return steps

    def _stopped_smf(self, actual: Actual) -> list[Step]:
        """The gate lets svc:/system/zones go first: a dependency on a service that is gone would keep zones from booting."""
        steps = []
        if actual.gate.state != ABSENT:
            text = services.manifest("agent", gated=False)
            path = self.places.manifest
            ungated = putting.put(f"{self.places.name}.xml", text, path, "0644", "root")
            steps.append(self._step("write a manifest without the gate", "svc:/system/zones must not wait for it", ungated))
            steps.append(self._step("put it in its place", "it is imported from there", putting.move([path])))
            steps.append(self._step("let svc:/system/zones go", "it must not wait for a gate that is gone", svccfg.import_manifest(path)))
            if actual.gate.state != STOPPED:
                steps.append(self._step("disable the gate", "it is to go", smf.disable(f"{places.GATE_SERVICE}:default")))
        if actual.service.state != ABSENT:
            fmri = f"{self.places.service}:default"
            if actual.service.state != STOPPED:
                wait = Wait(smf.states([fmri]), smf_word, frozenset({STOPPED}), frozenset({RUNS, CHANGES}), 1.0, STOP_TIME)
                steps.append(self._step(f"disable {self.places.name}", "it is to go, and says good-bye", smf.disable(fmri), wait))
            steps.append(self._step(f"delete {self.places.service}", "it is to go", svccfg.delete(self.places.service)))
        if actual.gate.state != ABSENT:
            steps.append(self._step(f"delete {places.GATE_SERVICE}", "it is to go", svccfg.delete(places.GATE_SERVICE)))
        return steps
