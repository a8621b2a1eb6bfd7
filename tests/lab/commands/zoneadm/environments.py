# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boot environments of a solaris zone: data sets ZONEPATH-DATASET/rpool/ROOT/NAME.

As the published brand scripts keep them: org.opensolaris.libbe:parentbe holds the uuid of the global zone's boot environment,
org.opensolaris.libbe:active=on marks the one to use with it. The packages of each lie with it (``lab:packages``, hidden from zfs).
"""

from __future__ import annotations

import json
import uuid

from ...call import Call
from ...truth import SharedPool, ZfsDataset, Zone
from ..options import Unknown
from ..system import ips
from ..zfs import change
from ..zfs import dataset as tree
from . import storage

NAMESPACE = uuid.UUID("5d1f7dc0-2b44-4d54-9b5f-3f6d2f2a4c11")
PARENT = "org.opensolaris.libbe:parentbe"
ACTIVE = "org.opensolaris.libbe:active"
PACKAGES = "lab:packages"
MOUNTED = "lab:mounted"  # when it was last mounted
IN_A_ZONE = ("entire", "system/core-os")


def identity(pool: SharedPool, name: str) -> str:
    """The uuid of a boot environment, the same every time."""
    return str(uuid.uuid5(NAMESPACE, f"{pool.guid}/{name}"))


def of_global_zone(call: Call) -> str:
    """The uuid of the boot environment the machine runs."""
    pool = tree.imported_pool(call.centre, call.machine, "rpool")
    if pool is None or not pool.properties.get("bootfs"):
        return str(uuid.uuid5(NAMESPACE, call.machine.name))
    return identity(pool, pool.properties["bootfs"].rpartition("/")[2])


def every(call: Call, zone: Zone) -> list[tuple[SharedPool, ZfsDataset]]:
    """In zfs list's order; none when the zone path is no data set."""
    home = storage.exact(call, zone.zonepath)
    if home is None:
        return []
    pool, top = home
    return [(pool, one) for one in tree.children(pool, f"{top.name}/rpool/ROOT") if one.type == "filesystem"]


def active(call: Call, zone: Zone) -> tuple[SharedPool, ZfsDataset] | None:
    """The one the zone boots from with this global zone; one without marks belongs to whoever has the zone."""
    here = of_global_zone(call)
    marked = [one for one in every(call, zone) if one[1].properties.get(ACTIVE, "on") == "on"]
    return next((one for one in marked if one[1].properties.get(PARENT, here) == here), None)


def latest(call: Call, zone: Zone) -> tuple[SharedPool, ZfsDataset] | None:
    """The one that was mounted last."""
    known = every(call, zone)
    return max(known, key=lambda one: int(one[1].properties.get(MOUNTED, one[1].created)), default=None)


def packages_of(dataset: ZfsDataset) -> dict[str, str]:
    found: dict[str, str] = json.loads(dataset.properties.get(PACKAGES, "{}"))
    return found


def packages(call: Call, zone: Zone) -> dict[str, str]:
    """Of the active one; empty when it does not tell."""
    found = active(call, zone) if zone.brand == "solaris" else None
    return packages_of(found[1]) if found is not None else {}


def wanted(call: Call) -> dict[str, str]:
    """What a zone of this machine's level has of the packages the lab tells apart; nothing when the level is not known."""
    try:
        return {name: version for name, version in ips.versions(call.machine).items() if name in IN_A_ZONE}
    except Unknown:
        return {}


def stamp(call: Call, dataset: ZfsDataset) -> None:
    """It is the one to use with this global zone, at its level."""
    choose(call, dataset)
    dataset.properties[PACKAGES] = json.dumps(wanted(call))


def choose(call: Call, dataset: ZfsDataset) -> None:
    dataset.properties |= {PARENT: of_global_zone(call), ACTIVE: "on", MOUNTED: str(call.now())}


def deselect(call: Call, zone: Zone, chosen: ZfsDataset) -> None:
    """Of those that belong to this global zone only one is active."""
    here = of_global_zone(call)
    for _, one in every(call, zone):
        if one is not chosen and one.properties.get(PARENT) == here:
            one.properties[ACTIVE] = "off"


def clone(call: Call, pool: SharedPool, source: ZfsDataset, mountpoint: str) -> ZfsDataset:
    """A clone of a boot environment and what is below it, under the next free name (NAME-1, NAME-2, ...)."""
    folder, _, name = source.name.rpartition("/")
    stem = name.rpartition("-")[0] if name.rpartition("-")[2].isdecimal() and "-" in name else name
    number = next(count for count in range(1, 100) if f"{folder}/{stem}-{count}" not in pool.datasets)
    target = f"{folder}/{stem}-{number}"
    for one in [source, *[below for below in tree.descendants(pool, source.name) if below.type == "filesystem"]]:
        snapshot = f"{one.name}@{stem}-{number}"
        pool.datasets[snapshot] = ZfsDataset(snapshot, "snapshot", {"lab:referenced": str(one.used)}, used=0, created=call.now())
        kept = {key: value for key, value in one.properties.items() if key != MOUNTED}
        change.make(call, pool, target + one.name.removeprefix(source.name), {**kept, "lab:origin": snapshot}, mount=False)
    made = pool.datasets[target]
    made.properties["mountpoint"] = mountpoint
    return made


def discard(call: Call, pool: SharedPool, dataset: ZfsDataset) -> None:
    """Destroy a boot environment, and the snapshots it was cloned from."""
    for one in [*reversed(tree.descendants(pool, dataset.name)), dataset]:
        origin = one.properties.get("lab:origin", "")
        change.remove(call, pool, one)
        pool.datasets.pop(origin, None)
