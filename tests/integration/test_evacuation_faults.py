# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens in the middle of an evacuation: a target dies, a vServer cannot arrive, a node comes back, somebody works beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .evacuation_world import CROWD, HOMES, EvacuationWorld, moves
from .world import Started, until

pytestmark = pytest.mark.campaign("file")

HELD = 300.0  # simulated seconds for which a step is held up, so that what strikes does so in its middle
#: Every step that an evacuation of m4 makes and its return makes the other way round: where, and what. shop1 on m3 needs base1.
STEPS = [
    ("m3", "^zoneadm -z shop1 shutdown"),
    ("m4", "^zoneadm -z base1 shutdown"),
    ("m4", "^zoneadm -z base1 detach"),
    ("m4", "^zpool export base1"),
    ("m1", "^zpool import base1"),
    ("m1", "^zonecfg -z base1 -f"),
    ("m1", "^zoneadm -z base1 attach"),
    ("m1", "^zoneadm -z base1 boot"),
    ("m4", "^zonecfg -z base1 delete"),
    ("m3", "^zoneadm -z shop1 boot"),
]
BACK = [(node if node == "m3" else {"m4": "m1", "m1": "m4"}[node], step) for node, step in STEPS]
NAMED = [f"{number}-{step.split()[0][1:]}-{step.split()[2]}" for number, (_node, step) in enumerate(STEPS)]


def start(estate: EvacuationWorld, playbook: str, node: str, held: tuple[str, str], **variables: object) -> Started:
    """A run that hangs at the step ``held`` (node, command)."""
    estate.lab.fault(held[0], "slow", match=held[1], seconds=HELD, times=1)
    given = {"heliostat_node_name": node, "heliostat_state": "absent", **{f"heliostat_{key}": value for key, value in variables.items()}}
    started = estate.start(f"heliostat.vdc.{playbook}", "-e", json.dumps(given))
    try:
        until(lambda: not estate.lab.faults(), f"{held[1]} never ran on {held[0]}")
    except AssertionError:
        started.kill()
        raise AssertionError(started.said) from None
    return started


def kill(estate: EvacuationWorld, playbook: str, node: str, held: tuple[str, str], **variables: object) -> None:
    """The controller is killed in the middle of a step, which ends by itself."""
    mark = estate.mark()
    start(estate, playbook, node, held, **variables).kill()
    ended = re.compile(held[1]).search
    until(lambda: any(ended(" ".join(row["argv"])) for row in estate.since(mark, node=held[0])), f"{held[1]} never ended")


def once(estate: EvacuationWorld) -> dict[str, str]:
    """vServer → the only node on which it runs."""
    running = estate.running()
    assert all(len(nodes) == 1 for nodes in running.values()), running
    return {name: nodes[0] for name, nodes in running.items()}


def nothing_left(estate: EvacuationWorld) -> None:
    with estate.repository() as repository:
        assert (repository.locks(), repository.moves(), repository.unfinished()) == ([], {}, [])


def only_m1(estate: EvacuationWorld) -> None:
    """What leaves m4 goes to m1, so that every step's node is known."""
    estate.also(heliostat_affinities={"not2": {"apart": ["base1", "own1"]}, "not3": {"apart": ["base1", "shop1"]}})


def test_a_target_dies_in_the_middle(estate: EvacuationWorld) -> None:
    plan = moves(estate.agree("m1", at_once=8).of("evacuation_plan"))
    waves = estate.agree("m1", at_once=8).of("evacuation_plan").result["evacuation"]["waves"]
    victim = min(name for name, node in waves[1]["moves"].items() if node == "m2")
    first = [name for name, node in waves[0]["moves"].items() if node == "m2"]
    run = start(estate, "node_evacuate", "m1", ("m2", f"^zoneadm -z {victim} attach"), at_once=8)
    estate.lab.power("m2", "off", wait=True)
    ended = run.wait(400)
    row = ended.of("evacuation")
    assert ended.rc == 2, ended.output
    assert any("node m2 does not answer any more" in text for text in row.result["warnings"])
    assert "on its way" in row.result["failures"][victim] or "does not answer" in row.result["failures"][victim], row.message
    half_way = set(row.result["failures"])
    running = estate.running()
    later = {name for wave in waves[2:] for name, node in wave["moves"].items() if node == "m2"}
    assert later and {running[name][0] for name in later} <= {"m3", "m4"}, "what was to go to m2 goes elsewhere"
    down = {*half_way, *first, "own1"}
    assert {name for name, nodes in running.items() if not nodes} <= down and all(len(nodes) < 2 for nodes in running.values())
    assert set(plan) == set(CROWD)

    estate.lab.power("m2", "on", wait=True)
    booted = estate.play("heliostat.vdc.vserver_boot", variables={"heliostat_vserver_names": ["own1"]})
    assert booted.rc == 0, booted.output  # it had nothing to do with it
    again = estate.evacuate("m1", at_once=8)
    assert again.rc == 0, again.output
    assert estate.at("m1") == []
    back = estate.bring_back("m1", at_once=8)
    assert back.rc == 0, back.output
    assert {name: node for name, node in once(estate).items() if name in CROWD} == dict.fromkeys(CROWD, "m1")
    assert estate.remembered() == HOMES
    nothing_left(estate)


