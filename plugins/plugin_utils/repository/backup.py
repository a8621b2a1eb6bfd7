# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups: a consistent copy while others work, and the way back, also from an older schema or to a damaged repository."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model.errors import RepositoryError
from .database import Database, create_file
from .export import checked, exported, imported
from .migrations import REVISIONS
from .records import RestoreReport
from .schema import metadata
from .upgrading import run_migrations

_SQLITE_MAGIC = b"SQLite format 3\x00"
_NOT_COMPARED = ("event", "object_lock")


def write_backup(database: Database, path: Path, revision: str) -> None:
    """A copy for ``restore``: SQLite's own file, or the JSON export of a PostgreSQL repository. Mode 0600, whole or not at all."""
    handle, name = _beside(path)
    os.close(handle)
    part = Path(name)
    try:
        if database.path is None:
            with database.reading() as connection:
                part.write_text(json_text(exported(connection, revision)), encoding="utf-8")
        else:
            _copy_sqlite(database.path, part)
            with closing(sqlite3.connect(part)) as copy:
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, readable where nothing can be written
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise RepositoryError(f"repository {database.where}: no backup was written to {path}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _beside(path: Path) -> tuple[int, str]:
    try:
        return tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise RepositoryError(f"backup {path}: nothing can be written in {path.parent}: {error.strerror}. Choose another path.") from error


def json_text(data: Mapping[str, Any]) -> str:
    """An export as text: sorted, so that two exports can be compared by any tool."""
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        verdict = new.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise RepositoryError(f"repository {source}: it is damaged ({verdict}). Restore a backup.")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup brought to the present schema: ``data`` is its export, ``revision`` the schema it was made with."""

    data: Mapping[str, Any]
    revision: str


def read_backup(path: Path) -> Backup:
    """The backup at ``path``, SQLite file or JSON, of this or an older schema. The file itself is not touched."""
    try:
        with path.open("rb") as file:
            is_sqlite = file.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
        with tempfile.TemporaryDirectory(prefix="heliostat-restore-") as directory:
            return _read(path, Path(directory) / "repository.db", is_sqlite)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise RepositoryError(f"backup {path} cannot be read: {error}") from error


def _read(path: Path, scratch: Path, is_sqlite: bool) -> Backup:
    """Through a scratch database, because a migration is the only thing that knows how to bring old rows up to date."""
    create_file(scratch)
    if is_sqlite:
        _copy_sqlite(path, scratch)
    database = Database(f"sqlite:///{scratch}")
    try:
        if is_sqlite:
            with closing(sqlite3.connect(scratch)) as copy:
                found = copy.execute("SELECT version_num FROM alembic_version").fetchall()
            revision = known_revision(found[0][0] if found else "", path)
            database.write(run_migrations)
        else:
            data = checked(json.loads(path.read_text(encoding="utf-8")), f"backup {path}")
            revision = known_revision(data["revision"], path)
            database.write(lambda connection: run_migrations(connection, revision))
            database.write(lambda connection: imported(connection, data, f"backup {path}"))
            database.write(run_migrations)
        with database.reading() as connection:
            return Backup(exported(connection, REVISIONS[-1]), revision)
    finally:
        database.close()


def known_revision(revision: str, path: Path) -> str:
    if revision not in REVISIONS:
        raise RepositoryError(
            f"backup {path} has schema {revision or 'none'}, which this version of the collection does not know. Update the collection."
        )
    return revision


def compared(present: Mapping[str, Any] | None, backup: Backup) -> tuple[RestoreReport, bool]:
    """What restoring would do, and whether it would change anything. ``present`` is None for a damaged or missing repository."""
    now, then = _objects(present), _objects(backup.data)
    same = present is not None and all(
        present["tables"][name] == rows for name, rows in backup.data["tables"].items() if name not in _NOT_COMPARED
    )
    warnings = []
    if present is not None and (younger := len(present["tables"]["journal"]) - len(backup.data["tables"]["journal"])) > 0:
        warnings.append(f"{younger} journal entries are younger than the backup and are lost.")
    if not same:
        warnings.append("Nodes were not looked at: what they have now may differ from the restored state. Discover them again.")
    return RestoreReport(tuple(sorted(now - then)), tuple(sorted(then - now)), backup.revision, tuple(warnings)), not same


def _objects(data: Mapping[str, Any] | None) -> set[str]:
    tables = {} if data is None else data["tables"]
    kinds = {"node": "node", "vserver": "vserver", "patch_target": "patch target"}
    named = {f"{words} {row['name']}" for kind, words in kinds.items() for row in tables.get(kind, ())}
    return named | {f"patch set {row['name']} version {row['version']}" for row in tables.get("patch_set", ())}


def put_back(database: Database, backup: Backup, path: Path) -> None:
    """Replace all rows of ``database`` (of the present schema) by the backup's, in one transaction."""
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)

    def replaced(connection: Any) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"TRUNCATE {names}")  # the append-only journal refuses DELETE
        imported(connection, backup.data, f"backup {path}")

    if database.path is None:
        database.write(replaced)
        return
    with tempfile.TemporaryDirectory(prefix="heliostat-restore-") as directory:
        scratch = Path(directory) / "repository.db"
        create_file(scratch)
        filled = Database(f"sqlite:///{scratch}")
        try:
            filled.write(run_migrations)
            filled.write(replaced)
        finally:
            filled.close()
        with closing(sqlite3.connect(scratch)) as old, closing(sqlite3.connect(database.path)) as new:
            old.backup(new)
