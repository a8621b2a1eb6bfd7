# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node with twenty vServers is emptied in waves and filled again, by a plan that was agreed on before; a target dies in the middle."""

from __future__ import annotations

from pathlib import Path

from .evacuation_world import CROWD, HOMES, EvacuationWorld, moves


def test_twenty_leave_and_return(estate: EvacuationWorld, tmp_path: Path) -> None:
    agreed = tmp_path / "m1.json"
    made = estate.agree("m1", plan=str(agreed), at_once=7)
    assert made.rc == 0, made.output
    plan = made.of("evacuation_plan").result["evacuation"]
    assert set(moves(made.of("evacuation_plan"))) == set(CROWD)
    assert plan["stays"] == {}
    assert {"v01", "v02", "v03"} <= set(plan["waves"][0]["moves"]) and "v20" in plan["waves"][-1]["moves"], "what matters most first"
    again = estate.agree("m1", plan=str(agreed), at_once=7)
    assert again.changed == [], "the same plan from the same state is the same file"

    shown = estate.evacuate("m1", "--check", plan=str(agreed), at_once=7)
    assert shown.rc == 0, shown.output
    assert estate.at_home() and estate.remembered() == HOMES
    run = estate.evacuate("m1", plan=str(agreed), at_once=7, reason="new memory")
    assert run.rc == 0, run.output
    foreseen, done = shown.of("evacuation"), run.of("evacuation")
    assert foreseen.result["evacuation"] == done.result["evacuation"] == plan
    assert foreseen.plan == done.plan, "the plan shown is the plan run"
    assert estate.at("m1") == []
    assert all(len(nodes) == 1 for nodes in estate.running().values()), estate.running()
    with estate.repository() as repository:
        node = repository.node("m1")
        assert (node.maintenance, node.flag_reason) == (True, "new memory")
    again = estate.evacuate("m1", at_once=7)
    assert (again.rc, again.changed) == (0, []), again.output
    assert again.of("evacuation").plan == []

    shown = estate.bring_back("m1", "--check", at_once=7)
    assert shown.rc == 0, shown.output
    back = estate.bring_back("m1", at_once=7)
    assert back.rc == 0, back.output
    assert shown.of("evacuation").plan == back.of("evacuation").plan
    assert estate.at_home() and estate.remembered() == HOMES
    again = estate.bring_back("m1", at_once=7)
    assert (again.rc, again.changed) == (0, []), again.output
    with estate.repository() as repository:
        assert repository.evacuations() == {}
        assert not repository.node("m1").maintenance
