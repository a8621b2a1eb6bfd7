# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real ZFS says of itself, as the truth keeps it: ``zpool list -H``, ``zpool status``, ``zfs get -rHp`` of zfs-fuse 0.7."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..truth import ZfsDataset

MARK = "--- lab ---"
PROPERTIES = ("type", "creation", "usedbydataset", "used", "mounted", "mountpoint", "quota", "reservation", "refquota", "refreservation")
INHERITED = ("canmount", "zoned")
SCRIPT = f"""timeout 10 zpool list -H -o name,guid,version,health; echo '{MARK}'
timeout 10 zpool status; echo '{MARK}'
timeout 10 zfs get -rHp -o name,property,value,source {",".join(PROPERTIES + INHERITED)} 2>/dev/null
"""
OPEN = ("ONLINE", "DEGRADED")


@dataclass
class Pool:
    """An imported pool; ``tree`` as in ``truth.SharedPool``, without spares, logs and caches."""

    name: str
    guid: str
    version: int
    health: str
    tree: list[list[Any]] = field(default_factory=list)
    datasets: dict[str, ZfsDataset] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        return self.health in OPEN


def parse(text: str) -> list[Pool]:
    """The output of SCRIPT. Raises ValueError on anything unknown."""
    listed, status, properties = text.split(MARK + "\n")
    pools = []
    for line in listed.splitlines():
        if line == "no pools available":
            continue
        name, guid, version, health = line.split("\t")
        pools.append(Pool(name, guid, 0 if version == "-" else int(version), health))
    trees = dict(_trees(status))
    for pool in pools:
        pool.tree = trees[pool.name]
    _datasets(pools, properties)
    return pools


def _trees(status: str) -> Iterator[tuple[str, list[list[Any]]]]:
    for part in re.split(r"^ *pool: ", status, flags=re.MULTILINE)[1:]:
        name, _, rest = part.partition("\n")
        table = rest.partition("\tNAME ")[2].partition("\nerrors:")[0].splitlines()[1:]
        tree: list[list[Any]] = []
        for line in table:
            found = re.match(r"\t( *)(\S+) *(.*)", line)
            if found is None:
                continue
            depth, word, note = len(found[1]), found[2], found[3]
            if depth == 0 and word != name:
                break  # spares, logs, cache
            if depth == 2:
                group = re.match(r"(mirror|raidz[123])(?:-\d+)?$", word)
                tree.append([group[1], []] if group else ["disk", [_disk(word, note)]])
            elif depth > 2 and not re.match(r"(replacing|spare)-\d+$", word):
                tree[-1][1].append(_disk(word, note))
        yield name, tree


def _disk(word: str, note: str) -> str:
    """The LUN's guid; a disk that was not there at import is a number, and its notes say what it was."""
    was = re.search(r"was /dev/(?:dsk/)?(\S+)", note)
    found = re.match(r"c\d+t([0-9A-F]{16,32})d0", was[1] if was else word)
    return found[1] if found else word


def _datasets(pools: list[Pool], text: str) -> None:
    known = {pool.name: pool for pool in pools}
    values: dict[str, dict[str, tuple[str, str]]] = {}
    for line in text.splitlines():
        fields = line.split("\t")
        if len(fields) != 4:
            raise ValueError(f"zfs get: not four fields: {line!r}")
        values.setdefault(fields[0], {})[fields[1]] = (fields[2], fields[3])
    for name, of in values.items():
        kind = of["type"][0]
        local = {key: value for key, (value, source) in of.items() if source == "local"}
        used = of["usedbydataset" if kind == "filesystem" else "used"][0]
        mounted = of["mounted"][0] == "yes" if kind == "filesystem" else None
        dataset = ZfsDataset(name, kind, local, int(used) if used.isdigit() else 0, int(of["creation"][0]), mounted)
        known[re.split("[/@]", name)[0]].datasets[name] = dataset
