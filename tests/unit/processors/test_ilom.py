# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.processors import ilom

SHOWN = """\
-> show /SYS
 /SYS
    Targets:
        MB
        PS0
    Properties:
        type = Host System
        power_state = On
        note =
        result = first
                 second = line
        vlan = (none)
    Commands:
        cd
        show
->
"""


def test_show() -> None:
    (one,) = ilom.parse_show(SHOWN)
    assert (one.target, one.targets, one.commands) == ("/SYS", ["MB", "PS0"], ["cd", "show"])
    assert one.properties["result"] == "first\nsecond = line"
    assert (one.value("type"), one.value("note"), one.value("vlan"), one.value("absent")) == ("Host System", "", None, None)
    assert one.powered is True


@pytest.mark.parametrize(("state", "powered"), [("Off", False), ("On", True), ("Unknown", None), ("", None)])
def test_only_off_is_off(state: str, powered: bool | None) -> None:
    (one,) = ilom.parse_show(f" /SYS\n    Properties:\n        power_state = {state}\n")
    assert one.powered is powered


def test_several_targets() -> None:
    first, second = ilom.parse_show(
        "/SP/faultmgmt\n    Targets:\n        0 (/SYS/PS1)\n\n/SP/faultmgmt/0\n    Properties:\n        fru = /SYS/PS1\n"
    )
    assert first.targets == ["0"]
    assert (second.target, second.properties) == ("/SP/faultmgmt/0", {"fru": "/SYS/PS1"})


@pytest.mark.parametrize(
    "text", ["", "show: Invalid target /SYSX\n", "Permission denied\n", " /SYS\n    Properties:\n        no value here\n"]
)
def test_other_answers_are_refused(text: str) -> None:
    with pytest.raises(ParseError):
        ilom.parse_show(text)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Starting /SYS\n", "starting"),
        ("Stopping /SYS immediately\n", "stopping"),
        ("stop: Target already stopped\n", "already-stopped"),
        ("start: Target already started\n", "already-started"),
        ("Performing hard reset on /SYS\n", "reset"),
        ("Performing hard reset on /SYS failed\nreset: Target already stopped\n", "failed"),
        ("Stopping /SYS\nstop: Insufficient privilege\n", "failed"),
    ],
)
def test_power(text: str, result: str) -> None:
    assert ilom.parse_power(text) == result


def test_silence_is_no_success() -> None:
    for text in ("", "-> \n", "Invalid command 'frob' - type help for a list of commands.\n"):
        with pytest.raises(ParseError):
            ilom.parse_power(text)
    assert ilom.invalid_command("Invalid command 'frob' - type help for a list of commands.\n") == "frob"
    assert ilom.invalid_command("SP firmware 2.0\n") is None


def test_version() -> None:
    assert ilom.parse_version("SP firmware 3.2.4.68\nSP firmware build number: 108889\n") == {"firmware": "3.2.4.68", "build": "108889"}
    with pytest.raises(ParseError):
        ilom.parse_version("SP filesystem version: 0.1.16\n")


def test_a_property_twice_must_say_the_same() -> None:
    text = "/SP/network\n    Properties:\n        state = ipv4-only\n        state = ipv4-only\n"
    assert ilom.parse_show(text)[0].properties == {"state": "ipv4-only"}
    with pytest.raises(ParseError):
        ilom.parse_show(text + "        state = disabled\n")
