# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource pools and controls: ``pooladm``, ``poolcfg -c info``, ``poolstat -r all``, ``prctl -P``, ``dispadmin -d``, ``priocntl -l``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .tables import integer, lines, refuse, worded

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


@dataclass(frozen=True, slots=True)
class Control:
    """A line of ``prctl -P``; ``action`` '' for none of any kind."""

    name: str
    privilege: str
    value: int
    flag: str
    action: str


def parse_controls(text: str) -> tuple[str, int, str, tuple[Control, ...]]:
    """``prctl -P``: kind (zone, process ...), id, name, and the controls."""
    rows = lines(text)
    head = re.fullmatch(r"(zone|process|task|project): ([0-9]+): (.+)", rows[0] if rows else "")
    if not head:
        refuse("prctl -P", rows[0] if rows else "", "is not its first line")
    found = []
    for line in rows[1:]:
        words = line.split()
        if len(words) != 6 or words[1] not in ("usage", "basic", "privileged", "system"):
            refuse("prctl -P", line)
        found.append(Control(words[0], words[1], integer("prctl -P", line, words[2]), words[3].strip("-"), words[4].strip("-")))
    return head[1], int(head[2]), head[3], tuple(found)


def parse_default_class(text: str) -> str:
    """``dispadmin -d``: the default scheduling class (``FSS``)."""
    match = re.fullmatch(r"([A-Z]+)\s+\(.+\)", text.strip())
    if not match:
        refuse("dispadmin -d", text.strip())
    return match[1]


def parse_classes(text: str) -> tuple[str, ...]:
    """``priocntl -l``: the configured scheduling classes."""
    rows = lines(text)
    if rows[:1] != ["CONFIGURED CLASSES"]:
        refuse("priocntl -l", rows[0] if rows else "", "is not its heading")
    found = []
    for line in rows[1:]:
        match = re.fullmatch(r"([A-Z]+) \(.+\)", line)
        if match:
            found.append(match[1])
        elif set(line) != {"="} and not line[:1].isspace():
            refuse("priocntl -l", line)
    return tuple(found)
