# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which datasets were made, as the nodes showed them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from .rows import now
from .schema import Dataset, VServer


def made(connection: Connection, vservers: Collection[str]) -> dict[str, frozenset[str]]:
    """vServer → its datasets that are known to have been made."""
    found: dict[str, set[str]] = {name: set() for name in vservers}
    query = select(VServer.name, Dataset.name.label("dataset")).join(VServer, VServer.id == Dataset.vserver_id)
    for row in connection.execute(query.where(VServer.name.in_(vservers), Dataset.created.is_not(None))):
        found[row.name].add(row.dataset)
    return {name: frozenset(names) for name, names in found.items()}


def times(connection: Connection, vserver_id: int) -> dict[str, datetime]:
    """When which dataset of a vServer was first seen, to be kept while its rows are written anew."""
    query = select(Dataset.name, Dataset.created).where(Dataset.vserver_id == vserver_id, Dataset.created.is_not(None))
    return {row.name: row.created for row in connection.execute(query)}


def keep(connection: Connection, vserver_id: int, known: Mapping[str, datetime]) -> None:
    for name, created in known.items():
        connection.execute(update(Dataset).where(Dataset.vserver_id == vserver_id, Dataset.name == name).values(created=created))


def remember(connection: Connection, vserver: str, seen: Collection[str], destroyed: Collection[str]) -> bool:
    """Notes which datasets of a vServer are there, and which were destroyed; True when that is news."""
    mine = select(VServer.id).where(VServer.name == vserver).scalar_subquery()
    rows = connection.execute(select(Dataset.id, Dataset.name, Dataset.created).where(Dataset.vserver_id == mine)).all()
    changed = False
    for row in rows:
        if row.name in destroyed and row.created is not None:
            connection.execute(update(Dataset).where(Dataset.id == row.id).values(created=None))
            changed = True
        elif row.name in seen and row.name not in destroyed and row.created is None:
            connection.execute(update(Dataset).where(Dataset.id == row.id).values(created=now()))
            changed = True
    return changed
