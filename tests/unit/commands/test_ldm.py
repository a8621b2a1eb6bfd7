# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import ldm
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

HEADER = "NAME             STATE      FLAGS   CONS    VCPU  MEMORY   UTIL  UPTIME\n"
NORM = HEADER.replace("UPTIME", "NORM  UPTIME")


def test_rows_of_every_shape() -> None:
    text = NORM + (
        "primary          active     -n-cv-  UART    16    32G      7.0%  6.9%  45d 8h 6m\n"
        "ldg1             bound      ------  5001    16    32G\n"
        "ldg2             inactive   ------          8     1536M\n"
        "ldg3             inactive   ------\n"
    )
    primary, bound, sized, bare = ldm.parse_list(text)
    assert (primary.control, primary.io_service, primary.utilisation, primary.normalised) == (True, True, 7.0, 6.9)
    assert primary.uptime == "45d 8h 6m"
    assert (bound.control, bound.console, bound.vcpus, bound.memory, bound.utilisation, bound.uptime) == (
        False,
        "5001",
        16,
        "32G",
        None,
        "",
    )
    assert (sized.console, sized.vcpus, sized.memory) == ("", 8, "1536M")
    assert (bare.state, bare.vcpus, bare.memory) == ("inactive", None, "")


def test_flags_of_five_columns() -> None:
    (one,) = ldm.parse_list(HEADER + "primary active -n-cv SP 8 4G 4.3% 7d 19h 43m\n")
    assert one.control and one.io_service


@given(st.integers(0, 999), st.integers(1, 512), st.sampled_from(["4G", "512M", "32544M"]))
def test_row_is_read_as_written(days: int, cpus: int, memory: str) -> None:
    (one,) = ldm.parse_list(f"{HEADER}ldg1 active -n---- 5000 {cpus} {memory} 0.3% {days}d 1h\n")
    assert (one.vcpus, one.memory, one.uptime) == (cpus, memory, f"{days}d 1h")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ldg1 active -n---- 5000 8 4G 0.3% 9m\n",  # no header
        HEADER + "ldg1 asleep -n---- 5000 8 4G 0.3% 9m\n",
        HEADER + "ldg1 active -n---- 5000 eight 4G 0.3% 9m\n",
        HEADER + "ldg1 active -n---- 5000 8 4G 0.3% soon\n",
        HEADER + "ldg1 active -n---- 5000 8 4G 30 9m\n",
    ],
)
def test_other_tables_are_refused(text: str) -> None:
    with pytest.raises(ParseError):
        ldm.parse_list(text)


def test_parsable() -> None:
    version, records = ldm.parse_parsable(
        "VERSION 1.11\nDOMAIN|name=a|state=active|mem=4294967296\nUUID|uuid=6c908858\nVCPU\n|vid=0|pid=8\n"
    )
    assert version == "1.11"
    assert records == (
        ("DOMAIN", {"name": "a", "state": "active", "mem": "4294967296"}),
        ("UUID", {"uuid": "6c908858"}),
        ("VCPU", {"vid": "0", "pid": "8"}),
    )
    for text in ("DOMAIN|name=a\n", "VERSION 1.6\n|name=a\n", "VERSION 1.6\nDOMAIN|name\n"):
        with pytest.raises(ParseError):
            ldm.parse_parsable(text)


def test_configurations() -> None:
    assert ldm.parse_configurations("factory-default\ntwo [current]\nthree [next poweron]\n") == (
        ("factory-default", "two", "three"),
        "two",
        "three",
    )
    with pytest.raises(ParseError):
        ldm.parse_configurations("The SP is not available now\n")


def test_blocks() -> None:
    text = (
        "CORE\n    ID  %FREE  CPUSET\n    0   0      (0, 1, 2)\n\nMEMORY\n    PA           SIZE   BOUND\n"
        "    0x8000000    2G     ldg1\n    0x88000000   1G\n"
    )
    core, memory = ldm.parse_blocks(text)
    assert core.cells() == ({"ID": "0", "%FREE": "0", "CPUSET": "(0, 1, 2)"},)
    assert [one["BOUND"] for one in memory.cells()] == ["ldg1", ""]