def test_the_node_itself_dies_in_the_middle(estate: EvacuationWorld) -> None:
    run = start(estate, "node_evacuate", "m4", ("m4", "^zoneadm -z base1 detach"), at_once=1)
    estate.lab.power("m4", "off", wait=True)
    ended = run.wait()
    row = ended.of("evacuation")
    assert ended.rc == 2, ended.output
    assert set(row.result["failures"]) == {"base1", "lone1", "shop1"}, row.message
    assert "node m4 does not answer any more; whether it runs there is not known" in row.result["failures"]["lone1"]
    refused = estate.evacuate("m4")
    assert "node m4 does not answer, so nothing of it can be moved" in refused.of("evacuation").message
    estate.lab.power("m4", "on", wait=True)
    again = estate.evacuate("m4")
    assert again.rc == 0, again.output
    assert estate.at("m4") == [] and estate.bring_back("m4").rc == 0
    assert once(estate) == HOMES, "all that ran when it began"
    nothing_left(estate)


def test_one_that_cannot_arrive_goes_home_and_the_others_go_on(estate: EvacuationWorld) -> None:
    for node in ("m1", "m2", "m3"):
        estate.lab.fault(node, "fail", match="^zoneadm -z lone1 attach", rc=1, text="no luck today", times=1)
    run = estate.evacuate("m4", at_once=1)
    row = run.of("evacuation")
    assert run.rc == 2, run.output
    assert set(row.result["failures"]) == {"lone1"} and "no luck today" in row.message and "It went back" in row.message
    running = once(estate)
    assert running["lone1"] == "m4" and running["base1"] != "m4" and running["shop1"] == "m3"
    estate.lab.clear_faults()
    again = estate.evacuate("m4")
    assert again.rc == 0, again.output
    assert {step["object"] for step in again.of("evacuation").plan} == {"lone1"}
    assert estate.at("m4") == []


def test_slaves_elsewhere_wait_for_their_masters(estate: EvacuationWorld) -> None:
    """They are shut down, boot again, and check mode shows both; who is halted afterwards is not booted by the return."""
    only_m1(estate)
    shown, run = estate.evacuate("m4", "--check"), estate.evacuate("m4")
    assert run.rc == 0, run.output
    row = run.of("evacuation")
    assert shown.of("evacuation").plan == row.plan
    steps = [(step["object"], step["node"], step["what"].split()[0]) for step in row.plan if step["object"] in ("base1", "shop1")]
    assert steps[0][:2] == ("shop1", "m3") and steps[-1] == ("shop1", "m3", "boot"), steps
    assert ("base1", "m1", "boot") in steps
    assert once(estate)["shop1"] == "m3"
    halted = estate.play("heliostat.vdc.vserver_shutdown", variables={"heliostat_vserver_names": ["lone1"]})
    assert halted.rc == 0, halted.output
    back = estate.bring_back("m4")
    assert back.rc == 0, back.output
    assert estate.running() == {name: [] if name == "lone1" else [node] for name, node in HOMES.items()}
    assert estate.remembered() == HOMES
    nothing_left(estate)


