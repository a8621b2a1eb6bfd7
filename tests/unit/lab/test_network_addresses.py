# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP interfaces, addresses, routes, and who answers, as ipadm, ifconfig, route, netstat, ping show and change them."""

from __future__ import annotations

import pytest

from tests.lab.truth import NetAddress

from .node_world import nodes, zone
from .zone_world import World


@pytest.fixture
def world() -> World:
    return nodes()


def test_ipadm_lists(world: World) -> None:
    assert world.ok("ipadm show-addr", "t8").splitlines() == [
        "ADDROBJ           TYPE     STATE        ADDR",
        "lo0/v4            static   ok           127.0.0.1/8",
        "net0/v4           static   ok           10.40.0.11/24",
        "lo0/v6            static   ok           ::1/128",
    ]
    assert world.ok("ipadm show-if", "t8").splitlines() == [
        "IFNAME     CLASS    STATE    ACTIVE OVER",
        "lo0        loopback ok       yes    --",
        "net0       ip       ok       yes    --",
    ]
    assert world.ok("ipadm", "t8").splitlines()[:3] == [
        "NAME              CLASS/TYPE STATE        UNDER      ADDR",
        "lo0               loopback   ok           --         --",
        "   lo0/v4         static     ok           --         127.0.0.1/8",
    ]
    assert world.ok("ipadm show-addr -p -o addrobj,type,state,addr", "t8").splitlines()[-1] == "lo0/v6:static:ok:\\:\\:1/128"
    assert world.ok("ipadm show-addr -p -o addr lo0/v6", "t8") == "::1/128\n"
    assert world.fails("ipadm show-addr -p", "t8") == "ipadm: output fields must be specified in parsable mode\n"


def test_ipadm_changes(world: World) -> None:
    assert "Interface does not exist" in world.fails("ipadm create-addr -T static -a 10.41.0.5/24 net1/v4", "t8")
    world.ok("ipadm create-ip net1", "t8")
    assert world.ok("ipadm show-if -p -o state net1", "t8") == "down\n"
    assert world.fails("ipadm create-ip net1", "t8") == "ipadm: cannot create interface net1: Interface already exists\n"
    world.ok("ipadm create-addr -T static -a local=10.41.0.5/24 net1/v4", "t8")
    assert world.ok("ipadm show-addr -p -o addr net1/v4", "t8") == "10.41.0.5/24\n"
    assert "Address object already exists" in world.fails("ipadm create-addr -T static -a 10.41.0.6/24 net1/v4", "t8")
    world.ok("ipadm create-addr -T static -a 10.41.0.6/24 net1", "t8")
    assert world.ok("ipadm show-addr -p -o addrobj", "t8").split()[-2:] == ["net1/v4a", "lo0/v6"]
    assert world.fails("ipadm create-addr -T static -a 10.40.0.200/24 net1/v4b", "t8", rc=125).startswith("lab: not simulated")
    world.ok("ipadm delete-addr net1/v4", "t8")
    world.ok("ipadm delete-addr net1/v4a", "t8")
    assert "net1" in world.ok("ipadm show-if", "t8"), "the interface stays"
    assert "Object not found" in world.fails("ipadm delete-addr net1/v4", "t8")
    world.ok("ipadm delete-ip net1", "t8")
    assert "net1" not in world.ok("ipadm show-if", "t8")
    assert world.run("ipadm create-ip net1", "t8", user="operator")[0] == 1


def test_ifconfig_shows_each_release_its_way(world: World) -> None:
    assert world.ok("ifconfig -a", "t4").splitlines() == [
        "lo0: flags=2001000849<UP,LOOPBACK,RUNNING,MULTICAST,IPv4,VIRTUAL> mtu 8232 index 1",
        "\tinet 127.0.0.1 netmask ff000000 ",
        "igb0: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4> mtu 1500 index 2",
        "\tinet 10.40.0.13 netmask ffffff00 broadcast 10.40.0.255",
        "\tether 0:21:28:2f:4d:8 ",
    ]
    lines = world.ok("ifconfig -a", "t8").splitlines()
    assert lines[2] == "net0: flags=100001000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4,PHYSRUNNING> mtu 1500 index 2"
    assert lines[-2:] == ["lo0: flags=2002000849<UP,LOOPBACK,RUNNING,MULTICAST,IPv6,VIRTUAL> mtu 8252 index 1", "\tinet6 ::1/128 "]
    assert "ether" not in world.run("ifconfig net0", "t8", user="operator")[1], "only root sees the hardware address"
    assert world.fails("ifconfig net7", "t8") == "ifconfig: status: SIOCGLIFFLAGS: net7: no such interface\n"
    assert world.ok("ifconfig -a4", "t8").count("lo0") == 1


def test_ifconfig_changes_solaris_10(world: World) -> None:
    world.ok("ifconfig igb1 plumb", "t4")
    assert world.ok("ifconfig igb1", "t4").splitlines()[:2] == [
        "igb1: flags=1000842<BROADCAST,RUNNING,MULTICAST,IPv4> mtu 1500 index 3", "\tinet 0.0.0.0 netmask 0 ",
    ]  # fmt: skip
    world.ok("ifconfig igb1 10.41.0.5 netmask 255.255.255.128 broadcast + up", "t4")
    assert "inet 10.41.0.5 netmask ffffff80 broadcast 10.41.0.127\n" in world.ok("ifconfig igb1", "t4")
    assert world.ok("ifconfig igb1 addif 10.41.0.6/25 up", "t4") == "Created new logical interface igb1:1\n"
    lines = world.ok("ifconfig igb1:1", "t4").splitlines()
    assert lines == [
        "igb1:1: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4> mtu 1500 index 3",
        "\tinet 10.41.0.6 netmask ffffff80 broadcast 10.41.0.127",
    ]
    world.ok("ifconfig igb1:1 down", "t4")
    assert "flags=1000842<BROADCAST" in world.ok("ifconfig igb1:1", "t4")
    world.ok("ifconfig igb1 removeif 10.41.0.6", "t4")
    world.ok("ifconfig igb1 unplumb", "t4")
    assert "igb1" not in world.ok("ifconfig -a", "t4")
    assert world.fails("ifconfig net0 10.1.1.1/24 up", "t8", rc=125).startswith("lab: not simulated")


