# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evacuations that cannot be done, or not wholly: who stays runs on, it is said why and what would help, and nothing is left behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .evacuation_world import HOMES, NAMES, POOL, SPARE, EvacuationWorld, guid, moves
from .world import until

pytestmark = pytest.mark.campaign("file")


def maintenance(estate: EvacuationWorld, node: str) -> bool:
    with estate.repository() as repository:
        return bool(repository.node(node).maintenance)


def shut(estate: EvacuationWorld, *nodes: str) -> None:
    with estate.repository() as repository:
        for node in nodes:
            repository.flag_node(node, maintenance=True, reason="firmware, ticket 17")


def untouched(estate: EvacuationWorld) -> None:
    assert estate.at_home() and estate.remembered() == HOMES
    with estate.repository() as repository:
        assert (repository.evacuations(), repository.moves()) == ({}, {})


def test_no_target_fits(estate: EvacuationWorld) -> None:
    shut(estate, "m1", "m2", "m3")
    for words in (["--check"], []):
        run = estate.evacuate("m4", *words)
        assert run.rc == 2, run.output
        row = run.of("evacuation")
        assert not row.changed and row.plan == []
        assert set(row.result["failures"]) == {"base1", "lone1"}
        for node in ("m1", "m2", "m3"):
            assert f"{node} is blocked: maintenance: firmware, ticket 17" in row.result["failures"]["lone1"]
        assert "Nothing was done" in row.message
        assert row.result["evacuation"]["answers"]["lone1"]["remedy"]
    untouched(estate)
    assert not maintenance(estate, "m4"), "refused before anything was done"


def test_what_matters_most_finds_room(estate: EvacuationWorld) -> None:
    """Only m2 is left, and has room for one of them; the other one sees its LUN nowhere else either."""
    shut(estate, "m1", "m3")
    estate.change("own1", resources={"memory": "54G"})
    estate.change("lone1", category="critical")
    run = estate.evacuate("m4")
    row = run.of("evacuation")
    assert (run.rc, moves(row)) == (2, {"lone1": "m2"}), run.output
    assert "base1" in row.result["failures"] and "2 GiB of memory are needed" in row.result["failures"]["base1"], row.message
    assert "with" in row.result["evacuation"]["answers"]["base1"]["remedy"]
    running = estate.running()
    assert (running["lone1"], running["base1"], running["shop1"]) == (["m2"], ["m4"], ["m3"])
    assert maintenance(estate, "m4")
    again = estate.evacuate("m4")
    assert (again.rc, again.changed, again.of("evacuation").plan) == (2, [], []), again.output


def test_a_lun_of_its_node_only_and_a_frozen_one(estate: EvacuationWorld) -> None:
    estate.lab.patch(f"luns/{guid('lone1')}/visible_to", ["m4"])
    assert estate.play("heliostat.vdc.node_register").rc == 0
    estate.also(heliostat_frozen={"base1": "licence bound to this machine"})
    run = estate.evacuate("m4")
    row = run.of("evacuation")
    assert run.rc == 2, run.output
    assert f"m1 does not see LUN {guid('lone1')}" in row.result["failures"]["lone1"]
    assert "licence bound to this machine" in row.result["failures"]["base1"]
    untouched(estate)


def test_affinities(estate: EvacuationWorld) -> None:
    contrary = {"pair": {"apart": ["lone1", "base1"]}, "couple": {"together": ["base1", "own1"]}, "trio": {"together": ["own1", "lone1"]}}
    estate.also(heliostat_affinities=contrary)
    refused = estate.evacuate("m4")
    message = refused.of("evacuation").message
    assert refused.rc == 2 and "base1 and lone1 are to be apart (affinity pair, by node) and together" in message
    untouched(estate)
    assert not maintenance(estate, "m4")
    fitting = {"pair": {"apart": ["lone1", "own1"]}, "couple": {"together": ["base1", "lone1"]}, "away": {"apart": ["base1", "shop1"]}}
    estate.also(heliostat_affinities=fitting)
    run = estate.evacuate("m4", at_once=1)
    assert run.rc == 0, run.output
    assert moves(run.of("evacuation")) == {"base1": "m1", "lone1": "m1"}
    assert "affinity pair keeps them apart" in run.of("evacuation").result["evacuation"]["answers"]["lone1"]["rejected"]["m2"]
    assert estate.bring_back("m4", at_once=1).rc == 0
    assert estate.at_home()


def test_nodes_of_which_nothing_may_move(estate: EvacuationWorld) -> None:
    with estate.repository() as repository:
        repository.flag_node("m2", quarantine=True, reason="memory errors")
    estate.lab.power("m3", "off", wait=True)
    tasks = [("evacuation", {"node": node}) for node in ("m9", "m2", "m3")] + [("evacuation", {"node": "m3", "state": "returned"})]
    unknown, given_up, down, away = estate.many("localhost", tasks)
    assert "node m9 is not in the repository" in unknown.message
    assert "node m2 is in quarantine: memory errors" in given_up.message
    assert "node m3 does not answer, so nothing of it can be moved" in down.message and "vserver_recover" in down.message
    assert "node m3 does not answer, so nothing returns to it" in away.message
    assert not maintenance(estate, "m3"), "unknown is not dead, and nothing was done"
    assert estate.remembered() == HOMES


