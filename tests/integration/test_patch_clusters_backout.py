# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches taken out of nodes of clusters: emptied first, never at the price of the quorum, a member again; what stays in harms nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .clusters_world import AGENT, KERNEL, REBOOTS, STANDARD, STAYS, ClustersWorld, clusters_world
from .patching_world import states
from .world import until

pytestmark = pytest.mark.campaign("file")

ALONE = {"patches": [KERNEL], "console": "reachable"}
#: What changes a node, or moves groups.
CHANGING = ("patchrm", "reboot", "init", "hastop", "scversions")


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClustersWorld]:
    with clusters_world(tmp_path_factory.mktemp("clusters")) as made:
        yield made


def changing(world: ClustersWorld) -> list[list[str]]:
    """Commands so far that did something."""
    rows = [row["argv"] for row in world.since(world.began)]
    return [argv for argv in rows if argv[0] in CHANGING and argv[1:] or argv[1:2] in (["evacuate"], ["-switch"])]


def members(world: ClustersWorld, cluster: str) -> list[str]:
    found: list[str] = world.lab.truth()["clusters"][cluster]["members"]
    return found


def test_solaris_cluster(world: ClustersWorld) -> None:
    """First what would be done, then that. Single user outside the cluster; a reboot alone; neither, and the node stays a member."""
    world.put_in("pha1", KERNEL, REBOOTS, STANDARD)
    world.began = world.mark()
    foreseen = world.take_out("pha1", "--check", **ALONE)
    assert foreseen.status == "ok", foreseen.message
    assert changing(world) == [] and KERNEL in world.shown("pha1")
    done = world.take_out("pha1", **ALONE)
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    back = ["wait until node pha1 is a member of cluster pharmacy", "wait until orders-rg, stock-rg are online"]
    assert done.steps == [
        "evacuate cluster node pha1",
        "note what runs",
        "see that cluster pharmacy can do without node pha1",
        "reboot outside the cluster",
        f"take out {KERNEL} in single user, then a reboot",
        *back,
    ]
    assert states(done) == {KERNEL: "missing"}
    assert (world.removed("pha1", KERNEL), KERNEL in world.shown("pha1")) == (1, False)
    assert world.online("pharmacy") == {"orders-rg": "pha2", "stock-rg": "pha2"}
    assert members(world, "pharmacy") == ["pha1", "pha2"]
    assert not world.take_out("pha1", **ALONE).changed

    rebooted = world.take_out("pha1", patches=[REBOOTS], single_user="asked")
    assert rebooted.status == "ok", rebooted.message
    spared = "see that cluster pharmacy can do without node pha1"
    assert rebooted.steps == ["evacuate cluster node pha1", "note what runs", f"take out {REBOOTS}", spared, "reboot", *back]
    boot = world.lab.truth("pha1")["boot_time"]
    stays = world.take_out("pha1", patches=[STANDARD])
    assert stays.steps == ["note what runs", f"take out {STANDARD}"], stays.message
    assert world.lab.truth("pha1")["boot_time"] == boot
    assert {KERNEL, REBOOTS, STANDARD}.isdisjoint(world.shown("pha1"))


def test_vcs(world: ClustersWorld) -> None:
    """A group that does not leave keeps the node as it is, with VCS on it; without that the same way as in."""
    world.put_in("rad1", KERNEL)
    world.began = world.mark()
    world.lab.fault("rad1", "fail", match="hagrp -switch", rc=1, text="VCS WARNING V-16-1-10141 Cannot switch group")
    stuck = world.take_out("rad1", **ALONE)
    assert "switch service group images_sg to rad2" in stuck.message
    assert world.removed("rad1", KERNEL) == 0
    assert members(world, "radiology") == ["rad1", "rad2"]
    world.lab.clear_faults()
    world.began = world.mark()
    foreseen = world.take_out("rad1", "--check", **ALONE)
    assert changing(world) == []
    done = world.take_out("rad1", **ALONE)
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    assert done.steps == [
        "switch service group images_sg to rad2",
        "see that cluster radiology can do without node rad1",
        "stop VCS on this node",
        "note what runs",
        f"take out {KERNEL} in single user, then a reboot",
        "wait until node rad1 is a member of cluster radiology",
        "wait until images_sg, archive_sg are online",
    ]
    assert states(done) == {KERNEL: "missing"}
    assert (world.removed("rad1", KERNEL), KERNEL in world.shown("rad1")) == (1, False)
    assert world.online("radiology") == {"images_sg": "rad2", "archive_sg": "rad2"}
    assert members(world, "radiology") == ["rad1", "rad2"]
    assert not world.take_out("rad1", **ALONE).changed


