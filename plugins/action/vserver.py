# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploys, changes, stops or removes one vServer on the task's node."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.deployment import OPTIONS, Deployment


class ActionModule(HeliostatAction):
    OPTIONS = {"name": {"type": "str", "required": True}, **OPTIONS}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.repository(args) as repository:
            return Deployment(self, args, repository).run([args["name"]])
