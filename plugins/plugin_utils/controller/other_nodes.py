# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a task to other hosts of the inventory: what ``delegate_to`` does for a whole task, for single questions."""

from __future__ import annotations

import copy
import os
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from ansible import constants
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.loader import become_loader, connection_loader

from ..engine.node_shell import NodeShell
from ..model.errors import InvalidDefinition, NodeUnreachable
from .action import HeliostatAction
from .connection import AnsibleConnection

#: For ssh. A node that hangs in the middle of an operation is given up after a minute; where a connection is shared, whoever made it
#: decides. Of a host of which nothing is known it is asked over a connection of its own, and given up soon.
PATIENT = "-o ServerAliveInterval=15 -o ServerAliveCountMax=4"
IMPATIENT = "-o ControlMaster=no -o ControlPath=none -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=2"


class OtherConnection(AnsibleConnection):
    """A connection of which it is not the task that fails when it breaks: Ansible's errors become ours, with the node's name."""

    def __init__(self, action: HeliostatAction, node: str) -> None:
        super().__init__(action)
        self._node = node

    def run(self, script: str) -> tuple[int, str, str]:
        try:
            return super().run(script)
        except (AnsibleConnectionFailure, AnsibleError) as error:
            raise NodeUnreachable(f"node {self._node} does not answer: {error}") from None


def connect(action: HeliostatAction, host: str) -> NodeShell:
    """The inventory host ``host`` as a node, reached as a task with ``delegate_to`` would reach it.

    Raises InvalidDefinition where the inventory has no such host.
    """
    return NodeShell(host, OtherConnection(beside(action, host, PATIENT), host))


def impatient(action: HeliostatAction, host: str) -> NodeShell:
    """As ``connect``, for a host of which nothing is known."""
    return NodeShell(host, OtherConnection(beside(action, host, IMPATIENT), host))


def beside(action: HeliostatAction, host: str, ssh: str) -> HeliostatAction:
    """A copy of the action whose connection leads to ``host``, with that host's variables and become, and further words for ``ssh``."""
    hostvars = action.vars.get("hostvars", {})
    if host not in hostvars:
        raise InvalidDefinition(f"node {host} is not a host of the inventory. Add it: its connection variables are needed.")
    words = f"{ssh} {hostvars[host].get('ansible_ssh_extra_args') or ''}".strip()
    variables = ChainMap({"ansible_ssh_extra_args": words}, hostvars[host])
    other = copy.copy(action)
    play_context = action._play_context.copy()
    play_context.remote_addr = variables.get("ansible_host") or host
    kind = variables.get("ansible_connection") or "ssh"
    connection, _context = connection_loader.get_with_context(
        kind, play_context, new_stdin=None, task_uuid=action._task._uuid, ansible_playbook_pid=str(os.getppid())
    )
    if connection is None:
        raise InvalidDefinition(f"node {host}: the connection plugin {kind} was not found.")
    keywords = action._task.dump_attrs()
    keywords["timeout"] = play_context.timeout
    keywords.pop("retries", None)
    if play_context.password:
        keywords["password"] = play_context.password
    connection.set_become_plugin(_become(action, variables, host))
    _configure(connection, "connection", variables, keywords)
    _configure(connection._shell, "shell", variables, keywords)
    if connection.become is not None:
        if play_context.become_pass:
            keywords["become_pass"] = play_context.become_pass
        _configure(connection.become, "become", variables, keywords)
    other._connection = connection
    other._play_context = play_context
    return other


def _become(action: HeliostatAction, variables: Mapping[str, Any], host: str) -> Any:
    wanted = variables.get("ansible_become")
    if not boolean(wanted if wanted is not None else action._task.become or False, strict=False):
        return None
    method = variables.get("ansible_become_method") or action._task.become_method
    plugin = become_loader.get(method)
    if plugin is None:
        raise InvalidDefinition(f"node {host}: the become plugin {method} was not found.")
    return plugin


def _configure(plugin: Any, kind: str, variables: Mapping[str, Any], keywords: Mapping[str, Any]) -> None:
    names = constants.config.get_plugin_vars(kind, plugin._load_name)
    given = {name: variables[name] for name in names if name in variables}
    plugin.set_options(task_keys=keywords, var_options=given)
