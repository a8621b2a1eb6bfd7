# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploys, changes, stops or removes several vServers of the task's node side by side."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.deployment import OPTIONS, Deployment


class ActionModule(HeliostatAction):
    OPTIONS = {"names": {"type": "list", "elements": "str"}, **OPTIONS}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.repository(args) as repository:
            names = args["names"]
            if names is None and args["state"] != "gathered":
                own = self.node.name if self.inventory.is_node(self.node.name) else None
                names = [known.name for known in repository.vservers(node=own) if known.node] if repository else []
            return Deployment(self, args, repository).run(sorted(set(names or [])))
