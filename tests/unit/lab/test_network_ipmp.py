# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPMP groups of both kinds: Solaris 11's IPMP interface, Solaris 10's members that take over each other's addresses."""

from __future__ import annotations

import pytest

from tests.lab.truth import NetAddress

from .node_world import nodes, zone
from .zone_world import World


@pytest.fixture
def world() -> World:
    return nodes()


def eleven(world: World) -> None:
    for name in ("net1", "net2"):
        world.ok(f"ipadm create-ip {name}", "t8")
    world.ok("ipadm create-ipmp -i net1 -i net2 ipmp0", "t8")
    world.ok("ipadm create-addr -T static -a 10.41.0.5/24 ipmp0/v4", "t8")


def test_an_interface_over_two(world: World) -> None:
    eleven(world)
    assert world.ok("ipmpstat -g", "t8").splitlines() == [
        "GROUP       GROUPNAME   STATE     FDT       INTERFACES",
        "ipmp0       ipmp0       ok        --        net2 net1",
    ]
    assert world.ok("ipadm show-if -p -o ifname,class,state,over", "t8").splitlines()[2:] == [
        "net1:ip:ok:",
        "net2:ip:ok:",
        "ipmp0:ipmp:ok:net1 net2",
    ]
    shown = world.ok("ifconfig ipmp0", "t8")
    assert "<UP,BROADCAST,RUNNING,MULTICAST,IPv4,IPMP,PHYSRUNNING>" in shown
    assert "\tgroupname ipmp0\n" in shown
    rows = [line.split() for line in world.ok("ipadm", "t8").splitlines()]
    assert ["ipmp0", "ipmp", "ok", "--", "--"] in rows
    assert ["net1", "ip", "ok", "ipmp0", "--"] in rows


def test_failures_are_seen_by_their_links(world: World) -> None:
    eleven(world)
    nic = world.centre.machines["t8"].nics[1]
    nic.state = "down"
    assert world.ok("ipmpstat -g", "t8").splitlines()[1].split(maxsplit=4)[2:] == ["degraded", "--", "net2 [net1]"]
    assert [line.split() for line in world.ok("ipmpstat -i", "t8").splitlines()[1:]] == [
        ["net2", "yes", "ipmp0", "--mb---", "up", "disabled", "ok"],
        ["net1", "no", "ipmp0", "-------", "down", "disabled", "failed"],
    ]
    assert "NOFAILOVER,FAILED" in world.ok("ifconfig net1", "t8")
    assert world.ok("ipadm show-if -p -o state,active net1", "t8") == "failed:no\n"
    world.centre.machines["t8"].nics[2].state = "down"
    assert " failed " in world.ok("ipmpstat -g", "t8")
    assert "RUNNING" not in world.ok("ifconfig ipmp0", "t8")
    nic.state = "up"
    assert world.ok("ipmpstat -g", "t8").splitlines()[1].endswith("net1 [net2]")


def test_one_is_taken_off_line_but_not_the_last(world: World) -> None:
    eleven(world)
    world.ok("if_mpadm -d net1", "t8")
    assert world.ok("ipmpstat -i", "t8").splitlines()[2].split()[3:] == ["-----d-", "up", "disabled", "offline"]
    assert "no other functioning interfaces" in world.fails("if_mpadm -d net2", "t8")
    world.ok("if_mpadm -r net1", "t8")
    assert world.ok("ipmpstat -g", "t8").splitlines()[1].endswith(" net2 net1")


def test_groups_change(world: World) -> None:
    eleven(world)
    world.ok("ipadm remove-ipmp -i net2 ipmp0", "t8")
    assert world.ok("ipadm show-if -p -o over ipmp0", "t8") == "net1\n"
    world.ok("ipadm add-ipmp -i net2 ipmp0", "t8")
    assert world.fails("ipadm delete-ipmp ipmp0", "t8", rc=125).startswith("lab: not simulated")
    assert world.fails("ipadm create-ipmp -i net0 ipmp1", "t8", rc=125).startswith("lab: not simulated"), "it has addresses"


def test_members_of_solaris_10_take_over(world: World) -> None:
    machine = world.centre.machines["t4"]
    world.ok("ifconfig igb1 plumb 10.40.0.15/24 up", "t4")
    for name in ("igb0", "igb1"):
        world.ok(f"ifconfig {name} group prod", "t4")
    assert world.ok("ifconfig igb0", "t4").splitlines()[2] == "\tgroupname prod"
    zone(world, "t4", "z1", [], "shared")
    machine.addresses.append(NetAddress("igb0", "10.40.0.77/24", unit=1, zone="z1"))
    machine.nics[0].state = "down"
    lines = world.ok("ifconfig -a", "t4").splitlines()
    heads = [line.partition(" mtu")[0] for line in lines if not line.startswith("\t") and not line.startswith("lo0")]
    assert heads == [
        "igb0: flags=19000802<BROADCAST,MULTICAST,IPv4,NOFAILOVER,FAILED>",
        "igb1: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4>",
        "igb1:1: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4>",
        "igb1:2: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4>",
    ]
    assert lines[lines.index("\tzone z1") + 1].split()[1] in ("127.0.0.1", "10.40.0.77")
    machine.nics[0].state = "up"
    world.ok("if_mpadm -d igb0", "t4")
    assert "OFFLINE" in world.ok("ifconfig igb0", "t4")
    world.ok("if_mpadm -r igb0", "t4")
    world.ok("ifconfig igb1 standby", "t4")
    assert "STANDBY,INACTIVE" in world.ok("ifconfig igb1", "t4")
    world.ok("ifconfig igb1 group other", "t4")
    assert [group.members for group in world.centre.machines["t4"].ipmp] == [["igb0"], ["igb1"]]
