# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of a machine or zone: which there are, what they need, how their states move with the lab's clock."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase

from ... import services as catalogue
from ...call import Call
from ...truth import Machine, Service, Zone

# What needs what: service -> (grouping, restart_on, services). Only edges that recorded output shows or the milestones' names say.
MULTI_USER = ["system/filesystem/local", "milestone/name-services", "milestone/single-user", "network/rpc/bind", "system/utmp"]
MULTI_USER += ["network/inetd"]
DEPENDENCIES: dict[str, list[tuple[str, str, list[str]]]] = {
    "milestone/multi-user-server:default": [("require_all", "none", ["milestone/multi-user"]), ("optional_all", "none", ["network/ssh"])],
    "milestone/multi-user:default": [("require_all", "none", MULTI_USER), ("optional_all", "none", ["system/cron", "system/system-log"])],
    "milestone/single-user:default": [("require_all", "none", ["system/filesystem/minimal", "milestone/devices", "system/identity:node"])],
    "milestone/name-services:default": [("optional_all", "none", ["network/dns/client"])],
    "milestone/network:default": [("require_all", "none", ["network/loopback", "network/physical"])],
    "system/filesystem/local:default": [("require_all", "none", ["system/filesystem/minimal", "milestone/single-user"])],
    "system/filesystem/minimal:default": [("require_all", "none", ["system/filesystem/usr"])],
    "system/filesystem/usr:default": [("require_all", "none", ["system/filesystem/root"])],
    "system/system-log:default": [("require_all", "none", ["system/filesystem/local"])],
    "system/cron:default": [("require_all", "none", ["system/filesystem/local"])],
    "network/ssh:default": [("require_all", "none", ["network/loopback", "system/filesystem/local"])],
    "network/inetd:default": [("require_all", "none", ["network/loopback", "system/filesystem/local"])],
    "network/rpc/bind:default": [("require_all", "none", ["system/filesystem/local"])],
    "system/auditd:default": [
        ("require_all", "none", ["system/filesystem/local"]),
        ("require_all", "none", ["milestone/name-services"]),
        ("optional_all", "none", ["system/system-log"]),
    ],
    "system/pools:default": [("require_all", "none", ["system/filesystem/minimal"])],
    "system/zones:default": [("require_all", "none", ["milestone/multi-user-server"])],
    "system/console-login:default": [("require_all", "none", ["milestone/multi-user"])],
}
NAMES = {
    "system/auditd:default": "Solaris audit daemon",
    "network/dns/client:default": "DNS resolver",
    "network/ssh:default": "SSH server",
    "system/cron:default": "clock daemon (cron)",
    "milestone/multi-user-server:default": "multi-user plus exports milestone",
    "milestone/multi-user:default": "multi-user milestone",
    "milestone/single-user:default": "single-user milestone",
    "milestone/network:default": "Network milestone",
    "milestone/name-services:default": "name services milestone",
    "system/system-log:default": "system log",
    "system/filesystem/local:default": "local file system mounts",
    "network/inetd:default": "inetd",
    "system/zones:default": "Zones autoboot and graceful shutdown",
    "system/pools:default": "resource pools framework",
}
LAST = ["milestone/multi-user:default", "system/console-login:default", "milestone/multi-user-server:default"]
BOOT_SECONDS = 12  # of the lab's clock, from the zone's boot to its last milestone
METHOD_SECONDS = 1  # a start or stop method
GLOBAL_ONLY = ("system/zones", "system/pools", "system/fmd", "system/picl", "system/dumpadm", "system/device", "system/sysevent")
GLOBAL_ONLY += ("system/rcap", "system/boot-archive", "system/devfsadm", "system/scheduler", "network/iscsi", "network/datalink")