def test_logical_interfaces_of_shared_zones(world: World) -> None:
    web = zone(world, "t4", "web1", [], "shared")
    world.centre.machines["t4"].addresses.append(NetAddress("igb0", "10.40.0.50/24", unit=1, zone="web1"))
    text = world.ok("ifconfig -a", "t4")
    assert "lo0:1: flags=2001000849<UP,LOOPBACK,RUNNING,MULTICAST,IPv4,VIRTUAL> mtu 8232 index 1\n\tzone web1\n\tinet 127.0.0.1 " in text
    assert "igb0:1: flags=1000843<UP,BROADCAST,RUNNING,MULTICAST,IPv4> mtu 1500 index 2\n\tzone web1\n\tinet 10.40.0.50 " in text
    inside = world.run("ifconfig -a", "t4", zone="web1")[1]
    assert inside.startswith("lo0:1: flags=")
    assert "igb0:1: flags=" in inside
    assert "zone web1" not in inside
    assert "10.40.0.13" not in inside
    web.zone_id = None
    assert "web1" not in world.ok("ifconfig -a", "t4")


def test_addresses_of_exclusive_zones_are_not_the_nodes(world: World) -> None:
    web = zone(world, "t8", "web1", [{"kind": "anet", "linkname": "net0", "lower-link": "auto", "allowed-address": "10.40.0.60/24"}])
    world.centre.machines["t8"].addresses.append(NetAddress("net0", "10.40.0.60/24", "net0/v4", kind="from-gz", zone="web1"))
    assert "10.40.0.60" not in world.ok("ipadm show-addr", "t8")
    assert world.run("ipadm show-addr", "t8", zone="web1")[1].splitlines()[2].split() == ["net0/v4", "from-gz", "ok", "10.40.0.60/24"]
    assert world.ok("ping 10.40.0.60", "t5") == "10.40.0.60 is alive\n"
    web.zone_id = None
    assert world.run("ping 10.40.0.60 1", "t5")[0] == 1


def test_ping(world: World) -> None:
    assert world.ok("ping 10.40.0.200", "t8") == "10.40.0.200 is alive\n"
    assert world.ok("ping t5 1", "t8") == "t5 is alive\n"
    before = world.now
    assert world.run("ping 10.40.0.99 3", "t8") == (1, "no answer from 10.40.0.99\n", "")
    assert world.now - before == 3
    world.centre.machines["t5"].running = False
    assert world.run("ping 10.40.0.12 1", "t8")[0] == 1
    assert world.fails("ping nowhere", "t8") == "ping: unknown host nowhere\n"


def test_routes(world: World) -> None:
    assert world.ok("route -p show", "t8") == "No persistent routes are defined\n"
    assert world.fails("route -n get default", "t8") == "default: not in table\n"
    assert world.ok("route -p add default 10.40.0.1", "t8") == (
        "add net default: gateway 10.40.0.1\nadd persistent net default: gateway 10.40.0.1\n"
    )
    assert world.fails("route -p add default 10.40.0.1", "t8", rc=17) == "add net default: gateway 10.40.0.1: entry exists\n"
    assert world.fails("route add 10.9.0.0/16 10.77.0.1", "t8", rc=128).endswith("Network is unreachable\n")
    assert world.ok("route -p show", "t8") == "persistent: route add default 10.40.0.1\n"
    assert world.ok("netstat -rn -f inet", "t8").splitlines() == [
        "", "Routing Table: IPv4", "  Destination           Gateway           Flags  Ref     Use     Interface ",
        "-------------------- -------------------- ----- ----- ---------- --------- ",
        "default              10.40.0.1            UG        1          0 net0      ",
        "10.40.0.0            10.40.0.11           U         1          0 net0      ",
        "127.0.0.1            127.0.0.1            UH        1          0 lo0       ",
    ]  # fmt: skip
    assert "Routing Table: IPv6" in world.ok("netstat -rn", "t8")
    shown = world.ok("route -n get default", "t8").splitlines()
    assert shown[3:6] == ["    gateway: 10.40.0.1", "  interface: net0 index 2", "      flags: <UP,GATEWAY,DONE,STATIC>"]
    world.ok("route -p delete default 10.40.0.1", "t8")
    assert world.fails("route delete default 10.40.0.1", "t8", rc=3) == "delete net default: gateway 10.40.0.1: not in table\n"


def test_arp(world: World) -> None:
    lines = world.ok("arp -an", "t8").splitlines()
    assert lines[2] == "Net to Media Table: IPv4"
    assert lines[5].split() == ["net0", "10.40.0.11", "255.255.255.255", "SPLA", "00:10:e0:d2:a1:00"]


@pytest.mark.parametrize(
    "line",
    ["dladm show-bridge", "ipadm create-addr -T dhcp net1", "ifconfig -a plumb", "netstat -an", "arp host", "route monitor", "ping -s x"],
)
def test_what_the_lab_does_not_know_is_refused(world: World, line: str) -> None:
    assert world.fails(line, "t8", rc=125).startswith(f"lab: not simulated: {line}")