def test_a_plan_older_than_the_state(estate: EvacuationWorld, tmp_path: Path) -> None:
    agreed = tmp_path / "m4.json"
    assert estate.agree("m4", plan=str(agreed)).rc == 0
    text = agreed.read_text()
    agreed.write_text(text.replace('"lone1": "m', '"lone1": "m '))
    forged = estate.evacuate("m4", plan=str(agreed))
    assert "was changed after it was made" in forged.of("evacuation").message
    agreed.write_text(text)
    wrong = estate.evacuate("m2", plan=str(agreed))
    assert "is a plan for node m4, not for m2" in wrong.of("evacuation").message
    shut(estate, "m2")
    late = estate.evacuate("m4", plan=str(agreed))
    assert late.rc == 2
    assert "node m2: flags was nothing, is maintenance: firmware, ticket 17" in late.of("evacuation").message
    untouched(estate)
    assert not maintenance(estate, "m4")


def test_two_evacuations_at_once(estate: EvacuationWorld) -> None:
    estate.lab.fault("m4", "slow", match="^zoneadm -z lone1 shutdown", seconds=300, times=1)
    first = estate.start("heliostat.vdc.node_evacuate", "-e", json.dumps({"heliostat_node_name": "m4"}))
    until(lambda: not estate.lab.faults(), "the shutdown never ran")
    second = estate.evacuate("m2")
    assert second.rc == 2
    assert f"compute pool {POOL} is locked" in second.of("evacuation").message
    assert "reason: evacuation of node m4." in second.of("evacuation").message
    assert not maintenance(estate, "m2")
    assert first.wait().rc == 0
    assert estate.at("m4") == []


def test_zones_of_nobody(estate: EvacuationWorld) -> None:
    """Pulling the plug of a node that was called empty would hit them."""
    with estate.repository() as repository:
        repository.forget_vserver("own1")
    run = estate.evacuate("m2")
    assert run.rc == 2
    assert "zone own1 runs on node m2 and is not in the repository" in run.of("evacuation").message
    assert not maintenance(estate, "m2")
    assert set(NAMES) - {"own1"} == set(estate.remembered())


def test_what_is_only_planned_for_the_node(estate: EvacuationWorld) -> None:
    new = {**estate.declared("lone1"), "datasets": [{"name": SPARE, "luns": [SPARE]}], "filesystems": [{"type": "root", "dataset": SPARE}]}
    new["networks"] = [{"network": "management", "address": "10.46.0.99"}]
    estate.declare(SPARE, new)
    shut(estate, "m1", "m2", "m3")
    placed = estate.task("localhost", "placement", names=[SPARE])
    assert placed.result["placements"] == {SPARE: "m4"}, placed.message
    with estate.repository() as repository:
        for node in ("m1", "m2", "m3"):
            repository.flag_node(node, maintenance=False)
    halted = estate.task("m4", "vserver", name="lone1", state="halted")
    assert halted.status == "ok"
    run = estate.evacuate("m4")
    assert run.rc == 0, run.output
    gone = moves(run.of("evacuation"))
    assert set(gone) == {SPARE, "base1", "lone1"} and {**HOMES, **gone} == estate.remembered()
    assert estate.running()["lone1"] == [], "who was halted stays so"
    assert not [row for row in estate.since(estate.began) if SPARE in row["argv"]], "there was nothing of it yet"
    back = estate.bring_back("m4")
    assert back.rc == 0, back.output
    assert estate.remembered() == {**HOMES, SPARE: "m4"}


def test_maintenance_without_moves(estate: EvacuationWorld) -> None:
    """Nothing comes to the node, what lives there runs on; the evacuation may follow, and then only its return ends it."""
    named = {"heliostat_node_name": "m4", "heliostat_state": "present"}
    silent = estate.play("heliostat.vdc.node_maintenance", variables=named)
    assert silent.rc == 2 and "heliostat_reason" in silent.output, "without a reason"
    named["heliostat_reason"] = "firmware, ticket 17"
    assert estate.play("heliostat.vdc.node_maintenance", "--check", variables=named).of("maintenance").changed
    assert not maintenance(estate, "m4")
    for changed in (True, False):
        run = estate.play("heliostat.vdc.node_maintenance", variables=named)
        assert run.rc == 0 and run.of("maintenance").changed is changed, run.output
    untouched(estate)
    given = {"heliostat_vserver_names": ["own1"], "heliostat_target": "m4"}
    refused = estate.play("heliostat.vdc.vserver_migrate", variables=given)
    assert "is blocked: maintenance: firmware, ticket 17" in refused.of("migration").message
    emptied = estate.play("heliostat.vdc.node_maintenance", variables={**named, "heliostat_evacuate": True})
    assert emptied.rc == 0, emptied.output
    assert estate.at("m4") == []
    kept = estate.task("m4", "maintenance", state="absent")
    assert "base1, lone1 are to return" in kept.message
    assert estate.bring_back("m4").rc == 0
    untouched(estate)
    assert not maintenance(estate, "m4")


def test_what_is_detached_there(estate: EvacuationWorld) -> None:
    """Its zone is only configured on the node, its storage is nobody's: it may come up anywhere, and stays detached until it does."""
    detached = estate.task("m4", "vserver", name="lone1", state="detached")
    assert detached.status == "ok", detached.message
    run = estate.evacuate("m4")
    assert run.rc == 0, run.output
    assert estate.remembered()["lone1"] == moves(run.of("evacuation"))["lone1"] != "m4"
    assert not [step for step in run.of("evacuation").plan if step["object"] == "lone1"]
    again = estate.evacuate("m4")
    assert (again.rc, again.changed) == (0, []), again.output
    up = estate.task("localhost", "vserver", name="lone1", state="running")
    assert up.status == "ok" and estate.running()["lone1"] == [estate.remembered()["lone1"]], up.message
    assert estate.bring_back("m4").rc == 0
    assert estate.at_home() and estate.remembered() == HOMES
