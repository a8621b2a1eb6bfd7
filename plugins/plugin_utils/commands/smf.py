# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMF: svcs(1) and svcadm(1M). States of service instances, what ails them, and the commands that change them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import InvalidDefinition, ParseError
from .smf_properties import parse_listprop, parse_properties, parse_values

__all__ = [
    "STATES",
    "Dependency",
    "Problem",
    "ServiceDetails",
    "ServiceState",
    "clear",
    "details",
    "disable",
    "enable",
    "is_absent",
    "parse_details",
    "parse_list",
    "parse_listprop",
    "parse_problems",
    "parse_properties",
    "parse_states",
    "parse_values",
    "problems",
    "refresh",
    "restart",
    "states",
]

STATES = ("uninitialized", "offline", "disabled", "online", "maintenance", "degraded", "legacy_run")

_FMRI = re.compile(r"[A-Za-z][-A-Za-z0-9_./:,%]*\Z")
_SHOWN = re.compile(r"(?:svc|lrc):/\S+\Z")
_STIME = re.compile(r"(?:\d{1,2}:\d\d:\d\d|[A-Z][a-z]{2}_\d{1,2}|\d{4}|-)\Z")
_NO_MATCH = "doesn't match any instances"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """``next_state`` is None when the instance is not in transition, ``?`` when svcs only says that it is."""

    fmri: str
    state: str
    next_state: str | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One instance explained by ``svcs -x``; ``see`` are messages, manual pages and logs, ``log`` the last file among them."""

    fmri: str
    name: str
    state: str
    since: str
    reason: str = ""
    impact: str = ""
    see: tuple[str, ...] = ()

    @property
    def log(self) -> str:
        return next((line for line in reversed(self.see) if line.startswith("/")), "")

    @property
    def message(self) -> str:
        """The message identifier, e.g. ``SMF-8000-KS``."""
        return next((found[1] for line in self.see if (found := re.search(r"/msg/([A-Z0-9]+-\d+-\w+)", line))), "")


def _zone(zone: str | None) -> tuple[str, ...]:
    return ("-z", zone) if zone is not None else ()


def _fmris(fmris: Sequence[str]) -> tuple[str, ...]:
    for fmri in fmris:
        if not _FMRI.match(fmri):
            raise InvalidDefinition(f"service {fmri!r}: an FMRI has letters, digits and '-_./:,%' only.")
    return tuple(fmris)


def states(fmris: Sequence[str], zone: str | None = None) -> Command:
    """States of the instances that the FMRIs (or their last parts) name. Output: ``parse_states``.

    ``zone`` (-z) is Solaris 11 only; on Solaris 10 run it through ``zlogin.run_in``.
    """
    return Command.of("svcs", *_zone(zone), "-H", "-o", "state,nstate,fmri", *_fmris(fmris))


def problems(zone: str | None = None) -> Command:
    """Why services that are enabled do not run. Output: ``parse_problems``; nothing at all when all is well."""
    return Command.of("svcs", *_zone(zone), "-x")


def details(fmri: str, zone: str | None = None) -> Command:
    """Everything about one instance. Output: ``parse_details``."""
    return Command.of("svcs", *_zone(zone), "-l", *_fmris((fmri,)))


def _svcadm(zone: str | None, *words: str, fmri: str) -> Command:
    return Command.of("svcadm", *_zone(zone), *words, *_fmris((fmri,)))


def enable(fmri: str, zone: str | None = None, temporary: bool = False) -> Command:
    return _svcadm(zone, "enable", *(("-t",) if temporary else ()), fmri=fmri)


def disable(fmri: str, zone: str | None = None, temporary: bool = False) -> Command:
    return _svcadm(zone, "disable", *(("-t",) if temporary else ()), fmri=fmri)


def restart(fmri: str, zone: str | None = None) -> Command:
    return _svcadm(zone, "restart", fmri=fmri)


def refresh(fmri: str, zone: str | None = None) -> Command:
    return _svcadm(zone, "refresh", fmri=fmri)


def clear(fmri: str, zone: str | None = None) -> Command:
    return _svcadm(zone, "clear", fmri=fmri)


def is_absent(output: Output) -> bool:
    """No such instance: svcs or svcadm failed and said just that. Every other failure is a failure, not an absence."""
    return output.rc != 0 and _NO_MATCH in output.stderr + output.stdout


def _state(state: str, next_state: str, fmri: str, line: str, since: str = "") -> ServiceState:
    steady = state.removesuffix("*")
    following = None if next_state in ("-", "none", "") else next_state
    if following is None and steady != state:
        following = "?"
    if steady not in STATES or (following is not None and following != "?" and following not in STATES):
        raise ParseError(f"svcs: unknown state: {line!r}")
    return ServiceState(fmri, steady, following, since)


def parse_states(text: str) -> tuple[ServiceState, ...]:
    """``svcs -H -o state,nstate[,fmri]``: ``-`` is no transition, ``?`` an unknown one; a ``*`` after the state is a transition too."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        fields = line.split()
        if len(fields) not in (2, 3) or (len(fields) == 3 and not _SHOWN.match(fields[2])):
            raise ParseError(f"svcs: not state, next state and FMRI: {line!r}")
        found.append(_state(fields[0], fields[1], fields[2] if len(fields) == 3 else "", line))
    return tuple(found)


