# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says which nodes are to get which patch sets, and what each would get."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.patch_target_task import OPTIONS, RULES, PatchTargetTask


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = OPTIONS
    RULES = RULES

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args, "so there is nowhere to keep patch targets") as repository:
            return PatchTargetTask(self, args, repository).run()
