# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions as a task makes them, over Ansible's own connection to this machine."""

from __future__ import annotations

import json
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.heliostat.vdc.plugins.plugin_utils.controller.action import HeliostatAction


def local_connection() -> Any:
    connection = connection_loader.get("local", PlayContext())
    connection.set_options()
    return connection


def acting(
    plugin: type[HeliostatAction],
    *,
    check: bool = False,
    diff: bool = False,
    connection: Any = None,
    delegate_to: str | None = None,
    **args: Any,
) -> HeliostatAction:
    """The action of a task on host t8a."""
    task = Task()
    task.action, task.args, task.check_mode, task.diff, task.delegate_to = "heliostat.vdc.x", args, check, diff, delegate_to
    loader = DataLoader()
    context = PlayContext()
    made = plugin(task, connection or local_connection(), context, loader, Templar(loader=loader), None)
    made.vars = {"inventory_hostname": "t8a"}
    return made


def result(action: HeliostatAction, **variables: Any) -> dict[str, Any]:
    """What the task returns; anything that is no JSON fails here."""
    found: dict[str, Any] = action.run(task_vars={"inventory_hostname": "t8a"} | variables)
    return json.loads(json.dumps(found))
