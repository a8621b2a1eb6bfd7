# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository remembers which datasets were made, whatever becomes of their declaration."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.vserver import Dataset
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.database import Database
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.location import normalised
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository, upgrade_repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.upgrading import run_migrations

from .samples import facts, guid, vserver


@pytest.fixture
def known(repository: Repository) -> Repository:
    repository.record_node("node1", facts(1), compute_pool="production", networks={}, address="")
    repository.record_vserver(replace(vserver(), networks=()), "node1", "defined")
    return repository


def made(repository: Repository) -> frozenset[str]:
    return repository.made_datasets(["web1"])["web1"]


def test_seen_once_is_known_until_it_is_destroyed(known: Repository) -> None:
    assert made(known) == frozenset()
    assert known.remember_datasets("web1", ["web1_data", "of another"]) is True
    assert known.remember_datasets("web1", ["web1_data"]) is False
    assert known.remember_datasets("web1", []) is False, "not seen is not destroyed"
    assert made(known) == {"web1_data"}
    assert known.remember_datasets("web1", ["web1_data"], ["web1_data"]) is True
    assert made(known) == frozenset()
    assert known.made_datasets(["nobody"]) == {"nobody": frozenset()}


def test_a_changed_declaration_keeps_what_was_made(known: Repository) -> None:
    known.remember_datasets("web1", ["web1_data"])
    more = replace(vserver(), networks=(), datasets=(*vserver().datasets, Dataset("more", (guid(3),))))
    assert known.record_vserver(more, "node1", "activated")
    assert made(known) == {"web1_data"}
    known.forget_vserver("web1")
    known.record_vserver(replace(vserver(), networks=()), "node1", "defined")
    assert made(known) == frozenset(), "what was forgotten may be made again"


def test_what_an_older_schema_knew_as_installed_was_made(empty_url: str) -> None:
    """Three vServers of the schema before, of which one was only planned."""
    database = Database(normalised(empty_url))
    database.write(lambda connection: run_migrations(connection, "0006"))
    states = {"planned": "defined", "runs": "activated", "away": "detached"}

    def fill(connection: Connection) -> None:
        connection.execute(text("INSERT INTO compute_pool (id, name, description) VALUES (1, 'production', '')"))
        for key, (name, state) in enumerate(states.items(), 1):
            connection.execute(
                text(
                    "INSERT INTO vserver (id, name, compute_pool_id, brand, ip_type, state, category, priority, autoboot, declared, "
                    "maintenance, quarantine, flag_reason, created, changed) VALUES (:key, :name, 1, 'solaris', 'shared', :state, "
                    "'normal', 50, false, '{}', false, false, '', '2026-01-02 03:04:05+00', '2026-01-02 03:04:05+00')"
                ),
                {"key": key, "name": name, "state": state},
            )
            connection.execute(
                text(
                    "INSERT INTO dataset (id, name, compute_pool_id, vserver_id, manager, layout) "
                    "VALUES (:key, :name, 1, :key, 'zfs', 'single')"
                ),
                {"key": key, "name": name},
            )

    database.write(fill)
    database.close()
    upgrade_repository(empty_url)
    with open_repository(empty_url) as repository:
        assert repository.made_datasets(list(states)) == {name: frozenset({name} - {"planned"}) for name in states}
