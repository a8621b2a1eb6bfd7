# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device specification of zpool create and zpool add, and what is refused about it."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from ...call import Call
from ..options import Refused, Unknown
from ..zfs import space
from . import disks

MINIMUM = 64 << 20
GROUP = re.compile(r"(mirror|raidz[123]?)$")
Tree = list[list[Any]]  # [[kind, [disk, ...]], ...], as SharedPool.tree


def parse(call: Call, words: list[str]) -> Tree:
    """The tree of a specification. Raises Refused for devices that are not there and groups that are too small."""
    tree: Tree = []
    kind = "disk"
    for word in words:
        if word in ("spare", "log", "cache", "meta"):
            raise Unknown(f"zpool {word} devices")
        if GROUP.match(word):
            kind = "raidz1" if word == "raidz" else word
            tree.append([kind, []])
            continue
        disk = disks.resolve(call, word)
        if kind == "disk":
            tree.append(["disk", [disk]])
        else:
            tree[-1][1].append(disk)
    for kind, members in tree:
        least = {"disk": 1, "mirror": 2}.get(kind, int(kind[5:] or 1) + 1 if kind.startswith("raidz") else 1)
        if len(members) < least:
            name = "raidz" if kind == "raidz1" else kind
            raise Refused(f"invalid vdev specification: {name} requires at least {least} devices")
    return tree


def replication(kind: str, members: list[str]) -> tuple[str, int]:
    return ("raidz", int(kind[5:] or 1)) if kind.startswith("raidz") else (kind, len(members))


def describe(tree: Tree) -> str | None:
    """Why the devices of a specification do not fit each other, or None."""
    first = replication(*tree[0])
    for kind, members in tree[1:]:
        other = replication(kind, members)
        if other[0] != first[0]:
            return f"mismatched replication level: both {first[0]} and {other[0]} vdevs are present"
        if other[1] != first[1] and first[0] == "mirror":
            return f"mismatched replication level: both {first[1]}-way and {other[1]}-way mirror vdevs are present"
        if other[1] != first[1] and first[0] == "raidz":
            return f"mismatched replication level: both {first[1]} and {other[1]} device parity raidz vdevs are present"
    return None


def check(call: Call, name: str, tree: Tree, force: bool, existing: Tree | None = None) -> None:
    """Refuse disks in use, unlike sizes and replication levels. Without -f all, with -f only what is active here."""
    problems = [line for _, members in tree for disk in members if (line := disks.in_use(call, disk, force))]
    if problems:
        _refuse(call, problems, force, "device already in use")
    if not force:
        for kind, members in tree:
            if len({space.device_space(space.disk_size(call.centre, disk)) for disk in members}) > 1:
                shown = "raidz" if kind.startswith("raidz") else kind
                _refuse(call, [f"{shown} contains devices of different sizes"], force, "invalid vdev configuration")
        problem = describe(tree)
        if problem is None and existing:
            old, new = replication(*existing[0]), replication(*tree[0])
            if old[0] != new[0]:
                problem = f"mismatched replication level: pool uses {old[0]} and new vdev is {new[0]}"
            elif old != new and old[0] == "mirror":
                problem = f"mismatched replication level: pool uses {old[1]}-way mirror and new vdev uses {new[1]}-way mirror"
            elif old != new and old[0] == "raidz":
                problem = f"mismatched replication level: pool uses {old[1]} device parity and new vdev uses {new[1]}"
        if problem is not None:
            _refuse(call, [problem], force, "invalid vdev configuration")
    members = [disk for _, group in tree for disk in group]
    verb = "add to" if existing else "create"
    if any(disks.same_disk(one, other) for index, one in enumerate(members) for other in members[:index]):
        raise Refused(f"cannot {verb} '{name}': one or more vdevs refer to the same device")
    if any(space.disk_size(call.centre, disk) < MINIMUM for disk in members):
        raise Refused(f"cannot {verb} '{name}': one or more devices is less than the minimum size (64M)")


def _refuse(call: Call, problems: list[str], force: bool, why: str) -> None:
    """The frame round the problems: Solaris 10's, and the one recorded on 11.1 (its forced form is inferred)."""
    lines = "\n".join(problems)
    if call.machine.release == "s10":
        frame = "the following errors must be manually repaired:" if force else "use '-f' to override the following errors:"
        raise Refused(f"invalid vdev specification\n{frame}\n{lines}")
    frame = "the following errors must be manually repaired:" if force else "use -f to override the following errors:"
    raise Refused(f"vdev verification failed: {frame}\n{lines}\nUnable to build pool from specified devices: {why}")


def vdev_name(index: int, kind: str) -> str:
    """``mirror-0``, ``raidz1-1``."""
    return f"{kind}-{index}"


def layout(call: Call, tree: Tree, hidden: Container[int] = ()) -> list[tuple[int, str, str | None]]:
    """Rows of a configuration without the ``hidden`` top-level devices: ``(indent, name, disk or None for a group)``."""
    rows: list[tuple[int, str, str | None]] = []
    for index, (kind, members) in enumerate(tree):
        if index in hidden:
            continue
        if kind != "disk":
            rows.append((2, vdev_name(index, kind), None))
        rows += [(2 if kind == "disk" else 4, disks.name_here(call.centre, call.machine, disk), disk) for disk in members]
    return rows
