# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small things that every table's functions need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from ..model.errors import RepositoryError
from .schema import ComputePool, Event, Network


def now() -> datetime:
    return datetime.now(UTC)


def storable(text: str) -> str:
    """``text`` as both engines take it: PostgreSQL has no NUL, and neither takes what is no Unicode."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def add_missing(connection: Connection, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows`` but those that are there already, also when another controller adds them at this moment."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))


def add_row(connection: Connection, table: type[Any], values: Mapping[str, Any]) -> int:
    """Insert one row; its key."""
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    if key is None:
        raise RepositoryError(f"the database gave no key for a new row of {table.__tablename__}.")
    return int(key[0])


def pool_id(connection: Connection, name: str) -> int:
    """The compute pool's key; a pool exists from its first mention."""
    add_missing(connection, ComputePool, [{"name": name}])
    return connection.execute(select(ComputePool.id).where(ComputePool.name == name)).scalar_one()


def network_ids(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """Keys of networks; one that was never recorded gets a row without type and subnet."""
    add_missing(connection, Network, [{"name": name} for name in sorted(set(names))])
    found = connection.execute(select(Network.name, Network.id).where(Network.name.in_(names)))
    return {row.name: row.id for row in found}


def add_event(
    connection: Connection, source: str, severity: str, object: str, message: str, details: Mapping[str, Any] | None = None
) -> None:
    """Record an event. ``severity`` is info, warning or error."""
    row = {
        "at": now(),
        "source": source,
        "severity": severity,
        "object": object,
        "message": storable(message),
        "details": dict(details or {}),
    }
    connection.execute(insert(Event), row)
