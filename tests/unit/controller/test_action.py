# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of the actions: errors become failed tasks with their message, Ansible's own pass through, a script goes to standard input."""

from __future__ import annotations

import os
import pwd
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller import journal
from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.action import HeliostatAction
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model import errors
from ansible_collections.heliostat.vdc.plugins.plugin_utils.model.command import Command, File

from .tasks import acting, local_connection, result

ERRORS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.HeliostatError)]


class Asking(HeliostatAction):
    """Asks its node what it is told to ask."""

    OPTIONS = {"words": {"type": "list", "elements": "str", "required": True}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        (output,) = self.node.run([Command.of(*args["words"])])
        return {"changed": False, "rc": output.rc, "out": output.stdout, "err": output.stderr, "node": self.node.name}


class Failing(HeliostatAction):
    """Fails as it is told."""

    error: Exception = errors.Refused("")

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        raise self.error


class Unreachable:
    """A connection that never comes about, or breaks."""

    def __init__(self, error: Exception) -> None:
        self._connection = local_connection()
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def exec_command(self, *args: Any, **options: Any) -> Any:
        raise self._error


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_of_ours_is_a_failed_task_with_its_message(kind: type[Exception]) -> None:
    action = acting(Failing)
    action.error = kind("dataset web1: LUN 1 belongs to db1. Choose another.")  # type: ignore[attr-defined]
    with pytest.raises(AnsibleActionFail) as failure:
        action.run(task_vars={"inventory_hostname": "t8a"})
    assert str(failure.value) == "dataset web1: LUN 1 belongs to db1. Choose another."
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__, "no traceback of ours is shown"


@pytest.mark.parametrize("error", [AnsibleConnectionFailure("Host key verification failed."), AnsibleConnectionFailure("timed out")])
def test_what_ansible_calls_unreachable_stays_so(error: Exception) -> None:
    with pytest.raises(AnsibleConnectionFailure, match=str(error)):
        acting(Asking, connection=Unreachable(error), words=["true"]).run(task_vars={"inventory_hostname": "t8a"})


def test_a_script_reaches_the_shell_on_its_standard_input_and_answers_come_apart() -> None:
    found = result(acting(Asking, words=["sh", "-c", "echo out; echo err >&2; exit 3"]))
    assert (found["rc"], found["out"], found["err"], found["node"]) == (3, "out\n", "err\n", "t8a")


def test_words_and_files_arrive_as_they_are_over_a_real_connection() -> None:
    odd = 'it\'s $HOME `id` "x" ; é\n'
    assert result(acting(Asking, words=["printf", "%s", odd]))["out"] == odd
    (output,) = acting(Asking, words=["x"]).node.run([Command.of("cat", File("secret", odd))])
    assert output.stdout == odd


def test_a_command_that_is_not_there_is_told_apart_from_one_that_fails() -> None:
    assert result(acting(Asking, words=["no-such-command-here"]))["rc"] == 127


def test_bytes_that_are_no_text_do_not_end_the_task() -> None:
    (output,) = acting(Asking, words=["x"]).node.run([Command.of("printf", "a\\377b")])
    assert (output.rc, output.stdout[0], output.stdout[-1]) == (0, "a", "b")


def test_the_node_is_the_host_or_the_one_delegated_to() -> None:
    assert acting(Asking, words=["x"]).node.name == "t8a"
    assert acting(Asking, words=["x"], delegate_to="t8b").node.name == "t8b"


@pytest.mark.parametrize("args", [{}, {"words": ["true"], "worlds": 1}, {"words": {"a": 1}}], ids=["missing", "unknown", "wrong-type"])
def test_arguments_are_checked_before_anything_is_sent(args: dict[str, Any]) -> None:
    action = acting(Asking, connection=Unreachable(AssertionError("nothing may be sent")), **args)
    with pytest.raises(AnsibleActionFail):
        action.run(task_vars={"inventory_hostname": "t8a"})


def test_check_mode_takes_no_lock_and_needs_no_repository() -> None:
    with acting(Asking, words=["x"], check=True).locked(["web1"], None, "test") as warnings:
        assert warnings == []


def test_the_operator_has_a_name_even_where_the_number_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert acting(Asking, words=["x"]).operator == journal.operator() != ""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)

    def unknown(number: int) -> Any:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert journal.operator() == f"uid {os.getuid()}"
