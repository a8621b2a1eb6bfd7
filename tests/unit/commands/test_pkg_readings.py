# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pkg verify and fix, the smaller tables, history -l, set-publisher."""

from __future__ import annotations

import pytest

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import pkg_publisher, pkg_tables, pkg_verify
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import ParseError


def test_verify_tells_the_damaged() -> None:
    text = (
        "Planning: Verifying Packages ... Done\nPACKAGE   STATUS\npkg://s/a/b   ERROR\n\tfile: x\n"
        "\t\tERROR: mode: 0777 should be 0755\npkg://s/c  OK\n"
    )
    found = pkg_verify.parse(text)
    assert found.damaged == ("pkg://s/a/b",)
    assert found.packages["pkg://s/a/b"][1] == ["file: x", "ERROR: mode: 0777 should be 0755"]
    assert pkg_verify.parse("Planning: Verifying Packages ... Done\n").damaged == ()


def test_fix() -> None:
    text = (
        "Verifying: pkg://s/a     ERROR\n  file: usr/bin/a\nCreated ZFS snapshot: 2013-10-10-22:27:20\n"
        "Repairing: pkg://s/a\nUpdating image state   Done\n"
    )
    found = pkg_verify.parse(text)
    assert (found.repaired, found.snapshot) == (("pkg://s/a",), "2013-10-10-22:27:20")


@pytest.mark.parametrize("text", ["pkg verify: no packages matching the following patterns\n", "\tfile: below nothing\n"])
def test_a_message_is_no_verification(text: str) -> None:
    with pytest.raises(ParseError):
        pkg_verify.parse(text)


def test_columns_may_be_empty() -> None:
    assert pkg_tables.parse_columns("PROPERTY    VALUE\nbe-policy   default\npreferred\n") == (
        {"PROPERTY": "be-policy", "VALUE": "default"},
        {"PROPERTY": "preferred", "VALUE": ""},
    )
    (row,) = pkg_tables.parse_columns(
        "MEDIATOR VER. SRC. VERSION IMPL. SRC. IMPLEMENTATION\njava     vendor    1.8     system              \n"
    )
    assert (row["VER. SRC."], row["IMPL. SRC."]) == ("vendor", "system")
    for wrong in ("pkg: no such thing\n", "PATH   MODE\nverylongpath 0755\n"):
        with pytest.raises(ParseError):
            pkg_tables.parse_columns(wrong)


def test_history_in_full() -> None:
    text = (
        "     Operation: install\n       Outcome: Failed\n        Errors:\nFirst line\nsecond line\n\n"
        "     Operation: update\n       Outcome: Succeeded\n"
    )
    first, second = pkg_tables.parse_history_details(text)
    assert (first["Outcome"], first["Errors"], second["Operation"]) == ("Failed", "First line\nsecond line", "update")
    with pytest.raises(ParseError):
        pkg_tables.parse_history_details("Outcome: Failed\n")


def test_publishers_that_changed() -> None:
    assert pkg_publisher.parse_changed("pkg set-publisher:\n  Added publisher(s): a, b\n") == {"added": ("a", "b")}
    assert pkg_publisher.parse_changed("") == {}
    with pytest.raises(ParseError):
        pkg_publisher.parse_changed("pkg set-publisher: The origin URIs do not appear to point to a valid pkg repository.\n")
