# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking over what was found: the declaration that describes a zone as it is, or one property of it."""

from __future__ import annotations

from dataclasses import replace

from ...commands import zonecfg
from ...model import declaration
from ...model.errors import HeliostatError
from ...model.vserver import Dataset, Filesystem, VServer
from .. import gathered, variables, zone_definition
from ..actual import NodeActual
from ..context import NodeContext

_LIMITS = {
    "capped-memory.physical": ("memory",),
    "capped-memory.swap": ("swap",),
    "capped-memory.locked": ("locked",),
    "capped-cpu.ncpus": ("cpu_cap",),
    "cpu-shares": ("cpu_shares", "base_units"),
    "scheduling-class": ("scheduling_class",),
    "pool": ("pool",),
    "max-lwps": ("max_lwps",),
    "max-processes": ("max_processes",),
    "max-shm-memory": ("max_shm_memory",),
    "max-shm-ids": ("max_shm_ids",),
    "max-sem-ids": ("max_sem_ids",),
    "max-msg-ids": ("max_msg_ids",),
}


def as_found(base: VServer, actual: NodeActual, context: NodeContext) -> VServer | None:
    """The zone as a declaration; None where its configuration cannot be expressed as one."""
    name = base.name
    if name not in actual.configs or name not in actual.zones:
        return None
    volumes = tuple(dataset for dataset in base.datasets if dataset.manager != "zfs")
    node = actual if volumes else None
    found = gathered.Found(
        actual.zones, actual.pools, {**actual.held, **actual.zfs}, actual.configs, volumes=volumes, node=node, virtual=actual.virtual
    )
    told, _problems = gathered.variables(name, found, context.networks)
    try:
        return declaration.vserver(name, {"compute_pool": base.compute_pool, **told}, context.networks, {})
    except HeliostatError:
        return None


def configuration(path: str, base: VServer, found: VServer, actual: NodeActual, context: NodeContext) -> VServer | None:
    """``base`` with one property of its zone's configuration as it was found; None where no declaration has that property so."""
    changed = _taken(path, base, found)
    if changed is None or changed == base:
        return None
    try:
        left = zonecfg.differences(actual.configs[base.name], zone_definition.wanted_of(changed, actual, context))
        declaration.vserver(base.name, variables.variables(changed), context.networks, {})  # what it says must be allowed
    except HeliostatError:
        return None
    return None if any(one.path == path for one in left) else changed


def _taken(path: str, base: VServer, found: VServer) -> VServer | None:
    if path == "autoboot":
        return replace(base, autoboot=found.autoboot)
    kind = path.partition("[")[0].partition(".")[0]
    names = _LIMITS.get(path) or (("dedicated_cpus", "importance") if kind == "dedicated-cpu" else ())
    if names:
        return replace(base, resources=replace(base.resources, **{name: getattr(found.resources, name) for name in names}))
    if kind in ("net", "anet"):
        return replace(base, networks=found.networks)
    if kind == "inherit-pkg-dir":
        return replace(base, sparse=found.sparse)
    if path in ("hostid", "attr[name=hostid]"):
        return replace(base, hostid=found.hostid)
    if kind == "fs":
        return _with_filesystem(path.partition("[dir=")[2].partition("]")[0], base, found)
    return None


def _with_filesystem(mountpoint: str, base: VServer, found: VServer) -> VServer:
    """The size is none of the zone's configuration: it stays as it is declared."""
    sizes = {one.zfs: one.size for one in base.filesystems if one.name}
    come: list[Filesystem] = [
        replace(one, size=sizes.get(one.zfs, one.size)) for one in found.filesystems if one.mountpoint == mountpoint and one.type != "root"
    ]
    place = next((at for at, one in enumerate(base.filesystems) if one.mountpoint == mountpoint), len(base.filesystems))
    rest = [one for one in base.filesystems if one.mountpoint != mountpoint]
    known = {dataset.name for dataset in base.datasets}
    more = [dataset for dataset in found.datasets if dataset.name not in known and any(one.dataset == dataset.name for one in come)]
    return replace(base, filesystems=(*rest[:place], *come, *rest[place:]), datasets=(*base.datasets, *more))


def size(base: VServer, name: str, found: int) -> VServer:
    """``base`` whose file system ``name`` (DATASET/NAME) has the size that was found; 0 is none."""
    return replace(
        base, filesystems=tuple(replace(one, size=found or None) if one.name and one.zfs == name else one for one in base.filesystems)
    )


def dataset(base: VServer, found: Dataset) -> VServer:
    """``base`` with one dataset as it was found."""
    return replace(base, datasets=tuple(found if one.name == found.name else one for one in base.datasets))
