# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift asks the repository as often for a thousand vServers as for one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import event

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.drifting import Drifting
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.opening import open_repository
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository
from tests.unit.repository.samples import facts, vserver


def statements(repository: Repository) -> int:
    """How many drift_info sends, no node asked."""
    inventory = SimpleNamespace(luns={}, vservers=list, declares=lambda _name: False, is_node=lambda _name: False)
    action = SimpleNamespace(inventory=inventory, node=SimpleNamespace(name="localhost"), vars={})
    drifting = Drifting(action, {"names": None, "nodes": [], "fail_on": "never"}, repository)  # type: ignore[arg-type]
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    engine = repository._database._engine
    event.listen(engine, "before_cursor_execute", note)
    drifting.run()
    event.remove(engine, "before_cursor_execute", note)
    assert any("FROM journal" in statement for statement in sent), "what was done last is asked of the journal"
    return len(sent)


def test_the_number_of_statements_does_not_grow_with_the_vservers(tmp_path: Path) -> None:
    with open_repository(f"sqlite:///{tmp_path}/repository.db", create=True) as repository:
        repository.record_node("node1", facts(1), compute_pool="production", networks={}, address="")

        def add(numbers: range) -> None:
            for number in numbers:
                one = replace(vserver(f"web{number}", number), networks=())
                repository.record_vserver(one, "node1", "activated")
                entry = repository.journal_begin("vserver migration", one.name, "node1", "root")
                repository.journal_step(entry, one.name, f"boot zone {one.name}", "zoneadm", 0, 1.0, "")
                repository.journal_end(entry, "done", True)

        add(range(1, 3))
        few = statements(repository)
        add(range(3, 30))
        assert statements(repository) == few
