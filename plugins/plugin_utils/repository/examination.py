# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is there a repository, and can this version of the collection work with it? Creating, upgrading and restoring one."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from ..model.errors import Refused, RepositoryError
from . import backup
from .database import Database, create_file
from .export import exported
from .location import masked
from .locks import locks
from .migrations import REVISIONS
from .records import RestoreReport
from .rows import add_event
from .upgrading import run_migrations

HEAD = REVISIONS[-1]
_UPGRADE_LOCK = 0x68656C696F  # PostgreSQL: only one controller creates or upgrades


def examined(url: str, *, create: bool = False, read_only: bool = False) -> Database:
    """The database at ``url`` if it holds a repository of the present schema (made where there is none, with ``create``)."""
    database = Database(url, read_only=read_only)
    try:
        revision = found_revision(database, create_missing=create)
        if revision is None:
            if not create:
                raise RepositoryError(f"repository {database.where} does not exist. Run heliostat.vdc.repository state=present.")
            database.write(_migrated)
        elif revision != HEAD:
            raise RepositoryError(
                f"repository {database.where} has the older schema {revision}; this version of the collection needs {HEAD}. "
                "Back it up, then run heliostat.vdc.repository state=upgraded."
            )
        if not read_only:
            _check_writable(database)
    except BaseException:
        database.close()
        raise
    return database


def exists(url: str) -> bool:
    """Whether ``url`` holds a repository, whatever its schema."""
    database = Database(url)
    try:
        return found_revision(database) is not None
    finally:
        database.close()


def found_revision(database: Database, *, create_missing: bool = False) -> str | None:
    """The schema revision, None for an empty or missing database. Raises RepositoryError on anything that is no repository."""
    if database.path is not None and not _has_content(database.path):
        if not create_missing:
            return None
        create_file(database.path)
    with database.reading() as connection:
        return _revision(connection, database.where)


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise RepositoryError(f"repository sqlite:///{path}: its file cannot be reached: {error.strerror}.") from error


def _revision(connection: Connection, where: str) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            raise RepositoryError(
                f"{where} is not a repository: it holds other tables ({', '.join(sorted(tables)[:5])}). Choose another database."
            )
        return None
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is None:
        raise RepositoryError(f"repository {where} is damaged: it has no schema revision. Restore a backup.")
    if revision not in REVISIONS:
        raise RepositoryError(
            f"repository {where} has schema {revision}, newer than this version of the collection knows ({HEAD}). "
            "Update the collection on this controller."
        )
    return str(revision)


def _check_writable(database: Database) -> None:
    if database.path is not None:
        if not (os.access(database.path, os.W_OK) and os.access(database.path.parent, os.W_OK)):
            raise RepositoryError(
                f"repository {database.where} is read-only: the user who runs Ansible must be able to write the file and its directory."
            )
        return
    with database.writable() as connection:
        answer = connection.execute(text("SELECT current_setting('transaction_read_only'), has_table_privilege('node', 'INSERT')")).one()
    if answer[0] == "on" or not answer[1]:
        why = "the server is a standby or the user is read-only" if answer[0] == "on" else "this user has no right to write"
        raise RepositoryError(f"repository {database.where} is read-only: {why}. Use the primary server and a user who may write.")


def _migrated(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    run_migrations(connection)


def upgrade(url: str, *, check: bool = False) -> tuple[str, str]:
    """Bring an existing repository to the present schema, all or nothing; its revisions before and after."""
    database = Database(url)
    try:
        before = found_revision(database)
        if before is None:
            raise RepositoryError(f"repository {database.where} does not exist. Run heliostat.vdc.repository state=present.")
        _check_writable(database)
        if before != HEAD:
            database.write(_migrated, check=check)
        return before, HEAD
    finally:
        database.close()


def restore(url: str, path: Path, *, force: bool = False, check: bool = False) -> tuple[RestoreReport, bool]:
    """Replace the repository's content by a backup's; the report, and whether anything changes.

    Without ``force`` refused when objects would be lost, when a run holds a lock, or when the repository is damaged. A damaged
    SQLite file is kept beside the new one, with ``.damaged`` added to its name.
    """
    copy = backup.read_backup(path)
    damage: RepositoryError | None = None
    database = Database(url)
    try:
        present = None
        try:
            revision = found_revision(database)
            if revision is not None and revision != HEAD:
                raise Refused(
                    f"repository {database.where} has the older schema {revision}. Run heliostat.vdc.repository state=upgraded first."
                )
            if revision is not None:
                with database.reading() as connection:
                    present = exported(connection, HEAD)
                    held = [f"{lock.object} by {lock.owner}" for lock in locks(connection)]
                if held and not force:
                    raise Refused(
                        f"repository {database.where}: runs hold locks ({'; '.join(held)}). Wait for them, or restore with force=true."
                    )
        except RepositoryError as error:
            if database.path is None or "damaged" not in str(error):
                raise
            damage = error
        report, changed = backup.compared(present, copy)
        if not force and (damage or report.lost):
            what = str(damage) if damage else f"these are not in the backup and would be lost: {', '.join(report.lost)}"
            raise Refused(f"restore of {masked(url)} from {path}: {what}. Restore with force=true if that is meant.")
        if changed and not check:
            _replace(url, database, copy, path, damaged=damage is not None)
        return report, changed
    finally:
        database.close()


def _replace(url: str, database: Database, copy: backup.Backup, path: Path, *, damaged: bool) -> None:
    database.close()
    if damaged and database.path is not None:
        for suffix in ("", "-wal", "-shm"):
            old = Path(f"{database.path}{suffix}")
            if old.exists():
                old.replace(f"{database.path}.damaged{suffix}")
    target = examined(url, create=True)
    try:
        backup.put_back(target, copy, path)
        target.write(
            lambda c: add_event(
                c, "repository", "warning", "repository", f"The repository was restored from {path} (schema {copy.revision})."
            )
        )
    finally:
        target.close()
