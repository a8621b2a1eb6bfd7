# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator reads when the repository is not there, not his, too old, too new or broken."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import RepositoryError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository import location
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.database import Database
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.migrations import REVISIONS
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository, upgrade_repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.upgrading import run_migrations

from .conftest import on_sqlite
from .samples import facts


def migrated(url: str, revision: str) -> None:
    where = location.normalised(url)
    if (path := location.sqlite_path(where)) is not None:
        path.touch()
    database = Database(where)
    database.write(lambda connection: run_migrations(connection, revision))
    database.close()


def execute(url: str, statement: str) -> None:
    database = Database(location.normalised(url))
    database.write(lambda connection: connection.execute(text(statement)))
    database.close()


@pytest.mark.parametrize(
    ("args", "variables", "environment", "found"),
    [
        ({"repository": "sqlite:////a.db"}, {"heliostat_repository": "sqlite:////b.db"}, "sqlite:////c.db", "sqlite:////a.db"),
        ({"repository": None}, {"heliostat_repository": "sqlite:////b.db"}, "sqlite:////c.db", "sqlite:////b.db"),
        ({}, {}, "sqlite:////c.db", "sqlite:////c.db"),
        ({}, {}, "", "sqlite:////home/op/.heliostat/repository.db"),
        ({"repository": "postgresql://u:p@h/d"}, {}, "", "postgresql+psycopg://u:p@h/d"),
        ({"repository": "sqlite:////srv/a/../b/r.db"}, {}, "", "sqlite:////srv/b/r.db"),
        ({"repository": "sqlite:///~/r.db?timeout=5"}, {}, "", "sqlite:////home/op/r.db?timeout=5"),
    ],
)
def test_where_the_repository_is(
    monkeypatch: pytest.MonkeyPatch, args: dict[str, Any], variables: dict[str, Any], environment: str, found: str
) -> None:
    monkeypatch.setenv("HOME", "/home/op")
    monkeypatch.setenv("HELIOSTAT_REPOSITORY", environment)
    assert location.resolve(args, variables) == found


def test_a_template_is_resolved_or_refused() -> None:
    variables = {"heliostat_repository": "sqlite:///{{ where }}"}
    assert location.resolve({}, variables, lambda value: value.replace("{{ where }}", "/x.db")) == "sqlite:////x.db"
    with pytest.raises(RepositoryError, match="template was not resolved"):
        location.resolve({}, variables)


@pytest.mark.parametrize("url", ["mysql://op:geheim@h/d", "sqlite://", "sqlite:///:memory:", "/var/lib/x.db"])
def test_other_urls_are_refused_without_their_password(url: str) -> None:
    with pytest.raises(RepositoryError) as refusal:
        location.normalised(url)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize("url", ["postgresql://op:ge:hei@m@h/d", "postgresql://op@h/d?password=ge:hei@m&sslmode=require"])
def test_messages_show_no_password(url: str) -> None:
    assert "hei" not in location.masked(url)
    assert "op" in location.masked(url)


def test_a_missing_repository(empty_url: str) -> None:
    with pytest.raises(RepositoryError, match=r"does not exist. Run heliostat.vdc.repository state=present"):
        open_repository(empty_url)
    open_repository(empty_url, create=True).close()
    open_repository(empty_url, create=True).close()
    open_repository(empty_url).close()


@on_sqlite
def test_looking_for_a_repository_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError):
        open_repository(f"sqlite:///{tmp_path}/a/b.db")
    assert list(tmp_path.iterdir()) == []


@on_sqlite
def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with open_repository(f"sqlite:///{tmp_path}/home/.heliostat/repository.db", create=True) as repository:
            repository.record_event("test", "info", "x", "so that the write-ahead log exists")
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    finally:
        os.umask(before)
    assert modes.pop("home") == 0o700
    assert modes.pop(".heliostat") == 0o700
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_an_older_schema(empty_url: str, revision: str) -> None:
    migrated(empty_url, revision)
    with pytest.raises(RepositoryError, match=f"has the older schema {revision}.*state=upgraded"):
        open_repository(empty_url)
    assert upgrade_repository(empty_url, check=True) == (revision, REVISIONS[-1])
    with pytest.raises(RepositoryError, match="older schema"):
        open_repository(empty_url)
    assert upgrade_repository(empty_url) == (revision, REVISIONS[-1])
    assert upgrade_repository(empty_url) == (REVISIONS[-1], REVISIONS[-1])
    with open_repository(empty_url) as repository:
        assert repository.record_node("n1", facts(), compute_pool=None, networks={}, address="")


