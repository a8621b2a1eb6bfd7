# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets as zpools: create, take over, give away, destroy. A LUN that may be somebody's is never touched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...commands import zpool
from ...model.command import Output
from ...model.errors import CommandFailed, Refused
from ...model.plan import Step
from ...model.release import Release
from ...model.storage import Pool, Vdev
from ...model.vserver import Dataset
from ..actual import NodeActual
from ..context import NodeContext
from . import luns, takeover, zfs_filesystem
from .luns import members

_USABLE = ("ONLINE", "DEGRADED")
_FAMILIES = ("s10", "s11.0", "s11.1", "s11.2", "s11.3", "s11.4")
_ASIDE = ("spares", "logs", "cache")

described_filesystem = zfs_filesystem.described
predicted_filesystem = zfs_filesystem.predicted
filesystem_present = zfs_filesystem.present
filesystem_removed = zfs_filesystem.removed


def here(dataset: Dataset, actual: NodeActual) -> bool:
    """Whether this node has the pool."""
    return dataset.name in actual.pools


def offers(dataset: Dataset, actual: NodeActual) -> bool:
    """Whether this node could import the pool, as far as its name goes."""
    return not here(dataset, actual) and any(pool.name == dataset.name for pool in actual.importable or ())


def present(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    """Steps that make the pool imported and as declared, and warnings. Raises Refused where that could harm."""
    pool = actual.pools.get(dataset.name)
    if pool is not None:
        return [], check_imported(dataset, pool, actual, context)
    luns.check_owner(dataset, owner, context)
    pool = found(dataset, actual, context)
    if pool is not None:
        step = _import(dataset, pool, owner, actual, context)
        return [step], [*impaired(dataset, pool, context), *luns.warnings(dataset, dataset.luns, actual, context)]
    luns.check_new(dataset, owner, context, "'zpool import', 'zpool import -D'")
    devices = [luns.free_disk(dataset, guid, actual, context).device for guid in dataset.luns]
    arrays = "" if dataset.layout in ("single", "stripe") else " mirrored"
    step = Step(
        object=owner,
        what=f"create dataset {dataset.name} ({dataset.layout} of {len(devices)} LUNs)",
        why=f"no{arrays} pool {dataset.name} on node {context.node}, and none to import",
        command=zpool.create(dataset.name, dataset.layout, devices, fs_properties={"mountpoint": "none"}),
    )
    return [step], [*luns.warnings(dataset, dataset.luns, actual, context), *older(dataset, context)]


def older(dataset: Dataset, context: NodeContext) -> list[str]:
    """A pool gets the newest version that its node knows; which older one others can open is not guessed."""
    behind = sorted(one.node for one in context.candidates if set(dataset.luns) <= one.luns and _age(one.release) < _age(context.release))
    if not behind:
        return []
    others = ", ".join(behind)
    return [
        (
            f"dataset {dataset.name}: node {context.node} makes a pool of its own newest version, which {others} of an older release may "
            "not be able to import. If it is to move there, make it by hand with 'zpool create -o version=N', N from 'zpool upgrade -v' "
            "there"
        )
    ]


def _age(release: Release) -> tuple[int, int]:
    return (_FAMILIES.index(release.family) if release.family in _FAMILIES else len(_FAMILIES), release.update)


def found(dataset: Dataset, actual: NodeActual, context: NodeContext) -> Pool | None:
    """The pool of the dataset's name that could be imported. Raises Refused where there are several."""
    pools = [pool for pool in actual.importable or () if pool.name == dataset.name]
    if len(pools) > 1:
        ids = ", ".join(pool.pool_id for pool in pools)
        raise Refused(
            f"dataset {dataset.name}: node {context.node} is offered {len(pools)} pools of this name (ids {ids}). "
            "Import the right one by its id."
        )
    return pools[0] if pools else None


def offered(output: Output) -> tuple[Pool, ...]:
    """The pools that ``zpool import`` offers. A complaint that is not about there being none is a failure."""
    if zpool.nothing_importable(output):
        return ()
    if output.rc != 0:
        raise CommandFailed(f"'zpool import' failed with exit code {output.rc}: {output.stderr.strip()}. Nothing was changed.")
    return zpool.parse_import(output.stdout)


def exported(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Gives the pool away with its data; nothing to do where it is not imported."""
    if dataset.name not in actual.pools:
        return []
    check_ours(dataset, owner, actual)
    return [Step(owner, f"export dataset {dataset.name}", "its data stays on the LUNs", zpool.export_pool(dataset.name))]


def destroyed(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Destroys the pool with all data in it, an exported one after importing it. The caller has checked that the operator named it."""
    steps = []
    if dataset.name in actual.pools:
        check_ours(dataset, owner, actual)
    else:
        pool = found(dataset, actual, context)
        if pool is None:
            luns.check_seen(dataset, owner, actual, context)
            return []
        steps.append(_import(dataset, pool, owner, actual, context))
    return [*steps, Step(owner, f"destroy dataset {dataset.name}", "its destruction was asked for by name", zpool.destroy(dataset.name))]


def check_ours(dataset: Dataset, owner: str, actual: NodeActual) -> None:
    """A pool that only has the dataset's name is somebody else's. A declared LUN that is gone or replaced by a spare is no reason."""
    have = members(actual.pools[dataset.name].vdevs, actual)
    if not set(have) & set(dataset.luns):
        raise Refused(
            f"dataset {dataset.name} of {owner}: the pool of this name lies on {', '.join(have)}, declared are {', '.join(dataset.luns)}. "
            "It is somebody else's, or the declaration is wrong. Nothing was done."
        )


def layout(pool: Pool) -> str:
    """The pool's layout in the declaration's words; other trees by the kinds of their vdevs."""
    data = [vdev for vdev in pool.vdevs if vdev.kind not in _ASIDE]
    kinds = {vdev.kind for vdev in data}
    if kinds == {"disk"}:
        return "single" if len(data) == 1 else "stripe"
    if kinds == {"mirror"}:
        return "mirror" if len(data) == 1 else "stripe_of_mirrors"
    return "+".join(sorted(kinds))


def data(pool: Pool, actual: NodeActual) -> list[str]:
    """The disks that hold the pool's data: without spares, logs and caches."""
    return members([vdev for vdev in pool.vdevs if vdev.kind not in _ASIDE], actual)


def check_imported(dataset: Dataset, pool: Pool, actual: NodeActual, context: NodeContext) -> list[str]:
    if pool.state not in _USABLE:
        raise Refused(
            f"dataset {dataset.name}: pool is {pool.state} on node {context.node} ({pool.status or pool.errors or 'no status text'}). "
            f"Repair it first ('zpool status -v {dataset.name}')."
        )
    have = data(pool, actual)
    if layout(pool) != dataset.layout or not luns.same(have, dataset):
        raise Refused(
            f"dataset {dataset.name}: node {context.node} has a pool of this name with layout {layout(pool)} on {', '.join(have)}; "
            f"declared is {dataset.layout} on {', '.join(dataset.luns)}. Correct the declaration, or the pool by hand."
        )
    found = [*impaired(dataset, pool, context), *luns.warnings(dataset, have, actual, context)]
    usage = actual.usage.get(dataset.name)
    more = luns.grown(dataset, have, usage.size if usage else 0, actual)
    if more:
        found.append(
            f"dataset {dataset.name}: its LUNs were enlarged, {more} bytes lie idle on node {context.node}. "
            f"To use them: 'zpool set autoexpand=on {dataset.name}', or 'zpool online -e {dataset.name} DEVICE' for each"
        )
    return found


def impaired(dataset: Dataset, pool: Pool, context: NodeContext) -> list[str]:
    """A warning where a disk of the pool is not well. ZFS may say of a pool that lost half of a mirror that it is ONLINE."""
    bad = [f"{disk.name} {disk.state}" for disk in _disks(pool.vdevs) if disk.state not in ("", "ONLINE", "AVAIL", "INUSE")]
    if pool.state == "ONLINE" and not bad:
        return []
    disks = f", of its disks {', '.join(bad)}" if bad else ""
    return [f"dataset {dataset.name} is {pool.state} on node {context.node}{disks}: {pool.status or 'see zpool status'}"]


def _disks(vdevs: Iterable[Vdev]) -> list[Vdev]:
    return [disk for vdev in vdevs for disk in (_disks(vdev.children) if vdev.children else [vdev] if vdev.kind == "disk" else [])]


def foreign(dataset: Dataset, pool: Pool, owner: str, actual: NodeActual, context: NodeContext) -> bool:
    """Whether an offered pool, which may be taken, has to be taken by force. Raises Refused where it must not be taken."""
    have = data(pool, actual)
    if not set(have) & set(dataset.luns):
        raise Refused(
            f"dataset {dataset.name}: a pool of this name lies on {', '.join(have)}, declared are {', '.join(dataset.luns)}. "
            "It is somebody else's, or the declaration is wrong."
        )
    by_force = pool.last_host is not None or "another system" in pool.status
    if by_force and not context.proven([pool.last_host] if pool.last_host else []):
        raise Refused(
            f"dataset {dataset.name}: the pool was last used by {pool.last_host or 'another system'} and never exported, "
            f"it may be in use there. Find that node: if vServer {owner} runs there, it does not belong on {context.node}; if not, export "
            f"the pool there, and node {context.node} imports it by itself afterwards."
        )
    if by_force:
        takeover.check(dataset, pool, context)
    if pool.state not in _USABLE:  # then ZFS may not know all of its disks
        raise Refused(
            f"dataset {dataset.name}: the pool offered to node {context.node} is {pool.state} ({pool.status}). Make its LUNs visible first."
        )
    if layout(pool) != dataset.layout or not luns.same(have, dataset):
        raise Refused(
            f"dataset {dataset.name}: a pool of this name, layout {layout(pool)}, lies on {', '.join(have)}; "
            f"declared is {dataset.layout} on {', '.join(dataset.luns)}. It is somebody else's, or the declaration is wrong."
        )
    return by_force


def _import(dataset: Dataset, pool: Pool, owner: str, actual: NodeActual, context: NodeContext) -> Step:
    by_force = foreign(dataset, pool, owner, actual, context)
    why = f"exported pool {pool.pool_id} on the declared LUNs"
    if by_force:
        why = takeover.why(dataset, pool, context)
    return Step(owner, f"import dataset {dataset.name}", why, zpool.import_pool(dataset.name, force=by_force))


def inside(dataset: Dataset, actual: NodeActual) -> dict[str, str]:
    """What lies on the pool, the pool itself among it, as far as it was asked: name → mount point."""
    held = {name: entry for name, entry in actual.held.items() if name.partition("/")[0] == dataset.name}
    return {name: entry.properties["mountpoint"].value for name, entry in held.items()}


def described(dataset: Dataset, actual: NodeActual) -> dict[str, Any] | None:
    """As it is shown in a diff; None where this node does not have it."""
    pool = actual.pools.get(dataset.name)
    return None if pool is None else {"layout": layout(pool), "luns": members(pool.vdevs, actual), "state": pool.state}


def predicted(dataset: Dataset, actual: NodeActual) -> dict[str, Any]:
    """As it will be shown after ``present``."""
    states = {pool.name: pool.state for pool in actual.importable or ()}
    will = {"layout": dataset.layout, "luns": list(dataset.luns), "state": states.get(dataset.name, "ONLINE")}
    return described(dataset, actual) or will