def parse_list(text: str) -> tuple[ServiceState, ...]:
    """``svcs``, with or without its header: STATE STIME FMRI, a ``*`` after the state of an instance in transition."""
    found = []
    for line in text.splitlines():
        fields = line.split()
        if not fields or fields == ["STATE", "STIME", "FMRI"]:
            continue
        if len(fields) != 3 or not _STIME.match(fields[1]) or not _SHOWN.match(fields[2]):
            raise ParseError(f"svcs: not state, time and FMRI: {line!r}")
        found.append(_state(fields[0], "-", fields[2], line, since=fields[1]))
    return tuple(found)


def parse_done(text: str) -> tuple[tuple[str, str], ...]:
    """``svcadm -v``: FMRI and what was done to it (``enabled``, ``disabled``, ``marked for restart`` …), a line each."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"(?P<fmri>\S+:\S+) (?P<done>[a-z][a-z ]*)\.", line.strip())
        if match is None and line.strip():
            raise ParseError(f"svcadm -v: not an FMRI and what was done: {line!r}")
        if match:
            found.append((match["fmri"], match["done"]))
    return tuple(found)


def parse_problems(text: str) -> tuple[Problem, ...]:
    """``svcs -x`` and ``-xv``: blocks ``FMRI (name)``, then ``State: X since T``, ``Reason:``, ``See:`` (repeated), ``Impact:``."""
    found: list[Problem] = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        lines = block.splitlines()
        if not lines or not block.strip():
            continue
        head = re.match(r"(?P<fmri>(?:svc|lrc):/\S+)(?: \((?P<name>.*)\))?\Z", lines[0])
        values: dict[str, list[str]] = {}
        for line in lines[1:]:
            pair = re.match(r"\s*(?P<key>State|Reason|See|Impact|Zone|Service): ?(?P<value>.*)\Z", line)
            if pair:
                values.setdefault(pair["key"], []).append(pair["value"])
            elif values.get("Impact") and line.startswith((" ", "\t")):
                continue  # -v lists the services that this one holds up, one a line
            else:
                raise ParseError(f"svcs -x: unknown line {line!r}")
        state = re.match(r"(?P<state>\w+) since (?P<since>.+)\Z", values.get("State", [""])[0])
        if not head or not state or state["state"] not in STATES:
            raise ParseError(f"svcs -x: a block without an FMRI or a state: {lines[0]!r}")
        found.append(
            Problem(
                fmri=head["fmri"],
                name=head["name"] or "",
                state=state["state"],
                since=state["since"],
                reason=values.get("Reason", [""])[0],
                impact=values.get("Impact", [""])[0],
                see=tuple(values.get("See", ())),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Dependency:
    """``grouping`` is require_all, optional_all ...; ``states`` maps each FMRI (service, instance or file) to its state."""

    grouping: str
    restart_on: str
    states: dict[str, str]


@dataclass(frozen=True, slots=True)
class ServiceDetails:
    """One instance of ``svcs -l``. ``enabled`` False may be ``temporary``; ``contract`` is None for a transient service."""

    fmri: str
    name: str
    enabled: bool
    temporary: bool
    state: ServiceState
    contract: int | None
    manifests: tuple[str, ...]
    dependencies: tuple[Dependency, ...]
    properties: dict[str, str]


def _dependency(value: str) -> Dependency:
    head = re.match(r"(?P<grouping>\w+)/(?P<restart>\w+)\s*(?P<rest>.*)\Z", value)
    pairs = re.findall(r"(\S+) \(([-\w]+)\)", head["rest"]) if head else []
    if not head or "".join(f"{fmri} ({state})" for fmri, state in pairs).replace(" ", "") != head["rest"].replace(" ", ""):
        raise ParseError(f"svcs -l: unknown dependency {value!r}")
    return Dependency(head["grouping"], head["restart"], dict(pairs))


def parse_details(text: str) -> tuple[ServiceDetails, ...]:
    """``svcs -l``: ``label value`` lines; manifest and dependency repeat, an instance starts with ``fmri``."""
    blocks: list[dict[str, list[str]]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        key, _blank, value = line.partition(" ")
        if key == "fmri":
            blocks.append({})
        if not blocks or not re.match(r"[a-z_]+\Z", key):
            raise ParseError(f"svcs -l: unknown line {line!r}")
        blocks[-1].setdefault(key, []).append(value.strip())
    return tuple(_details(block) for block in blocks)


def _details(block: dict[str, list[str]]) -> ServiceDetails:
    single = {key: values[0] for key, values in block.items() if key not in ("manifest", "dependency")}
    enabled = re.match(r"(true|false)( \(temporary\))?\Z", single.get("enabled", ""))
    contracts = single.get("contract_id", "").split()
    if not enabled or not all(contract.isdecimal() for contract in contracts):
        raise ParseError(f"svcs -l: unknown value of enabled or contract_id for {single.get('fmri')}")
    fmri = single["fmri"]
    return ServiceDetails(
        fmri=fmri,
        name=single.get("name", ""),
        enabled=enabled[1] == "true",
        temporary=enabled[2] is not None,
        state=_state(single.get("state", ""), single.get("next_state", "-"), fmri, fmri, since=single.get("state_time", "")),
        contract=int(contracts[0]) if contracts else None,
        manifests=tuple(block.get("manifest", ())),
        dependencies=tuple(_dependency(value) for value in block.get("dependency", ())),
        properties=single,
    )
