# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest domain of the lab: what it says of itself, its disks and links, and how it lives and dies with its machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.lab import centre
from tests.lab.client import CHECKOUT, Lab

GUESTS = CHECKOUT / "tests/lab/datacentres/guests.yml"
L3 = "60060e8007c3f2000030c3f200000403"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab.start(centre=GUESTS, state_dir=tmp_path_factory.mktemp("guests") / "lab") as made:
        made.clock(speed=500)
        yield made


def say(lab: Lab, machine: str, line: str) -> str:
    done = lab.ssh(machine, line)
    return str(done.stdout + done.stderr)


def test_what_it_says_of_itself(lab: Lab) -> None:
    told = say(lab, "gd1", "virtinfo -a -p").splitlines()
    assert told[1] == "DOMAINROLE|impl=LDoms|control=false|io=false|service=false|root=false"
    assert told[2] == "DOMAINNAME|name=gd1" and told[4:] == ["DOMAINCONTROL|name=t8c", "DOMAINCHASSIS|serialno=AK00412820"]
    assert "DOMAIN|name=gd1|state=active|" in say(lab, "t8c", "ldm list -p")
    assert "gd1" not in say(lab, "t8d", "ldm list -p")
    assert "lab: not simulated" in say(lab, "gd1", "ldm list -p")


def test_its_disks_are_virtual_ones(lab: Lab) -> None:
    listed = say(lab, "gd1", "format </dev/null")
    assert "1. c0d1 <HITACHI-OPEN-V-8001-20.00GB>\n          /virtual-devices@100/channel-devices@200/disk@1\n" in listed
    assert "6006" not in listed and "/dev/chassis" not in listed
    tree = say(lab, "gd1", "prtconf -v -c /devices/virtual-devices@100/channel-devices@200")
    assert f"value='id1,vdc@n{L3}'" in tree and "dev_link=/dev/dsk/c0d2s0" in tree and "value='id1,vdc@f" in tree
    assert "disk" not in say(lab, "t8c", "prtconf -v -c /devices/virtual-devices@100/channel-devices@200")
    assert "c0d1             Soft Errors: 0 Transport Errors: 0 Protocol Errors: 0 " in say(lab, "gd1", "iostat -En")
    assert say(lab, "gd1", "mpathadm list lu") == ""
    for line in ("luxadm probe", "cfgadm -al", "prtdiag -v"):
        assert "lab: not simulated" in say(lab, "gd1", line)


def test_a_pool_has_each_machines_own_names(lab: Lab) -> None:
    assert say(lab, "gd1", "zpool create p1 mirror c0d1 c0d3; zpool status p1").count("c0d") == 2
    assert "c0d3s0 is part of active ZFS pool p1" in say(lab, "gd1", "zpool create p2 c0d3")
    assert say(lab, "gd1", "zpool export p1; zpool import").count("c0d") == 2
    assert f"c0t{L3.upper()[:-1]}1d0" in say(lab, "t8d", "zpool import p1; zpool status p1; zpool destroy p1; zpool status p1")


def test_a_vnet_shows_its_alternate_addresses(lab: Lab) -> None:
    assert say(lab, "gd1", "dladm show-phys -p -o link,device net0") == "net0:vnet0\n"
    rows = say(lab, "gd1", "dladm show-phys -m net0").splitlines()
    assert rows[0].split() == ["LINK", "SLOT", "ADDRESS", "INUSE", "CLIENT"]
    assert [row.split()[:3] for row in rows[2:]] == [["1", "0:14:4f:f8:10:1", "no"], ["2", "0:14:4f:f8:10:2", "no"]]


def test_it_lives_and_dies_with_its_machine(lab: Lab) -> None:
    lab.power("gd1", "off", wait=True)
    assert "DOMAIN|name=gd1|state=bound|" in say(lab, "t8c", "ldm list -p")
    assert "lab: not simulated" not in say(lab, "t8c", "ldm ls -p")
    lab.power("gd1", "on", wait=True)
    assert "lab: not simulated" in say(lab, "t8c", "shutdown -y -g 0 -i 5")
    lab.power("t8c", "panic", wait=True)  # without its control domain it has neither disks nor network, and goes on afterwards
    assert say(lab, "gd1", "uname -n") == "gd1\n"
    lab.power("t8c", "off", wait=True)
    assert not lab.truth("gd1")["powered"]
    with pytest.raises(Exception, match="gd1 is a guest domain of t8c, which is off"):
        lab.power("gd1", "on")
    lab.power("t8c", "on", wait=True)
    assert lab.truth("gd1")["powered"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"guest_of": "nobody"}, "names a SPARC machine that is no guest"),
        ({"guest_of": "gd1"}, "names a SPARC machine that is no guest"),
        ({"sp": {"address": "127.0.44.113"}}, "has no service processor"),
        ({"replicas": ["c0d0s4"]}, "SVM, VxVM and a real ZFS"),
        ({"nics": [{"device": "i40e0", "mac": "00:14:4f:fb:31:0a"}]}, "links vnetN"),
    ],
)
def test_what_is_no_guest_domain(changed: dict[str, object], said: str) -> None:
    data = yaml.safe_load(Path(GUESTS).read_text())
    data["machines"]["gd1"].update(changed)
    with pytest.raises(ValueError, match=said):
        centre.make_truth(data)
