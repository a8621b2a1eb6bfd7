# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Export, backup and restore: nothing is lost on the way, and nothing is lost without being said."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused, RepositoryError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.backup import json_text
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.database import Database, create_file
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.examination import HEAD
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.location import normalised, sqlite_path
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository, restore_repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.upgrading import run_migrations

from .conftest import on_sqlite
from .samples import facts, guid, vserver
from .test_schema import fill_every_table


@contextmanager
def database(url: str) -> Iterator[Database]:
    opened = Database(normalised(url))
    try:
        yield opened
    finally:
        opened.close()


def exported(url: str) -> dict[str, Any]:
    with open_repository(url) as repository:
        return repository.export()


def without_events(url: str) -> dict[str, Any]:
    """A restore is itself an event."""
    data = exported(url)
    del data["tables"]["event"]
    return data


@pytest.fixture
def full(url: str) -> str:
    with database(url) as opened:
        opened.write(fill_every_table)
    return url


def backed_up(url: str, path: Path) -> Path:
    with open_repository(url) as repository:
        repository.backup(path)
    return path


def written(url: str, path: Path) -> Path:
    """The JSON export in a file: a backup too."""
    path.write_text(json_text(exported(url)), encoding="utf-8")
    return path


def test_an_export_is_json_and_always_the_same(full: str) -> None:
    first, second = exported(full), exported(full)
    assert json_text(first) == json_text(second)
    assert json.loads(json_text(first)) == first
    assert "object_lock" not in first["tables"]
    assert all(rows for table, rows in first["tables"].items())


@pytest.mark.parametrize("save", [backed_up, written])
def test_the_round_trip(full: str, new_url: Callable[[], str], tmp_path: Path, save: Callable[[str, Path], Path]) -> None:
    other, path = new_url(), save(full, tmp_path / "backup")
    report, changed = restore_repository(other, path)
    assert changed
    assert (report.lost, report.returned) == (
        (),
        ("node x", "node y", "patch set x version 1", "patch target x", "vserver x", "vserver y"),
    )
    assert without_events(other) == without_events(full)
    assert restore_repository(other, path)[1] is False, "a second restore of the same backup has nothing to do"


def test_numbers_go_on_after_a_restore(full: str, new_url: Callable[[], str], tmp_path: Path) -> None:
    other = new_url()
    restore_repository(other, backed_up(full, tmp_path / "backup"))
    with open_repository(other) as repository:
        assert repository.journal_begin("x", "web1", None, "anna") == 2
        assert repository.record_node("n3", facts(3), compute_pool=None, networks={}, address="")


def test_a_backup_is_only_for_its_owner_and_leaves_nothing_else(full: str, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    path = backed_up(full, tmp_path / "to" / "backup")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "to").iterdir()) == [path]
    with open_repository(full) as repository, pytest.raises(RepositoryError, match="nothing can be written in"):
        repository.backup(tmp_path / "nowhere" / "backup")


@on_sqlite
def test_a_backup_while_somebody_writes(url: str, tmp_path: Path) -> None:
    with open_repository(url) as repository:
        repository.record_node("n1", facts(), compute_pool=None, networks={}, address="")
        writer = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE node SET name = 'half'")
        repository.backup(tmp_path / "backup")
        writer.close()
    with open_repository(f"sqlite:///{tmp_path}/backup") as copy:
        assert [node.name for node in copy.nodes()] == ["n1"]


def test_an_older_backup_says_what_is_lost(url: str, tmp_path: Path) -> None:
    with open_repository(url) as repository:
        repository.record_node("n1", facts(1), compute_pool="production", networks={}, address="")
        repository.place_vserver(vserver("old", 2), "n1")
        repository.backup(tmp_path / "backup")
        repository.forget_vserver("old")
        repository.place_vserver(vserver("new", 1), "n1")
        repository.journal_begin("x", "new", "n1", "anna")
    before = exported(url)
    with pytest.raises(Refused, match=r"would be lost: vserver new. Restore with force=true"):
        restore_repository(url, tmp_path / "backup")
    report, changed = restore_repository(url, tmp_path / "backup", force=True, check=True)
    assert exported(url) == before, "check changes nothing"
    assert (report.lost, report.returned, changed) == (("vserver new",), ("vserver old",), True)
    assert "1 journal entries are younger" in report.warnings[0]
    assert "Nodes were not looked at" in report.warnings[1]
    assert restore_repository(url, tmp_path / "backup", force=True) == (report, True)
    with open_repository(url) as repository:
        assert [entry.name for entry in repository.vservers()] == ["old"]
        assert (repository.lun_owner(guid(1)), repository.lun_owner(guid(3))) == (None, "old/old_data")
        assert "was restored from" in repository.events()[0].message


