# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live Upgrade's commands: the words that are sent, and lustatus as Solaris 10 10/08 printed it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import live_upgrade
from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands.live_upgrade import BootEnvironment
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import CommandFailed, ParseError
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.patching.patch import PatchId

HEAD = (
    "Boot Environment           Is       Active Active    Can    Copy      \n"
    "Name                       Complete Now    On Reboot Delete Status    \n"
    "-------------------------- -------- ------ --------- ------ ----------\n"
)
RECORDED = HEAD + (
    "zfsroot                    yes      yes    yes       no     -         \n"
    "20090721mao                yes      no     no        yes    -         \n"
)


def test_recorded() -> None:
    assert live_upgrade.parse_status(Output(0, RECORDED)) == (
        BootEnvironment("zfsroot", True, True, True, False, ""),
        BootEnvironment("20090721mao", True, False, False, True, ""),
    )


def test_never_used_is_told_from_failed_and_from_not_there() -> None:
    assert live_upgrade.parse_status(Output(1, stderr="ERROR: No boot environments are configured on this system\n")) == ()
    with pytest.raises(CommandFailed, match="ended with 1: ERROR: You must be root"):
        live_upgrade.parse_status(Output(1, stderr="ERROR: You must be root to run this command\n"))
    with pytest.raises(CommandFailed, match="SUNWlucfg, SUNWlur and SUNWluu"):
        live_upgrade.parse_status(Output(127, stderr="lustatus: not found\n"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "be0 yes yes yes no -\n",
        "BE_name Complete Active ActiveOnReboot CopyStatus\n----\na yes yes yes -\n",
        HEAD + "be0 yes maybe yes no -\n",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        live_upgrade.parse_table(text)


def test_current() -> None:
    assert live_upgrade.parse_current("s10u11\n") == "s10u11"
    with pytest.raises(ParseError):
        live_upgrade.parse_current("ERROR: no boot environment\n")


def test_words() -> None:
    patches = [PatchId("119254", 66), PatchId("141778", 2)]
    assert live_upgrade.add_patches("be2", "/var/tmp/p", patches).argv == (
        "/bin/sh", "-c", 'umask 022; exec "$@"', "luupgrade",
        "luupgrade", "-t", "-n", "be2", "-s", "/var/tmp/p", "119254-66", "141778-02",
    )  # fmt: skip
    assert live_upgrade.add_patches("be2", "/var/tmp/p", patches).ok == frozenset({0, 1})
    assert live_upgrade.installed("be2").argv == ("showrev", "-p", "-R", "/.alt.be2")
    assert live_upgrade.activate("be2").argv == ("luactivate", "be2")


@pytest.mark.parametrize(("code", "marks"), [(0, ["119254-66"]), (0, []), (3, [])])
def test_proof_asks_for_marks_too_and_ends_as_showrev(tmp_path: Path, code: int, marks: list[str]) -> None:
    """Run by a shell, with a showrev of the test's own."""
    folder = tmp_path / "var/sadm/.patchRec"
    folder.mkdir(parents=True)
    for mark in marks:
        (folder / f".{mark}").write_text("")
    (tmp_path / "showrev").write_text(f"#!/bin/sh\necho Patch: 119254-66\nexit {code}\n")
    (tmp_path / "showrev").chmod(0o755)
    words = [str(word).replace(live_upgrade.mount_point("be2"), str(tmp_path)) for word in live_upgrade.proof("be2").argv]
    done = subprocess.run(words, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert done.returncode == code
    if not code:
        found = ("Patch: 119254-66\n", frozenset(PatchId.parse(one) for one in marks))
        assert (live_upgrade.parse_proof(done.stdout)[0].rstrip("\n") + "\n", live_upgrade.parse_proof(done.stdout)[1]) == found


INDEX = "# zones(5)\nglobal:installed:/\nweb:installed:/zones/web:0b1e-1\nold:configured:/zones/old:\nhalf:incomplete:/zones/half:0b1e-2\n"


def test_zones_of_a_boot_environment_are_those_with_files() -> None:
    assert live_upgrade.zones("june").argv == ("cat", "/.alt.june/etc/zones/index")
    assert live_upgrade.parse_zones(Output(0, INDEX)) == {"web", "half"}
    assert live_upgrade.parse_zones(Output(0, "global:installed:/\n")) == frozenset()
    for untold in (Output(2, stderr="cat: cannot open"), Output(0, ""), Output(2, INDEX)):
        assert live_upgrade.parse_zones(untold) is None


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}", fullmatch=True)
ROWS = st.builds(
    BootEnvironment,
    NAMES,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "ACTIVE", "UPGRADING", "SCHEDULED"]),
)


@given(st.lists(ROWS, max_size=5))
def test_any_table(rows: list[BootEnvironment]) -> None:
    def word(value: bool) -> str:
        return "yes" if value else "no"

    lines = [
        f"{row.name:26} {word(row.complete):8} {word(row.active):6} {word(row.on_reboot):9} {word(row.can_delete):6} {row.copy or '-':10}"
        for row in rows
    ]
    assert live_upgrade.parse_table(HEAD + "\n".join(lines)) == tuple(rows)
    assert all(live_upgrade.valid_name(row.name) for row in rows)


@pytest.mark.parametrize("name", ["", "-be", "a b", "a/b", "x" * 31, "be$", "be\n"])
def test_names_that_a_shell_or_lucreate_would_not_take(name: str) -> None:
    assert not live_upgrade.valid_name(name)
