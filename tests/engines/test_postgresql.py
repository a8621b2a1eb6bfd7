# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository on a real PostgreSQL: all its tests, and what only a server can be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, column, create_engine, select, table, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import RepositoryError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.kinds import KINDS
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository

from .postgresql import programs, running

pytestmark = pytest.mark.skipif(programs() is None, reason="no PostgreSQL server is installed (apt-get install postgresql)")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
def admin(server: str) -> Iterator[Connection]:
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def url(server: str, admin: Connection, request: pytest.FixtureRequest) -> Iterator[str]:
    """A repository in a database of its own."""
    name = re.sub(r"\W", "_", request.node.name)[:60]
    admin.execute(text(f"CREATE DATABASE {name}"))
    made = make_url(server).set(database=name).render_as_string(hide_password=False)
    open_repository(made, create=True).close()
    yield made
    admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def as_user(url: str, admin: Connection, name: str, attributes: str = "") -> str:
    admin.execute(text(f"DROP ROLE IF EXISTS {name}"))
    admin.execute(text(f"CREATE ROLE {name} LOGIN {attributes}"))
    return make_url(url).set(username=name).render_as_string(hide_password=False)


def test_all_tests_of_the_repository(server: str) -> None:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/repository"]
    done = subprocess.run(words, cwd=ROOT, env=os.environ | {"HELIOSTAT_TEST_POSTGRESQL": server}, capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed[1]) > 100


def test_a_read_only_user_has_the_views(url: str, admin: Connection) -> None:
    """Stable views are granted one by one; the tables stay closed, and the views need no right on them."""
    reader = as_user(url, admin, "reader")
    owner = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with owner.begin() as connection:
        for kind in KINDS:
            connection.execute(text(f"GRANT SELECT ON v_{kind} TO reader"))
    engine = create_engine(reader.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        for kind in KINDS:
            assert connection.execute(select(table(f"v_{kind}", *map(column, KINDS[kind])))).all() == []
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("SELECT * FROM node"))
    engine.dispose()
    owner.dispose()


def test_a_user_who_may_not_write(url: str, admin: Connection) -> None:
    looker = as_user(url, admin, "looker")
    owner = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with owner.begin() as connection:
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker"))
    owner.dispose()
    with open_repository(looker, read_only=True) as repository:
        assert repository.nodes() == []
    with pytest.raises(RepositoryError, match="is read-only: this user has no right to write"):
        open_repository(looker)


def test_a_server_that_is_read_only(url: str, admin: Connection) -> None:
    admin.execute(text(f"ALTER DATABASE {make_url(url).database} SET default_transaction_read_only = on"))
    with pytest.raises(RepositoryError, match="is read-only: the server is a standby or the user is read-only"):
        open_repository(url)


def test_a_database_that_does_not_exist(server: str) -> None:
    with pytest.raises(RepositoryError, match='database "nowhere" does not exist'):
        open_repository(make_url(server).set(database="nowhere").render_as_string(hide_password=False), create=True)


def test_a_server_that_goes_away(url: str, admin: Connection) -> None:
    with open_repository(url) as repository:
        repository.nodes()
        ended = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        admin.execute(ended, {"name": make_url(url).database})
        with pytest.raises(RepositoryError, match="its server does not answer or refuses us"):
            repository.nodes()
        assert repository.nodes() == [], "the next question has a new connection"
