# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models, migrations and views say the same; the journal cannot be rewritten."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Connection, insert, inspect, text
from sqlalchemy.exc import DBAPIError

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, RepositoryError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.database import Database
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.kinds import KINDS
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.location import normalised
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.migrations import REVISIONS
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.schema import UtcDateTime, metadata
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.upgrading import scripts


def test_the_known_revisions_are_those_of_the_scripts() -> None:
    assert tuple(script.revision for script in scripts().walk_revisions())[::-1] == REVISIONS


def test_migrations_make_what_the_models_say(url: str) -> None:
    with Database(normalised(url)).reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrations_make_the_same_constraints(url: str, empty_url: str) -> None:
    """Alembic compares neither checks nor the names of keys: a database made from the models is the measure."""

    def constraints(connection: Connection) -> dict[str, set[Any]]:
        look = inspect(connection)
        found: dict[str, set[Any]] = {}
        for table in metadata.tables:
            checks = {(check["name"], check["sqltext"].replace('"', "")) for check in look.get_check_constraints(table)}
            keys = {(key["name"], tuple(key["constrained_columns"]), str(key["options"])) for key in look.get_foreign_keys(table)}
            unique = {(one["name"], tuple(one["column_names"])) for one in look.get_unique_constraints(table)}
            primary = look.get_pk_constraint(table)
            found[table] = checks | keys | unique | {(primary["name"], tuple(primary["constrained_columns"]))}
        return found

    bare = Database(normalised(empty_url))
    bare.write(metadata.create_all)
    with Database(normalised(url)).reading() as migrated, bare.reading() as modelled:
        assert constraints(migrated) == constraints(modelled)
    bare.close()


def test_every_kind_is_a_view_with_these_columns(repository: Repository, url: str) -> None:
    with Database(normalised(url)).reading() as connection:
        look = inspect(connection)
        assert {name: tuple(column["name"] for column in look.get_columns(name)) for name in look.get_view_names()} == {
            f"v_{kind}": columns for kind, columns in KINDS.items()
        }
    for kind in KINDS:
        assert repository.rows(kind) == []


def test_questions_that_cannot_be_asked(repository: Repository) -> None:
    with pytest.raises(InvalidDefinition, match="repository has no 'secrets': it has pools, nodes"):
        repository.rows("secrets")
    with pytest.raises(InvalidDefinition, match="locks cannot be filtered by 'x; DROP TABLE node': they have object, owner"):
        repository.rows("locks", {"x; DROP TABLE node": 1})


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("UPDATE journal SET outcome = 'done', ended = started WHERE id = 1", True),
        ("UPDATE journal SET outcome = 'forged' WHERE id = 2", False),
        ("DELETE FROM journal WHERE id = 1", False),
        ("UPDATE journal_step SET rc = 0", False),
        ("DELETE FROM journal_step", False),
    ],
)
def test_the_journal_is_append_only(repository: Repository, url: str, statement: str, allowed: bool) -> None:
    first, second = (repository.journal_begin("vserver running", "web1", "node1", "op") for _ in range(2))
    assert (first, second) == (1, 2)
    repository.journal_step(first, "web1", "boot", "zoneadm -z web1 boot", 1, 0.5, "")
    repository.journal_end(second, "done", True)
    database = Database(normalised(url))
    try:
        if allowed:
            database.write(lambda connection: connection.execute(text(statement)))
        else:
            with pytest.raises(RepositoryError, match="append-only"):
                database.write(lambda connection: connection.execute(text(statement)))
    finally:
        database.close()


SAMPLE = {"str": "x", "int": 1, "float": 1.5, "bool": True}


def fill_every_table(connection: Connection) -> None:
    """One row in each table, each column set: what export and restore have to carry."""
    for table in metadata.sorted_tables:
        if table.name == "network_type":
            continue
        row: dict[str, Any] = {}
        for column in table.columns:
            if column.foreign_keys:
                target = next(iter(column.foreign_keys)).column
                row[column.name] = None if target.table is table else "public" if target.table.name == "network_type" else 1
            elif isinstance(column.type, UtcDateTime):
                row[column.name] = datetime(2026, 1, 2, 3, 4, 5, 6789, tzinfo=UTC)
            elif isinstance(column.type, JSON):
                row[column.name] = {"a": [1, None, "ä"]}
            elif column.type.python_type is date:
                row[column.name] = date(2026, 1, 2)
            elif column.primary_key and column.type.python_type is int:
                row[column.name] = 1
            else:
                row[column.name] = SAMPLE[column.type.python_type.__name__]
        row |= {"cdom": {"node_id": 1}, "vserver_dependency": {"slave_id": 1, "master_id": 2}}.get(table.name, {})
        if table.name in ("node", "config"):
            row["kind"] = {"node": "physical", "config": "base"}[table.name]
        if table.name in ("node", "vserver", "gdom"):
            row["state"] = "error"
        row |= {"dataset": {"manager": "zfs"}, "filesystem": {"type": "root"}}.get(table.name, {})
        levels = ("hours", "days", "months", "years") if table.name == "usage_bucket" else ("x",)
        connection.execute(insert(table), [row | {"level": level} if "level" in row else row for level in levels])
        if table.name == "vserver":
            connection.execute(insert(table), row | {"id": 2, "name": "y"})
        if table.name == "node":  # carried by a younger row: restore must find the order
            connection.execute(insert(table), row | {"id": 2, "name": "y", "kind": "cdom"})
            connection.execute(table.update().where(table.c.id == 1).values(carried_by_id=2))


def test_every_column_can_be_read_through_the_views(repository: Repository, url: str) -> None:
    database = Database(normalised(url))
    database.write(fill_every_table)
    database.close()
    for kind in KINDS:
        rows = repository.rows(kind)
        assert rows, kind
        assert not {name for name, value in rows[0].items() if value is None} - {"carried_by", "dataset", "vserver", "gdom", "node"}, kind
    assert repository.rows("vservers", {"name": ["x", "z"]})[0]["maintenance"] is True
    assert repository.rows("journal")[0]["started"] == "2026-01-02T03:04:05.006789+00:00"


def test_foreign_keys_are_enforced(url: str) -> None:
    database = Database(normalised(url))
    with pytest.raises(RepositoryError), database.reading() as connection:
        try:
            connection.execute(text("INSERT INTO node_package (node_id, name, version) VALUES (77, 'x', '1')"))
        except DBAPIError:
            raise
    database.close()
