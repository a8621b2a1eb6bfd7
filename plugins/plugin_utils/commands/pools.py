# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource pools: ``pooladm``, ``poolcfg -c info``, ``poolstat -r all``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..model.command import Command, Output
from ..model.errors import CommandFailed
from .tables import integer, lines, refuse, worded

#: pooladm's words when the pools facility is off (and no set but the default one can be there).
_INACTIVE = "Facility is not active"

_PROPERTY = re.compile(r"\s*(?P<type>int|uint|string|boolean|float)\s+(?P<key>[a-z_.-]+)(?:\s(?P<value>.*))?")
_ELEMENT = re.compile(r"\s*(?P<kind>system|pool|pset|cpu)(?:\s+(?P<name>\S+))?")


@dataclass(slots=True)
class Element:
    """A pool, processor set, processor or the system; keys without their prefix (``pset.min`` → ``min``)."""

    kind: str
    name: str
    properties: dict[str, str] = field(default_factory=dict)
    pset: str = ""  # of a pool
    cpus: list[int] = field(default_factory=list)  # of a pset


def active() -> Command:
    """What is active now, pooladm(1M). Exit 1 when the pools facility is off."""
    return Command.of("pooladm", ok=(0, 1))


def parse_sets(output: Output) -> dict[str, int]:
    """Processor sets other than the default one: name → least CPUs. None where the facility is off; any other failure is one."""
    if output.rc != 0:
        if _INACTIVE in output.stderr:
            return {}
        raise CommandFailed(f"pooladm failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    sets = [element for element in parse_configuration(output.stdout) if element.kind == "pset"]
    return {
        one.name: integer("pooladm", one.name, one.properties.get("min", "")) for one in sets if one.properties.get("default") != "true"
    }


def parse_configuration(text: str) -> tuple[Element, ...]:
    """``pooladm`` or ``poolcfg -c 'info …'``: system, pools and psets; processors go into their set."""
    found: list[Element] = []
    depth_of_pool = -1
    cpu: Element | None = None
    for line in lines(text):
        indent = len(line.expandtabs()) - len(line.expandtabs().lstrip())
        stated = _PROPERTY.fullmatch(line)
        element = _ELEMENT.fullmatch(line)
        if stated:
            if not found:
                refuse("pooladm", line)
            key, value = stated["key"].partition(".")[2], (stated["value"] or "").strip()
            if cpu is not None:
                cpu.properties[key] = value
                if key == "sys_id":
                    found[-1].cpus.append(integer("pooladm", line, value))
            else:
                found[-1].properties[key] = value
        elif element and element["kind"] == "cpu" and found and found[-1].kind == "pset":
            cpu = Element("cpu", "")
        elif element and element["kind"] == "pset" and found and found[-1].kind == "pool" and indent > depth_of_pool >= 0:
            found[-1].pset, cpu = element["name"] or "", None
        elif element and element["name"]:
            found.append(Element(element["kind"], element["name"]))
            cpu = None
            depth_of_pool = indent if element["kind"] == "pool" else -1
        else:
            refuse("pooladm", line)
    return tuple(found)


def parse_statistics(text: str) -> list[dict[str, str]]:
    """``poolstat -r all``: a row a pool and resource, numbers as printed (``66K``)."""
    return worded("poolstat", text, needs=("id", "pool", "rid", "rset", "min", "max", "size"))