def of_new_zone(release: str, now: int) -> dict[str, Service]:
    """A zone that begins to boot at ``now``: enabled services are offline and come online in a fixed order until BOOT_SECONDS."""
    every = {fmri: service for fmri, service in catalogue.of_release(release, now).items() if not fmri[5:].startswith(GLOBAL_ONLY)}
    first = [fmri for fmri, service in every.items() if service.enabled and fmri[5:] not in LAST]
    for position, fmri in enumerate(first):
        every[fmri] = Service("offline", "online", now, due=now + 2 + position * (BOOT_SECONDS - 4) // len(first))
    for position, name in enumerate(LAST):
        if f"svc:/{name}" in every:
            every[f"svc:/{name}"] = Service("offline", "online", now, due=now + BOOT_SECONDS - 2 + position)
    return every


def held_up(services: dict[str, Service], fmri: str) -> None:
    """The start method of ``fmri`` never ends, so the milestones that come last never come."""
    if fmri in services:
        services[fmri].next_state, services[fmri].due = "online", sys.maxsize
    for name in LAST:
        if f"svc:/{name}" in services:
            services[f"svc:/{name}"].next_state = "-"


def failed(services: dict[str, Service], fmri: str, now: int) -> None:
    """The start method of ``fmri`` fails: it goes to maintenance, and what needs it stays offline."""
    if fmri not in services:
        return
    services[fmri].state, services[fmri].next_state, services[fmri].since = "maintenance", "-", now
    todo = [fmri]
    while todo:
        lost = todo.pop()
        for other in dependents(services, lost):
            if services[other].next_state == "online" and lost in unsatisfied(services, other):
                services[other].next_state = "-"
                todo.append(other)


def not_started(services: dict[str, Service], fmri: str) -> None:
    """As ``failed``, at a boot that has started everything else."""
    if fmri in services:
        services[fmri].state, services[fmri].next_state = "maintenance", "-"
        todo = [fmri]
        while todo:
            lost = todo.pop()
            for other in dependents(services, lost):
                if services[other].state == "online" and lost in unsatisfied(services, other):
                    services[other].state = "offline"
                    todo.append(other)


def cleared(services: dict[str, Service], fmri: str, now: int) -> None:
    """``fmri`` is started again, and after it what waited for it."""
    todo = [(fmri, now + METHOD_SECONDS)]
    while todo:
        name, due = todo.pop()
        if services[name].state == "offline":
            services[name].next_state, services[name].due = "online", due
            todo += [(other, due + METHOD_SECONDS) for other in dependents(services, name) if enabled(services[other])]


def enabled(service: Service) -> bool:
    return service.enabled if service.temporary is None else service.temporary


def settle(services: dict[str, Service], now: int) -> None:
    """Let every transition whose time has come happen."""
    for service in services.values():
        while service.next_state not in ("-", "", "none") and service.due <= now:
            service.state, service.since, service.next_state = service.next_state, service.due or service.since, "-"
            if service.state == "offline" and enabled(service):
                service.next_state, service.due = "online", service.since + METHOD_SECONDS


def of_zone(machine: Machine, zone: Zone, now: int) -> dict[str, Service]:
    """A running zone's services. A zone that the machine booted by itself gets them now, as of its boot."""
    if not zone.services:
        zone.services = of_new_zone("s10" if zone.brand in ("native", "solaris10") else machine.release, zone.boot_time or now)
    settle(zone.services, now)
    return zone.services


def of_caller(call: Call, zone: str | None = None) -> dict[str, Service]:
    """The services that the caller sees, or those of a zone it names (KeyError: no such running zone)."""
    name = zone if zone is not None else call.zone
    if name in (None, "global"):
        if not call.machine.services:
            call.machine.services = catalogue.of_release(call.machine.release, call.machine.boot_time)
        settle(call.machine.services, call.now())
        return call.machine.services
    found = call.machine.zones[name]
    if found.state not in ("running", "shutting_down"):
        raise KeyError(name)
    return of_zone(call.machine, found, call.now())


def match(services: dict[str, Service], pattern: str) -> list[str]:
    """FMRIs that a pattern means: whole FMRI, service without instance, trailing components, or shell glob."""
    if any(letter in pattern for letter in "*?["):
        prefixed = pattern if pattern.startswith(("svc:", "lrc:")) else None
        tests = [prefixed] if prefixed else [f"svc:/{pattern}", f"svc:/*{pattern}", f"lrc:/*{pattern}"]
        return [fmri for fmri in services if any(fnmatchcase(fmri, test) for test in tests)]
    if pattern.startswith("lrc:"):
        return [fmri for fmri in services if fmri == pattern]
    full = pattern.startswith("svc:/")
    wanted, colon, instance = pattern.removeprefix("svc:/").removeprefix("/").partition(":")
    found = []
    for fmri in services:
        if fmri.startswith("lrc:"):
            continue
        name, _, own = fmri[5:].partition(":")
        same = name == wanted or (not full and name.endswith(f"/{wanted}"))
        if same and (not colon or own == instance):
            found.append(fmri)
    return found


def dependencies(services: dict[str, Service], fmri: str) -> list[tuple[str, str, list[str]]]:
    """``(grouping, restart_on, [FMRI of a service or instance])``: the release's own, a manifest's, those that others' manifests give."""
    declared = DEPENDENCIES.get(fmri[5:], [])
    own = services[fmri].definition if fmri in services else None
    given = [(one.grouping, one.restart_on, one.fmris) for one in own.dependencies] if own else []
    for other, service in services.items():
        for edge in service.definition.dependents if service.definition else ():
            given += [(edge.grouping, edge.restart_on, [other])] if fmri in edge.fmris else []
    return [(grouping, restart, [name for name in names if match(services, name)]) for grouping, restart, names in given] + [
        (grouping, restart, [f"svc:/{name}" for name in names if match(services, f"svc:/{name}")]) for grouping, restart, names in declared
    ]


def needed(services: dict[str, Service], fmri: str) -> list[str]:
    """Instances that ``fmri`` depends on."""
    found = [one for _, _, names in dependencies(services, fmri) for name in names for one in match(services, name)]
    return sorted(dict.fromkeys(found))


def dependents(services: dict[str, Service], fmri: str) -> list[str]:
    return sorted(other for other in services if fmri in needed(services, other))


def unsatisfied(services: dict[str, Service], fmri: str) -> list[str]:
    """Required instances that do not run."""
    return [
        one
        for grouping, _, names in dependencies(services, fmri)
        if grouping == "require_all"
        for name in names
        for one in match(services, name)
        if services[one].state not in ("online", "degraded")
    ]


def log_file(fmri: str) -> str:
    return f"/var/svc/log/{fmri[5:].replace('/', '-')}.log"
