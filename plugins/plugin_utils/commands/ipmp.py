# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPMP as ``ipmpstat`` shows it on Solaris 11 and illumos (ipmpstat(1M)); Solaris 10 shows groups in ifconfig only.

Tables are parted by blanks; the last column (INTERFACES, OUTBOUND, TARGETS) is a list. In INTERFACES, ``( )`` hold
inactive and ``[ ]`` unusable ones, several words in one pair of brackets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..model.command import Command, Output
from ..model.errors import ParseError
from ..model.network import IpmpGroup
from .tables import none, refuse, worded

GROUP_STATES = frozenset({"ok", "degraded", "failed", "addrless"})
INTERFACE_STATES = frozenset({"ok", "failed", "offline", "unknown", "inactive"})


@dataclass(frozen=True, slots=True)
class Group:
    """``fdt`` is the failure detection time as printed, '' where probing is off."""

    name: str
    groupname: str
    state: str
    fdt: str
    active: tuple[str, ...]
    inactive: tuple[str, ...] = ()
    unusable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """An interface of a group: ``flags`` as printed (``--mb---``)."""

    name: str
    active: bool
    group: str
    flags: str
    link: str
    probe: str
    state: str


def probes() -> dict[str, Command]:
    return {"ipmpstat-g": Command.of("ipmpstat", "-g")}


def parse(outputs: Mapping[str, Output]) -> tuple[IpmpGroup, ...]:
    """The groups of Solaris 11 from the answer to ``probes()``.

    Without in.mpathd there is none: ipmpstat says then that it cannot contact it (ipmpstat.c, "is IPMP in use?").
    """
    output = outputs["ipmpstat-g"]
    if output.missing or (output.rc != 0 and "is IPMP in use?" in output.stderr):
        return ()
    if output.rc != 0:
        raise ParseError(f"ipmpstat -g failed with exit code {output.rc}: {output.stderr.strip() or 'no message'}")
    return tuple(
        IpmpGroup(one.groupname, tuple(sorted((*one.active, *one.inactive, *one.unusable))), one.name, one.state, one.unusable)
        for one in parse_groups(output.stdout)
    )


def parse_groups(text: str) -> tuple[Group, ...]:
    """``ipmpstat -g``."""
    found = []
    for row in worded("ipmpstat -g", text, rest="INTERFACES", needs=("GROUP", "GROUPNAME", "STATE", "FDT")):
        if row["STATE"] not in GROUP_STATES:
            refuse("ipmpstat -g", str(row), "has a state that is not known")
        listed = none(row["INTERFACES"])
        if not re.fullmatch(r"(?:[^()\[\]]|\([^()\[\]]*\)|\[[^()\[\]]*\])*", listed):
            refuse("ipmpstat -g", listed, "has brackets that do not close")
        found.append(
            Group(
                row["GROUP"],
                row["GROUPNAME"],
                row["STATE"],
                none(row["FDT"]),
                active=tuple(re.sub(r"\(.*?\)|\[.*?\]", " ", listed).split()),
                inactive=tuple(" ".join(re.findall(r"\((.*?)\)", listed)).split()),
                unusable=tuple(" ".join(re.findall(r"\[(.*?)\]", listed)).split()),
            )
        )
    return tuple(found)


def parse_members(text: str) -> tuple[Member, ...]:
    """``ipmpstat -i``."""
    found = []
    for row in worded("ipmpstat -i", text, needs=("INTERFACE", "ACTIVE", "GROUP", "FLAGS", "LINK", "PROBE", "STATE")):
        if row["STATE"] not in INTERFACE_STATES or row["ACTIVE"] not in ("yes", "no"):
            refuse("ipmpstat -i", str(row), "has a state that is not known")
        found.append(Member(row["INTERFACE"], row["ACTIVE"] == "yes", row["GROUP"], row["FLAGS"], row["LINK"], row["PROBE"], row["STATE"]))
    return tuple(found)


def parse_addresses(text: str) -> list[dict[str, str]]:
    """``ipmpstat -an``: data addresses with the interfaces that carry them."""
    rows = worded("ipmpstat -a", text, rest="OUTBOUND", needs=("ADDRESS", "STATE", "GROUP", "INBOUND"))
    return [_plain(row) for row in rows]


def parse_targets(text: str) -> list[dict[str, str]]:
    """``ipmpstat -tn``: probe targets of each interface."""
    return [_plain(row) for row in worded("ipmpstat -t", text, rest="TARGETS", needs=("INTERFACE", "MODE", "TESTADDR"))]


def parse_probes(text: str) -> list[dict[str, str]]:
    """``ipmpstat -pn``: probes as they come in; a lost one has '' for its three times. TIME may be negative."""
    return [_plain(row) for row in worded("ipmpstat -p", text, needs=("TIME", "INTERFACE", "PROBE", "TARGET"))]


def _plain(row: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): none(cell) for name, cell in row.items()}
