# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What zones and nodes use, as zonestat -p, prstat -Z and kstat -p say it. Rows of prstat are recorded ones (Solaris 10 8/07, 11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import counters, prstat_zones, zonestat_summary
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

PRSTAT = """   PID USERNAME  SIZE   RSS STATE  PRI NICE      TIME  CPU PROCESS/NLWP
  1641 root     4864K 4520K cpu0    59    0   0:00:00 0.5% prstat/1
ZONEID    NPROC  SWAP   RSS MEMORY      TIME  CPU ZONE
     1       55  202M  264M   1.6%   0:36:11  62% bighead
     6       74   13G 3273M    10%  16:51:18 0.0% refdb1
     2        5   18M 6668K   0.2%   0:00:00 0.2% zone2
     0       49  219M  291M   1.8%   0:01:36 0.1% global
Total: 207 processes, 709 lwps, load averages: 0.05, 0.06, 0.11
"""


def row(name: str, cpus: str = "0.32", memory: str = "262144K", more: str = "") -> str:
    return f"interval:summary:{name}:{cpus}:1.00%:-:-:{memory}:0.70%:-:271360K:0.70%:-:0:0.00%{more}\n"


def test_zones_by_zonestat() -> None:
    text = "interval:header:since-last-interval:20101112T120000Z:1:5\n" + row("[total]", "9.74") + row("global", "9.10") + row("zoneA")
    text += row("zoneB", "0.00", "512", ":added:later") + row("tiny", "12.00", "-") + "interval:footer:20101112T120000Z5:5\n"
    found = zonestat_summary.parse(text)
    assert found["zoneA"] == zonestat_summary.Used(0.32, 256 << 20)
    assert found["zoneB"] == zonestat_summary.Used(0.0, 512)
    assert found["tiny"] == zonestat_summary.Used(12.0, None)
    assert sorted(found) == ["global", "tiny", "zoneA", "zoneB"]


@pytest.mark.parametrize(
    "text",
    [
        "SUMMARY                   Cpus/Online: 4/4   PhysMem: 8191M\n",
        "report-total:summary:zoneA:0.32:1.00%:-:-:4K:0.70%:-:4K:0.7%:-:0:0.00%\n",
        "interval:processor-set:default-pset:pset_default:zoneA:0.32:1.00%:-:-\n",
        row("zoneA", cpus="0,32"),
        row("zoneA", memory="63.9M"),
        row("zoneA") + row("zoneA"),
        "interval:summary:zoneA:0.32:1.00%:-:-\n",
        row(""),
    ],
)
def test_other_lines_of_zonestat_are_refused(text: str) -> None:
    with pytest.raises(ParseError, match="zonestat -p"):
        zonestat_summary.parse(text)


@given(
    st.dictionaries(st.from_regex(r"[a-z][a-z0-9_.-]{0,20}", fullmatch=True), st.tuples(st.integers(0, 99999), st.integers(98, 1 << 32)))
)
def test_zonestat_is_read_as_written(zones: dict[str, tuple[int, int]]) -> None:
    text = "".join(row(name, f"{cpu // 100}.{cpu % 100:02}", f"{kilobytes}K") for name, (cpu, kilobytes) in zones.items())
    found = zonestat_summary.parse(text)
    assert {name: (round(one.cpus * 100), one.memory) for name, one in found.items()} == {
        name: (cpu, kilobytes << 10) for name, (cpu, kilobytes) in zones.items()
    }


def test_zones_by_prstat() -> None:
    found = prstat_zones.parse(PRSTAT)
    assert found == {
        "bighead": prstat_zones.Zone(0.62, 264 << 20),
        "refdb1": prstat_zones.Zone(0.0, 3273 << 20),
        "zone2": prstat_zones.Zone(pytest.approx(0.002), 6668 << 10),
        "global": prstat_zones.Zone(pytest.approx(0.001), 291 << 20),
    }


@pytest.mark.parametrize("text", ["", PRSTAT.partition("ZONEID")[0], PRSTAT.replace("264M", "264"), PRSTAT.replace("62%", "-")])
def test_other_reports_of_prstat_are_refused(text: str) -> None:
    with pytest.raises(ParseError, match="prstat"):
        prstat_zones.parse(text)


KSTAT = (
    "cpu:0:sys:cpu_nsec_kernel\t1000000000\ncpu:0:sys:cpu_nsec_user\t3000000000\n"
    "cpu:1:sys:cpu_nsec_kernel\t2393494887301495\ncpu:1:sys:cpu_nsec_user\t3394121418891352\n"
    "unix:0:system_misc:boot_time\t1427142581\nunix:0:system_misc:snaptime\t12444687.9690404\n"
    "unix:0:system_pages:freemem\t641451\nunix:0:system_pages:physmem\t1568638\n"
)


def test_counters() -> None:
    told = counters.parse(KSTAT)
    assert (told.boot, told.uptime, told.cpus, told.pages, told.free) == (1427142581, 12444687.9690404, 2, 1568638, 641451)
    assert told.busy == pytest.approx((4e9 + 2393494887301495 + 3394121418891352) / 1e9)
    assert counters.parse_page_size("8192\n") == 8192


@pytest.mark.parametrize(
    "gone", ["cpu:1:sys:cpu_nsec_user\t3394121418891352\n", "unix:0:system_misc:snaptime\t12444687.9690404\n", "physmem"]
)
def test_counters_that_are_not_all_there_are_refused(gone: str) -> None:
    with pytest.raises(ParseError, match="kstat -p"):
        counters.parse(KSTAT.replace(gone, ""))
    with pytest.raises(ParseError, match="no system_misc, system_pages or CPUs"):
        counters.parse("")
