# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Solaris 11 zones on shared storage: the resources rootzpool and zpool (11.1 and later), whose pools zoneadm makes, takes and gives back.

The guide's chapter on zones on shared storage: install imports a pool that was made in advance, else makes one (a mirror of several
LUNs); attach imports; detach and uninstall export, unless ``-x force-zpool-destroy-all`` says otherwise. The pools are called ZONE_rpool
and ZONE_NAME. URIs: suri(5), those of LUNs (``lu:luname.naa.GUID``) and of local devices (``dev:``); the lab has no iSCSI.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Coroutine
from typing import Any

from ...call import Call
from ...truth import Zone
from ..options import Refused, Unknown
from ..zfs import dataset as tree
from ..zpool import create, disks, importing
from . import storage as area
from .config import stored


def on_pools(zone: Zone) -> bool:
    return bool(stored(zone, "rootzpool"))


def pools(zone: Zone) -> dict[str, list[str]]:
    """Pool name: URIs of its storage, the root pool first."""
    found = {f"{zone.name}_rpool": list(item.get("storage", [])) for item in stored(zone, "rootzpool")}
    return found | {f"{zone.name}_{item['name']}": list(item.get("storage", [])) for item in stored(zone, "zpool")}


def imported(call: Call, zone: Zone) -> bool:
    """Whether all of its pools are on this machine."""
    return all(tree.imported_pool(call.centre, call.machine, name) is not None for name in pools(zone))


def device(call: Call, uri: str) -> str:
    """The device of a storage URI. Raises Unknown for one that the machine does not have: how that is told is not known."""
    kind, _, rest = uri.partition(":")
    if kind == "dev":
        return rest.rpartition("/")[2]
    guid = rest.rpartition("luname.naa.")[2].upper()
    if kind != "lu" or guid not in call.centre.luns:
        raise Unknown(f"the storage {uri}")
    if call.machine.name not in call.centre.luns[guid].visible_to or call.centre.luns[guid].gone:
        raise Unknown(f"the storage {uri}, which {call.machine.name} does not see")
    return disks.name_here(call.centre, call.machine, guid)


def quiet(call: Call) -> tuple[Call, list[str]]:
    """A call whose output is kept."""
    said: list[str] = []
    return dataclasses.replace(call, write=lambda fd, text: said.append(text)), said


async def bring(call: Call, zone: Zone, make: bool, force: bool = False) -> None:
    """Import the zone's pools, or make those that are not there yet. Raises Refused or Unknown."""
    area.shared_area(call, zone.zonepath)
    for name, storage in pools(zone).items():
        if tree.imported_pool(call.centre, call.machine, name) is not None:
            continue
        devices = [device(call, uri) for uri in storage]
        inner, said = quiet(call)
        there = any(disks.label(call.centre, disks.resolve(call, one)) is not None for one in devices)
        if there:
            words = [*(["-f"] if force else []), name]
            await _done(importing.import_(inner, words), said, f"import of zone pool {name}")
            call.out(f"Imported zone zpool: {name}\n")
        elif make:
            point = ["-m", zone.zonepath] if name == f"{zone.name}_rpool" else []
            words = [*point, name, *(["mirror"] if len(devices) > 1 else []), *devices]
            await _done(create.create(inner, words), said, f"zone pool {name}")
            call.out(f"Created zone zpool: {name}\n")
        else:
            raise Unknown(f"attach of a zone whose pool {name} is not on its storage")


async def _done(work: Coroutine[Any, Any, int], said: list[str], what: str) -> None:
    """How zoneadm tells of what zpool refuses is not known: it is said as zpool says it."""
    try:
        rc = await work
    except Refused as err:
        raise Unknown(f"{what}: {err.text.strip()}") from None
    if rc:
        raise Unknown(f"{what}: {''.join(said).strip()}")


async def give_back(call: Call, zone: Zone, doomed: Collection[str] = ()) -> None:
    """Export the zone's pools; destroy those in ``doomed``."""
    for name in reversed(pools(zone)):
        if tree.imported_pool(call.centre, call.machine, name) is None:
            continue
        inner, said = quiet(call)
        work = create.destroy(inner, [name]) if name in doomed else importing.export(inner, [name])
        await _done(work, said, f"zone pool {name}")
        call.out(f"{'Destroyed' if name in doomed else 'Exported'} zone zpool: {name}\n")
