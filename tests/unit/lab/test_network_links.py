# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dladm on Solaris 11 and 10: lists, the -p -o rules, what is made and refused, the links of zones."""

from __future__ import annotations

import re

import pytest

from tests.lab.commands.network.table import Table

from .node_world import nodes, zone
from .zone_world import World


@pytest.fixture
def world() -> World:
    return nodes()


def test_show_link_and_show_phys(world: World) -> None:
    world.centre.machines["t8"].nics[3].state = "down"
    lines = world.ok("dladm show-link", "t8").splitlines()
    assert lines[0] == "LINK                CLASS     MTU    STATE    OVER"
    assert lines[1] == "net0                phys      1500   up       --"
    assert lines[4] == "net3                phys      1500   down     --"
    lines = world.ok("dladm show-phys", "t8").splitlines()
    assert lines[0] == "LINK              MEDIA                STATE      SPEED  DUPLEX    DEVICE"
    assert lines[1] == "net0              Ethernet             up         10000  full      i40e0"
    assert lines[4] == "net3              Ethernet             down       0      unknown   i40e3"
    assert world.ok("dladm show-phys -m -p -o link,address,inuse net0", "t8") == "net0:0\\:10\\:e0\\:d2\\:a1\\:0:yes\n"


def test_parsable_output(world: World) -> None:
    assert world.ok("dladm show-link -p -o link,class,over net0", "t8") == "net0:phys:\n", "an empty value is empty"
    assert world.ok("dladm show-phys -m -p -o address net0", "t8") == "0:10:e0:d2:a1:0\n", "a single field is raw"
    assert world.ok("dladm show-link -o over net0", "t8") == "OVER\n--\n"
    assert world.fails("dladm show-link -p", "t8") == "dladm: output fields must be specified in parsable mode\n"
    assert world.fails("dladm show-link -p -o all", "t8") == "dladm: output field `all' invalid in parsable mode\n"
    assert world.fails("dladm show-link -o colour", "t8") == "dladm: unknown output field: `colour'\n"
    assert world.fails("dladm show-link net9", "t8") == "dladm: invalid link name 'net9'\n"
    assert world.ok("dladm show-vnic", "t8") == "", "no header without rows"


def test_a_wide_value_borrows_from_the_columns_after_it(world: World) -> None:
    table = Table({"addrobj": 18, "type": 9, "state": 13, "addr": 20}, ("addrobj", "type", "state", "addr"))
    wide = table.line(["hacker_ipmp0/v4addr1", "static", "ok", "192.168.1.50/24"], table.default)
    assert wide == "hacker_ipmp0/v4addr1 static ok          192.168.1.50/24\n"
    one = table.line(["net0_myipmp0/test", "static", "ok", "192.168.1.51/24"], table.default)
    assert one == "net0_myipmp0/test static   ok           192.168.1.51/24\n"


def test_vnics(world: World) -> None:
    world.ok("dladm create-vnic -l net1 vnic1", "t8")
    world.ok("dladm create-vnic -t -l net1 -v 12 -m 02:08:20:01:02:03 vnic2", "t8")
    lines = world.ok("dladm show-vnic", "t8").splitlines()
    assert lines[0] == "LINK            OVER           SPEED  MACADDRESS        MACADDRTYPE IDS"
    assert re.fullmatch(r"vnic1 {11}net1 {11}10000  2:8:20:[0-9a-f:]{5,8} +random      VID:0", lines[1])
    assert lines[2] == "vnic2           net1           10000  2:8:20:1:2:3      fixed       VID:12"
    assert world.ok("dladm show-link vnic1", "t8").splitlines()[1] == "vnic1               vnic      1500   up       net1"
    assert "vnic2" not in world.ok("dladm show-link -P", "t8")
    assert world.fails("dladm create-vnic -l net1 vnic1", "t8") == "dladm: vnic creation over net1 failed: object already exists\n"
    assert world.fails("dladm create-vnic -l net9 vnic3", "t8") == "dladm: invalid link name 'net9'\n"
    assert world.fails("dladm create-vnic -l net1 vnic", "t8") == "dladm: invalid link name 'vnic'\n"
    assert "permission denied" in world.fails("dladm create-vnic -l net1 vnic3", "t8", user="operator")
    assert world.fails("dladm delete-vlan vnic1", "t8") == "dladm: delete operation failed: invalid argument\n"
    world.ok("ipadm create-ip vnic1", "t8")
    assert world.fails("dladm delete-vnic vnic1", "t8") == "dladm: vnic deletion failed: link busy\n"
    world.ok("ipadm delete-ip vnic1", "t8")
    world.ok("dladm delete-vnic vnic1", "t8")
    assert world.fails("dladm delete-vnic vnic1", "t8") == "dladm: invalid link name 'vnic1'\n"


