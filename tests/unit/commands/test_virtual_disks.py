# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual disks of a guest domain: device ids in prtconf -v, counters in iostat -En, domains in ldm list -p.

No recording of prtconf -v or iostat -En in a guest domain is known: these are what the published sources of vdc, vds, prtconf and
iostat print.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import disks, iostat, ldm, virtual_disks
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

L1 = "60060E8007C3F2000030C3F200000101"


def node(number: int, devid: str, *devices: str) -> str:
    links = "".join(f"                    dev_link=/dev/dsk/{device}s0\n" for device in devices)
    told = f"            name='devid' type=string items=1\n                value='{devid}'\n" if devid else ""
    return (
        f"    disk, instance #{number}\n        Hardware properties:\n{told}"
        "            name='reg' type=int items=1\n                value=00000000\n        Device Minor Nodes:\n            dev=(32,0)\n"
        f"                dev_path=/virtual-devices@100/channel-devices@200/disk@{number:x}:a\n"
        f"                    spectype=blk type=minor\n{links}"
        f"                dev_path=/virtual-devices@100/channel-devices@200/disk@{number:x}:a,raw\n"
        "                    spectype=chr type=minor\n"
    )


def tree(*nodes: str) -> Output:
    services = "    virtual-domain-service, instance #0\n        Device Minor Nodes:\n            dev=(189,0)\n"
    return Output(0, "channel-devices, instance #0\n" + services + "".join(nodes))


@pytest.mark.parametrize(
    ("devid", "guid"),
    [
        (f"id1,vdc@n{L1.lower()}", L1),
        (f"id1,vdc@w{L1.lower()}", L1),  # as older releases encode the same
        ("id1,vdc@n5000cca0251b1000", "5000CCA0251B1000"),
        ("id1,vdc@f85a3722e4e96b600000e056e0049", ""),  # a file, a volume
        ("id1,vdc@w5000cca0251b1000", ""),  # may be a port's
        ("id1,sd@n5000cca0251b1000", ""),
        ("id1,vdc@TATA_____disk", ""),
        ("", ""),  # a slice
    ],
)
def test_only_a_whole_lun_tells_its_guid(devid: str, guid: str) -> None:
    (found,) = virtual_disks.parse(tree(node(3, devid, "c0d3")))
    assert (found.path, found.devices, found.guid) == ("/virtual-devices@100/channel-devices@200/disk@3", ("c0d3",), guid)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 2**128 - 1)), unique_by=lambda each: each[0], max_size=6))
def test_every_disk_has_its_own(known: list[tuple[int, int]]) -> None:
    output = tree(*(node(number, f"id1,vdc@n{guid:032x}", f"c0d{number}", f"c1d{number}") for number, guid in known))
    found = virtual_disks.by_device(virtual_disks.parse(output))
    assert found == {f"c{controller}d{number}": f"{guid:032X}" for number, guid in known for controller in (0, 1)}


def test_a_machine_without_the_bus_has_none_and_a_failure_is_one() -> None:
    assert virtual_disks.parse(Output(1, "", "prtconf: invalid path specified\n")) == ()
    assert virtual_disks.parse(tree()) == ()
    with pytest.raises(ParseError, match="exit code 1: devinfo facility"):
        virtual_disks.parse(Output(1, "", "devinfo facility not available\n"))
    with pytest.raises(ParseError, match="device id"):
        virtual_disks.parse(Output(0, tree(node(1, f"id1,vdc@n{L1.lower()}")).stdout.replace("value='id1", "valu='id1")))
    with pytest.raises(ParseError, match="second path"):
        virtual_disks.parse(Output(0, tree(node(1, "")).stdout.replace("disk@1:a,raw", "disk@2:a,raw")))


FORMAT = """Searching for disks...done


AVAILABLE DISK SELECTIONS:
       0. c0d0 <SUN-DiskImage-100GB cyl 2843 alt 2 hd 96 sec 768>
          /virtual-devices@100/channel-devices@200/disk@0
       1. c0d1 <HITACHI-OPEN-V-8001-20.00GB>
          /virtual-devices@100/channel-devices@200/disk@1
Specify disk (enter its number):
"""
ERRORS = (
    "c0d0             Soft Errors: 0 Transport Errors: 0 Protocol Errors: 0 \n"
    "Vendor: SUN Product: VDSK Size: 107.37GB <107374182400 bytes>\n\n"
    "c0d1             Soft Errors: 0 Transport Errors: 3 Protocol Errors: 1 \n"
    "Vendor: SUN Product: VDSK Size: 21.47GB <21474836480 bytes>\n\n"
)


def test_counters_of_virtual_disks() -> None:
    found = iostat.parse(ERRORS)
    assert [(one.name, one.size, one.product) for one in found] == [("c0d0", 107374182400, "VDSK"), ("c0d1", 21474836480, "VDSK")]
    assert found[1].errors == {"soft": 0, "transport": 3, "protocol": 1}


def test_a_guests_disks_are_put_together() -> None:
    answers = {
        "format": Output(1, FORMAT),
        "iostat-En": Output(0, ERRORS),
        "mpathadm-list-lu": Output(0),
        "prtconf-vdisks": tree(node(0, "id1,vdc@f85a3722e4e96b600000e056e0049", "c0d0"), node(1, f"id1,vdc@n{L1.lower()}", "c0d1")),
    }
    assert [(disk.device, disk.guid, disk.size) for disk in disks.parse(answers)] == [
        ("c0d0", None, 107374182400),
        ("c0d1", L1, 21474836480),
    ]
    with pytest.raises(ParseError, match="does not show /virtual-devices@100/channel-devices@200/disk@0"):
        disks.parse(answers | {"prtconf-vdisks": tree()})


def test_states_of_domains() -> None:
    listed = Output(0, "VERSION 1.11\nDOMAIN|name=primary|state=active|flags=-n-cv-\nDOMAIN|name=ldg1|state=bound|flags=------|cons=5000\n")
    missing = Output(127, "", "ldm: not found\n")
    assert ldm.states([listed, missing]) == {"primary": "active", "ldg1": "bound"}
    assert ldm.states([missing, missing]) == {}
    for broken in (Output(1, "", "Failed to connect to logical domain manager\n"), Output(0, "VERSION 1.11\nDOMAIN|name=x|state=odd\n")):
        with pytest.raises(ParseError):
            ldm.states([broken, missing])
