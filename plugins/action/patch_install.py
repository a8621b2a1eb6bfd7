# Copyright (c) 2026 the heliostat.vdc contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs what the task's node is due of patch sets, or patches by name."""

from __future__ import annotations

from typing import Any

from ..plugin_utils.controller import patch_due
from ..plugin_utils.controller.action import HeliostatAction
from ..plugin_utils.controller.rolling_out import OPTIONS, RollingOut


class ActionModule(HeliostatAction):
    OPTIONS = {
        "patches": {"type": "list", "elements": "str"},
        "sets": {"type": "list", "elements": "str"},
        "target": {"type": "str"},
        **OPTIONS,
    }
    RULES = {"required_one_of": [["patches", "sets", "target"]], "mutually_exclusive": [["patches", "sets", "target"]]}

    def act(self, args: dict[str, Any]) -> dict[str, Any]:
        with self.known_repository(args, "which keeps what became of patches") as repository:
            due, warnings = patch_due.of(self, args, repository)
            return RollingOut(self, args, repository, due, warnings).run()
