# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order after a blackout, told while every machine is off; and by that order everything comes up again."""

from __future__ import annotations

from .evacuation_world import NODES, EvacuationWorld


def test_the_order_is_told_in_the_dark_and_works(estate: EvacuationWorld) -> None:
    for number, name in enumerate(NODES):
        estate.declare_node(name, failure_domains={"rack": f"r{number // 2}"})
    with estate.repository() as repository:
        repository.flag_node("m2", maintenance=True, reason="new memory")
    for name in NODES:
        estate.lab.power(name, "off")
    run = estate.play("heliostat.vdc.cold_start_plan", variables={"heliostat_power_limits": {"rack": 1}})
    assert run.rc == 0, run.output
    assert run.changed == [] and "left out: m2 (node in maintenance: new memory)" in run.output
    made = run.of("cold_start_plan").result["cold_start"]
    nodes = [sorted(stage["members"]) for stage in made["stages"] if stage["kind"] == "nodes"]
    assert nodes == [["m1", "m3"], ["m4"]], "m1 carries critical ones; m3 and m4 share a rack"
    boots = [sorted(stage["members"]) for stage in made["stages"] if stage["kind"] == "vservers"]
    assert "v02" in boots[0] and "base1" in boots[0] and "shop1" in boots[1]
    assert set(made["stuck"]) == {"own1"}

    booted: list[str] = []
    for stage in made["stages"]:
        if stage["kind"] == "nodes":
            for name in stage["members"]:
                estate.lab.power(name, "on", wait=True)
        if stage["kind"] == "vservers":
            booted += stage["members"]
    start = estate.play("heliostat.vdc.vserver_boot", variables={"heliostat_vserver_names": booted})
    assert start.rc == 0, start.output
    assert {name for name, on in estate.running().items() if on} == set(booted)
    wrong = estate.play("heliostat.vdc.cold_start_plan", variables={"heliostat_power_limits": {"room": 1}})
    assert wrong.rc == 2 and "no node declares failure_domains of level 'room'" in wrong.of("cold_start_plan").message
