# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import faults
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError

FAULTY = """\
--------------- ------------------------------------  -------------- ---------
TIME            EVENT-ID                              MSG-ID         SEVERITY
--------------- ------------------------------------  -------------- ---------
Aug 24 17:56:03 7b83c87c-78f6-6a8e-fa2b-d0cf16834049  SUN4V-8001-8H  Minor

Host        : n1
Platform    : ORCL,SPARC-T5-2   Chassis_id  : AK001
Problem class : fault.cpu.generic-sparc.strand
Affects     : cpu:///cpuid=0
                  faulted and taken out of service
Description : Errors. Refer to
              http://support.example/msg/SUN4V-8001-8H for more information.
"""


def test_faulty() -> None:
    (fault,) = faults.parse_faulty(FAULTY)
    assert (fault.uuid, fault.message, fault.severity) == ("7b83c87c-78f6-6a8e-fa2b-d0cf16834049", "SUN4V-8001-8H", "Minor")
    assert fault.said("Fault class", "Problem class") == "fault.cpu.generic-sparc.strand"
    assert fault.values["Affects"] == ["cpu:///cpuid=0", "faulted and taken out of service"]
    assert fault.url == "http://support.example/msg/SUN4V-8001-8H"


def test_no_fault() -> None:
    assert faults.parse_faulty("") == ()


def test_two_faults_stay_apart() -> None:
    first, second = faults.parse_faulty(FAULTY + FAULTY.replace("cpuid=0", "cpuid=1"))
    assert first.said("Affects") == "cpu:///cpuid=0"
    assert second.said("Affects") == "cpu:///cpuid=1"


@pytest.mark.parametrize("text", ["fmadm: failed to connect to fmd\n", "  indented below nothing\n"])
def test_a_message_is_no_fault(text: str) -> None:
    with pytest.raises(ParseError):
        faults.parse_faulty(text)


def test_log() -> None:
    text = (
        "TIME                 UUID                                 SUNW-MSG-ID\n"
        "Apr 01 18:57:21.0621 c5541e9b-ddb1-c214-c2af-e3d358ae1a8e ZFS-8000-FD\n"
    )
    (fault,) = faults.parse_log(text)
    assert (fault.time, fault.message) == ("Apr 01 18:57:21.0621", "ZFS-8000-FD")
    with pytest.raises(ParseError):
        faults.parse_log("fmdump: failed to open /var/fm/fmd/fltlog\n")


def test_console() -> None:
    text = (
        "SUNW-MSG-ID: SUN4V-8001-8H, TYPE: Fault, VER: 1, SEVERITY: Minor\nEVENT-TIME: Wed Aug 24 21:56:03 UTC 2011\n"
        "PLATFORM: SUNW,T5440, CSN: -, HOSTNAME: n1\nSOURCE: cpumem-diagnosis, REV: 1.7\n"
        "EVENT-ID: 7b83c87c-78f6-6a8e-fa2b-d0cf16834049\nDESC: Errors\n  exceeded the limit.\n"
    )
    found = faults.parse_console(text)
    assert (found["SEVERITY"], found["PLATFORM"], found["HOSTNAME"], found["REV"]) == ("Minor", "SUNW,T5440", "n1", "1.7")
    assert found["DESC"] == "Errors exceeded the limit."
