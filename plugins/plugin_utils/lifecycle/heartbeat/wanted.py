# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one daemon's host is to have: the files with content, rights and owner, for the system that it turned out to run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...commands import cksum
from ...model.errors import InvalidDefinition, Refused
from ...model.heartbeat import Beating, Daemon, Estate, Key, KeyPhase, Watching
from . import configuration, keys, places, services
from .look import Actual
from .places import Places


@dataclass(frozen=True, slots=True)
class File:
    """``content`` is not shown. ``name`` is how it is called in plans."""

    path: str
    name: str
    mode: str
    owner: str
    content: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def sum(self) -> str:
        return cksum.of(self.content.encode())


@dataclass(frozen=True, slots=True)
class Wanted:
    """A daemon on a host.

    ``programs`` are checksums by name, empty where those that are there stay. ``ready`` are the hosts of which this run knows that they are
    where a rotation needs them: for an agent the monitors that accept the newest key, for a monitor the nodes that use it.
    """

    estate: Estate
    host: str
    daemon: Daemon
    phase: KeyPhase = "only"
    ready: frozenset[str] = frozenset()
    programs: Mapping[str, str] = field(default_factory=dict)

    @property
    def places(self) -> Places:
        return Places(self.daemon)

    @property
    def own(self) -> Beating | Watching:
        """Raises InvalidDefinition where the inventory declares no such thing of the host."""
        found = (self.estate.nodes if self.daemon == "agent" else self.estate.monitors).get(self.host)
        if found is None:
            variable = "heliostat_heartbeat" if self.daemon == "agent" else "heliostat_monitor"
            raise InvalidDefinition(f"{self.host}: its variable {variable} is not set, so it has no {self.daemon}.")
        return found

    @property
    def user(self) -> str:
        return self.own.user

    @property
    def gated(self) -> bool:
        return isinstance(own := self.own, Beating) and own.gated

    @property
    def owner(self) -> str:
        """Of what a monitor reads again after it has become its user; an agent's guard stays root."""
        return self.user if self.daemon == "monitor" and self.user else "root"

    @property
    def folders(self) -> dict[str, tuple[str, str]]:
        """Path → mode and owner."""
        found = dict.fromkeys((places.ROOT, places.BIN, places.ETC), ("0755", "root"))
        if self.daemon == "monitor":
            found |= {places.SECRETS: ("0755", "root"), places.STATE: ("0755", "root"), self.places.state: ("0755", self.owner)}
        return found

    @property
    def secret_files(self) -> tuple[File, ...]:
        if self.daemon == "agent":
            return ()
        found = configuration.secrets(self.estate, self.places)
        return tuple(File(path, path.rpartition("/")[2], "0600", self.owner, text, (text.strip(),)) for path, text in sorted(found.items()))

    def key_numbers(self, actual: Actual) -> tuple[int, ...]:
        """Which keys the host is to have after this, the one it sends with first."""
        declared = [key.id for key in self.estate.keys]
        found = keys.wanted(self.phase, declared, actual.keys)
        present = tuple(number for number in actual.keys or () if number in declared)
        if not self.held_back(actual):
            return found
        return present if self.daemon == "agent" else keys.wanted("use", declared, actual.keys)

    def held_back(self, actual: Actual) -> str:
        """Why a change of keys does not go further on this host, although it is asked for; '' where it does.

        A node does not send with a key, nor drop one, of which this run does not know that the monitors need it no more.
        """
        declared = [key.id for key in self.estate.keys]
        present = [number for number in actual.keys or () if number in declared]
        older = [number for number in present if number != declared[0]]
        goes_on = self.phase == "only" or (self.phase == "use" and self.daemon == "agent" and present[:1] != declared[:1])
        if not older or not goes_on:
            return ""
        if not self._unseen:
            return ""
        what = "accepts" if self.daemon == "agent" else "uses"
        whom = _some(self._unseen)
        return f"key {older[0]} stays on {self.host} for now: of {whom} this run has not seen that it {what} key {declared[0]}"

    @property
    def _unseen(self) -> list[str]:
        """Those at the other end of whom this run does not know that they are where a rotation needs them."""
        return sorted(set(self.estate.monitors if self.daemon == "agent" else self.estate.nodes) - self.ready)

    def check_keys(self, actual: Actual) -> None:
        """Raises Refused where a running daemon's file holds a key that the inventory no longer has, or another under its number."""
        path = self.places.keys
        declared = {key.id for key in self.estate.keys}
        present = [number for number in actual.keys or () if number in declared]
        found = actual.files.get(path)
        if found is None or actual.service.state != "running":
            return
        gone = sorted(set(actual.keys or ()) - declared)
        if gone and self._unseen:
            raise Refused(
                f"{self.host}: {path} has key {gone[0]}, which heliostat_heartbeat_keys does not have any more, and of "
                f"{_some(self._unseen)} this run has not seen that it needs that key no more. Declare it again behind the new one, "
                "change over (playbook heliostat.vdc.heartbeat_rotate_keys), and take it out then. To start over, remove the daemon first."
            )
        if gone:
            return
        if self.daemon == "agent" and configuration.node_number(actual.text(self.places.configuration)) != self.own.id:
            return
        if found.sum != cksum.of(self._key_text(present).encode()):
            raise Refused(
                f"{self.host}: {path} holds another key under one of the numbers {present} than heliostat_heartbeat_keys. A new key gets a "
                "new number and stands before the old one, so that both are valid while hosts change over (playbook "
                "heliostat.vdc.heartbeat_rotate_keys). To start over with it, remove the daemon first."
            )

    def _key_text(self, numbers: Sequence[int]) -> str:
        return keys.file_text(self._own_keys, numbers)

    @property
    def _own_keys(self) -> tuple[Key, ...]:
        return keys.of_node(self.estate.keys, self.own.id) if self.daemon == "agent" else self.estate.keys

    def key_file(self, actual: Actual) -> File:
        secrets = tuple(key.secret for key in self._own_keys)
        return File(self.places.keys, f"{self.daemon}.keys", "0600", self.owner, self._key_text(self.key_numbers(actual)), secrets)

    @property
    def configuration(self) -> File:
        own = self.own
        if isinstance(own, Beating):
            text = configuration.agent(self.estate, own, self.places)
        else:
            text = configuration.monitor(self.estate, own, self.places)
        return File(self.places.configuration, f"{self.daemon}.conf", "0644", "root", text)

    def definitions(self, actual: Actual) -> tuple[File, ...]:
        """What the service manager reads."""
        own = self.own
        stop = services.stop_time(own.settings.get("lease", ""), own.settings.get("halt", "")) if isinstance(own, Beating) else 60
        if actual.system == "solaris":
            text = services.manifest(self.daemon, gated=self.gated, stop=stop)
            return (File(self.places.manifest, f"{self.places.name}.xml", "0644", "root", text),)
        found = [File(self.places.unit_file, self.places.unit, "0644", "root", services.unit(self.daemon, stop=stop))]
        if self.gated:
            found.append(File(places.GATE_UNIT_FILE, places.GATE_UNIT, "0644", "root", services.gate_unit()))
        return tuple(found)

    def files(self, actual: Actual) -> tuple[File, ...]:
        """All but the programs, in the order in which they are written."""
        return (self.key_file(actual), *self.secret_files, self.configuration, *self.definitions(actual))

    def digests(self, actual: Actual) -> dict[str, str]:
        """What the running daemon is to have been defined, started and reloaded with, in the file ``applied``."""
        programs = [self.programs.get(name) or _sum(actual, self.places.program(name)) for name in self.places.programs[:1]]
        texts = {file.path: file.content for file in self.files(actual)}
        definition = [file.content for file in self.definitions(actual)]
        fixed = configuration.fixed(self.daemon, self.configuration.content)
        loaded = [texts[self.places.configuration], texts[self.places.keys], *(file.content for file in self.secret_files)]
        return {"definition": _digest(definition), "start": _digest([*programs, *definition, *fixed]), "load": _digest(loaded)}


def _sum(actual: Actual, path: str) -> str:
    found = actual.files.get(path)
    return (found.sum if found else None) or ""


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