def test_refused_before_anything(world: ClustersWorld) -> None:
    """Other nodes that are down, a group that does not move, patches of the cluster's own software, a name that is not the cluster's."""
    for node in ("lab1", "pha1", "rad1"):
        world.put_in(node, KERNEL)
    world.put_in("pha1", AGENT)
    booted = {node: world.lab.truth(node)["boot_time"] for node in world.nodes}
    world.began = world.mark()
    own = world.take_out("pha1", patches=[AGENT, KERNEL], console="reachable")
    assert f"{AGENT} change the cluster's own software" in own.message
    assert "patchrm on each of them" in own.message
    world.declare("pha1", heliostat_patch_cluster="other")
    assert "belongs to cluster pharmacy, not to other" in world.take_out("pha1", **ALONE).message
    world.declare("pha1")
    for node in ("lab3", "pha2", "rad2"):
        world.lab.power(node, "off")
    lost = world.take_out("lab1", **ALONE)
    assert "has 2 quorum votes, and without this node 1, which is less than the 2 it needs" in lost.message
    assert "is the only one of cluster pharmacy that is up" in world.take_out("pha1", **ALONE).message
    assert "is the only one of cluster radiology that is up" in world.take_out("rad1", **ALONE).message
    assert changing(world) == []
    world.lab.power("lab3", "on", wait=True)
    until(lambda: "lab3" in members(world, "laboratory"), "lab3 did not come back")
    world.lab.fault("lab1", "fail", match="clnode evacuate", rc=1, text="clnode:  (C667636) results-rg: could not be switched")
    kept = world.take_out("lab1", **ALONE)
    assert "evacuate cluster node lab1" in kept.message
    for node in ("lab1", "pha1", "rad1"):
        assert KERNEL in world.shown(node) and world.removed(node, KERNEL) == 0
        assert world.lab.truth(node)["boot_time"] == booted[node]
        assert not (world.root(node) / "var/tmp/heliostat-patching").exists()


def test_the_clusters_own_software_goes_out_while_the_node_is_outside(world: ClustersWorld) -> None:
    """It went in while the node was a member. Nothing is committed on the way back, whatever the inventory says."""
    for node in ("pha1", "pha2"):
        world.put_in(node, AGENT)
    world.declare("pha1", heliostat_patch_cluster_rolling=[AGENT], heliostat_patch_cluster_commit=True)
    world.began = world.mark()
    done = world.take_out("pha1", patches=[AGENT])
    assert done.status == "ok", done.message
    assert f"take out {AGENT} in single user, then a reboot" in done.steps
    assert "reboot outside the cluster" in done.steps
    assert ["scversions", "-c"] not in changing(world)
    assert not any("commit" in warning for warning in done.result["warnings"])
    assert members(world, "pharmacy") == ["pha1", "pha2"]
    assert AGENT in world.shown("pha2") - world.shown("pha1")


@pytest.mark.campaign
@pytest.mark.parametrize(("node", "cluster"), [("pha1", "pharmacy"), ("rad1", "radiology")])
def test_one_that_does_not_go_out(world: ClustersWorld, node: str, cluster: str) -> None:
    """Its prebackout script fails: it is in as before and reported, the other is out, and the cluster is whole with all that ran."""
    world.put_in(node, STAYS, KERNEL)
    running = world.online(cluster)
    done = world.take_out(node, patches=[STAYS, KERNEL], console="reachable")
    assert done.status == "failed"
    assert states(done) == {STAYS: "failed", KERNEL: "missing"}
    assert f"1 of 2 patches were not taken out ({STAYS}: patchrm ended with 9: the patch's prebackout script failed" in done.message
    assert STAYS in world.shown(node) and KERNEL not in world.shown(node)
    there = world.lab.truth()["clusters"][cluster]
    assert there["members"] == there["nodes"]
    online = world.online(cluster)
    assert online.keys() == running.keys() and set(online.values()) == {there["nodes"][1]}
    assert not (world.root(node) / "var/tmp/heliostat-patching").exists()


