# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts are run by a real shell here: what comes back must be what each command gave, whatever is in it."""

from __future__ import annotations

import re
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.heliostat.vdc.plugins.plugin_utils.commands import job as job_commands
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import job, shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine.node_shell import NodeShell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, File, Output
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.errors import InvalidDefinition, NodeUnreachable


class LocalShell:
    """The controller's own /bin/sh, fed as ssh feeds a node's."""

    def run(self, script: str) -> tuple[int, str, str]:
        ended = subprocess.run(["/bin/sh"], input=script.encode(), capture_output=True, check=False)
        return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


local = NodeShell("here", LocalShell())
anything = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(anything, min_size=1, max_size=4))
def test_every_word_arrives_as_it_is(words: list[str]) -> None:
    output = local.run([Command.of("printf", "%s\\0", *words)])[0]
    assert output.stdout.split("\0")[:-1] == words


@settings(max_examples=40, deadline=None)
@given(anything, anything)
def test_a_file_and_standard_input_arrive_as_they_are(content: str, stdin: str) -> None:
    probes = [Command.of("cat", File("a file's name", content)), Command.of("cat", stdin=stdin)]
    first, second = local.run(probes)
    assert first.stdout.rstrip("\n") == content.rstrip("\n")
    assert second.stdout.rstrip("\n") == stdin.rstrip("\n")


def test_each_command_keeps_its_own_exit_code_and_streams() -> None:
    outputs = local.run(
        [
            Command.of("sh", "-c", "echo out; echo err >&2; exit 3"),
            Command.of("printf", "no newline"),
            Command.of("no-such-command"),
            Command.of("cat"),
        ]
    )
    assert outputs[0] == Output(3, "out\n", "err\n")
    assert outputs[1] == Output(0, "no newline", "")
    assert outputs[2].missing
    assert outputs[3] == Output(0, "", "")


def test_files_are_private_and_gone_afterwards() -> None:
    output = local.run([Command.of("ls", "-l", File("secret", "x"))])[0]
    assert output.stdout.startswith("-rw-------")
    path = output.stdout.split()[-1]
    assert local.run([Command.of("ls", path)])[0].rc != 0


@pytest.mark.parametrize("cut", [10, 100, 200, 300])
def test_a_script_that_arrives_in_part_runs_nothing(cut: int, tmp_path) -> None:
    script = shell.render([Command.of("touch", str(tmp_path / "touched")), Command.of("echo", "x" * 300)], "MARK")
    LocalShell().run(script[:-cut])
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_dies_says_during_which_command() -> None:
    class Dying:
        def run(self, script: str) -> tuple[int, str, str]:
            return 255, "banner\nM\none\n\nM 0 0\npart of two", "M\n\nM 0\n"

    with pytest.raises(NodeUnreachable, match=r"node n1: the connection ended \(exit 255\) during 'two', after 1 of 2"):
        NodeShell("n1", Dying(), lambda: "M").run([Command.of("one"), Command.of("two")])


def test_a_shell_that_never_ran_us_and_merged_streams_are_told_apart() -> None:
    with pytest.raises(NodeUnreachable, match="sudo: a password is required"):
        shell.split("", "sudo: a password is required\n", "M", 1)
    with pytest.raises(NodeUnreachable, match="requiretty"):
        shell.split("M\n\nM 0 0\n", "", "M", 1)


def test_a_nul_character_is_refused() -> None:
    with pytest.raises(InvalidDefinition):
        shell.quote("a\0b")


def test_secrets_are_masked_and_files_shown_by_name() -> None:
    command = Command.of("zonecfg", "-z", "web1", "-f", File("zonecfg", "set password=hush"), "hush hush", secrets=("hush",))
    assert shell.show(command) == "zonecfg -z web1 -f <zonecfg> '******** ********'"


#: What Solaris 10's /bin/sh does not have.
NOT_BOURNE = {
    "$(...)": r"\$\(",
    "export A=b": r"export \w+=",
    "[[": r"\[\[",
    "local": r"^\s*local ",
    "${x#y}": r"\$\{\w+[#%:/]",
    "! command": r"\bif ! ",
    "test -e": r"(test|\[) -e ",
    "function f": r"^\s*function ",
    "arithmetic": r"\$\(\(",
}


@pytest.mark.parametrize("what", NOT_BOURNE)
def test_scripts_are_plain_bourne_shell(what: str) -> None:
    commands = [job.start("web1-install", Command.of("zoneadm", "-z", "web1", "install", "-c", File("profile.xml", "<x/>")))]
    commands += [job_commands.status("web1-install"), job_commands.known(), job_commands.forget("web1-install")]
    script = shell.render(commands, "MARK")
    assert not re.search(NOT_BOURNE[what], script, re.MULTILINE), what


def _nested_quotes(script: str) -> bool:
    """Double quotes inside backquotes inside double quotes: the old Bourne shell reads them otherwise."""
    quoted = opened_quoted = inside = False
    for letter in script:
        if letter == "`":
            inside, opened_quoted = not inside, quoted
        elif letter == '"' and inside and opened_quoted:
            return True
        elif letter == '"' and not inside:
            quoted = not quoted
    return False


def test_no_quotes_inside_backquotes_inside_quotes() -> None:
    assert _nested_quotes('echo "`cat "$d"`"')
    for text in (job._START, job_commands._STATUS, job_commands._LIST):
        assert not _nested_quotes(text)
