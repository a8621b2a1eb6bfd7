# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a zone has booted: its milestone multi-user-server is online, or will not be because of services in maintenance.

A service in maintenance waits for a person. It is a warning, at every run until then, and no failure: the zone itself runs.
A zone without SMF has booted when it has come to its run level.
"""

from __future__ import annotations

from collections.abc import Callable

from ..commands import run_level, smf, zlogin
from ..model.brands import WITHOUT_SMF
from ..model.command import Command, Output
from ..model.plan import Wait
from ..model.vserver import Brand
from .context import NodeContext

MILESTONE = "svc:/milestone/multi-user-server:default"
#: The milestone is not online, something is in maintenance, and no service is on its way any more.
HELD_UP = "held up"
_ON_THE_WAY = frozenset({"offline", "uninitialized", "disabled", "unknown", "maintenance"})


def probe(zone: str, brand: Brand, context: NodeContext) -> Command:
    """Asks for all enabled services: from outside on Solaris 11, inside the zone on Solaris 10."""
    if brand in WITHOUT_SMF:
        return zlogin.run_in(zone, run_level.probe())
    if context.release.is_solaris10:
        return zlogin.run_in(zone, smf.states([]))
    return smf.states([], zone=zone)


def goal(brand: Brand) -> str:
    """What is waited for."""
    return "its run level" if brand in WITHOUT_SMF else MILESTONE


def reader(brand: Brand) -> Callable[[Output], str]:
    """Reads ``probe``'s output: the milestone's state in one word; ``unknown`` while the zone cannot say yet."""
    if brand not in WITHOUT_SMF:
        return state
    return _linux_level if brand == "lx" else _solaris_level


def _solaris_level(output: Output) -> str:
    level = run_level.parse(output)
    return "online" if level == "3" else "offline" if level else "unknown"


def _linux_level(output: Output) -> str:
    """Its level 5 is 3 with windows."""
    level = run_level.parse(output)
    return "online" if level in ("3", "5") else "offline" if level else "unknown"


def state(output: Output) -> str:
    """The state of a zone that has SMF; ``HELD_UP`` where only a person can bring it online."""
    services = {service.fmri: service for service in smf.parse_states(output.stdout)} if output.rc == 0 else {}
    found = services.get(MILESTONE)
    if found is None:
        return "unknown"
    if found.state == "online":
        return "online"
    moving = any(service.next_state is not None for service in services.values())
    return HELD_UP if in_maintenance(output) and not moving else found.state


def in_maintenance(output: Output, brand: Brand = "native") -> tuple[str, ...]:
    """The FMRIs of the services that are in maintenance."""
    if brand in WITHOUT_SMF:
        return ()
    services = smf.parse_states(output.stdout) if output.rc == 0 else ()
    return tuple(sorted(service.fmri for service in services if service.state == "maintenance"))


def wait(zone: str, brand: Brand, context: NodeContext) -> Wait:
    advice = f"Look at zlogin {zone} {'who -r, and at its console (zlogin -C)' if brand in WITHOUT_SMF else 'svcs -xv'}"
    asked, settled = probe(zone, brand, context), frozenset({HELD_UP})
    return Wait(asked, reader(brand), frozenset({"online"}), _ON_THE_WAY, 1.0, 900.0, settled=settled, advice=advice)


def warnings(zone: str, node: str, reached: str, ailing: tuple[str, ...]) -> list[str]:
    """What to tell of a running zone. ``reached`` is the milestone's state."""
    if not ailing:
        return []
    word = "is" if len(ailing) == 1 else "are"
    held = f", and it does not reach {MILESTONE} without {'it' if len(ailing) == 1 else 'them'}" if reached == HELD_UP else ""
    return [f"vServer {zone}: {', '.join(ailing)} {word} in maintenance in zone {zone} on node {node}{held}. See zlogin {zone} svcs -xv."]
