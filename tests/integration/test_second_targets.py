# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What its target does not take tries another node in the same run; by a plan that was agreed on it does so only where that is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .evacuation_world import HOMES, EvacuationWorld, moves
from .test_evacuation_faults import kill, nothing_left, once, only_m1, start

pytestmark = pytest.mark.campaign("file")


def refuses(estate: EvacuationWorld, node: str, name: str, times: int = 1) -> None:
    estate.lab.fault(node, "fail", match=f"^zoneadm -z {name} attach", rc=1, text="no luck today", times=times)


def attached(estate: EvacuationWorld, name: str) -> list[str]:
    """The nodes on which that was tried, in order."""
    return [row["machine"] for row in estate.since(estate.began) if row["argv"][:4] == ["zoneadm", "-z", name, "attach"]]


def planned(estate: EvacuationWorld, **variables: Any) -> dict[str, str]:
    made = estate.agree("m4", **variables)
    assert made.rc == 0, made.output
    return moves(made.of("evacuation_plan"))


def test_one_that_is_refused_goes_elsewhere_in_the_same_run(estate: EvacuationWorld) -> None:
    """base1 with its slave on another node, which runs again whatever becomes of it."""
    target = planned(estate)["base1"]
    refuses(estate, target, "base1")
    run = estate.evacuate("m4")
    assert run.rc == 0, run.output
    row = run.of("evacuation")
    assert moves(row)["base1"] == target, "what was planned is shown"
    running = once(estate)
    assert running["base1"] not in (target, "m4") and running["shop1"] == "m3" and estate.at("m4") == []
    assert attached(estate, "base1") == [target, "m4", running["base1"]]
    assert estate.remembered() == running
    one = row.result["deviations"].pop("base1")
    assert row.result["deviations"] == {}
    assert (one["planned"], one["now"], one["next"]) == (target, running["base1"], None)
    assert "no luck today" in one["tried"][target]
    assert any(f"vServer base1 went to node {running['base1']}: node {target} did not take it" in text for text in row.result["warnings"])
    assert f"base1: planned for {target}, is on {running['base1']}" in run.output
    nothing_left(estate)
    assert estate.bring_back("m4").rc == 0
    assert once(estate) == HOMES == estate.remembered()


def test_what_is_refused_at_a_look_goes_elsewhere_and_check_mode_shows_it(estate: EvacuationWorld) -> None:
    """A node was patched and not registered since: only a look tells that it is no target. Nothing is stopped for it."""
    target = planned(estate)["lone1"]
    kernel = estate.lab.truth(target)["kernel"]
    estate.lab.patch(f"machines/{target}/kernel", kernel.replace("11.4.66", "11.4.69"))
    shown, run = estate.evacuate("m4", "--check"), estate.evacuate("m4")
    assert (shown.rc, run.rc) == (0, 0), run.output
    foreseen, row = shown.of("evacuation"), run.of("evacuation")
    assert foreseen.plan == row.plan and foreseen.result["deviations"] == row.result["deviations"]
    one = row.result["deviations"]["lone1"]
    assert one["planned"] == target and "needs upgrade: minimal" in one["tried"][target]
    assert once(estate)["lone1"] == one["now"] not in (target, "m4") and attached(estate, "lone1") == [one["now"]]
    assert any(f"vServer lone1 would go to node {one['now']}" in text for text in foreseen.result["warnings"])
    assert estate.at("m4") == []
    nothing_left(estate)


def test_one_that_no_node_takes_ends_at_home(estate: EvacuationWorld) -> None:
    for node in ("m1", "m2", "m3"):
        refuses(estate, node, "lone1")
    run = estate.evacuate("m4", other_targets=1)
    row = run.of("evacuation")
    assert run.rc == 2, run.output
    assert once(estate)["lone1"] == "m4" and once(estate)["base1"] != "m4"
    one = row.result["deviations"]["lone1"]
    assert len(one["tried"]) == 2 and one["now"] == "m4" and one["next"] not in one["tried"], "two of three, as it was said"
    assert f"With more other_targets it would go to node {one['next']} next" in row.result["failures"]["lone1"]
    estate.lab.clear_faults()
    again = estate.evacuate("m4")
    assert again.rc == 0 and again.of("evacuation").result["deviations"] == {}, again.output
    assert estate.at("m4") == []


