# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""zpool iostat, iostat -x, netstat -i: samples and their rows."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import iostat_extended, load, zpool, zpool_iostat
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

HEADER = "               capacity     operations    bandwidth\npool        alloc   free   read  write   read  write\n"
RULE = "----------  -----  -----  -----  -----  -----  -----\n"


def test_pools_only() -> None:
    text = (
        f"{HEADER}{RULE}rpool       6.05G  61.9G      0      0    786    107\ntank        31.3G  36.7G      4      1   296K  86.1K\n{RULE}"
    )
    (sample,) = zpool_iostat.parse_samples(text)
    assert [(one.name, one.pool, one.depth, one.allocated, one.write_bandwidth) for one in sample] == [
        ("rpool", "rpool", 0, "6.05G", "107"),
        ("tank", "tank", 0, "31.3G", "86.1K"),
    ]


def test_devices() -> None:
    text = (
        f"{HEADER}{RULE}tank  810M  1.81T  0  390  536  32.1M\n  mirror-0  405M  928G  0  194  232  16.1M\n"
        f"    c0t0d0  -  -  0  37  1.07K  16.2M\n{RULE}"
    )
    (sample,) = zpool_iostat.parse_samples(text)
    assert [(one.name, one.pool, one.depth) for one in sample] == [("tank", "tank", 0), ("mirror-0", "tank", 1), ("c0t0d0", "tank", 2)]
    assert (sample[2].allocated, sample[2].read_bandwidth) == ("", "1.07K")


def test_old_column_names_and_interval() -> None:
    text = HEADER.replace("alloc   free", " used  avail") + "tank 100G 20.0G 1.2M 102K 1.2M 3.45K\ntank 100G 20.0G 134 0 1.34K 0\n"
    assert [len(sample) for sample in zpool_iostat.parse_samples(text)] == [1, 1]


@pytest.mark.parametrize(
    "text", ["cannot open 'x': no such pool\n", HEADER + "tank 1G 2G 0 0 0\n", HEADER + "tank 1G 2G 0 0 0 -5\n", "  c0t0d0 - - 0 0 0 0\n"]
)
def test_no_statistics(text: str) -> None:
    with pytest.raises(ParseError):
        zpool_iostat.parse_samples(text)


def test_extended_statistics_in_both_orders() -> None:
    by_name = (
        "                    extended device statistics\n"
        "    r/s    w/s   kr/s   kw/s wait actv wsvc_t asvc_t  %w  %b device\n"
        "    0.1    1.2    3.4    5.6  0.0  0.0    0.1    0.2   0   1 c0t0d0\n"
    )
    (sample,) = iostat_extended.parse(by_name)
    assert sample["c0t0d0"]["w/s"] == 1.2
    first = (
        "                 extended device statistics\ndevice    r/s    w/s   kr/s   kw/s wait actv  svc_t  %w  %b\n"
        "sd0       0.0    0.0    0.0    0.0  0.0  0.0    0.0   0   0\n"
    )
    assert list(iostat_extended.parse(first + first)[1]) == ["sd0"]
    with pytest.raises(ParseError):
        iostat_extended.parse(first.replace("sd0       0.0", "sd0       n/a"))


def test_netstat_interval() -> None:
    text = (
        "    input   net0      output     input  (Total)    output\n"
        "packets errs  packets errs  colls  packets errs  packets errs  colls\n4 0 1 0 0 5 0 2 0 0\n"
    )
    (sample,) = load.parse_netstat_interval(text)
    assert (sample["in_packets"], sample["out_packets"], sample["total_in_packets"], sample["colls"]) == (4, 1, 5, 0)
    with pytest.raises(ParseError):
        load.parse_netstat_interval("4 0 1 0 0\n")


def test_layouts_that_do_not_fit() -> None:
    new = (
        "vdev verification failed: use -f to override the following errors:\n"
        "mismatched replication level: pool uses mirror and new vdev is disk\n"
    )
    old = (
        "invalid vdev specification\nuse '-f' to override the following errors:\n"
        "mismatched replication level: pool uses raidz and new vdev is disk\n"
    )
    for text, layout in ((new, "mirror"), (old, "raidz")):
        reasons = zpool.layout_refusals(Output(1, stderr=text))
        assert zpool.mismatch(reasons) == ("mismatched replication level", layout, "disk")
    assert zpool.layout_refusals(Output(1, stderr="cannot open 'x': no such pool\n")) == ()
    assert zpool.mismatch(("/dev/dsk/c0t0d0s0 is part of active ZFS pool rpool",)) is None
