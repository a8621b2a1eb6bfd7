# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Existing zones of the task's node: run state, and the variables that would declare them."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.gathering import gathered_variables


class ActionModule(HeliostatAction):
    OPTIONS = {"names": {"type": "list", "elements": "str"}}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.repository(args) as repository:
            return gathered_variables(self, repository, args["names"])
