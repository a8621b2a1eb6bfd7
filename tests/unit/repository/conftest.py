# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same tests on both engines: SQLite, or the server that HELIOSTAT_TEST_POSTGRESQL names (tests/engines starts one)."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

SERVER = os.environ.get("HELIOSTAT_TEST_POSTGRESQL", "")
on_sqlite = pytest.mark.skipif(bool(SERVER), reason="is about SQLite's file")


def administer(statement: str) -> None:
    engine = create_engine(SERVER.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def empty_url(tmp_path: Path) -> Iterator[str]:
    """Where a repository can be made."""
    if not SERVER:
        yield f"sqlite:///{tmp_path}/repository.db"
        return
    yield from _database("template1")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty repository that tests copy: migrating once is enough."""
    if not SERVER:
        path = tmp_path_factory.mktemp("template") / "repository.db"
        open_repository(f"sqlite:///{path}", create=True).close()
        yield str(path)
        return
    for url in _database("template1"):
        open_repository(url, create=True).close()
        yield str(make_url(url).database)


def _database(template: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def new_url(template: str, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes as many empty repositories as a test asks for."""
    made: list[Iterator[str]] = []

    def make() -> str:
        if SERVER:
            made.append(_database(template))
            return next(made[-1])
        path = tmp_path / f"repository-{secrets.token_hex(4)}.db"
        shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    yield make
    for database in made:
        next(database, None)


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    return new_url()


@pytest.fixture
def repository(url: str) -> Iterator[Repository]:
    with open_repository(url) as opened:
        yield opened