def test_a_plan_that_was_agreed_on_is_not_deviated_from(estate: EvacuationWorld, tmp_path: Path) -> None:
    agreed = {"plan": str(tmp_path / "m4.json")}
    target = planned(estate, **agreed)["lone1"]
    refuses(estate, target, "lone1", times=2)
    run = estate.evacuate("m4", **agreed)
    row = run.of("evacuation")
    assert run.rc == 2, run.output
    assert set(row.result["failures"]) == {"lone1"} and "It went back where it was" in row.message
    one = row.result["deviations"]["lone1"]
    assert (one["planned"], one["now"], list(one["tried"])) == (target, "m4", [target])
    assert one["next"] not in (None, target, "m4")
    assert f"it would go to node {one['next']} next" in row.message
    assert once(estate)["lone1"] == "m4" and attached(estate, "lone1") == [target, "m4"]
    again = estate.evacuate("m4", **agreed, other_targets=1)
    assert again.rc == 0, again.output
    assert once(estate)["lone1"] == one["next"] and attached(estate, "lone1") == [target, "m4", target, "m4", one["next"]]
    nothing_left(estate)


def test_an_agreed_plan_whose_target_dies(estate: EvacuationWorld, tmp_path: Path) -> None:
    """What needs that node stays where it is and runs; the rest is done as it was agreed on; nothing goes anywhere else."""
    agreed = {"plan": str(tmp_path / "m4.json")}
    estate.also(heliostat_affinities={"pair": {"apart": ["lone1", "base1"]}})
    made = estate.agree("m4", at_once=1, **agreed)
    (first, there), (then, dead) = [*moves(made.of("evacuation_plan")).items()]
    run = start(estate, "node_evacuate", "m4", ("m4", f"^zoneadm -z {first} detach"), at_once=1, **agreed)
    estate.lab.power(dead, "off", wait=True)
    ended = run.wait()
    row = ended.of("evacuation")
    assert ended.rc == 2, ended.output
    assert f"node {dead} does not answer any more: what was to go there stays" in row.result["warnings"]
    running = estate.running()
    assert (running[first], running[then]) == ([there], ["m4"])
    one = row.result["deviations"][then]
    assert (one["planned"], one["now"]) == (dead, "m4") and one["next"] not in (None, dead, "m4")
    assert f"node {dead} does not answer" in row.result["failures"][then]
    assert f"it would go to node {one['next']} next" in row.result["failures"][then]
    assert {row["machine"] for row in estate.since(estate.began, "zoneadm", then) if row["argv"][3:] == ["attach"]} == set()
    estate.lab.power(dead, "on", wait=True)
    again = estate.evacuate("m4", at_once=1, **agreed)
    assert again.rc == 0, again.output
    assert estate.running()[then] == [dead] and estate.at("m4") == []
    nothing_left(estate)


def test_a_target_that_died_before_anything_reached_it(estate: EvacuationWorld) -> None:
    """The run was killed while the storage was still imported at home: so it is nowhere else, and goes to another node."""
    only_m1(estate)
    kill(estate, "node_evacuate", "m4", ("m4", "^zoneadm -z base1 detach"))
    estate.also()
    estate.lab.power("m1", "off", wait=True)
    run = estate.evacuate("m4")
    assert run.rc == 0, run.output
    running = estate.running()
    assert "node m1 does not answer: nothing goes there" in run.of("evacuation").result["warnings"]
    assert running["base1"] in (["m2"], ["m3"]) and running["shop1"] == ["m3"] and estate.at("m4") == []
    nothing_left(estate)
