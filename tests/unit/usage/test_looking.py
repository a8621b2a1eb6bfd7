# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A look at a node becomes a sample; what cannot be read is left out and said, and nothing takes its place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.usage.sample import Reading
from ansible_collections.heliostat.vdc.plugins.plugin_utils.usage.looking import Looked, look, read

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
KSTAT = Output(
    0,
    "cpu:0:sys:cpu_nsec_kernel\t1000000000\ncpu:0:sys:cpu_nsec_user\t3000000000\n"
    "cpu:1:sys:cpu_nsec_kernel\t500000000\ncpu:1:sys:cpu_nsec_user\t500000000\n"
    "unix:0:system_misc:boot_time\t1773140000\nunix:0:system_misc:snaptime\t4000.5\n"
    "unix:0:system_pages:freemem\t1000\nunix:0:system_pages:physmem\t5000\n",
)
ZONES = Output(
    0, "interval:summary:global:0.10:1.00%:-:-:1024K:0.7%:-:1K:0.7%:-:0:0.00%\ninterval:summary:web1:1.25:62%:-:-:4096K:1%:-:1K:1%:-:0:0%\n"
)
PRSTAT = Output(
    0,
    "ZONEID    NPROC  SWAP   RSS MEMORY      TIME  CPU ZONE\n"
    "     1       55  202M  264M   1.6%   0:36:11  62% bighead\n"
    "     2        2 2094M 2082M   6.4%   0:01:09 0.1% a28faa4d-d0ee-4593-938a-f0d*\n"
    "     0       49  219M  291M   1.8%   0:01:36 0.1% global\n",
)
LDM = Output(
    0,
    "VERSION 1.11\nDOMAIN|name=primary|state=active|flags=-n-cv-|cons=UART|ncpu=5|mem=47272862140|util=0.4|uptime=4772570|norm_util=0.4\n"
    "DOMAIN|name=host2|state=active|flags=-n----|cons=5001|ncpu=16|mem=47272862140|util=50|uptime=1846649|norm_util=1.4\n"
    "DOMAIN|name=ldg1|state=inactive|flags=|cons=|ncpu=|mem=|util=|uptime=\n",
)  # fmt: skip
MISSING = Output(127, "", "sh: ldm: not found\n")


def looked(
    zones: Output = ZONES, *, solaris10: bool = False, rating: int | None = None, at: datetime | None = NOON, **more: Output
) -> Looked:
    answers = {"zones": zones, "ldm0": MISSING, "pagesize": Output(0, "8192\n"), "counters": KSTAT, **more}
    return read("t8a", answers, solaris10=solaris10, at=at, rating=rating)


def test_a_sample() -> None:
    found = looked(ldm0=LDM, ldm1=MISSING, rating=400)
    sample = found.sample
    assert (sample.at, sample.boot, sample.uptime, sample.cpus, sample.busy, sample.memory) == (
        NOON,
        1773140000,
        4000.5,
        2,
        5.0,
        4000 * 8192,
    )
    assert sample.zones == {"web1": Reading(1.25, 4 << 20)}, "the global zone is the node"
    assert sample.domains == {"host2": Reading(8.0)}, "the control domain is the node"
    assert (sample.rating, found.warnings) == (400, ())


def test_the_node_s_own_time() -> None:
    assert looked(at=None).sample.at.isoformat() == "2026-03-10T12:00:00.500000+00:00"


def test_solaris_10() -> None:
    found = looked(PRSTAT, solaris10=True)
    assert found.sample.zones == {"bighead": Reading(pytest.approx(1.24), 264 << 20)}
    assert found.warnings == (
        "node t8a: prstat has cut the names of zones short (a28faa4d-d0ee-4593-938a-f0d*): what they use is not known",
    )


@pytest.mark.parametrize(
    ("zones", "words"),
    [
        (Output(3, "", "zonestat: Error: Zones monitoring service ...\n"), "svcadm enable svc:/system/zones-monitoring:default"),
        (Output(127, "", "sh: zonestat: not found\n"), "sh: zonestat: not found"),
        (Output(0, "SUMMARY\n"), "is not a line this parser knows"),
    ],
)
def test_zones_that_cannot_be_read_are_left_out(zones: Output, words: str) -> None:
    found = looked(zones)
    assert found.sample.zones == {}
    assert found.sample.busy == 5.0
    (warning,) = found.warnings
    assert warning.startswith("node t8a: what its zones use is not known: ") and words in warning


def test_domains_that_cannot_be_read_are_left_out() -> None:
    for answer in (Output(1, "", "Authorization failed\n"), Output(0, LDM.stdout.replace("util=50", "util=half"))):
        found = looked(ldm0=answer)
        assert (found.sample.domains, list(found.sample.zones)) == ({}, ["web1"])
        assert found.warnings[0].startswith("node t8a: what its guest domains use is not known: ")


@pytest.mark.parametrize(
    "more",
    [
        {"counters": Output(1, "", "kstat: no\n")},
        {"counters": Output(0, "")},
        {"pagesize": Output(0, "big\n")},
        {"pagesize": MISSING},
    ],
)
def test_a_node_that_cannot_be_read_gives_no_sample(more: dict[str, Output]) -> None:
    with pytest.raises(ParseError):
        looked(**more)


def test_what_is_asked() -> None:
    plain = look(solaris10=False, control_domain=False, window=7)
    assert list(plain) == ["zones", "pagesize", "counters"]
    assert plain["zones"].argv == ("zonestat", "-p", "-P", "zones", "-r", "summary", "7", "1")
    assert look(solaris10=True, control_domain=False, window=7)["zones"].argv == ("prstat", "-c", "-Z", "-n", "1,8192", "1", "1")
    assert [name for name in look(solaris10=False, control_domain=True, window=7) if name.startswith("ldm")] == ["ldm0", "ldm1"]
