# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svcadm(1M): enable, disable, restart, refresh, clear, mark. Texts from the public illumos and OpenSolaris sources."""

from __future__ import annotations

import asyncio

from ...call import Call, command
from ...truth import Service
from ..options import BadOption, parse
from . import repository

MILESTONES = {f"{start}milestone/single-user:default": "single" for start in ("", "svc:/")} | {"all": "multi"}
REAL_WAIT = 0.02  # seconds between two looks at services with processes
WAIT_LIMIT = 600  # lab seconds that -s waits before the lab gives up (the real one waits for ever)


def start(service: Service, now: int) -> None:
    """The restarter starts an enabled service that is not running."""
    if service.state in ("disabled", "offline", "uninitialized"):
        if service.state != "offline":
            service.state, service.since = "offline", now
        service.next_state, service.due = "online", now + repository.METHOD_SECONDS


def stop(service: Service, now: int, then: str) -> None:
    """Stop towards ``disabled`` or ``offline`` (restart)."""
    if service.state in ("online", "degraded"):
        service.next_state, service.due = then, now + repository.METHOD_SECONDS
    elif then == "disabled" and service.state != "disabled":
        service.state, service.next_state, service.since = "disabled", "-", now


@command("svcadm")
async def svcadm(call: Call) -> int:
    try:
        options, rest = parse(call.args, "v" if call.machine.release == "s10" else "vz:Z")
    except BadOption as err:
        return _usage(call, err)
    flags = dict(options)
    if "Z" in flags:
        return call.not_simulated("svcadm -Z")
    if not rest:
        return _usage(call)
    verb, args = rest[0], rest[1:]
    if verb == "milestone" and len(args) == 1 and args[0] in MILESTONES and call.user == "root" and call.zone is None:
        return await _milestone(call, MILESTONES[args[0]])
    if verb in ("milestone", "delegate"):
        return call.not_simulated(f"svcadm {verb}")
    letters = {"enable": "rst", "disable": "st", "restart": "d", "refresh": "", "clear": "", "mark": "It"}
    if call.machine.release != "s10":
        letters |= {"restart": "ds", "refresh": "s", "clear": "s", "disable": "c:st", "enable": "rst"}
    if verb not in letters:
        return _usage(call)
    try:
        options, patterns = parse(args, letters[verb])
    except BadOption as err:
        return _usage(call, err)
    words = dict(options)
    if words.keys() & {"d", "c", "I"}:
        return call.not_simulated(" ".join(call.argv))
    state = ""
    if verb == "mark":
        if not patterns or patterns[0] not in ("maintenance", "degraded"):
            return _usage(call)
        state, patterns = patterns[0], patterns[1:]
    if not patterns:
        return _usage(call)
    try:
        services = repository.of_caller(call, flags.get("z"))
    except KeyError:
        call.err(f"svcadm: invalid zone '{flags['z']}'\n")
        return 1
    chosen, failed = _choose(call, services, patterns)
    for fmri in chosen:
        failed = _act(call, services, fmri, verb, state, set(words), "v" in flags) or failed
    call.save()
    if "s" in words and verb in ("enable", "disable", "restart"):
        failed = await _wait(call, flags.get("z"), chosen, verb) or failed
    return failed


async def _milestone(call: Call, how: str) -> int:
    """svc.startd goes there on its own; that users' processes end as after init s is taken for granted."""
    if call.machine.release != "s10" or call.stop is None:
        return call.not_simulated("svcadm milestone")
    if (how == "single") != (call.machine.level == "S"):
        await call.stop(how)
    return 0


def _usage(call: Call, err: BadOption | None = None) -> int:
    if err is not None:
        call.err(f"svcadm: option requires an argument -- {err.letter}\n" if err.missing else f"svcadm: illegal option -- {err.letter}\n")
    call.err("Usage: svcadm [-v] [cmd [args ... ]]\n")
    return 2


def _choose(call: Call, services: dict[str, Service], patterns: list[str]) -> tuple[list[str], int]:
    """One instance a plain pattern; several are an error unless it is a glob."""
    chosen: list[str] = []
    failed = 0
    for pattern in patterns:
        found = [fmri for fmri in repository.match(services, pattern) if fmri.startswith("svc:")]
        if not found:
            if pattern.startswith("lrc:"):
                call.err(f'svcadm: FMRI "{pattern}" is a legacy service.\n')
            else:
                call.err(f"svcadm: Pattern '{pattern}' doesn't match any instances\n")
            failed = 1
        elif len(found) > 1 and not any(letter in pattern for letter in "*?["):
            call.err(f"svcadm: Pattern '{pattern}' matches multiple instances:\n" + "".join(f"    {fmri}\n" for fmri in sorted(found)))
            failed = 1
        else:
            chosen += [fmri for fmri in found if fmri not in chosen]
    return chosen, failed


