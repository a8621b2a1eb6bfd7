# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Veritas Cluster Server: hastatus, hagrp, hastop, haclus and gabconfig (VCS administrator's guide, and recorded output)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import CommandFailed, ParseError
from ..model.patching.cluster import Group
from .tables import refuse

_BIN = "/opt/VRTSvcs/bin"
_NO_ENGINE = "V-16-1-10600"  # Cannot connect to VCS engine
_HEADING = re.compile(r"-- [A-Z][A-Za-z -]*(\s{2,}\S.*)?")
_SYSTEM = re.compile(r"A\s+(?P<name>\S+)\s+(?P<state>[A-Z_]+)\s+(?P<frozen>[01])")
_GROUP = re.compile(r"B\s+(?P<group>\S+)\s+(?P<system>\S+)\s+(?P<probed>[YN])\s+(?P<disabled>[YN])\s+(?P<state>[A-Z_|]+)")
_OTHER = re.compile(r"[C-Z]\s+\S.*")
_PORT = re.compile(r"Port (?P<port>\S)\s+gen\s+\S+\s+(?P<what>membership|jeopardy|visible)\s+(?P<nodes>[0-9; ]+)")


@dataclass(frozen=True, slots=True)
class Summary:
    """``hastatus -sum``: system → its state (``RUNNING``, ``FAULTED``, ``EXITED``, ``LOCAL_BUILD`` ...), the frozen ones, the groups.

    ``failing`` are the lines below the groups: resources that failed, are not probed, or are on their way.
    """

    systems: dict[str, str]
    frozen: frozenset[str]
    groups: tuple[Group, ...]
    failing: tuple[str, ...]


def summary() -> Command:
    return Command.of(f"{_BIN}/hastatus", "-sum")


def parse_summary(text: str) -> Summary:
    systems: dict[str, str] = {}
    frozen = set()
    states: dict[str, dict[str, str]] = {}
    failing = []
    for line in text.splitlines():
        line = line.rstrip()
        if not line or _HEADING.fullmatch(line):
            continue
        if row := _SYSTEM.fullmatch(line):
            systems[row["name"]] = row["state"]
            frozen |= {row["name"]} if row["frozen"] == "1" else set()
        elif row := _GROUP.fullmatch(line):
            states.setdefault(row["group"], {})[row["system"]] = row["state"].lower()
        elif _OTHER.fullmatch(line):
            failing.append(line)
        else:
            refuse("hastatus -sum", line)
    if not systems:
        raise ParseError(f"hastatus -sum: no system in {text[:120]!r}")
    return Summary(systems, frozenset(frozen), tuple(Group(name, of) for name, of in states.items()), tuple(failing))


def attributes() -> Command:
    return Command.of(f"{_BIN}/haclus", "-display")


def parse_name(text: str) -> str:
    """``haclus -display``: the cluster's name, of its list of attributes."""
    found = re.findall(r"^ClusterName\s+(\S+)$", text, re.MULTILINE)
    if not text.startswith("#Attribute") or len(found) != 1:
        raise ParseError(f"haclus -display: not one ClusterName below #Attribute in {text[:120]!r}")
    return str(found[0])


def here() -> Command:
    """By what name this node is a system of its cluster."""
    return Command.of("cat", "/etc/VRTSvcs/conf/sysname")


def membership() -> Command:
    return Command.of("gabconfig", "-a")


def parse_membership(text: str) -> dict[str, str]:
    """``gabconfig -a``: port → the numbers of its members, a digit each (``01``); none for a port in jeopardy (one link left).

    How more than ten nodes are printed is not known here, and refused.
    """
    found: dict[str, str] = {}
    jeopardy = set()
    for line in text.splitlines():
        line = line.rstrip()
        if not line or line == "GAB Port Memberships" or not set(line) - {"="}:
            continue
        row = _PORT.fullmatch(line)
        if not row:
            refuse("gabconfig -a", line)
        if row["what"] == "jeopardy":
            jeopardy.add(row["port"])
        elif row["what"] == "membership":
            if ";" in row["nodes"]:
                refuse("gabconfig -a", line, "has more than ten nodes, which this parser does not know how to count")
            found[row["port"]] = row["nodes"].replace(" ", "")
    return {port: "" if port in jeopardy else nodes for port, nodes in found.items()}


def runs(output: Output) -> bool:
    """Whether the engine runs on this node, by hastatus. Raises CommandFailed where hastatus failed for another reason."""
    if output.rc == 0:
        return True
    if _NO_ENGINE in output.stdout + output.stderr:
        return False
    raise CommandFailed(f"hastatus ended with {output.rc}: {(output.stderr or output.stdout).strip()}")


def switch(group: str, system: str) -> Command:
    """It returns at once; hastatus shows when the group has arrived."""
    return Command.of(f"{_BIN}/hagrp", "-switch", group, "-to", system)


def stop_here() -> Command:
    """Stops the engine on this node until it boots again; what could not be moved keeps it from stopping. Whether it stopped hastatus
    tells: where it had stopped before, this ends with 1."""
    return Command.of(f"{_BIN}/hastop", "-local", "-evacuate", ok=(0, 1))


def start_here() -> Command:
    return Command.of(f"{_BIN}/hastart")
