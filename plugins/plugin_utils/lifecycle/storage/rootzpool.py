# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zpool that belongs to its zone: zonecfg's rootzpool (Solaris 11.1 and later). zoneadm makes it when it installs the zone, imports it
when it attaches it, exports it when it detaches it and destroys it when it is uninstalled with that option (zones guide, "Oracle Solaris
Zones on Shared Storage").

So there are no steps for it beside the zone's own; where it is, and whether it may be taken, is looked at like any pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...commands import storage_uri, zpool
from ...model.errors import Refused
from ...model.plan import Step
from ...model.storage import Pool
from ...model.vserver import Dataset, Filesystem, VServer
from ...model.zone import ZoneConfig, ZoneResource
from ..actual import NodeActual
from ..context import NodeContext
from . import luns, takeover, zfs, zfs_filesystem

here = zfs.here
offers = zfs.offers
described = zfs.described
predicted = zfs.predicted
described_filesystem = zfs_filesystem.described

#: States of a zone that has let its pool go.
_APART = ("configured", "unavailable")
_JOBS = ("install", "attach", "migrate")


def of(vserver: VServer) -> Dataset | None:
    return next((dataset for dataset in vserver.datasets if dataset.rootzpool), None)


def resource(dataset: Dataset) -> ZoneResource:
    """As zonecfg has it: one LUN, or the halves of a mirror."""
    return ZoneResource("rootzpool", {"storage": tuple(storage_uri.of_lun(guid) for guid in dataset.luns)})


def as_written(want: ZoneConfig, have: ZoneConfig | None) -> ZoneConfig:
    """``want`` with the URIs that the zone has for the same LUNs: paths and capitals are no difference."""
    old, new = have.of_kind("rootzpool") if have else (), want.of_kind("rootzpool")
    if not old or not new or _guids(old[0]) != _guids(new[0]):
        return want
    return ZoneConfig(want.properties, tuple(old[0] if one.kind == "rootzpool" else one for one in want.resources))


def _guids(one: ZoneResource) -> list[str]:
    return sorted(storage_uri.lun(uri) or uri for uri in uris(one))


def uris(one: ZoneResource) -> tuple[str, ...]:
    given = one.properties.get("storage", ())
    return (given,) if isinstance(given, str) else given


def _attached(owner: str, actual: NodeActual) -> bool:
    status = actual.zones.get(owner)
    return status is not None and status.state != "configured"


def busy(owner: str, actual: NodeActual) -> bool:
    """Whether a job of zoneadm has the pool in its hands."""
    return any(f"{owner}-{word}" in actual.jobs for word in _JOBS)


def present(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    """Warnings, and the step that gives back a pool that lies about without its zone: zoneadm takes exported ones only.

    Raises Refused for what zoneadm must not be let near: another's pool, used LUNs, a pool that is gone.
    """
    pool = actual.pools.get(dataset.name)
    if pool is not None:
        warnings = zfs.check_imported(dataset, pool, actual, context)
        if _attached(owner, actual) or busy(owner, actual):
            return [], warnings
        return [_given_back(dataset, owner, actual, "its zone is not attached; zoneadm imports it itself")], warnings
    luns.check_owner(dataset, owner, context)
    found = zfs.found(dataset, actual, context)
    if found is not None:
        zfs.foreign(dataset, found, owner, actual, context)
        return [], [*zfs.impaired(dataset, found, context), *luns.warnings(dataset, dataset.luns, actual, context)]
    status = actual.zones.get(owner)
    if status is not None and status.state not in ("configured", "incomplete"):
        raise Refused(
            f"dataset {dataset.name}: zone {owner} on node {context.node} is {status.state}, but its pool is neither there nor offered. "
            "Look for it ('zpool import', its other nodes). Only if its data is given up, remove the zone by hand first "
            f"(zoneadm -z {owner} uninstall -F; zonecfg -z {owner} delete -F)."
        )
    luns.check_new(dataset, owner, context, "'zpool import', 'zpool import -D'")
    for guid in dataset.luns:
        luns.free_disk(dataset, guid, actual, context)
    return [], [*luns.warnings(dataset, dataset.luns, actual, context), *zfs.older(dataset, context)]


def _given_back(dataset: Dataset, owner: str, actual: NodeActual, why: str) -> Step:
    zfs.check_ours(dataset, owner, actual)
    return Step(owner, f"export dataset {dataset.name}", why, zpool.export_pool(dataset.name))


def exported(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Detaching the zone exports it. What a zone that is not attached has left imported is exported here."""
    if dataset.name not in actual.pools:
        return []
    zfs.check_ours(dataset, owner, actual)
    return [] if _attached(owner, actual) else [_given_back(dataset, owner, actual, "its data stays on the LUNs")]


def destroyed(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> list[Step]:
    """Uninstalling the zone destroys it (``uninstalls``). Without a zone it is destroyed as any pool."""
    if dataset.name in actual.pools and _attached(owner, actual):
        zfs.check_ours(dataset, owner, actual)
        return []
    return zfs.destroyed(dataset, owner, actual, context)


def half_made(dataset: Dataset, owner: str, actual: NodeActual) -> bool:
    """Whether it is a rootzpool whose zone's installation has not come to its end: it holds nothing that could be lost."""
    status = actual.zones.get(owner)
    return dataset.rootzpool and (status is None or status.state in ("configured", "incomplete"))


def uninstalls(vserver: VServer, actual: NodeActual) -> bool:
    """Whether uninstalling the zone is to destroy its pool: it has one, and that is here."""
    mine = of(vserver)
    return mine is not None and here(mine, actual)


def check_only_zone(vserver: VServer, actual: NodeActual) -> None:
    """Before a half-done installation goes with its pool. Raises Refused where more than the zone lies in it."""
    mine = of(vserver)
    more = sorted(name for name in inside(mine, actual) if "/" in name) if mine else []
    if mine and more:
        raise Refused(
            f"vServer {vserver.name}: its installation was interrupted, and pool {mine.name} holds {more[0]}, which is none of a zone's. "
            "Nothing was done. Save or destroy it by hand first."
        )


def filesystem_present(filesystem: Filesystem, vserver: VServer, actual: NodeActual, context: NodeContext) -> tuple[list[Step], list[str]]:
    """The pool itself is the zone path: zoneadm mounts it."""
    return [], []


def filesystem_removed(dataset: Dataset, name: str, vserver: VServer, actual: NodeActual, context: NodeContext) -> list[Step]:
    raise Refused(f"vServer {vserver.name}: destroy names {dataset.name}/{name}, which lies in the zone's own pool. Destroy it by hand.")


def predicted_filesystem(filesystem: Filesystem, vserver: VServer, actual: NodeActual) -> dict[str, Any]:
    return described_filesystem(filesystem, actual) or {"mountpoint": vserver.zonepath, "quota": 0}


def inside(dataset: Dataset, actual: NodeActual) -> dict[str, str]:
    """What lies on the pool and is not the zone's own: a zone's file systems are those from POOL/rpool on."""
    own = f"{dataset.name}/rpool"
    found = zfs.inside(dataset, actual)
    return {name: point for name, point in found.items() if name != own and not name.startswith((f"{own}/", f"{own}@"))}


def holds_zone(dataset: Dataset, actual: NodeActual) -> bool:
    """Whether there is a pool for zoneadm to attach the zone from."""
    return offers(dataset, actual) or here(dataset, actual)


def attached_from(dataset: Dataset, owner: str, actual: NodeActual, context: NodeContext) -> tuple[tuple[str, ...], str]:
    """Options of ``zoneadm attach``, and why it is attached. By force only what a host that is proven dead used last."""
    found = zfs.found(dataset, actual, context)
    if found is None:
        return (), f"pool {dataset.name} already holds a zone"
    if zfs.foreign(dataset, found, owner, actual, context):
        return ("-x", "force-zpool-import"), takeover.why(dataset, found, context)
    return (), f"exported pool {found.pool_id or dataset.name} on the declared LUNs already holds a zone"


def offered_after_export(actual: NodeActual, pools: Sequence[Pool]) -> NodeActual:
    """The node as it will be when another has exported these pools."""
    names = {pool.name for pool in pools}
    others = [pool for pool in actual.importable or () if pool.name not in names]
    return replace(actual, importable=(*others, *(replace(pool, status="", last_host=None) for pool in pools)))
