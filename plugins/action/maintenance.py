# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps new work off the task's node, or lets it come again. Talks to no node and moves nothing."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.model.errors import Refused


class ActionModule(HeliostatAction):
    _requires_connection = False

    OPTIONS = {
        "state": {"type": "str", "choices": ["present", "absent"], "required": True},
        "reason": {"type": "str", "default": ""},
    }
    RULES = {"required_if": [["state", "present", ["reason"]]]}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        node = self.node.name
        with self.known_repository(args, "which would remember the maintenance") as repository:
            known = repository.evacuations().get(node)
            if args["state"] == "absent" and known is not None:
                away = sorted(known.homes)
                raise Refused(
                    f"node {node} was evacuated for its maintenance, and {', '.join(away[:5])}{' …' if len(away) > 5 else ''} are to "
                    "return. End it with playbook heliostat.vdc.node_maintenance, heliostat_state=absent, which brings them back."
                )
            present = args["state"] == "present"
            before = repository.node(node)
            changed = repository.flag_node(node, maintenance=present, reason=args["reason"] if present else "", check=self.check)
            reason = before.flag_reason if before else ""
            return {"changed": changed, "before": {"maintenance": bool(before and before.maintenance), "reason": reason}}
