# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vServer's datasets on their way: what the target will have once the source has given them away."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..commands import zpool
from ..model.errors import Refused
from ..model.plan import Step
from ..model.vserver import VServer
from .actual import NodeActual, ZonePath
from .storage import driver, luns, rootzpool


@dataclass(frozen=True, slots=True)
class Arrival:
    """``actual`` is the target as it will be after ``steps``, which follow the source's own.

    ``waits``: what follows can only be planned when the source has given its datasets away.
    """

    actual: NodeActual
    steps: tuple[Step, ...] = ()
    waits: bool = False


def arriving(vserver: VServer, here: NodeActual | None, there: NodeActual) -> Arrival:
    """Imports, on the target, what the source has imported now, unless zoneadm imports it with its zone. What
    lies exported already is found by looking there.

    A pool is the same on every node, so that the whole way is planned at once. Disk sets and disk groups name their drives and hosts
    by each node's own names: those are looked at again when they have been released.

    Raises Refused where both nodes have a dataset: that must not be, and nothing of ours makes it worse.
    """
    held = [dataset for dataset in vserver.datasets if here and driver.of(dataset).here(dataset, here)]
    both = [dataset.name for dataset in held if driver.of(dataset).here(dataset, there)]
    if both:
        raise Refused(
            f"vServer {vserver.name}: dataset {both[0]} is imported on both nodes. Its data is being damaged: stop what uses it on one of "
            "them now, give it away there, and check it."
        )
    if not held or here is None:
        return Arrival(there)
    if any(dataset.manager != "zfs" for dataset in held):
        return Arrival(there, waits=True)
    steps = tuple(
        Step(vserver.name, f"import dataset {dataset.name}", "the source has exported it", zpool.import_pool(dataset.name))
        for dataset in held
        if not dataset.rootzpool
    )
    there = rootzpool.offered_after_export(there, [luns.elsewhere(here.pools[dataset.name], here) for dataset in held if dataset.rootzpool])
    names = {dataset.name for dataset in held if not dataset.rootzpool}
    brought = {name: entry for name, entry in here.zfs.items() if name.partition("/")[0] in names}
    zonepaths = dict(there.zonepaths or {})
    if vserver.root.dataset in names and vserver.root.zfs in brought:
        zonepaths[vserver.name] = ZonePath("drwx------", empty=False)
    pools = {name: luns.elsewhere(here.pools[name], here) for name in names}
    actual = replace(there, pools={**there.pools, **pools}, zfs={**there.zfs, **brought}, zonepaths=zonepaths, complete=True)
    return Arrival(actual, steps)
