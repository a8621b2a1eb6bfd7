# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All rows as JSON and back. The form carries its schema revision; times are ISO 8601, keys are the tables' own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, Dialect, Integer, MetaData, Table, func, insert, select, text

from ..model.errors import RepositoryError
from .schema import UtcDateTime, metadata

FORMAT = "heliostat.vdc repository"
#: Rows that say who works at this moment: of no use later.
MOMENTARY = ("object_lock",)
_CHUNK = 1000


def exported(connection: Connection, revision: str) -> dict[str, Any]:
    """``{'format', 'revision', 'tables': {table: [row, ...]}}``; the same rows always give the same value."""
    tables = {table.name: _rows(connection, table) for table in metadata.sorted_tables if table.name not in MOMENTARY}
    return {"format": FORMAT, "revision": revision, "tables": tables}


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).order_by(*table.primary_key.columns))
    return [{name: value.isoformat() if isinstance(value, date) else value for name, value in row._mapping.items()} for row in rows]


def checked(data: Any, where: str) -> Mapping[str, Any]:
    """``data`` if it is an export; otherwise RepositoryError naming ``where``."""
    if (
        isinstance(data, dict)
        and data.get("format") == FORMAT
        and isinstance(data.get("revision"), str)
        and isinstance(data.get("tables"), dict)
    ):
        return data
    raise RepositoryError(f"{where} is not an export of a repository.")


def imported(connection: Connection, data: Mapping[str, Any], where: str) -> None:
    """Fill empty tables from an export of this connection's schema, whatever revision that is."""
    known = MetaData()
    known.reflect(connection)
    if unknown := sorted(set(data["tables"]) - set(known.tables)):
        raise RepositoryError(f"{where} has tables {', '.join(unknown)}, which revision {data['revision']} does not have: it is damaged.")
    for table in known.sorted_tables:
        given = data["tables"].get(table.name, ())
        rows = [{name: _value(connection.dialect, table, name, value, where) for name, value in row.items()} for row in given]
        if table.name == "network_type":  # the migration has put the first ones there
            connection.execute(table.delete())
        rows = _carriers_first(table, rows)
        for start in range(0, len(rows), _CHUNK):
            connection.execute(insert(table), rows[start : start + _CHUNK])
    if connection.dialect.name == "postgresql":
        _continue_numbering(connection, known)


def _value(dialect: Dialect, table: Table, name: str, value: Any, where: str) -> Any:
    if name not in table.c:
        raise RepositoryError(f"{where}: table {table.name} has no column {name}: it is damaged.")
    if value is None or not isinstance(value, str):
        return value
    kind = table.c[name].type
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if kind.python_type is datetime:
        return UtcDateTime().process_bind_param(datetime.fromisoformat(value), dialect)
    return value


def _carriers_first(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in an order in which each comes after the one of the same table that it refers to."""
    inner = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    if not inner:
        return rows
    placed: dict[Any, dict[str, Any]] = {}
    waiting = rows
    while waiting:
        ready = [row for row in waiting if all(row[name] is None or row[name] in placed for name in inner)]
        if not ready:
            raise RepositoryError(f"table {table.name} of the export refers to rows that it does not have, or in a circle: it is damaged.")
        placed |= {row["id"]: row for row in ready}
        waiting = [row for row in waiting if row["id"] not in placed]
    return list(placed.values())


def _continue_numbering(connection: Connection, known: MetaData) -> None:
    for table in known.sorted_tables:
        key = table.c.get("id")
        if key is None or not isinstance(key.type, Integer):
            continue
        last = connection.execute(select(func.max(key))).scalar()
        sequence = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last, :used)")
        connection.execute(sequence, {"table": table.name, "last": last or 1, "used": last is not None})
