# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who left a node for its maintenance is remembered until all have returned."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.repository.store import Repository

from .samples import facts


@pytest.fixture
def known(repository: Repository) -> Repository:
    for number in (1, 2):
        repository.record_node(f"node{number}", facts(number), compute_pool="production", networks={}, address="")
    return repository


def test_what_was_noted_first_stays(known: Repository) -> None:
    assert known.note_evacuation("node1", "anna", {"web1": "node1", "db1": "node1"}, {"web1"})
    assert not known.note_evacuation("node1", "bert", {"web1": "node1"}, {"web1"}), "no news"
    assert known.note_evacuation("node1", "bert", {"web1": "node2", "app1": "node2"}, {"shop1"})
    found = known.evacuations()["node1"]
    assert (found.node, found.begun_by, found.began.tzinfo is not None) == ("node1", "anna", True)
    assert found.homes == {"web1": "node1", "db1": "node1", "app1": "node2"}, "home is where it lived before the first move"
    assert found.ran == {"web1", "shop1"}


def test_a_run_that_has_ended_leaves_nobody_to_boot(known: Repository) -> None:
    known.note_evacuation("node1", "anna", {"web1": "node1"}, {"web1", "db1"})
    assert known.settle_evacuation("node1", {"db1"}, check=True)
    assert known.evacuations()["node1"].ran == {"web1", "db1"}
    assert known.settle_evacuation("node1", {"db1"})
    assert not known.settle_evacuation("node1", {"db1"})
    assert not known.settle_evacuation("node2", {"db1"}), "there is none"
    found = known.evacuations()["node1"]
    assert (found.ran, found.homes) == ({"db1"}, {"web1": "node1"})


def test_each_node_for_itself_until_its_end(known: Repository) -> None:
    known.note_evacuation("node2", "anna", {"db1": "node2"}, ())
    known.note_evacuation("node1", "anna", {"web1": "node1"}, ())
    assert list(known.evacuations()) == ["node1", "node2"]
    assert known.end_evacuation("node1", check=True)
    assert known.end_evacuation("node1")
    assert not known.end_evacuation("node1")
    assert list(known.evacuations()) == ["node2"]
    known.forget_node("node2")
    assert known.evacuations() == {}, "nothing returns to a node that is forgotten"


def test_check_mode_and_unknown_nodes(known: Repository) -> None:
    assert known.note_evacuation("node1", "anna", {"web1": "node1"}, (), check=True)
    assert known.evacuations() == {}
    with pytest.raises(Refused, match="node node9 is not in the repository"):
        known.note_evacuation("node9", "anna", {}, ())
    assert not known.end_evacuation("node9")