def test_an_upgrade_that_fails_changes_nothing(empty_url: str) -> None:
    migrated(empty_url, "0002")
    execute(empty_url, "CREATE TABLE journal (id INTEGER)")  # in the way of 0004
    with pytest.raises(RepositoryError):
        upgrade_repository(empty_url)
    with pytest.raises(RepositoryError, match="has the older schema 0002"):
        open_repository(empty_url)
    execute(empty_url, "DROP TABLE journal")
    assert upgrade_repository(empty_url)[0] == "0002"


def test_a_newer_schema(url: str) -> None:
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RepositoryError, match=r"has schema 9999, newer than .*Update the collection"):
        open_repository(url)


def test_a_database_of_something_else(empty_url: str) -> None:
    if (path := location.sqlite_path(location.normalised(empty_url))) is not None:
        path.touch()
    execute(empty_url, "CREATE TABLE customers (id INTEGER)")
    for create in (False, True):
        with pytest.raises(RepositoryError, match=r"it holds other tables \(customers\)"):
            open_repository(empty_url, create=create)


@on_sqlite
@pytest.mark.parametrize("create", [False, True])
def test_a_file_of_something_else(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "notes.db"
    path.write_text("These are the notes of the last meeting.\n" * 100)
    with pytest.raises(RepositoryError, match=r"damaged: the file is not a SQLite database. Restore a backup"):
        open_repository(f"sqlite:///{path}", create=create)
    assert path.read_text().startswith("These are")


@on_sqlite
def test_damage_within_the_file(url: str) -> None:
    path = location.sqlite_path(url)
    assert path is not None
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(RepositoryError, match="it is damaged"):
        open_repository(url)


@on_sqlite
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become a user who may not write")
def test_a_file_that_may_not_be_written(url: str, tmp_path: Path) -> None:
    """Root may write everything, so somebody else has to try."""
    path = Path(url.removeprefix("sqlite:///"))
    with open_repository(url) as repository:
        repository.record_node("n1", facts(), compute_pool=None, networks={}, address="")
        path.chmod(0o644)
        for directory in (tmp_path, *tmp_path.parents):
            if directory.name.startswith(("test_", "popen-", "pytest-")):
                directory.chmod(0o755)
        program = (
            "import sys\nfrom ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository\n"
            "open_repository(sys.argv[1], read_only=True).nodes()\nopen_repository(sys.argv[1])\n"
        )
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c"]
        if subprocess.run([*nobody, "pass"], capture_output=True).returncode != 0:
            pytest.skip("this Python cannot be run by another user (it lies in root's home)")
        env = os.environ | {"HOME": "/", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([*nobody, program, url], capture_output=True, text=True, env=env)
    assert "is read-only: the user who runs Ansible must be able to write" in done.stderr


def test_a_reader_does_not_write(url: str) -> None:
    with open_repository(url, read_only=True) as repository:
        assert repository.nodes() == []
        with pytest.raises(RepositoryError, match="opened to be read only"):
            repository.record_event("test", "info", "x", "y")


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(RepositoryError) as refusal:
        open_repository("postgresql://op:geheim@127.0.0.1:1/heliostat")
    assert "its server does not answer" in str(refusal.value)
    assert "op:***@127.0.0.1" in str(refusal.value)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize("library", ["sqlalchemy", "alembic"])
def test_a_missing_library_is_a_sentence(library: str, tmp_path: Path) -> None:
    program = (
        f"import sys; sys.modules['{library}'] = None\n"
        "from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository\n"
        f"try:\n    open_repository('sqlite:///{tmp_path}/new.db', create=True)\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.startswith(
        f"RepositoryError repository sqlite:///{tmp_path}/new.db: failed to import the required Python library ({library})"
    )