def test_one_node_after_the_other(world: ClustersWorld) -> None:
    """--check says the way. As many at once as there may be: one of each cluster. One that does not come back is the last."""
    for node in ("pha1", "pha2", "rad1"):
        world.put_in(node, REBOOTS)
    world.put_in("pha1", KERNEL)
    world.put_in("pha2", KERNEL)
    given = {
        "heliostat_patch_nodes": ["pha1", "pha2", "rad1"],
        "heliostat_patch_patches": [REBOOTS],
        "heliostat_patch_single_user": "asked",
        "heliostat_patch_waves": ["100%"],
    }
    world.began = world.mark()
    foreseen = world.play("heliostat.vdc.patch_backout", "--check", variables=given)
    assert foreseen.rc == 0 and f"take out {REBOOTS}" in foreseen.output, foreseen.output
    assert changing(world) == []
    run = world.play("heliostat.vdc.patch_backout", variables=given)
    assert run.rc == 0, run.output
    done = [row.host for row in run.rows if row.action.endswith("patch_install") and row.changed]
    assert sorted(done) == ["pha1", "pha2", "rad1"] and done[-1] == "pha2"
    for node in done:
        assert REBOOTS not in world.shown(node), node
    assert world.online("pharmacy") == {"orders-rg": "pha1", "stock-rg": "pha1"}
    assert world.online("radiology") == {"images_sg": "rad2", "archive_sg": "rad2"}
    assert members(world, "pharmacy") == ["pha1", "pha2"]

    booted = world.lab.truth("pha1")["boot_time"]
    (system,) = world.environments("pha2")
    world.lab.fault("pha2", "boot_fails", text=system)
    given |= {
        "heliostat_patch_nodes": ["pha2", "pha1"],
        "heliostat_patch_patches": [KERNEL],
        "heliostat_patch_console": "reachable",
        "heliostat_patch_reboot_deadline": 20,
    }
    hung = world.play("heliostat.vdc.patch_backout", variables=given)
    assert hung.rc != 0
    assert {row.host for row in hung.rows if row.status in ("failed", "unreachable")} == {"pha2"}
    assert world.removed("pha1", KERNEL) == 0
    assert world.lab.truth("pha1")["boot_time"] == booted
    assert world.online("pharmacy") == {"orders-rg": "pha1", "stock-rg": "pha1"}


#: The command in whose middle the controller is killed.
STEPS = {
    "pha1": ["^clnode evacuate", "^reboot -- -x", "^patchrm", "^init 6"],
    "rad1": ["^hagrp -switch", "^hastop -local", "^init s", "^patchrm", "^init 6"],
}


@pytest.mark.campaign
@pytest.mark.parametrize(("node", "step"), [(node, step) for node, steps in STEPS.items() for step in steps])
def test_killed_at_a_step(world: ClustersWorld, node: str, step: str) -> None:
    """Run again, the patch is out once, and the node is a member with nothing lost."""
    world.put_in(node, KERNEL)
    world.began = world.mark()
    world.lab.fault(node, "slow", match=step, seconds=60.0, times=1)
    started = world.start(world.book(node, [{"heliostat.vdc.patch_install": {"state": "absent", **ALONE}}]))
    until(lambda: not world.lab.faults(), f"{step} never ran")
    started.kill()
    again = world.take_out(node, **ALONE)
    if step == "^reboot -- -x" and "does not answer" in again.message:  # it went down while it was asked
        again = world.take_out(node, **ALONE)
    assert again.status == "ok", again.message
    assert states(again) == {KERNEL: "missing"}
    assert (world.removed(node, KERNEL), KERNEL in world.shown(node)) == (1, False)
    there = world.lab.truth()["clusters"][world.clusters[node]]
    assert there["members"] == there["nodes"]
    assert set(world.online(world.clusters[node]).values()) == {there["nodes"][1]}
    third = world.take_out(node, **ALONE)
    assert not third.changed, third.plan
    assert not (world.root(node) / "var/tmp/heliostat-patching").exists()
