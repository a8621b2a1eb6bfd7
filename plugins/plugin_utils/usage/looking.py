# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at a node: which commands, and the sample that their answers make. One round trip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..commands import counters, ldm, prstat_zones, zonestat_summary
from ..model.command import Command, Output
from ..model.errors import HeliostatError, ParseError
from ..model.usage.sample import Reading, Sample

GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class Looked:
    """A sample, and what of it is missing, in words."""

    sample: Sample
    warnings: tuple[str, ...] = ()


def look(*, solaris10: bool, control_domain: bool, window: int) -> dict[str, Command]:
    """What to ask: counters last, when the zones have been watched for ``window`` seconds. Only a control domain knows guest domains."""
    zones = prstat_zones.of_zones() if solaris10 else zonestat_summary.of_zones(window)
    domains = {f"ldm{number}": command for number, command in enumerate(ldm.list_domains() if control_domain else ())}
    return {"zones": zones, **domains, "pagesize": counters.page_size(), "counters": counters.read()}


def read(node: str, answers: Mapping[str, Output], *, solaris10: bool, at: datetime | None, rating: int | None) -> Looked:
    """The sample. ``at`` is when, None: by the node's own clock as it stood at boot. Zones or domains that cannot be read are left out,
    with a warning; raises ParseError when the node itself cannot be."""
    for name in ("counters", "pagesize"):
        if answers[name].rc != 0:
            text = answers[name].stderr.strip() or f"exit code {answers[name].rc}"
            raise ParseError(f"node {node}: {'kstat' if name == 'counters' else name} failed: {text}")
    told = counters.parse(answers["counters"].stdout)
    warnings: list[str] = []
    zones: Mapping[str, Reading] = {}
    domains: Mapping[str, Reading] = {}
    try:
        zones = _by_prstat(answers["zones"], told.cpus) if solaris10 else _by_zonestat(answers["zones"])
    except HeliostatError as error:
        warnings.append(f"node {node}: what its zones use is not known: {error}")
    try:
        domains = _domains([answers[name] for name in answers if name.startswith("ldm")])
    except HeliostatError as error:
        warnings.append(f"node {node}: what its guest domains use is not known: {error}")
    cut = sorted(name for name in zones if name.endswith("*"))
    if cut:
        warnings.append(f"node {node}: prstat has cut the names of zones short ({', '.join(cut)}): what they use is not known")
    memory = (told.pages - told.free) * counters.parse_page_size(answers["pagesize"].stdout)
    moment = at or datetime.fromtimestamp(told.boot + told.uptime, UTC)
    own = {name: reading for name, reading in zones.items() if name != GLOBAL and name not in cut}
    sample = Sample(node, moment, told.boot, told.uptime, told.cpus, told.busy, memory, own, domains, rating)
    return Looked(sample, tuple(warnings))


def _by_zonestat(answer: Output) -> dict[str, Reading]:
    if answer.rc == zonestat_summary.NOT_RESPONDING:
        raise ParseError("the zones monitoring service does not answer (svcadm enable svc:/system/zones-monitoring:default)")
    if answer.rc != 0:
        raise ParseError(answer.stderr.strip() or f"zonestat ended with exit code {answer.rc}")
    return {name: Reading(used.cpus, used.memory) for name, used in zonestat_summary.parse(answer.stdout).items()}


def _by_prstat(answer: Output, cpus: int) -> dict[str, Reading]:
    if answer.rc != 0:
        raise ParseError(answer.stderr.strip() or f"prstat ended with exit code {answer.rc}")
    return {name: Reading(zone.part * cpus, zone.memory) for name, zone in prstat_zones.parse(answer.stdout).items()}


def _domains(answers: list[Output]) -> dict[str, Reading]:
    """Guest domains that run: their share of their virtual CPUs, as the hypervisor tells it. What memory they use, only they know."""
    ldm.states(answers)
    found: dict[str, Reading] = {}
    for answer in answers:
        if answer.missing:
            continue
        for kind, values in ldm.parse_parsable(answer.stdout)[1]:
            own = values.get("name") == "primary" or values.get("flags", "")[3:4] == "c"
            if kind != "DOMAIN" or values.get("state") != "active" or own:
                continue
            util, cpus = values.get("util", ""), values.get("ncpu", "")
            if util and not (_is_number(util.rstrip("%")) and cpus.isdecimal()):
                raise ParseError(f"ldm list -p: domain {values.get('name')} has {util!r} and {cpus!r} where use and CPUs are expected")
            if util:
                found[values["name"]] = Reading(float(util.rstrip("%")) / 100 * int(cpus))
    return found


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdecimal()
