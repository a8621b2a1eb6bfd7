# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches on nodes of clusters: quorum and groups are asked first, the node is emptied, and it is a member again afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .clusters_world import AGENT, CORE, KERNEL, STANDARD, ClustersWorld, clusters_world
from .patching_world import DEPOT, states
from .world import until

pytestmark = pytest.mark.campaign("file")


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClustersWorld]:
    with clusters_world(tmp_path_factory.mktemp("clusters")) as made:
        yield made


def test_single_user_outside_the_cluster(world: ClustersWorld) -> None:
    """Evacuated, patched while it is no member, a member again; its groups ran all the time, and run on the other node."""
    foreseen = world.install("pha1", "--check", patches=[KERNEL], console="reachable")
    assert foreseen.status == "ok", foreseen.message
    done = world.install("pha1", patches=[KERNEL], console="reachable")
    assert done.status == "ok", done.message
    assert done.plan == foreseen.plan
    assert done.steps == [
        "evacuate cluster node pha1",
        "note what runs",
        "see that cluster pharmacy can do without node pha1",
        "reboot outside the cluster",
        f"install {KERNEL} in single user, then a reboot",
        "wait until node pha1 is a member of cluster pharmacy",
        "wait until orders-rg, stock-rg are online",
    ]
    assert states(done) == {KERNEL: "installed"}
    assert world.online("pharmacy") == {"orders-rg": "pha2", "stock-rg": "pha2"}
    assert world.lab.truth()["clusters"]["pharmacy"]["members"] == ["pha1", "pha2"]
    again = world.install("pha1", patches=[KERNEL], console="reachable")
    assert not again.changed, again.plan


def test_refused_before_anything(world: ClustersWorld) -> None:
    """No quorum without it, a name that is not the cluster's, none at all, patches of the cluster's own software; the others go on."""
    world.lab.power("lab3", "off")
    lost = world.install("lab1", patches=[KERNEL], console="reachable")
    assert lost.status == "failed"
    assert "has 2 quorum votes, and without this node 1, which is less than the 2 it needs" in lost.message
    assert world.online("laboratory")["results-rg"] == "lab1"
    world.declare("pha1", heliostat_patch_cluster="other")
    assert "belongs to cluster pharmacy, not to other" in world.install("pha1", patches=[KERNEL], console="reachable").message
    world.declare("pha1", heliostat_patch_cluster="")
    assert "the inventory does not say so" in world.install("pha1", patches=[STANDARD]).message
    world.declare("pha1")
    own = world.install("pha1", patches=[CORE, STANDARD], console="reachable")
    assert f"{CORE} change the cluster's own software" in own.message
    assert "boot -sx" in own.message
    changed = [
        row for row in world.lab.commands() if row["argv"][0] in ("patchadd", "clnode", "reboot", "init") and "status" not in row["argv"]
    ]
    assert changed == []
    other = world.install("pha2", patches=[STANDARD])
    assert other.status == "ok", other.message
    assert states(other) == {STANDARD: "installed"}


def test_patches_of_the_cluster_itself_node_by_node(world: ClustersWorld) -> None:
    """What needs no reboot goes in while the node is a member; that a commit is needed is said, and done when told."""
    for node in ("pha1", "pha2"):
        world.declare(node, heliostat_patch_cluster_rolling=[AGENT])
        done = world.install(node, patches=[AGENT])
        assert done.status == "ok", done.message
        assert not any("evacuate" in step for step in done.steps)
    assert any("upgrade commit is needed" in warning for warning in done.result["warnings"]), done.result["warnings"]
    world.declare("pha2", heliostat_patch_cluster_rolling=[AGENT], heliostat_patch_cluster_commit=True)
    told = world.install("pha2", patches=[AGENT])
    assert told.steps == ["commit the cluster's new versions"], told.message
    assert not world.install("pha2", patches=[AGENT]).changed


def test_a_group_that_does_not_move_keeps_the_node(world: ClustersWorld) -> None:
    """Evacuation fails: nothing is patched, nobody is rebooted, and VCS still runs on the node."""
    world.lab.fault("pha1", "fail", match="clnode evacuate", rc=1, text="clnode:  (C667636) orders-rg: could not be switched")
    failed = world.install("pha1", patches=[KERNEL], console="reachable")
    assert failed.status == "failed"
    assert "evacuate cluster node pha1" in failed.message
    world.lab.fault("rad1", "fail", match="hagrp -switch", rc=1, text="VCS WARNING V-16-1-10141 Cannot switch group")
    stuck = world.install("rad1", patches=[KERNEL], console="reachable")
    assert "switch service group images_sg to rad2" in stuck.message
    for node in ("pha1", "rad1"):
        assert KERNEL not in world.shown(node)
        assert world.applied(node, KERNEL) == 0
        assert world.lab.truth(node)["boot_time"] == world.booted[node]
    assert world.lab.truth()["clusters"]["radiology"]["members"] == ["rad1", "rad2"]


