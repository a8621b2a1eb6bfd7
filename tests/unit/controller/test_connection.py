# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's connection as what the engine talks to."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.connection import AnsibleConnection


class Action:
    """Keeps what is executed and answers."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer
        self.executed: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def _low_level_execute_command(self, *args: Any, **options: Any) -> dict[str, Any]:
        self.executed.append((args, options))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_the_script_is_standard_input_of_a_shell_that_become_may_wrap() -> None:
    action = Action({"rc": 0, "stdout": "out", "stderr": "err", "stdout_lines": ["out"]})
    assert AnsibleConnection(action).run("echo é\n") == (0, "out", "err")
    assert action.executed == [(("/bin/sh",), {"sudoable": True, "in_data": "echo é\n".encode()})]


def test_nothing_of_the_script_is_on_a_command_line() -> None:
    action = Action({"rc": 0, "stdout": "", "stderr": ""})
    AnsibleConnection(action).run("a secret")
    assert "secret" not in repr(action.executed[0][0])


def test_ansibles_errors_pass_through() -> None:
    with pytest.raises(AnsibleConnectionFailure, match="Permission denied"):
        AnsibleConnection(Action(AnsibleConnectionFailure("Permission denied (publickey)"))).run("true")
