# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of Solaris Cluster and of Veritas Cluster Server."""

from __future__ import annotations

import pytest

from tests.lab import judge, membership
from tests.lab.truth import Patch

from .cluster_world import clusters
from .zone_world import World


@pytest.fixture
def world() -> World:
    return clusters()


# --- Solaris Cluster ----------------------------------------------------------------------------------------------
def test_clnode_status_names_members_and_others(world: World) -> None:
    membership.depart(world.centre, "pha1", world.now)
    assert world.ok("clnode status", "pha2") == (
        "\n=== Cluster Nodes ===\n\n--- Node Status ---\n\n"
        "Node Name                                             Status\n"
        "---------                                             ------\n"
        "pha1                                                  Offline\n"
        "pha2                                                  Online\n\n"
    )


def test_clquorum_status_counts_votes(world: World) -> None:
    membership.depart(world.centre, "pha1", world.now)
    lines = world.ok("clq status", "pha2").splitlines()
    assert lines[7].split() == ["2", "2", "3"]
    assert [line.split() for line in lines if line.startswith(("pha", "d4"))] == [
        ["pha1", "0", "1", "Offline"], ["pha2", "1", "1", "Online"], ["d4", "1", "1", "Online"],
    ]  # fmt: skip
    assert "Device" not in world.ok("clquorum status", "lab1")
    assert world.ok("cluster list", "lab1") == "laboratory\n"


def test_evacuation_moves_every_group_and_takes_time(world: World) -> None:
    begun = world.now
    assert world.ok("clnode evacuate pha1", "pha2") == ""
    assert world.now - begun == membership.SWITCH
    assert [line.split() for line in world.ok("clrg status orders-rg", "pha1").splitlines()[5:7]] == [
        ["orders-rg", "pha1", "No", "Offline"], ["pha2", "No", "Online"],
    ]  # fmt: skip
    world.ok("clrg switch -n pha1 orders-rg", "pha1")
    assert world.centre.clusters["pharmacy"].groups["orders-rg"].online == "pha1"
    world.ok("scswitch -S -h pha1", "pha1")
    world.ok("scswitch -z -g orders-rg -h pha1", "pha1")
    assert world.centre.clusters["pharmacy"].groups["orders-rg"].online == "pha1"


def test_evacuated_groups_that_nobody_can_carry_go_offline(world: World) -> None:
    membership.depart(world.centre, "lab3", world.now)
    world.ok("clnode evacuate lab2", "lab1")
    assert world.centre.clusters["laboratory"].groups["samples-rg"].online == ""


UNRECORDED = ["clnode evacuate nobody", "clrg switch -n lab1 samples-rg", "clrg status nothing", "cluster status", "cluster shutdown"]


@pytest.mark.parametrize("line", UNRECORDED)
def test_unrecorded_refusals_are_not_simulated(world: World, line: str) -> None:
    assert world.fails(line, "lab1", 125).startswith("lab: not simulated")


def test_outside_the_cluster_only_clinfo_answers(world: World) -> None:
    assert world.run("clinfo", "lab2") == (0, "", "")
    assert world.ok("clinfo -n", "lab2") == "2\n"
    membership.depart(world.centre, "lab2", world.now)
    assert world.run("clinfo", "lab2") == (1, "", "")
    assert "not in cluster mode" in world.fails("clnode status", "lab2", 125)
    assert world.fails("clnode status", "rad1", 127) == "sh: clnode: not found\n"
    assert world.run("clinfo", "rad1")[0] == 1


def test_versions_are_committed_when_every_node_has_them(world: World) -> None:
    for name in ("pha1", "pha2"):
        assert world.ok("scversions", "pha1") == "Upgrade commit is NOT needed. All versions match.\n"
        world.centre.machines[name].patches.append(Patch("145333-36", ["SUNWscr", "SUNWscu"]))
    assert world.ok("scversions", "pha1") == "Upgrade commit is needed.\n"
    assert world.ok("scversions -c", "pha2") == ""
    assert world.ok("scversions", "pha1") == "Upgrade commit is NOT needed. All versions match.\n"


def test_scstat_tells_the_same(world: World) -> None:
    membership.depart(world.centre, "lab3", world.now)
    assert "  Cluster node:     lab3                Offline\n" in world.ok("scstat -n", "lab1")
    quorum = world.ok("scstat -q", "lab1")
    assert "  Quorum votes present:       2\n" in quorum
    assert "  Node votes:       lab3                0       1        Offline\n" in quorum


# --- VCS ----------------------------------------------------------------------------------------------------------
def states(world: World, on: str = "rad1") -> list[list[str]]:
    return [line.split() for line in world.ok("hastatus -sum", on).splitlines() if line[:1] in "AB" and line]


def test_hastatus_summary(world: World) -> None:
    assert states(world) == [
        ["A", "rad1", "RUNNING", "0"], ["A", "rad2", "RUNNING", "0"],
        ["B", "images_sg", "rad1", "Y", "N", "ONLINE"], ["B", "images_sg", "rad2", "Y", "N", "OFFLINE"],
        ["B", "archive_sg", "rad2", "Y", "N", "ONLINE"], ["B", "archive_sg", "rad1", "Y", "N", "OFFLINE"],
    ]  # fmt: skip


