# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report foretells what a node's death does: the node dies, and its vServers come up where the report said."""

from __future__ import annotations

from .evacuation_world import EvacuationWorld


def test_what_is_foretold_comes_true(estate: EvacuationWorld) -> None:
    for number, name in enumerate(("m1", "m2", "m3", "m4")):
        estate.declare_node(name, failure_domains={"rack": f"r{number // 2}"})
    run = estate.play("heliostat.vdc.capacity_report")
    assert run.rc == 0, run.output
    found = run.of("capacity_info").result
    losses = {loss["name"]: loss for loss in found["losses"]}
    assert set(losses) == {"m1", "m2", "m3", "m4", "r0", "r1"}
    assert all(loss["survived"] for loss in losses.values()), losses
    assert found["nodes"][0]["memory"]["committed"] == 40 << 30
    assert "if node m1 is lost: everybody has a home" in run.output
    assert found["recovery_times"]["base1"]["seconds"] is None, "it has never been attached anywhere"
    assert run.changed == []

    estate.lab.power("m4", "off", wait=True)
    recovered = estate.play("heliostat.vdc.vserver_recover", variables={"heliostat_lost_node": "m4"})
    assert recovered.rc == 0, recovered.output
    where = {name: nodes for name, nodes in estate.running().items() if name in losses["m4"]["homes"]}
    assert where == {name: [node] for name, node in losses["m4"]["homes"].items()} and set(where) == {"base1", "lone1"}

    after = estate.play("heliostat.vdc.capacity_report", variables={"heliostat_levels": ["node"]})
    times = after.of("capacity_info").result["recovery_times"]
    assert times["base1"]["seconds"] > 0 and set(times["base1"]["parts"]) == {
        "import dataset base1",
        "attach zone base1",
        "boot zone base1",
    }
    assert "base1 would be up after" in after.output


def test_the_gate(estate: EvacuationWorld) -> None:
    """What does not fit beside the others any more if a node is lost is not let in; and nothing is placed by asking."""
    for name, lun in (("huge1", "lone1"), ("huge2", "own1")):
        declared = {**estate.declared(lun), "datasets": [{"name": name, "luns": [lun]}], "resources": {"memory": "54G"}}
        declared["networks"] = [{"network": "management", "address": f"10.46.0.9{name[-1]}"}]
        estate.declare(name, declared, filesystems=[{"type": "root", "dataset": name}], category="important")
    gate = {"heliostat_gate": True, "heliostat_levels": ["node"]}
    assert estate.play("heliostat.vdc.capacity_report", variables=gate).rc == 0
    one = estate.play("heliostat.vdc.capacity_report", variables=gate | {"heliostat_vserver_names": ["huge1"]})
    assert (one.rc, one.of("capacity_info").result["new"]) == (0, {"huge1": "m2"}), one.output
    both = estate.play("heliostat.vdc.capacity_report", variables=gate | {"heliostat_vserver_names": ["huge1", "huge2"]})
    assert both.rc == 2, both.output
    assert both.of("capacity_info").message == (
        "there is no N+1 for vServers of category best_effort and above, with huge1, huge2 placed: the loss of node m2 would leave huge1 "
        "without a home; the loss of node m3 would leave huge2 without a home."
    )
    with estate.repository() as repository:
        assert repository.vserver("huge1") is None
    wrong = estate.play("heliostat.vdc.capacity_report", variables={"heliostat_levels": ["rack"]})
    assert wrong.rc == 2 and "no node declares failure_domains of level 'rack'" in wrong.of("capacity_info").message
