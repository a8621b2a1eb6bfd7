# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pfexec: the exact command, and what a real shell makes of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from ansible.plugins.shell.sh import ShellModule

from ansible_collections.heliostat.vdc.plugins.become.pfexec import BecomeModule
from ansible_collections.heliostat.vdc.plugins.plugin_utils.engine import shell
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command


def built(command: str, **options: str) -> tuple[str, str]:
    """The command line, and the mark of success in it."""
    plugin = BecomeModule()
    plugin._options = {"become_exe": "pfsh", "become_flags": "", "become_user": "root", "become_pass": None} | options
    line = plugin.build_become_command(command, ShellModule())
    return line, plugin.success


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ({}, "pfsh -c 'echo {} ; HELIOSTAT_SHELL=pfsh; export HELIOSTAT_SHELL; pfsh'"),
        (
            {"become_exe": "/usr/bin/pfksh", "become_flags": "-p"},
            "/usr/bin/pfksh -p -c 'echo {} ; HELIOSTAT_SHELL=/usr/bin/pfksh; export HELIOSTAT_SHELL; /usr/bin/pfksh'",
        ),
    ],
)
def test_our_shell_is_replaced_by_the_profile_shell(options: dict[str, str], form: str) -> None:
    line, success = built("/bin/sh", **options)
    assert success.startswith("BECOME-SUCCESS-")
    assert line == form.format(success)


def test_another_modules_command_runs_inside_the_profile_shell() -> None:
    line, success = built("/bin/sh -c 'echo it'\"'\"'s me'")
    assert line.startswith(f"pfsh -c 'echo {success} ; /bin/sh -c ")
    assert built("")[0] == ""


@pytest.fixture
def path(tmp_path: Path) -> dict[str, str]:
    """An environment whose pfsh is a shell that knows its profile."""
    pfsh = tmp_path / "pfsh"
    pfsh.write_text('#!/bin/sh\nPROFILE=yes; export PROFILE\nexec /bin/sh "$@"\n')
    pfsh.chmod(0o755)
    return {"PATH": f"{tmp_path}:{os.environ['PATH']}"}


def test_a_real_shell_reads_the_script_from_its_standard_input_with_the_rights(path: dict[str, str]) -> None:
    line, success = built("/bin/sh")
    script = shell.render(
        [Command.of("sh", "-c", 'echo "$PROFILE $HELIOSTAT_SHELL"; exit 4'), Command.of("sh", "-c", "echo err >&2")], "MARK"
    )
    ended = subprocess.run(["/bin/sh", "-c", line], input=script, env=path, capture_output=True, text=True, check=False)
    assert ended.stdout.startswith(f"{success}\nMARK\n"), "the mark of success comes before anything of ours"
    first, second = shell.split(ended.stdout, ended.stderr, "MARK", 2)
    assert (first.rc, first.stdout) == (4, "yes pfsh\n")
    assert (second.rc, second.stderr) == (0, "err\n")


def test_without_a_profile_shell_there_is_no_success(tmp_path: Path) -> None:
    line, success = built("/bin/sh")
    ended = subprocess.run(
        ["/bin/sh", "-c", line], input="echo ran\n", env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (127, "")
    assert success not in ended.stderr


def test_another_modules_words_arrive_as_they_were(path: dict[str, str]) -> None:
    line, success = built("printf '%s|' 'a b' \"c'd\" '$HOME' ';'")
    ended = subprocess.run(["/bin/sh", "-c", line], env=path, capture_output=True, text=True, check=True)
    assert ended.stdout == f"{success}\na b|c'd|$HOME|;|"
