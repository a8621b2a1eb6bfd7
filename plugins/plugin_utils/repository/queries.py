# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stable views, for people: rows as dicts of JSON values. Kind ``nodes`` is view ``v_nodes``, and so on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Connection, Date, column, select, table
from sqlalchemy.sql.selectable import TableClause
from sqlalchemy.types import TypeEngine

from ..model.errors import InvalidDefinition
from .kinds import KINDS
from .schema import UtcDateTime
from .schema.base import Document

_TYPES: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys(("maintenance", "quarantine", "autoboot"), Boolean()),
    **dict.fromkeys(("standard", "frozen", "reconfigure", "single_user", "deferred", "all_zones", "global_only"), Boolean()),
    **dict.fromkeys(("created", "changed", "discovered", "taken", "started", "ended", "at", "start", "last"), UtcDateTime()),
    **dict.fromkeys(("since", "imported"), UtcDateTime()),
    **dict.fromkeys(("as_of", "baseline"), Date()),
    "journal.changed": Boolean(),
    "details": Document,
}


def _view(kind: str) -> TableClause:
    return table(f"v_{kind}", *(column(name, _TYPES.get(f"{kind}.{name}", _TYPES.get(name))) for name in KINDS[kind]))


def rows(connection: Connection, kind: str, filters: Mapping[str, Any] | None = None, limit: int | None = None) -> list[dict[str, Any]]:
    """Rows of a kind, ordered by their first columns; the journal and events youngest first.

    A filter's value is what a column must be, or a list of what it may be. Raises InvalidDefinition on an unknown kind or column.
    """
    if kind not in KINDS:
        raise InvalidDefinition(f"repository has no {kind!r}: it has {', '.join(KINDS)}.")
    view = _view(kind)
    query = select(view)
    for name, wanted in (filters or {}).items():
        if name not in view.c:
            raise InvalidDefinition(f"{kind} cannot be filtered by {name!r}: they have {', '.join(KINDS[kind])}.")
        query = query.where(view.c[name].in_(wanted) if isinstance(wanted, list) else view.c[name] == wanted)
    first, *others = view.c
    query = query.order_by(first.desc() if kind in ("journal", "events") else first, *others[:1])
    found = connection.execute(query.limit(limit) if limit is not None else query)
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in found]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
