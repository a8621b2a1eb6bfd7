# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes whose public network is an IPMP group: Solaris 11's IPMP interface, Solaris 10's members, both named otherwise on every node."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from .volumes_world import VolumesWorld, volumes_world
from .world import World, quiet

PUBLIC = {"network": "public", "address": "10.41.0.51"}


@pytest.fixture
def eleven(tmp_path: Path) -> Iterator[World]:
    """A data centre of its own: interfaces that a test makes stay."""
    with quiet(World(tmp_path)) as made:
        yield made


@pytest.fixture
def ten(tmp_path: Path) -> Iterator[VolumesWorld]:
    with volumes_world(tmp_path) as made:
        yield made


def on(world: World, node: str, *lines: str) -> None:
    for line in lines:
        done = world.lab.ssh(node, line)
        assert done.returncode == 0, f"{line}: {done.stderr}"


def public(world: World, node: str, link: str) -> None:
    path = world.inventory / "host_vars" / f"{node}.yml"
    declared = yaml.safe_load(path.read_text())
    declared["heliostat_node"]["networks"]["public"] = link
    path.write_text(yaml.safe_dump(declared))


def physical(world: World, node: str, name: str) -> str:
    shown = world.lab.ssh(node, f"zonecfg -z {name} info net").stdout
    return next(line.split()[-1] for line in shown.splitlines() if "physical" in line)


def test_an_ipmp_interface_carries_a_shared_zone_wherever_it_goes(eleven: World) -> None:
    for node, name, address in (("t8a", "ipmp0", "10.41.0.11"), ("t8b", "front0", "10.41.0.12")):
        on(eleven, node, "ipadm create-ip net1", "ipadm create-ip net3", f"ipadm create-ipmp -i net1 -i net3 {name}")
        on(eleven, node, f"ipadm create-addr -T static -a {address}/24 {name}/v4")
        public(eleven, node, name)
    eleven.lab.fault("t8a", "link_down", text="net3")
    found = eleven.task("t8a", "node")
    assert found.status == "ok", found.message
    assert found.result["node"]["groups"] == [
        {"name": "ipmp0", "members": ["net1", "net3"], "interface": "ipmp0", "state": "degraded", "unusable": ["net3"]}
    ]
    assert "IPMP group ipmp0 is degraded: net3 cannot be used" in found.result["warnings"][0]
    assert eleven.task("t8b", "node").result.get("warnings", []) == []
    eleven.declare("web1", eleven.declared("web1"), networks=[PUBLIC], ip_type="exclusive")
    refused = eleven.task("t8a", "vserver", name="web1")
    assert "ipmp0 of node t8a is of its IPMP group ipmp0, which an exclusive-IP zone cannot use" in refused.message
    eleven.declare("web1", eleven.declared("web1"), networks=[PUBLIC], ip_type="shared")
    made = eleven.task("t8a", "vserver", name="web1")
    assert made.status == "ok", made.message
    assert physical(eleven, "t8a", "web1") == "ipmp0"
    assert eleven.task("t8a", "vserver", name="web1").changed is False
    run = eleven.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": ["web1"], "heliostat_target": "t8b"})
    assert run.rc == 0, run.output
    assert physical(eleven, "t8b", "web1") == "front0"
    assert "10.41.0.51" in eleven.lab.ssh("t8b", "ifconfig -a").stdout


def test_a_member_that_works_is_chosen_where_solaris_10_attaches(ten: VolumesWorld) -> None:
    on(ten, "t4c", "ifconfig igb2 plumb", "ifconfig igb1 group prod0", "ifconfig igb2 group prod0")
    on(ten, "t4d", "ifconfig igb1 unplumb", *(f"ifconfig igb{number} plumb" for number in (2, 3)))
    on(ten, "t4d", *(f"ifconfig igb{number} group front0" for number in (2, 3)))
    public(ten, "t4d", "front0")
    ten.vserver("zfs", networks=[{"network": "public", "address": "10.43.0.51"}])
    assert ten.play("heliostat.vdc.node_register").rc == 0
    ten.lab.fault("t4d", "link_down", text="igb2")
    assert ten.task("t4c", "vserver", name="pay1").status == "ok"
    assert physical(ten, "t4c", "pay1") == "igb1"
    ten.lab.fault("t4c", "link_down", text="igb1")
    assert "zone pay1" in ten.lab.ssh("t4c", "ifconfig igb2:2").stdout, "in.mpathd has moved it"
    again = ten.task("t4c", "vserver", name="pay1")
    assert (again.changed, again.result.get("deferred", [])) == (False, []), again.result
    run = ten.play("heliostat.vdc.vserver_migrate", variables={"heliostat_vserver_names": ["pay1"], "heliostat_target": "t4d"})
    assert run.rc == 0, run.output
    assert physical(ten, "t4d", "pay1") == "igb3", "what works now, though it was not known to be down"
    ten.lab.clear_faults()
    assert ten.task("t4d", "vserver", name="pay1").changed is False, "a repaired member asks for nothing"
