# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cross-references and archives of patches, as they were when they were read."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from ..model.errors import Refused, RepositoryError
from ..model.patching.archive import Archive, Properties
from ..model.patching.patch import PatchId
from .records import ReferenceRecord
from .rows import now, storable
from .schema import PatchArchive, PatchReference, PatchSet

_COLUMNS = tuple(getattr(PatchReference, field.name) for field in fields(ReferenceRecord))
_PROPERTIES = tuple(field.name for field in fields(Properties) if field.name != "source")


def references(connection: Connection) -> list[ReferenceRecord]:
    """The newest first; of two of one day the one with more revisions, as the other was probably cut off, then what was imported last."""
    order = (PatchReference.as_of.desc(), PatchReference.revisions.desc(), PatchReference.imported.desc(), PatchReference.digest)
    query = select(*_COLUMNS).order_by(*order)
    return [ReferenceRecord(**row._mapping) for row in connection.execute(query)]


def reference(connection: Connection, digest: str) -> ReferenceRecord | None:
    found = [one for one in references(connection) if one.digest.startswith(digest.lower())]
    if digest and len(found) > 1:
        raise Refused(f"{len(found)} references begin with {digest}: {', '.join(one.digest for one in found)}. Say more of the digest.")
    return found[0] if found else None


def reference_file(connection: Connection, digest: str) -> bytes:
    content = connection.execute(select(PatchReference.content).where(PatchReference.digest == digest)).scalar()
    if content is None:
        raise RepositoryError(f"the repository keeps no cross-reference {digest}. Import it with heliostat.vdc.patch_reference.")
    try:
        file = zlib.decompress(base64.b64decode(content, validate=True))
    except (binascii.Error, zlib.error) as error:
        raise RepositoryError(f"cross-reference {digest} in the repository cannot be read: {error}. Import its file again.") from error
    if hashlib.sha256(file).hexdigest() != digest:
        raise RepositoryError(f"cross-reference {digest} in the repository is not what was imported. Import its file again.")
    return file


def keep_reference(connection: Connection, record: ReferenceRecord, content: bytes) -> bool:
    if hashlib.sha256(content).hexdigest() != record.digest:
        raise RepositoryError(f"cross-reference {record.file}: its digest is not that of its content.")
    if connection.execute(select(PatchReference.digest).where(PatchReference.digest == record.digest)).scalar() is not None:
        return False
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    values |= {"file": storable(record.file), "imported": record.imported or now()}
    values["content"] = base64.b64encode(zlib.compress(content, 6)).decode("ascii")
    connection.execute(insert(PatchReference).values(**values))
    return True


def forget_reference(connection: Connection, digest: str) -> bool:
    of_it = select(PatchSet.name, PatchSet.version).where(PatchSet.reference == digest).order_by(PatchSet.name, PatchSet.version)
    if used := [f"{row.name} version {row.version}" for row in connection.execute(of_it)]:
        raise Refused(f"cross-reference {digest} is kept: patch sets were made with it ({', '.join(used)}).")
    return bool(connection.execute(delete(PatchReference).where(PatchReference.digest == digest)).rowcount)


def archives(connection: Connection, patches: Collection[PatchId] | None) -> dict[PatchId, Archive]:
    table = PatchArchive.__table__
    found = (_archive(row) for row in connection.execute(select(table).order_by(table.c.number, table.c.revision)))
    return {one.id: one for one in found if patches is None or one.id in patches}


def _archive(row: Row[Any]) -> Archive:
    properties = Properties(source=row.properties, **{name: getattr(row, name) for name in _PROPERTIES})
    return Archive(PatchId(row.number, row.revision), row.depot, row.file, row.size, row.checksum, properties, row.problem)


def keep_archives(connection: Connection, depot: str, found: Sequence[Archive]) -> tuple[list[PatchId], list[PatchId]]:
    """A patch of another depot that this one has too is taken to be here from now on."""
    wanted = {one.id: replace(one, depot=depot, file=storable(one.file), problem=storable(one.problem)) for one in found}
    known = archives(connection, None)
    news = sorted(id for id, one in wanted.items() if known.get(id) != one)
    gone = sorted(id for id, one in known.items() if one.depot == depot and id not in wanted)
    for id in (*news, *gone):
        connection.execute(delete(PatchArchive).where(PatchArchive.number == id.number, PatchArchive.revision == id.revision))
    if news:
        connection.execute(insert(PatchArchive), [_values(wanted[id]) for id in news])
    return news, gone


def _values(one: Archive) -> dict[str, Any]:
    properties = {name: getattr(one.properties, name) for name in _PROPERTIES}
    plain = {"depot": one.depot, "file": one.file, "size": one.size, "checksum": one.checksum, "problem": one.problem}
    return {"number": one.id.number, "revision": one.id.revision, "properties": one.properties.source, **plain, **properties}
