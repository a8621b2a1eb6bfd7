# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says how a node would be emptied, and writes it down. Talks to no node."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.agreed import save_plan
from ..plugin_utils.controller.evacuating import Evacuating
from ..plugin_utils.placement.plan_file import described


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {
        "node": {"type": "str", "required": True},
        "moves": {"type": "str", "choices": ["none", "needed", "balance"], "default": "needed"},
        "at_once": {"type": "int", "default": 2},
        "upgrade": {"type": "str", "choices": ["no", "minimal", "all"], "default": "no"},
        "path": {"type": "path"},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args) as repository:
            work = Evacuating(self, args, repository, args["node"])
            work.node()
            plan = work.plan()
            changed = bool(args["path"]) and save_plan(self, repository, args, plan)
            return {"changed": changed, "evacuation": described(plan)}
