# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports the state of every patch of every set on every node."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.patch_proving import OPTIONS, Proving


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = OPTIONS

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args, "so nobody knows which patches nodes are to have") as repository:
            result = Proving(self, args, repository).run()
        Display().display("\n" + result["table"])
        return result
