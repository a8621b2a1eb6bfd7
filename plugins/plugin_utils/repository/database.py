# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: how a connection to SQLite or PostgreSQL is set up, and how a transaction begins."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from ..model.errors import RepositoryError
from .failures import explained
from .location import masked, sqlite_path

T = TypeVar("T")

BUSY_SECONDS = 30
CONNECT_SECONDS = 10
_ATTEMPTS = 3
_COLLISIONS = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock


class Database:
    """One engine and its transactions. ``where`` is the URL for messages."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self.where = masked(url)
        self.path = sqlite_path(url)
        self.read_only = read_only
        with self._explained():
            self._engine = _sqlite(url, self.path, read_only) if self.path else _postgresql(url)
        self._writer = self._engine.execution_options(heliostat_write=True)
        # All that one reading sees is of one moment. SQLite's transactions are so anyway. (A connection that was told to be
        # read-only goes back to the pool as read-write, against a server's default: so it is not told.)
        self._reader = self._engine if self.path else self._engine.execution_options(isolation_level="REPEATABLE READ")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only looks; everything it reads is of one moment."""
        with self._explained(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writable(self) -> Iterator[Connection]:
        """A transaction as a writer gets it, to ask what a writer may do; nothing is kept."""
        with self._explained(), self._engine.connect() as connection:
            yield connection

    def write(self, work: Callable[[Connection], T], *, check: bool = False) -> T:
        """Run ``work`` in one transaction and keep what it did; with ``check`` undo it.

        Another controller may write the same thing at the same moment. ``work`` then runs again, sees what the other one
        has written, and decides on that.
        """
        if self.read_only:
            raise RepositoryError(f"repository {self.where} was opened to be read only.")
        with self._explained():
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    with self._writer.connect() as connection, connection.begin() as transaction:
                        result = work(connection)
                        if check:
                            transaction.rollback()
                    return result
                except DBAPIError as error:
                    if attempt == _ATTEMPTS or not _collision(error):
                        raise
        raise AssertionError("the loop returns or raises")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise explained(error, self.where) from error


def _collision(error: DBAPIError) -> bool:
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in _COLLISIONS


def _sqlite(url: str, path: Path, read_only: bool) -> Engine:
    if read_only and not os.access(path, os.W_OK):
        # A file that may not be written can still be read, as long as SQLite is told not to try.
        target = f"file:{path}?mode=ro"
        engine = create_engine(url, creator=lambda: sqlite3.connect(target, uri=True, timeout=BUSY_SECONDS, check_same_thread=False))
    else:
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def connected(dbapi: Any, record: object) -> None:
        dbapi.isolation_level = None  # transactions begin when and how we say
        cursor = dbapi.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its place in the queue at once: a reader that turns into a writer half way fails under load.
        write = connection.get_execution_options().get("heliostat_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _postgresql(url: str) -> Engine:
    # It logs what else failed with a failed batch, and logging prints that where nobody listens. The error itself is raised.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    return create_engine(url, connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "heliostat.vdc"})


def create_file(path: Path) -> None:
    """An empty database file that only its owner may read, in WAL mode, in a directory that is made for it."""
    try:
        missing = [parent for parent in path.parents if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise RepositoryError(f"repository sqlite:///{path}: its file cannot be created: {error.strerror}. Choose another path.") from error
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.DatabaseError as error:
        raise RepositoryError(f"repository sqlite:///{path}: {error}. The path holds something else: choose another one.") from error
    finally:
        connection.close()