def test_single_user_under_vcs(world: ClustersWorld) -> None:
    done = world.install("rad1", patches=[KERNEL], console="reachable")
    assert done.status == "ok", done.message
    assert done.steps == [
        "switch service group images_sg to rad2",
        "see that cluster radiology can do without node rad1",
        "stop VCS on this node",
        "note what runs",
        f"install {KERNEL} in single user, then a reboot",
        "wait until node rad1 is a member of cluster radiology",
        "wait until images_sg, archive_sg are online",
    ]
    assert states(done) == {KERNEL: "installed"}
    assert world.online("radiology") == {"images_sg": "rad2", "archive_sg": "rad2"}


def test_a_roll_out_takes_the_nodes_of_a_cluster_one_after_the_other(world: ClustersWorld) -> None:
    """As many at once as there may be: one of each cluster; what runs moves away and back; no quorum is lost and no group is down."""
    given = {
        "heliostat_patch_nodes": ["pha1", "pha2", "rad1"],
        "heliostat_patch_patches": [KERNEL],
        "heliostat_patch_depot": DEPOT,
        "heliostat_patch_console": "reachable",
        "heliostat_patch_waves": ["100%"],
    }
    run = world.play("heliostat.vdc.patch_rollout", variables=given)
    assert run.rc == 0, run.output
    done = [row.host for row in run.rows if row.action.endswith("patch_install") and row.changed and "outcome" not in row.result]
    assert done.index("pha2") > done.index("pha1")
    for node in ("pha1", "pha2", "rad1"):
        assert KERNEL in world.shown(node), node
    assert world.online("pharmacy") == {"orders-rg": "pha1", "stock-rg": "pha1"}
    assert world.lab.truth()["clusters"]["pharmacy"]["members"] == ["pha1", "pha2"]


def test_a_node_that_does_not_come_back_ends_the_roll_out(world: ClustersWorld) -> None:
    """It hangs on its way out of the cluster: its neighbour, which carries everything now, is not touched."""
    (system,) = world.environments("pha1")
    world.lab.fault("pha1", "boot_fails", text=system)
    given = {
        "heliostat_patch_nodes": ["pha1", "pha2"],
        "heliostat_patch_patches": [KERNEL],
        "heliostat_patch_depot": DEPOT,
        "heliostat_patch_console": "reachable",
        "heliostat_patch_reboot_deadline": 20,
    }
    run = world.play("heliostat.vdc.patch_rollout", variables=given)
    assert run.rc != 0
    assert {row.host for row in run.rows if row.status in ("failed", "unreachable")} == {"pha1"}
    assert world.applied("pha2", KERNEL) == 0
    assert world.lab.truth("pha2")["boot_time"] == world.booted["pha2"]
    assert world.online("pharmacy") == {"orders-rg": "pha2", "stock-rg": "pha2"}
    alone = world.install("pha2", patches=[KERNEL], console="reachable")
    assert "is the only one of cluster pharmacy that is up" in alone.message


@pytest.mark.campaign
@pytest.mark.parametrize("step", ["^clnode evacuate", "^reboot -- -x", "^patchadd", "^init 6"])
def test_killed_at_a_step(world: ClustersWorld, step: str) -> None:
    """The controller dies in the middle of a step; run again, the patch is in once and the node is a member with nothing lost."""
    world.lab.fault("pha1", "slow", match=step, seconds=60.0, times=1)
    args = {"depot": DEPOT, "patches": [KERNEL], "console": "reachable"}
    started = world.start(world.book("pha1", [{"heliostat.vdc.patch_install": args}]))
    until(lambda: not world.lab.faults(), f"{step} never ran")
    started.kill()
    again = world.install("pha1", patches=[KERNEL], console="reachable")
    if step == "^reboot -- -x" and "does not answer" in again.message:  # it went down while it was asked
        again = world.install("pha1", patches=[KERNEL], console="reachable")
    assert again.status == "ok", again.message
    assert states(again) == {KERNEL: "installed"}
    assert world.applied("pha1", KERNEL) == 1
    assert world.lab.truth()["clusters"]["pharmacy"]["members"] == ["pha1", "pha2"]
    assert world.online("pharmacy") == {"orders-rg": "pha2", "stock-rg": "pha2"}
    assert not world.install("pha1", patches=[KERNEL], console="reachable").changed
