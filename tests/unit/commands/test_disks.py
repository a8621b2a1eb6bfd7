# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import disks, format, iostat, multipath
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

LUN = "c0t600144F0991C8E00000052ADD63B0001d0"
FORMAT = f"""Searching for disks...done


AVAILABLE DISK SELECTIONS:
       0. {LUN} <SUN-ZFS Storage-1.0-100.00GB>  data
          /scsi_vhci/disk@g600144f0991c8e00000052add63b0001
       1. c1t5006016E086029A9d3 <DGC-RAID 5-0533 cyl 5118 alt 2 hd 16 sec 128>
          /pci@0,0/pci8086,e08@3/fp@0,0/disk@w5006016e086029a9,3
       2. c2t0d0 <drive not available>
          /pci@1f,0/scsi@1/sd@0,0
          /dev/chassis/SYS/HDD0/disk
Specify disk (enter its number): """
IOSTAT = f"""{LUN} Soft Errors: 0 Hard Errors: 0 Transport Errors: 0
Vendor: SUN      Product: ZFS Storage 7330 Revision: 1.0  Serial No:
Size: 107.37GB <107374182400 bytes>
Media Error: 0 Device Not Ready: 0 No Device: 0 Recoverable: 0
Illegal Request: 1 Predictive Failure Analysis: 0
"""
MPATHADM = f"\t/dev/rdsk/{LUN}s2\n\t\tTotal Path Count: 4\n\t\tOperational Path Count: 3\n"


def answers(**other: Output) -> dict[str, Output]:
    found = {"format": Output(1, FORMAT), "iostat-En": Output(0, IOSTAT), "mpathadm-list-lu": Output(0, MPATHADM)}
    return found | {name.replace("_", "-"): output for name, output in other.items()}


def test_disks_of_a_node() -> None:
    lun, port, gone = disks.parse(answers())
    assert (lun.guid, lun.size, lun.vendor, lun.product, lun.paths) == (LUN[3:-2], 107374182400, "SUN", "ZFS Storage 7330", 3)
    assert (port.device, port.guid, port.size, port.paths) == ("c1t5006016E086029A9d3", None, None, None)
    assert gone.guid is None


def test_a_port_s_wwn_is_no_guid() -> None:
    assert disks.guid("c0t5000C500478063FDd0", "/pci@400/scsi@0/disk@w5000c500478063fd,0") is None
    assert disks.guid("c0t5000C500478063FDd0", "/scsi_vhci/disk@g5000c500478063fd") == "5000C500478063FD"
    with pytest.raises(ParseError, match="different LUNs"):
        disks.guid("c0t5000C500478063FDd0", "/scsi_vhci/disk@g5000c500478063ff")


def test_no_multipathing_is_a_lacking_capability_and_a_failure_is_not() -> None:
    assert disks.parse(answers(mpathadm_list_lu=Output(127)))[0].paths is None
    with pytest.raises(ParseError, match="mpathadm list lu failed with exit code 1"):
        disks.parse(answers(mpathadm_list_lu=Output(1, "", "Error: no libraries")))


def test_failed_is_not_absent() -> None:
    with pytest.raises(ParseError):
        disks.parse(answers(format=Output(1, "", "No permission (or no disks found)!")))
    assert disks.parse(answers(format=Output(1, "Searching for disks...done\nNo disks found!\n"))) == ()


def test_format_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ParseError, match="surprise"):
        format.parse(FORMAT.replace("          /pci@1f,0/scsi@1/sd@0,0\n", "          surprise\n"))


words = st.text(st.sampled_from("ABCabc019-_/. "), max_size=16).map(lambda text: " ".join(text.split()))


@given(vendor=words, product=words, revision=words, serial=words, size=st.integers(0, 1 << 50))
def test_iostat_keeps_blanks_in_products(vendor: str, product: str, revision: str, serial: str, size: int) -> None:
    text = (
        "c1t0d0           Soft Errors: 1 Hard Errors: 2 Transport Errors: 3 \n"
        f"Vendor: {vendor:<8} Product: {product:<16} Revision: {revision:<4} Serial No: {serial:<16} \n"
        f"Size: {size / 1e9:.2f}GB <{size} bytes>\nMedia Error: 0 Device Not Ready: 0 No Device: 0 Recoverable: 0 \n"
    )
    (device,) = iostat.parse(text)
    assert (device.vendor, device.product, device.revision, device.serial, device.size) == (vendor, product, revision, serial, size)
    assert device.errors["soft"] == 1


def test_mpathadm_without_its_counts() -> None:
    with pytest.raises(ParseError):
        multipath.parse_list("\t/dev/rdsk/c0t1d0s2\n\t\tTotal Path Count: 4\n")
