# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What zoneadm refuses before it does anything: who, where, which zone, in which state; and its lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...call import Call
from ...truth import Machine, Zone
from ..options import Refused, Unknown

_locks: set[tuple[int, str]] = set()
ALIVE = ("ready", "running", "shutting_down", "down", "mounted")


def named(zone: str, text: str) -> str:
    return f"zoneadm: zone '{zone}': {text}"


def daemon(call: Call, zone: str, text: str) -> str:
    """A message of zoneadmd as its client prints it: with the command's name on Solaris 10 only."""
    return ("zoneadm: " if call.machine.release == "s10" else "") + f"zone '{zone}': {text}"


@contextmanager
def lock(machine: Machine, zone: str) -> Iterator[None]:
    """The zone's lock file. Raises Refused when another zoneadm holds it; a killed zoneadm's lock is free again."""
    key = (id(machine), zone)
    if key in _locks:
        raise Refused(named(zone, "another zoneadm may have an operation in progress."))
    _locks.add(key)
    try:
        yield
    finally:
        _locks.discard(key)


def who(call: Call, verb: str, zone: str) -> None:
    if call.zone is not None:
        if verb in ("halt", "shutdown", "reboot"):
            tool = {"halt": "halt", "shutdown": "shutdown", "reboot": "reboot"}[verb]
            raise Refused(named(zone, f"use {tool}({'8' if call.machine.release == 's11.4' else '1M'}) to {verb} this zone."))
        raise Refused(named(zone, f"must be in the global zone to {verb} a zone."))
    if call.user != "root":
        raise Refused(named(zone, f"only a privileged user may {verb} a zone."))
    if zone == "global":
        raise Refused(named(zone, f"{verb} operation is invalid for the global zone."))
    if zone.startswith("SUNW") or (zone.startswith("SYS") and call.machine.release != "s10"):
        raise Refused(named(zone, f"{verb} operation is invalid for zones starting with {zone[:4] if zone[0:4] == 'SUNW' else 'SYS'}."))


def state(zone: Zone, verb: str, force: bool = False) -> None:
    """The table of states of zoneadm's sanity_check(). Raises Refused."""
    name = zone.name
    alive = zone.state in ALIVE
    if verb in ("reboot", "shutdown"):
        if not alive:
            raise Refused(named(name, "not running"))
        return
    if alive and verb in ("install", "clone", "attach", "detach", "move", "uninstall", "mark"):
        raise Refused(named(name, f"{verb} operation is invalid for {zone.state} zones."))
    match verb:
        case "uninstall":
            if zone.state == "configured":
                raise Refused(named(name, "is already in state 'configured'."))
        case "install" | "clone" | "attach":
            if zone.state == "installed":
                raise Refused(named(name, "is already installed."))
            if zone.state == "incomplete" and not force:
                raise Refused(named(name, "zone is incomplete; uninstall required."))
            if zone.state == "unavailable" and verb != "attach":
                raise Unknown(f"zoneadm {verb} of an unavailable zone")
        case "detach" | "move" | "ready" | "boot":
            if zone.state == "configured" or (zone.state in ("incomplete", "unavailable") and not force):
                raise Refused(named(name, f"must be installed before {verb}."))
        case "verify":
            if zone.state == "incomplete":
                raise Refused(named(name, "zone is incomplete; uninstall required."))
