# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data sets as a machine sees them: lookup, relatives, effective properties, mounts."""

from __future__ import annotations

import string
from collections.abc import Iterator

from ...call import Call
from ...truth import DataCentre, Machine, SharedPool, ZfsDataset
from ..options import Refused
from .health import pool_state

NAME_CHARACTERS = frozenset(string.ascii_letters + string.digits + "-_.: ")


def imported_pools(centre: DataCentre, machine: Machine) -> list[SharedPool]:
    return sorted((centre.pools[guid] for guid in machine.imported if guid in centre.pools), key=lambda pool: pool.name)


def imported_pool(centre: DataCentre, machine: Machine, name: str) -> SharedPool | None:
    return next((pool for pool in imported_pools(centre, machine) if pool.name == name), None)


def lookup(centre: DataCentre, machine: Machine, name: str) -> tuple[SharedPool, ZfsDataset] | None:
    pool = imported_pool(centre, machine, name.split("/")[0].split("@")[0])
    if pool is None or name not in pool.datasets:
        return None
    return pool, pool.datasets[name]


def name_error(name: str) -> str | None:
    """Why ``name`` is no data set name, in libzfs's words, or None."""
    if name.startswith("/"):
        return "leading slash in name"
    if name.count("@") > 1:
        return "multiple '@' delimiters in name"
    if len(name) >= 256:
        return "name is too long"
    path = name.split("@")[0]
    if path.endswith("/"):
        return "trailing slash in name"
    if any(not part for part in name.replace("@", "/").split("/")):
        return "empty component in name"
    for letter in name:
        if letter not in NAME_CHARACTERS and letter not in "/@":
            return f"invalid character '{letter}' in name"
    if not name[0].isascii() or not name[0].isalpha():
        return "pool doesn't begin with a letter"
    return None


def open_dataset(call: Call, name: str) -> tuple[SharedPool, ZfsDataset]:
    """The data set, or the message of a failing zfs_open()."""
    why = name_error(name)
    if why is not None:
        raise Refused(f"cannot open '{name}': invalid dataset name")
    found = lookup(call.centre, call.machine, name)
    if found is None or not visible(call, found[1].name):
        raise Refused(f"cannot open '{name}': dataset does not exist")
    if pool_state(call.centre, call.machine, found[0]) == "UNAVAIL":
        raise Refused(f"cannot open '{name}': pool I/O is currently suspended")
    return found


def parent_name(name: str) -> str | None:
    """The data set above: of a snapshot its file system, of a pool None."""
    if "@" in name:
        return name.split("@")[0]
    return name.rpartition("/")[0] or None


def ancestors(pool: SharedPool, name: str) -> Iterator[ZfsDataset]:
    above = parent_name(name)
    while above is not None:
        yield pool.datasets[above]
        above = parent_name(above)


def order(name: str) -> list[str]:
    """Sort key of zfs list: a file system, its snapshots, its children."""
    return name.replace("@", "/\0").split("/")


def _ordered(pool: SharedPool, names: list[str]) -> list[ZfsDataset]:
    return [pool.datasets[name] for name in sorted(names, key=order)]


def children(pool: SharedPool, name: str) -> list[ZfsDataset]:
    """Direct child file systems, without snapshots."""
    return _ordered(pool, [found for found in pool.datasets if "@" not in found and parent_name(found) == name])


def snapshots(pool: SharedPool, name: str) -> list[ZfsDataset]:
    return _ordered(pool, [found for found in pool.datasets if found.startswith(f"{name}@")])


def descendants(pool: SharedPool, name: str) -> list[ZfsDataset]:
    """Everything below, snapshots included, parents before children."""
    return _ordered(pool, [found for found in pool.datasets if found.startswith((f"{name}/", f"{name}@"))])


def delegated(call: Call) -> list[str]:
    """The data sets a zone's configuration gives to it."""
    from ..zoneadm.config import resources

    zone = call.machine.zones.get(call.zone or "")
    return [] if zone is None else [item.get("name", "") for item in resources(zone, "dataset")]


def visible(call: Call, name: str) -> bool:
    """In a zone only delegated data sets and what is above them can be seen."""
    if call.zone is None:
        return True
    given = delegated(call)
    return any(name == top or name.startswith((f"{top}/", f"{top}@")) or top.startswith(f"{name}/") for top in given)


def setting(pool: SharedPool, dataset: ZfsDataset, name: str) -> tuple[str | None, str]:
    """A settable, inheritable property: its value (None: nobody set it) and its source word for ``zfs get``."""
    if name in dataset.properties:
        return dataset.properties[name], "local"
    for above in ancestors(pool, dataset.name):
        if name in above.properties:
            return above.properties[name], f"inherited from {above.name}"
    return None, "default"


def mountpoint(pool: SharedPool, dataset: ZfsDataset) -> tuple[str, str]:
    """Where the file system belongs (path, ``legacy``, ``none``) and the property's source."""
    value, source = setting(pool, dataset, "mountpoint")
    altroot = pool.properties.get("altroot", "").rstrip("/")
    if value in ("none", "legacy"):
        return value, source
    if value is None:
        return f"{altroot}/{dataset.name}", "default"
    if source != "local":
        holder = source.removeprefix("inherited from ")
        value = value.rstrip("/") + dataset.name[len(holder) :]
    return (altroot + value if value != "/" or not altroot else altroot), source


def is_on(pool: SharedPool, dataset: ZfsDataset, name: str, default: str) -> bool:
    value, _ = setting(pool, dataset, name)
    return (value or default) == "on"


def zoned(pool: SharedPool, dataset: ZfsDataset) -> bool:
    return is_on(pool, dataset, "zoned", "off")


def is_mounted(pool: SharedPool, dataset: ZfsDataset) -> bool:
    """Mounted on the machine that has imported the pool: what a mount command last did, else what the properties say."""
    if dataset.type != "filesystem":
        return False
    if dataset.mounted is not None:
        return dataset.mounted
    if _of_the_running_system(pool, dataset):
        return True
    if not mountpoint(pool, dataset)[0].startswith("/") or zoned(pool, dataset):
        return False
    return dataset.properties.get("canmount", "on") == "on"


def _of_the_running_system(pool: SharedPool, dataset: ZfsDataset) -> bool:
    """The boot environment the machine runs from; it is mounted although its canmount is noauto."""
    booted = pool.properties.get("bootfs")
    return booted is not None and (dataset.name == booted or dataset.name.startswith(f"{booted}/"))


def mounted_at(centre: DataCentre, machine: Machine, path: str) -> tuple[SharedPool, ZfsDataset] | None:
    """The mounted file system that holds ``path``: the longest mount point above it."""
    best: tuple[int, SharedPool, ZfsDataset] | None = None
    for pool in imported_pools(centre, machine):
        for dataset in pool.datasets.values():
            point = mountpoint(pool, dataset)[0]
            inside = path == point or path.startswith(point.rstrip("/") + "/")
            if is_mounted(pool, dataset) and inside and (best is None or len(point) > best[0]):
                best = (len(point), pool, dataset)
    return None if best is None else best[1:]
