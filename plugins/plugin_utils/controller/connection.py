# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's connection and become as what the engine talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible.plugins.action import ActionBase


class AnsibleConnection:
    """Sends a script to the shell's standard input over the task's connection, as the task's become user.

    Ansible's own errors (unreachable, wrong host key, wrong password) pass through: it reports them as unreachable.
    """

    def __init__(self, action: ActionBase) -> None:
        self._action = action

    def run(self, script: str) -> tuple[int, str, str]:
        # Standard input given means: no terminal, so stderr stays apart. /bin/sh again, because become wraps exactly this word.
        result = self._action._low_level_execute_command("/bin/sh", sudoable=True, in_data=script.encode())
        return result["rc"], result["stdout"], result["stderr"]