def test_vlans_etherstubs_aggregations(world: World) -> None:
    world.ok("dladm create-etherstub stub0", "t8")
    world.ok("dladm create-vnic -l stub0 vnic0", "t8")
    world.ok("dladm create-vlan -l net1 -v 5", "t8")
    world.ok("dladm create-aggr -L active -l net2 -l net3 aggr0", "t8")
    lines = world.ok("dladm show-link", "t8").splitlines()[5:]
    assert lines == [
        "stub0               etherstub 9000   unknown  --",
        "vnic0               vnic      9000   up       stub0",
        "net5001             vlan      1500   up       net1",
        "aggr0               aggr      1500   up       net2 net3",
    ]
    assert world.ok("dladm show-etherstub -p -o link", "t8") == "stub0\n"
    assert world.ok("dladm show-vlan -p -o link,vid,over", "t8") == "net5001:5:net1\n"
    assert world.ok("dladm show-aggr", "t8").splitlines() == [
        "LINK              MODE  POLICY   ADDRPOLICY           LACPACTIVITY LACPTIMER",
        "aggr0             trunk L4       auto                 active       short",
    ]
    ports = world.ok("dladm show-aggr -x -p -o port aggr0", "t8")
    assert ports == "\nnet2\nnet3\n", "the aggregation's own line has no port"
    world.centre.machines["t8"].nics[2].state = "down"
    assert world.ok("dladm show-link -p -o state aggr0", "t8") == "up\n"
    world.centre.machines["t8"].nics[3].state = "down"
    assert world.ok("dladm show-link -p -o state aggr0", "t8") == "down\n"
    assert world.fails("dladm create-aggr -l net0 -l net1 aggr1", "t8") == "dladm: create operation failed: link busy\n"
    assert world.fails("dladm delete-etherstub stub0", "t8") == "dladm: etherstub deletion failed: link busy\n"
    world.ok("dladm set-linkprop -p mtu=9000 aggr0", "t8")
    assert world.ok("dladm show-linkprop -c -p mtu -o value aggr0", "t8") == "9000\n"


def test_automatic_vnics_of_running_zones(world: World) -> None:
    web = zone(world, "t8", "web1", [{"kind": "anet", "linkname": "net0", "lower-link": "net1", "mac-address": "auto", "vlan-id": "7"}])
    last = world.ok("dladm show-link", "t8").splitlines()[-1]
    assert last == "web1/net0           vnic      1500   up       net1"
    assert re.fullmatch(r"web1/net0:net1:2\\:8\\:20\\:\S+:7\n", world.ok("dladm show-vnic -p -o link,over,macaddress,vid", "t8"))
    assert world.ok("dladm show-link -p -o link,zone", "t8").splitlines()[-1] == "web1/net0:web1"
    rc, out, _ = world.run("dladm show-link", "t8", zone="web1")
    assert (rc, out.splitlines()[1:]) == (0, ["net0                vnic      1500   up       net1"])
    web.state, web.zone_id = "installed", None
    assert "web1" not in world.ok("dladm show-link", "t8")


def test_solaris_10_dialect(world: World) -> None:
    assert world.ok("dladm show-dev", "t4").splitlines()[0] == "igb0\t\tlink: up\tspeed: 1000  Mbps\tduplex: full"
    world.ok("dladm create-aggr -d igb1 1", "t4")
    assert world.ok("dladm show-aggr", "t4").splitlines() == [
        "key: 1 (0x0001)\tpolicy: L4\taddress: 0:21:28:2f:4d:9 (auto)",
        "\tdevice\taddress\t\t\tspeed\t\tduplex\tlink\tstate",
        "\tigb1\t0:21:28:2f:4d:9\t1000  Mbps\tfull\tup\tattached",
    ]
    assert world.ok("dladm show-link aggr1", "t4").expandtabs() == "aggr1           type: non-vlan  mtu: 1500       aggregation: key 1\n"
    assert world.fails("dladm create-aggr -d igb0 2", "t4") == "dladm: create operation failed: device busy\n"
    world.ok("dladm delete-aggr 1", "t4")
    assert world.fails("dladm delete-aggr 1", "t4") == "dladm: delete operation failed: aggregation not found\n"
    assert world.fails("dladm show-phys", "t4", rc=125) == "lab: not simulated: dladm show-phys\n"
