# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Solaris Cluster 3.2 and 3.3: clnode, clquorum, clresourcegroup, scversions (section 1CL of its reference manual), clinfo(1M).

The tables have a title between ``===``, perhaps subtitles between ``---``, a heading, its rule, and rows. Older versions have
scstat instead, which is not read here.
"""

from __future__ import annotations

import re

from ..model.command import Command, Output
from ..model.errors import CommandFailed, ParseError
from ..model.patching.cluster import Group, Votes
from .tables import refuse

_BIN = "/usr/cluster/bin"
_TITLE = re.compile(r"(?:=== )?(?P<title>[A-Z][^=]*?) ===")
_SUBTITLE = re.compile(r"--- (?P<title>.+?) ---")
_NODE = re.compile(r"\s*(?P<name>\S+)\s+(?P<status>Online|Offline)")
_VOTES = re.compile(r"\s*(?P<name>\S+)\s+(?P<present>[0-9]+)\s+(?P<possible>[0-9]+)\s+(?P<status>\S.*)")
_GROUP = re.compile(r"(?P<group>\S+)?\s+(?P<node>\S+)\s+(?P<suspended>Yes|No)\s+(?P<status>\S.*)")
#: clresourcegroup(1CL), "status", in lower case and without the manual's underscores and dashes.
_STATES = frozenset({
    "online", "offline", "pending online", "pending offline", "pending online blocked", "online faulted", "error stop failed", "unmanaged",
})  # fmt: skip


def mode() -> Command:
    """Exit code 0: this node was booted as part of a cluster. On every Solaris, with or without Solaris Cluster."""
    return Command.of("clinfo")


def member(output: Output) -> bool:
    """clinfo(1M): 0 as a part of a cluster, 1 not."""
    if output.rc in (0, 1):
        return output.rc == 0
    raise CommandFailed(f"clinfo ended with {output.rc}: {output.stderr.strip()}")


def clusters() -> Command:
    return Command.of(f"{_BIN}/cluster", "list")


def parse_name(text: str) -> str:
    """``cluster list``: the name, the only line."""
    names = text.split()
    if len(names) != 1:
        raise ParseError(f"cluster list: not one name: {text[:80]!r}")
    return names[0]


def nodes() -> Command:
    return Command.of(f"{_BIN}/clnode", "status")


def parse_nodes(text: str) -> dict[str, bool]:
    """``clnode status``: node → whether it is online."""
    found = {}
    for line in _rows("clnode status", text).get("Node Status", []):
        row = _NODE.fullmatch(line)
        if not row:
            refuse("clnode status", line)
        found[row["name"]] = row["status"] == "Online"
    if not found:
        raise ParseError(f"clnode status: no node in {text[:120]!r}")
    return found


def quorum() -> Command:
    return Command.of(f"{_BIN}/clquorum", "status")


def parse_quorum(text: str) -> Votes:
    """``clquorum status``. The votes by node must be there; how they and the devices' make up the sum is checked."""
    command = "clquorum status"
    sections = {re.sub(r" \(current status\)| from .*reconfiguration", "", title): rows for title, rows in _rows(command, text).items()}
    summary = sections.get("Quorum Votes Summary", [])
    if len(summary) != 1 or not re.fullmatch(r"\s*[0-9]+\s+[0-9]+\s+[0-9]+", summary[0]):
        raise ParseError(f"{command}: no summary of three numbers (needed, present, possible) in {text[:160]!r}")
    needed, present, possible = (int(word) for word in summary[0].split())
    votes = {title: _votes(command, sections.get(f"Quorum Votes by {title}", [])) for title in ("Node", "Device")}
    if not votes["Node"]:
        raise ParseError(f"{command}: no votes by node in {text[:160]!r}")
    if "Quorum Votes by Device" in sections and sum(votes["Node"].values()) + sum(votes["Device"].values()) != present:
        raise ParseError(f"{command}: {present} votes are present, and those of nodes and devices are not that many")
    return Votes(needed, present, possible, votes["Node"])


def _votes(command: str, rows: list[str]) -> dict[str, int]:
    found = {}
    for line in rows:
        row = _VOTES.fullmatch(line)
        if not row:
            refuse(command, line)
        found[row["name"]] = int(row["present"])
    return found


def groups() -> Command:
    return Command.of(f"{_BIN}/clresourcegroup", "status")


def parse_groups(text: str) -> tuple[Group, ...]:
    """``clresourcegroup status``: the group's name stands in the first of its rows only. Nothing at all where there is no group."""
    command = "clresourcegroup status"
    found: list[Group] = []
    for line in _rows(command, text).get("", []) if text.strip() else []:
        row = _GROUP.fullmatch(line)
        if not row or not (row["group"] or found):
            refuse(command, line)
        status = re.sub(r"[_-]+", " ", row["status"].strip()).lower()
        if status not in _STATES:
            refuse(command, line, f"has a status that clresourcegroup(1CL) does not name: {row['status']!r}")
        if row["group"]:
            found.append(Group(row["group"], {}, row["suspended"] == "Yes"))
        found[-1] = Group(found[-1].name, {**found[-1].states, row["node"]: status}, found[-1].suspended)
    return tuple(found)


def evacuate(node: str) -> Command:
    """Moves all resource groups and device groups to the nodes that are next preferred."""
    return Command.of(f"{_BIN}/clnode", "evacuate", node)


def versions() -> Command:
    return Command.of(f"{_BIN}/scversions")


def parse_versions(text: str) -> bool:
    """Whether a commit is needed, in scversions' own two sentences."""
    said = " ".join(text.split())
    if said == "Upgrade commit is needed.":
        return True
    if re.fullmatch(r"Upgrade commit is NOT needed\.( All versions match\.)?", said):
        return False
    raise ParseError(f"scversions: neither of its two sentences: {text[:120]!r}")


def commit() -> Command:
    """May reconfigure the cluster's membership several times."""
    return Command.of(f"{_BIN}/scversions", "-c")


def reboot_outside() -> Command:
    """reboot(1M) hands what follows ``--`` to the boot program; ``-x`` of boot(1M) boots a node outside its cluster, on both platforms."""
    return Command.of("reboot", "--", "-x")


def _rows(command: str, text: str) -> dict[str, list[str]]:
    """The rows of each table by its subtitle, '' for one without. What stands above a table's rule is its heading."""
    found: dict[str, list[str]] = {}
    title, titled, heading, ruled = "", False, "", False
    for line in text.splitlines():
        bare = line.strip()
        if not bare:
            continue
        if match := _TITLE.fullmatch(bare):
            title, titled, heading, ruled = "", True, "", False
        elif match := _SUBTITLE.fullmatch(bare):
            title, heading, ruled = match["title"], "", False
        elif not titled:
            refuse(command, line, "stands before the table's title")
        elif not ruled and not heading:
            heading = bare
        elif not ruled and not set(bare) - {"-", " "}:
            ruled = True
            found.setdefault(title, [])
        elif ruled:
            found[title].append(line.rstrip())
        else:
            refuse(command, line, f"stands where the rule below the heading {heading!r} is expected")
    if not titled:
        raise ParseError(f"{command}: no table in {text[:120]!r}")
    return found
