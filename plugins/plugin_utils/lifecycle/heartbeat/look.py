# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a host about a daemon, and what came of it: files, their owners, the service. One round trip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...commands import cksum, files, smf, systemctl
from ...model.command import Command, Output
from ...model.errors import CommandFailed, ParseError, Refused
from . import keys, places
from .places import Places

#: States of a service, whoever manages it.
RUNS, CHANGES, STOPPED, FAILED, ABSENT = "running", "changing", "stopped", "failed", "absent"

SYSTEMS = {"SunOS": "solaris", "Linux": "linux"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file or folder: mode as ls(1) shows it (ten letters), owner, ``CRC SIZE`` (of files)."""

    mode: str
    owner: str
    sum: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceFound:
    """``stale``: the service manager holds an older definition than the file (systemd only; SMF is told by ``applied``)."""

    state: str
    enabled: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Actual:
    """``files`` has what is there. ``keys`` are the numbers of the keys, None without a file."""

    system: str
    files: Mapping[str, Found]
    texts: Mapping[str, str]
    keys: tuple[int, ...] | None
    has_user: bool
    service: ServiceFound
    gate: ServiceFound
    secrets: frozenset[str] = frozenset()
    applied: Mapping[str, str] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        return self.texts.get(path)


@dataclass(frozen=True, slots=True)
class Look:
    """``summed`` are the files whose content is compared by checksum, ``folders`` those that must be there."""

    places: Places
    summed: tuple[str, ...]
    folders: tuple[str, ...]
    user: str

    @property
    def texts(self) -> tuple[str, ...]:
        own = self.places
        gate = (places.GATE_UNIT_FILE,) if own.daemon == "agent" else ()
        return (own.configuration, own.applied, own.manifest, own.unit_file, *gate)

    def probes(self) -> dict[str, Command]:
        own = self.places
        found = {"system": Command.of("uname", "-s"), "keys": keys.probe(own.keys)}
        paths = dict.fromkeys((*self.summed, *self.texts, *self.folders))
        found |= {f"listed {path}": files.kinds(path) for path in paths}
        found |= {f"sum {path}": cksum.probe(path) for path in dict.fromkeys((*self.summed, *self.texts))}
        found |= {f"text {path}": Command.of("cat", path, ok=(0, 1, 2)) for path in self.texts}
        found["secrets"] = Command.of("ls", places.SECRETS, ok=(0, 1, 2))
        if self.user:
            found["user"] = Command.of("getent", "passwd", self.user, ok=(0, 1, 2))
        found |= {"svcs": smf.states([f"{own.service}:default"]), "unit": systemctl.show(own.unit)}
        if own.daemon == "agent":
            gate = f"{places.GATE_SERVICE}:default"
            found |= {"gate svcs": smf.states([gate]), "gate unit": systemctl.show(places.GATE_UNIT)}
        return found

    def read(self, outputs: Mapping[str, Output]) -> Actual:
        """Raises Refused on neither Solaris nor Linux with systemd, CommandFailed where something could not be looked at."""
        system = _system(outputs["system"])
        found = {}
        for path in dict.fromkeys((*self.summed, *self.texts, *self.folders)):
            listed = files.parse_owner(outputs[f"listed {path}"], path)
            if listed:
                summed = cksum.parse(outputs[f"sum {path}"], path) if f"sum {path}" in outputs else None
                found[path] = Found(*listed, summed)
        texts = {path: outputs[f"text {path}"].stdout for path in self.texts if path in found and outputs[f"text {path}"].rc == 0}
        unread = [path for path in self.texts if path in found and path not in texts]
        if unread:
            said = outputs[f"text {unread[0]}"].stderr.strip()
            raise CommandFailed(f"{unread[0]} cannot be read: {said}. Are the task's privileges (become) right?")
        agent = self.places.daemon == "agent"
        return Actual(
            system=system,
            files=found,
            texts=texts,
            keys=keys.parse(outputs["keys"], self.places.keys) if self.places.keys in found else None,
            has_user=not self.user or _has_user(outputs["user"], self.user),
            service=_service(system, outputs["svcs"], outputs["unit"]),
            gate=_service(system, outputs["gate svcs"], outputs["gate unit"]) if agent else ServiceFound(ABSENT),
            secrets=_names(outputs["secrets"]),
            applied=_applied(texts.get(self.places.applied, "")),
        )


def _system(output: Output) -> str:
    name = output.stdout.strip()
    if output.rc != 0 or name not in SYSTEMS:
        raise Refused(f"'uname -s' says {name!r} (exit {output.rc}): the heartbeat's daemons run on {' and '.join(SYSTEMS)}.")
    return SYSTEMS[name]


def _has_user(output: Output, user: str) -> bool:
    if output.rc == 2 or (output.rc == 0 and not output.stdout.strip()):
        return False
    if output.rc != 0:
        raise CommandFailed(f"'getent passwd {user}' ended with {output.rc}: {output.stderr.strip()}")
    return True


def _names(output: Output) -> frozenset[str]:
    if output.rc != 0 and "No such file or directory" not in output.stderr:
        raise CommandFailed(f"'ls {places.SECRETS}' ended with {output.rc}: {output.stderr.strip()}")
    return frozenset(output.stdout.split() if output.rc == 0 else ())


def _applied(text: str) -> dict[str, str]:
    """``what DIGEST`` a line; anything else is as good as nothing: then it is applied again."""
    found = [line.split() for line in text.splitlines()]
    return {words[0]: words[1] for words in found if len(words) == 2}


def _service(system: str, svcs: Output, unit: Output) -> ServiceFound:
    if system == "solaris":
        return smf_state(svcs)
    if unit.missing:
        raise Refused("the host has no systemctl: on Linux the heartbeat's daemons are run by systemd.")
    found = systemctl.parse(unit)
    if not found.known:
        return ServiceFound(ABSENT)
    return ServiceFound(unit_word(found.state), found.enabled, found.stale)


def unit_word(state: str) -> str:
    """One of our words for systemd's ActiveState."""
    if state in ("active", "reloading", "refreshing"):
        return RUNS
    return {"inactive": STOPPED, "failed": FAILED}.get(state, CHANGES)


def smf_state(output: Output) -> ServiceFound:
    """Of ``svcs -H -o state,nstate,fmri``. Raises CommandFailed where svcs failed for any other reason than that there is none."""
    if smf.is_absent(output):
        return ServiceFound(ABSENT)
    if output.rc != 0:
        raise CommandFailed(f"'svcs' ended with {output.rc}: {output.stderr.strip() or 'no message'}")
    found = smf.parse_states(output.stdout)
    if len(found) != 1:
        raise ParseError(f"svcs shows {len(found)} instances instead of one: {output.stdout[:200]!r}")
    state = found[0]
    if state.next_state is not None:
        word = CHANGES
    else:
        word = {"online": RUNS, "degraded": RUNS, "disabled": STOPPED, "maintenance": FAILED}.get(state.state, CHANGES)
    return ServiceFound(word, enabled=state.state != "disabled")


def smf_word(output: Output) -> str:
    return smf_state(output).state


def mode_of(octal: str, kind: str = "-") -> str:
    """``0640`` as ls(1) shows it."""
    bits = int(octal, 8)
    return kind + "".join(letter if bits >> 8 - index & 1 else "-" for index, letter in enumerate("rwxrwxrwx"))


def differs(found: Found | None, octal: str, owner: str, kind: str = "-") -> str:
    """What is wrong with mode or owner, '' where nothing is."""
    if found is None:
        return "it is not there"
    if found.mode != mode_of(octal, kind):
        return f"its mode is {found.mode}"
    return f"it belongs to {found.owner}" if found.owner != owner else ""
