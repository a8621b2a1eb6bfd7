# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Empties a node for maintenance, and fills it again."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.evacuating import Evacuating
from ..plugin_utils.placement.plan_file import described


class ActionModule(HeliostatAction):
    OPTIONS = {
        "node": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["evacuated", "returned"], "default": "evacuated"},
        "moves": {"type": "str", "choices": ["none", "needed", "balance"], "default": "needed"},
        "at_once": {"type": "int", "default": 2},
        "upgrade": {"type": "str", "choices": ["no", "minimal", "all"], "default": "no"},
        "plan": {"type": "path"},
        "other_targets": {"type": "int"},
        "force": {"type": "bool", "default": False},
        "reason": {"type": "str", "default": ""},
    }

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args) as repository:
            work = Evacuating(self, args, repository, args["node"])
            if args["state"] == "returned":
                return work.fill().result()
            done, plan = work.empty()
            return done.result() | {"evacuation": described(plan), "deviations": work.deviations}