def _act(call: Call, services: dict[str, Service], fmri: str, verb: str, state: str, words: set[str], verbose: bool) -> int:
    service, now = services[fmri], call.now()
    if call.user != "root":
        if verb in ("enable", "disable"):
            group = "general_ovr" if "t" in words else "general"
            call.err(f'svcadm: {fmri}: Couldn\'t modify "{group}" property group (permission denied).\n')
        else:
            call.err(f'svcadm: {fmri}: Couldn\'t modify "restarter_actions" property group (permission denied).\n')
        return 1
    if verb in ("enable", "disable"):
        names = [fmri]
        if "r" in words:
            names += [other for other in repository.needed(services, fmri) if not repository.enabled(services[other])]
        for name in names:
            if services[name].definition is None:
                _switch(services[name], verb == "enable", "t" in words, now)
            else:
                _wish(services[name], verb == "enable", "t" in words)
                _tell(call, name, verb)
            if verbose:
                how = " temporarily" if "t" in words else ""
                call.out(f"{name}{how} {verb}d.\n")
        return 0
    if verb == "clear":
        if service.state not in ("maintenance", "degraded"):
            call.err(f'svcadm: Instance "{fmri}" is not in a maintenance or degraded state.\n')
            return 1
        if service.definition is not None:
            _tell(call, fmri, verb)
            return 0
        service.state, service.since = ("offline", now) if service.state == "maintenance" else ("online", now)
        service.next_state = "-"
        if service.state == "offline":
            repository.cleared(services, fmri, now) if repository.enabled(service) else stop(service, now, "disabled")
    elif service.definition is not None:
        if verb == "mark":
            return call.not_simulated(f"svcadm mark of {fmri}")
        _tell(call, fmri, verb)
    elif verb == "mark":
        if state == "degraded" and service.state != "online":
            call.err(f'svcadm: Instance "{fmri}" is not online.\n')
            return 1
        service.state, service.next_state, service.since = state, "-", now
    elif verb == "restart":
        stop(service, now, "offline")
    if verbose:
        call.out(f"Action {verb if verb != 'mark' else state} set for {fmri}.\n")
    return 0


def _tell(call: Call, fmri: str, verb: str) -> None:
    """startd.py acts on it; svcadm does not wait."""
    if call.startd is not None:
        call.startd(fmri, verb)


def _wish(service: Service, on: bool, temporary: bool) -> None:
    if temporary:
        service.temporary = on
    else:
        service.enabled, service.temporary = on, None


def _switch(service: Service, on: bool, temporary: bool, now: int) -> None:
    _wish(service, on, temporary)
    if on and service.state in ("disabled", "offline", "uninitialized"):
        start(service, now)
    elif not on:
        stop(service, now, "disabled")


async def _wait(call: Call, zone: str | None, chosen: list[str], verb: str) -> int:
    """-s: until every instance has arrived; 3 when one cannot without help."""
    goal = ("disabled",) if verb == "disable" else ("online", "degraded")
    attempts = 0
    while attempts < WAIT_LIMIT:
        services = repository.of_caller(call, zone)
        waiting = [fmri for fmri in chosen if services[fmri].state not in goal or services[fmri].next_state in ("offline", "disabled")]
        for fmri in waiting:
            service = services[fmri]
            if service.state == "maintenance":
                call.err(f'svcadm: Instance "{fmri}" is in maintenance state.\n')
                return 3
            if service.state == "offline" and service.next_state == "-":
                call.err(f'svcadm: Instance "{fmri}" has unsatisfied dependencies.\n')
                return 3
        if not waiting:
            return 0
        if any(services[fmri].definition for fmri in waiting):
            await asyncio.sleep(REAL_WAIT)  # real processes take real time, and their methods have time-outs of their own
        else:
            attempts += 1
            await call.sleep(0.5)
    return call.not_simulated(f"svcadm {verb} -s of services that never arrive")
