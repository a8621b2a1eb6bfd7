# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool whose owner allows it is rebalanced by what was measured, once; a killed run is continued; without measurements nothing moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.sample import Reading, Sample

from .evacuation_world import HOMES, NODES, EvacuationWorld
from .test_evacuation_faults import kill, nothing_left, once

HOURS = 4
GIB = 1 << 30


def measure(estate: EvacuationWorld, cpus: Mapping[str, float], but: str = "") -> None:
    """What every vServer used in the last hours, but for one of them."""
    end = datetime.now(UTC)
    with estate.repository() as repository:
        size = {node.name: node.facts.cpus for node in repository.nodes()}
        for node in NODES:
            zones = {name: Reading(cpus.get(name, 0.1), GIB) for name, home in HOMES.items() if home == node and name != but}
            for minute in range(0, HOURS * 60 + 1, 10):
                at = end - timedelta(minutes=HOURS * 60 - minute)
                uptime, busy = 100_000.0 + minute * 60, 1000.0 + minute * 60
                repository.usage.take(Sample(node, at, 1_770_000_000, uptime, size[node], busy, 8 * GIB, zones), 1800.0)
        repository.usage.roll_up()


def test_once_and_not_again(estate: EvacuationWorld) -> None:
    with estate.repository() as repository:
        cpus = next(node.facts.cpus for node in repository.nodes() if node.name == "m1")
    pool = {"heliostat_compute_pool": "estate"}
    refused = estate.play("heliostat.vdc.pool_rebalance", variables=pool)
    assert refused.rc == 2 and "is not rebalanced: name it in heliostat_rebalance" in refused.of("rebalance").message
    estate.also(heliostat_rebalance={"estate": {"threshold": 80, "hold": 3, "margin": 10}})
    unmeasured = estate.play("heliostat.vdc.pool_rebalance", variables=pool)
    assert unmeasured.rc == 0 and unmeasured.changed == []
    assert "nothing moves: not measured in each of the last 3 intervals: base1, lone1, own1, shop1, v01 and 19 more" in unmeasured.output

    measure(estate, {"v05": cpus * 0.5, "v06": cpus * 0.4})
    shown = estate.play("heliostat.vdc.pool_rebalance", "--check", variables=pool)
    done = estate.play("heliostat.vdc.pool_rebalance", variables=pool)
    assert done.rc == 0, done.output
    assert shown.of("rebalance").plan == done.of("rebalance").plan != []
    assert shown.of("rebalance").result["rebalancing"] == done.of("rebalance").result["rebalancing"]
    (move,) = done.of("rebalance").result["rebalancing"]["moves"]
    assert (move["vserver"], move["source"]) == ("v05", "m1") and move["target"] in ("m2", "m3", "m4")
    assert move["before"] > 0.9 and move["after"] < 0.5
    assert estate.running() == {name: [node] for name, node in {**HOMES, "v05": move["target"]}.items()}

    again = estate.play("heliostat.vdc.pool_rebalance", variables=pool)
    assert again.rc == 0 and again.changed == [], again.output
    assert again.of("rebalance").result["rebalancing"]["moves"] == []


def test_a_move_that_was_broken_off_comes_first(estate: EvacuationWorld) -> None:
    """The ledger has what a killed run had begun: it is brought where it was going, before anything else is thought of."""
    estate.also(heliostat_rebalance={"estate": {}})
    with estate.repository() as repository:
        repository.begin_move("v05", "m1", "m2", running=True, proof="", by="anna")
    run = estate.play("heliostat.vdc.pool_rebalance", variables={"heliostat_compute_pool": "estate"})
    assert run.rc == 0, run.output
    assert estate.running()["v05"] == ["m2"]
    assert "nothing moves: not measured" in run.of("rebalance").result["rebalancing"]["why"]
    with estate.repository() as repository:
        assert repository.moves() == {}


#: Every step of v05's move to m3: where it runs, and what.
STEPS = [
    ("m1", "^zoneadm -z v05 shutdown"),
    ("m1", "^zoneadm -z v05 detach"),
    ("m1", "^zpool export v05"),
    ("m3", "^zpool import v05"),
    ("m3", "^zonecfg -z v05 -f"),
    ("m3", "^zoneadm -z v05 attach"),
    ("m3", "^zoneadm -z v05 boot"),
    ("m1", "^zonecfg -z v05 delete"),
]


@pytest.mark.campaign
@pytest.mark.parametrize("step", STEPS, ids=[f"{number}-{step.split()[0][1:]}" for number, (_node, step) in enumerate(STEPS)])
def test_a_rebalancing_killed_at_a_step(estate: EvacuationWorld, step: tuple[str, str]) -> None:
    """The next run ends the move, and has nothing else to do: nothing is moved for balance twice."""
    apart = {"not2": {"apart": ["v05", "own1"]}, "not4": {"apart": ["v05", "base1"]}}
    estate.also(heliostat_rebalance={"estate": {"threshold": 80, "hold": 3, "margin": 10}}, heliostat_affinities=apart)
    with estate.repository() as repository:
        cpus = next(node.facts.cpus for node in repository.nodes() if node.name == "m1")
    measure(estate, {"v05": cpus * 0.5, "v06": cpus * 0.4})
    kill(estate, "pool_rebalance", "m1", step, compute_pool="estate")
    pool = {"heliostat_compute_pool": "estate"}
    again = estate.play("heliostat.vdc.pool_rebalance", variables=pool)
    assert again.rc == 0, again.output
    assert once(estate) == {**HOMES, "v05": "m3"} == estate.remembered()
    assert {step["object"] for step in again.of("rebalance").plan} <= {"v05"}
    nothing_left(estate)
    third = estate.play("heliostat.vdc.pool_rebalance", variables=pool)
    assert (third.rc, third.changed, third.of("rebalance").plan) == (0, [], []), third.output
