# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zonecfg(1M): a zone's configuration, read whole, written whole, changed at one blow.

``zonecfg -f`` has a trap: it stops at the first command in error and then commits what came before, if that verifies. So
a script that failed must be followed by looking again (and, for a new zone, by ``delete``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command, File, Output
from ..model.errors import InvalidDefinition
from ..model.zone import ZoneConfig, ZoneResource
from .zonecfg_compare import Difference, differences, update_script
from .zonecfg_parse import info_aliases, parse_export, parse_info
from .zonecfg_script import globals_lines, resource_lines
from .zonecfg_syntax import MEMORY_ALIASES, simple_limit

__all__ = [
    "REFUSED_BY",
    "Complaint",
    "Difference",
    "configure",
    "delete",
    "differences",
    "export",
    "export_live",
    "info",
    "info_aliases",
    "parse_complaint",
    "parse_export",
    "parse_info",
    "parse_not_configured",
    "render",
    "update_script",
]

#: Texts that mean that zonecfg did not do all it was told, whatever its exit code was.
REFUSED_BY = (
    "Configuration not saved",
    "failed to verify",
    "not allowed.",
    "syntax error",
    "No such zone configured",
    "Required resource missing",
    "Required property missing",
)

_ABSENT = "No such zone configured"


def export(zone: str) -> Command:
    return Command.of("zonecfg", "-z", zone, "export")


def export_live(zone: str) -> Command:
    """The configuration of the running zone, Solaris 11.2 and later (-r: live mode)."""
    return Command.of("zonecfg", "-z", zone, "-r", "export")


def info(zone: str) -> Command:
    return Command.of("zonecfg", "-z", zone, "info")


def configure(zone: str, script: str) -> Command:
    """Apply a whole script (``render``, ``update_script``) in one call."""
    return Command.of("zonecfg", "-z", zone, "-f", File("zonecfg", script))


def delete(zone: str) -> Command:
    """-F: without a terminal zonecfg refuses to delete unforced."""
    return Command.of("zonecfg", "-z", zone, "delete", "-F")


def parse_not_configured(output: Output) -> bool:
    """The zone is not configured: zonecfg failed and said just that. Every other failure is a failure, not an absence."""
    return output.rc != 0 and _ABSENT in output.stderr + output.stdout


@dataclass(frozen=True, slots=True)
class Complaint:
    """What zonecfg said. In batch use it is silent when it did what it was told, so every ``errors`` line is a failure."""

    zone: str
    errors: tuple[str, ...]
    configured: bool


def parse_complaint(text: str) -> Complaint:
    """stdout and stderr of a zonecfg that changed something; hints for people and warnings are left out."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if not line.startswith(("Use 'create'", "create: Using", "WARNING:", "On line "))]
    named = re.search(r"^Zone (?P<one>\S+) |^(?P<two>[A-Za-z0-9][-_.A-Za-z0-9]*): (?!Using)", text, re.MULTILINE)
    return Complaint(
        zone=(named["one"] or named["two"]) if named else "",
        errors=tuple(errors),
        configured=not any(_ABSENT in line for line in errors),
    )


def _fold_memory(resources: tuple[ZoneResource, ...]) -> tuple[ZoneResource, ...]:
    """swap and locked of a zone with capped-memory as its properties.

    ``export`` shows them as rctls before capped-memory, and Solaris 10 then rejects capped-memory because a related resource
    control already exists.
    """
    memory = next((resource for resource in resources if resource.kind == "capped-memory"), None)
    if memory is None:
        return resources
    controls = {resource.properties.get("name"): resource.properties.get("value") for resource in resources if resource.kind == "rctl"}
    properties = dict(memory.properties)
    folded = set()
    for alias, control in MEMORY_ALIASES.items():
        value = controls.get(control)
        limit = simple_limit(control, value) if isinstance(value, tuple) else None
        if limit is not None and alias not in properties:
            properties[alias] = limit
            folded.add(control)
    return tuple(
        ZoneResource("capped-memory", properties) if resource is memory else resource
        for resource in resources
        if not (resource.kind == "rctl" and resource.properties.get("name") in folded)
    )


def render(config: ZoneConfig, *, create: str = "create -b") -> str:
    """The whole zonecfg script that makes ``config``, ending with verify, commit, exit.

    Values are quoted where the lexer could read them otherwise; InvalidDefinition for what zonecfg cannot carry (quotes,
    control characters, empty values, malformed resource controls). ``create`` is the first line: ``create -b``,
    ``create -t TEMPLATE`` ...
    """
    if not create.startswith("create") or "\n" in create or ";" in create:
        raise InvalidDefinition(f"zonecfg: {create!r} is not one create command.")
    lines = [create, *globals_lines(config)]
    for resource in _fold_memory(config.resources):
        lines += resource_lines(resource)
    return "\n".join((*lines, "verify", "commit", "exit", ""))