def older_backup(path: Path, *, as_json: bool) -> Path:
    """A backup that was made when 0002 was the newest schema."""
    file = path.with_suffix(".db")
    create_file(file)
    with database(f"sqlite:///{file}") as opened:
        opened.write(lambda connection: run_migrations(connection, "0002"))
        opened.write(lambda connection: connection.execute(text("INSERT INTO compute_pool (id, name, description) VALUES (5, 'old', '')")))
    if not as_json:
        return file
    pools = [{"id": 5, "name": "old", "description": ""}]
    path.write_text(json.dumps({"format": "heliostat.vdc repository", "revision": "0002", "tables": {"compute_pool": pools}}))
    return path


@pytest.mark.parametrize("as_json", [False, True])
def test_a_backup_of_an_older_schema_is_upgraded_on_its_way(url: str, tmp_path: Path, as_json: bool) -> None:
    path = older_backup(tmp_path / "backup", as_json=as_json)
    content = path.read_bytes()
    report, changed = restore_repository(url, path)
    assert (report.revision, changed) == ("0002", True)
    assert path.read_bytes() == content
    with open_repository(url) as repository:
        assert [row["name"] for row in repository.rows("pools")] == ["old"]
        assert repository.journal_begin("x", "y", None, "z") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("{}", "is not an export", id="other JSON"),
        pytest.param("hello", "cannot be read", id="no JSON"),
        pytest.param(json.dumps({"format": "heliostat.vdc repository", "revision": "9999", "tables": {}}), "has schema 9999", id="newer"),
        pytest.param(
            json.dumps({"format": "heliostat.vdc repository", "revision": HEAD, "tables": {"x": []}}), "has tables x, which", id="tables"
        ),
        pytest.param(
            json.dumps({"format": "heliostat.vdc repository", "revision": HEAD, "tables": {"lun": [{"id": 1, "colour": 2}]}}),
            "table lun has no column colour",
            id="columns",
        ),
        pytest.param("SQLite format 3\x00 cut off", "cannot be read|damaged", id="cut off"),
    ],
)
def test_a_broken_backup_is_refused_before_anything_is_changed(full: str, tmp_path: Path, content: str, message: str) -> None:
    before = exported(full)
    (tmp_path / "backup").write_text(content)
    with pytest.raises(RepositoryError, match=message):
        restore_repository(full, tmp_path / "backup", force=True)
    assert exported(full) == before


def test_a_run_that_holds_a_lock_is_not_pulled_away_from(url: str, tmp_path: Path) -> None:
    with open_repository(url) as repository:
        repository.backup(tmp_path / "backup")
        with repository.lock("web1", owner="anna", reason="x"), pytest.raises(Refused, match=r"runs hold locks \(web1 by anna\)"):
            restore_repository(url, tmp_path / "backup")


@on_sqlite
def test_a_damaged_repository_is_put_aside_and_restored(full: str, tmp_path: Path) -> None:
    backup = backed_up(full, tmp_path / "backup")
    before, path = without_events(full), sqlite_path(full)
    assert path is not None
    path.write_bytes(b"\xff" * 20000)
    with pytest.raises(Refused, match=r"it is damaged.*force=true"):
        restore_repository(full, backup)
    restore_repository(full, backup, force=True)
    assert without_events(full) == before
    assert Path(f"{path}.damaged").read_bytes() == b"\xff" * 20000


def test_restoring_where_there_is_nothing(full: str, empty_url: str, tmp_path: Path) -> None:
    restore_repository(empty_url, backed_up(full, tmp_path / "backup"))
    assert without_events(empty_url) == without_events(full)