def test_a_home_that_has_no_room_any_more(estate: EvacuationWorld) -> None:
    """It stays where it is and runs on; the others return, and so does it when there is room."""
    assert estate.evacuate("m4").rc == 0
    before = estate.running()
    estate.change("lone1", resources={"memory": "60G"})
    mark = estate.mark()
    run = estate.bring_back("m4")
    assert run.rc == 2, run.output
    assert set(run.of("evacuation").result["failures"]) == {"lone1"} and "60 GiB of memory are needed" in run.of("evacuation").message
    assert estate.running() == {**before, "base1": ["m4"]}
    assert not [row for row in estate.since(mark, "zoneadm", "lone1") if row["argv"][3:] == ["shutdown"]]
    estate.change("lone1", resources={"memory": "2G"})
    assert estate.bring_back("m4").rc == 0
    assert once(estate) == HOMES
    nothing_left(estate)


def test_a_node_that_comes_back_meanwhile(estate: EvacuationWorld) -> None:
    """It was silent when the plan was made: nothing goes there, nor is the plan made anew."""
    estate.lab.power("m2", "off", wait=True)
    run = start(estate, "node_evacuate", "m4", ("m4", "^zoneadm -z lone1 shutdown"))
    estate.lab.power("m2", "on", wait=True)
    ended = run.wait()
    assert ended.rc == 0, ended.output
    row = ended.of("evacuation")
    assert "node m2 does not answer: nothing goes there" in row.result["warnings"]
    assert "m2" not in moves(row).values()
    assert row.result["evacuation"]["answers"]["lone1"]["rejected"]["m2"] == "is blocked: it does not answer"
    again = estate.evacuate("m4")
    assert (again.rc, again.changed) == (0, []), again.output
    assert estate.at("m4") == [] and {*estate.running()["lone1"], *estate.running()["base1"]} <= {"m1", "m3"}


@pytest.mark.parametrize(("source", "evacuated"), [("m4", "m4"), ("m4", "m1")], ids=["from", "to"])
def test_an_unfinished_move_is_ended_first(estate: EvacuationWorld, source: str, evacuated: str) -> None:
    target = "m1"
    estate.lab.fault(target, "slow", match="^zoneadm -z lone1 attach", seconds=HELD, times=1)
    given = {"heliostat_vserver_names": ["lone1"], "heliostat_target": target}
    started = estate.start("heliostat.vdc.vserver_migrate", "-e", json.dumps(given))
    until(lambda: not estate.lab.faults(), "the attach never ran")
    started.kill()
    until(lambda: any(row["argv"][:4] == ["zoneadm", "-z", "lone1", "attach"] for row in estate.since(estate.began)), "it never ended")
    if evacuated == "m1":  # of the twenty, those that stay are of no matter here
        estate.also(heliostat_frozen=dict.fromkeys(CROWD, "not in this test"))
        run = estate.evacuate("m1")
        assert run.rc == 2 and set(run.of("evacuation").result["failures"]) == set(CROWD), run.output
        assert once(estate) == HOMES, "back where it came from"
    else:
        run = estate.evacuate("m4")
        assert run.rc == 0, run.output
        assert once(estate)["lone1"] == "m1" and estate.at("m4") == []
    nothing_left(estate)


@pytest.mark.campaign
@pytest.mark.parametrize("step", STEPS, ids=NAMED)
def test_an_evacuation_killed_at_a_step(estate: EvacuationWorld, step: tuple[str, str], tmp_path: Path) -> None:
    """On m1 by a plan that was agreed on, which the second run goes on with."""
    only_m1(estate)
    agreed = {"plan": str(tmp_path / "m4.json")} if step[0] == "m1" else {}
    if agreed:
        assert estate.agree("m4", **agreed).rc == 0
    kill(estate, "node_evacuate", "m4", step, **agreed)
    again = estate.evacuate("m4", **agreed)
    assert again.rc == 0, again.output
    running = once(estate)
    assert estate.at("m4") == [] and running["base1"] == "m1" and running["shop1"] == "m3"
    assert running == estate.remembered()
    nothing_left(estate)
    third = estate.evacuate("m4")
    assert (third.rc, third.changed) == (0, []), third.output


@pytest.mark.campaign
@pytest.mark.parametrize("step", BACK, ids=NAMED)
def test_a_return_killed_at_a_step(estate: EvacuationWorld, step: tuple[str, str]) -> None:
    only_m1(estate)
    assert estate.evacuate("m4").rc == 0
    kill(estate, "node_maintenance", "m4", step)
    again = estate.bring_back("m4")
    assert again.rc == 0, again.output
    assert once(estate) == HOMES == estate.remembered()
    nothing_left(estate)
    third = estate.bring_back("m4")
    assert (third.rc, third.changed) == (0, []), third.output
