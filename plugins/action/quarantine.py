# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the task's node into quarantine, or looks at it and releases it."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.contexts import context_of
from ..plugin_utils.lifecycle.quarantine import Release


class ActionModule(HeliostatAction):
    OPTIONS = {
        "state": {"type": "str", "choices": ["quarantined", "released"], "required": True},
        "reason": {"type": "str", "default": ""},
    }
    RULES = {"required_if": [["state", "quarantined", ["reason"]]]}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        node = self.node.name
        with self.known_repository(args, "which would remember the quarantine") as repository:
            if args["state"] == "quarantined":
                changed = repository.flag_node(node, quarantine=True, reason=args["reason"], check=self.check)
                return {"changed": changed, "plan": [], "before": {}, "after": {}, "journal": {}}
            context = context_of(self, repository, self.node, [])
            with self.locked([node], repository, "node release"):
                homes = {record.name: (record.declared, record.node) for record in repository.vservers() if record.node}
                for name, move in repository.moves().items():
                    if move.proof and move.source == node:  # it was given up with the node, and may have been taken over
                        homes[name] = (homes[name][0], move.target)
                elsewhere = {name: (declared, home) for name, (declared, home) in homes.items() if home != node}
                result = self.result(self.operate(Release(elsewhere, context), repository, "node release"))
                if not result.get("failed"):
                    released = repository.flag_node(node, quarantine=False, check=self.check)
                    result["changed"] = result["changed"] or released
            return result
