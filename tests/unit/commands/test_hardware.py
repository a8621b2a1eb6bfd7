# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import hardware, prtdiag, psrinfo, virtinfo
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

ANSWERS = {
    "uname-n": Output(0, "n1\n"),
    "hostid": Output(0, "84f5a3de\n"),
    "prtdiag": Output(1, "System Configuration:  Oracle Corporation  sun4v SPARC T5-2\nMemory size: 256 Gigabytes\n"),
    "prtconf": Output(
        0,
        "System Configuration:  Oracle Corporation  sun4v\nMemory size: 262144 Megabytes\n"
        "System Peripherals (Software Nodes):\n\nORCL,SPARC-T5-2\n",
    ),
    "prtconf-b": Output(0, "name: ORCL,SPARC-T5-2\nbanner-name: SPARC T5-2\ncompatible: sun4v\n"),
    "psrinfo": Output(0, "".join(f"{n}\ton-line   since 02/01/2014 12:23:05\n" for n in range(16))),
    "psrinfo-vp": Output(0, "The physical processor has 16 virtual processors (0-15)\n  SPARC-T5 (chipid 0, clock 3600 MHz)\n"),
    "kstat-cores": Output(0, "".join(f"cpu_info:{n}:cpu_info{n}:core_id\t{n // 8}\n" for n in range(16))),
}


def test_probes_and_answers_have_the_same_names() -> None:
    assert set(hardware.probes()) == set(ANSWERS)


def test_hardware_of_a_sparc() -> None:
    assert hardware.parse(ANSWERS) == hardware.Hardware("SPARC T5-2", 16, 2, 1, 262144 << 20, "84f5a3de", "n1")


def test_model_without_prtdiag() -> None:
    none = Output(1, "", "prtdiag can only be run in the global zone")
    assert hardware.parse(ANSWERS | {"prtdiag": none}).model == "SPARC T5-2"
    assert hardware.parse(ANSWERS | {"prtdiag": none, "prtconf-b": Output(0, "")}).model == "ORCL,SPARC-T5-2"
    with pytest.raises(ParseError, match="neither prtdiag nor prtconf"):
        hardware.parse(ANSWERS | {"prtdiag": none, "prtconf-b": Output(1), "prtconf": Output(0, "Memory size: 1 Megabytes\n")})


def test_cores_unknown_is_not_zero() -> None:
    assert hardware.parse(ANSWERS | {"kstat-cores": Output(127)}).cores is None
    assert hardware.parse(ANSWERS | {"kstat-cores": Output(0, "cpu_info:0:cpu_info0:core_id\t0\n")}).cores is None


def test_a_failed_psrinfo_is_named() -> None:
    with pytest.raises(ParseError, match="psrinfo failed with exit code 1: psrinfo: no"):
        hardware.parse(ANSWERS | {"psrinfo": Output(1, "", "psrinfo: no")})


def test_memory_of_a_zone_is_refused() -> None:
    with pytest.raises(ParseError):
        prtdiag.parse_memory("Memory size: unavailable\n")


@pytest.mark.parametrize(
    ("line", "model"),
    [
        ("Sun Microsystems  sun4u Sun Fire V240", "Sun Fire V240"),
        ("Sun Microsystems     Sun Fire X4540", "Sun Fire X4540"),
        ("Dell Inc. PowerEdge R510", "PowerEdge R510"),
        ("Oracle Corporation SUN FIRE X4170 M3", "SUN FIRE X4170 M3"),
        ("Nobody Knows Box 9000", ""),
    ],
)
def test_model_of_a_banner(line: str, model: str) -> None:
    found = prtdiag.parse_banner(f"System Configuration: {line}\n")
    assert found.model == model
    assert found.configuration == " ".join(line.split())


@given(st.lists(st.integers(1, 8), min_size=1, max_size=6))
def test_chips_of_any_size(sizes: list[int]) -> None:
    text, first = "", 0
    for number, size in enumerate(sizes):
        ids = f"{first}-{first + size - 1}" if size > 1 else str(first)
        text += (
            f"The physical processor has {size} virtual processor{'s' * (size > 1)} ({ids})\n  SPARC-M7 (chipid {number}, clock 4133 MHz)\n"
        )
        first += size
    chips = psrinfo.parse_chips(text)
    assert [len(chip.ids) for chip in chips] == sizes
    assert [i for chip in chips for i in chip.ids] == list(range(first))


@pytest.mark.parametrize(
    "text",
    [
        "The physical processor has 3 virtual processors (0-3)\n",
        "The physical processor has 2 cores and 4 virtual processors (0-3)\n  The core has 4 virtual processors (0-3)\n",
        "psrinfo: something else\n",
    ],
)
def test_counts_that_do_not_agree_are_refused(text: str) -> None:
    with pytest.raises(ParseError):
        psrinfo.parse_chips(text)


def test_virtinfo_that_does_not_apply_and_one_that_fails() -> None:
    assert virtinfo.parse({"virtinfo": Output(127)}) is None
    assert virtinfo.parse({"virtinfo": Output(1, "", "virtinfo can only be run from the global zone")}) is None
    with pytest.raises(ParseError, match="exit code 1: virtinfo: permission denied"):
        virtinfo.parse({"virtinfo": Output(1, "", "virtinfo: permission denied")})
    domain = virtinfo.parse({"virtinfo": Output(0, "VERSION 1.0\nDOMAINROLE|impl=LDoms|control=true\nDOMAINNAME|name=primary\n")})
    assert domain is not None
    assert (domain.name, domain.flags["control"]) == ("primary", True)


def test_virtinfo_of_a_guest() -> None:
    text = "Domain role: LDoms guest I/O root\nDomain name: ldg1\nDomain UUID: c2d3\nControl domain: sun1\nChassis serial#: AK1\n"
    domain = virtinfo.parse_text(text)
    assert (domain.name, dict(domain.flags)) == ("ldg1", {"control": False, "io": True, "service": False, "root": True})
    with pytest.raises(ParseError):
        virtinfo.parse_text("virtinfo can only be run from the global zone\n")