def test_the_cluster_tells_its_name(world: World) -> None:
    assert world.ok("haclus -value ClusterName", "rad2") == "radiology\n"
    assert world.ok("haclus -display", "rad2").splitlines()[::4] == ["#Attribute               Value", "ClusterName              radiology"]


def test_a_switch_goes_on_in_the_background(world: World) -> None:
    world.ok("hagrp -switch images_sg -to rad2", "rad1")
    assert world.ok("hagrp -state images_sg -sys rad2", "rad1") == "OFFLINE\n"
    world.now += int(membership.SWITCH)
    assert world.ok("hagrp -state images_sg", "rad1") == (
        "#Group       Attribute             System     Value\n"
        "images_sg    State                 rad1       |OFFLINE|\n"
        "images_sg    State                 rad2       |ONLINE|\n"
    )


def test_a_switch_that_nobody_watched_was_no_outage(world: World) -> None:
    world.ok("hagrp -switch images_sg -to rad2", "rad1")
    world.now += 600
    assert judge.judge(world.centre, world.now) == []
    assert world.ok("hagrp -state images_sg -sys rad2", "rad1") == "ONLINE\n"


def test_a_frozen_system_takes_nothing_and_keeps_the_freeze_when_persistent(world: World) -> None:
    assert "read-only" in world.fails("hasys -freeze -persistent -evacuate rad1", "rad1", 125)
    world.ok("haconf -makerw", "rad1")
    assert world.fails("haconf -makerw", "rad2") == "VCS WARNING V-16-1-10364 Cluster already writable.\n"
    world.ok("hasys -freeze -persistent -evacuate rad1", "rad1")
    world.ok("haconf -dump -makero", "rad1")
    assert world.fails("haconf -dump -makero", "rad1") == "VCS WARNING V-16-1-10369 Cluster not writable\n"
    world.now += int(membership.SWITCH)
    assert states(world)[0] == ["A", "rad1", "RUNNING", "1"]
    assert states(world)[2][-1] == "OFFLINE" and states(world)[3][-1] == "ONLINE"
    assert "lab: not simulated" in world.fails("hagrp -switch images_sg -to rad1", "rad1", 125)
    membership.depart(world.centre, "rad1", world.now, orderly=True)
    membership.arrive(world.centre, "rad1", world.now)
    assert world.ok("hasys -value rad1 Frozen", "rad2") == "1\n"
    world.ok("haconf -makerw", "rad1")
    world.ok("hasys -unfreeze -persistent rad1", "rad1")
    assert world.fails("hasys -unfreeze -persistent rad1", "rad1") == "VCS WARNING V-16-1-40205 System is not persistently frozen\n"


def test_a_freeze_that_is_not_persistent_ends_with_the_engine(world: World) -> None:
    world.ok("hasys -freeze rad1", "rad2")
    assert world.ok("hasys -display rad1 -attribute Frozen TFrozen", "rad2").split()[3:] == ["rad1", "Frozen", "0", "rad1", "TFrozen", "1"]
    world.ok("hastop -local", "rad1")
    world.ok("hastart", "rad1")
    assert world.ok("hasys -value rad1 TFrozen", "rad2") == "0\n"


def test_hastop_leaves_groups_down_unless_they_are_evacuated(world: World) -> None:
    world.ok("hastop -local", "rad1")
    assert world.fails("hastatus -sum", "rad1") == "VCS ERROR V-16-1-10600 Cannot connect to VCS engine\n"
    assert states(world, "rad2")[0] == ["A", "rad1", "EXITED", "0"]
    assert world.centre.clusters["radiology"].groups["images_sg"].online == ""
    world.ok("hastop -local -evacuate", "rad2")  # there is nobody to take them
    assert world.centre.clusters["radiology"].groups["archive_sg"].online == ""


def test_gab_outlives_the_engine(world: World) -> None:
    both = world.ok("gabconfig -a", "rad1").splitlines()
    assert [line.split()[1] for line in both[2:]] == ["a", "h"]
    assert all(line.endswith("membership 01") for line in both[2:])
    world.ok("hastop -local -evacuate", "rad1")
    assert [line.split()[1] for line in world.ok("gabconfig -a", "rad1").splitlines()[2:]] == ["a"]
    assert world.ok("gabconfig -a", "rad2").splitlines()[3].endswith("membership  1")


def test_lltstat_lists_links_of_configured_nodes_and_empty_slots(world: World) -> None:
    text = world.ok("lltstat -nvv active", "rad1")
    assert [line.split()[:3] for line in text.splitlines() if line.endswith("OPEN")] == [["*", "0", "rad1"], ["1", "rad2", "OPEN"]]
    assert text.count(" UP ") == 4
    world.centre.machines["rad2"].running = False
    assert world.ok("lltstat -nvv active", "rad1").count(" DOWN\n") == 2
    assert world.ok("lltstat -nvv", "rad1").count("CONNWAIT") == 31
