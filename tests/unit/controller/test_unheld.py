# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who else may have a lost node's pools: every registered node that sees the LUNs tells that it has not, or is dead too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import unheld
from ansible_collections.heliostat.vdc.plugins.plugin_utils.lifecycle.migration import Move
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import At, Command, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import Refused
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.storage import Disk

from ..lifecycle.estate import LUNS, vserver

MINE = {guid for dataset in vserver().datasets for guid in dataset.luns}
NONE = Output(0, "")


def node(name: str, luns: set[str], pool: str = vserver().compute_pool, reason: str = "") -> Any:
    facts = SimpleNamespace(disks=[Disk(f"c0t{guid}d0", guid) for guid in luns])
    return SimpleNamespace(name=name, facts=facts, compute_pool=pool, quarantine=bool(reason), flag_reason=reason)


def looked(monkeypatch: pytest.MonkeyPatch, records: list[Any], answers: dict[str, Output], dead: tuple[str, ...] = ()) -> unheld.Others:
    """t8a is lost, web1 is to go to t8b. ``dead`` nodes prove it themselves."""

    def ask(probes: dict[At, Command]) -> dict[At, Output]:
        return {at: answers[at.node] for at in probes if at.node in answers}

    def proof(_action: Any, name: str, said: str, _repository: Any) -> str:
        assert said == ""
        if name not in dead:
            raise Refused(f"node {name} does not answer, and whether its power is off is not known.")
        return "its power is off"

    monkeypatch.setattr(unheld.death, "proof", proof)
    monkeypatch.setattr(unheld, "Nodes", lambda _connect: SimpleNamespace(ask=ask))
    action: Any = SimpleNamespace(vars={"hostvars": {record.name: {} for record in records if record.name != "t5x"}})
    repository: Any = SimpleNamespace(nodes=lambda: records)
    return unheld.look(action, repository, [Move(vserver(), "t8a", "t8b", True, lost=True)], {"t8a": "its power is off"})


def test_all_that_see_the_luns_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [node("t8a", MINE), node("t8b", MINE), node("t5a", MINE, "other"), node("t5b", set(), "other")]
    found = looked(monkeypatch, records, {"t8b": NONE, "t5a": NONE})
    assert (found.held, found.unknown, found.warnings) == ({}, {}, [])
    assert found.without == {key: ["t8b", "t5a"] for key in MINE}


def test_a_silent_one_is_in_the_way_until_it_is_proven_dead_too(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [node("t8a", MINE), node("t8b", MINE), node("t5a", MINE)]
    found = looked(monkeypatch, records, {"t8b": NONE})
    assert found.unknown.keys() == MINE
    assert "node t5a does not answer (node t5a does not answer, and whether its power is off" in next(iter(found.unknown.values()))
    gone = looked(monkeypatch, records, {"t8b": NONE}, ("t5a",))
    assert (gone.unknown, gone.without) == ({}, {key: ["t8b", "t5a (dead)"] for key in MINE})


@pytest.mark.parametrize(
    ("reason", "known"),
    [("acknowledged by op: seen dark", True), ("memory errors; later: acknowledged by op: seen dark", True), ("memory errors", False)],
)
def test_a_persons_word_holds_as_long_as_the_quarantine(monkeypatch: pytest.MonkeyPatch, reason: str, known: bool) -> None:
    records = [node("t8a", MINE), node("t8b", MINE), node("t5a", MINE, reason=reason)]
    assert (not looked(monkeypatch, records, {"t8b": NONE}).unknown) is known


def test_a_silent_one_that_does_not_see_them_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [node("t8a", MINE), node("t8b", MINE), node("t5a", set())]
    found = looked(monkeypatch, records, {"t8b": NONE})
    assert (found.unknown, found.warnings) == ({}, ["node t5a does not answer: whether it uses a pool of node t8a is not known"])


def test_a_discovery_older_than_the_luns_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [node("t8a", {LUNS["lun9"]} if "lun9" in LUNS else set()), node("t8b", set()), node("t5a", set())]
    assert looked(monkeypatch, records, {"t8b": NONE}).unknown.keys() == MINE


def test_one_that_the_inventory_has_lost_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [node("t8a", MINE), node("t8b", MINE), node("t5x", MINE)]
    assert looked(monkeypatch, records, {"t8b": NONE}).unknown.keys() == MINE


def test_an_answer_that_failed_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [node("t8a", MINE), node("t8b", MINE), node("t5a", MINE)]
    found = looked(monkeypatch, records, {"t8b": NONE, "t5a": Output(1, "", "cannot open /dev/zfs\n")}, ("t5a",))
    assert "node t5a answers, and 'zpool list' failed there with exit code 1" in next(iter(found.unknown.values()))
