# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets as zpools: create, take over, give away, destroy. A LUN that may be somebody's is never touched."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..commands import zpool
from ..model.command import Output
from ..model.errors import CommandFailed, Refused
from ..model.names import device_guid
from ..model.plan import Step
from ..model.storage import Pool, Vdev
from ..model.vserver import Dataset
from .actual import NodeActual
from .context import NodeContext

_USABLE = ("ONLINE", "DEGRADED")


def present(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    """Steps that make the pool imported and as declared, and warnings. Raises Refused where that could harm."""
    pool = actual.pools.get(dataset.name)
    if pool is not None:
        return [], _check_imported(dataset, pool, actual, context)
    for guid in dataset.luns:
        holder = context.lun_owners.get(guid)
        if holder and holder != owner:
            raise Refused(
                f"dataset {dataset.name} of vServer {owner}: LUN {guid} belongs to vServer {holder} in the repository. Choose another LUN."
            )
    found = _offered(dataset, actual, context)
    if found is not None:
        return [_import(dataset, found, owner, actual, context)], _impaired(dataset, found, context)
    devices = [_free_device(dataset, guid, actual, context) for guid in dataset.luns]
    arrays = "" if dataset.layout in ("single", "stripe") else " mirrored"
    step = Step(
        object=owner,
        what=f"create dataset {dataset.name} ({dataset.layout} of {len(devices)} LUNs)",
        why=f"no{arrays} pool {dataset.name} on node {context.node}, and none to import",
        command=zpool.create(dataset.name, dataset.layout, devices, fs_properties={"mountpoint": "none"}),
    )
    return [step], []


def _offered(dataset: Dataset, actual: NodeActual, context: NodeContext) -> Pool | None:
    """The pool of the dataset's name that could be imported. Raises Refused where there are several."""
    found = [pool for pool in actual.importable or () if pool.name == dataset.name]
    if len(found) > 1:
        ids = ", ".join(pool.pool_id for pool in found)
        raise Refused(
            f"dataset {dataset.name}: node {context.node} is offered {len(found)} pools of this name (ids {ids}). "
            "Import the right one by its id."
        )
    return found[0] if found else None


def offered(output: Output) -> tuple[Pool, ...]:
    """The pools that ``zpool import`` offers. A complaint that is not about there being none is a failure."""
    if zpool.nothing_importable(output):
        return ()
    if output.rc != 0:
        raise CommandFailed(f"'zpool import' failed with exit code {output.rc}: {output.stderr.strip()}. Nothing was changed.")
    return zpool.parse_import(output.stdout)


def exported(dataset: Dataset, owner: str, actual: NodeActual) -> list[Step]:
    """Gives the pool away with its data; nothing to do where it is not imported."""
    if dataset.name not in actual.pools:
        return []
    _check_ours(dataset, owner, actual)
    return [Step(owner, f"export dataset {dataset.name}", "its data stays on the LUNs", zpool.export_pool(dataset.name))]


def destroyed(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Destroys the pool with all data in it, an exported one after importing it. The caller has checked that the operator named it."""
    steps = []
    if dataset.name in actual.pools:
        _check_ours(dataset, owner, actual)
    else:
        found = _offered(dataset, actual, context)
        unseen = [guid for guid in dataset.luns if actual.disks is not None and guid not in actual.disks]
        if found is None and unseen:
            raise Refused(
                f"dataset {dataset.name} of {owner}: node {context.node} does not see LUN {unseen[0]}, so whether its data is still there "
                "is not known. Destroy it from a node that sees its LUNs. Nothing was done."
            )
        if found is None:
            return []
        steps.append(_import(dataset, found, owner, actual, context))
    return [*steps, Step(owner, f"destroy dataset {dataset.name}", "its destruction was asked for by name", zpool.destroy(dataset.name))]


def _check_ours(dataset: Dataset, owner: str, actual: NodeActual) -> None:
    """A pool that only has the dataset's name is somebody else's. A declared LUN that is gone or replaced by a spare is no reason."""
    have = members(actual.pools[dataset.name].vdevs, actual)
    if not set(have) & set(dataset.luns):
        raise Refused(
            f"dataset {dataset.name} of {owner}: the pool of this name lies on {', '.join(have)}, declared are {', '.join(dataset.luns)}. "
            "It is somebody else's, or the declaration is wrong. Nothing was done."
        )


def members(vdevs: Iterable[Vdev], actual: NodeActual) -> list[str]:
    """The disks of a pool's tree in order: GUIDs where they have one, else device names."""
    devices = {disk.device: guid for guid, disk in (actual.disks or {}).items()}
    found: list[str] = []
    for vdev in vdevs:
        if vdev.children:
            found += members(vdev.children, actual)
        elif vdev.kind == "disk":
            name = _last_name(vdev)
            found.append(device_guid(name) or devices.get(name) or name)
    return found


def _last_name(vdev: Vdev) -> str:
    """A disk that cannot be opened may have lost its name to its number in ZFS; then ``was /dev/dsk/c0t...d0s0`` follows its counters."""
    was = re.search(r"\bwas /dev/(?:r?dsk/)?(\S+)", vdev.note)
    return was[1] if was and vdev.name.isdecimal() else vdev.name


def _same_luns(have: list[str], dataset: Dataset) -> bool:
    """Whether a pool's disks are the declared LUNs. Disks that ``zpool`` only knows by a number can be the declared ones that are lost."""
    nameless = [name for name in have if name.isdecimal() and name not in dataset.luns]
    named = [name for name in have if name not in nameless]
    lost = set(dataset.luns) - set(named)
    return bool(named) and set(named) <= set(dataset.luns) and len(set(named)) == len(named) and len(nameless) == len(lost)


def layout(pool: Pool) -> str:
    """The pool's layout in the declaration's words; other trees by the kinds of their vdevs."""
    data = [vdev for vdev in pool.vdevs if vdev.kind not in ("spares", "logs", "cache")]
    kinds = {vdev.kind for vdev in data}
    if kinds == {"disk"}:
        return "single" if len(data) == 1 else "stripe"
    if kinds == {"mirror"}:
        return "mirror" if len(data) == 1 else "stripe_of_mirrors"
    return "+".join(sorted(kinds))


def _check_imported(dataset: Dataset, pool: Pool, actual: NodeActual, context: NodeContext) -> list[str]:
    if pool.state not in _USABLE:
        raise Refused(
            f"dataset {dataset.name}: pool is {pool.state} on node {context.node} ({pool.status or pool.errors or 'no status text'}). "
            f"Repair it first ('zpool status -v {dataset.name}')."
        )
    have = members([vdev for vdev in pool.vdevs if vdev.kind not in ("spares", "logs", "cache")], actual)
    if layout(pool) != dataset.layout or not _same_luns(have, dataset):
        raise Refused(
            f"dataset {dataset.name}: node {context.node} has a pool of this name with layout {layout(pool)} on {', '.join(have)}; "
            f"declared is {dataset.layout} on {', '.join(dataset.luns)}. Correct the declaration, or the pool by hand."
        )
    return _impaired(dataset, pool, context)


def _impaired(dataset: Dataset, pool: Pool, context: NodeContext) -> list[str]:
    """A warning where a disk of the pool is not well. ZFS may say of a pool that lost half of a mirror that it is ONLINE."""
    bad = [f"{disk.name} {disk.state}" for disk in _disks(pool.vdevs) if disk.state not in ("", "ONLINE", "AVAIL", "INUSE")]
    if pool.state == "ONLINE" and not bad:
        return []
    disks = f", of its disks {', '.join(bad)}" if bad else ""
    return [f"dataset {dataset.name} is {pool.state} on node {context.node}{disks}: {pool.status or 'see zpool status'}"]


def _disks(vdevs: Iterable[Vdev]) -> list[Vdev]:
    return [disk for vdev in vdevs for disk in (_disks(vdev.children) if vdev.children else [vdev] if vdev.kind == "disk" else [])]


def _import(dataset: Dataset, pool: Pool, owner: str, actual: NodeActual, context: NodeContext) -> Step:
    have = members([vdev for vdev in pool.vdevs if vdev.kind not in ("spares", "logs", "cache")], actual)
    if not set(have) & set(dataset.luns):
        raise Refused(
            f"dataset {dataset.name}: a pool of this name lies on {', '.join(have)}, declared are {', '.join(dataset.luns)}. "
            "It is somebody else's, or the declaration is wrong."
        )
    if pool.last_host is not None or "another system" in pool.status:
        raise Refused(
            f"dataset {dataset.name}: the pool was last used by {pool.last_host or 'another system'} and never exported, "
            f"it may be in use there. Find that node: if vServer {owner} runs there, it does not belong on {context.node}; if not, export "
            f"the pool there, and node {context.node} imports it by itself afterwards."
        )
    if pool.state not in _USABLE:  # then ZFS may not know all of its disks
        raise Refused(
            f"dataset {dataset.name}: the pool offered to node {context.node} is {pool.state} ({pool.status}). Make its LUNs visible first."
        )
    if layout(pool) != dataset.layout or not _same_luns(have, dataset):
        raise Refused(
            f"dataset {dataset.name}: a pool of this name, layout {layout(pool)}, lies on {', '.join(have)}; "
            f"declared is {dataset.layout} on {', '.join(dataset.luns)}. It is somebody else's, or the declaration is wrong."
        )
    return Step(
        owner, f"import dataset {dataset.name}", f"exported pool {pool.pool_id} on the declared LUNs", zpool.import_pool(dataset.name)
    )


def _free_device(dataset: Dataset, guid: str, actual: NodeActual, context: NodeContext) -> str:
    disk = (actual.disks or {}).get(guid)
    if disk is None:
        raise Refused(
            f"dataset {dataset.name}: node {context.node} does not see LUN {guid}. Map it to the node, or choose a node that sees it."
        )
    for pool in actual.pools.values():
        if guid in members(pool.vdevs, actual):
            raise Refused(
                f"dataset {dataset.name}: LUN {guid} is in pool {pool.name}, imported on node {context.node}. Choose another LUN."
            )
    for pool in actual.importable or ():
        if guid in members(pool.vdevs, actual):
            user = pool.last_host or ("another system" if "another system" in pool.status else "")
            used = f", last used by {user} and never exported" if user else ""
            raise Refused(f"dataset {dataset.name}: LUN {guid} carries pool {pool.name} (id {pool.pool_id}{used}). Choose another LUN.")
    return disk.device
