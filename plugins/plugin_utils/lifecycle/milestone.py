# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a zone has booted: its milestone multi-user-server is online, or will not be because of services in maintenance.

A service in maintenance waits for a person. It is a warning, at every run until then, and no failure: the zone itself runs.
"""

from __future__ import annotations

from ..commands import smf, zlogin
from ..model.command import Command, Output
from ..model.plan import Wait
from .context import NodeContext

MILESTONE = "svc:/milestone/multi-user-server:default"
#: The milestone is not online, something is in maintenance, and no service is on its way any more.
HELD_UP = "held up"
_ON_THE_WAY = frozenset({"offline", "uninitialized", "disabled", "unknown", "maintenance"})


def probe(zone: str, context: NodeContext) -> Command:
    """Asks for all enabled services: from outside on Solaris 11, inside the zone on Solaris 10."""
    if context.release.is_solaris10:
        return zlogin.run_in(zone, smf.states([]))
    return smf.states([], zone=zone)


def state(output: Output) -> str:
    """The milestone's state in one word; ``unknown`` while the zone cannot say yet."""
    services = {service.fmri: service for service in smf.parse_states(output.stdout)} if output.rc == 0 else {}
    found = services.get(MILESTONE)
    if found is None:
        return "unknown"
    if found.state == "online":
        return "online"
    moving = any(service.next_state is not None for service in services.values())
    return HELD_UP if in_maintenance(output) and not moving else found.state


def in_maintenance(output: Output) -> tuple[str, ...]:
    """The FMRIs of the services that are in maintenance."""
    services = smf.parse_states(output.stdout) if output.rc == 0 else ()
    return tuple(sorted(service.fmri for service in services if service.state == "maintenance"))


def wait(zone: str, context: NodeContext) -> Wait:
    advice = f"Look at zlogin {zone} svcs -xv"
    return Wait(probe(zone, context), state, frozenset({"online"}), _ON_THE_WAY, 1.0, 900.0, settled=frozenset({HELD_UP}), advice=advice)


def warnings(zone: str, node: str, reached: str, ailing: tuple[str, ...]) -> list[str]:
    """What to tell of a running zone. ``reached`` is the milestone's state."""
    if not ailing:
        return []
    word = "is" if len(ailing) == 1 else "are"
    held = f", and it does not reach {MILESTONE} without {'it' if len(ailing) == 1 else 'them'}" if reached == HELD_UP else ""
    return [f"vServer {zone}: {', '.join(ailing)} {word} in maintenance in zone {zone} on node {node}{held}. See zlogin {zone} svcs -xv."]
