# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""svcs -x: which services do not run though they should, why, and what suffers from it."""

from __future__ import annotations

import time

from ...call import Call
from ...truth import Service
from . import repository


def ailing(services: dict[str, Service]) -> list[str]:
    """Enabled services that do not run, without those that only wait for another one of them."""
    states = ("offline", "maintenance", "degraded")
    bad = [fmri for fmri, service in services.items() if repository.enabled(service) and service.state in states]
    return [fmri for fmri in sorted(bad) if services[fmri].state != "offline" or not repository.unsatisfied(services, fmri)]


def reason(services: dict[str, Service], fmri: str) -> tuple[str, str]:
    """The text after ``Reason:`` and the message id; empty for a service that runs."""
    service = services[fmri]
    waiting = repository.unsatisfied(services, fmri)
    if service.state == "online":
        return "", ""
    if service.state == "disabled":
        return ("Temporarily disabled by an administrator.", "1S") if service.enabled else ("Disabled by an administrator.", "05")
    if service.state == "maintenance":
        return "Start method failed repeatedly, last exited with status 1.", "KS"
    if service.state == "degraded":
        return "Degraded by an administrator.", "DX"
    if service.next_state == "online" and not waiting:
        return "Start method is running.", "C4"
    if waiting:
        return f"Service {waiting[0]} is {_summary(services[waiting[0]])}", "GE"
    return "Unknown.", "AR"


def _summary(service: Service) -> str:
    return {"disabled": "disabled.", "maintenance": "not running because a method failed repeatedly."}.get(service.state, "offline.")


def impact(services: dict[str, Service], fmri: str) -> list[str]:
    """Enabled services that wait for this one, directly or through others."""
    found: list[str] = []
    todo = [fmri]
    while todo:
        for other in repository.dependents(services, todo.pop()):
            waits = repository.enabled(services[other]) and services[other].state not in ("online", "degraded")
            if waits and other not in found:
                found.append(other)
                todo.append(other)
    return sorted(found)


def explain(call: Call, services: dict[str, Service], chosen: list[str] | None, verbose: bool, zone: str | None) -> None:
    base = "http://sun.com/msg" if call.machine.release == "s10" else "http://support.oracle.com/msg"
    blocks = []
    for fmri in ailing(services) if chosen is None else chosen:
        service = services[fmri]
        text = f"{fmri} ({repository.NAMES.get(fmri[5:], '?')})\n"
        if zone is not None:
            text += f"  Zone: {zone}\n"
        stamp = time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(service.since))
        text += f" State: {service.state} since {stamp}\n"
        why, code = reason(services, fmri)
        if why:
            text += f"Reason: {why}\n   See: {base}/SMF-8000-{code}\n"
        text += f"   See: {repository.log_file(fmri)}\n"
        suffering = impact(services, fmri)
        if service.state == "online":
            text += "Impact: None.\n"
        elif not suffering:
            text += "Impact: This service is not running.\n"
        else:
            one = len(suffering) == 1
            text += f"Impact: {len(suffering)} dependent service{' is' if one else 's are'} not running"
            text += ":\n" + "".join(f"        {other}\n" for other in suffering) if verbose else ".  (Use -v for list.)\n"
        blocks.append(text)
    call.out("\n".join(blocks))
