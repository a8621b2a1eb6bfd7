# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the heartbeat's actions share: the estate that all hosts' variables declare, and files that are sent and fetched as they are."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError

from ..engine import shell
from ..engine.node_shell import NodeShell
from ..model import heartbeat_declaration
from ..model.command import Command, Output
from ..model.errors import CommandFailed, InvalidDefinition
from ..model.heartbeat import Estate
from .action import HeliostatAction
from .connection import AnsibleConnection

NODE = "heliostat_heartbeat"
MONITOR = "heliostat_monitor"
NODE_DEFAULTS = "heliostat_heartbeat_defaults"
MONITOR_DEFAULTS = "heliostat_monitor_defaults"
PATHS = "heliostat_heartbeat_paths"
KEYS = "heliostat_heartbeat_keys"


def estate_of(action: HeliostatAction) -> Estate:
    """Every host with heliostat_heartbeat or heliostat_monitor, each over its defaults. Raises InvalidDefinition."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {NODE: {}, MONITOR: {}}
    hostvars = action.vars.get("hostvars", {})
    for host in hostvars:
        variables = hostvars[host]
        for variable, common in ((NODE, NODE_DEFAULTS), (MONITOR, MONITOR_DEFAULTS)):
            if variable in variables:
                found[variable][host] = merged(action, variables, variable, common, host)
    return heartbeat_declaration.estate(found[NODE], found[MONITOR], action.templated(PATHS), opened(action.templated(KEYS)))


def opened(value: Any) -> Any:
    """With text in place of what ansible-core 2.18 has for a value out of a vault: an object that is no text."""
    if getattr(value, "__ENCRYPTED__", False):
        return str(value)
    if isinstance(value, Mapping):
        return {key: opened(one) for key, one in value.items()}
    return [opened(one) for one in value] if isinstance(value, (list, tuple)) else value


def merged(action: HeliostatAction, variables: Mapping[str, Any], variable: str, common: str, host: str) -> dict[str, Any]:
    """What a host declares over the defaults. Raises InvalidDefinition where either is no mapping."""
    found: dict[str, Any] = {}
    for name in (common, variable):
        given = action._templar.template(variables.get(name) or {})
        if not isinstance(given, Mapping):
            raise InvalidDefinition(f"{host}: {name} is no mapping.")
        found |= opened(given)
    return found


class Freight:
    """A folder on the task's host that only its login user may enter, with a name drawn for this run; gone when the run ends.

    Files travel by the connection's own way (sftp, scp), as the login user: what they become is the plan's.
    """

    def __init__(self, action: HeliostatAction) -> None:
        self._action = action
        self.folder = f"{shell.SCRATCH}/heliostat-freight.{secrets.token_hex(12)}"
        self._made = False

    def __enter__(self) -> Freight:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._made:
            self._plain(f"rm -rf {self.folder}")

    def send(self, files: Sequence[Path]) -> None:
        """Raises CommandFailed where the folder cannot be made; Ansible's own errors pass through."""
        if not self._made:
            said = self._plain(f"umask 077; mkdir {self.folder}")
            if said["rc"] != 0:
                raise CommandFailed(f"{self.folder} cannot be made on {self._action.node.name}: {said['stderr'].strip()}")
            self._made = True
        for path in files:
            self._action._connection.put_file(str(path), f"{self.folder}/{path.name}")

    def fetch(self, name: str, into: Path) -> None:
        try:
            self._action._connection.fetch_file(f"{self.folder}/{name}", str(into))
        except AnsibleError as error:
            raise CommandFailed(f"{name} could not be fetched from {self._action.node.name}: {error}") from None

    def _plain(self, script: str) -> dict[str, Any]:
        """As the login user: who sends the files must be able to write there."""
        result: dict[str, Any] = self._action._low_level_execute_command("/bin/sh", sudoable=False, in_data=f"{script}\n".encode())
        return result


class SendingShell(NodeShell):
    """A node to ask, which has the freight sent before the first command that names its folder."""

    def __init__(self, action: HeliostatAction, freight: Freight, files: Sequence[Path]) -> None:
        super().__init__(action.node.name, AnsibleConnection(action))
        self._freight, self._files = freight, files
        self._sent = False

    def run(self, commands: Sequence[Command]) -> list[Output]:
        if not self._sent and any(self._freight.folder in str(word) for command in commands for word in command.argv):
            self._freight.send(self._files)
            self._sent = True
        return super().run(commands)
