# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a blackout nothing waits for what comes later, and nothing is forgotten."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.dependencies import Dependencies
from ansible_collections.heliostat.vdc.plugins.plugin_utils.placement.cold_start import ColdStart, Machine, Sleeper, cold_start

NONE = Dependencies({})


def names(made: ColdStart, kind: str) -> list[list[str]]:
    return [sorted(stage.members) for stage in made.stages if stage.kind == kind]


def test_processors_then_machines_then_guests_then_vservers() -> None:
    machines = [
        Machine("gd1", guest=True, carrier="cd1"),
        Machine("gd9", guest=True),
        Machine("cd1", "cd1-sp"),
        Machine("n2", "n2-sp"),
        Machine("n3"),
    ]
    made = cold_start(machines, [Sleeper("db1", "gd1", "critical")], NONE, {}, 4)
    assert [stage.kind for stage in made.stages] == ["service_processors", "nodes", "nodes", "vservers"]
    assert names(made, "service_processors") == [["cd1-sp", "n2-sp"]]
    assert names(made, "nodes") == [["cd1", "n2", "n3"], ["gd1", "gd9"]]
    assert made.stages[1].members["cd1"] == "its guest domain gd1 carries db1 (critical)"
    assert made.stages[2].members["gd1"] == "its control domain cd1 is up; carries db1 (critical)"
    assert "not known: all are up" in made.stages[2].members["gd9"]
    assert made.doubts == ("node n3 has no service processor declared: somebody switches it on by hand",)


def test_machines_of_a_rack_one_after_the_other_what_matters_most_first() -> None:
    machines = [Machine(f"n{number}", "sp", domains={"rack": "r1" if number < 4 else "r2"}) for number in range(1, 6)]
    vservers = [Sleeper("best", "n1", "best_effort"), Sleeper("crit", "n3", "critical"), Sleeper("low", "n2", "normal", 10)]
    made = cold_start(machines, vservers, NONE, {"rack": 1}, 4)
    assert names(made, "nodes") == [["n3", "n4"], ["n2", "n5"], ["n1"]]
    made = cold_start([*machines, Machine("x1"), Machine("x2")], vservers, NONE, {"rack": 1}, 4)
    assert names(made, "nodes")[0] == ["n3", "n4", "x1"], "who does not say which rack it is in may be in the same as another"


def test_a_master_counts_as_much_as_what_needs_it() -> None:
    vservers = [Sleeper("app", "n1", "critical"), Sleeper("base", "n2", "best_effort"), Sleeper("other", "n2", "important")]
    made = cold_start([Machine("n1", "a"), Machine("n2", "b")], vservers, Dependencies({"app": ("base",)}), {}, 1)
    assert names(made, "vservers") == [["base"], ["app", "other"]]
    members = [stage.members for stage in made.stages if stage.kind == "vservers"]
    assert members[0]["base"] == "on node n2; best_effort, priority 50; what matters more depends on it"
    assert members[1]["app"] == "on node n1; critical, priority 50; base run by now"


def test_what_is_left_out_and_what_that_keeps_down() -> None:
    machines = [
        Machine("n1", "a"),
        Machine("n2", "b", blocked="quarantine: burnt"),
        Machine("cd1", "c", blocked="maintenance: x"),
        Machine("gd1", guest=True, carrier="cd1"),
    ]
    vservers = [
        Sleeper("db", "n2"),
        Sleeper("app", "n1"),
        Sleeper("web", "n1"),
        Sleeper("old", "n1", resting="it was shut down"),
        Sleeper("needs_old", "n1"),
        Sleeper("guest", "gd1"),
        Sleeper("lost", None),
        Sleeper("fine", "n1", autoboot=True),
    ]
    depends = Dependencies({"app": ("db",), "web": ("app",), "needs_old": ("old",)})
    made = cold_start(machines, vservers, depends, {}, 4)
    assert made.left_out == {"n2": "node in quarantine: burnt", "cd1": "node in maintenance: x", "old": "it was shut down"}
    burnt = "its node n2 does not start: node in quarantine: burnt"
    assert made.stuck == {
        "gd1": "its control domain's node cd1 is left out: node in maintenance: x",
        "db": burnt,
        "app": f"its master db does not start: {burnt}",
        "web": f"its master app does not start: its master db does not start: {burnt}",
        "needs_old": "its master old does not start: it was shut down",
        "guest": "its node gd1 does not start: its control domain's node cd1 is left out: node in maintenance: x",
        "lost": "it lives on no node that is known",
    }
    assert names(made, "nodes") == [["n1"]] and names(made, "vservers") == [["fine"]]
    assert made.doubts == ("vServer fine has autoboot: node n1 boots it by itself",)


@given(st.integers(0, 10_000))
def test_nothing_is_forgotten_and_nothing_waits_for_what_comes_later(seed: int) -> None:
    chance = random.Random(seed)
    machines = [Machine(f"n{number}", "sp", domains={"rack": chance.choice(("a", "b"))}) for number in range(4)]
    for number in range(3):
        carrier = chance.choice([*machines[:4], None])
        machines.append(Machine(f"g{number}", guest=True, carrier=carrier.name if carrier else None))
    blocked = {one.name for one in machines if chance.random() < 0.2}
    machines = [Machine(one.name, one.processor, one.guest, one.carrier, one.domains, "q" * (one.name in blocked)) for one in machines]
    vservers = [
        Sleeper(
            f"v{number}",
            chance.choice(machines).name,
            chance.choice(("critical", "normal")),
            resting="off" * (chance.random() < 0.1),
        )
        for number in range(12)
    ]
    depends = Dependencies(
        {f"v{number}": chance.sample([f"v{one}" for one in range(number)], min(number, 1)) for number in range(0, 12, 2)}
    )
    limit, at_once = chance.randint(1, 3), chance.randint(1, 3)
    made = cold_start(machines, vservers, depends, {"rack": limit}, at_once)
    place: dict[str, int] = {}
    for number, stage in enumerate(made.stages):
        for name in stage.members:
            if stage.kind != "service_processors":
                assert name not in place
                place[name] = number
    everybody = {one.name for one in machines} | {one.name for one in vservers}
    assert {*place, *made.left_out, *made.stuck} == everybody
    assert len(place) + len(made.left_out) + len(made.stuck) == len(everybody)
    homes = {one.name: one.node for one in vservers}
    for name, stage_number in place.items():
        if name in homes:
            assert place[homes[name] or ""] < stage_number
            assert all(place[master] < stage_number for master in depends.masters(name))
    for machine in machines:
        if machine.name in place and machine.carrier:
            assert place[machine.carrier] < place[machine.name]
    racks = {one.name: (one.domains or {}).get("rack") for one in machines if not one.guest}
    for stage in made.stages:
        if stage.kind == "nodes":
            assert max(Counter(racks[name] for name in stage.members if name in racks).values(), default=0) <= limit
        if stage.kind == "vservers":
            assert max(Counter(homes[name] for name in stage.members).values()) <= at_once
    chance.shuffle(machines)
    chance.shuffle(vservers)
    assert cold_start(machines, vservers, depends, {"rack": limit}, at_once) == made
