# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LUNs: one row for all nodes that see it, by GUID."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, insert, select, update

from ..model.storage import Disk
from .records import LunRecord
from .rows import add_event, add_missing
from .schema import Dataset, DatasetLun, Gdom, GdomLun, Lun, LunVisibility, Node, VServer

_CHUNK = 500  # SQLite limits the parameters of one statement


def record_luns(connection: Connection, disks: Iterable[Disk]) -> dict[str, int]:
    """Add or correct the LUNs among ``disks``; their keys by GUID. A size that differs from the known one is an event."""
    shown = {disk.guid: disk for disk in disks if disk.guid}
    known = {row.guid: row for row in _luns(connection, list(shown))}
    fresh = [
        {"guid": guid, "size": disk.size, "vendor": disk.vendor, "product": disk.product}
        for guid, disk in sorted(shown.items())
        if guid not in known
    ]
    add_missing(connection, Lun, fresh)
    for guid, row in sorted(known.items()):
        disk = shown[guid]
        size = row.size if disk.size is None else disk.size
        if (size, disk.vendor or row.vendor, disk.product or row.product) == (row.size, row.vendor, row.product):
            continue
        if row.size is not None and size != row.size:
            add_event(connection, "discovery", "warning", f"lun {guid}", f"The size of LUN {guid} changed from {row.size} to {size} bytes.")
        values = {"size": size, "vendor": disk.vendor or row.vendor, "product": disk.product or row.product}
        connection.execute(update(Lun).where(Lun.guid == guid).values(**values))
    return lun_ids(connection, list(shown))


def lun_ids(connection: Connection, guids: Sequence[str]) -> dict[str, int]:
    """Keys of LUNs; one that no node has shown yet gets a row without size."""
    found = {row.guid: row.id for row in _luns(connection, guids)}
    if missing := sorted(set(guids) - found.keys()):
        add_missing(connection, Lun, [{"guid": guid} for guid in missing])
        found |= {row.guid: row.id for row in _luns(connection, missing)}
    return found


def _luns(connection: Connection, guids: Sequence[str]) -> list[Lun]:
    columns = (Lun.id, Lun.guid, Lun.size, Lun.vendor, Lun.product)
    rows: list[Lun] = []
    for start in range(0, len(guids), _CHUNK):
        rows += connection.execute(select(*columns).where(Lun.guid.in_(guids[start : start + _CHUNK])))  # type: ignore[arg-type]
    return rows


def show_luns(connection: Connection, node_id: int, disks: Iterable[Disk], ids: Mapping[str, int]) -> None:
    """Write which LUNs a node sees (the caller has removed what it saw before)."""
    rows = {
        disk.guid: {"node_id": node_id, "lun_id": ids[disk.guid], "device": disk.device, "paths": disk.paths} for disk in disks if disk.guid
    }
    if rows:
        connection.execute(insert(LunVisibility), list(rows.values()))


def owners(connection: Connection, guids: Sequence[str]) -> dict[str, str]:
    """Which of ``guids`` are in use: ``vserver/dataset`` or ``gdom/volume``."""
    vserver = (
        select(Lun.guid, VServer.name, Dataset.name)
        .select_from(DatasetLun)
        .join(Lun, Lun.id == DatasetLun.lun_id)
        .join(Dataset, Dataset.id == DatasetLun.dataset_id)
        .join(VServer, VServer.id == Dataset.vserver_id)
    )
    gdom = select(Lun.guid, Gdom.name, GdomLun.volume).join(GdomLun, GdomLun.lun_id == Lun.id).join(Gdom, Gdom.id == GdomLun.gdom_id)
    found: dict[str, str] = {}
    for start in range(0, len(guids), _CHUNK):
        chunk = guids[start : start + _CHUNK]
        for query in (vserver, gdom):
            found |= {guid: f"{owner}/{part}" for guid, owner, part in connection.execute(query.where(Lun.guid.in_(chunk)))}
    return found


def luns(connection: Connection) -> list[LunRecord]:
    """All LUNs in the order of their GUIDs."""
    visible: dict[str, dict[str, str]] = {}
    seen = select(Lun.guid, Node.name, LunVisibility.device).select_from(LunVisibility).join(Lun).join(Node).order_by(Node.name)
    for guid, node, device in connection.execute(seen):
        visible.setdefault(guid, {})[node] = device
    rows = connection.execute(select(Lun.guid, Lun.size, Lun.vendor, Lun.product).order_by(Lun.guid)).all()
    used = owners(connection, [row.guid for row in rows])
    return [LunRecord(row.guid, row.size, row.vendor, row.product, visible.get(row.guid, {}), used.get(row.guid)) for row in rows]
