# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A daemon installed, changed or upgraded on one host.

Everything new lies beside the old, and is checked by the new program before it takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...commands import smf, svccfg, systemctl
from ...model.command import Command, Output
from ...model.command import File as Written
from ...model.errors import HeliostatError, Refused
from ...model.plan import Plan, Step, Wait
from . import places, putting
from .look import ABSENT, CHANGES, FAILED, RUNS, STOPPED, Actual, Look, differs, smf_word, unit_word
from .wanted import File, Wanted

#: Seconds until a started daemon must be seen running.
START_TIME = 60.0


@dataclass(frozen=True, slots=True)
class Deployment:
    """``staged`` is the folder on the host to which programs are sent when a step names it. See ``engine/operation.py`` for the methods."""

    wanted: Wanted
    staged: str

    @property
    def name(self) -> str:
        return self.wanted.places.name

    @property
    def programs(self) -> tuple[str, ...]:
        return tuple(self.wanted.places.program(name) for name in self.wanted.places.programs)

    @property
    def _look(self) -> Look:
        secret = [file.path for file in self.wanted.secret_files]
        summed = (*self.programs, self.wanted.places.keys, *secret)
        return Look(self.wanted.places, summed, tuple(self.wanted.folders), self.wanted.user)

    def look(self, actual: Actual | None) -> Mapping[str, Command]:
        return {} if actual else self._look.probes()

    def read(self, _actual: Actual | None, outputs: Mapping[str, Output]) -> Actual:
        return self._look.read(outputs)

    def refusals(self, actual: Actual) -> Mapping[str, str]:
        try:
            self.wanted.check_keys(actual)
            if not self.wanted.programs and self.programs[0] not in actual.files:
                raise Refused(
                    f"{self.wanted.host}: no {self.programs[0]} is there or was given. Build it first (heliostat.vdc.heartbeat_build)."
                )
        except HeliostatError as error:
            return {self.name: str(error)}
        return {}

    def plan(self, actual: Actual) -> Sequence[Plan]:
        if self.refusals(actual):
            return []
        aside, moved = self._aside(actual)
        steps = [*self._before(actual), *aside]
        if moved:
            steps.append(self._check(moved))
            steps.append(self._step("put the new files in their places", "they are whole and checked", putting.move(moved)))
        steps += [*self._rights(actual, moved), *self._stale(actual), *self._service(actual, moved)]
        held = self.wanted.held_back(actual)
        return [Plan(self.name, tuple(steps), (held,) if held else ())]

    def describe(self, actual: Actual) -> Mapping[str, Any]:
        found = {path: actual.files[path].sum if path in actual.files else "absent" for path in self.programs}
        # Of a password not even the checksum is shown.
        secret = {file.path: {"": "as declared"}.get(self._differs(file, actual), "another") for file in self.wanted.secret_files}
        files = {path: actual.text(path) or "" for path in self._shown(actual)}
        return {
            self.name: {
                "service": actual.service.state,
                "keys": list(actual.keys or ()),
                "programs": found,
                "secrets": secret,
                "files": files,
            }
        }

    def predict(self, actual: Actual) -> Mapping[str, Any]:
        if self.refusals(actual):
            return self.describe(actual)
        now = dict(self.describe(actual)[self.name])
        now["programs"] = now["programs"] | {self.wanted.places.program(name): value for name, value in self.wanted.programs.items()}
        now["secrets"] = dict.fromkeys(now["secrets"], "as declared")
        now["files"] = {file.path: file.content for file in (self.wanted.configuration, *self.wanted.definitions(actual))}
        return {self.name: now | {"service": RUNS, "keys": list(self.wanted.key_numbers(actual))}}

    def _shown(self, actual: Actual) -> list[str]:
        return [file.path for file in (self.wanted.configuration, *self.wanted.definitions(actual))]

    def _step(self, what: str, why: str, command: Command, wait: Wait | None = None) -> Step:
        return Step(self.name, what, why, command, wait=wait)

    # --- files -----------------------------------------------------------------------------------------------------
    def _before(self, actual: Actual) -> list[Step]:
        steps = []
        if not actual.has_user:
            steps.append(self._step(f"add user {self.wanted.user}", "the daemon becomes it", putting.add_user(self.wanted.user)))
        for path, (mode, owner) in self.wanted.folders.items():
            why = differs(actual.files.get(path), mode, owner, "d")
            # A folder that the system has with other rights (a stricter /etc/heliostat) is not ours to open.
            if path not in actual.files or (path == self.wanted.places.state and why):
                steps.append(self._step(f"make folder {path}", why, putting.folder(path, mode, owner)))
        return steps

    def _differs(self, file: File, actual: Actual) -> str:
        found = actual.files.get(file.path)
        if found is None:
            return "it is not there"
        return "" if found.sum == file.sum else "it is not as declared"

    def _aside(self, actual: Actual) -> tuple[list[Step], list[str]]:
        """Steps that lay new files beside the old ones, and the paths of these."""
        steps, moved = [], []
        for name, wanted in self.wanted.programs.items():
            path = self.wanted.places.program(name)
            found = actual.files.get(path)
            if found is None or found.sum != wanted:
                why = "it is not there" if found is None else "another one was built"
                steps.append(self._step(f"send {name}", why, putting.put_program(self.staged, name, path), putting.arrived(path, wanted)))
                moved.append(path)
        for file in self.wanted.files(actual):
            why = self._differs(file, actual)
            if why:
                command = putting.put(file.name, file.content, file.path, file.mode, file.owner, file.secrets)
                steps.append(self._step(f"write {file.path}", why, command, putting.arrived(file.path, file.sum)))
                moved.append(file.path)
        return steps, moved

    def _check(self, moved: Sequence[str]) -> Step:
        """The new program reads the new configuration with the new keys, wherever they lie now."""
        program = self.programs[0]
        text = self.wanted.configuration.content
        for path in (self.wanted.places.keys, *(file.path for file in self.wanted.secret_files)):
            if path in moved:
                text = "".join(_renamed(line, path) for line in text.splitlines(keepends=True))
        file = Written(self.wanted.configuration.name, text)
        command = Command.of(f"{program}.new" if program in moved else program, "--config", file, "--check-config")
        return self._step("check the configuration", "nothing takes its place that the daemon would refuse", command)

    def _rights(self, actual: Actual, moved: Sequence[str]) -> list[Step]:
        steps = []
        for file in self.wanted.files(actual):
            why = "" if file.path in moved else differs(actual.files.get(file.path), file.mode, file.owner)
            if why:
                steps.append(self._step(f"set the rights of {file.path}", why, putting.rights(file.path, file.mode, file.owner)))
        return steps

    def _stale(self, actual: Actual) -> list[Step]:
        """Passwords of fence agents that nothing names any more."""
        if self.wanted.daemon == "agent":
            return []
        named = {file.path.rpartition("/")[2] for file in self.wanted.secret_files}
        gone = sorted(name for name in actual.secrets if name.removesuffix(".new") not in named)
        paths = [f"{places.SECRETS}/{name}" for name in gone]
        return [self._step("remove secrets that nothing names", ", ".join(gone), Command.of("rm", "-f", *paths))] if gone else []

    # --- the service -----------------------------------------------------------------------------------------------
    def _service(self, actual: Actual, moved: Sequence[str]) -> list[Step]:
        digests = self.wanted.digests(actual)
        known = actual.applied
        steps = self._define(actual, moved, digests)
        started = known.get("start") == digests["start"]
        state = actual.service.state
        gone = ("the service is not there", "it does not run", "it failed")
        if state not in (RUNS, CHANGES):
            why = {ABSENT: gone[0], FAILED: gone[2]}.get(state, gone[1])
            steps.append(self._step(f"start {self.name}", why, self._start(actual), self._runs(actual)))
        elif not started:
            why = "program, service or what only a restart changes is new"
            steps.append(self._step(f"restart {self.name}", why, self._restart(actual), self._runs(actual)))
        elif known.get("load") != digests["load"]:
            steps.append(self._step(f"reload {self.name}", "its configuration or keys are new", self._reload(actual), self._runs(actual)))
        if known != digests:
            text = "".join(f"{what} {digest}\n" for what, digest in digests.items())
            note = putting.keep("applied", text, self.wanted.places.applied)
            steps.append(self._step("note what it runs with", "for the next run", note))
        return steps

    def _define(self, actual: Actual, moved: Sequence[str], digests: Mapping[str, str]) -> list[Step]:
        """The service manager takes the definition, and starts the daemon at boot."""
        if actual.system == "solaris":
            return self._define_smf(actual, digests)
        units = [self.wanted.places.unit, *([places.GATE_UNIT] if places.GATE_UNIT_FILE in self._shown(actual) else [])]
        paths = {file.path for file in self.wanted.definitions(actual)}
        steps = []
        left = places.GATE_UNIT_FILE in actual.files and places.GATE_UNIT_FILE not in paths
        if left:
            steps.append(self._step("remove the gate", "the node is not gated", systemctl.disable(places.GATE_UNIT)))
            gone = Command.of("rm", "-f", places.GATE_UNIT_FILE)
            steps.append(self._step(f"remove {places.GATE_UNIT_FILE}", "the node is not gated", gone))
        if left or paths & set(moved) or actual.service.stale or actual.gate.stale:
            steps.append(self._step("have systemd read its units", "they are new", systemctl.daemon_reload()))
        for unit in units:
            if not (actual.service if unit == self.wanted.places.unit else actual.gate).enabled:
                steps.append(self._step(f"enable {unit}", "it is to start at boot", systemctl.enable(unit)))
        return steps

    def _define_smf(self, actual: Actual, digests: Mapping[str, str]) -> list[Step]:
        manifest = self.wanted.places.manifest
        if actual.applied.get("definition") == digests["definition"] and actual.service.state != ABSENT:
            found = []
        else:
            found = [
                self._step(f"validate {manifest}", "it is new", svccfg.validate(manifest)),
                self._step(f"import {manifest}", "it is new", svccfg.import_manifest(manifest)),
            ]
        if self.wanted.gated and not (actual.gate.enabled and actual.gate.state != ABSENT):
            gate = smf.enable(f"{places.GATE_SERVICE}:default")
            found.append(self._step("enable the gate", "svc:/system/zones waits for the lease", gate))
        return found

    @property
    def _fmri(self) -> str:
        return f"{self.wanted.places.service}:default"

    def _start(self, actual: Actual) -> Command:
        if actual.system == "linux":
            return systemctl.start(self.wanted.places.unit)
        return smf.clear(self._fmri) if actual.service.state == FAILED else smf.enable(self._fmri)

    def _restart(self, actual: Actual) -> Command:
        return systemctl.restart(self.wanted.places.unit) if actual.system == "linux" else smf.restart(self._fmri)

    def _reload(self, actual: Actual) -> Command:
        return systemctl.reload(self.wanted.places.unit) if actual.system == "linux" else smf.refresh(self._fmri)

    def _runs(self, actual: Actual) -> Wait:
        if actual.system == "linux":
            unit = self.wanted.places.unit
            advice = f"See 'journalctl -u {unit}' there."
            return Wait(systemctl.show(unit), _unit_state, frozenset({RUNS}), frozenset({CHANGES}), 0.2, START_TIME, advice=advice)
        advice = f"See 'svcs -xv {self._fmri}' there."
        # svcadm returns before anything has happened: disabled may still be shown.
        return Wait(smf.states([self._fmri]), smf_word, frozenset({RUNS}), frozenset({CHANGES, STOPPED}), 1.0, START_TIME, advice=advice)


def _unit_state(output: Output) -> str:
    return unit_word(systemctl.parse(output).state)


def _renamed(line: str, path: str) -> str:
    """A line of the configuration that names ``path`` names what lies beside it."""
    for word in (f"@{path}", path):
        for end in (" ", "\n", '"'):
            line = line.replace(f"{word}{end}", f"{word}.new{end}") if f"{word}{end}" in line and f"{word}.new" not in line else line
    return line
